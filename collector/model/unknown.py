"""Settings Zoom sent that the catalogue does not know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnknownSetting:
    """A settings path outside the catalogue, counted over one run.

    `path` is dotted ("in_meeting.new_feature"), `kind` the JSON type of its values ("boolean", "number", "text"
    or "list"), `count` the number of documents it occurred in, `kept` whether its values are in the graph.
    """

    path: str
    kind: str
    count: int
    kept: bool
