"""The destination of an upload, as text and as JSON."""

from __future__ import annotations

from collector.cli.plain_text import printable
from collector.store import UploadDestination


def describe_destination(place: UploadDestination) -> str:
    """For example "integration instance 1-2 of the JupiterOne account acme"."""
    kind = "scope" if place.source == "api" else "integration instance"
    return printable(f"{kind} {place.name} of the JupiterOne account {place.account}")


def destination_to_json(place: UploadDestination) -> dict[str, str]:
    """For example {"account": "acme", "source": "api", "scope": "zoom"}."""
    name = "scope" if place.source == "api" else "instanceId"
    return {"account": place.account, "source": place.source, name: place.name}
