"""Checks entities and relationships as JupiterOne does (JupiterOne docs, synchronization API: validation)."""

from __future__ import annotations

from typing import Any

from collector.sandbox.jupiterone.errors import invalid
from collector.sandbox.jupiterone.graph import GraphObject

_OF_EVERY_OBJECT = {"_key", "_type", "_class", "_rawData"}
_OF_RELATIONSHIPS = {
    "_fromEntityKey",
    "_toEntityKey",
    "_fromEntitySource",
    "_fromEntityScope",
    "_toEntitySource",
    "_toEntityScope",
}


def checked(kind: str, listed: Any) -> list[GraphObject]:
    """The objects of an upload's list; raises ApiError for the first that is not one. `kind`: its name in the body."""
    if not isinstance(listed, list):
        raise invalid(
            f'"{kind}" should be an array', f"{'ENTITY' if kind == 'entities' else 'RELATIONSHIP'}_IS_NOT_ARRAY"
        )
    for position, graph_object in enumerate(listed):
        location = f"{kind}[{position}]"
        if not isinstance(graph_object, dict):
            raise invalid(f"{location} is not an object.")
        _check_identity(location, graph_object, kind == "relationships")
        reserved = _OF_EVERY_OBJECT | _OF_RELATIONSHIPS if kind == "relationships" else _OF_EVERY_OBJECT
        for name, value in graph_object.items():
            _check_property(f"{location}.{name}", name, value, reserved)
    return listed


def _check_identity(location: str, graph_object: GraphObject, is_relationship: bool) -> None:
    texts = ["_key", "_type", *(["_class", "_fromEntityKey", "_toEntityKey"] if is_relationship else [])]
    for name in texts:
        if not _is_name(graph_object.get(name)):
            raise invalid(f"{location}.{name} must be a text that is not empty.")
    if is_relationship:
        return
    classes = graph_object.get("_class")
    listed = classes if isinstance(classes, list) else [classes]
    if not listed or not all(map(_is_name, listed)):
        raise invalid(f"{location}._class must be a text or a list of texts.")


def _check_property(location: str, name: str, value: Any, reserved: set[str]) -> None:
    if name.startswith("_"):
        if name not in reserved:
            raise invalid(f"{location}: properties that begin with an underscore are reserved.")
        return
    members = value if isinstance(value, list) else [value]
    kinds = {_kind(member) for member in members}
    if "object" in kinds:
        raise invalid(f"{location}: nested objects and lists are not allowed.")
    if len(kinds) > 1:
        raise invalid(f"{location}: the members of a list must be of one type.")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if value is None:
        return "null"
    return "string" if isinstance(value, str) else "object"
