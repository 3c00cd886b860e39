"""Puts the questions into JupiterOne, and takes them out again.

Ours is what has the tag `zoom-collector`; the title says which it is, since JupiterOne gives every question an id of
its own. What people chose in JupiterOne stays: the polling interval, the trend, further tags, further standards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from collector.errors import AccessRefused
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.push_report import Attempts, PushReport
from collector.jupiterone.questions import Question, QuestionContent, Questions, SavedCompliance, SavedQuery
from collector.jupiterone.rules import Rules
from collector.questions.question import SecurityQuestion

OWNER_TAG = "zoom-collector"
PERMISSION = (
    "Check JUPITERONE_API_KEY and JUPITERONE_ACCOUNT. The key needs permission to read, create, change and delete "
    "questions in JupiterOne, and to read alert rules, as an administrator's has. A key of an integration only uploads."
)


@dataclass(frozen=True)
class PushPlan:
    """What a push does.

    `duplicates`: second copies of ours, to be deleted. `foreign`, `obsolete`: as in PushReport.
    """

    create: tuple[QuestionContent, ...]
    update: tuple[tuple[Question, QuestionContent], ...]
    unchanged: tuple[Question, ...]
    duplicates: tuple[Question, ...]
    foreign: tuple[str, ...]
    obsolete: tuple[str, ...]
    ids: frozenset[str]
    """Of all questions in JupiterOne."""

    @property
    def report(self) -> PushReport:
        """What would be done."""
        return PushReport(
            created=tuple(content.title for content in self.create),
            updated=tuple(content.title for _, content in self.update),
            unchanged=tuple(question.content.title for question in self.unchanged),
            joined=_titles(self.duplicates),
            foreign=self.foreign,
            obsolete=self.obsolete,
        )


@dataclass(frozen=True)
class RemovalPlan:
    """Ours in JupiterOne: those to delete, and the titles of those that a rule refers to, which stay."""

    delete: tuple[Question, ...]
    in_use: tuple[str, ...]


def read_push_plan(jupiterone: JupiterOne, questions: Iterable[SecurityQuestion]) -> PushPlan:
    """Compare the questions with JupiterOne's. Raises as `Questions`; changes nothing."""
    wanted = [content_of(question) for question in questions]
    try:
        present = Questions(jupiterone).list()
        titles = [question.content.title for question in present if _is_ours(question)]
        has_copies = len(titles) > len(set(titles))
        return plan_push(wanted, present, _referenced(jupiterone) if has_copies else ())
    except AccessRefused as failure:
        raise _lacking(failure) from None


def plan_push(
    wanted: Sequence[QuestionContent], present: Sequence[Question], referenced: Collection[str] = ()
) -> PushPlan:
    """`referenced`: the ids of questions that rules refer to; they are not deleted as duplicates."""
    ours: dict[str, list[Question]] = defaultdict(list)
    for question in present:
        if _is_ours(question):
            ours[question.content.title].append(question)
    create: list[QuestionContent] = []
    update: list[tuple[Question, QuestionContent]] = []
    unchanged: list[Question] = []
    duplicates: list[Question] = []
    for content in wanted:
        copies = ours.pop(content.title, [])
        if not copies:
            create.append(content)
        kept = [question for question in copies if question.id in referenced] or copies[:1]
        duplicates += [question for question in copies if question not in kept]
        for question in kept:
            merged = _merged(content, question.content)
            if _normalized(merged) == _normalized(question.content):
                unchanged.append(question)
            else:
                update.append((question, merged))
    titles = {content.title for content in wanted}
    return PushPlan(
        tuple(create),
        tuple(update),
        tuple(unchanged),
        tuple(duplicates),
        _titles(question for question in present if not _is_ours(question) and question.content.title in titles),
        tuple(ours),
        frozenset(question.id for question in present),
    )


def push(jupiterone: JupiterOne, plan: PushPlan) -> PushReport:
    """Do what is planned. Interrupted, it leaves whole questions; the next push does the rest."""
    questions, attempts = Questions(jupiterone), Attempts()
    try:
        created = [
            content.title
            for content in plan.create
            if attempts.succeeds(content.title, questions.create, content, plan.ids)
        ]
        updated = [
            content.title
            for question, content in plan.update
            if attempts.succeeds(content.title, questions.update, question, content)
        ]
        joined = [
            question
            for question in plan.duplicates
            if attempts.succeeds(question.content.title, questions.delete, question.id)
        ]
    except AccessRefused as failure:
        raise _lacking(failure) from None
    return replace(
        plan.report,
        created=tuple(created),
        updated=tuple(updated),
        joined=_titles(joined),
        refused=tuple(attempts.refused),
    )


def read_removal_plan(jupiterone: JupiterOne) -> RemovalPlan:
    """What `remove` would delete: all of ours that no rule refers to, whatever the file says now."""
    try:
        ours = [question for question in Questions(jupiterone).list() if _is_ours(question)]
        referenced = _referenced(jupiterone) if ours else set()
    except AccessRefused as failure:
        raise _lacking(failure) from None
    return RemovalPlan(
        tuple(question for question in ours if question.id not in referenced),
        _titles(question for question in ours if question.id in referenced),
    )


def remove(jupiterone: JupiterOne, plan: RemovalPlan) -> None:
    """Delete what is planned."""
    questions = Questions(jupiterone)
    try:
        for question in plan.delete:
            questions.delete(question.id)
    except AccessRefused as failure:
        raise _lacking(failure) from None


def content_of(question: SecurityQuestion) -> QuestionContent:
    """A question as it is saved in JupiterOne, which knows no `why` and no `fix`."""
    paragraphs = (
        _one_line(question.description),
        f"Why it matters: {_one_line(question.why)}" if question.why else "",
        f"What to do: {_one_line(question.fix)}" if question.fix else "",
    )
    return QuestionContent(
        title=question.title,
        description="\n\n".join(filter(None, paragraphs)),
        tags=(*question.tags, OWNER_TAG),
        queries=tuple(SavedQuery(query.name, query.text, query.results_are) for query in question.queries),
        compliance=tuple(
            SavedCompliance(each.standard, each.requirements, each.controls) for each in question.compliance
        ),
    )


def _is_ours(question: Question) -> bool:
    return OWNER_TAG in question.content.tags


def _referenced(jupiterone: JupiterOne) -> set[str]:
    return {rule.question_id for rule in Rules(jupiterone).list() if rule.question_id is not None}


def _merged(content: QuestionContent, present: QuestionContent) -> QuestionContent:
    """The content with the tags and standards that people added in JupiterOne."""
    standards = {each.standard for each in content.compliance}
    return replace(
        content,
        tags=(*content.tags, *(tag for tag in present.tags if tag not in content.tags)),
        compliance=(*content.compliance, *(each for each in present.compliance if each.standard not in standards)),
    )


def _normalized(content: QuestionContent) -> object:
    """The content without what JupiterOne may change: the order of its parts, and line breaks."""
    return (
        content.title,
        _one_line(content.description),
        frozenset(content.tags),
        frozenset((query.name, _one_line(query.text), query.results_are) for query in content.queries),
        frozenset(
            (each.standard, frozenset(each.requirements), frozenset(each.controls)) for each in content.compliance
        ),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _titles(questions: Iterable[Question]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(question.content.title for question in questions))


def _lacking(failure: AccessRefused) -> AccessRefused:
    return AccessRefused(failure.message, PERMISSION)
