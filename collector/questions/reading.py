"""Reads a question file: what it says, and everything that is wrong with its form, each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from collector.errors import UsageError
from collector.next_steps import NextStep
from collector.questions.question import INFORMATIVE, RESULTS_ARE, Compliance, NamedQuery, SecurityQuestion

_BEGINS_A_QUERY = re.compile(r"find\b", re.IGNORECASE)
_COMMENTS = ("#", "//", "--")
_MAX_BYTES = 4_000_000
_FORM = "The keys are those of JupiterOne's question files; docs/questions.md shows one."
_FILE_KEYS = ("sourceId", "integrationDefinitionId", "questions")
_QUESTION_KEYS = ("id", "title", "description", "why", "fix", "tags", "compliance", "queries")
_QUERY_KEYS = ("name", "resultsAre", "query")
_COMPLIANCE_KEYS = ("standard", "requirements", "controls")


@dataclass(frozen=True)
class Problem:
    """Something wrong with a file. `question`: its id, "" where none is concerned."""

    line: int
    question: str
    what: str
    next_step: str


@dataclass(frozen=True)
class QuestionFile:
    """A file as it was read. What has a problem of form is left out of `questions`."""

    questions: tuple[SecurityQuestion, ...]
    problems: tuple[Problem, ...]


def read_file(path: Path) -> QuestionFile:
    """Read a question file, or one of queries alone. Raises UsageError if it cannot be read at all."""
    try:
        with path.open("rb") as opened:
            content = opened.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"Question file not found: {path}.", "Name an existing file.") from None
    except OSError as failure:
        raise UsageError(f"{path} cannot be read: {failure.strerror}.", "Name a file you may read.") from None
    if len(content) > _MAX_BYTES:
        raise UsageError(f"{path} is larger than {_MAX_BYTES // 1_000_000} MB.", "Name a question file.")
    queries = _plain_queries(content)
    if queries:
        return QuestionFile(queries, ())
    reader = _Reader()
    try:
        root = yaml.compose(content, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as failure:
        mark = getattr(failure, "problem_mark", None)
        what = getattr(failure, "problem", None) or "it is nested too deeply, or no text"
        line = 1 if mark is None else mark.line + 1
        return QuestionFile((), (Problem(line, "", f"This is not YAML: {what}.", "Correct the line."),))
    return QuestionFile(tuple(reader.file(root)), tuple(reader.problems))


def _plain_queries(content: bytes) -> tuple[SecurityQuestion, ...]:
    """The queries of a file that holds nothing else, each as a question; none if it is not such a file.

    A query begins in a line with FIND and ends before the next one or a blank line. Lines after #, // or -- are
    comments.
    """
    found: list[tuple[int, list[str]]] = []
    is_in_query = False
    for number, line in enumerate(content.decode("utf-8-sig", "replace").splitlines(), start=1):
        text = line.strip()
        if text.startswith(_COMMENTS):
            continue
        if _BEGINS_A_QUERY.match(text):
            found.append((number, [text]))
            is_in_query = True
        elif is_in_query and text:
            found[-1][1].append(text)
        elif text:
            return ()
        else:
            is_in_query = False
    return tuple(_only_query(number, line, " ".join(lines)) for number, (line, lines) in enumerate(found, start=1))


def _only_query(number: int, line: int, text: str) -> SecurityQuestion:
    name = f"query {number}"
    return SecurityQuestion(name, name, "", "", "", (), (), (NamedQuery("", text.rstrip(";"), line=line),), line)


@dataclass
class _Reader:
    """Collects the problems while it reads. `_question`: the id of that being read."""

    problems: list[Problem] = field(default_factory=list)
    _question: str = ""

    def file(self, root: yaml.Node | None) -> Iterator[SecurityQuestion]:
        """The questions of a file whose form is right."""
        if root is None:
            self._add(1, "The file is empty.", _FORM)
            return
        values = self._mapping(root, "The file", _FILE_KEYS)
        for key in ("sourceId", "integrationDefinitionId"):
            self._text(root, values, key, "The file")
        for node in self._list(root, values, "questions", "The file"):
            self._question = ""
            question = self._security_question(node)
            if question is not None:
                yield question

    def _security_question(self, node: yaml.Node) -> SecurityQuestion | None:
        before = len(self.problems)
        values = self._mapping(node, "A question", _QUESTION_KEYS)
        if not values and len(self.problems) > before:
            return None
        self._question = self._text(node, values, "id", "The question")
        question = SecurityQuestion(
            id=self._question,
            title=self._text(node, values, "title", "The question"),
            description=self._text(node, values, "description", "The question"),
            why=self._text(node, values, "why", "The question", required=False),
            fix=self._text(node, values, "fix", "The question", required=False),
            tags=self._texts(node, values, "tags", "The question"),
            compliance=tuple(
                self._compliance(one) for one in self._list(node, values, "compliance", "The question", required=False)
            ),
            queries=tuple(self._query(one) for one in self._list(node, values, "queries", "The question")),
            line=_line(node),
        )
        if not question.queries and len(self.problems) == before:
            self._add(_line(values["queries"]), "The question has no query.", "Add one to `queries`.")
        return question if len(self.problems) == before else None

    def _query(self, node: yaml.Node) -> NamedQuery:
        values = self._mapping(node, "A query", _QUERY_KEYS)
        results_are = self._text(node, values, "resultsAre", "The query", required=False)
        if results_are and results_are not in RESULTS_ARE:
            self._add(
                _line(values["resultsAre"]),
                f"`resultsAre` is {results_are!r}.",
                f"JupiterOne knows {', '.join(RESULTS_ARE)}; leave it out for {INFORMATIVE}.",
            )
        return NamedQuery(
            name=self._text(node, values, "name", "The query", required=False),
            text=self._text(node, values, "query", "The query").strip(),
            results_are=results_are or INFORMATIVE,
            line=_line(node),
        )

    def _compliance(self, node: yaml.Node) -> Compliance:
        values = self._mapping(node, "An entry of `compliance`", _COMPLIANCE_KEYS)
        of_it = "The entry of `compliance`"
        return Compliance(
            self._text(node, values, "standard", of_it),
            self._texts(node, values, "requirements", of_it, required=False),
            self._texts(node, values, "controls", of_it, required=False),
        )

    # -- the kinds of values -------------------------------------------------------------------------------------

    def _mapping(self, node: yaml.Node, what: str, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._add(_line(node), f"{what} has no keys.", f"Expected: {', '.join(known)}. {_FORM}")
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                self._add(_line(key), f"The key `{name}` is given twice.", "Keep one of them.")
            elif name not in known:
                self._add(_line(key), f"{what} has no key `{name}`.", f"The keys are {', '.join(known)}.")
            found[name] = value
        return found

    def _text(
        self, node: yaml.Node, values: dict[str, yaml.Node], key: str, what: str, *, required: bool = True
    ) -> str:
        value = values.get(key)
        if value is None or _is_null(value):
            if required:
                self._add(_line(value or node), f"{what} has no `{key}`.", f"Add `{key}:` with a text.")
            return ""
        text = self._scalar(value, key)
        if required and text is not None and not text.strip():
            self._add(_line(value), f"`{key}` is empty.", "Write a text.")
        return text or ""

    def _texts(
        self, node: yaml.Node, values: dict[str, yaml.Node], key: str, what: str, *, required: bool = True
    ) -> tuple[str, ...]:
        found = (self._scalar(each, key) for each in self._list(node, values, key, what, required=required))
        return tuple(text for text in found if text is not None)

    def _list(
        self, node: yaml.Node, values: dict[str, yaml.Node], key: str, what: str, *, required: bool = True
    ) -> list[yaml.Node]:
        value = values.get(key)
        if value is None or _is_null(value):
            if required:
                self._add(_line(value or node), f"{what} has no `{key}`.", f"Add `{key}:` with a list.")
            return []
        if not isinstance(value, yaml.SequenceNode):
            self._add(_line(value), f"`{key}` is no list.", "Write one entry a line, each after `- `.")
            return []
        return list(value.value)

    def _scalar(self, node: yaml.Node, key: str) -> str | None:
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
            return str(node.value)
        kind = node.tag.rpartition(":")[2]
        advice = f"Put it in quotes: '{node.value}'." if isinstance(node, yaml.ScalarNode) else "Write a text."
        self._add(_line(node), f"`{key}` holds no text ({kind}).", advice)
        return None

    def _add(self, line: int, what: str, next_step: str) -> None:
        self.problems.append(Problem(line, self._question, what, NextStep(next_step)))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _is_null(node: yaml.Node) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:null")
