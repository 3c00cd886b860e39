"""The endpoints of the sandbox: one module for each kind of resource, found by its `ENDPOINTS`."""

from __future__ import annotations

import importlib
import pkgutil

from collector.sandbox.endpoints import Endpoint

_MODULES = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]

ENDPOINTS: tuple[Endpoint, ...] = tuple(endpoint for module in _MODULES for endpoint in module.ENDPOINTS)

CLASSIC_SCOPES = frozenset(endpoint.classic[0] for endpoint in ENDPOINTS)
"""The scopes with which an app from before 2024 reads everything here."""

GRANULAR_SCOPES = frozenset(endpoint.granular[0] for endpoint in ENDPOINTS)
"""The scopes with which an app from 2024 or later reads everything here."""


def serves(path: str) -> bool:
    """Whether the sandbox answers this path of the API reference: `/groups/{groupId}/members`."""
    segments = path.split("/")
    return any(_matches(endpoint.rule.split("/"), segments) for endpoint in ENDPOINTS)


def _matches(rule: list[str], path: list[str]) -> bool:
    return len(rule) == len(path) and all(
        name.startswith("<") or name == segment for name, segment in zip(rule, path, strict=True)
    )
