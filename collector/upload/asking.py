"""Asks JupiterOne what it holds at the place of an upload, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping

from collector.errors import RequestFailed, UsageError
from collector.jupiterone.jobs import Target
from collector.jupiterone.query import Query
from collector.resources import account
from collector.upload.diff import ALL_TYPES, ENTITY_TYPES, RELATIONSHIP_TYPES, Foresight, Held

_RELATIONSHIPS = {relationship.type: relationship for relationship in RELATIONSHIP_TYPES}
_OTHERS = "anything that is not Zoom's"


def ask_what_is_held(foresight: Foresight, query: Query, target: Target) -> Foresight:
    """The same foresight with what JupiterOne says; where the key may not ask, with its silence.

    A record may be behind: another computer uploads to the same place, or this one was restored from a backup. Nothing
    of types that were not read completely is deleted, so they are not asked about. Raises RequestFailed or Interrupted.
    """
    types = [type_ for type_ in ALL_TYPES if type_ not in foresight.partial_types]
    try:
        if foresight.first and query.finds_nothing(target):
            return foresight.with_held(Held(dict.fromkeys(types, 0)))
        told = {type_: _count(type_, query, target) for type_ in types}
        if foresight.first:
            told[_OTHERS] = query.count_others(ENTITY_TYPES, target)
        other_account = foresight.first and _is_another_account(told, foresight, query, target)
    except UsageError as refused:  # AccessRefused, or a scope that no query can name
        return foresight.with_held(Held({}), refused)
    untold = ", ".join(type_ for type_, count in told.items() if count is None)
    silence = RequestFailed(f"JupiterOne does not say how many it holds of {untold}.") if untold else None
    counts = {type_: count for type_, count in told.items() if count is not None}
    return foresight.with_held(Held(counts, counts.pop(_OTHERS, 0), other_account), silence)


def _count(type_: str, query: Query, target: Target) -> int | None:
    relationship = _RELATIONSHIPS.get(type_)
    if relationship is None:
        return query.count_entities(type_, target)
    return query.count_relationships(relationship, target)


def _is_another_account(told: Mapping[str, int | None], foresight: Foresight, query: Query, target: Target) -> bool:
    """Two accounts of like size would go unnoticed by their numbers."""
    type_, key = account.ENTITY.type, foresight.account_key
    accounts = told[type_] if type_ in told else query.count_entities(type_, target)
    return bool(accounts) and (key is None or query.count_key(type_, key, target) == 0)
