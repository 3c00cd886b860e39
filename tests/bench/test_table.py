"""Goals and the table they are told in."""

from __future__ import annotations

import pytest

from tests.bench.table import Goal, Line, a_second, beside, markdown, megabytes, spread

RATE = Goal("≥ 500 calls a second", "at least", 500, a_second)
MEMORY = Goal("< 200 MB", "at most", 200, megabytes)


@pytest.mark.parametrize(
    ("goal", "figure", "verdict"),
    [
        (RATE, 500, "met"),
        (RATE, 600, "met"),
        (RATE, 450, "**not met**, by 10.0%"),
        (MEMORY, 200, "met"),
        (MEMORY, 20, "met"),
        (MEMORY, 300, "**not met**, by 50.0%"),
    ],
)
def test_a_verdict_says_by_how_much(goal: Goal, figure: float, verdict: str) -> None:
    assert goal.verdict(figure) == verdict


@pytest.mark.parametrize(
    ("figures", "told"),
    [([5.0], "once"), ([5.0, 4.0], "4/s to 5/s, 2 times"), ([5.0, 4.0, 9.0], "4/s to 9/s, 3 times")],
)
def test_a_spread_goes_from_least_to_greatest(figures: list[float], told: str) -> None:
    assert spread(figures, a_second) == told


def test_beside_stands_the_median() -> None:
    assert beside([3.0, 9.0, 4.0], a_second) == "4/s (3/s to 9/s, 3 times)"
    assert beside([3.0], a_second) == "3/s"


def test_the_figure_is_the_median_and_is_judged() -> None:
    assert Line(RATE, [400, 510, 900]).cells() == [
        "≥ 500 calls a second",
        "510/s",
        "400/s to 900/s, 3 times",
        "–",
        "met",
    ]


def test_the_table_is_markdown() -> None:
    assert markdown([Line(RATE, [510], "bare pool: 600/s"), Line(MEMORY, [300])]).splitlines() == [
        "| Goal                 | Figure | Spread | Beside it        | Verdict               |",
        "| -------------------- | ------ | ------ | ---------------- | --------------------- |",
        "| ≥ 500 calls a second | 510/s  | once   | bare pool: 600/s | met                   |",
        "| < 200 MB             | 300 MB | once   | –                | **not met**, by 50.0% |",
    ]
