"""Reads with a few threads at once while one thread, the caller's, keeps what they find.

Work is handed out no faster than its results are taken, so memory does not grow with the number of tasks. The threads
are daemons: a call in flight never keeps the process from ending.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from collector.clock import Clock
from collector.errors import Interrupted

Task = TypeVar("Task")
Result = TypeVar("Result")

_WAITING_RESULTS = 4
"""How many results may wait to be taken before the threads pause; one may be a page of 300 rows."""
_PATIENCE_SECONDS = 2.0
"""How long the caller waits at the end for calls in flight; slower ones are left behind."""
_LOOK_UP_SECONDS = 0.1
"""How often the caller looks whether the process was asked to stop."""


@dataclass(frozen=True)
class _Found(Generic[Task, Result]):
    task: Task
    result: Result


class _Enough:
    """Tells a thread that there is no more work."""


@dataclass(frozen=True)
class _Ended:
    failure: BaseException | None = None


def in_parallel(
    tasks: Iterable[Task], work: Callable[[Task], Iterable[Result]], workers: int, clock: Clock
) -> Iterator[tuple[Task, Result]]:
    """Every (task, result) that `work` yields, in the order they arrive.

    `tasks` is walked in the caller's thread, `work` in one of `workers` threads. What `work` raises is raised here, and
    Interrupted when the clock was stopped. Then no more work is begun, but what was in flight and arrives within two
    seconds comes first.
    """
    pool = _Pool(work, workers)
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
            if isinstance(item, _Found):
                yield item.task, item.result
                continue
            outstanding -= 1
            if item.failure is not None:
                yield from pool.take_what_is_in_flight(outstanding)
                raise item.failure
    finally:
        pool.give_up()


class _Pool(Generic[Task, Result]):
    """The threads and the two queues between them and the caller."""

    def __init__(self, work: Callable[[Task], Iterable[Result]], workers: int) -> None:
        self._work = work
        self._workers = workers
        self._threads: list[threading.Thread] = []
        self._waiting: queue.SimpleQueue[Task | _Enough] = queue.SimpleQueue()
        self._arrived: queue.Queue[_Found[Task, Result] | _Ended] = queue.Queue(_WAITING_RESULTS)
        self._closing = threading.Event()
        self._given_up = threading.Event()

    def hand_out(self, task: Task) -> None:
        self._waiting.put(task)
        if len(self._threads) < self._workers:
            thread = threading.Thread(target=self._serve, name=f"reader-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def take(self, clock: Clock) -> _Found[Task, Result] | _Ended:
        """The next thing that arrives; looks now and then whether the process was asked to stop."""
        while True:
            clock.wait(0)
            try:
                return self._arrived.get(timeout=_LOOK_UP_SECONDS)
            except queue.Empty:
                continue

    def take_what_is_in_flight(self, outstanding: int) -> Iterator[tuple[Task, Result]]:
        """Begin nothing more, and give what still arrives in a short while."""
        self._closing.set()
        outstanding -= self._take_back()
        patience = time.monotonic() + _PATIENCE_SECONDS
        while outstanding and (left := patience - time.monotonic()) > 0:
            try:
                item = self._arrived.get(timeout=left)
            except queue.Empty:
                return
            if isinstance(item, _Found):
                yield item.task, item.result
            else:
                outstanding -= 1

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
            failure: BaseException | None = None
            try:
                for result in self._work(task):
                    self._hand_over(_Found(task, result))
                    if self._given_up.is_set() or self._closing.is_set():
                        break  # what is left of the task would be read for nobody
            except BaseException as raised:  # whatever it is, it belongs to the caller
                failure = raised
            self._hand_over(_Ended(failure))

    def _hand_over(self, item: _Found[Task, Result] | _Ended) -> None:
        while not self._given_up.is_set():
            try:
                self._arrived.put(item, timeout=_LOOK_UP_SECONDS)
            except queue.Full:
                continue
            return
