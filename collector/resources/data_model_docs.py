"""The data-model section of the documentation, as JupiterOne's own tools generate it.

The text between the markers is exactly what `j1-integration document` would write (JupiterOne integration SDK,
documentation of integrations), so that either tool can regenerate it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from collector.errors import UsageError
from collector.model.graph import EntityType, RelationshipType

START = "<!-- {J1_DOCUMENTATION_MARKER_START} -->"
END = "<!-- {J1_DOCUMENTATION_MARKER_END} -->"
_STARS = "*" * 80
_NOTICE = f"""<!--
{_STARS}
NOTE: ALL OF THE FOLLOWING DOCUMENTATION IS GENERATED USING THE
"j1-integration document" COMMAND. DO NOT EDIT BY HAND! PLEASE SEE THE DEVELOPER
DOCUMENTATION FOR USAGE INFORMATION:

https://github.com/JupiterOne/sdk/blob/main/docs/integrations/development.md
{_STARS}
-->"""
_CLOSING = f"""<!--
{_STARS}
END OF GENERATED DOCUMENTATION AFTER BELOW MARKER
{_STARS}
-->"""


def data_model_section(entity_types: Sequence[EntityType], relationship_types: Sequence[RelationshipType]) -> str:
    """The section with its markers."""
    entities = sorted({entity.type: entity for entity in entity_types}.values(), key=lambda entity: entity.resource)
    relationships = sorted(set(relationship_types), key=lambda kind: (kind.source, kind.target, kind.class_))
    blocks = [START, _NOTICE, "## Data Model"]
    if entities:
        rows = [
            (entity.resource, f"`{entity.type}`", ", ".join(f"`{name}`" for name in entity.classes))
            for entity in entities
        ]
        blocks += [
            "### Entities",
            "The following entities are created:",
            _table(("Resources", "Entity `_type`", "Entity `_class`"), rows),
        ]
    if relationships:
        rows = [(f"`{kind.source}`", f"**{kind.class_}**", f"`{kind.target}`") for kind in relationships]
        blocks += [
            "### Relationships",
            "The following relationships are created:",
            _table(("Source Entity `_type`", "Relationship `_class`", "Target Entity `_type`"), rows),
        ]
    return "\n\n".join([*blocks, _CLOSING, END])


def replace_section(text: str, section: str) -> str:
    """The document with its generated section replaced, or added at the end where it had none.

    Raises UsageError when the start marker has no end marker after it.
    """
    start = text.find(START)
    if start < 0:
        return f"{text}\n\n{section}"
    end = text.find(END, start)
    if end < 0:
        raise UsageError(
            "The documentation has a start marker without an end marker, so nothing was changed.",
            f"Put {END} on a line of its own where the generated part ends.",
        )
    return text[:start] + section + text[end + len(END) :]


class Change(Enum):
    """The result for a document."""

    NONE = "was up to date already"
    REPLACED = "was regenerated"
    ADDED = "had no generated section, so one was added at its end"


def document(path: Path, section: str) -> Change:
    """Regenerate the section in this file. Raises UsageError if that is not possible."""
    try:
        if path.exists() and not path.is_file():  # reading a device or a pipe might never end
            raise _impossible(path, "it is not a regular file")
        text = path.read_text(encoding="utf-8")
        regenerated = replace_section(text, section)
        if regenerated == text:
            return Change.NONE
        path.write_text(regenerated, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        reason = str(failure.strerror) if isinstance(failure, OSError) else "it is not UTF-8 text"
        raise _impossible(path, reason) from None
    return Change.REPLACED if START in text else Change.ADDED


def _impossible(path: Path, reason: str) -> UsageError:
    return UsageError(f"{path} cannot be regenerated: {reason}.", "Name the file with --output FILE; it must exist.")


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in (heading, *rows)) for column in range(len(heading))]
    lines = [heading, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    )
