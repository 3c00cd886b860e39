"""Asks Zoom for one entity itself, where what else Zoom says of it does not settle whether it exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.collect.context import Context
from collector.collect.listing import AGAIN
from collector.collect.tally import Closing, Tally
from collector.errors import (
    CollectorError,
    DailyLimitReached,
    ReadingError,
    Refused,
    Unread,
    Vanished,
)
from collector.model.graph import JsonObject
from collector.resources.declaration import Resource


def look_up(
    ctx: Context, resource: Resource, keys: Iterable[str], *tallies: Tally
) -> Iterator[tuple[str, JsonObject | CollectorError]]:
    """Each key with what Zoom answers when asked for that entity itself, or why it could not be asked.

    Vanished says that it is gone. Without the scope nothing is asked, and after 25 failures in a row that are not about
    one of them alone no more. `tallies` count what comes of it.
    """
    closing = Closing(_obstacle(ctx, resource))

    def ask(key: str) -> list[JsonObject | CollectorError]:
        return [closing.reason or _ask(ctx, resource, key)]

    for key, answer in ctx.in_parallel(keys, ask, *tallies):
        if not isinstance(answer, CollectorError) or isinstance(answer, Vanished):
            closing.succeeded()
        elif not isinstance(answer, Refused):
            closing.failed(answer)
        yield key, answer


def remove_gone(
    ctx: Context, resource: Resource, keys: Iterable[str], where: str, *tallies: Tally
) -> Iterator[tuple[str, Unread | None]]:
    """Remove those that Zoom says do not exist also when asked for themselves; a list of this run names them all.

    `where` is the path that said so first. Each key comes with None when it is gone, else with why it stays.
    """
    for key, answer in look_up(ctx, resource, keys, *tallies):
        if isinstance(answer, Vanished):
            ctx.run.remove(key)
            yield key, None
        elif isinstance(answer, CollectorError):
            yield key, Unread(f"{where} says of some that they do not exist, and {answer.message}", answer.next_step)
        else:
            yield key, contradiction(where)


def deleted_meanwhile(resource: Resource, number: int) -> str:
    """What the summary says of those that `remove_gone` found gone."""
    return f"Deleted in Zoom while they were read: {resource.counted(number)}."


def contradiction(where: str) -> Unread:
    """An answer says that something does not exist which a list of this run names."""
    return Unread(f"{where} says of some that they do not exist, but a list of this run names them", AGAIN)


def _obstacle(ctx: Context, resource: Resource) -> CollectorError | None:
    if resource.lookup is None:
        return Unread(f"{resource.name} cannot be asked for one by one")
    return ctx.missing_scope(resource.lookup)


def _ask(ctx: Context, resource: Resource, key: str) -> JsonObject | CollectorError:
    assert resource.lookup is not None  # noqa: S101 - else there was an obstacle
    name = resource.id_of_key(key)
    try:
        answer = ctx.client.get(resource.lookup, {resource.id_placeholder: name})
    except (ReadingError, DailyLimitReached) as failure:
        return failure
    if name in (answer.get("id"), str(answer.get("email")).lower()):
        return answer
    return Unread(f"{resource.lookup.path} answered about something else than what was asked for")
