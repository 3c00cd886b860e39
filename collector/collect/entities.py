"""The entities of a resource: reads its lists and finds out which were deleted."""

from __future__ import annotations

from collections.abc import Iterator

from collector.collect.context import RunContext, StepOutcome
from collector.collect.dataset_report import DatasetReport
from collector.collect.licence import classify_refusal
from collector.collect.listing import COLLECT_AGAIN, ListEnd, Rows, read_list
from collector.collect.lookups import look_up_entities
from collector.collect.scopes import lacks_scope
from collector.errors import CollectorError, DeletedMeanwhile, Denied, NotLicensed, Unread
from collector.model.coverage import Status
from collector.model.graph import JsonObject
from collector.model.step import Step
from collector.resources.declaration import ACTIVITY, PENDING, ListPass, Resource, invitation_identifier
from collector.store import ROW


def read_entities(context: RunContext, resource: Resource, step: Step) -> StepOutcome:
    """Read the lists and remove what was deleted. Lists that this session has finished are not read again."""
    lists = _read_lists(context, resource, step)
    notes: list[str] = []
    if _all_complete(lists):
        missing = DatasetReport(step.id, f"known {resource.name} missing from the lists", is_list=True)
        listed = sum(report.read for report in lists)
        notes += _resolve_missing(context, resource, missing, listed)
        if missing.read or missing.deleted_meanwhile or missing.failure is not None:
            lists.append(missing)
    failures = [report.failure for report in lists if report.failure is not None]
    if failures:
        context.incomplete_lists[resource.entity.type] = failures[0]
    context.run.commit()
    return StepOutcome(step, tuple(report.coverage() for report in lists), _all_complete(lists), tuple(notes))


def _all_complete(reports: list[DatasetReport]) -> bool:
    return all(report.status is Status.COMPLETE for report in reports)


def _read_lists(context: RunContext, resource: Resource, step: Step) -> list[DatasetReport]:
    """Read every pass of the list; a denial ends it, since the other passes need the same scope."""
    reports = [DatasetReport(step.id, list_pass.dataset(resource.name), is_list=True) for list_pass in resource.passes]
    finished = [context.resume(report) for report in reports]
    if all(finished):
        context.run.resume_listing(resource.entity.type)
        return reports
    context.run.restart_listing(resource.entity.type)
    blocking_failure: CollectorError | None = None
    for list_pass, report in zip(resource.passes, reports, strict=True):
        failure = blocking_failure or _read_pass(context, resource, step, list_pass, report)
        if failure is not None:
            identity = None if isinstance(context.identity, CollectorError) else context.identity
            failure = classify_refusal(failure, resource, identity, free_plan=context.free_plan)
        if failure is None:
            context.keep(report, finished=resource.listing.rows is not None)
        else:
            report.failed(failure)
            blocking_failure = failure if isinstance(failure, Denied | NotLicensed) else None
            context.keep(report)
    return reports


def _read_pass(
    context: RunContext, resource: Resource, step: Step, list_pass: ListPass, report: DatasetReport
) -> CollectorError | None:
    """Store the rows of one pass as they arrive. Returns why the list is incomplete, None if it is not."""

    def read(list_pass: ListPass) -> Iterator[Rows | ListEnd]:
        return read_list(context.client, resource.listing, list_pass=list_pass, identify=resource.identify)

    if resource.listing.rows is None:
        return _keep_single(context, resource, step, report)
    failure: CollectorError | None = None
    report.read = expected = others = 0
    for _, found in context.in_parallel([list_pass], read):
        if isinstance(found, ListEnd):
            report.read, failure = found.read, found.failure
            continue
        if found.total is not None and found.total > expected:
            context.progress.expect(step, found.total - expected)
            expected = found.total
        for identifier, row in found.rows:
            others += list_pass.contradicts(row)
            _keep_row(context, resource, resource.entity.key(identifier), row)
        context.run.commit()
        context.progress.advance(step, len(found.rows))
    if failure is None and others and others == report.read:
        return Unread(
            f"Zoom answered {list_pass.dataset(resource.name)} with rows that were not requested", COLLECT_AGAIN
        )
    return failure


