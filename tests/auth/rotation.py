"""A token endpoint whose refresh tokens are good for one use."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class Rotation:
    """token-1 with refresh-1, token-2 with refresh-2, … `strict`: only the latest refresh token is good.

    `sent`: the refresh tokens that came. `before_answering` is called once Zoom has done its part.
    """

    def __init__(self, strict: bool = True) -> None:
        self.strict = strict
        self.sent: list[str] = []
        self.given = 0
        self.before_answering: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    @property
    def latest(self) -> str:
        return f"refresh-{self.given}"

    def answer(self, form: str) -> tuple[int, dict[str, object]]:
        (token,) = parse_qs(form).get("refresh_token", [""])
        with self._lock:
            self.sent.append(token)
            if self.strict and token != self.latest:
                return 400, {"reason": "Invalid Token!", "error": "invalid_grant"}
            self.given += 1
            number = self.given
        self.before_answering()
        return 200, {
            "access_token": f"token-{number}",
            "token_type": "bearer",
            "refresh_token": f"refresh-{number}",
            "expires_in": 3600,
            "scope": "user:read:user:admin",
            "api_url": "https://api.zoom.us",
        }


@contextmanager
def serving() -> Iterator[Callable[[Rotation], str]]:
    """A function that serves a Rotation on loopback and gives its address; all end with the context."""
    with ExitStack() as running:
        yield lambda rotation: running.enter_context(_serving(rotation))


@contextmanager
def _serving(rotation: Rotation) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = rotation.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
            content = json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True  # the client was killed

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # a killed client

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
