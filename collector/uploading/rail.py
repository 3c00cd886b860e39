"""Whether an upload is safe: by the record of earlier ones, and by what JupiterOne says where there is none."""

from __future__ import annotations

from collector.jupiterone.failures import AccessRefused, RequestFailed, UploadFailed
from collector.jupiterone.jobs import Target
from collector.jupiterone.query import Query
from collector.jupiterone.safety import Deletions, UnsafeUpload, check_deletions
from collector.resources import account
from collector.uploading.foresight import ALL_TYPES, ENTITY_TYPES, RELATIONSHIP_TYPES, Foresight

_ANOTHER_PLACE = (
    "Give each Zoom account an integration instance of its own (`collector instance create`), or a scope of its own "
    "(`--scope NAME`)."
)


def check_recorded(foresight: Foresight) -> None:
    """Raise UnsafeUpload when it is known without asking anybody that too much would be deleted."""
    if set(ALL_TYPES) <= set(foresight.partial_types):
        raise UnsafeUpload(
            f"The collection of run {foresight.run.id} read no set completely, so there is nothing to rely on.",
            "Run `collector collect` again; to upload it all the same, `collector sync --allow-deletes`.",
        )
    check_deletions(foresight.deletions)


def check_safe(foresight: Foresight, query: Query, target: Target) -> None:
    """Raise UnsafeUpload when too much would be deleted, or nobody can tell how much.

    JupiterOne is asked only about types of which there is no record, and before the first upload to a place about
    whatever else stands there.
    """
    check_recorded(foresight)
    try:
        counted = [_counted(type_, foresight, query, target) for type_ in foresight.unknown_types]
        if foresight.first:
            _check_same_account(foresight, query, target)
            _check_nothing_else(query, target)
    except AccessRefused as refused:
        raise UnsafeUpload(
            "This profile has no record of what stands at this place in JupiterOne, and JupiterOne may not be asked, "
            f"so nobody can tell what this upload would delete: {refused.message}",
            f"{refused.next_step} If the key is right and may only synchronize, and you are sure of the place, run "
            "`collector sync --allow-deletes` this once.".strip(),
        ) from None
    except RequestFailed as failure:
        raise UploadFailed(
            "This profile has no record of what stands at this place in JupiterOne, and asking JupiterOne failed: "
            f"{failure.message}",
            failure.next_step
            or "Check JUPITERONE_API_BASE_URL and JUPITERONE_GRAPHQL_URL, then run `collector sync` again.",
        ) from None
    check_deletions([*foresight.deletions, *counted])


def _counted(type_: str, foresight: Foresight, query: Query, target: Target) -> Deletions:
    """The fewest deletions that follow from how much there is in JupiterOne and how much is uploaded."""
    relationship = next((tie for tie in RELATIONSHIP_TYPES if tie.type == type_), None)
    if relationship is None:
        before = query.count_entities(type_, target)
    else:
        before = query.count_relationships(relationship, target)
    return Deletions(type_, max(0, before - foresight.changes[type_].uploaded), before)


def _check_same_account(foresight: Foresight, query: Query, target: Target) -> None:
    """Two accounts of like size would go unnoticed by their numbers."""
    type_, key = account.ENTITY.type, foresight.account_key
    if query.count_entities(type_, target) == 0 or (key is not None and query.holds(type_, key, target)):
        return
    known = f"another Zoom account than {key}" if key else "a Zoom account, and this profile does not know which its is"
    raise UnsafeUpload(
        f"That place in JupiterOne holds {known}; this upload would replace its whole graph.",
        f"{_ANOTHER_PLACE} If it is to be replaced, run `collector sync --allow-deletes`.",
    )


def _check_nothing_else(query: Query, target: Target) -> None:
    """An upload replaces all that stands at its place, whoever put it there."""
    others = query.count_others(ENTITY_TYPES, target)
    if others:
        raise UnsafeUpload(
            f"That place in JupiterOne holds {others:,} entities that no Zoom account has; this upload would delete "
            "them all.",
            f"{_ANOTHER_PLACE} If they are to go, run `collector sync --allow-deletes`.",
        )
