"""The account in numbers: what the page shows without JavaScript, and what `--json` prints."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from collector.model.coverage import Coverage
from collector.questions.question import BAD, GOOD, UNKNOWN
from collector.report.alerts import AlertsView
from collector.report.answers import AnswerView
from collector.report.changes import ChangeView
from collector.report.documents import Distribution
from collector.report.gaps import Gap, together
from collector.report.people import NOT_KNOWN, PeopleCounts
from collector.store import RunRecord

_WORST = 6
_EASED = {"managed-question-zoom-two-factor": "managed-question-zoom-single-sign-on"}
"""A bad answer matters less where the answer to the other question is good."""
_ADMIN = ("yes", "no", NOT_KNOWN)


@dataclass(frozen=True)
class NamedCount:
    """A role or group, and how many people it has."""

    key: str
    name: str
    count: int
    is_admin: bool | None = None


@dataclass(frozen=True)
class SettingView:
    """A setting in the whole account, with who has which value; None where people have no such setting.

    `unread`: of how many people it is not known. `part`: the place of the document that holds it.
    """

    path: str
    name: str
    section: str
    description: str
    distribution: Distribution | None = None
    unread: int = 0
    unread_because: str = ""
    part: int | None = None


@dataclass(frozen=True)
class Report:
    """What is in the page without JavaScript, and the numbers of `--json`."""

    account: str
    run: RunRecord
    coverage: tuple[Coverage, ...]
    people: PeopleCounts
    groups: tuple[NamedCount, ...]
    roles: tuple[NamedCount, ...]
    groups_unread: str
    answers: tuple[AnswerView, ...]
    settings: tuple[SettingView, ...]
    changes: ChangeView | None
    alerts: AlertsView
    is_redacted: bool
    distinct_documents: int

    @property
    def title(self) -> str:
        """Whose account it is; a pseudonym says itself that it is one of an account."""
        return f"Zoom {self.account}" if self.is_redacted else f"Zoom account {self.account}"

    @property
    def not_read(self) -> tuple[Coverage, ...]:
        """What was not read completely, what makes a run incomplete first."""
        gaps = [each for each in self.coverage if each.status.value != "complete" or each.stale or each.missing]
        return tuple(sorted(gaps, key=lambda each: not each.status.incomplete))

    @property
    def not_read_together(self) -> tuple[Gap, ...]:
        """The same, each reason once."""
        return together(self.not_read)

    @property
    def without_settings(self) -> int:
        """How many people are inactive or invited, of whom Zoom gives few settings or none."""
        return sum(self.people.by_status[status] for status in ("inactive", "pending"))

    def partly(self, *types: str) -> bool:
        """Whether some of these types were not listed completely."""
        return any(each in self.run.partial_types for each in types)

    def how_many(self, count: int, noun: str, *types: str) -> str:
        """ "1 group", "6 groups"; where not all were read, "6 known groups" or "an unknown number of groups"."""
        one, several = (noun, "people") if noun == "person" else (noun, f"{noun}s")
        if not self.partly(*types):
            return f"{count:,} {one if count == 1 else several}"
        return f"{count:,} known {one if count == 1 else several}" if count else f"an unknown number of {several}"

    @property
    def verdicts(self) -> dict[str, int]:
        """How many questions found something bad, nothing bad but something unknown, or only good; LIST: the others."""
        found = Counter(each.verdict or "LIST" for each in self.answers)
        return {name: found[name] for name in (BAD, UNKNOWN, GOOD, "LIST")}

    @property
    def both(self) -> int:
        """How many questions found something bad, and something is not known."""
        return sum(1 for each in self.answers if each.count(BAD) and each.count(UNKNOWN))

    @property
    def worst(self) -> tuple[AnswerView, ...]:
        """The most important questions that found something bad, in the order of `questions.yaml`."""
        return tuple(each for each in self.answers if each.count(BAD))[:_WORST]

    def eased_by(self, answer: AnswerView) -> AnswerView | None:
        """The good answer that makes this bad one matter less; None if there is none."""
        other = next((each for each in self.answers if each.question.id == _EASED.get(answer.question.id)), None)
        return other if other is not None and answer.verdict == BAD and other.verdict == GOOD else None

    @property
    def why_eased(self) -> str:
        """What the other answer means for this one."""
        return (
            "It matters less here: single sign-on is required, so the identity provider can ask for the second factor."
        )

    def rows_of(self, what: str) -> list[tuple[str, int, str]]:
        """People by status, licence, admin, role or group: name, number, and its address in the page."""
        if what in ("role", "group"):
            named = sorted(self.roles if what == "role" else self.groups, key=lambda each: -each.count)
            return [(each.name, each.count, f"#{what}?{urlencode({'key': each.key})}") for each in named]
        counts = {
            "status": self.people.by_status,
            "licence": self.people.by_licence,
            "admin": self.people.by_admin,
        }[what]
        order = (
            [name for name in _ADMIN if name in counts]
            if what == "admin"
            else [name for name, _ in counts.most_common()]
        )
        return [(name, counts[name], f"#people?{urlencode({what: name})}") for name in order]


def report_to_json(report: Report) -> dict[str, object]:
    """The numbers, each as `collector query` and `collector questions run` count it. Times: milliseconds since 1970."""
    people = report.people
    return {
        "account": report.account,
        "run": report.run.id,
        "readAt": report.run.ended_at,
        "notRead": [
            {
                "step": each.step,
                "dataset": each.dataset,
                "status": each.status.value,
                "missing": each.missing,
                "stale": each.stale,
                "reason": each.reason,
                "nextStep": each.next_step,
                "scopes": list(each.scopes),
            }
            for each in report.not_read
        ],
        "people": {
            "total": people.total,
            "byStatus": dict(people.by_status),
            "byLicence": dict(people.by_licence),
            "admin": dict(people.by_admin),
            "inNoGroup": people.in_no_group,
            "inNoRole": people.in_no_role,
            "withStaleSettings": people.stale,
        },
        "alerts": report.alerts.to_json(),
        "groups": [{"key": each.key, "name": each.name, "members": each.count} for each in report.groups],
        "roles": [
            {"key": each.key, "name": each.name, "admin": each.is_admin, "people": each.count} for each in report.roles
        ],
        "questions": [
            {
                "id": answer.question.id,
                "title": answer.question.title,
                "counts": {each.results_are: each.count for each in answer.found},
                "complete": answer.complete,
                "warnings": list(answer.warnings),
            }
            for answer in report.answers
        ],
        "settings": [_setting(each) for each in report.settings if each.distribution is not None],
        "changes": None
        if report.changes is None
        else {
            "sinceRun": report.changes.since.id,
            "counts": [{"kind": kind, "type": type_, "count": count} for kind, type_, count in report.changes.counts],
            "notCompared": list(report.changes.not_compared),
        },
        "distinctSettingsDocuments": report.distinct_documents,
    }


def _setting(view: SettingView) -> dict[str, object]:
    distribution = view.distribution
    return {
        "setting": view.path,
        "property": view.name,
        "values": [] if distribution is None else [[value, count] for value, count in distribution.by_value],
        "without": 0 if distribution is None else distribution.without,
        "unread": view.unread,
    }
