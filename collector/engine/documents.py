"""The further documents of every entity: one answer each, kept as a part, carried over when it could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.engine.context import Context
from collector.engine.tally import Tally
from collector.errors import (
    CollectorError,
    DailyLimitReached,
    Denied,
    NotApplicable,
    NotLicensed,
    ReadingError,
    Vanished,
)
from collector.model.graph import JsonObject
from collector.model.step import Step
from collector.resources.declaration import Document, Resource

FAILURES_IN_A_ROW = 25
"""After so many documents of one kind failing one after the other, with none read between, the rest is left unread."""
_COMMIT_EVERY = 500


@dataclass
class _Reading:
    """The reading of one kind of document over all entities. `closed`: why no more are asked for."""

    document: Document
    tally: Tally
    closed: CollectorError | None = None
    failures_in_a_row: int = 0


def read_documents(ctx: Context, resource: Resource, step: Step) -> list[Tally]:
    """Read the further documents of every entity seen in this run, and say how far that got, one Tally a kind."""
    readings = [
        _Reading(document, Tally(step.id, document.part, is_set=False), ctx.missing_scope(document.endpoint))
        for document in resource.documents
    ]
    if not readings:
        return []
    ctx.progress.expect(step, ctx.store.count(resource.entity.type) * len(readings))
    gone: set[str] = set()

    def read(task: tuple[str, _Reading]) -> list[JsonObject | CollectorError]:
        return [_read(ctx, resource, *task)]

    tasks = _tasks(ctx, resource, step, readings)
    for count, ((key, reading), answer) in enumerate(ctx.in_parallel(tasks, read), start=1):
        _keep(ctx, key, reading, answer, gone)
        ctx.progress.advance(step)
        if count % _COMMIT_EVERY == 0:
            ctx.run.commit()
    return [reading.tally for reading in readings]


def _tasks(ctx: Context, resource: Resource, step: Step, readings: list[_Reading]) -> Iterator[tuple[str, _Reading]]:
    """Every document to read; entities without an id have none."""
    for key in ctx.run.keys(resource.entity.type, seen_only=True):
        if resource.path_ids(key) is None:
            ctx.progress.advance(step, len(readings))
        else:
            yield from ((key, reading) for reading in readings)


def _read(ctx: Context, resource: Resource, key: str, reading: _Reading) -> JsonObject | CollectorError:
    if reading.closed is not None:
        return reading.closed
    try:
        return ctx.client.get(reading.document.endpoint, resource.path_ids(key) or {})
    except (ReadingError, DailyLimitReached) as failure:
        return failure


def _keep(ctx: Context, key: str, reading: _Reading, answer: JsonObject | CollectorError, gone: set[str]) -> None:
    tally, part = reading.tally, reading.document.part
    if isinstance(answer, Vanished):
        tally.vanished += 1
        gone.add(key)
        ctx.run.remove(key)
    elif key in gone:
        return
    elif isinstance(answer, NotApplicable):
        ctx.run.remove_part(key, part)
    elif isinstance(answer, CollectorError):
        _leave_unread(ctx, key, reading, answer)
    else:
        reading.failures_in_a_row = 0
        tally.read += 1
        conversion = reading.document.convert(answer)
        ctx.unknown.update(conversion.unknown)
        ctx.run.put(key, part, conversion.properties, ctx.now())


def _leave_unread(ctx: Context, key: str, reading: _Reading, failure: CollectorError) -> None:
    reading.tally.failed(failure)
    reading.failures_in_a_row += 1
    scope_missing = isinstance(failure, Denied) and bool(failure.scopes)
    if scope_missing or isinstance(failure, NotLicensed) or reading.failures_in_a_row >= FAILURES_IN_A_ROW:
        reading.closed = failure
    read_at = ctx.run.part_read_at(key, reading.document.part)
    if read_at is None:
        reading.tally.missing += 1
    else:
        reading.tally.carry(read_at)
