"""Changing graph.db, wholly or not at all; and how far a reading has got, for the run that goes on with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from collector.store.database import Database
from collector.store.identity import Identities


class Writing:
    """The one transaction of a run that lasts until it commits, and the numbers it has learnt within."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.identities = Identities(database)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Change facts wholly or not at all: one cut short takes back everything since the last commit."""
        if not self.database.in_transaction:
            self.database.begin()
        try:
            yield
        except BaseException:
            self.identities.forget()
            self.database.rollback()
            raise


class Checkpoints:
    """The checkpoints of one reading, by thing and key; kept, like all a run writes, at its `commit`.

    Methods raise CollectionFailed as those of `Run` do.
    """

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def save(self, thing: str, state: Mapping[str, object], key: str = "") -> None:
        """Keep how far the reading has got with a thing. `state` becomes JSON and replaces what was saved before."""
        with self._writing.change():
            self._writing.database.execute(
                "INSERT INTO progress VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
                (thing, key, json.dumps(state)),
            )

    def load(self, thing: str, key: str = "") -> dict[str, Any] | None:
        """What was saved of a thing, now or in an earlier run of this reading; None without it."""
        text = self._writing.database.value("SELECT state FROM progress WHERE thing = ? AND key = ?", (thing, key))
        return None if text is None else json.loads(text)

    def load_all(self, thing: str) -> dict[str, dict[str, Any]]:
        """All that was saved of a thing, by key."""
        rows = self._writing.database.rows("SELECT key, state FROM progress WHERE thing = ?", (thing,))
        return {key: json.loads(state) for key, state in rows}
