"""Changing graph.db: a change is made wholly or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
