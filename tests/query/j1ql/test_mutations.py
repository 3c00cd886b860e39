"""The comparison with the evaluator notices mistakes: each of these changes to the engine makes the two disagree."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from collector.query.j1ql import compiler, conditions, patterns, routes, sql, values

from .graphs import QUERIES
from .known_graphs import KnownGraphs

MOST = 4000
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
    "a second address is not found": (conditions, "IN ({self._bind(address)}, 0)", "= {self._bind(address)}"),
    "true is 1": (conditions, "{kind} IN ('integer', 'real') AND", "{kind} IN ('integer', 'real', 'true') AND"),
    "lists match by no element": (conditions, "WHEN 'array' THEN {any_}", "WHEN 'array' THEN 0"),
    "^= is ~=": (conditions, "substr({value}, 1, length({bound})) = {bound}", "instr({value}, {bound}) > 0"),
    "null is a value": (conditions, "(coalesce({kind}, 'null') = 'null')", "({kind} IS NULL)"),
    "the settings of later runs are seen": (
        routes,
        'return alive(table, f"{self.run:d}")',
        'return f"({table}.to_run IS NULL OR {table}.to_run > {self.run:d})"',
    ),
    "what has ceased is seen": (
        routes,
        'return alive(table, f"{self.run:d}")',
        'return f"{table}.from_run <= {self.run:d}"',
    ),
    "a relationship leads one way": (routes, "(({there}) OR ({back}))", "({there})"),
    "a way back ends where it began": (routes, "ELSE {name}.source END)", "ELSE {name}.target END)"),
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


class DisagreementError(Exception):
    """Engine and evaluator disagree."""


def compare(folder: Path, most: int = MOST) -> None:
    """Raise DisagreementError at the first of so many queries about which engine and evaluator disagree."""

    @settings(
        max_examples=most,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=HealthCheck,
    )
    @given(graph=st.integers(0, 40), back=st.sampled_from([0, 1]), text=QUERIES)
    def agree(graph: int, back: int, text: str) -> None:
        found, expected = graphs.answers(graph, back, text)
        if found != expected:
            raise DisagreementError(text)

    with KnownGraphs(folder) as graphs:
        agree()


@pytest.mark.parametrize("module", [conditions, routes, compiler, values, sql, patterns], ids=lambda one: one.__name__)
def test_without_a_mistake_nothing_is_noticed(module: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(module, "from __future__ import annotations", "from __future__ import annotations  # unchanged", monkeypatch)
    compare(tmp_path, most=60)


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mistake_is_noticed(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutate(*MUTATIONS[name], monkeypatch)
    with pytest.raises(DisagreementError):
        compare(tmp_path)
