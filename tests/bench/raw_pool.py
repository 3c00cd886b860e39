"""The speed of the sandbox itself: prepared requests over bare sockets, 32 in flight."""

from __future__ import annotations

import queue
import re
import socket
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.bench.process import Measured, do_job, timed

IN_FLIGHT = 32
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def send_all(job: Mapping[str, Any]) -> Measured:
    """GET every path of the job once. Raises ConnectionError at the first answer that is not 200."""
    address = urlsplit(job["url"])
    head = f"HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {job['token']}\r\n\r\n"
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for path in job["paths"]:
        waiting.put(f"GET {path} {head}".encode())
    failures: list[BaseException] = []

    def send() -> None:
        try:
            with socket.create_connection((address.hostname, address.port)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while True:
                    connection.sendall(waiting.get_nowait())
                    _read_answer(connection)
        except queue.Empty:
            return
        except BaseException as failure:  # reported below
            failures.append(failure)

    threads = [threading.Thread(target=send) for _ in range(IN_FLIGHT)]
    with timed() as measured:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for failure in failures:
        raise failure
    measured.calls = len(job["paths"])
    return measured


def _read_answer(connection: socket.socket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(connection)
    length = _LENGTH.search(received)
    if not received.startswith(b"HTTP/1.1 200 ") or length is None:
        raise ConnectionError(received[:80])
    missing = int(length[1]) - len(received.partition(b"\r\n\r\n")[2])
    while missing > 0:
        missing -= len(_receive(connection))


def _receive(connection: socket.socket) -> bytes:
    received = connection.recv(1 << 16)
    if not received:
        raise ConnectionError("the sandbox closed the connection")
    return received


if __name__ == "__main__":
    do_job(send_all)
