"""Serves the application on bound sockets, in a thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer, create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS = 8
_MAX_WAITING = 32
"""Connections to an address that have not sent a whole request. A browser opens six."""
_MAX_TASK_SECONDS = 45
"""How long shutdown waits for requests in progress: what Zoom gave for a code or refresh token must reach the disk."""


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress comes without types
    """A connection. Too many that have not sent a whole request make the least active of them close.

    Otherwise anybody who keeps a hundred connections open could block the server: waitress then accepts no more.
    """

    def __init__(self, server: Any, *arguments: Any, **more: Any) -> None:
        waiting = [channel for channel in server.active_channels.values() if not channel.requests]
        if len(waiting) >= _MAX_WAITING:
            min(waiting, key=lambda channel: channel.last_activity).will_close = True
        super().__init__(server, *arguments, **more)


@contextmanager
def serving(app: WSGIApplication, sockets: list[socket.socket]) -> Iterator[None]:
    """Serve while the context lasts; leaving it finishes requests in progress and frees the ports."""
    channels: dict[int, Any] = {}
    server = create_server(
        app,
        map=channels,
        sockets=sockets,
        threads=_THREADS,
        ident=None,
        max_request_header_size=16384,
        max_request_body_size=65536,
        log_socket_errors=False,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=True,
    )
    listeners = [channel for channel in channels.values() if isinstance(channel, TcpWSGIServer)]
    for listener in listeners:
        listener.channel_class = _Channel

    pulled = threading.Event()

    def close() -> None:
        # The server may already be awake, and `pull_trigger` still has to write to a pipe that is closed here.
        pulled.wait()
        for channel in list(channels.values()):
            channel.close()

    thread = threading.Thread(target=server.run, name="redirect server", daemon=True)
    thread.start()
    try:
        yield
    finally:
        # Requests first: their threads write to pipes that `close` closes.
        server.task_dispatcher.shutdown(timeout=_MAX_TASK_SECONDS)
        listeners[0].trigger.pull_trigger(close)
        pulled.set()
        thread.join()
