"""Reads with a few threads at once while one thread, the caller's, keeps what they find.

Work is handed out no faster than its results are taken, so memory does not grow with the number of tasks. The threads
are daemons: a call in flight never keeps the process from ending.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from collector.clock import Clock
from collector.errors import Interrupted

Task = TypeVar("Task")
Result = TypeVar("Result")

_WAITING_RESULTS = 4
"""How often something may wait to be taken before the threads pause; it may be a page of 300 rows."""
_PATIENCE_SECONDS = 2.0
"""How long the caller waits at the end for calls in flight; slower ones are left behind."""
_AT_ONCE_SECONDS = 0.005
"""What arrives within this time is not waited for."""
_LOOK_UP_SECONDS = 0.1
"""How often the caller looks whether the process was asked to stop."""


class _Enough:
    """Tells a thread that there is no more work."""


@dataclass(frozen=True)
class _Arrived(Generic[Task, Result]):
    """What a thread hands over: results of its task, and whether these were the last."""

    task: Task
    results: Sequence[Result] = ()
    ended: bool = False
    failure: BaseException | None = None


def in_parallel(
    tasks: Iterable[Task],
    work: Callable[[Task], Iterable[Result]],
    workers: int,
    clock: Clock,
    before_waiting: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Task, Result]]:
    """Every (task, result) that `work` gives, in the order they arrive: a sequence at once, others one by one.

    `tasks` is walked in the caller's thread, `work` in one of `workers` threads. `before_waiting` is called in the
    caller's thread whenever nothing has arrived and the wait may be long: what should not be held open meanwhile is let
    go there. What `work` raises is raised here, and
    Interrupted when the clock was stopped. Then no more work is begun, but what was in flight and arrives within two
    seconds comes first.
    """
    pool = _Pool(work, workers, before_waiting)
    remaining = iter(tasks)
    outstanding = 0
    try:
        while True:
            for task in itertools.islice(remaining, 2 * workers - outstanding):
                pool.hand_out(task)
                outstanding += 1
            if not outstanding:
                return
            try:
                item = pool.take(clock)
            except Interrupted:
                yield from pool.take_what_is_in_flight(outstanding)
                raise
            for result in item.results:
                yield item.task, result
            outstanding -= item.ended
            if item.failure is not None:
                yield from pool.take_what_is_in_flight(outstanding)
                raise item.failure
    finally:
        pool.give_up()


class _Pool(Generic[Task, Result]):
    """The threads and the two queues between them and the caller."""

    def __init__(
        self, work: Callable[[Task], Iterable[Result]], workers: int, before_waiting: Callable[[], None]
    ) -> None:
        self._work = work
        self._workers = workers
        self._before_waiting = before_waiting
        self._threads: list[threading.Thread] = []
        self._waiting: queue.SimpleQueue[Task | _Enough] = queue.SimpleQueue()
        self._arrived: queue.SimpleQueue[_Arrived[Task, Result]] = queue.SimpleQueue()
        self._room: queue.SimpleQueue[None] = queue.SimpleQueue()  # with one None for each that may still arrive
        for _ in range(_WAITING_RESULTS):
            self._room.put(None)
        self._closing = threading.Event()
        self._given_up = threading.Event()

    def hand_out(self, task: Task) -> None:
        self._waiting.put(task)
        if len(self._threads) < self._workers:
            thread = threading.Thread(target=self._serve, name=f"reader-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def take(self, clock: Clock) -> _Arrived[Task, Result]:
        """The next thing that arrives; looks now and then whether the process was asked to stop."""
        while True:
            clock.wait(0)
            try:
                return self._take(_LOOK_UP_SECONDS)
            except queue.Empty:
                continue

    def _take(self, patience: float) -> _Arrived[Task, Result]:
        try:
            item = self._arrived.get(timeout=min(_AT_ONCE_SECONDS, patience))
        except queue.Empty:
            self._before_waiting()
            item = self._arrived.get(timeout=patience)
        self._room.put(None)
        return item

    def take_what_is_in_flight(self, outstanding: int) -> Iterator[tuple[Task, Result]]:
        """Begin nothing more, and give what still arrives in a short while."""
        self._closing.set()
        outstanding -= self._take_back()
        patience = time.monotonic() + _PATIENCE_SECONDS
        while outstanding and (left := patience - time.monotonic()) > 0:
            try:
                item = self._take(left)
            except queue.Empty:
                return
            for result in item.results:
                yield item.task, result
            outstanding -= item.ended

    def _take_back(self) -> int:
        """Take back the tasks that no thread has begun; how many those were."""
        for count in itertools.count():
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                return count
        return 0

    def give_up(self) -> None:
        """Let every thread end, and wait a moment for calls in flight, so that nothing is written afterwards."""
        self._given_up.set()
        for _ in self._threads:
            self._waiting.put(_Enough())
        patience = time.monotonic() + _PATIENCE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, patience - time.monotonic()))

    def _serve(self) -> None:
        while not isinstance(task := self._waiting.get(), _Enough) and not self._given_up.is_set():
            self._hand_over(self._served(task))

    def _served(self, task: Task) -> _Arrived[Task, Result]:
        """Do the task; what is handed over last."""
        try:
            results = self._work(task)
            if isinstance(results, Sequence):
                return _Arrived(task, results, ended=True)
            for result in results:
                self._hand_over(_Arrived(task, [result]))
                if self._given_up.is_set() or self._closing.is_set():
                    break  # what is left of the task would be read for nobody
        except BaseException as raised:  # whatever it is, it belongs to the caller
            return _Arrived(task, ended=True, failure=raised)
        return _Arrived(task, ended=True)

    def _hand_over(self, item: _Arrived[Task, Result]) -> None:
        while not self._given_up.is_set():
            try:
                self._room.get(timeout=_LOOK_UP_SECONDS)
            except queue.Empty:
                continue
            self._arrived.put(item)
            return
