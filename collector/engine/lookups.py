"""Asks Zoom for one entity itself, where what else Zoom says of it does not settle whether it exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.engine.context import Context
from collector.engine.tally import Closing
from collector.errors import (
    CollectorError,
    DailyLimitReached,
    NotApplicable,
    ReadingError,
    Unread,
    Vanished,
)
from collector.model.graph import JsonObject
from collector.resources.declaration import Resource


def look_up(ctx: Context, resource: Resource, keys: Iterable[str]) -> Iterator[tuple[str, JsonObject | CollectorError]]:
    """Each key with what Zoom answers when asked for that entity itself, or why it could not be asked.

    Vanished and NotApplicable (an invitation that ran out) say that it is gone. Without the scope nothing is asked, and
    after 25 failures in a row, or a refusal that concerns all, no more.
    """
    closing = Closing(_obstacle(ctx, resource))

    def ask(key: str) -> list[JsonObject | CollectorError]:
        return [closing.reason or _ask(ctx, resource, key)]

    for key, answer in ctx.in_parallel(keys, ask):
        if isinstance(answer, CollectorError) and not is_gone(answer):
            closing.failed(answer)
        else:
            closing.succeeded()
        yield key, answer


def is_gone(answer: JsonObject | CollectorError) -> bool:
    """Whether the answer about an entity itself says that it does not exist."""
    return isinstance(answer, Vanished | NotApplicable)


def _obstacle(ctx: Context, resource: Resource) -> CollectorError | None:
    if resource.lookup is None:
        return Unread(f"{resource.name} cannot be asked for one by one")
    return ctx.missing_scope(resource.lookup)


def _ask(ctx: Context, resource: Resource, key: str) -> JsonObject | CollectorError:
    assert resource.lookup is not None  # noqa: S101 - else there was an obstacle
    name = resource.zoom_id(key)
    try:
        answer = ctx.client.get(resource.lookup, {resource.id_placeholder: name})
    except (ReadingError, DailyLimitReached) as failure:
        return failure
    if name in (answer.get("id"), str(answer.get("email")).lower()):
        return answer
    return Unread(f"{resource.lookup.path} answered about something else than what was asked for")
