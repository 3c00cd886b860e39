"""The resources: every module here with a `RESOURCE`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache

from collector.model.graph import EntityType, RelationshipType
from collector.model.step import Step
from collector.resources.declaration import Link, Resource
from collector.zoom.endpoint import Endpoint


def all_resources() -> tuple[Resource, ...]:
    """Every declared resource, in report order."""
    return _declared()


@cache
def _declared() -> tuple[Resource, ...]:
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    resources = [module.RESOURCE for module in modules if hasattr(module, "RESOURCE")]
    return tuple(sorted(resources, key=lambda resource: (resource.order, resource.name)))


def steps(resources: tuple[Resource, ...]) -> list[Step]:
    """The steps of these resources: for each its own, then its links."""
    by_type = {resource.entity.type: resource for resource in resources}
    result = []
    for resource in resources:
        result.append(Step(resource.step_id, resource.step_name, (resource.entity.type,)))
        for link in resource.links:
            other = by_type[other_end(resource, link.type)]
            result.append(Step(link.step_id, link.step_name, (link.type.type,), (resource.step_id, other.step_id)))
    return result


def other_end(resource: Resource, relationship: RelationshipType) -> str:
    """The `_type` a resource's relationship leads to, whichever way it points."""
    return relationship.target if relationship.source == resource.entity.type else relationship.source


def entity_types(resources: tuple[Resource, ...]) -> list[EntityType]:
    """The entity types, in report order."""
    return [resource.entity for resource in resources]


def relationship_types(resources: tuple[Resource, ...]) -> list[RelationshipType]:
    """The relationship types, in report order."""
    return [link.type for resource in resources for link in resource.links]


def endpoints(resources: tuple[Resource, ...]) -> list[tuple[str, Endpoint]]:
    """Every endpoint the resources need, with the id of the step: lists, documents, member lists, look-ups.

    Without optional documents (`optional_endpoints`) and the look-ups needed only if Zoom contradicts itself.
    """
    found: dict[tuple[str, str], tuple[str, Endpoint]] = {}
    for resource in resources:
        used = [(resource.step_id, resource.listing)]
        used += [(resource.step_id, document.endpoint) for document in resource.documents if not document.adds]
        used += [(link.step_id, link.members) for link in resource.links if link.members is not None]
        if resource.lookup is not None and resource.moves_between_lists:
            used.append((resource.step_id, resource.lookup))
        for step_id, endpoint in used:
            found.setdefault((step_id, endpoint.path), (step_id, endpoint))
    return list(found.values())


def optional_endpoints(resources: tuple[Resource, ...]) -> list[tuple[str, Endpoint]]:
    """The endpoints of optional documents, each with what it adds, in words."""
    documents = (document for resource in resources for document in resource.documents if document.adds)
    return list({document.endpoint.path: (document.adds, document.endpoint) for document in documents}.values())


def least_privilege(resources: tuple[Resource, ...]) -> dict[str, list[str]]:
    """What the app and the administrator's role need: `classic` scopes, `granular` scopes, `privileges`."""
    return _needs(endpoints(resources))


def optional_privilege(resources: tuple[Resource, ...]) -> dict[str, list[str]]:
    """What optional documents need in addition."""
    least = least_privilege(resources)
    return {
        kind: [name for name in names if name not in least[kind]]
        for kind, names in _needs(optional_endpoints(resources)).items()
    }


def _needs(named: list[tuple[str, Endpoint]]) -> dict[str, list[str]]:
    used = [endpoint for _, endpoint in named]
    return {
        "classic": sorted({endpoint.scopes.classic[0] for endpoint in used}),
        "granular": sorted({endpoint.scopes.granular[0] for endpoint in used}),
        "privileges": sorted({endpoint.privilege for endpoint in used}),
    }


def not_served(serves: Callable[[str], bool]) -> frozenset[str]:
    """The paths that the resources use and the sandbox does not serve."""
    resources = all_resources()
    used = [*endpoints(resources), *optional_endpoints(resources)]
    return frozenset(endpoint.path for _, endpoint in used if not serves(endpoint.path))


def missing_scopes(
    scopes: frozenset[str] | None, not_served: frozenset[str] = frozenset()
) -> tuple[tuple[str, str, str], ...]:
    """The steps these scopes do not cover, each with the scope to add: classic, granular."""
    missing = (
        (step_id, *endpoint.scopes.advice)
        for step_id, endpoint in endpoints(all_resources())
        if not endpoint.scopes.granted_by(scopes) and endpoint.path not in not_served
    )
    return tuple(dict.fromkeys(missing))


def not_granted(
    scopes: frozenset[str] | None, not_served: frozenset[str] = frozenset()
) -> tuple[tuple[str, str, str], ...]:
    """What more could be read, in words, each with the scope it needs: classic, granular."""
    return tuple(
        (adds, *endpoint.scopes.advice)
        for adds, endpoint in optional_endpoints(all_resources())
        if not endpoint.scopes.granted_by(scopes) and endpoint.path not in not_served
    )


def declarations_by_step(resources: tuple[Resource, ...]) -> dict[str, tuple[Resource, Link | None]]:
    """What each step reads, by step id: a resource and None for its own entities, or the link of it to read."""
    own: dict[str, tuple[Resource, Link | None]] = {resource.step_id: (resource, None) for resource in resources}
    return own | {link.step_id: (resource, link) for resource in resources for link in resource.links}