def _keep_single(context: RunContext, resource: Resource, step: Step, report: DatasetReport) -> CollectorError | None:
    """Store the account, which every run reads first. Returns why it could not be read, None if it was."""
    report.read = 0
    if isinstance(context.identity, CollectorError):
        return context.identity
    key = _key(resource, context.identity)
    if key is None:
        return Unread("the answer has no account id")
    report.read = 1
    context.progress.expect(step, 1)
    _keep_row(context, resource, key, context.identity)
    context.progress.advance(step)
    return None


def _key(resource: Resource, row: JsonObject) -> str | None:
    identifier = resource.identify(row)
    return None if identifier is None else resource.entity.key(identifier)


def _keep_row(context: RunContext, resource: Resource, key: str, row: JsonObject) -> None:
    entity, properties = resource.entity, resource.convert(row)
    activity = {name: properties.pop(name) for name in sorted(resource.activity & properties.keys())}
    context.run.put(key, ROW, {"_type": entity.type, "_class": list(entity.classes), **properties}, context.now())
    if activity:
        context.run.put(key, ACTIVITY, activity, context.now())
    elif resource.activity and context.run.part_read_at(key, ACTIVITY) is not None:
        context.run.remove_part(key, ACTIVITY)


def _resolve_missing(context: RunContext, resource: Resource, report: DatasetReport, listed: int) -> list[str]:
    """Remove known entities missing from all lists, unless a look-up finds them. Returns notes for people."""
    context.resume(report)
    accepted = _resolve_accepted_invitations(context, resource, report)
    _look_up_missing(context, resource, report, list_is_authoritative=listed > 0 and not resource.moves_between_lists)
    notes = [f"Invitations accepted: {accepted:,}."] if accepted else []
    return (
        [*notes, f"Deleted since the last run: {resource.count_phrase(report.deleted_meanwhile)}."]
        if report.deleted_meanwhile
        else notes
    )


def _resolve_accepted_invitations(context: RunContext, resource: Resource, report: DatasetReport) -> int:
    """Remove the invitations of users who are now listed with an id. Returns how many."""
    type_, key_of = resource.entity.type, resource.entity.key
    invited = {key for key in context.run.missing_keys(type_) if key.startswith(key_of(PENDING))}
    if not invited or resource.invitation_property is None:
        return 0
    accepted = {
        key_of(invitation_identifier(address))
        for address in context.run.listed_texts(type_, resource.invitation_property)
    } & invited
    for key in accepted:
        context.run.remove(key)
    report.read += len(accepted)
    context.keep(report)
    return len(accepted)


def _look_up_missing(
    context: RunContext, resource: Resource, report: DatasetReport, *, list_is_authoritative: bool
) -> None:
    """Look up each. `list_is_authoritative`: without the scope for it, the complete list is enough.

    It is not if an entity can move between lists while they are read, or if the list is suddenly empty.
    """
    missing = context.run.missing_keys(resource.entity.type)
    try:
        for key, answer in look_up_entities(context, resource, missing, report):
            if (
                isinstance(answer, DeletedMeanwhile)
                or resource.lookup is None
                or (list_is_authoritative and lacks_scope(answer))
            ):
                report.deleted_meanwhile += 1
                context.run.remove(key)
            elif isinstance(answer, CollectorError):
                report.failed(answer)
            else:
                _keep_found(context, resource, key, answer, report)
    finally:
        context.keep(report)


def _keep_found(context: RunContext, resource: Resource, key: str, row: JsonObject, report: DatasetReport) -> None:
    """Keep what a look-up found: the entity, or the user who has accepted this invitation since."""
    found = _key(resource, row)
    if found is None:
        report.failed(Unread(f"an answer about one of the {resource.name} has no id"))
        return
    report.read += 1
    if found != key:
        context.run.remove(key)
    if not context.run.was_listed(found):
        _keep_row(context, resource, found, row)
