"""Where questions are kept: `questions.yaml`, or a file of the customer's in the same format."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from difflib import get_close_matches
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from collector.errors import UsageError
from collector.next_steps import Command, NextStep
from collector.questions.question import USUAL_BEGINNING, SecurityQuestion
from collector.questions.reading import read_file

_SHIPPED = files("collector.questions") / "questions.yaml"


@cache
def load_questions() -> tuple[SecurityQuestion, ...]:
    """The questions that come with the collector, in the order of their file."""
    with shipped_file() as path:
        return read_questions(path)


def shipped_file() -> AbstractContextManager[Path]:
    """The path of their file, while it is used."""
    return as_file(_SHIPPED)


def choose(
    questions: Sequence[SecurityQuestion], ids: Sequence[str] = (), tags: Sequence[str] = ()
) -> tuple[SecurityQuestion, ...]:
    """Those with one of these ids (all, without any), and with every one of these tags.

    Raises UsageError for an id or a tag that no question has.
    """
    by_id = {known: question for question in questions for known in (question.id, question.short_id)}
    for id_ in ids:
        if id_ not in by_id:
            near = _near(id_, [question.short_id for question in questions])
            raise UsageError(
                f"There is no question {id_!r}." + (f" Did you mean {' or '.join(near)}?" if near else ""),
                NextStep("`{}` lists the questions.", Command("questions", "list")),
            )
    known_tags = sorted({tag for question in questions for tag in question.tags})
    for tag in tags:
        if tag not in known_tags:
            raise UsageError(f"No question has the tag {tag!r}.", f"The tags are: {', '.join(known_tags)}.")
    chosen = dict.fromkeys(by_id[id_] for id_ in ids) if ids else questions
    found = tuple(question for question in chosen if set(tags) <= set(question.tags))
    if not found:
        raise UsageError(
            f"None of these questions has {'all these tags' if len(tags) > 1 else 'this tag'}: {', '.join(tags)}.",
            NextStep("`{}` shows which question has which.", Command("questions", "list")),
        )
    return found


def _near(id_: str, known: Sequence[str]) -> list[str]:
    """The ids that contain this one, then those that are spelled like it, or have a word that is."""
    wanted = id_.lower().removeprefix(USUAL_BEGINNING)
    containing = [each for each in known if wanted and wanted in each]
    words = get_close_matches(wanted, {word for each in known for word in each.split("-")}, n=2, cutoff=0.7)
    alike = [each for word in words for each in known if word in each.split("-")]
    return [*dict.fromkeys([*containing, *get_close_matches(wanted, known, n=3, cutoff=0.5), *alike])][:3]


def read_questions(path: Path) -> tuple[SecurityQuestion, ...]:
    """The questions of any file. Raises UsageError with the first thing that is wrong with its form."""
    file = read_file(path)
    if file.problems:
        problem = file.problems[0]
        raise UsageError(f"{path}:{problem.line}: {problem.what}", problem.next_step)
    return file.questions
