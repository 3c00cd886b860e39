"""The progress of a run: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Column

from collector.cli.output import format_time
from collector.cli.summary import STATUS_LABELS
from collector.cli.wrapping import say
from collector.model.step import Step, StepResult, StepStatus

_RESUMED = "Resuming the interrupted run of {}; what it read is not read again."

_WIDE_ENOUGH = 80
"""Columns; a narrower terminal shows only a step's name, wrapped between words, and its count."""


class ProgressBars:
    """A bar per step, with rate and time left if they fit. A context manager."""

    def __init__(self, console: Console) -> None:
        name = TextColumn("{task.description}", table_column=Column(overflow="fold"))
        count = MofNCompleteColumn(table_column=Column(no_wrap=True))
        columns: list[ProgressColumn] = [SpinnerColumn(), name, count]
        if console.width >= _WIDE_ENOUGH:
            columns[2:2] = [BarColumn(bar_width=20)]
            columns += [TextColumn("{task.fields[rate]}"), TimeRemainingColumn(compact=True)]
        self._progress = Progress(*columns, console=console)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> ProgressBars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def resumed(self, began_at: int) -> None:
        self._progress.console.print(_RESUMED.format(format_time(began_at)))

    def started(self, step: Step) -> None:
        self._tasks[step.id] = self._progress.add_task(step.name, total=None, rate="")

    def expect(self, step: Step, count: int) -> None:
        task = self._progress.tasks[self._tasks[step.id]]
        self._progress.update(task.id, total=(task.total or 0) + count)

    def advance(self, step: Step, count: int = 1) -> None:
        task = self._progress.tasks[self._tasks[step.id]]
        self._progress.update(task.id, advance=count, rate=f"{task.speed:.0f}/s" if task.speed else "")

    def ended(self, result: StepResult) -> None:
        if result.step.id in self._tasks:
            task = self._progress.tasks[self._tasks[result.step.id]]
            self._progress.update(task.id, total=task.completed, visible=task.completed > 0)


class ProgressLines:
    """A line when a step starts, at every thousand rows and documents, and when it did not succeed.

    Stale and resumed documents count as well, so the number exceeds that of calls and entities.
    """

    def __init__(self) -> None:
        self._done: Counter[str] = Counter()
        self._expected: Counter[str] = Counter()

    def __enter__(self) -> ProgressLines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def resumed(self, began_at: int) -> None:
        say(_RESUMED.format(format_time(began_at)), err=True)

    def started(self, step: Step) -> None:
        say(f"{step.name} ...", err=True)

    def expect(self, step: Step, count: int) -> None:
        self._expected[step.id] += count

    def advance(self, step: Step, count: int = 1) -> None:
        before = self._done[step.id]
        self._done[step.id] = done = before + count
        if done // 1000 > before // 1000:
            of_all = f" of {expected:,}" if (expected := self._expected[step.id]) >= done else ""
            say(f"{step.name}: {done:,}{of_all} rows and documents", err=True)

    def ended(self, result: StepResult) -> None:
        if result.status is not StepStatus.SUCCESS:
            say(f"{result.step.name}: {STATUS_LABELS[result.status]}", err=True)


def progress_for(console: Console) -> ProgressBars | ProgressLines:
    """Bars if the console can draw them, else lines."""
    return ProgressBars(console) if console.is_terminal and not console.is_dumb_terminal else ProgressLines()
