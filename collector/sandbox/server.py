"""Serving a WSGI application on this computer from a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from waitress.server import create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS = 16
_SOFTWARE = "cloudflare"


@contextmanager
def serving(app: WSGIApplication, port: int = 0) -> Iterator[str]:
    """Serve on 127.0.0.1 while the context lasts; gives the address, `http://127.0.0.1:<port>`.

    `port` 0 takes a free one. An application that raises an OSError closes the connection without (further)
    answer: that is how dropped connections are played.
    """
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns whenever a request has to wait
    server = create_server(
        app,
        host="127.0.0.1",
        port=port,
        threads=_THREADS,
        ident=_SOFTWARE,
        log_socket_errors=False,
        asyncore_use_poll=True,
    )

    def close() -> None:
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.close()

    thread = threading.Thread(target=server.run, name="zoom sandbox", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()  # first: its threads write to a pipe that closing would take away
        server.trigger.pull_trigger(close)
        thread.join()
