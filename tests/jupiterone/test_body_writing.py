"""A body may take its time on a slow line: what bounds connecting does not bound writing."""

from __future__ import annotations

import random
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from collector import connections
from collector.clock import SystemClock
from collector.connections import Connections, Reply
from collector.jupiterone import body_writing
from collector.jupiterone.body_writing import writing_patiently
from collector.jupiterone.connection import Access, JupiterOne
from collector.redaction import Secret
from tests.fakes import FakeClock

BODY = bytes(range(256)) * 40 * 1024
"""More than the system takes off a sender's hands while nobody reads."""
CONNECT_SECONDS = 0.25
PAUSE_SECONDS = 0.75


class SlowReader:
    """Answers each request after it has read the whole body, which it begins to do after a pause.

    As a proxy it is asked for every address, and is a tunnel's other end as well.
    """

    def __init__(self, pause: float, context: ssl.SSLContext | None = None) -> None:
        self.bodies: list[bytes] = []
        self.connected = 0
        self._pause = pause
        self._context = context
        self._open: list[socket.socket] = []
        self._listening = socket.socket()
        self._listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self.authority = f"localhost:{self._listening.getsockname()[1]}"
        self.ended = threading.Event()

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connected += 1
                self._open.append(connection)
                with suppress(OSError):
                    self._serve(connection)

    def end(self) -> None:
        self.ended.set()
        for one in (*self._open, self._listening):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _serve(self, connection: socket.socket) -> None:
        if self._context is not None:
            peeked = connection.recv(7, socket.MSG_PEEK)
            if peeked == b"CONNECT":
                _read_head(connection)
                connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            connection = self._context.wrap_socket(connection, server_side=True)
            self._open.append(connection)
        while head := _read_head(connection):
            (length,) = (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            self.ended.wait(self._pause)
            self.bodies.append(_read(connection, length))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return b""
        head += byte
    return head


def _read(connection: socket.socket, length: int) -> bytes:
    read = bytearray()
    while len(read) < length and (some := connection.recv(length - len(read))):
        read += some
    return bytes(read)


@contextmanager
def reading_slowly(pause: float, context: ssl.SSLContext | None = None) -> Iterator[SlowReader]:
    reader = SlowReader(pause, context)
    thread = threading.Thread(target=reader.serve, daemon=True)
    thread.start()
    try:
        yield reader
    finally:
        reader.end()
        thread.join()


@pytest.fixture(autouse=True)
def _short_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CONNECT_SECONDS", CONNECT_SECONDS)
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """For localhost, and a server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(timezone.utc)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "localhost.pem"
    text = serialization.Encoding.PEM
    path.write_bytes(
        signed.public_bytes(text)
        + key.private_bytes(text, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


@pytest.fixture
def sender() -> Connections:
    return Connections(SystemClock(), lambda: writing_patiently(requests.Session()))


def post(sender: Connections, base: str) -> Reply:
    return sender.send(requests.Request("POST", f"{base}/x", data=BODY), base, 30)


def test_a_body_for_jupiterone_may_take_longer_than_connecting() -> None:
    with reading_slowly(PAUSE_SECONDS) as reader:
        base = f"http://{reader.authority}"
        client = JupiterOne(Access("j1dev", Secret("key"), base, base), FakeClock(), random.Random(1))
        assert client.post("/x", BODY) == {}
        assert client.post("/x", BODY) == {}
    assert reader.bodies == [BODY, BODY], "at the first try"
    assert reader.connected == 1, "the connection is kept"


def test_through_a_proxy_as_well(sender: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading_slowly(PAUSE_SECONDS) as reader:
        monkeypatch.setenv("http_proxy", f"http://{reader.authority}")
        assert post(sender, "http://jupiterone.example").content == b"{}"
    assert reader.bodies == [BODY]


@pytest.mark.parametrize("tunnelled", [False, True])
def test_encrypted_as_well(
    certificate: tuple[Path, ssl.SSLContext], sender: Connections, monkeypatch: pytest.MonkeyPatch, tunnelled: bool
) -> None:
    path, context = certificate
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(path))
    with reading_slowly(PAUSE_SECONDS, context) as reader:
        base = f"https://{reader.authority}"
        if tunnelled:
            base = "https://localhost:1"
            monkeypatch.setenv("https_proxy", f"http://{reader.authority}")
        assert post(sender, base).content == b"{}"
        assert post(sender, base).content == b"{}"
    assert reader.bodies == [BODY, BODY]
    assert reader.connected == 1


def test_a_body_that_does_not_get_on_is_given_up(sender: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_writing, "WRITE_SECONDS", 0.1)
    with reading_slowly(60) as reader, pytest.raises(requests.ConnectionError, match="timed out"):
        post(sender, f"http://{reader.authority}")


def test_each_part_of_a_body_has_its_own_time(sender: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound of a socket is for all that one call writes: parts are small, so that a slow line gets them through."""
    written: list[tuple[int, float | None]] = []

    class Watched(socket.socket):
        def sendall(self, data: bytes, *_: int) -> None:
            written.append((len(data), self.gettimeout()))
            super().sendall(data)

    def connected(address: tuple[str, int], timeout: float, **_: object) -> socket.socket:
        watched = Watched()
        watched.settimeout(timeout)
        watched.connect(address)
        return watched

    monkeypatch.setattr("urllib3.util.connection.create_connection", connected)
    with reading_slowly(0) as reader:
        base = f"http://{reader.authority}".replace("localhost", "127.0.0.1")
        post(sender, base)
    (_, *parts) = written
    assert {timeout for _, timeout in parts} == {body_writing.WRITE_SECONDS}
    assert sum(size for size, _ in parts) == len(BODY)
    assert max(size for size, _ in parts) <= 64 * 1024


def test_a_place_that_does_not_answer_is_given_up_as_soon_as_before(sender: Connections) -> None:
    """Nobody accepts, and the queue of those that wait is full."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        began = time.monotonic()
        try:
            with pytest.raises(requests.ConnectTimeout):
                post(sender, f"http://127.0.0.1:{address[1]}")
        finally:
            for one in waiting:
                one.close()
        assert time.monotonic() - began < 20 * CONNECT_SECONDS
