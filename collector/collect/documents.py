"""The further documents of every entity: one answer each, kept as a part, carried over when it could not be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from collector.collect.context import COMMIT_EVERY, Context
from collector.collect.listing import AGAIN
from collector.collect.lookups import contradiction, deleted_meanwhile, remove_gone
from collector.collect.scopes import lacks_scope
from collector.collect.tally import FAILURES_IN_A_ROW, Closing, Tally
from collector.errors import (
    CollectorError,
    DailyLimitReached,
    Denied,
    Interrupted,
    NotApplicable,
    NotLicensed,
    ReadingError,
    Refused,
    SignInRequired,
    Unread,
    Vanished,
)
from collector.model.coverage import Coverage
from collector.model.graph import JsonObject
from collector.model.step import Step
from collector.next_steps import Command, NextStep
from collector.resources.declaration import PENDING, Document, Resource, SettingsChoice
from collector.store import ROW

_EMPTIED = NextStep(
    "Run `{}` again; if they were really emptied in Zoom, `{}` takes them so.",
    Command("collect"),
    Command("collect", "--fresh"),
)


@dataclass
class _Reading:
    """The reading of one kind of document over all entities, and what may end it early."""

    document: Document
    tally: Tally
    closing: Closing


def read_documents(ctx: Context, resource: Resource, step: Step) -> tuple[tuple[Coverage, ...], tuple[str, ...]]:
    """Read the further documents of every entity seen in this reading: how far that got, and what there is to say."""
    readings = _prepared(ctx, resource, step)
    wanted = [reading for reading in readings if ctx.choice.reads(reading.document)]
    if wanted:
        _read_wanted(ctx, resource, step, wanted)
    for reading in wanted:
        _count_unlisted(ctx, resource, reading)
    return tuple(reading.tally.coverage() for reading in readings), tuple(_notes(resource, wanted))


def _notes(resource: Resource, readings: list[_Reading]) -> Iterator[str]:
    gone = sum(reading.tally.vanished for reading in readings)
    if gone:
        yield deleted_meanwhile(resource, gone)
    unavailable = [f"{one.tally.reading} ({one.tally.unavailable})" for one in readings if one.tally.unavailable]
    if unavailable:
        yield (
            f"Not available, since Zoom refuses them of inactive {resource.name}: {', '.join(unavailable)}. "
            "What was read of them earlier stays."
        )


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
        tally.failed(reading.closing.reason or Unread(reason))


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
    readings = [
        _Reading(document, Tally(step.id, document.part, is_set=False), Closing()) for document in resource.documents
    ]
    for reading in readings:
        document, tally = reading.document, reading.tally
        if ctx.choice.reads(document):
            ctx.go_on(tally)
            reading.closing.reason = ctx.missing_scope(document.endpoint)
        else:
            tally.carried_over, tally.oldest = ctx.run.ages(resource.entity.type, document.part)
            tally.leave_out(ctx.choice.why_left_out(document))
    return readings


def _read_wanted(ctx: Context, resource: Resource, step: Step, readings: list[_Reading]) -> None:
    ctx.progress.expect(step, ctx.store.count(resource.entity.type) * len(readings))
    if ctx.choice.most_age is not None:
        ctx.run.gather_changes()

    def read(task: tuple[str, _Reading]) -> list[JsonObject | CollectorError]:
        return [_read(ctx, resource, *task)]

    tallies = [reading.tally for reading in readings]
    doubtful = _Doubtful(ctx, resource, tallies)
    try:
        tasks = _tasks(ctx, resource, step, readings)
        for count, ((key, reading), answer) in enumerate(ctx.in_parallel(tasks, read, *tallies), start=1):
            if not doubtful.takes(key, reading, answer):
                _keep(ctx, resource, key, reading, answer)
            ctx.progress.advance(step)
            if count % COMMIT_EVERY == 0:
                ctx.keep(*tallies)
        doubtful.settle()
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
    if reading.closing.reason is not None:
        return reading.closing.reason
    try:
        return ctx.client.get(reading.document.endpoint, resource.path_ids(key) or {})
    except (ReadingError, DailyLimitReached) as failure:
        return failure


class _Doubtful:
    """Entities that a list of this run names, and of which a document then was said to belong to nobody.

    They go only if Zoom says so too when asked for themselves. Where the document is the very answer about the entity,
    the list is not outweighed.
    """

    def __init__(self, ctx: Context, resource: Resource, tallies: list[Tally]) -> None:
        self._ctx = ctx
        self._resource = resource
        self._tallies = tallies
        self._readings: defaultdict[str, list[_Reading]] = defaultdict(list)
        self._gone: set[str] = set()

    def takes(self, key: str, reading: _Reading, answer: JsonObject | CollectorError) -> bool:
        """Whether an answer is dealt with here: it says so of somebody, or is about one who is gone."""
        if key in self._gone:
            return True
        if not isinstance(answer, Vanished) or _is_dormant(self._ctx, self._resource, key):
            return False
        self._readings[key].append(reading)
        if len(self._readings) >= FAILURES_IN_A_ROW:
            self.settle()
        return True

    def settle(self) -> None:
        """Ask for those taken so far."""
        waiting, self._readings = self._readings, defaultdict(list)
        asked = [
            key
            for key, readings in waiting.items()
            if all(self._resource.lookup != reading.document.endpoint for reading in readings)
        ]
        where = self._resource.documents[0].endpoint.path
        for key in waiting.keys() - set(asked):
            self._stays(key, waiting[key], contradiction(where))
        for key, failure in remove_gone(self._ctx, self._resource, asked, where, *self._tallies):
            if failure is not None:
                self._stays(key, waiting[key], failure)
                continue
            self._gone.add(key)
            waiting[key][0].tally.vanished += 1  # at once: what is removed is kept before the next answer is waited for

    def _stays(self, key: str, readings: list[_Reading], failure: Unread) -> None:
        for reading in readings:
            reading.closing.failed(failure)
            _leave_unread(self._ctx, key, reading, failure)


def _keep(ctx: Context, resource: Resource, key: str, reading: _Reading, answer: JsonObject | CollectorError) -> None:
    tally, part = reading.tally, reading.document.part
    if isinstance(answer, CollectorError):
        _keep_failure(ctx, resource, key, reading, answer)
        return
    conversion = reading.document.convert(answer)
    if not conversion.of_kind or resource.identify(answer) not in (None, resource.identifier(key)):
        failure = Unread(f"{_title(reading.document)} answered about something else than {part}", AGAIN)
        reading.closing.failed(failure)
        _leave_unread(ctx, key, reading, failure)
        return
    if conversion.emptied and not ctx.fresh and ctx.run.properties(key, part).keys() & set(conversion.emptied):
        failure = Unread(f"{_title(reading.document)} came with sections emptied that had values before", _EMPTIED)
        _leave_unread(ctx, key, reading, failure)
        return
    reading.closing.succeeded()
    tally.read += 1
    ctx.unknown.update(conversion.unknown)
    if conversion.properties:
        ctx.run.put(key, part, conversion.properties, ctx.now())


def _title(document: Document) -> str:
    return "?".join([document.endpoint.path, *(f"{name}={value}" for name, value in document.endpoint.params.items())])


def _keep_failure(ctx: Context, resource: Resource, key: str, reading: _Reading, failure: CollectorError) -> None:
    part = reading.document.part
    of_this_one = isinstance(failure, Denied | NotLicensed | NotApplicable | Refused | Vanished) and not (
        failure is reading.closing.reason or lacks_scope(failure)
    )
    if of_this_one and _is_dormant(ctx, resource, key):
        reading.tally.unavailable += 1
        ctx.run.checkpoints.save(_without(reading.document), {}, key)
    elif isinstance(failure, NotApplicable) and ctx.run.part_read_at(key, part) is None:
        ctx.run.checkpoints.save(_without(reading.document), {}, key)
    else:
        if failure is not reading.closing.reason:
            reading.closing.failed(failure)
        _leave_unread(ctx, key, reading, failure)


def _is_dormant(ctx: Context, resource: Resource, key: str) -> bool:
    return resource.is_dormant(ctx.run.properties(key, ROW))


def _leave_unread(ctx: Context, key: str, reading: _Reading, failure: CollectorError) -> None:
    reading.tally.failed(failure)
    read_at = ctx.run.part_read_at(key, reading.document.part)
    if read_at is None:
        reading.tally.missing += 1
    else:
        reading.tally.carry(read_at)
