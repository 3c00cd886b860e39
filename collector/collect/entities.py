"""The set of a resource's entities: its list, and who is gone."""

from __future__ import annotations

from collections.abc import Iterator

from collector.collect.context import COMMIT_EVERY, Context, StepOutcome
from collector.collect.licence import judge_refusal
from collector.collect.listing import AGAIN, ListEnd, Rows, read_list
from collector.collect.lookups import look_up
from collector.collect.scopes import lacks_scope
from collector.collect.tally import Tally
from collector.errors import CollectorError, Denied, NotLicensed, Unread, Vanished
from collector.model.coverage import Status
from collector.model.graph import JsonObject
from collector.model.step import Step
from collector.resources.declaration import PENDING, Pass, Resource, invitation_of
from collector.store import ROW

ACTIVITY = "activity"
"""The part of an entity that holds what of its row moves by itself."""


def read_entities(ctx: Context, resource: Resource, step: Step) -> StepOutcome:
    """Read the list and settle who is gone. Lists that an earlier run of this reading finished are not read again."""
    lists = _read_lists(ctx, resource, step)
    notes: list[str] = []
    if _whole(lists):
        missing = Tally(step.id, f"known {resource.name} missing from the lists", is_set=True)
        listed = sum(tally.read for tally in lists)
        notes += _settle_missing(ctx, resource, missing, listed)
        if missing.read or missing.vanished or missing.failure is not None:
            lists.append(missing)
    failures = [tally.failure for tally in lists if tally.failure is not None]
    if failures:
        ctx.unlisted[resource.entity.type] = failures[0]
    ctx.run.commit()
    return StepOutcome(step, tuple(tally.coverage() for tally in lists), _whole(lists), tuple(notes))


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

    def read(one_pass: Pass) -> Iterator[Rows | ListEnd]:
        return read_list(ctx.client, resource.listing, one_pass=one_pass, identify=resource.identify)

    if resource.listing.rows is None:
        return _keep_single(ctx, resource, step, tally)
    failure: CollectorError | None = None
    tally.read = expected = others = 0
    for _, found in ctx.in_parallel([one_pass], read):
        if isinstance(found, ListEnd):
            tally.read, failure = found.read, found.failure
            continue
        if found.total is not None and found.total > expected:
            ctx.progress.expect(step, found.total - expected)
            expected = found.total
        for identifier, row in found.rows:
            others += one_pass.contradicts(row)
            _keep_row(ctx, resource, resource.entity.key(identifier), row)
        ctx.run.commit()
        ctx.progress.advance(step, len(found.rows))
    if failure is None and others and others == tally.read:
        return Unread(f"Zoom answered {one_pass.reading(resource.name)} with others than were asked for", AGAIN)
    return failure


def _keep_single(ctx: Context, resource: Resource, step: Step, tally: Tally) -> CollectorError | None:
    """Keep the one row of a resource that is no list, which every run begins with; what stands in the way, if any."""
    tally.read = 0
    if isinstance(ctx.identity, CollectorError):
        return ctx.identity
    key = _key(resource, ctx.identity)
    if key is None:
        return Unread("the answer does not say which account it is about")
    tally.read = 1
    ctx.progress.expect(step, 1)
    _keep_row(ctx, resource, key, ctx.identity)
    ctx.progress.advance(step)
    return None


def _key(resource: Resource, row: JsonObject) -> str | None:
    identifier = resource.identify(row)
    return None if identifier is None else resource.entity.key(identifier)


def _keep_row(ctx: Context, resource: Resource, key: str, row: JsonObject) -> None:
    entity, properties = resource.entity, resource.convert(row)
    activity = {name: properties.pop(name) for name in sorted(resource.activity & properties.keys())}
    ctx.run.put(key, ROW, {"_type": entity.type, "_class": list(entity.classes), **properties}, ctx.now())
    if activity:
        ctx.run.put(key, ACTIVITY, activity, ctx.now())
    elif resource.activity and ctx.run.part_read_at(key, ACTIVITY) is not None:
        ctx.run.remove_part(key, ACTIVITY)


def _settle_missing(ctx: Context, resource: Resource, tally: Tally, listed: int) -> list[str]:
    """Those known from earlier whom no list names any more: gone, unless asking for them shows otherwise.

    Gives what there is to say of it.
    """
    ctx.go_on(tally)
    accepted = _settle_accepted_invitations(ctx, resource, tally)
    _ask_for_missing(ctx, resource, tally, list_decides=listed > 0 and not resource.moves_between_lists)
    notes = [f"Invitations accepted: {accepted:,}."] if accepted else []
    return [*notes, f"Gone since the last collection: {resource.counted(tally.vanished)}."] if tally.vanished else notes


def _settle_accepted_invitations(ctx: Context, resource: Resource, tally: Tally) -> int:
    """Whoever was invited and is now listed with an id is the same person; how many those are."""
    type_, key_of = resource.entity.type, resource.entity.key
    counted = f"{tally.name}, invitations accepted"
    earlier: int = (ctx.run.checkpoints.load(counted) or {"count": 0})["count"]
    invited = {key for key in ctx.run.unseen(type_) if key.startswith(key_of(PENDING))}
    if not invited or resource.invited_by is None:
        return earlier
    accepted = {key_of(invitation_of(address)) for address in ctx.run.seen_texts(type_, resource.invited_by)} & invited
    for key in accepted:
        ctx.run.remove(key)
    tally.read += len(accepted)
    ctx.run.checkpoints.save(counted, {"count": earlier + len(accepted)})
    ctx.keep(tally)
    return earlier + len(accepted)


def _ask_for_missing(ctx: Context, resource: Resource, tally: Tally, *, list_decides: bool) -> None:
    """Ask for each; where the token may not, `list_decides` says whether its complete list is enough.

    It is not where somebody may be missed by all lists, nor when a list is suddenly empty.
    """
    missing = ctx.run.unseen(resource.entity.type)
    try:
        for count, (key, answer) in enumerate(look_up(ctx, resource, missing, tally), start=1):
            if isinstance(answer, Vanished) or resource.lookup is None or (list_decides and lacks_scope(answer)):
                tally.vanished += 1
                ctx.run.remove(key)
            elif isinstance(answer, CollectorError):
                tally.failed(answer)
            else:
                _keep_found(ctx, resource, key, answer, tally)
            if count % COMMIT_EVERY == 0:
                ctx.keep(tally)
    finally:
        ctx.keep(tally)


def _keep_found(ctx: Context, resource: Resource, key: str, row: JsonObject, tally: Tally) -> None:
    """Keep what was found when asked for an entity: it, or who has its address since an invitation was accepted."""
    found = _key(resource, row)
    if found is None:
        tally.failed(Unread("the answer about one of them does not say whom it is about"))
        return
    tally.read += 1
    if found != key:
        ctx.run.remove(key)
    if not ctx.run.seen(found):
        _keep_row(ctx, resource, found, row)
