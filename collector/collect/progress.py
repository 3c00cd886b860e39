"""What a run tells while it runs; the command line shows it, tests listen to it."""

from __future__ import annotations

from typing import Protocol

from collector.model.step import Step, StepResult


class ProgressListener(Protocol):
    """Called from the thread that runs the collection."""

    def resumed(self, began_at: int) -> None:
        """The run goes on with a reading that began then (milliseconds since 1970)."""

    def started(self, step: Step) -> None:
        """A step begins."""

    def expect(self, step: Step, count: int) -> None:
        """So many more things are to be read for this step."""

    def advance(self, step: Step, count: int = 1) -> None:
        """So many things have been read for this step."""

    def ended(self, result: StepResult) -> None:
        """A step has ended, or was not run at all."""


class NoProgress:
    """A Progress that shows nothing."""

    def resumed(self, began_at: int) -> None:
        pass

    def started(self, step: Step) -> None:
        pass

    def expect(self, step: Step, count: int) -> None:
        pass

    def advance(self, step: Step, count: int = 1) -> None:
        pass

    def ended(self, result: StepResult) -> None:
        pass
