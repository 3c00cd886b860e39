"""A made-up clock, made-up token endpoints, a Server-to-Server app and a browser sign-in."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from collector.auth import OAuthClient, ServerToServerTokenSource, SignInTokenSource, StoredToken, TokenFile
from collector.redaction import Secret

from .rotation import Rotation, serving

OAUTH_URL = "https://zoom.example"
TOKEN_URL = f"{OAUTH_URL}/oauth/token"
CLIENT = OAuthClient("client-id-1234", Secret("client-secret"), OAUTH_URL)


class FakeClock:
    """Waiting takes no time and is written down; tests move the hands."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "default"


@pytest.fixture
def new_source(clock: FakeClock, folder: Path) -> Callable[..., ServerToServerTokenSource]:
    """A source as a new process would have it; keywords replace the usual arguments."""

    def build(**changed: object) -> ServerToServerTokenSource:
        arguments = {
            "client_id": "client-id-1234",
            "client_secret": Secret("client-secret"),
            "account_id": "account-id",
            "oauth_url": OAUTH_URL,
            "file": TokenFile(folder, "default"),
            "clock": clock,
            "randomness": random.Random(7),
        }
        return ServerToServerTokenSource(**(arguments | changed))

    return build


def answer(number: int, **changed: object) -> dict[str, object]:
    """A token answer as Zoom gives it."""
    return {
        "access_token": f"token-{number}",
        "token_type": "bearer",
        "expires_in": 3600,
        "scope": "user:read:user:admin group:read:list_groups:admin",
        "api_url": "https://api.zoom.us",
    } | changed


@pytest.fixture
def zoom(requests_mock):
    """Zoom's token endpoint: token-1, token-2, …; `zoom.call_count` says how often it was asked."""
    lock = threading.Lock()
    given = 0

    def give(request, context):
        nonlocal given
        with lock:
            given += 1
            return answer(given)

    return requests_mock.post(TOKEN_URL, json=give)


@pytest.fixture
def loopback_zoom(monkeypatch: pytest.MonkeyPatch):
    """A real token endpoint on loopback: its address and the forms it received."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    forms: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            forms.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            body = json.dumps(answer(len(forms))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", forms
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def file(folder: Path) -> TokenFile:
    return TokenFile(folder, "default")


@pytest.fixture
def new_signed_in(clock: FakeClock, file: TokenFile) -> Callable[..., SignInTokenSource]:
    """A source as a new process would have it; keywords replace the usual arguments."""

    def build(**changed: object) -> SignInTokenSource:
        arguments = {"client": CLIENT, "file": file, "clock": clock, "randomness": random.Random(7)}
        return SignInTokenSource(**(arguments | changed))

    return build


@pytest.fixture
def sign_in(clock: FakeClock, file: TokenFile) -> Callable[..., StoredToken]:
    """Stores a browser sign-in of an hour: token-0 and refresh-0; keywords replace its fields."""

    def store(**changed: object) -> StoredToken:
        fields = {
            "grant": "authorization_code",
            "client_hash": CLIENT.hash(),
            "access_token": "token-0",
            "scope": "user:read:user:admin",
            "api_url": "https://api.zoom.us",
            "obtained_at": clock.now(),
            "expires_at": clock.now() + 3600,
            "refresh_token": "refresh-0",
            "account": {"id": "user-1", "email": "ada@example.com", "account_id": "account-1"},
            "generation": 1,
        }
        document = StoredToken(**(fields | changed))
        with file.locked(clock):
            file.save(document)
        return document

    return store


@pytest.fixture
def rotation(requests_mock) -> Rotation:
    """Zoom's token endpoint for refresh tokens, each good for one use; refresh-0 is the first."""
    rotation = Rotation()

    def give(request, context):
        context.status_code, body = rotation.answer(request.text)
        return body

    requests_mock.post(TOKEN_URL, json=give)
    return rotation


@pytest.fixture
def serve_rotation(monkeypatch: pytest.MonkeyPatch):
    """Serves a Rotation on loopback; gives the function that begins to."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as serve:
        yield serve
