"""The three formats of an exported file: CSV, JSON Lines and Parquet, each written row by row.

What is undefined is an empty cell, an absent name and a null. In CSV, booleans are `true` and `false`, and lists are
JSON. A Parquet column has one type: where the values have several, it is text, and values that are no text are JSON.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from collector.errors import UsageError
from collector.model.graph import ValueType
from collector.query.csv_cells import not_a_formula

Row = Mapping[str, object]
Columns = Mapping[str, ValueType]

_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)
_BATCH_ROWS = 1_000
"""Rows that are held as Python values."""
_GROUP_BATCHES = 10
"""Batches in a row group of Parquet; held as Arrow's columns, which are a tenth as large."""


def write_rows(path: Path, format_: str, columns: Columns, rows: Iterable[Row]) -> int:
    """Write a new private file; how many rows it has. Memory does not grow with them. Raises OSError."""
    counted = _Counted(rows)
    with create_file(path) as stream:
        _WRITERS[format_](stream, columns, counted)
    return counted.count


def create_file(path: Path) -> BinaryIO:
    """A new private file. Raises OSError."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def check_format(format_: str) -> None:
    """Raise UsageError for a format that there is not, or whose package is not installed."""
    if format_ not in FORMATS:
        raise UsageError(f"There is no format {format_!r}.", f"The formats are: {', '.join(FORMATS)}.")
    if format_ == "parquet":
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError:
            raise UsageError(
                "Parquet is written by the package pyarrow, which is not installed.",
                f"Install it with `{shlex.quote(sys.executable)} -m pip install pyarrow`, or export as csv or jsonl.",
            ) from None


class _Counted:
    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def _write_csv(stream: BinaryIO, columns: Columns, rows: Iterable[Row]) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(not_a_formula, columns))
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
    text.flush()
    text.detach()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str):
        return not_a_formula(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else _JSON.encode(value)


def _write_lines(stream: BinaryIO, columns: Columns, rows: Iterable[Row]) -> None:
    for row in rows:
        stream.write(_JSON.encode(row).encode() + b"\n")


def _write_parquet(stream: BinaryIO, columns: Columns, rows: Iterable[Row]) -> None:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    schema = pyarrow.schema([(name, _arrow_type(pyarrow, type_)) for name, type_ in columns.items()])
    remaining = iter(rows)

    def batches() -> Iterator[Any]:
        while batch := list(islice(remaining, _BATCH_ROWS)):
            values = ([_fitting(row.get(name), type_) for row in batch] for name, type_ in columns.items())
            arrays = [pyarrow.array(column, field.type) for column, field in zip(values, schema, strict=True)]
            yield pyarrow.record_batch(arrays, schema=schema)

    filled = batches()
    with ParquetWriter(stream, schema) as writer:
        while group := list(islice(filled, _GROUP_BATCHES)):
            writer.write_table(pyarrow.Table.from_batches(group))


def _arrow_type(pyarrow: Any, type_: ValueType) -> Any:
    scalars = {
        ValueType.TEXT: pyarrow.string(),
        ValueType.BOOLEAN: pyarrow.bool_(),
        ValueType.INTEGER: pyarrow.int64(),
        ValueType.NUMBER: pyarrow.float64(),
    }
    item = type_.item
    return scalars[type_] if item is None else pyarrow.list_(scalars[item])


def _fitting(value: object, type_: ValueType) -> object:
    """The value as one of the column's type."""
    if type_ is ValueType.TEXT and value is not None and not isinstance(value, str):
        return _JSON.encode(value)
    return value


_WRITERS: Mapping[str, Callable[[BinaryIO, Columns, Iterable[Row]], None]] = {
    "csv": _write_csv,
    "jsonl": _write_lines,
    "parquet": _write_parquet,
}
FORMATS = tuple(_WRITERS)
