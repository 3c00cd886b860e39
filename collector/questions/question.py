"""A question as a value.

It is that of JupiterOne's managed questions (JupiterOne integration SDK, `validate-question-file`), with the keys `why`
and `fix` beside its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

GOOD, BAD, UNKNOWN, INFORMATIVE = "GOOD", "BAD", "UNKNOWN", "INFORMATIVE"
"""What the results of a query are. JupiterOne takes a query that says nothing for INFORMATIVE."""
VERDICTS = (GOOD, BAD, UNKNOWN)
RESULTS_ARE = (*VERDICTS, INFORMATIVE)

USUAL_BEGINNING = "managed-question-zoom-"
"""What the ids of the questions that come with the collector have in common."""


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

    @property
    def short_id(self) -> str:
        """The id as people type it: without what all have in common."""
        return self.id.removeprefix(USUAL_BEGINNING)

    def query(self, results_are: str) -> NamedQuery | None:
        """The first query with these results."""
        return next((query for query in self.queries if query.results_are == results_are), None)
