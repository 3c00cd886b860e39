"""Small accounts from tables: a row is somebody, or something, that is asked about, with the answer known by hand.

    status   | meetingSecurityWaitingRoom | answer
    active   | false                      | bad
    active   | -                          | unknown
    inactive | false                      | -

`-` is a value that was not read, and the answer for those who are not asked about. `91 days ago` is a time. A column
`account.managedDomains` is of the account that the row is linked to, one for each row; `none`: it is linked to none.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.clock import milliseconds
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.store import Store

from ..fakes import NOON

SCHEMA: GraphSchema = graph_schema(all_resources())
_ENTITIES = {entity.type: entity for entity in SCHEMA.entities}
_DAY = 24 * 60 * 60 * 1000


@dataclass(frozen=True)
class Row:
    """`text`: as the table has it. `own`: its properties; `linked`: those of what it is linked to, by `_type`."""

    text: str
    own: Mapping[str, Any]
    linked: Mapping[str, Mapping[str, Any]]
    answer: str


@dataclass(frozen=True)
class Table:
    """Rows of one `_type`."""

    type: str
    rows: tuple[Row, ...]

    @property
    def answers(self) -> dict[str, str]:
        """The answer for each row."""
        return {row.text: row.answer for row in self.rows}


def users(table: str) -> Table:
    return _table("zoom_user", table)


def accounts(table: str) -> Table:
    return _table("zoom_account", table)


def groups(table: str) -> Table:
    return _table("zoom_group", table)


def roles(table: str) -> Table:
    return _table("zoom_role", table)


def switch(name: str, *, on: str, off: str) -> Table:
    """Of active users, who has the setting on or off; of others, nobody is asked."""
    return users(f"""
        status   | {name} | answer
        active   | true   | {on}
        active   | false  | {off}
        active   | -      | unknown
        inactive | true   | -
        inactive | false  | -
        pending  | -      | -
    """)


def write(table: Table, path: Path) -> None:
    """A store with one run that read these rows; the key of each ends with its number."""
    with Store.open(path) as store:
        run = store.begin(1000, {})
        for number, row in enumerate(table.rows):
            _put(run, _ENTITIES[table.type], number, row.own)
            for linked, properties in row.linked.items():
                _put(run, _ENTITIES[linked], number, properties)
                _link(run, f"{table.type}:{number}", f"{linked}:{number}")
        run.finish(2000, 0, [], [], [])


def _put(run: Any, entity: EntitySchema, number: int, properties: Mapping[str, Any]) -> None:
    """Each property where collecting would keep it: a settings document, if it is in one."""
    parts: dict[str, dict[str, Any]] = defaultdict(dict)
    parts[ROW] = {"_type": entity.type, "_class": list(entity.classes), "displayName": f"{entity.noun} {number}"}
    for name, value in properties.items():
        parts[entity.properties[name][-1]][name] = value
    for part, values in parts.items():
        run.put(f"{entity.type}:{number}", part, values, 1000)


def _link(run: Any, one: str, other: str) -> None:
    for kind in SCHEMA.relationships:
        for source, target in ((one, other), (other, one)):
            if (kind.source, kind.target) == (source.partition(":")[0], target.partition(":")[0]):
                run.put_relationship(kind.between(source, target))


def _table(type_: str, text: str) -> Table:
    names, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    assert names[-1] == "answer"
    return Table(type_, tuple(_row(type_, dict(zip(names, cells, strict=True))) for cells in rows))


def _row(type_: str, cells: Mapping[str, str]) -> Row:
    own: dict[str, Any] = {}
    linked: dict[str, dict[str, Any]] = {}
    for name, cell in list(cells.items())[:-1]:
        owner, _, property_ = name.rpartition(".")
        if cell == "none":
            continue
        properties = linked.setdefault(f"zoom_{owner}", {}) if owner else own
        assert property_ in _ENTITIES[f"zoom_{owner}" if owner else type_].properties, name
        if cell != "-":
            properties[property_] = _value(cell)
    return Row(" | ".join(cells.values()), own, linked, cells["answer"])


def _value(cell: str) -> Any:
    days = re.fullmatch(r"(\d+) days ago", cell)
    if days:
        return milliseconds(NOON) - int(days[1]) * _DAY
    try:
        return json.loads(cell)
    except ValueError:
        return cell
