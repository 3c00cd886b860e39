"""What the engine and the naive evaluator answer about the random graphs."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from collector.clock import SystemClock
from collector.query.chosen_run import chosen_run
from collector.query.j1ql import engine, prepared_graph
from collector.query.j1ql.parser import parse
from collector.store import RunGraph, Store

from .evaluator import evaluate
from .graphs import SCHEMA, write_numbered

Graph = tuple[list[Any], list[Any]]
"""Entities and relationships."""


class KnownGraphs(ExitStack):
    """The stores of the numbers, written to a folder when they are first asked; closed at the end."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._known: dict[int, tuple[Store, dict[int, Graph]]] = {}

    def answers(self, number: int, back: int, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the engine says, and what it should, about the graph so many runs before the newest."""
        store, run, graph = self._graph(number, back)
        return strict(answered(store, text, run)), strict(evaluate(text, *graph))

    def prepared(self, number: int, back: int, text: str) -> dict[str, Any]:
        """What the engine says with tables prepared for this query."""
        store, run, _ = self._graph(number, back)
        record = chosen_run(store, run)
        query = parse(text, record.ended_at)
        with prepared_graph(store, SCHEMA, record, [query]) as graph:
            return strict(_as_dict(graph.ask(query)))

    def _graph(self, number: int, back: int) -> tuple[Store, int, Graph]:
        if number not in self._known:
            path = self._folder / f"{number}.db"
            write_numbered(path, number)
            store = self.enter_context(Store.open_existing(path))
            self._known[number] = store, {run.id: graph_after(store, run.id) for run in store.finished_runs()}
        store, graphs = self._known[number]
        run = [*graphs][min(back, len(graphs) - 1)]
        return store, run, graphs[run]


def graph_after(store: Store, run: int) -> Graph:
    """All that there was after a run."""
    graph = RunGraph(store, run)
    entities = [dict(each) for _, found in graph.entities() for each in found]
    return entities, [dict(each) for _, found in graph.relationships() for each in found]


def answered(store: Store, text: str, run: int) -> dict[str, Any]:
    """What the engine says, in the form of the evaluator."""
    return _as_dict(engine.ask(store, SCHEMA, engine.QueryRequest(text, run=run, limit=0), SystemClock()))


def _as_dict(answer: engine.Answer) -> dict[str, Any]:
    rows = list(answer.rows)
    if answer.edges is not None:
        return {"vertices": rows, "edges": answer.edges}
    return {"columns": list(answer.columns), "rows": rows}


def strict(value: Any) -> Any:
    """The same, but true is not 1."""
    if isinstance(value, bool):
        return f"<{value}>"
    if isinstance(value, list | tuple):
        return [strict(each) for each in value]
    if isinstance(value, dict):
        return {name: strict(each) for name, each in value.items()}
    return value
