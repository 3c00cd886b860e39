"""The comparison with the evaluator notices mistakes: each of these changes to the engine makes the two disagree."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.query.j1ql import compiler, conditions, engine, patterns, routes, sql, values
from collector.store import RunGraph, Store

from .evaluator import evaluate
from .graphs import SCHEMA, Asker, write
from .test_random_queries import strict

SEEDS = range(40)
QUERIES_EACH = 40
MUTATIONS = {
    "!= holds of nothing": (conditions, 'return f"NOT {sql}" if', 'return f"({sql} AND 0)" if'),
    "nothing is known of an entity without settings": (
        conditions,
        "without_any = int(holds_of_nothing(condition))",
        "without_any = 0",
    ),
    "AND and OR in a list are mixed up": (
        conditions,
        'joined = " AND " if value.all_of else " OR "',
        'joined = " OR " if value.all_of else " AND "',
    ),
    "true is 1": (conditions, "{kind} IN ('integer', 'real') AND", "{kind} IN ('integer', 'real', 'true') AND"),
    "lists match by no element": (conditions, "WHEN 'array' THEN {any_}", "WHEN 'array' THEN 0"),
    "^= is ~=": (conditions, "substr({value}, 1, length({bound})) = {bound}", "instr({value}, {bound}) > 0"),
    "null is a value": (conditions, "(coalesce({kind}, 'null') = 'null')", "({kind} IS NULL)"),
    "the settings of other runs are seen": (routes, 'return f"{table}.from_run <= {self.run:d} AND (', 'return f"('),
    "what has ceased is seen": (routes, "OR {table}.to_run > {self.run:d})", "OR 1)"),
    "a relationship leads one way": (routes, "source, target, target, source", "source, target, 0, 0"),
    "a loop is met twice": (routes, " AND NOT (source = target AND type IN ({forward}))) AS", ") AS"),
    "an optional traversal is always taken": (routes, "            yield [end, *rest]\n", ""),
    "an optional traversal is never taken": (routes, "            yield [*taken, end, *rest]\n", ""),
    "other parts hide the row": (routes, "(part != ROW, part)", "(part == ROW, part)"),
    "the run's tags are forgotten": (routes, "if name in context.graph.tags:", "if False:"),
    "a negated relationship is not negated": (sql, 'return f"NOT {exists(', 'return f"{exists('),
    "the type of the far end does not matter": (
        compiler,
        "possible = edges(self._schema, hop, near.types, resolve(self._schema, hop.node))",
        "possible = edges(self._schema, hop, near.types, self._schema.entities)",
    ),
    "undefined sorts first": (sql, 'f"{sql} IS NULL"', 'f"{sql} IS NOT NULL"'),
    "COUNT counts twice": (compiler, "count(DISTINCT {self._identity(", "count({self._identity("),
    "SUM counts paths": (values, "self._numbers[entity] = scalar", "self._numbers[len(self._numbers)] = scalar"),
    "UNIQUE is ignored": (compiler, '"DISTINCT " if self._query.unique else ""', '""'),
    "SKIP is ignored": (compiler, "OFFSET {self._bind(self._query.skip)}", "OFFSET 0"),
    "/x/i minds the case": (patterns, "re.IGNORECASE | re.DOTALL if ignore_case", "re.DOTALL if ignore_case"),
    "WHERE is ignored": (compiler, "+= [*route.conditions, *self._where(route)]", "+= route.conditions"),
}  # fmt: skip


def mutate(module: object, old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the changed source of a module, and put what it defines wherever the original is known."""
    path = str(module.__file__)  # type: ignore[attr-defined]
    source = Path(path).read_text(encoding="utf-8")
    assert source.count(old) == 1, f"{old!r} is {source.count(old)} times in {path}"
    original = vars(module)
    changed = {"__name__": original["__name__"], "__file__": path}
    exec(compile(source.replace(old, new), path, "exec"), changed)
    modules = [each for name, each in sys.modules.items() if name.startswith("collector.query.j1ql")]
    for name, value in changed.items():
        before = original.get(name)
        if getattr(before, "__module__", None) != original["__name__"] or before is value:
            continue
        for other in modules:
            for known, held in list(vars(other).items()):
                if held is before:
                    monkeypatch.setattr(other, known, value)


def disagreement(folder: Path) -> str | None:
    """The first query about which engine and evaluator disagree."""
    for seed in SEEDS:
        chance = random.Random(1000 + seed)
        path = folder / f"{seed}.db"
        write(path, chance)
        with Store.open_existing(path) as store:
            for run in [record.id for record in store.finished_runs()][:2]:
                graph = RunGraph(store, run)
                entities = [dict(each) for _, found in graph.entities() for each in found]
                relationships = [dict(each) for _, found in graph.relationships() for each in found]
                for _ in range(QUERIES_EACH // 2):
                    text = Asker(chance).query()
                    if strict(_answered(store, text, run)) != strict(evaluate(text, entities, relationships)):
                        return text
    return None


def _answered(store: Store, text: str, run: int) -> object:
    answer = engine.ask(store, SCHEMA, engine.QueryRequest(text, run=run, limit=0), SystemClock())
    rows = list(answer.rows)
    if answer.edges is not None:
        return {"vertices": rows, "edges": answer.edges}
    return {"columns": list(answer.columns), "rows": rows}


@pytest.mark.parametrize("module", [conditions, routes, compiler, values, sql, patterns], ids=lambda one: one.__name__)
def test_without_a_mistake_nothing_is_noticed(module: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(module, "from __future__ import annotations", "from __future__ import annotations  # unchanged", monkeypatch)
    monkeypatch.setattr(sys.modules[__name__], "SEEDS", range(2))
    assert disagreement(tmp_path) is None


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mistake_is_noticed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(*MUTATIONS[name], monkeypatch)
    assert disagreement(tmp_path) is not None
