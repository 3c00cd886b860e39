"""Settings that the catalogue does not describe, or describes differently."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UnknownSetting:
    """A settings path outside the catalogue, or with values of another kind than described, counted over one run.

    `path` is dotted ("in_meeting.new_feature"), `kind` the JSON type of its values ("boolean", "number", "text"
    or "list"), `count` the number of documents it occurred in, `kept` whether its values are in the graph.
    `described`: the kind it is described to be, in the same words; "" where it is not described.
    """

    path: str
    kind: str
    count: int
    kept: bool
    described: str = ""
