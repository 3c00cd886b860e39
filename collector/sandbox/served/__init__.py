"""The endpoints of the sandbox: one module for each kind of resource, found by its `ENDPOINTS`."""

from __future__ import annotations

import importlib
import pkgutil
import re

from collector.sandbox.endpoints import Endpoint

_PLACEHOLDER = re.compile(r"[<{]\w+[}>]")

_MODULES = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]

ENDPOINTS: tuple[Endpoint, ...] = tuple(endpoint for module in _MODULES for endpoint in module.ENDPOINTS)

CLASSIC_SCOPES = frozenset(endpoint.classic[0] for endpoint in ENDPOINTS)
"""The scopes with which an app from before 2024 reads everything here."""

GRANULAR_SCOPES = frozenset(endpoint.granular[0] for endpoint in ENDPOINTS)
"""The scopes with which an app from 2024 or later reads everything here."""


def serves(path: str) -> bool:
    """Whether the sandbox answers this path of the API reference: `/groups/{groupId}/members`."""
    return _PLACEHOLDER.sub("*", path) in {_PLACEHOLDER.sub("*", endpoint.rule) for endpoint in ENDPOINTS}
