"""The pool: no result is lost, results do not pile up, and threads end."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from collector.clock import SystemClock
from collector.collect import pool
from collector.collect.pool import in_parallel
from collector.errors import Interrupted
from tests.fakes import FakeClock, a_signal_with_a_slow_handler

WORKERS = 3


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("reader-")]


def assert_no_reader_is_left() -> None:
    for thread in readers():
        thread.join(timeout=60)
    assert readers() == []


def found_until_interrupted(results: Iterator[tuple[int, int]], then: Callable[[], None] = lambda: None) -> list[int]:
    """The tasks whose results came before Interrupted; `then` is called after each."""
    found = []
    with suppress(Interrupted):
        for task, _ in results:
            found.append(task)
            then()
        pytest.fail("nothing was interrupted")
    return found


@pytest.fixture(autouse=True)
def _threads_end() -> Iterator[None]:
    yield
    assert_no_reader_is_left()


def test_every_result_of_every_task() -> None:
    found = list(in_parallel(range(100), lambda task: [task * 10, task * 10 + 1], WORKERS, FakeClock()))
    assert sorted(found) == [(task, task * 10 + extra) for task in range(100) for extra in (0, 1)]


def test_the_results_of_one_task_come_in_their_order() -> None:
    found = [result for _, result in in_parallel(["only"], lambda _: iter(range(50)), WORKERS, FakeClock())]
    assert found == list(range(50))


def test_it_calls_back_before_waiting() -> None:
    """After the caller has taken what is there, and before it waits."""
    taken: list[int] = []
    said = threading.Event()

    def work(task: int) -> list[int]:
        if task == 1:
            assert said.wait(60), "the second answer comes after it was said"
        return [task]

    def before_waiting() -> None:
        if taken == [0]:
            said.set()

    for task, _ in in_parallel([0, 1], work, 1, FakeClock(), before_waiting):
        taken.append(task)
    assert taken == [0, 1]


def test_nothing_to_do() -> None:
    assert list(in_parallel([], lambda task: [task], WORKERS, FakeClock())) == []


def test_tasks_without_results() -> None:
    assert list(in_parallel(range(20), lambda _: [], WORKERS, FakeClock())) == []


def test_work_is_done_by_no_more_threads_than_workers() -> None:
    names = [name for _, name in in_parallel(range(60), lambda _: [threading.current_thread().name], 3, FakeClock())]
    assert set(names) <= {"reader-0", "reader-1", "reader-2"}


def test_tasks_are_walked_in_the_callers_thread() -> None:
    walked_by = set()

    def tasks() -> Iterator[int]:
        for task in range(20):
            walked_by.add(threading.current_thread())
            yield task

    list(in_parallel(tasks(), lambda task: [task], WORKERS, FakeClock()))
    assert walked_by == {threading.current_thread()}


def test_tasks_are_handed_out_no_faster_than_results_are_taken() -> None:
    taken = 0
    furthest = 0

    def tasks() -> Iterator[int]:
        nonlocal furthest
        for task in range(500):
            furthest = max(furthest, task + 1 - taken)
            yield task

    for _ in in_parallel(tasks(), lambda task: [task], WORKERS, FakeClock()):
        taken += 1
    assert taken == 500
    assert furthest <= 2 * WORKERS + 1


def test_a_task_with_endless_results_waits_for_the_caller() -> None:
    made: list[int] = []

    def work(_: str) -> Iterator[int]:
        for number in itertools.count():
            made.append(number)
            yield number

    results = in_parallel(["endless"], work, 1, FakeClock())
    assert [next(results)[1] for _ in range(10)] == list(range(10))
    assert len(made) <= 10 + 4 + 1  # four may wait to be taken, one is in hand
    results.close()


def test_a_running_task_ends_early_without_a_caller() -> None:
    made: list[int] = []

    def work(_: str) -> Iterator[int]:
        for number in itertools.count():
            made.append(number)
            yield number

    results = in_parallel(["endless"], work, 1, FakeClock())
    next(results)
    results.close()
    assert_no_reader_is_left()
    assert len(made) <= 1 + 4 + 2


def test_exceptions_of_work_reach_the_caller() -> None:
    def work(task: int) -> Iterator[int]:
        yield task
        if task == 5:
            raise LookupError("task 5")

    with pytest.raises(LookupError, match="task 5"):
        list(in_parallel(range(1000), work, WORKERS, FakeClock()))


def test_after_a_failure_no_more_tasks_are_handed_out() -> None:
    handed_out = []

    def tasks() -> Iterator[int]:
        for task in range(1000):
            handed_out.append(task)
            yield task

    def work(_: int) -> list[int]:
        raise LookupError

    with pytest.raises(LookupError):
        list(in_parallel(tasks(), work, WORKERS, FakeClock()))
    assert len(handed_out) <= 2 * WORKERS


def test_exceptions_of_tasks_reach_the_caller() -> None:
    def tasks() -> Iterator[int]:
        yield 1
        raise LookupError("no more tasks")

    with pytest.raises(LookupError, match="no more tasks"):
        list(in_parallel(tasks(), lambda task: [task], WORKERS, FakeClock()))


@pytest.fixture
def _drains_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_DRAIN_SECONDS", 0.1)


@pytest.mark.usefixtures("_drains_briefly")
def test_a_stopped_clock_interrupts_even_while_no_result_comes() -> None:
    clock = SystemClock()
    release = threading.Event()
    begun = threading.Event()

    def work(task: int) -> list[int]:
        begun.set()
        release.wait(timeout=60)
        return [task]

    def stop_once_begun() -> None:
        begun.wait(timeout=60)
        clock.stop()

    stopper = threading.Thread(target=stop_once_begun)
    stopper.start()
    with pytest.raises(Interrupted):
        list(in_parallel(range(10), work, WORKERS, clock))
    release.set()
    stopper.join()


@pytest.mark.usefixtures("_drains_briefly")
def test_a_signal_interrupts_although_its_handler_outlasts_a_wait() -> None:
    """Under load a handler may take longer than the pool waits before it looks again."""
    clock = SystemClock()
    release = threading.Event()
    with a_signal_with_a_slow_handler(clock.stop):
        assert found_until_interrupted(in_parallel([1], lambda _: [release.wait(timeout=30)], WORKERS, clock)) == []
    release.set()


def test_calls_in_flight_at_a_stop_still_arrive() -> None:
    clock = SystemClock()
    all_in_flight = threading.Barrier(WORKERS)

    def work(task: int) -> list[int]:
        if task < WORKERS:
            all_in_flight.wait(timeout=60)
            clock.stop()
        return [task]

    found = found_until_interrupted(in_parallel(range(100), work, WORKERS, clock))
    assert set(range(WORKERS)) <= set(found)
    assert len(found) <= 2 * WORKERS


def test_a_stop_starts_no_more_tasks() -> None:
    clock = SystemClock()
    begun = []

    def work(task: int) -> Iterator[int]:
        begun.append(task)
        yield from itertools.count()

    found = found_until_interrupted(in_parallel(range(100), work, WORKERS, clock), clock.stop)
    assert set(found) <= set(begun) <= set(range(WORKERS))


def test_closing_the_generator_ends_the_threads() -> None:
    results = in_parallel(itertools.count(), lambda task: [task], WORKERS, FakeClock())
    next(results)
    results.close()
    assert_no_reader_is_left()


def test_threads_do_not_keep_the_process_from_ending() -> None:
    results = in_parallel(itertools.count(), lambda task: [task], WORKERS, FakeClock())
    next(results)
    assert all(thread.daemon for thread in readers())
    results.close()
