"""Questions saved in JupiterOne: queries with a title, which people and compliance frameworks refer to.

The operations are those of JupiterOne's own Python client (2.3.0) and Terraform provider (`question.graphql`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from collector.errors import RequestFailed
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.graphql import NOT_FOUND, all_rows, execute, rows_of
from collector.model.graph import JsonObject

_PAGE_SIZE = 100
_FIELDS = (
    "id title description tags showTrend pollingInterval queries { name query resultsAre } "
    "compliance { standard requirements controls }"
)
_LIST = (
    "query Questions($cursor: String, $limit: Int) { questions(cursor: $cursor, limit: $limit) "
    f"{{ questions {{ {_FIELDS} }} pageInfo {{ endCursor hasNextPage }} }} }}"
)
_SHOW = f"query Question($id: ID!) {{ question(id: $id) {{ {_FIELDS} }} }}"
_CREATE = (
    "mutation CreateQuestion($question: CreateQuestionInput!) "
    f"{{ createQuestion(question: $question) {{ {_FIELDS} }} }}"
)
_UPDATE = (
    "mutation UpdateQuestion($id: ID!, $update: QuestionUpdate!) "
    f"{{ updateQuestion(id: $id, update: $update) {{ {_FIELDS} }} }}"
)
_DELETE = "mutation DeleteQuestion($id: ID!) { deleteQuestion(id: $id) { id } }"
_QUERY_VERSION = "v1"
_INFORMATIVE = "INFORMATIVE"
"""What JupiterOne takes the results of a query for that does not say."""


@dataclass(frozen=True)
class SavedQuery:
    """`results_are`: GOOD, BAD, UNKNOWN or INFORMATIVE."""

    name: str
    text: str
    results_are: str = _INFORMATIVE


@dataclass(frozen=True)
class SavedCompliance:
    """What a question touches in a compliance standard."""

    standard: str
    requirements: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()


@dataclass(frozen=True)
class QuestionContent:
    """What a question says."""

    title: str
    description: str
    tags: tuple[str, ...]
    queries: tuple[SavedQuery, ...]
    compliance: tuple[SavedCompliance, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question in JupiterOne. `schedule`: how it is evaluated there, which people choose in JupiterOne's pages."""

    id: str
    content: QuestionContent
    schedule: JsonObject


class Questions:
    """The questions of one account.

    Every method raises AccessRefused when the key may not do this, RequestFailed, or Interrupted.
    """

    def __init__(self, jupiterone: JupiterOne) -> None:
        self._jupiterone = jupiterone

    def list(self) -> Sequence[Question]:
        """All questions, whoever made them; also those JupiterOne brings."""

        def page_after(cursor: str | None) -> object:
            return execute(self._jupiterone, _LIST, {"cursor": cursor, "limit": _PAGE_SIZE}).get("questions")

        return [_question(row) for row in all_rows(page_after, "questions")]

    def create(self, content: QuestionContent, earlier: Collection[str]) -> Question:
        """Create a question; only one, even if the answer is lost. `earlier`: the ids of those there before."""

        def created_after_all() -> JsonObject | None:
            for question in self.list():
                same = question.content.title == content.title and set(content.tags) <= set(question.content.tags)
                if same and question.id not in earlier:
                    return {"createQuestion": _row_of(question)}
            return None

        data = execute(self._jupiterone, _CREATE, {"question": _input(content)}, created_after_all)
        return _question(data.get("createQuestion"))

    def update(self, question: Question, content: QuestionContent) -> Question:
        """The question with this content. Its schedule is sent as it was read, so that it stays."""
        variables = {"id": question.id, "update": {**_input(content), **question.schedule}}
        return _question(execute(self._jupiterone, _UPDATE, variables).get("updateQuestion"))

    def delete(self, question_id: str) -> None:
        """Delete a question; one that is not there any more is fine."""

        def deleted_after_all() -> JsonObject | None:
            return {} if self._is_missing(question_id) else None

        try:
            execute(self._jupiterone, _DELETE, {"id": question_id}, deleted_after_all)
        except RequestFailed as failure:
            if failure.code != NOT_FOUND:
                raise

    def _is_missing(self, question_id: str) -> bool:
        try:
            return execute(self._jupiterone, _SHOW, {"id": question_id}).get("question") is None
        except RequestFailed as failure:
            if failure.code == NOT_FOUND:
                return True
            raise


def _input(content: QuestionContent) -> JsonObject:
    return {
        "title": content.title,
        "description": content.description,
        "tags": list(content.tags),
        "queries": [
            {
                "name": query.name,
                "query": query.text,
                "version": _QUERY_VERSION,
                "resultsAre": query.results_are,
                "includeDeleted": False,
            }
            for query in content.queries
        ],
        "compliance": [_compliance_row(each) for each in content.compliance],
    }


def _compliance_row(compliance: SavedCompliance) -> JsonObject:
    return {
        "standard": compliance.standard,
        "requirements": list(compliance.requirements),
        "controls": list(compliance.controls),
    }


def _row_of(question: Question) -> JsonObject:
    return {"id": question.id, **_input(question.content), **question.schedule}


def _question(row: object) -> Question:
    fields: Mapping[str, object] = row if isinstance(row, Mapping) else {}
    if not isinstance(fields.get("id"), str):
        raise RequestFailed("JupiterOne's answer describes no question.", "Run the command again.")
    content = QuestionContent(
        title=_text(fields, "title"),
        description=_text(fields, "description"),
        tags=_texts(fields, "tags"),
        queries=tuple(
            SavedQuery(_text(each, "name"), _text(each, "query"), _text(each, "resultsAre") or _INFORMATIVE)
            for each in rows_of(fields, "queries")
        ),
        compliance=tuple(
            SavedCompliance(_text(each, "standard"), _texts(each, "requirements"), _texts(each, "controls"))
            for each in rows_of(fields, "compliance")
        ),
    )
    schedule = {name: fields[name] for name in ("pollingInterval", "showTrend") if fields.get(name) is not None}
    return Question(str(fields["id"]), content, schedule)


def _text(fields: Mapping[str, object], name: str) -> str:
    return str(fields.get(name) or "")


def _texts(fields: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = fields.get(name)
    return tuple(str(each) for each in value) if isinstance(value, list) else ()
