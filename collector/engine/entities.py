"""The set of a resource's entities: its list, and who is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from collector.engine.context import Context, StepOutcome
from collector.engine.licence import judge_refusal
from collector.engine.listing import ListEnd, Rows, read_list
from collector.engine.tally import Tally
from collector.errors import (
    CollectorError,
    DailyLimitReached,
    Denied,
    NotApplicable,
    NotLicensed,
    ReadingError,
    Unread,
    Vanished,
)
from collector.model.coverage import Status
from collector.model.graph import JsonObject
from collector.model.step import Step
from collector.resources.declaration import PENDING, Pass, Resource
from collector.store import ROW

MOST_LOOKUPS = 200
"""More known entities than this missing from every list make the listing incomplete, instead of being asked for."""


def read_entities(ctx: Context, resource: Resource, step: Step) -> StepOutcome:
    """Read the list and settle who is gone. Lists that an earlier run of this reading finished are not read again."""
    lists = _read_lists(ctx, resource, step)
    if _whole(lists):
        lists += _settle_missing(ctx, resource, step)
    failures = [tally.failure for tally in lists if tally.failure is not None]
    if failures:
        ctx.unlisted[resource.entity.type] = failures[0]
    ctx.run.commit()
    return StepOutcome(step, tuple(tally.coverage() for tally in lists), _whole(lists))


def _whole(tallies: list[Tally]) -> bool:
    return all(tally.status is Status.COMPLETE for tally in tallies)


def _read_lists(ctx: Context, resource: Resource, step: Step) -> list[Tally]:
    """Every pass of the list; after a denial the other passes, which need the same, are not tried."""
    tallies = [Tally(step.id, one_pass.reading(resource.name), is_set=True) for one_pass in resource.passes]
    finished = [ctx.go_on(tally) for tally in tallies]
    if all(finished):
        ctx.run.go_on_listing(resource.entity.type)
        return tallies
    ctx.run.list_anew(resource.entity.type)
    hopeless: CollectorError | None = None
    for one_pass, tally in zip(resource.passes, tallies, strict=True):
        failure = hopeless or _read_pass(ctx, resource, step, one_pass, tally)
        if failure is not None:
            asking = None if isinstance(ctx.identity, CollectorError) else ctx.identity
            failure = judge_refusal(failure, resource, asking, free_plan=ctx.free_plan)
        if failure is None:
            ctx.keep(tally, finished=resource.listing.rows is not None)
        else:
            tally.failed(failure)
            hopeless = failure if isinstance(failure, Denied | NotLicensed) else None
            ctx.keep(tally)
    return tallies


def _read_pass(ctx: Context, resource: Resource, step: Step, one_pass: Pass, tally: Tally) -> CollectorError | None:
    """Keep the rows of one pass as they arrive; what kept the list from being whole, if anything did."""

    def read(params: Mapping[str, str]) -> Iterator[Rows | ListEnd]:
        if resource.listing.rows is None:
            return _single(ctx.identity, resource.identify)
        return read_list(
            ctx.client, resource.listing, params=params, identify=lambda row: resource.identify(one_pass.completed(row))
        )

    failure: CollectorError | None = None
    tally.read = expected = 0
    for _, found in ctx.in_parallel([one_pass.params], read):
        if isinstance(found, ListEnd):
            tally.read, failure = found.read, found.failure
            continue
        if found.total is not None and found.total > expected:
            ctx.progress.expect(step, found.total - expected)
            expected = found.total
        for row in found.rows:
            _keep_row(ctx, resource, one_pass.completed(row))
        ctx.run.commit()
        ctx.progress.advance(step, len(found.rows))
    return failure


def _single(
    answer: JsonObject | CollectorError, identify: Callable[[JsonObject], str | None]
) -> Iterator[Rows | ListEnd]:
    """The one row of a resource that is no list."""
    if isinstance(answer, CollectorError):
        yield ListEnd(0, answer)
    elif identify(answer) is None:
        yield ListEnd(0, Unread("the answer does not say which account it is about"))
    else:
        yield Rows([answer], 1)
        yield ListEnd(1)


def _key(resource: Resource, row: JsonObject) -> str | None:
    identifier = resource.identify(row)
    return None if identifier is None else resource.entity.key(identifier)


def _keep_row(ctx: Context, resource: Resource, row: JsonObject) -> None:
    key, entity = _key(resource, row), resource.entity
    if key is not None:
        row_properties = {"_type": entity.type, "_class": list(entity.classes), **resource.convert(row)}
        ctx.run.put(key, ROW, row_properties, ctx.now())


def _settle_missing(ctx: Context, resource: Resource, step: Step) -> list[Tally]:
    """Those known from earlier whom no list names any more: gone, unless asking for them shows otherwise."""
    entity_type = resource.entity.type
    if resource.lookup is None:
        for key in ctx.run.unseen(entity_type):
            ctx.run.remove(key)
        return []
    missing = ctx.run.count_unseen(entity_type)
    tally = Tally(step.id, f"known {resource.name} missing from the lists", is_set=True)
    ctx.go_on(tally)
    if not missing:
        return [tally] if tally.read or tally.vanished else []
    if missing > MOST_LOOKUPS:
        tally.failed(Unread(f"{missing} known {resource.name} are in none of the lists, too many to be asked for"))
        return [tally]
    denial = ctx.missing_scope(resource.lookup)
    if denial is not None:
        tally.failed(denial)
        return [tally]
    for key, answer in ctx.in_parallel(ctx.run.unseen(entity_type), lambda key: [_look_up(ctx, resource, key)]):
        if isinstance(answer, Vanished | NotApplicable):
            tally.vanished += 1
            ctx.run.remove(key)
        elif isinstance(answer, CollectorError):
            tally.failed(answer)
        else:
            _keep_found(ctx, resource, key, answer, tally)
        ctx.keep(tally)
    return [tally]


def _keep_found(ctx: Context, resource: Resource, key: str, row: JsonObject, tally: Tally) -> None:
    """Keep what was found when asked for an entity: it, or who has its address since an invitation was accepted."""
    found = _key(resource, row)
    if found is None:
        tally.failed(Unread("the answer about one of them does not say whom it is about"))
        return
    if found == key:
        tally.read += 1
    else:
        tally.vanished += 1
        ctx.run.remove(key)
    if not ctx.run.seen(found):
        _keep_row(ctx, resource, row)


def _look_up(ctx: Context, resource: Resource, key: str) -> JsonObject | CollectorError:
    identifier = resource.identifier(key).removeprefix(PENDING)
    lookup = resource.lookup
    if lookup is None:
        return Unread(f"{resource.name} cannot be asked for one by one")
    try:
        return ctx.client.get(lookup, {resource.id_placeholder: identifier})
    except (ReadingError, DailyLimitReached) as failure:
        return failure
