"""Which parts of the account a run reads, as chosen on the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass

from collector.resources.declaration import EntityDocument, SettingsChoice

NOT_SERVED = "not in the sandbox"


@dataclass(frozen=True)
class Choice:
    """`steps`: ids of the steps to run, with their dependencies; None for all.

    `max_age`: None reads every settings document; otherwise only those of new or changed entities, and those last
    read longer ago than this (milliseconds). `not_served`: paths that the sandbox does not serve.
    """

    steps: frozenset[str] | None = None
    settings: SettingsChoice = SettingsChoice.ALL
    max_age: int | None = None
    not_served: frozenset[str] = frozenset()

    def reads(self, document: EntityDocument) -> bool:
        """Whether documents of this kind are read at all."""
        return not self.why_left_out(document)

    def why_left_out(self, document: EntityDocument) -> str:
        """Why documents of this kind are not read; empty if they are."""
        if document.endpoint.path in self.not_served:
            return NOT_SERVED
        if self.settings.includes(document.min_settings):
            return ""
        return f"left out by choice of --settings {self.settings.value}"

    def serialized(self) -> str:
        """One text per choice: a session is resumed only by a run with the same choice."""
        steps = None if self.steps is None else sorted(self.steps)
        chosen = {"steps": steps, "settings": self.settings.value, "most_age": self.max_age}
        return json.dumps({**chosen, "not_served": sorted(self.not_served)} if self.not_served else chosen)


EVERYTHING = Choice()
