"""A channel on this computer that takes messages by HTTP, and an address of it with a secret."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

SECRET = "CANARY-ALERT-SECRET"


class Web:
    """An HTTP server that keeps what is posted, and answers with `status`."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, Any]] = []
        self.status = 200
        self.location = ""
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                web.posted.append((self.path, json.loads(body)))
                self.send_response(web.status)
                if web.location:
                    self.send_header("Location", web.location)
                self.end_headers()

            def do_GET(self) -> None:
                web.posted.append((self.path, None))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    @property
    def url(self) -> str:
        """The address of this channel."""
        return f"json://127.0.0.1:{self.port}/{SECRET}"

    @property
    def messages(self) -> list[str]:
        """The texts it took."""
        return [body["message"] for _, body in self.posted]


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    web = Web()
    thread = threading.Thread(target=web.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield web
    web.server.shutdown()
    thread.join()
    web.server.server_close()
