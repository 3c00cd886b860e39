"""Views named after the types, for people who ask graph.db in SQL: a column for each declared property.

A view joins the parts of an entity as `joined_entity` does. SQLite reads only the documents whose properties a query
selects. Booleans are 1 and 0, lists are JSON text, what is undefined is NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.model.graph import RelationshipType
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema
from collector.store.database import Database
from collector.store.row_ids import key_range

_OURS = "/* made by the collector from its declarations */"
"""In the text of each view, so that a view of a person's own is left alone."""


def define_views(database: Database, schema: GraphSchema) -> None:
    """Create the views of these types, and replace those that another version defined otherwise."""
    wanted = dict(_definitions(schema))
    rows = database.rows("SELECT name, sql FROM sqlite_master WHERE type = 'view' AND instr(sql, ?)", (_OURS,))
    ours = {row["name"]: row["sql"] for row in rows}
    if ours == wanted:
        return
    database.begin()
    for name in ours:
        database.execute(f"DROP VIEW {_quoted(name)}")
    taken = {row["name"] for row in database.rows("SELECT name FROM sqlite_master")}
    for name, definition in wanted.items():
        if name not in taken:
            database.execute(definition)
    database.commit()


def _definitions(schema: GraphSchema) -> Iterator[tuple[str, str]]:
    for entity in schema.entities:
        yield entity.type, _entity_view(entity)
    for relationship in schema.relationships:
        yield relationship.type, _relationship_view(relationship)


def _entity_view(entity: EntitySchema) -> str:
    columns = ["entity.key AS _key"]
    columns += [f"{_value(name, parts)} AS {_quoted(name)}" for name, parts in entity.properties.items()]
    first, end = map(_text, key_range(entity.type))
    tables = [_joined(ROW, "JOIN"), *(_joined(part, "LEFT JOIN") for part in sorted(entity.parts))]
    return (
        f"CREATE VIEW {_quoted(entity.type)} AS {_OURS}\nSELECT {_listed(columns)}\nFROM entity\n"
        + "\n".join(tables)
        + f"\nWHERE entity.key >= {first} AND entity.key < {end}"
    )


def _joined(part: str, join: str) -> str:
    """The current document of a part. For `INDEXED BY` see `current_part`."""
    age, document = _quoted(f"{part} age"), _quoted(part)
    return (
        f"{join} part AS {age} INDEXED BY part_now"
        f" ON {age}.entity = entity.id AND {age}.part = {_text(part)} AND {age}.to_run IS NULL\n"
        f"{join} document AS {document} ON {document}.id = {age}.document"
    )


def _value(name: str, parts: tuple[str, ...]) -> str:
    """The property in the first part that has it, even as null."""
    path = _text(f'$."{name}"')
    *others, last = parts
    value = f"json_extract({_quoted(last)}.json, {path})"
    for part in reversed(others):
        json = f"{_quoted(part)}.json, {path}"
        value = f"CASE WHEN json_type({json}) IS NULL THEN {value} ELSE json_extract({json}) END"
    return value


def _relationship_view(relationship: RelationshipType) -> str:
    columns = ("key AS _key", "source_key AS _fromEntityKey", "target_key AS _toEntityKey")
    return (
        f"CREATE VIEW {_quoted(relationship.type)} AS {_OURS}\nSELECT {_listed(columns)}\n"
        f"FROM current_relationship WHERE type = {_text(relationship.type)}"
    )


def _listed(columns: Iterable[str]) -> str:
    return ",\n    ".join(columns)


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _text(value: str) -> str:
    return "'{}'".format(value.replace("'", "''"))
