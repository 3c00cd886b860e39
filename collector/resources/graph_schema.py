"""What the declared resources put into the graph, as the value that queries are checked and compiled with."""

from __future__ import annotations

from collector.model.graph_schema import ROW, EntitySchema, GraphSchema, PartSource
from collector.resources import other_end, relationship_types
from collector.resources.declaration import ACTIVITY, Resource, SettingsChoice


def graph_schema(resources: tuple[Resource, ...]) -> GraphSchema:
    """The types, properties and parts of these resources."""
    return GraphSchema(
        tuple(_entity(resource, resources) for resource in resources), tuple(relationship_types(resources))
    )


def _entity(resource: Resource, resources: tuple[Resource, ...]) -> EntitySchema:
    sources = {document.part: PartSource((document.part,)) for document in resource.documents}
    holding = {document.part: document.properties for document in resource.documents}
    beside_row = {document.part for document in resource.documents if document.min_settings is not SettingsChoice.NONE}
    for other in resources:
        for link in other.links:
            if link.derivation is not None and other_end(other, link.type) == resource.entity.type:
                datasets = tuple(document.part for document in other.documents)
                sources[link.derivation.part] = PartSource(datasets, (link.type.type, other.entity.type))
                holding[link.derivation.part] = link.derivation.properties
                beside_row.add(link.derivation.part)
    shared = frozenset(sources)
    if resource.activity:
        sources[ACTIVITY] = PartSource()
        holding[ACTIVITY] = resource.activity
    return EntitySchema(
        resource.entity.type,
        resource.entity.classes,
        resource.name,
        {declared.name: _parts(declared.name, holding, beside_row) for declared in resource.entity.properties},
        sources,
        shared,
        {declared.name: declared.type for declared in resource.entity.properties},
    )


def _parts(name: str, holding: dict[str, frozenset[str]], beside_row: set[str]) -> tuple[str, ...]:
    """Settings and derived properties are never in the row; what else a document holds may be there, too."""
    found = tuple(sorted(part for part, names in holding.items() if name in names))
    return found if found and beside_row.issuperset(found) else (ROW, *found)
