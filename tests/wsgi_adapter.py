"""Requests answered by a WSGI application in this process: a whole Zoom without a socket."""

from __future__ import annotations

import io
from collections.abc import Callable
from http.client import responses
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from collector.clock import Clock

ADDRESS = "https://zoom.example"
"""Where the application seems to be."""


class WsgiAdapter(BaseAdapter):
    """A transport of requests. An application that drops the connection gives what a socket would give.

    With the application's `clock`, an answer that takes longer than the read time-out of the request is given up as a
    socket would give it up: then, and although the application has done its work.
    """

    def __init__(self, app: Callable[..., Any], clock: Clock | None = None) -> None:
        super().__init__()
        self._app = app
        self._clock = clock

    def send(self, request: requests.PreparedRequest, *, timeout: object = None, **_: object) -> requests.Response:
        started: list[Any] = []
        sent_at = self._monotonic()

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            started[:] = [int(status.split()[0]), headers]

        try:
            chunks = self._app(_environ(request), start_response)
        except ConnectionResetError:
            raise requests.ConnectionError("connection reset", request=request) from None
        try:
            content = b"".join(chunks)
        except ConnectionResetError:
            raise requests.exceptions.ChunkedEncodingError("cut off", request=request) from None
        _, most_seconds = timeout if isinstance(timeout, tuple) else (None, timeout)
        if isinstance(most_seconds, int | float) and self._monotonic() - sent_at > most_seconds:
            raise requests.ReadTimeout("read timed out", request=request)
        status, headers = started
        response = requests.Response()
        response.status_code, response.reason = status, responses[status]
        response.headers = CaseInsensitiveDict(headers)
        response.url, response.request = str(request.url), request
        response.raw = io.BytesIO(content)
        return response

    def close(self) -> None:
        pass

    def _monotonic(self) -> float:
        return self._clock.monotonic() if self._clock else 0.0


class Unreachable(BaseAdapter):
    """A network without a way out."""

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        raise requests.ConnectionError("no route to host", request=request)

    def close(self) -> None:
        pass


def session_with(adapter: BaseAdapter) -> requests.Session:
    """A session that sends everything through this transport."""
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", adapter)
    return session


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(str(request.url))
    body = request.body or b""
    body = body.encode() if isinstance(body, str) else body
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(parts.path, encoding="latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()},
    }
