"""A profile, a clock to move, Zoom's answers made up (`zoom_us`) or the embedded Zoom on a socket (`zoom`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests_mock
from redirect_server.flow import SignInFlow

from collector.sandbox import Account, Sandbox, generate_account
from tests.sandbox.client import MovableClock

from .visitor import Visitor, new_flow

ENVIRONMENT = {
    "ZOOM_CLIENT_ID": "client-id-1234",
    "ZOOM_CLIENT_SECRET": "canary-of-the-client-secret",
    "ZOOM_REDIRECT_URI": "http://localhost:5000/redirect",
}
TOKEN_URL = "https://zoom.us/oauth/token"
REVOKE_URL = "https://zoom.us/oauth/revoke"
ME_URL = "https://api.zoom.us/v2/users/me"
ANSWER = {
    "access_token": "canary-of-the-access-token",
    "refresh_token": "canary-of-the-refresh-token",
    "token_type": "bearer",
    "expires_in": 3599,
    "scope": "user:read:user:admin",
    "api_url": "https://api.zoom.us",
}
ADA = {"id": "ada-id", "email": "ada@example.com", "account_id": "account-1"}


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def zoom_us() -> Iterator[requests_mock.Mocker]:
    """Zoom's answers; `zoom_us.request_history` says what it was asked."""
    with requests_mock.Mocker() as mocker:
        mocker.post(TOKEN_URL, json=ANSWER)
        mocker.post(REVOKE_URL, json={"status": "success"})
        mocker.get(ME_URL, json=ADA)
        yield mocker


@pytest.fixture
def new_visitor(home: Path, clock: MovableClock) -> Callable[..., Visitor]:
    """A visitor of a server with these settings on top of the usual ones; "" unsets one."""

    def build(**settings: str) -> Visitor:
        environment = {name: value for name, value in {**ENVIRONMENT, **settings}.items() if value}
        return Visitor(new_flow(environment, home, clock))

    return build


@pytest.fixture
def visitor(new_visitor: Callable[..., Visitor]) -> Visitor:
    return new_visitor()


@pytest.fixture
def signed_in(visitor: Visitor, zoom_us: requests_mock.Mocker) -> Visitor:
    """A visitor who has connected at the made-up Zoom."""
    assert visitor.come_back(answer_to(visitor.start())).status_code == 303
    zoom_us.reset_mock()
    return visitor


@pytest.fixture
def account() -> Account:
    return generate_account(users=8, groups=1, custom_roles=1, seed=7)


@pytest.fixture
def flow_of(home: Path, clock: MovableClock) -> Callable[..., SignInFlow]:
    def build(sandbox: Sandbox, url: str, **settings: str) -> SignInFlow:
        return new_flow({**sandbox.browser_environment(url), **settings}, home, clock)

    return build


def answer_to(authorization_url: str, code: str = "canary-of-the-code", **parameters: str) -> str:
    """Where Zoom sends the browser: the state of the request with a code or something else."""
    asked = parse_qs(urlsplit(authorization_url).query)
    given = parameters or {"code": code}
    return f"{asked['redirect_uri'][0]}?{urlencode({**given, 'state': asked['state'][0]})}"
