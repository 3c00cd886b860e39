"""Shows a run while it runs: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from collector.cli.summary import STATUS_WORDS
from collector.model.step import Step, StepResult, StepStatus


class Bars:
    """A bar per step, with rate and time left. A context manager."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

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


class Lines:
    """A line when a step begins, ends, and at every thousand things read."""

    def __init__(self) -> None:
        self._done = 0

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def started(self, step: Step) -> None:
        self._done = 0
        click.echo(f"{step.name} ...", err=True)

    def expect(self, step: Step, count: int) -> None:
        pass

    def advance(self, step: Step, count: int = 1) -> None:
        before, self._done = self._done, self._done + count
        if self._done // 1000 > before // 1000:
            click.echo(f"{step.name}: {self._done} read", err=True)

    def ended(self, result: StepResult) -> None:
        if result.status is not StepStatus.SUCCESS:
            click.echo(f"{result.step.name}: {STATUS_WORDS[result.status]}", err=True)


def progress_for(console: Console) -> Bars | Lines:
    """Bars where they can be drawn, lines elsewhere."""
    return Bars(console) if console.is_terminal and not console.is_dumb_terminal else Lines()
