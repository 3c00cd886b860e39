"""The questions as values, and where they are kept: `questions.yaml`, or a file of the customer's in the same format.

It is the format of JupiterOne's managed questions (JupiterOne integration SDK, `validate-question-file`), with the keys
`why` and `fix` beside its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from collector.errors import UsageError

GOOD, BAD, UNKNOWN, INFORMATIVE = "GOOD", "BAD", "UNKNOWN", "INFORMATIVE"
"""What the results of a query are. JupiterOne takes a query that says nothing for INFORMATIVE."""
VERDICTS = (GOOD, BAD, UNKNOWN)
RESULTS_ARE = (*VERDICTS, INFORMATIVE)

_SHIPPED = files("collector.questions") / "questions.yaml"


@dataclass(frozen=True)
class NamedQuery:
    """One query of a question. `name`: "" where the file gives none. `line`: where it stands in the file."""

    name: str
    text: str
    results_are: str = INFORMATIVE
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Compliance:
    """What a question touches in a standard: the ids of its requirements."""

    standard: str
    requirements: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()


@dataclass(frozen=True)
class SecurityQuestion:
    """A question, with why it matters and what to do in Zoom ("" in files that do not say)."""

    id: str
    title: str
    description: str
    why: str
    fix: str
    tags: tuple[str, ...]
    compliance: tuple[Compliance, ...]
    queries: tuple[NamedQuery, ...]
    line: int = field(default=0, compare=False, repr=False)

    @property
    def has_verdict(self) -> bool:
        """Whether it sorts what it asks about into good, bad and not known; others only list."""
        return any(query.results_are in VERDICTS for query in self.queries)

    def query(self, results_are: str) -> NamedQuery | None:
        """The first query with these results."""
        return next((query for query in self.queries if query.results_are == results_are), None)


@cache
def load_questions() -> tuple[SecurityQuestion, ...]:
    """The questions that come with the collector, in the order of their file."""
    with as_file(_SHIPPED) as path:
        return read_questions(path)


def shipped_text() -> str:
    """The text of their file."""
    return _SHIPPED.read_text(encoding="utf-8")


def read_questions(path: Path) -> tuple[SecurityQuestion, ...]:
    """The questions of any file. Raises UsageError with the first thing that is wrong with its form."""
    from collector.questions.reading import read_file  # here, because YAML is not needed for the values

    file = read_file(path)
    if file.problems:
        problem = file.problems[0]
        raise UsageError(f"{path}:{problem.line}: {problem.what}", problem.next_step)
    return file.questions
