"""The log of `collector run --poll`: one JSON object a line on standard output."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

import click

from collector.cli.alerts_output import report_to_json
from collector.cli.options import render
from collector.clock import Clock
from collector.errors import CollectorError
from collector.schedule.run import RunResult
from collector.settings.choices import PollingInterval
from collector.settings.profile import Profile


class PollLog:
    """Writes lines with `time` (ISO 8601, UTC), `level`, `event` and the fields of the event."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def write(self, event: str, level: str = "info", **fields: Any) -> None:
        """Write a line. Characters outside ASCII are escaped, so none can control a terminal."""
        line = {"time": _iso(self._clock.now()), "level": level, "event": event, **fields}
        click.echo(json.dumps(line))

    def polling(self, profile: Profile, interval: PollingInterval) -> None:
        self.write("polling", profile=profile.name, interval=interval.value)

    def started(self) -> None:
        self.write("run started")

    def stopped(self) -> None:
        self.write("stopped")

    def waiting(self, due: float) -> None:
        self.write("waiting", until=_iso(due))

    def ended(self, result: RunResult, seconds: float) -> None:
        """A run that collected and uploaded, completely or not."""
        record, synced = result.collected.record, result.synced
        halves = {"entities": synced.report.entities, "relationships": synced.report.relationships}
        self.write(
            "run ended",
            "info" if result.exit_code == 0 else "warning",
            exitCode=int(result.exit_code),
            seconds=round(seconds, 1),
            run=record.id,
            partialTypes=list(record.partial_types),
            unread=[
                {"reading": entry.dataset, "status": entry.status.value, "reason": entry.reason}
                for entry in record.coverage
                if entry.status.incomplete
            ],
            job=synced.report.job_id,
            **({} if result.alerted is None else {"alerts": report_to_json(result.alerted)}),
            **{
                name: {field: getattr(counts, field) for field in ("created", "updated", "deleted", "errors")}
                for name, counts in halves.items()
            },
        )

    def failed(self, failure: Exception, seconds: float) -> None:
        """A run that failed; the next one is still tried."""
        if isinstance(failure, CollectorError):
            fields: dict[str, Any] = {"message": failure.message, "next": render(failure.next_step)}
            exit_code = int(failure.exit_code)
        else:
            name = type(failure).__name__
            fields = {"message": f"Unexpected {name}. Please report it.", "next": ""}
            exit_code = 1
        self.write("run failed", "error", exitCode=exit_code, seconds=round(seconds, 1), **fields)

    @contextmanager
    def with_warnings(self) -> Iterator[None]:
        """Write the collector's warnings to this log, too."""
        handler = _Handler(self)
        logger = logging.getLogger("collector")
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)


class _Handler(logging.Handler):
    def __init__(self, log: PollLog) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.write("log", record.levelname.lower(), message=record.getMessage())


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
