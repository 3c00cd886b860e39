"""How long to wait before a retry, with and without Retry-After."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator

import pytest

from collector.retries import backoff_seconds, retry_after_seconds

from .fakes import NOON


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The computer's own time zone is not UTC."""
    before = os.environ.get("TZ")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    yield
    if before is None:
        monkeypatch.delenv("TZ")
    else:
        monkeypatch.setenv("TZ", before)
    time.tzset()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        ("5", 5),
        (" 30 ", 30),
        ("7.5", 7.5),
        ("604801", 604801),
        (str(int(NOON) + 30), 30),
        (str(int(NOON) - 30), 0),
        ("9" * 400, float("inf")),
        ("2026-11-23T12:00:05Z", 5),
        ("2026-11-23T12:00:05.500Z", 5.5),
        ("2026-11-23T14:00:05+02:00", 5),
        ("2026-11-23T12:00:05", 5),
        ("2026-11-23T11:59:00Z", 0),
        ("Mon, 23 Nov 2026 12:00:05 GMT", 5),
        ("Mon, 23 Nov 2026 12:00:05 -0000", 5),
        ("Mon, 23 Nov 2026 13:00:05 +0100", 5),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0),
    ],
)
def test_every_form_of_retry_after(header: str, seconds: float, far_from_utc: None) -> None:
    assert retry_after_seconds(header, NOON) == seconds


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        " ",
        "soon",
        "-5",
        "1.",
        "1e3",
        "²",
        "٣",
        "2026-13-45",
        "Mon, 99 Nov",
        f"Mon, 01 Jan 2024 00:00:00 +{'9' * 20}",
    ],
)
def test_invalid_values(header: str | None) -> None:
    assert retry_after_seconds(header, NOON) is None


class Chance(random.Random):
    """Always the same number."""

    def __init__(self, value: float) -> None:
        super().__init__(0)
        self.value = value

    def random(self) -> float:
        return self.value


@pytest.mark.parametrize(("chance", "waits"), [(0.0, [1, 2, 4, 8, 16, 30]), (1.0, [1.5, 3, 6, 12, 24, 30])])
def test_waits_double_differ_by_chance_and_are_bounded(chance: float, waits: list[float]) -> None:
    assert [backoff_seconds(tries, 30, Chance(chance)) for tries in range(1, 7)] == waits


@pytest.mark.parametrize(
    ("tries", "asked", "chance", "wait"),
    [(1, None, 0, 1), (1, 0.0, 0, 1), (1, 20, 0, 20), (1, 20, 1, 30), (1, 600, 0, 30), (4, 3, 0, 8)],
)
def test_the_requested_wait_is_the_minimum(tries: int, asked: float | None, chance: float, wait: float) -> None:
    assert backoff_seconds(tries, 30, Chance(chance), asked) == wait
