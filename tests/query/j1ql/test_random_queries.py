"""Random queries about random graphs, past runs included: the engine and the naive evaluator agree.

`QUERIES=3000 python -m pytest tests/query/j1ql/test_random_queries.py` asks that many.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.errors import CollectorError
from collector.query.j1ql import QueryRequest, ask
from collector.store import RunGraph, Store

from .evaluator import evaluate
from .graphs import SCHEMA, Asker, write

QUERIES = int(os.environ.get("QUERIES", "300"))
FIRST = int(os.environ.get("FIRST", "0"))
EACH = 25


def strict(value: Any) -> Any:
    """The same, but true is not 1."""
    if isinstance(value, bool):
        return f"<{value}>"
    if isinstance(value, list | tuple):
        return [strict(each) for each in value]
    if isinstance(value, dict):
        return {name: strict(each) for name, each in value.items()}
    return value


def answered(store: Store, text: str, run: int) -> Any:
    """What the engine says, in the form of the evaluator."""
    answer = ask(store, SCHEMA, QueryRequest(text, run=run, limit=0), SystemClock())
    rows = list(answer.rows)
    if answer.edges is not None:
        return {"vertices": rows, "edges": answer.edges}
    return {"columns": list(answer.columns), "rows": rows}


@pytest.mark.parametrize("seed", range(FIRST, FIRST + max(1, QUERIES // EACH)))
def test_engine_and_evaluator_agree(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    path = tmp_path / "graph.db"
    write(path, chance)
    met: Counter[str] = Counter()
    with Store.open_existing(path) as store:
        graphs = {}
        for run in (record.id for record in store.finished_runs()):
            graph = RunGraph(store, run)
            entities = [dict(each) for _, found in graph.entities() for each in found]
            graphs[run] = (entities, [dict(each) for _, found in graph.relationships() for each in found])
        for _ in range(EACH):
            text, run = Asker(chance).query(), chance.choice([*graphs, max(graphs)])
            expected = evaluate(text, *graphs[run])
            try:
                found = answered(store, text, run)
            except CollectorError as error:
                pytest.fail(f"{text}\nrun {run}: {error.message}")
            assert strict(found) == strict(expected), f"{text}\nrun {run}"
            met["empty" if not (found.get("rows") or found.get("vertices")) else "found"] += 1
    assert met["found"]
