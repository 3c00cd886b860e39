"""Answering with only the first rows: the counts and the keys are those of all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.query.chosen_run import chosen_run
from collector.questions.library import load_questions
from collector.questions.run import QuestionAnswer, answer_questions
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store
from tests.fakes import FakeClock
from tests.report.accounts import READ_AT, write_account

DAY = 86_400_000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two runs, the second of fewer people."""
    path: Path = tmp_path_factory.mktemp("home") / "graph.db"
    with Store.open(path) as store:
        write_account(store, 60, groups=3)
        write_account(store, 40, groups=3, started_at=READ_AT + DAY)
        yield store


def answered(store: Store, run: int, rows: int | None) -> list[QuestionAnswer]:
    schema, record = graph_schema(all_resources()), chosen_run(store, run)
    return list(answer_questions(store, schema, load_questions(), record, FakeClock(), record.ended_at, rows))


@pytest.mark.parametrize("run", [1, 2])
@pytest.mark.parametrize("most", [0, 1, 7, 1000])
def test_only_the_first_rows(store: Store, run: int, most: int) -> None:
    all_rows = answered(store, run, None)
    assert max(count for answer in all_rows for count in answer.counts.values()) > 30
    for whole, cut in zip(all_rows, answered(store, run, most), strict=True):
        assert cut.verdicts == {name: rows[:most] for name, rows in whole.verdicts.items()}
        assert cut.row_counts == {name: len(rows) for name, rows in whole.verdicts.items()}
        assert {name: {*keys} for name, keys in cut.keys.items()} == {
            name: {row[-1] for row in rows} for name, rows in whole.verdicts.items()
        }
        assert (cut.counts, cut.columns, cut.warnings) == (whole.counts, whole.columns, whole.warnings)
