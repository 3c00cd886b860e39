"""J1QL, JupiterOne's query language, asked of graph.db: `ask(store, schema, question, clock)`.

Many queries about one graph: `prepared_graph`.
"""

from collector.query.j1ql.checking import CheckedQuery, ComparedProperty, check_query, columns_of
from collector.query.j1ql.engine import (
    DEFAULT_LIMIT,
    DEFAULT_TIMEOUT,
    Answer,
    AskedGraph,
    Explanation,
    QueryRequest,
    ask,
    explain,
    limit_time,
)
from collector.query.j1ql.prepared import prepared_graph
from collector.query.j1ql.written import written

__all__ = [
    "DEFAULT_LIMIT",
    "DEFAULT_TIMEOUT",
    "Answer",
    "AskedGraph",
    "CheckedQuery",
    "ComparedProperty",
    "Explanation",
    "QueryRequest",
    "ask",
    "check_query",
    "columns_of",
    "explain",
    "limit_time",
    "prepared_graph",
    "written",
]
