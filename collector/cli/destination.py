"""Where an upload goes, in words and for programs."""

from __future__ import annotations

from collector.cli.plain_text import printable
from collector.store import UploadDestination


def describe_destination(place: UploadDestination) -> str:
    """Where an upload goes."""
    kind = "scope" if place.source == "api" else "integration instance"
    return printable(f"{kind} {place.name} of the JupiterOne account {place.account}")


def destination_to_json(place: UploadDestination) -> dict[str, str]:
    """The same for programs."""
    name = "scope" if place.source == "api" else "instanceId"
    return {"account": place.account, "source": place.source, name: place.name}
