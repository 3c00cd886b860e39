"""Asks JupiterOne what the destination contains, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping

from collector.errors import RequestFailed, UsageError
from collector.jupiterone.jobs import Target
from collector.jupiterone.query import Query
from collector.resources import account
from collector.upload.diff import ALL_TYPES, ENTITY_TYPES, RELATIONSHIP_TYPES, RemoteCounts, UploadDiff

_RELATIONSHIPS = {relationship.type: relationship for relationship in RELATIONSHIP_TYPES}
_OTHERS = "anything that is not Zoom's"


def with_remote_counts_from(diff: UploadDiff, query: Query, target: Target) -> UploadDiff:
    """The diff with JupiterOne's counts, or with the reason why the key may not query them.

    This computer's record may be behind: another one uploads to the same destination, or this one was restored from a
    backup. Partial types are not counted, since nothing of them is deleted. Raises RequestFailed or Interrupted.
    """
    types = [type_ for type_ in ALL_TYPES if type_ not in diff.partial_types]
    try:
        if diff.first and query.is_empty(target):
            return diff.with_remote_counts(RemoteCounts(dict.fromkeys(types, 0)))
        counts_by_type = {type_: _count(type_, query, target) for type_ in types}
        if diff.first:
            counts_by_type[_OTHERS] = query.count_others(ENTITY_TYPES, target)
        other_account = diff.first and _is_another_account(counts_by_type, diff, query, target)
    except UsageError as refused:  # AccessRefused, or a scope that no query can name
        return diff.with_remote_counts(RemoteCounts({}), refused)
    uncounted = ", ".join(type_ for type_, count in counts_by_type.items() if count is None)
    query_failure = RequestFailed(f"JupiterOne did not report how many it has of {uncounted}.") if uncounted else None
    counts = {type_: count for type_, count in counts_by_type.items() if count is not None}
    return diff.with_remote_counts(RemoteCounts(counts, counts.pop(_OTHERS, 0), other_account), query_failure)


def _count(type_: str, query: Query, target: Target) -> int | None:
    relationship = _RELATIONSHIPS.get(type_)
    if relationship is None:
        return query.count_entities(type_, target)
    return query.count_relationships(relationship, target)


def _is_another_account(
    counts_by_type: Mapping[str, int | None], diff: UploadDiff, query: Query, target: Target
) -> bool:
    """Counts alone would not show another account of the same size."""
    type_, key = account.ENTITY.type, diff.account_key
    accounts = counts_by_type[type_] if type_ in counts_by_type else query.count_entities(type_, target)
    return bool(accounts) and (key is None or query.count_key(type_, key, target) == 0)
