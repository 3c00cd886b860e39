"""Changing graph.db, wholly or not at all; and how far a reading has got, for the run that goes on with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from collector.store.database import Database
from collector.store.row_ids import RowIds


class Transaction:
    """The one transaction of a run that lasts until it commits, and the numbers it has learnt within."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.row_ids = RowIds(database)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Change facts wholly or not at all: one cut short takes back everything since the last commit."""
        if not self.database.in_transaction:
            self.database.begin()
        try:
            yield
        except BaseException:
            self.row_ids.clear()
            self.database.rollback()
            raise


class Checkpoints:
    """The checkpoints of one reading, by thing and key; kept, like all a run writes, at its `commit`.

    Methods raise CollectionFailed as those of `Run` do.
    """

    def __init__(self, writing: Transaction) -> None:
        self._transaction = writing

    def save(self, name: str, state: Mapping[str, object], key: str = "") -> None:
        """Keep how far the reading has got with a thing. `state` becomes JSON and replaces what was saved before."""
        with self._transaction.atomic():
            self._transaction.database.execute(
                "INSERT INTO progress VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
                (name, key, json.dumps(state)),
            )

    def load(self, name: str, key: str = "") -> dict[str, Any] | None:
        """What was saved of a thing, now or in an earlier run of this reading; None without it."""
        text = self._transaction.database.value("SELECT state FROM progress WHERE thing = ? AND key = ?", (name, key))
        return None if text is None else json.loads(text)

    def load_all(self, name: str) -> dict[str, dict[str, Any]]:
        """All that was saved of a thing, by key."""
        rows = self._transaction.database.rows("SELECT key, state FROM progress WHERE thing = ?", (name,))
        return {key: json.loads(state) for key, state in rows}
