"""Serving a WSGI application on this computer, a thread for each connection.

A call is cheap, since no request changes threads, and slow requests never delay others: `make bench` measures the
collector with this server.
"""

from __future__ import annotations

import io
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger("collector.sandbox")

_HOST = "127.0.0.1"
_SOFTWARE = "cloudflare"
_POLL_SECONDS = 0.05
"""How often the server checks whether to stop."""


@contextmanager
def serving(app: WSGIApplication, port: int = 0) -> Iterator[str]:
    """Serve on 127.0.0.1 while the context lasts; gives the address, `http://127.0.0.1:<port>`.

    `port` 0 takes a free one; raises OSError when the port is taken. An application that raises OSError drops the
    connection.
    """
    with _Server(app, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="zoom sandbox", daemon=True)
        thread.start()
        try:
            yield f"http://{_HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.drop_connections()


class _Server(ThreadingMixIn, TCPServer):
    """The listening socket and the open connections."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, app: WSGIApplication, port: int) -> None:
        super().__init__((_HOST, port), _Connection)
        self.app = app
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        """Close the connections that clients keep open."""
        with self._lock:
            kept = list(self._open)
        for connection in kept:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that disconnects, or a connection dropped on purpose, is not an error."""
        if not isinstance(sys.exc_info()[1], OSError):
            logger.exception("The sandbox failed to answer.")


class _Connection(BaseHTTPRequestHandler):
    """One connection and its requests, one after the other."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet

    def answer(self) -> None:
        """Let the application answer the request."""
        body = self._body()
        if body is None:
            return
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
            started[:] = [status, headers]
            return self.wfile.write

        try:
            chunks = cast(_Server, self.server).app(self._environ(body), start_response)
        except OSError:
            raise
        except Exception:
            logger.exception("The sandbox failed to answer %s.", self.command)
            self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        try:
            self._begin(*started)
            for chunk in chunks:
                self.wfile.write(chunk)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 - named by http.server

    def version_string(self) -> str:
        return _SOFTWARE

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by http.server
        """The sandbox keeps its own record of requests."""

    def _begin(self, status: str, headers: list[tuple[str, str]]) -> None:
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        if "content-length" not in {name.lower() for name, _ in headers}:
            self.send_header("Connection", "close")  # the end of the connection is the end of the body (RFC 9112 §6.3)
        self.end_headers()

    def _body(self) -> bytes | None:
        """The request's body; None after answering 411, when its length is not given."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.close_connection = True
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return None
        return self.rfile.read(int(length))

    def _environ(self, body: bytes) -> dict[str, Any]:
        """The request for WSGI (PEP 3333)."""
        path, _, query = self.path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": _HOST,
            "SERVER_PORT": str(self.connection.getsockname()[1]),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ
