"""The findings of the alert rules: what was found, and which channel has received it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from collector.store.database import Database

_COMPARED_RUN = "alerts_compared_run"


@dataclass(frozen=True)
class AlertRecord:
    """A finding, about `key`, when `run` was compared with the earlier run `since`. `finding`: JSON."""

    run: int
    since: int
    rule: str
    key: str
    finding: str


class AlertLog:
    """What each channel is to receive. Methods raise as those of `Store`, and commit at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def compared_run(self) -> int | None:
        """The newest run whose findings are recorded."""
        text: str | None = self._database.value("SELECT value FROM meta WHERE name = ?", (_COMPARED_RUN,))
        return None if text is None else int(text)

    def record(self, run: int, found: Iterable[AlertRecord], channels: Sequence[str], found_at: int) -> None:
        """Record, in one transaction, what was found when this run was compared, for each of these channels."""
        self._database.begin()
        for each in found:
            for channel in channels:
                self._database.execute(
                    "INSERT INTO alert (run, since, rule, key, finding, channel, found_at)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (each.run, each.since, each.rule, each.key, each.finding, channel, found_at),
                )
        self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_COMPARED_RUN, str(run)))
        self._database.commit()

    def knows(self, rule: str, key: str) -> bool:
        """Whether this was ever found."""
        return self._database.row("SELECT 1 FROM alert WHERE rule = ? AND key = ?", (rule, key)) is not None

    def waiting(self, channel: str) -> dict[int, AlertRecord]:
        """What a channel has not received, by number, the oldest first."""
        rows = self._database.rows(
            "SELECT id, run, since, rule, key, finding FROM alert WHERE channel = ? AND sent_at IS NULL ORDER BY id",
            (channel,),
        )
        return {row[0]: AlertRecord(*row[1:]) for row in rows}

    def mark_sent(self, numbers: Iterable[int], sent_at: int) -> None:
        """The channel has taken the message with these findings."""
        self._database.begin()
        for number in numbers:
            self._database.execute("UPDATE alert SET sent_at = ? WHERE id = ?", (sent_at, number))
        self._database.commit()

    def hand_over(self, channels: Sequence[str]) -> None:
        """What waits for channels that are no longer configured goes to those that are new: a corrected address."""
        self._database.begin()
        known = {name for (name,) in self._database.rows("SELECT DISTINCT channel FROM alert")}
        for new in [channel for channel in channels if channel not in known]:
            self._database.execute(
                "INSERT INTO alert (run, since, rule, key, finding, channel, found_at)"
                " SELECT run, since, rule, key, finding, :new, min(found_at) FROM alert WHERE sent_at IS NULL"
                " AND channel NOT IN (SELECT value FROM json_each(:channels))"
                " GROUP BY run, since, rule, key, finding ORDER BY min(id)",
                {"new": new, "channels": json.dumps(channels)},
            )
        self._database.execute(
            "DELETE FROM alert WHERE sent_at IS NULL AND channel NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(channels),),
        )
        self._database.commit()
