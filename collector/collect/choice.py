"""What of the account a run reads, as chosen on the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass

from collector.resources.declaration import Document, SettingsChoice


@dataclass(frozen=True)
class Choice:
    """`steps`: ids of the steps to run with all they depend on; None for all.

    `most_age`: None reads every settings document; else only those of entities that are new or changed, and those
    last read longer ago than this (milliseconds).
    """

    steps: frozenset[str] | None = None
    settings: SettingsChoice = SettingsChoice.ALL
    most_age: int | None = None

    def reads(self, document: Document) -> bool:
        """Whether the documents of this kind are read at all."""
        return self.settings.includes(document.least)

    def as_text(self) -> str:
        """One text for each choice: a reading goes on only with a run that reads the same."""
        steps = None if self.steps is None else sorted(self.steps)
        return json.dumps({"steps": steps, "settings": self.settings.value, "most_age": self.most_age})


EVERYTHING = Choice()
