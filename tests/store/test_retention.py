"""Which runs are forgotten, and which run replaces each: a table."""

from __future__ import annotations

import pytest

from collector.store.forgetting import RunTimes, replacement_runs


def complete(number: int, hour: int, session: int | None = None, exit_code: int = 0) -> RunTimes:
    """A run that took an hour and ended at this one."""
    return RunTimes(number, session or number, hour - 1, hour, concluded=exit_code == 0)


def killed(number: int, hour: int, session: int | None = None) -> RunTimes:
    return RunTimes(number, session or number, hour, None, concluded=False)


@pytest.mark.parametrize(
    ("runs", "before", "forgotten"),
    [
        pytest.param([], 9, {}, id="nothing was ever collected"),
        pytest.param([complete(1, 1)], 9, {}, id="the newest is kept, however old"),
        pytest.param([complete(1, 1), complete(2, 2), complete(3, 3)], 9, {1: 3, 2: 3}, id="all but the newest"),
        pytest.param([complete(1, 1), complete(2, 2), complete(3, 3)], 2, {1: 2}, id="what ended then is kept"),
        pytest.param([complete(1, 1), complete(2, 2)], 1, {}, id="nothing is that old"),
        pytest.param([complete(1, 1), complete(5, 2)], 2, {1: 5}, id="numbers may have gaps"),
        pytest.param([complete(1, 1), killed(2, 2), complete(3, 3)], 9, {1: 3, 2: 3}, id="killed long ago"),
        pytest.param([complete(1, 1), killed(2, 7), complete(3, 8)], 5, {1: 2}, id="killed lately"),
        pytest.param([complete(1, 9), complete(2, 1), complete(3, 4)], 5, {2: 3}, id="the clock was set back"),
        pytest.param([complete(1, 1), complete(2, 99), complete(3, 3)], 9, {1: 2}, id="the clock was ahead"),
        pytest.param(
            [complete(1, 1, exit_code=75), complete(2, 2, session=1), complete(3, 3)],
            2,
            {},
            id="a reading is kept whole",
        ),
        pytest.param(
            [complete(1, 1, exit_code=75), complete(2, 2, session=1), complete(3, 3)],
            3,
            {1: 3, 2: 3},
            id="a session is forgotten whole",
        ),
        pytest.param(
            [complete(1, 1), complete(2, 2), complete(3, 3, exit_code=130)],
            9,
            {1: 2},
            id="a run that resumes 3 must not count what 2 read as read",
        ),
        pytest.param(
            [complete(1, 1), complete(2, 2), killed(3, 3)], 9, {1: 2}, id="nor must one that resumes a killed run"
        ),
        pytest.param(
            [complete(1, 1), killed(2, 2), killed(3, 3)],
            9,
            {},
            id="the newest finished one and the one before a reading",
        ),
    ],
)
def test_stand_ins(runs: list[RunTimes], before: int, forgotten: dict[int, int]) -> None:
    assert replacement_runs(runs, before) == forgotten
    assert replacement_runs(reversed(runs), before) == forgotten
