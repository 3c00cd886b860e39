"""What the page holds: read from the store once, the large part straight into the data block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from collector.clock import Clock
from collector.model.coverage import Coverage
from collector.model.graph_schema import GraphSchema
from collector.model.setting_levels import SettingLevels
from collector.questions.question import SecurityQuestion
from collector.questions.run import answer_questions
from collector.report.alerts import alerts_before
from collector.report.answers import LETTERS, ROWS_OF_OTHERS, Answers, AnswerView, view_answers
from collector.report.blocks import DataBlock
from collector.report.changes import ChangeView, changes_before
from collector.report.documents import Distribution, PartDocuments, SettingNames, write_documents
from collector.report.levels import LevelLines, LevelName, LevelReader, has_lock
from collector.report.people import Neighbourhood, PeopleCounts, PeopleWriter
from collector.report.redaction import Redaction
from collector.report.report import NamedCount, Report, SettingView
from collector.report.settings import OTHER, SECTIONS, section_of, weak_values
from collector.report.words import PROPERTIES, PropertyWords
from collector.store import RunRecord, Store

_ACCOUNT_NAME = "tag.AccountName"
_MAX_VALUES = 50
"""Of a setting, so many values are shown with their counts, the most frequent first."""


@dataclass(frozen=True)
class Graph:
    """What is shown: the graph after a run, and what is needed to read it.

    `questions`: to answer about it. `now`: `date.now` in them, in milliseconds.
    """

    store: Store
    run: RunRecord
    levels: SettingLevels
    schema: GraphSchema
    questions: Sequence[SecurityQuestion]
    clock: Clock
    now: int


def write_data(graph: Graph, redaction: Redaction, block: DataBlock) -> Report:
    """Write the data of the page, and return the rest of it. Memory hardly grows with the account."""
    return _DataWriter(graph, redaction, block).write()


@dataclass
class _DataWriter:
    graph: Graph
    redaction: Redaction
    block: DataBlock
    coverage: tuple[Coverage, ...] = field(init=False)
    reader: LevelReader = field(init=False)
    parts: list[str] = field(init=False)

    def __post_init__(self) -> None:
        graph = self.graph
        self.coverage = tuple(self.redaction.coverage(each) for each in graph.run.coverage)
        self.reader = LevelReader(graph.store, graph.levels, graph.run.id, self.coverage)
        self.parts = list(dict.fromkeys(each.user.part for each in graph.levels.settings if each.user is not None))

    def write(self) -> Report:
        """Write the lines in the order in which the browser needs them."""
        graph, redaction = self.graph, self.redaction
        user = graph.levels.user.entity.type
        names = SettingNames(graph.levels, only_described=redaction.is_on)
        documents = [
            write_documents(graph.store, user, part, graph.run.id, names, redaction, self.block) for part in self.parts
        ]
        lines = LevelLines(graph.levels.settings, redaction, self.block)
        lines.write_account(self.reader)
        lines.write_groups(self.reader)
        lines.write_roles(graph.store, graph.run.id)
        answers = self._answers(user)
        people = self._people(documents, lines, answers)
        settings = tuple(self._settings(names, documents, people.total))
        changes = changes_before(graph.store, graph.schema, graph.run, redaction)
        for line in changes.lines() if changes is not None else ():
            self.block.line(change=line)
        account = redaction.name(lines.account_key, graph.run.tags.get(_ACCOUNT_NAME) or lines.account_name)
        self.block.line(summary={"account": account} | self._summary(lines, settings, answers, changes))
        return Report(
            account=account,
            run=graph.run,
            coverage=self.coverage,
            people=people,
            groups=_counted(lines.groups, people.by_group, redaction),
            roles=_counted(lines.roles, people.by_role, redaction),
            groups_unread=self.reader.unread.groups(members=False),
            answers=tuple(answers.views),
            settings=settings,
            changes=changes,
            alerts=alerts_before(
                graph.store, graph.schema, graph.run, graph.clock, redaction, PropertyWords(graph.levels)
            ),
            is_redacted=redaction.is_on,
            distinct_documents=sum(len(each.index) for each in documents),
        )

    def _answers(self, user: str) -> Answers:
        graph = self.graph
        keys = {version.key: place for place, version in enumerate(graph.store.entity_versions(user, graph.run.id))}
        answers = answer_questions(
            graph.store, graph.schema, graph.questions, graph.run, graph.clock, graph.now, rows=ROWS_OF_OTHERS
        )
        return view_answers(answers, keys, user, self.redaction)

    def _people(self, documents: Sequence[PartDocuments], lines: LevelLines, answers: Answers) -> PeopleCounts:
        writer = PeopleWriter(
            self.graph.store,
            self.graph.levels,
            self.graph.run,
            documents,
            Neighbourhood(lines.group_places, lines.group_ids, lines.role_places),
            self.reader.unread.groups(),
            answers.verdicts,
            self.redaction,
        )
        writer.write(self.block)
        return writer.counts

    def _settings(self, names: SettingNames, documents: Sequence[PartDocuments], people: int) -> Iterator[SettingView]:
        """The described settings, then the others that people have."""
        by_part = {each.part: each for each in documents}
        for number, setting in enumerate(self.graph.levels.settings):
            path, name, description = setting.path, setting.name, setting.description
            if setting.user is None:
                yield SettingView(path, name, section_of(path), description)
            else:
                of_part = by_part[setting.user.part]
                yield self._spread(SettingView(path, name, section_of(path), description), number, of_part, people)
        for number, (name, part) in enumerate(names.others, len(self.graph.levels.settings)):
            yield self._spread(SettingView(name, name, OTHER, "Not described by Zoom."), number, by_part[part], people)

    def _spread(self, view: SettingView, number: int, documents: PartDocuments, people: int) -> SettingView:
        """The setting with who has which value, from the documents that hold it."""
        distribution = documents.distributions.get(number) or Distribution(without=documents.readers)
        unread = people - documents.readers
        return replace(
            view,
            distribution=distribution.shown(self.redaction, view.description),
            unread=unread,
            unread_because=self._part_unread(documents.part) if unread else "",
            part=self.parts.index(documents.part),
        )

    def _part_unread(self, part: str) -> str:
        settings = self.graph.levels.settings
        location = next(each.user for each in settings if each.user is not None and each.user.part == part)
        return self.reader.unread.document(self.graph.levels.user.step, location)

    def _summary(
        self, lines: LevelLines, settings: Sequence[SettingView], answers: Answers, changes: ChangeView | None
    ) -> dict[str, object]:
        weak = weak_values(self.graph.questions, self.graph.levels, self.graph.now)
        leveled = {each.name: each for each in self.graph.levels.settings}
        described = []
        for view in settings:
            setting = leveled.get(view.name)
            described.append(
                {
                    **_described(view),
                    "account": setting is not None and bool(setting.account.values),
                    "group": setting is not None and bool(setting.group.values),
                    "lock": setting is not None and has_lock(setting),
                    "weak": weak.get(view.name),
                }
            )
        return {
            "run": self.graph.run.id,
            "readAt": self.graph.run.ended_at,
            "redacted": self.redaction.is_on,
            "partialTypes": self.graph.run.partial_types,
            "hasGaps": any(each.missing or each.stale for each in self.coverage if not each.is_list),
            "parts": self.parts,
            "partsUnread": [self._part_unread(part) for part in self.parts],
            "reasons": lines.reasons,
            "groupsUnread": self.reader.unread.groups(members=False),
            "sections": SECTIONS,
            "settings": described,
            "questions": [_question(view) for view in answers.views],
            "words": PROPERTIES,
            "changes": None if changes is None else changes.head(),
        }


def _counted(named: Sequence[LevelName], counts: Counter[int], redaction: Redaction) -> tuple[NamedCount, ...]:
    return tuple(
        NamedCount(redaction.entity(each.key), each.name, counts[place], each.is_admin)
        for place, each in enumerate(named)
    )


def _described(view: SettingView) -> dict[str, object]:
    found: dict[str, object] = {
        "path": view.path,
        "name": view.name,
        "section": view.section,
        "description": view.description,
        "part": view.part,
    }
    if view.distribution is None:
        return found
    values = view.distribution.by_value
    others = values[_MAX_VALUES:]
    return found | {
        "values": values[:_MAX_VALUES],
        "others": [len(others), sum(count for _, count in others)],
        "without": view.distribution.without,
        "unread": view.unread,
        "because": view.unread_because,
    }


def _question(view: AnswerView) -> dict[str, object]:
    """What the page needs to find who is meant; the rest stands in it already."""
    return {
        "id": view.question.id,
        "title": view.question.title,
        "of": view.of,
        "counts": {LETTERS[each.results_are]: each.count for each in view.found},
    }
