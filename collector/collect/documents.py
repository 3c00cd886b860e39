"""Reads the documents of every entity, such as settings. One that cannot be read is kept as it was: stale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from collector.collect.context import RunContext
from collector.collect.dataset_report import MAX_CONSECUTIVE_FAILURES, CircuitBreaker, DatasetReport
from collector.collect.licence import classify_refusal
from collector.collect.listing import COLLECT_AGAIN
from collector.collect.lookups import contradiction, deleted_meanwhile_note, remove_deleted
from collector.collect.scopes import lacks_scope, missing_document_scope, not_granted_if_optional
from collector.errors import (
    CollectorError,
    DailyLimitReached,
    DeletedMeanwhile,
    Denied,
    Interrupted,
    NotApplicable,
    NotGranted,
    NotLicensed,
    ReadingError,
    Refused,
    SignInRequired,
    Unread,
)
from collector.model.coverage import Coverage
from collector.model.graph import JsonObject
from collector.model.step import Step
from collector.next_steps import Command, NextStep
from collector.resources.declaration import PENDING, EntityDocument, Resource, SettingsChoice
from collector.store import ROW

_EMPTIED = NextStep(
    "Run `{}` again; if they really are empty in Zoom, run `{}`.",
    Command("collect"),
    Command("collect", "--fresh"),
)


@dataclass
class _DocumentDataset:
    """One kind of document over all entities."""

    document: EntityDocument
    report: DatasetReport
    breaker: CircuitBreaker


def read_documents(context: RunContext, resource: Resource, step: Step) -> tuple[tuple[Coverage, ...], tuple[str, ...]]:
    """Read the documents of every entity listed in this session: the coverage, and notes for people."""
    datasets = _prepared(context, resource, step)
    wanted = [dataset for dataset in datasets if context.choice.reads(dataset.document)]
    granted = [dataset for dataset in wanted if not isinstance(dataset.breaker.stopped_by, NotGranted)]
    if granted:
        _read_wanted(context, resource, step, granted)
    for dataset in wanted:
        if dataset not in granted:
            _count_unread(context, resource, dataset)
        _count_stale_of_missing(context, resource, dataset)
    return tuple(dataset.report.coverage() for dataset in datasets), tuple(_notes(resource, wanted))


def _notes(resource: Resource, datasets: list[_DocumentDataset]) -> Iterator[str]:
    gone = sum(dataset.report.deleted_meanwhile for dataset in datasets)
    if gone:
        yield deleted_meanwhile_note(resource, gone)
    unavailable = [f"{one.report.dataset} ({one.report.unavailable})" for one in datasets if one.report.unavailable]
    if unavailable:
        yield (f"Refused by Zoom for inactive {resource.name}: {', '.join(unavailable)}. Earlier values are kept.")


def count_unread_documents(context: RunContext, resource: Resource, step: Step, reason: str) -> tuple[Coverage, ...]:
    """The coverage of documents when a run ends before it has read them all, for this reason."""
    datasets = _prepared(context, resource, step)
    for dataset in datasets:
        if context.choice.reads(dataset.document):
            _count_unread(context, resource, dataset, reason)
            _count_stale_of_missing(context, resource, dataset)
    return tuple(dataset.report.coverage() for dataset in datasets)


def _count_unread(context: RunContext, resource: Resource, dataset: _DocumentDataset, reason: str = "") -> None:
    report = dataset.report
    report.missing, report.stale, report.oldest = context.run.unread_documents(
        resource.entity.type, dataset.document.part, resource.entity.key(PENDING)
    )
    if report.missing or report.stale:
        report.failed(dataset.breaker.stopped_by or Unread(reason))


def _count_stale_of_missing(context: RunContext, resource: Resource, dataset: _DocumentDataset) -> None:
    """Entities missing from an incomplete list keep their old documents, which were not read again."""
    failure = context.incomplete_lists.get(resource.entity.type)
    if failure is None:
        return
    reason = dataset.breaker.stopped_by
    dataset.report.failed(reason if isinstance(reason, NotGranted) else failure)
    kept, oldest = context.run.stale_of_missing(resource.entity.type, dataset.document.part)
    if oldest is not None:
        dataset.report.keep_stale(oldest, kept)


def _prepared(context: RunContext, resource: Resource, step: Step) -> list[_DocumentDataset]:
    """The datasets of the resource's documents, with the progress of earlier runs of this session."""
    datasets = [
        _DocumentDataset(
            document,
            DatasetReport(step.id, document.part, is_list=False),
            CircuitBreaker(is_licensed_as_a_whole=not document.adds),
        )
        for document in resource.documents
    ]
    for dataset in datasets:
        document, report = dataset.document, dataset.report
        if context.choice.reads(document):
            context.resume(report)
            dataset.breaker.stopped_by = missing_document_scope(document, context.scopes)
        else:
            report.stale, report.oldest = context.run.count_and_oldest(resource.entity.type, document.part)
            report.skip(context.choice.why_left_out(document))
    return datasets


