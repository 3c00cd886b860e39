"""Asks Zoom for single entities, to find out whether they still exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from collector.collect.context import RunContext
from collector.collect.dataset_report import CircuitBreaker, DatasetReport
from collector.collect.listing import COLLECT_AGAIN
from collector.errors import (
    CollectorError,
    DailyLimitReached,
    DeletedMeanwhile,
    ReadingError,
    Refused,
    Unread,
)
from collector.model.graph import JsonObject
from collector.resources.declaration import Resource


def look_up_entities(
    context: RunContext, resource: Resource, keys: Iterable[str], *reports: DatasetReport
) -> Iterator[tuple[str, JsonObject | CollectorError]]:
    """Each key with Zoom's answer about that entity, or why there is none; DeletedMeanwhile if Zoom has no such entity.

    Without the scope, or after 25 consecutive failures that concern more than one entity, nothing more is asked.
    """
    breaker = CircuitBreaker(_obstacle(context, resource))

    def ask(key: str) -> list[JsonObject | CollectorError]:
        return [breaker.stopped_by or _ask(context, resource, key)]

    for key, answer in context.in_parallel(keys, ask, *reports):
        if not isinstance(answer, CollectorError) or isinstance(answer, DeletedMeanwhile):
            breaker.succeeded()
        elif not isinstance(answer, Refused):
            breaker.failed(answer)
        yield key, answer


def remove_deleted(
    context: RunContext, resource: Resource, contradicting_paths: Mapping[str, str], *reports: DatasetReport
) -> Iterator[tuple[str, Unread | None]]:
    """Look up entities that this run listed but Zoom then did not find; remove those that were deleted.

    `contradicting_paths`: by key, the path that returned "not found". Yields each key with None if it was removed,
    otherwise with the reason it was kept.
    """
    for key, answer in look_up_entities(context, resource, contradicting_paths, *reports):
        contradicting_path = contradicting_paths[key]
        if isinstance(answer, DeletedMeanwhile):
            context.run.remove(key)
            yield key, None
        elif isinstance(answer, CollectorError):
            yield key, Unread(f"{contradicting_path} returned 'not found', and {answer.message}", answer.next_step)
        else:
            yield key, contradiction(contradicting_path)


def deleted_meanwhile_note(resource: Resource, number: int) -> str:
    """A note for people about the entities that `remove_deleted` removed."""
    return f"Deleted in Zoom while they were read: {resource.count_phrase(number)}."


def contradiction(contradicting_path: str) -> Unread:
    """Zoom did not find an entity that this run listed."""
    return Unread(f"{contradicting_path} returned 'not found' for rows that this run listed", COLLECT_AGAIN)


def _obstacle(context: RunContext, resource: Resource) -> CollectorError | None:
    if resource.lookup is None:
        return Unread(f"{resource.name} cannot be looked up one by one")
    return context.missing_scope(resource.lookup)


def _ask(context: RunContext, resource: Resource, key: str) -> JsonObject | CollectorError:
    assert resource.lookup is not None  # noqa: S101 - see _obstacle
    name = resource.id_of_key(key)
    try:
        answer = context.client.get(resource.lookup, {resource.id_placeholder: name})
    except (ReadingError, DailyLimitReached) as failure:
        return failure
    if name in (answer.get("id"), str(answer.get("email")).lower()):
        return answer
    return Unread(f"{resource.lookup.path} returned another entity than requested")
