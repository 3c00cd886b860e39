"""Runs tasks in a few threads; the caller's thread takes the results.

Tasks are handed out only as results are taken, so memory does not grow with their number. The threads are daemons, so
that a call in flight never keeps the process from ending.
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
"""How many results may wait to be taken before the threads pause; one may be a page of 300 rows."""
_DRAIN_SECONDS = 2.0
"""How long to wait at the end for calls in flight; slower ones are abandoned."""
_NO_WAIT_SECONDS = 0.005
"""A result within this time does not count as waiting."""
_POLL_SECONDS = 0.1
"""How often the caller checks whether the process was asked to stop."""


class _Stop:
    """Ends a thread."""


@dataclass(frozen=True)
class _Delivery(Generic[Task, Result]):
    """Results of a task; `ended`: these were the last."""

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
    """Every (task, result) of `work`, in the order they arrive: a sequence at once, other iterables one by one.

    `tasks` is iterated in the caller's thread, `work` in one of `workers` threads. `before_waiting` is called in the
    caller's thread before a wait that may be long, to release what must not be held meanwhile. Raises what `work`
    raises, and Interrupted when the clock was stopped; before that come the results of calls in flight that arrive
    within two seconds.
    """
    pool = _Pool(work, workers, before_waiting)
    remaining = iter(tasks)
    outstanding = 0
    try:
        while True:
            for task in itertools.islice(remaining, 2 * workers - outstanding):
                pool.submit(task)
                outstanding += 1
            if not outstanding:
                return
            try:
                item = pool.take(clock)
            except Interrupted:
                yield from pool.drain(outstanding)
                raise
            for result in item.results:
                yield item.task, result
            outstanding -= item.ended
            if item.failure is not None:
                yield from pool.drain(outstanding)
                raise item.failure
    finally:
        pool.close()


class _Pool(Generic[Task, Result]):
    """The threads and the two queues between them and the caller."""

    def __init__(
        self, work: Callable[[Task], Iterable[Result]], workers: int, before_waiting: Callable[[], None]
    ) -> None:
        self._work = work
        self._workers = workers
        self._before_waiting = before_waiting
        self._threads: list[threading.Thread] = []
        self._waiting: queue.SimpleQueue[Task | _Stop] = queue.SimpleQueue()
        # Not SimpleQueue: until Python 3.13 its `get` waits for ever when a signal's handler outlasts the timeout.
        self._deliveries: queue.Queue[_Delivery[Task, Result]] = queue.Queue()
        self._slots: queue.Queue[None] = queue.Queue()  # one None for each result that may still arrive
        for _ in range(_WAITING_RESULTS):
            self._slots.put(None)
        self._draining = threading.Event()
        self._closed = threading.Event()

    def submit(self, task: Task) -> None:
        self._waiting.put(task)
        if len(self._threads) < self._workers:
            thread = threading.Thread(target=self._work_loop, name=f"reader-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def take(self, clock: Clock) -> _Delivery[Task, Result]:
        """The next delivery. Raises Interrupted if the process was asked to stop."""
        while True:
            clock.wait(0)
            try:
                return self._take(_POLL_SECONDS)
            except queue.Empty:
                continue

    def _take(self, timeout: float) -> _Delivery[Task, Result]:
        try:
            item = self._deliveries.get(timeout=min(_NO_WAIT_SECONDS, timeout))
        except queue.Empty:
            self._before_waiting()
            item = self._deliveries.get(timeout=timeout)
        self._slots.put(None)
        return item

    def drain(self, outstanding: int) -> Iterator[tuple[Task, Result]]:
        """Start no more tasks; yield the results that arrive within two seconds."""
        self._draining.set()
        outstanding -= self._cancel_waiting()
        deadline = time.monotonic() + _DRAIN_SECONDS
        while outstanding and (left := deadline - time.monotonic()) > 0:
            try:
                item = self._take(left)
            except queue.Empty:
                return
            for result in item.results:
                yield item.task, result
            outstanding -= item.ended

    def _cancel_waiting(self) -> int:
        """Cancel the tasks that no thread has started. Returns how many."""
        for count in itertools.count():
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                return count
        return 0

    def close(self) -> None:
        """End the threads, and wait a moment for calls in flight."""
        self._closed.set()
        for _ in self._threads:
            self._waiting.put(_Stop())
        deadline = time.monotonic() + _DRAIN_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _work_loop(self) -> None:
        while not isinstance(task := self._waiting.get(), _Stop) and not self._closed.is_set():
            self._deliver(self._run_task(task))

    def _run_task(self, task: Task) -> _Delivery[Task, Result]:
        """Run the task; its last delivery."""
        try:
            results = self._work(task)
            if isinstance(results, Sequence):
                return _Delivery(task, results, ended=True)
            for result in results:
                self._deliver(_Delivery(task, [result]))
                if self._closed.is_set() or self._draining.is_set():
                    break  # the caller takes no more results
        except BaseException as raised:  # raised again in the caller's thread
            return _Delivery(task, ended=True, failure=raised)
        return _Delivery(task, ended=True)

    def _deliver(self, item: _Delivery[Task, Result]) -> None:
        while not self._closed.is_set():
            try:
                self._slots.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            self._deliveries.put(item)
            return