def _read_wanted(context: RunContext, resource: Resource, step: Step, datasets: list[_DocumentDataset]) -> None:
    context.progress.expect(step, context.store.count(resource.entity.type) * len(datasets))
    if context.choice.max_age is not None:
        context.run.compute_last_changes()

    def read(task: tuple[str, _DocumentDataset]) -> list[JsonObject | CollectorError]:
        return [_read(context, resource, *task)]

    reports = [dataset.report for dataset in datasets]
    contradictions = _Contradictions(context, resource, reports)
    try:
        tasks = _tasks(context, resource, step, datasets)
        for (key, dataset), answer in context.in_parallel(tasks, read, *reports):
            if not contradictions.handles(key, dataset, answer):
                _keep(context, resource, key, dataset, answer)
            context.progress.advance(step)
        contradictions.resolve()
    except (Interrupted, SignInRequired):
        context.keep(*reports)
        raise
    context.keep(*reports)


def _tasks(
    context: RunContext, resource: Resource, step: Step, datasets: list[_DocumentDataset]
) -> Iterator[tuple[str, _DocumentDataset]]:
    """Every document to read. Entities without an id have none."""
    for key in context.run.keys(resource.entity.type, listed_only=True):
        if resource.path_ids(key) is None:
            context.progress.advance(step, len(datasets))
            continue
        for dataset in datasets:
            if _has_been_read(context, key, dataset) or _is_unchanged(context, key, dataset):
                context.progress.advance(step)
            else:
                yield key, dataset


def _has_been_read(context: RunContext, key: str, dataset: _DocumentDataset) -> bool:
    """Whether an earlier run of this session read it, or learned that it does not exist."""
    run, document = context.run, dataset.document
    if not run.is_resumed:
        return False
    return run.has_read(key, document.part) or run.checkpoints.load(_absence_checkpoint(document), key) is not None


def _is_unchanged(context: RunContext, key: str, dataset: _DocumentDataset) -> bool:
    """With `--changed`: whether nothing about this entity has changed since its document was read.

    Never true of an account or a group, whose row does not show that settings have changed; those documents are few.
    """
    document = dataset.document
    if context.choice.max_age is None or document.min_settings is SettingsChoice.NONE or document.adds:
        return False
    part = dataset.document.part
    read_at = context.run.part_read_at(key, part)
    if (
        read_at is None
        or not 0 <= context.now() - read_at <= context.choice.max_age
        or context.run.changed_since_read(key, part)
    ):
        return False
    dataset.report.skip("unchanged since they were read (--changed)")
    dataset.report.keep_stale(read_at)
    return True


def _absence_checkpoint(document: EntityDocument) -> str:
    """The checkpoint that remembers which entities have no such document."""
    return f"without {document.part}"


def _read(context: RunContext, resource: Resource, key: str, dataset: _DocumentDataset) -> JsonObject | CollectorError:
    if dataset.breaker.stopped_by is not None:
        return dataset.breaker.stopped_by
    try:
        return context.client.get(dataset.document.endpoint, resource.path_ids(key) or {})
    except ReadingError as failure:
        identity = None if isinstance(context.identity, CollectorError) else context.identity
        document = dataset.document
        return classify_refusal(
            not_granted_if_optional(document, failure),
            resource,
            identity,
            free_plan=context.free_plan,
            document=document,
        )
    except DailyLimitReached as failure:
        return failure


