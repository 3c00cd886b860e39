"""J1QL, JupiterOne's query language, asked of graph.db: `ask(store, schema, question, clock)`."""

from collector.query.j1ql.checking import CheckedQuery, ComparedProperty, check_query, columns_of
from collector.query.j1ql.engine import (
    DEFAULT_LIMIT,
    DEFAULT_TIMEOUT,
    Answer,
    Explanation,
    QueryRequest,
    ask,
    explain,
)

__all__ = [
    "DEFAULT_LIMIT",
    "DEFAULT_TIMEOUT",
    "Answer",
    "CheckedQuery",
    "ComparedProperty",
    "Explanation",
    "QueryRequest",
    "ask",
    "check_query",
    "columns_of",
    "explain",
]
