"""The progress a run reports; the command line shows it."""

from __future__ import annotations

from typing import Protocol

from collector.model.step import Step, StepResult


class ProgressListener(Protocol):
    """Called from the thread that runs the collection."""

    def resumed(self, began_at: int) -> None:
        """The run resumes a session that began then (milliseconds since 1970)."""

    def started(self, step: Step) -> None:
        """A step begins."""

    def expect(self, step: Step, count: int) -> None:
        """This many more rows or documents are to be read for the step."""

    def advance(self, step: Step, count: int = 1) -> None:
        """This many rows or documents have been read for the step."""

    def ended(self, result: StepResult) -> None:
        """A step has ended, or did not run at all."""


class NoProgress:
    """Shows nothing."""

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