class _Contradictions:
    """Entities that this run listed, but whose document Zoom did not find.

    Such an entity is removed only if a look-up of the entity itself does not find it either. A role has no other
    look-up than its document (the privileges), so the list wins.
    """

    def __init__(self, context: RunContext, resource: Resource, reports: list[DatasetReport]) -> None:
        self._context = context
        self._resource = resource
        self._reports = reports
        self._waiting: defaultdict[str, list[_DocumentDataset]] = defaultdict(list)
        self._deleted: set[str] = set()

    def handles(self, key: str, dataset: _DocumentDataset, answer: JsonObject | CollectorError) -> bool:
        """Whether the answer needs no more handling: it is "not found", or about an entity already removed."""
        if key in self._deleted:
            return True
        if not isinstance(answer, DeletedMeanwhile) or _is_inactive(self._context, self._resource, key):
            return False
        self._waiting[key].append(dataset)
        if len(self._waiting) >= MAX_CONSECUTIVE_FAILURES:
            self.resolve()
        return True

    def resolve(self) -> None:
        """Look up the entities whose document was not found so far."""
        waiting, self._waiting = self._waiting, defaultdict(list)
        paths = {key: datasets[0].document.endpoint.path for key, datasets in waiting.items()}
        asked = {
            key: paths[key]
            for key, datasets in waiting.items()
            if self._resource.lookup not in (None, *(dataset.document.endpoint for dataset in datasets))
        }
        for key in waiting.keys() - asked.keys():
            self._retain(key, waiting[key], contradiction(paths[key]))
        for key, failure in remove_deleted(self._context, self._resource, asked, *self._reports):
            if failure is not None:
                self._retain(key, waiting[key], failure)
                continue
            self._deleted.add(key)
            # Counted now: the removal is committed before the next answer arrives.
            waiting[key][0].report.deleted_meanwhile += 1

    def _retain(self, key: str, datasets: list[_DocumentDataset], failure: Unread) -> None:
        for dataset in datasets:
            dataset.breaker.failed(failure)
            _record_unread(self._context, key, dataset, failure)


def _keep(
    context: RunContext, resource: Resource, key: str, dataset: _DocumentDataset, answer: JsonObject | CollectorError
) -> None:
    report, part = dataset.report, dataset.document.part
    if isinstance(answer, CollectorError):
        _keep_failure(context, resource, key, dataset, answer)
        return
    conversion = dataset.document.convert(answer)
    if not conversion.is_expected_kind or resource.identify(answer) not in (None, resource.identifier(key)):
        failure = Unread(f"{_title(dataset.document)} returned something other than {part}", COLLECT_AGAIN)
        dataset.breaker.failed(failure)
        _record_unread(context, key, dataset, failure)
        return
    if conversion.emptied and not context.fresh and context.run.properties(key, part).keys() & set(conversion.emptied):
        failure = Unread(f"{_title(dataset.document)} returned empty sections that had values before", _EMPTIED)
        _record_unread(context, key, dataset, failure)
        return
    dataset.breaker.succeeded()
    report.read += 1
    context.unknown.update(conversion.unknown)
    if conversion.properties:
        context.run.put(key, part, conversion.properties, context.now())


def _title(document: EntityDocument) -> str:
    return "?".join([document.endpoint.path, *(f"{name}={value}" for name, value in document.endpoint.params.items())])


def _keep_failure(
    context: RunContext, resource: Resource, key: str, dataset: _DocumentDataset, failure: CollectorError
) -> None:
    part = dataset.document.part
    concerns_this_entity = isinstance(
        failure, Denied | NotLicensed | NotApplicable | Refused | DeletedMeanwhile
    ) and not (failure is dataset.breaker.stopped_by or lacks_scope(failure))
    if concerns_this_entity and _is_inactive(context, resource, key):
        dataset.report.unavailable += 1
        context.run.checkpoints.save(_absence_checkpoint(dataset.document), {}, key)
    elif isinstance(failure, NotApplicable) and context.run.part_read_at(key, part) is None:
        context.run.checkpoints.save(_absence_checkpoint(dataset.document), {}, key)
    else:
        if failure is not dataset.breaker.stopped_by:
            dataset.breaker.failed(failure)
        _record_unread(context, key, dataset, failure)


def _is_inactive(context: RunContext, resource: Resource, key: str) -> bool:
    return resource.is_inactive(context.run.properties(key, ROW))


def _record_unread(context: RunContext, key: str, dataset: _DocumentDataset, failure: CollectorError) -> None:
    dataset.report.failed(failure)
    read_at = context.run.part_read_at(key, dataset.document.part)
    if read_at is None:
        dataset.report.missing += 1
    else:
        dataset.report.keep_stale(read_at)
