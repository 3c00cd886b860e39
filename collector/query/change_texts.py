"""Changes in words, each said once; the JSON of `collector changes` has every one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from collector.model.graph_schema import ROW
from collector.query.change import Change, Kind, Named

_FOLLOW = {"groupIds": "group", "roleId": "role", "totalMembers": ""}
"""Properties of a row that follow from who is in which group or role, and of which: of the row itself if empty."""
_SAME_MEANING = (ROW, "access")
"""Parts in which several properties say the same, such as `active` and `isActive`."""


def without_repeats(changes: Sequence[Change], left_behind: Collection[str] = ()) -> Iterator[tuple[Change, list[str]]]:
    """Without what follows from another change; properties of a row that say the same come together.

    `left_behind`: as in `Changes`.
    """
    moved = {(each.key, _owner(change.of)) for change in changes if change.of for each in change.who}
    moved |= {(key, "") for key in (*left_behind, *(change.of.key for change in changes if change.of))}
    alike: dict[object, tuple[Change, list[str]]] = {}
    for number, change in enumerate(changes):
        owner = _FOLLOW.get(change.property) if change.part == ROW else None
        if owner is not None and moved.issuperset((each.key, owner) for each in change.who):
            continue
        may_say_the_same = change.part in _SAME_MEANING and change.kind is Kind.CHANGED
        values = json.dumps([change.old, change.new])
        same = (change.type, change.part, values, change.who) if may_say_the_same else number
        alike.setdefault(same, (change, []))[1].append(change.property)
    yield from alike.values()


def what_happened(change: Change, detail: str = "") -> str:
    """What happened to one entity; `detail`: which property, or the name of the group or role."""
    noun = change.type.removeprefix("zoom_")
    named = f" {detail}" if detail else ""
    if change.of is None:
        return {
            Kind.CAME: f"new {noun}",
            Kind.WENT: f"{noun} gone",
            Kind.ACCEPTED: "invitation accepted",
            Kind.FIRST_READ: f"{noun}, first read",
            Kind.CHANGED: f"{noun}{named}",
        }.get(change.kind, f"{noun}{named}, {change.kind.value}")
    owner = _owner(change.of)
    joined, left = ("got", "lost") if owner == "role" else ("joined", "left")
    word = {Kind.JOINED: joined, Kind.LEFT: left}.get(change.kind, change.kind.value)
    return f"{word} {owner}{named}" if detail else f"{word} a {owner}"


def _owner(named: Named) -> str:
    """`group` or `role`."""
    return named.key.partition(":")[0].removeprefix("zoom_")
