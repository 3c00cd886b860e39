"""The settings documents of people, and who has which value.

Most people share their settings. So the page holds each document once, as its differences from the most common one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from collector.model.graph import Properties, PropertyValue
from collector.model.setting_levels import SettingLevels
from collector.report.blocks import DataBlock
from collector.report.redaction import Redaction
from collector.store import Store

_DOCUMENTS_IN_A_LINE = 2_000


@dataclass
class Distribution:
    """How many people have which value of a setting. `without`: of how many Zoom sends none."""

    counts: dict[str, tuple[PropertyValue, int]] = field(default_factory=dict)
    without: int = 0

    def add(self, value: PropertyValue, count: int) -> None:
        """Count people who have this value; None where Zoom sends none."""
        if value is None:
            self.without += count
        else:
            name = repr(value)
            self.counts[name] = value, self.counts.get(name, (value, 0))[1] + count

    @property
    def by_value(self) -> list[tuple[PropertyValue, int]]:
        """The most frequent value first."""
        found = sorted(self.counts.values(), key=lambda each: (-each[1], repr(each[0])))
        return [each for each in found if each[1]]


class SettingNames:
    """The settings by number: first those that are described, then others as they are met (not in a redacted page)."""

    def __init__(self, levels: SettingLevels, *, only_described: bool) -> None:
        self._only_described = only_described
        self._numbers = {each.user.property: number for number, each in enumerate(levels.settings) if each.user}
        self._next = len(levels.settings)
        self.descriptions: dict[str, str] = {each.name: each.description for each in levels.settings}
        self.others: list[tuple[str, str]] = []
        """Property and part of each that is not described."""

    def number(self, name: str, part: str) -> int | None:
        """The number of a property; None if the page does not show it."""
        found = self._numbers.get(name)
        if found is None and not self._only_described:
            found = self._numbers[name] = self._next
            self._next += 1
            self.others.append((name, part))
        return found


@dataclass
class PartDocuments:
    """The documents of a part of people.

    `index`: the place of each in the page, by its id. `readers`: how many people have one. `distributions`: by number
    of setting.
    """

    part: str
    index: dict[int, int] = field(default_factory=dict)
    readers: int = 0
    distributions: dict[int, Distribution] = field(default_factory=lambda: defaultdict(Distribution))


def write_documents(
    store: Store, type_: str, part: str, run: int, names: SettingNames, redaction: Redaction, block: DataBlock
) -> PartDocuments:
    """Write the different documents of a part, and count who has which value."""
    documents = PartDocuments(part)
    otherwise: Counter[int] = Counter()
    base: Properties = {}
    lines = _Lines(part, names, redaction, block)
    for id_, document, count in store.distinct_documents(type_, part, run):
        documents.index[id_] = len(documents.index)
        documents.readers += count
        if not base:
            base = document
            lines.write_base(base)
        for number, value in lines.write(_differences(document, base)):
            documents.distributions[number].add(value, count)
            otherwise[number] += count
    lines.close()
    for name, value in base.items():
        of_base = names.number(name, part)
        if of_base is not None:
            documents.distributions[of_base].add(value, documents.readers - otherwise[of_base])
            otherwise[of_base] = documents.readers
    for number, distribution in documents.distributions.items():
        distribution.without += documents.readers - otherwise[number]
    return documents


@dataclass
class _Lines:
    """Writes the documents of a part in lines of some thousand."""

    part: str
    names: SettingNames
    redaction: Redaction
    block: DataBlock
    waiting: list[object] = field(default_factory=list)

    def write_base(self, base: Properties) -> None:
        numbered = [(self.names.number(name, self.part), name, value) for name, value in sorted(base.items())]
        shown = [(number, self._shown(name, value)) for number, name, value in numbered if number is not None]
        self.block.line(part=self.part, base=shown)

    def write(self, differences: Iterable[tuple[str, PropertyValue]]) -> list[tuple[int, PropertyValue]]:
        """Write one document as its differences; returns them by number of setting."""
        found: list[tuple[int, PropertyValue]] = []
        flat: list[object] = []
        for name, value in differences:
            if (number := self.names.number(name, self.part)) is not None:
                found.append((number, value))
                flat += number, self._shown(name, value)
        self.waiting.append(flat)
        if len(self.waiting) == _DOCUMENTS_IN_A_LINE:
            self.close()
        return found

    def close(self) -> None:
        if self.waiting:
            self.block.line(part=self.part, documents=self.waiting)
        self.waiting = []

    def _shown(self, name: str, value: PropertyValue) -> PropertyValue:
        return self.redaction.value(value, self.names.descriptions.get(name, ""))


def _differences(document: Properties, base: Properties) -> Iterator[tuple[str, PropertyValue]]:
    """What a document has otherwise than the base; None for what it lacks."""
    if document is base:
        return
    for name in sorted(base.keys() - document.keys()):
        yield name, None
    for name, value in document.items():
        other = base.get(name)
        if value is not other and (value != other or repr(value) != repr(other)):  # 1 equals True
            yield name, value
