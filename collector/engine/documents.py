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
    Interrupted,
    NotApplicable,
    NotLicensed,
    ReadingError,
    SignInRequired,
    Unread,
    Vanished,
)
from collector.model.coverage import Coverage
from collector.model.graph import JsonObject
from collector.model.step import Step
from collector.resources.declaration import PENDING, Document, Resource, SettingsChoice

FAILURES_IN_A_ROW = 25
"""After so many documents of one kind failing one after the other, with none read between, the rest is left unread."""
_COMMIT_EVERY = 20
"""So many documents at most are lost, and read again, when the process is killed; those in flight come on top."""


@dataclass
class _Reading:
    """The reading of one kind of document over all entities. `closed`: why no more are asked for."""

    document: Document
    tally: Tally
    closed: CollectorError | None = None
    failures_in_a_row: int = 0


def read_documents(ctx: Context, resource: Resource, step: Step) -> tuple[Coverage, ...]:
    """Read the further documents of every entity seen in this reading, and say how far that got."""
    readings = _prepared(ctx, resource, step)
    wanted = [reading for reading in readings if ctx.choice.reads(reading.document)]
    if wanted:
        _read_wanted(ctx, resource, step, wanted)
    for reading in wanted:
        _count_unlisted(ctx, resource, reading)
    return tuple(reading.tally.coverage() for reading in readings)


def leave_documents(ctx: Context, resource: Resource, step: Step, reason: str) -> tuple[Coverage, ...]:
    """How far the documents have been read, when a run ends before it could read them all; `reason` says so."""
    readings = _prepared(ctx, resource, step)
    for reading in readings:
        if ctx.choice.reads(reading.document):
            _count_unread(ctx, resource, reading, reason)
            _count_unlisted(ctx, resource, reading)
    return tuple(reading.tally.coverage() for reading in readings)


def _count_unread(ctx: Context, resource: Resource, reading: _Reading, reason: str) -> None:
    tally = reading.tally
    tally.missing, tally.carried_over, tally.oldest = ctx.run.unread(
        resource.entity.type, reading.document.part, resource.entity.key(PENDING)
    )
    if tally.missing or tally.carried_over:
        tally.failed(reading.closed or Unread(reason))


def _count_unlisted(ctx: Context, resource: Resource, reading: _Reading) -> None:
    """Of entities that no list named because it could not be read whole, the document was not asked for either."""
    failure = ctx.unlisted.get(resource.entity.type)
    if failure is None:
        return
    reading.tally.failed(failure)
    kept, oldest = ctx.run.unlisted(resource.entity.type, reading.document.part)
    if oldest is not None:
        reading.tally.carry(oldest, kept)


def _prepared(ctx: Context, resource: Resource, step: Step) -> list[_Reading]:
    """For each kind of document whether it is to be read at all, and how far earlier runs of this reading got."""
    readings = [_Reading(document, Tally(step.id, document.part, is_set=False)) for document in resource.documents]
    for reading in readings:
        document, tally = reading.document, reading.tally
        if ctx.choice.reads(document):
            ctx.go_on(tally)
            reading.closed = ctx.missing_scope(document.endpoint)
        else:
            tally.carried_over, tally.oldest = ctx.run.ages(resource.entity.type, document.part)
            tally.leave_out(f"left out by choice of --settings {ctx.choice.settings.value}")
    return readings


def _read_wanted(ctx: Context, resource: Resource, step: Step, readings: list[_Reading]) -> None:
    ctx.progress.expect(step, ctx.store.count(resource.entity.type) * len(readings))
    if ctx.choice.most_age is not None:
        ctx.run.gather_changes()
    gone: set[str] = set()

    def read(task: tuple[str, _Reading]) -> list[JsonObject | CollectorError]:
        return [_read(ctx, resource, *task)]

    tallies = [reading.tally for reading in readings]
    try:
        tasks = _tasks(ctx, resource, step, readings)
        for count, ((key, reading), answer) in enumerate(ctx.in_parallel(tasks, read, *tallies), start=1):
            _keep(ctx, key, reading, answer, gone)
            ctx.progress.advance(step)
            if count % _COMMIT_EVERY == 0:
                ctx.keep(*tallies)
    except (Interrupted, SignInRequired):
        ctx.keep(*tallies)
        raise
    ctx.keep(*tallies)


def _tasks(ctx: Context, resource: Resource, step: Step, readings: list[_Reading]) -> Iterator[tuple[str, _Reading]]:
    """Every document to read; entities without an id have none."""
    for key in ctx.run.keys(resource.entity.type, seen_only=True):
        if resource.path_ids(key) is None:
            ctx.progress.advance(step, len(readings))
            continue
        for reading in readings:
            if _has_been_read(ctx, key, reading) or _may_be_carried_over(ctx, key, reading):
                ctx.progress.advance(step)
            else:
                yield key, reading


def _has_been_read(ctx: Context, key: str, reading: _Reading) -> bool:
    """Whether an earlier run of this reading has it, or learnt that there is none."""
    run, document = ctx.run, reading.document
    if not run.goes_on:
        return False
    return run.has_read(key, document.part) or run.checkpoints.load(_without(document), key) is not None


def _may_be_carried_over(ctx: Context, key: str, reading: _Reading) -> bool:
    """Whether only changes are read, and nothing about this entity has changed since its document was read."""
    if ctx.choice.most_age is None or reading.document.least is SettingsChoice.NONE:
        return False
    part = reading.document.part
    read_at = ctx.run.part_read_at(key, part)
    if read_at is None or not 0 <= ctx.now() - read_at <= ctx.choice.most_age or ctx.run.changed_since_read(key, part):
        return False
    reading.tally.leave_out("unchanged since they were read (--changed)")
    reading.tally.carry(read_at)
    return True


def _without(document: Document) -> str:
    """What the entities that have no such document are remembered under."""
    return f"without {document.part}"


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
        ctx.run.checkpoints.save(_without(reading.document), {}, key)
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
