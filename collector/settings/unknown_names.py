"""A warning about names in `./.env` that look like settings but are not, with the nearest setting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_PREFIXES = ("ZOOM_", "JUPITERONE_")
_OF_OTHER_TOOLS = frozenset(
    {
        "JUPITERONE_DEV",
        "JUPITERONE_INTEGRATION_STORAGE_DIRECTORY",
        "JUPITERONE_LOCAL_INTEGRATION_INSTANCE_ACCOUNT_ID",
        "JUPITERONE_QUERY",
    }
)
"""Names that JupiterOne's command line, SDK and alert tools read, perhaps from the same `.env`."""


def unknown_names_warning(given: Iterable[str], known: Sequence[str], file: str) -> str:
    """A sentence that lists the unknown names, "" without any. `known`: the names of all settings."""
    unknown = [
        name
        for name in given
        if name.upper().startswith(_PREFIXES) and name not in known and name not in _OF_OTHER_TOOLS
    ]
    if not unknown:
        return ""
    listed = "; ".join(f"{ascii(name)[1:-1]}{_nearest(name, known)}" for name in unknown)
    return f"{file} has unknown settings: {listed}."


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name.upper(), known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
