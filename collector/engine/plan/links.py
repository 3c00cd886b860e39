"""Plans a relationship step: the member lists it reads, if any."""

from __future__ import annotations

from collector.engine.plan.answer import Refusal, first_answer, page_count, page_size_served, rows_announced
from collector.engine.plan.draft import Draft, Listed, Sketch
from collector.model.coverage import Status
from collector.resources.declaration import Link, Resource, whole_number
from collector.zoom.endpoint import Endpoint


def plan_link(sketch: Sketch, resource: Resource, link: Link, member: Resource, draft: Draft) -> bool:
    """Plan the member lists of the resource's entities; whether the step would be run."""
    if link.members is None:
        return True
    owners, members = sketch.listed[resource.entity.type], sketch.listed[member.entity.type]
    told = link.told_by_members if _all_named(link, member, members) else frozenset()
    sizes = _announced_sizes(resource, link, owners, told)
    if not sizes:
        return True
    status = _plan_member_lists(sketch, resource, link.members, owners, sizes, draft)
    return status not in (Status.DENIED, Status.NOT_LICENSED)


def _all_named(link: Link, member: Resource, members: Listed) -> bool:
    """Whether every member that is known has the property that names its entity."""
    named_by = link.named_by
    return named_by is not None and all(member.convert(row).get(named_by) for row in members.rows)


def _announced_sizes(resource: Resource, link: Link, owners: Listed, told: frozenset[str]) -> dict[str, int | None]:
    """How many members Zoom announces for each entity but those in `told`; None where it does not say."""
    identified = ((resource.identify(row), row) for row in owners.rows)
    return {
        identifier: whole_number(row, link.announced_by) if link.announced_by else None
        for identifier, row in identified
        if identifier is not None and identifier not in told
    }


def _plan_member_lists(
    sketch: Sketch,
    resource: Resource,
    endpoint: Endpoint,
    owners: Listed,
    sizes: dict[str, int | None],
    draft: Draft,
) -> Status:
    """Ask for the first page of the largest list, which shows how large pages are, and count the pages of all."""
    largest = max(sizes, key=lambda identifier: sizes[identifier] or 0)
    answer = first_answer(sketch.client, endpoint, resource.path_ids(resource.entity.key(largest)) or {})
    if isinstance(answer, Refusal) and not answer.of_one:
        lists = 1 if answer.scope_missing else round(len(sizes) * owners.scale)
        draft.spend(endpoint, answer.calls * lists)
        return draft.lack(f"members of {resource.name}", answer.failure)
    page_size = endpoint.page_size
    if not isinstance(answer, Refusal):
        sketch.read = sketch.read or bool(answer.rows)
        page_size = page_size_served(endpoint, answer)
        sizes = {**sizes, largest: rows_announced(answer)}
    draft.spend(endpoint, round(sum(page_count(size or 0, page_size) for size in sizes.values()) * owners.scale))
    unsized = sum(size is None for size in sizes.values())
    if unsized:
        draft.notes.append(
            f"Zoom does not say how many members {unsized} {resource.name} have: a page each is assumed."
        )
    if owners.announced > len(owners.rows):
        draft.notes.append(
            f"The sizes of {len(owners.rows):,} {resource.name} are known; those of all {owners.announced:,} are "
            "estimated from them."
        )
    return Status.COMPLETE
