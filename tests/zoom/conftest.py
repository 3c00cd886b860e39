"""A client on a fake clock, with numbered tokens, and two endpoints to ask."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from collector.auth import Token
from collector.settings.choices import ZoomPlan
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import Endpoint, Label, Scopes
from collector.zoom.pacing import Pacer
from tests.fakes import FakeClock

API = "https://api.zoom.us/v2"

ME = Endpoint(
    path="/users/me",
    label=Label.LIGHT,
    scopes=Scopes(("user:read:admin", "user:read"), ("user:read:user:admin",)),
    privilege="User:Read",
    page_size=None,
)
USERS = Endpoint(
    path="/users",
    label=Label.MEDIUM,
    scopes=Scopes(("user:read:admin",), ("user:read:list_users:admin",)),
    privilege="User:Read",
    rows="users",
)
SETTINGS = Endpoint(
    path="/users/{userId}/settings",
    label=Label.MEDIUM,
    scopes=Scopes(("user:read:admin",), ("user:read:settings:admin",)),
    privilege="User:Read",
    params={"option": "meeting_security"},
    page_size=None,
)


class Tokens:
    """Gives token-1 until it is renewed, then token-2, and so on."""

    def __init__(self, api_url: str | None = None, obtained_for: str | None = None) -> None:
        self.number = 1
        self._api_url = api_url
        self._obtained_for = obtained_for

    def token(self) -> Token:
        return Token(f"token-{self.number}", None, self._api_url, self._obtained_for)

    def renew(self, rejected: Token) -> Token:
        assert rejected == self.token()
        self.number += 1
        return self.token()


class Chance(random.Random):
    """Randomness that always gives the same number."""

    def __init__(self, value: float) -> None:
        super().__init__(0)
        self.value = value

    def random(self) -> float:
        return self.value


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def new_client(clock: FakeClock, tokens: Tokens) -> Callable[..., ZoomClient]:
    """A client without a limit of its own; keywords replace the usual arguments."""

    def build(**changed: object) -> ZoomClient:
        configured = changed.get("configured_api_url")
        arguments = {
            "tokens": tokens if configured is None else Tokens(obtained_for=str(configured)),
            "pacer": Pacer(ZoomPlan.UNLIMITED, 1.0, clock),
            "clock": clock,
            "randomness": Chance(0.0),
            "oauth_url": "https://zoom.us",
        }
        return ZoomClient(**(arguments | changed))

    return build


@pytest.fixture
def client(new_client: Callable[..., ZoomClient]) -> ZoomClient:
    return new_client()
