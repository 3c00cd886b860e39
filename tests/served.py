"""The resources and documents that the sandbox serves are those the tests collect, whatever else is declared.

So one is declared, and the tests that do not name it stay as they are, before the sandbox serves it.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from collector import resources
from collector.model.graph import EntityType
from collector.resources import account
from collector.resources.declaration import Resource, identify_by_id
from collector.sandbox import serves
from collector.zoom.endpoint import Endpoint, Label, Scopes

DECLARED = resources.all_resources()
"""All of them."""
SERVED = tuple(
    replace(resource, documents=tuple(one for one in resource.documents if serves(one.endpoint.path)))
    for resource in DECLARED
    if serves(resource.listing.path)
)

_NEEDED = resources.least_privilege(DECLARED)
NEEDED_CLASSIC = frozenset(_NEEDED["classic"])
"""The three scopes that an app from before 2024 needs; they also grant the optional documents of groups."""
NEEDED_GRANULAR = frozenset(_NEEDED["granular"]) | {"group:read:group:admin"}
"""What an app from 2024 or later needs, and the look-up of a single group; no optional document."""

COLLECTOR = [sys.executable, "-m", "collector"] if SERVED == DECLARED else [sys.executable, str(Path(__file__))]
"""`collector` as a process of its own, which knows no other resources either."""


def know_only_what_is_served() -> None:
    """Let this process have no other resources."""
    resources._declared = lambda: SERVED


def declare_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one test have all resources and documents, also those the sandbox does not serve."""
    monkeypatch.setattr(resources, "_declared", lambda: DECLARED)


_KIOSK = EntityType("Kiosk", "zoom_kiosk", ("Device",))
_KIOSKS = Resource(
    order=100,
    name="kiosks",
    entity=_KIOSK,
    step_id="fetch-kiosks",
    step_name="Fetch Kiosks",
    listing=Endpoint(
        "/kiosks",
        Label.MEDIUM,
        Scopes(("kiosk:read:admin",), ("kiosk:read:list_kiosks:admin",)),
        "Kiosk:Read",
        rows="kiosks",
    ),
    identify=identify_by_id,
    convert=lambda _: {},
    links=(account.has(_KIOSK),),
)


def add_kiosks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declare a resource, for one test, that the sandbox does not serve."""
    monkeypatch.setattr(resources, "_declared", lambda: (*SERVED, _KIOSKS))


if __name__ == "__main__":
    know_only_what_is_served()
    from collector.__main__ import main

    main()
