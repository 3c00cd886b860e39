"""Shares of an allowed rate, by hand."""

from __future__ import annotations

import pytest

from tests.bench.arrivals import Arrival, busiest_second, refused_part, used_share


def evenly(a_second: int, seconds: int, begin: float = 100.0) -> list[Arrival]:
    return [Arrival(begin + number / a_second, 200) for number in range(a_second * seconds + 1)]


@pytest.mark.parametrize(("a_second", "share"), [(60, 1.0), (30, 0.5), (15, 0.25)])
def test_an_even_run_uses_its_rate(a_second: int, share: float) -> None:
    assert used_share(evenly(a_second, 20), 60) == pytest.approx(share, rel=0.01)


def test_beginning_and_end_do_not_count() -> None:
    lonely = [Arrival(0.0, 200), *evenly(60, 80, begin=10.0), Arrival(100.0, 200)]
    assert used_share(lonely, 60) == pytest.approx(1.0, rel=0.01)
    assert used_share(lonely, 60, middle=1.0) == pytest.approx(0.8, rel=0.01)


def test_a_pause_in_the_middle_counts() -> None:
    paused = evenly(60, 40) + evenly(60, 40, begin=160.0)
    assert used_share(paused, 60) == pytest.approx(0.75, rel=0.01)  # 20 of the middle 80 seconds are empty


def test_what_was_refused_is_not_used() -> None:
    arrivals = evenly(60, 20)
    arrivals += [Arrival(arrival.at + 0.001, 429) for arrival in arrivals]
    assert used_share(arrivals, 60) == pytest.approx(1.0, rel=0.01)
    assert refused_part(arrivals) == 0.5


def test_nothing_refused() -> None:
    assert refused_part(evenly(10, 2)) == 0.0


def test_the_order_of_arrivals_does_not_matter() -> None:
    arrivals = evenly(60, 20)
    assert used_share(arrivals[::-1], 60) == used_share(arrivals, 60)
    assert busiest_second(arrivals[::-1]) == busiest_second(arrivals)


@pytest.mark.parametrize(
    ("times", "most"),
    [
        ([], 0),
        ([0.0], 1),
        ([0.0, 0.5, 0.999], 3),
        ([0.0, 0.5, 1.0], 2),  # a second holds its beginning, not its end
        ([0.9, 1.1, 1.3, 5.0], 3),  # whatever the clock's seconds are
    ],
)
def test_the_busiest_second_of_any_phase(times: list[float], most: int) -> None:
    assert busiest_second([Arrival(at, 200) for at in times]) == most


def test_refused_calls_make_no_second_busy() -> None:
    assert busiest_second([Arrival(0.0, 200), Arrival(0.1, 429)]) == 1
