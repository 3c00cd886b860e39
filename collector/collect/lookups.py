"""Asks Zoom for one entity itself, where what else Zoom says of it does not settle whether it exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from collector.collect.context import RunContext
from collector.collect.dataset_report import CircuitBreaker, DatasetReport
from collector.collect.listing import AGAIN
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
    """Each key with what Zoom answers when asked for that entity itself, or why it could not be asked.

    Vanished says that it is gone. Without the scope nothing is asked, and after 25 failures in a row that are not about
    one of them alone no more. `reports` count what comes of it.
    """
    breaker = CircuitBreaker(_obstacle(context, resource))

    def ask(key: str) -> list[JsonObject | CollectorError]:
        return [breaker.reason or _ask(context, resource, key)]

    for key, answer in context.in_parallel(keys, ask, *reports):
        if not isinstance(answer, CollectorError) or isinstance(answer, DeletedMeanwhile):
            breaker.succeeded()
        elif not isinstance(answer, Refused):
            breaker.failed(answer)
        yield key, answer


def remove_gone(
    context: RunContext, resource: Resource, contradicting_paths: Mapping[str, str], *reports: DatasetReport
) -> Iterator[tuple[str, Unread | None]]:
    """Remove those that Zoom says do not exist also when asked for themselves; a list of this run names them all.

    `contradicting_paths`: by key, the path that said so first. Each key comes with None when it is gone, else with why
    it stays.
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
    """What the summary says of those that `remove_gone` found gone."""
    return f"Deleted in Zoom while they were read: {resource.count_phrase(number)}."


def contradiction(contradicting_path: str) -> Unread:
    """An answer says that something does not exist which a list of this run names."""
    return Unread(f"{contradicting_path} returned 'not found' for rows that this run listed", AGAIN)


def _obstacle(context: RunContext, resource: Resource) -> CollectorError | None:
    if resource.lookup is None:
        return Unread(f"{resource.name} cannot be asked for one by one")
    return context.missing_scope(resource.lookup)


def _ask(context: RunContext, resource: Resource, key: str) -> JsonObject | CollectorError:
    assert resource.lookup is not None  # noqa: S101 - else there was an obstacle
    name = resource.id_of_key(key)
    try:
        answer = context.client.get(resource.lookup, {resource.id_placeholder: name})
    except (ReadingError, DailyLimitReached) as failure:
        return failure
    if name in (answer.get("id"), str(answer.get("email")).lower()):
        return answer
    return Unread(f"{resource.lookup.path} returned another entity than requested")
