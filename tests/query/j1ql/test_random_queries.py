"""Random queries about random graphs, past runs included: the engine and the naive evaluator agree.

So does the engine with prepared tables.

`QUERIES=3000 python -m pytest tests/query/j1ql/test_random_queries.py` asks that many.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .graphs import QUERIES
from .known_graphs import KnownGraphs

MOST = int(os.environ.get("QUERIES", "300"))
GRAPHS = min(MOST // 25, 100)


def test_engine_and_evaluator_agree(tmp_path: Path) -> None:
    asked: Counter[str] = Counter()

    @settings(max_examples=MOST, deadline=None, derandomize=True, database=None, suppress_health_check=HealthCheck)
    @given(graph=st.integers(0, GRAPHS), back=st.sampled_from([0, 1, 2]), text=QUERIES)
    def agree(graph: int, back: int, text: str) -> None:
        found, expected = graphs.answers(graph, back, text)
        assert found == expected
        assert graphs.prepared(graph, back, text) == expected
        asked["found" if found.get("rows") or found.get("vertices") else "empty"] += 1

    with KnownGraphs(tmp_path) as graphs:
        agree()
    assert asked["found"] > asked["empty"] / 2
    assert asked.total() >= MOST
