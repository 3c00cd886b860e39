"""Atomic changes of graph.db, and the checkpoints of a session."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from collector.store.database import Database
from collector.store.row_ids import RowIds


class Transaction:
    """The transaction of a run, which lasts until it commits, and the row ids found in it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.row_ids = RowIds(database)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Change facts atomically: an exception rolls back everything since the last commit."""
        if not self.database.in_transaction:
            self.database.begin()
        try:
            yield
        except BaseException:
            self.row_ids.clear()
            self.database.rollback()
            raise


class Checkpoints:
    """The checkpoints of a session, by name and key; kept at the run's `commit`.

    Methods raise CollectionFailed as those of `Run` do.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def save(self, name: str, state: Mapping[str, object], key: str = "") -> None:
        """Save the state of a dataset, as JSON, replacing an earlier one."""
        with self._transaction.atomic():
            self._transaction.database.execute(
                "INSERT INTO progress VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
                (name, key, json.dumps(state)),
            )

    def load(self, name: str, key: str = "") -> dict[str, Any] | None:
        """The state that this session saved under this name and key; None without one."""
        text = self._transaction.database.value("SELECT state FROM progress WHERE thing = ? AND key = ?", (name, key))
        return None if text is None else json.loads(text)

    def load_all(self, name: str) -> dict[str, dict[str, Any]]:
        """All states that this session saved under this name, by key."""
        rows = self._transaction.database.rows("SELECT key, state FROM progress WHERE thing = ?", (name,))
        return {key: json.loads(state) for key, state in rows}
