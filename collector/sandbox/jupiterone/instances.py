"""Integration instances and the definitions they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

CUSTOM_DEFINITION_ID = "8013680b-311a-4c2e-b53b-c8735fd97a5c"
"""The definition of custom integrations (JupiterOne docs, creating a custom integration)."""


ZOOM_DEFINITION_ID = "0f7d7e0c-9a52-4f0f-9d3c-5a7b6f0e2c11"
"""JupiterOne's own integration of Zoom, which it runs itself. The id is made up; the fields are those of graph-zoom."""

MASKED = "***masked***"
"""What JupiterOne returns for a secret in an instance's config."""


@dataclass(frozen=True)
class Definition:
    """`masked`: the fields of an instance's config that hold secrets."""

    id: str
    name: str
    masked: tuple[str, ...] = ()


DEFINITIONS = (
    Definition(CUSTOM_DEFINITION_ID, "Custom"),
    Definition(ZOOM_DEFINITION_ID, "Zoom", masked=("accountId", "clientId", "clientSecret")),
)


@dataclass(frozen=True)
class Instance:
    """A configured integration."""

    id: str
    name: str
    definition_id: str = CUSTOM_DEFINITION_ID
    polling_interval: str = "DISABLED"
    description: str | None = None
    config: dict[str, Any] = field(default_factory=dict)

    @property
    def tags(self) -> dict[str, Any]:
        """What the platform puts on every entity of the instance (`@tag` of its config)."""
        wanted = self.config.get("@tag")
        if not isinstance(wanted, dict):
            return {}
        tags: dict[str, Any] = {}
        if wanted.get("AccountName") is True:
            tags["tag.AccountName"] = self.name
        if "Production" in wanted:
            tags["tag.Production"] = wanted["Production"]
        return tags


class Instances:
    """All instances of the account, oldest first. Not safe to share between threads."""

    def __init__(self) -> None:
        self._instances: dict[str, Instance] = {}

    def __iter__(self) -> Iterator[Instance]:
        return iter(list(self._instances.values()))

    def get(self, instance_id: str) -> Instance | None:
        return self._instances.get(instance_id)

    def put(self, instance: Instance) -> None:
        self._instances[instance.id] = instance

    def change(self, instance_id: str, changes: dict[str, Any]) -> Instance:
        """`changes`: by the names of Instance's fields. Raises KeyError for an unknown instance."""
        changed = replace(self._instances[instance_id], **changes)
        self._instances[instance_id] = changed
        return changed

    def remove(self, instance_id: str) -> None:
        del self._instances[instance_id]
