"""A body is read within bounds of time and size, however it comes."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import requests

from collector.zoom import body
from collector.zoom.body import LONGEST_SECONDS, read_body
from tests.fakes import FakeClock


class Dripping(io.BytesIO):
    """Gives a byte at a time, each after `seconds`."""

    def __init__(self, content: bytes, clock: FakeClock, seconds: float) -> None:
        super().__init__(content)
        self._clock = clock
        self._seconds = seconds

    def read(self, _: int | None = -1) -> bytes:
        self._clock.wait(self._seconds)
        return super().read(1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def response() -> Callable[[io.BytesIO], requests.Response]:
    def make(raw: io.BytesIO) -> requests.Response:
        made = requests.Response()
        made.raw = raw
        return made

    return make


def test_a_body_is_read_whole(response: Callable[[io.BytesIO], requests.Response], clock: FakeClock) -> None:
    content = bytes(range(256)) * 1000
    assert read_body(response(io.BytesIO(content)), clock) == content


def test_a_slow_body_is_read_whole(response: Callable[[io.BytesIO], requests.Response], clock: FakeClock) -> None:
    assert read_body(response(Dripping(b"{}", clock, LONGEST_SECONDS / 4)), clock) == b"{}"


def test_a_body_that_drips_on_and_on_is_given_up(
    response: Callable[[io.BytesIO], requests.Response], clock: FakeClock
) -> None:
    raw = Dripping(b"x" * 10_000, clock, 20.0)
    with pytest.raises(requests.ReadTimeout, match="not whole after 120 seconds"):
        read_body(response(raw), clock)


def test_a_huge_body_is_given_up(
    response: Callable[[io.BytesIO], requests.Response], clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "MOST_BYTES", 100_000)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="more than 100000 bytes"):
        read_body(response(io.BytesIO(bytes(1_000_000))), clock)
