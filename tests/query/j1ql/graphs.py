"""Small made-up graphs with a history, and queries about them: everything J1QL can say, about very few values."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from collector.model.graph import RelationshipType
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema, PartSource
from collector.store import Store

TEXTS = ("a", "b", "ab", "B", "", "é", "b'c")
VALUES: tuple[Any, ...] = (
    *TEXTS,
    0,
    1,
    2,
    -1,
    1.5,
    True,
    False,
    None,
    None,
    None,
    [],
    ["a"],
    ["a", "b"],
    [1, 2],
    [True],
)
USER_PROPERTIES = {
    "name": (ROW,),
    "n": (ROW,),
    "mixed": (ROW,),
    "list": (ROW,),
    "email": (ROW,),
    "flag": ("settings",),
    "word": ("settings",),
    "many": ("settings",),
    "both": (ROW, "extra"),
    "seen": (ROW, "activity"),
}
SCHEMA = GraphSchema(
    (
        EntitySchema(
            "t_user",
            ("User",),
            "users",
            USER_PROPERTIES,
            {"settings": PartSource(), "extra": PartSource(), "activity": PartSource()},
            frozenset({"settings", "extra"}),
        ),
        EntitySchema("t_group", ("Group",), "groups", {"name": (ROW,), "n": (ROW,), "list": (ROW,)}),
        EntitySchema("t_team", ("Team", "Group"), "teams", {"name": (ROW,), "word": (ROW,)}),
    ),
    (
        RelationshipType("t_group", "HAS", "t_user"),
        RelationshipType("t_user", "KNOWS", "t_user"),
        RelationshipType("t_user", "ASSIGNED", "t_team"),
        RelationshipType("t_team", "HAS", "t_group"),
        RelationshipType("t_team", "KNOWS", "t_team"),
    ),
)
TAGS = {"tag.AccountName": "Acme a"}


def write(path: Path, chance: random.Random, runs: int = 3) -> None:
    """A store with some runs, in which things come, change and go; sometimes one that was killed follows."""
    with Store.open(path) as store:
        for _ in range(runs):
            run = store.begin(1000, TAGS if chance.random() < 0.8 else {})
            _write_run(run, chance)
            run.finish(2000, 0, [], [], [])
            store.conclude()
        if chance.random() < 0.3:
            run = store.begin(3000, TAGS)
            _write_run(run, chance)
            run.commit()


def _write_run(run: Any, chance: random.Random) -> None:  # noqa: C901
    keys: dict[str, list[str]] = {}
    for entity in SCHEMA.entities:
        keys[entity.type] = [f"{entity.type}:{number}" for number in range(4)]
        for key in keys[entity.type]:
            if chance.random() < 0.75:
                row = {"_type": entity.type, "_class": list(entity.classes), **_properties(entity, ROW, chance)}
                run.put(key, ROW, row, 1000)
                for part in entity.parts:
                    if chance.random() < 0.7:
                        run.put(key, part, _properties(entity, part, chance), 1000)
                    elif chance.random() < 0.5:
                        run.remove_part(key, part)
            elif chance.random() < 0.5:
                run.remove(key)
    for type_ in SCHEMA.relationships:
        for source in keys[type_.source]:
            for target in keys[type_.target]:
                if chance.random() < 0.25:
                    run.put_relationship(type_.between(source, target))
        if chance.random() < 0.6:
            run.remove_missing_relationships(type_.type)


def _properties(entity: EntitySchema, part: str, chance: random.Random) -> dict[str, Any]:
    few = (True, False, "a")
    return {
        name: chance.choice(few if part == "settings" and chance.random() < 0.6 else VALUES)
        for name, parts in entity.properties.items()
        if part in parts and chance.random() < 0.8
    }


class Asker:
    """Makes up queries that are right."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.aliases: list[str] = []
        self.edges: list[str] = []

    def often(self, probability: float) -> bool:
        return self.chance.random() < probability

    def query(self) -> str:
        chance = self.chance
        parts = [chance.choice(["FIND", "find", ""]), "", self.node(start=True)]
        for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
            parts.append(self.step())
        if self.often(0.4):
            parts += ["WHERE", self.condition(self.path)]
        shape = chance.random()
        if shape < 0.3:
            if self.often(0.3):
                parts.append(f"ORDER BY {self.aliases[0]}.{self.property()} {chance.choice(['', 'ASC', 'desc'])}")
        elif shape < 0.4:
            parts.append("RETURN tree")
        elif shape < 0.75:
            parts += self.plain(parts)
        else:
            parts += self.grouped()
        if self.often(0.2):
            parts.append(f"SKIP {chance.randrange(3)}")
        if self.often(0.3):
            parts.append(f"LIMIT {chance.randrange(1, 6)}")
        return " ".join(filter(None, parts))

    def plain(self, parts: list[str]) -> list[str]:
        items = [self.scalar() for _ in range(self.chance.choice([1, 1, 2, 3]))]
        names = [f"{item} AS c{n}" if item[-1] != "*" and self.often(0.3) else item for n, item in enumerate(items)]
        said = ["RETURN", ", ".join(names)]
        unique = self.often(0.3)
        if unique:
            parts[1] = "UNIQUE"
        if self.often(0.4):
            keys = [self.path()] if not unique and self.often(0.5) else []
            keys += [item for item in items if "." in item and "*" not in item][:1]
            if keys:
                said += ["ORDER BY", ", ".join(f"{key} {self.chance.choice(['', 'ASC', 'DESC'])}" for key in keys)]
        return said

    def grouped(self) -> list[str]:
        keys = [self.chance.choice([self.path(), self.selector()]) for _ in range(self.chance.choice([0, 1, 1, 2]))]
        found = [self.aggregate() for _ in range(self.chance.choice([1, 1, 2]))]
        said = ["RETURN", ", ".join([*keys, *(f"{each} AS n{at}" for at, each in enumerate(found))])]
        if self.often(0.4):
            said += ["ORDER BY", f"n0 {self.chance.choice(['', 'DESC'])}"]
        return said

    def aggregate(self) -> str:
        name = self.chance.choice(["count", "COUNT", "min", "max", "sum", "avg", "merge"])
        if name.lower() == "count" and self.often(0.6):
            return f"{name}({self.selector()})"
        found = f"{name}({self.entity_path()})"
        return f"{found} * 2 + 1" if self.often(0.15) else found

    def scalar(self) -> str:
        path = self.path
        kind = self.chance.random()
        if kind < 0.6:
            return path()
        if kind < 0.75:
            return self.selector() + self.chance.choice(["", ".*"])
        if kind < 0.85:
            return f"{path()} {self.chance.choice('+-*/')} {self.chance.choice(['2', '0.5', '0', path()])}"
        return f"{self.chance.choice(['CONCAT', 'coalesce'])}({path()}, '-', {path()})"

    def selector(self) -> str:
        return self.chance.choice([*self.aliases, *self.edges])

    def property(self) -> str:
        names = [*USER_PROPERTIES, "name", "n", "word", "tag.AccountName", "_type", "_class", "_key", "nothing"]
        return self.chance.choice(names)

    def entity_path(self) -> str:
        return f"{self.chance.choice(self.aliases)}.{self.property()}"

    def path(self) -> str:
        if self.edges and self.often(0.15):
            return f"{self.chance.choice(self.edges)}.{self.chance.choice(['_type', '_class', '_key', '_toEntityKey'])}"
        return self.entity_path()

    def node(self, *, start: bool = False, named: bool = True) -> str:
        chance = self.chance
        what = chance.choice(
            ["t_user", "t_user", "User", "Group", "Team", "t_team", "t_group", "*", "(t_user|Team)", "(Group | User)"]
            + (["'A'", '"b"'] if self.often(0.3) else [])
        )
        if self.often(0.4):
            what += f" WITH {self.condition(self.bare)}"
        if named and (start or self.often(0.8)):
            self.aliases.append(f"x{len(self.aliases)}")
            what += f" {chance.choice(['AS', 'as'])} {self.aliases[-1]}"
        return what

    def bare(self) -> str:
        name = self.property()
        return f"[{name}]" if self.often(0.1) else name

    def hop(self) -> str:
        chance = self.chance
        negated = self.often(0.2)
        verb = chance.choice(["HAS", "has", "KNOWS", "ASSIGNED to", "RELATES TO", "(HAS|KNOWS)", "(assigned|has) TO"])
        text = f"THAT {'!' if negated else ''}{verb} {chance.choice(['', '', '>>', '<<'])} "
        if not negated and self.often(0.25):
            self.edges.append(f"r{len(self.edges)}")
            text += f"AS {self.edges[-1]} "
        return text + self.node(named=not negated)

    def step(self) -> str:
        if not self.often(0.25):
            return self.hop()
        text = f"({' '.join(self.hop() for _ in range(self.chance.choice([1, 1, 2])))})?"
        if self.often(0.5):
            self.aliases.append(f"x{len(self.aliases)}")
            text += f" AS {self.aliases[-1]}"
        return text

    def condition(self, path: Any, depth: int = 0) -> str:
        if depth < 2 and self.often(0.4):
            joined = self.chance.choice([" AND ", " OR ", " and "])
            inner = joined.join(self.condition(path, depth + 1) for _ in range(2))
            return f"({inner})" if depth or self.often(0.3) else inner
        return self.comparison(path)

    def comparison(self, path: Any) -> str:
        chance = self.chance
        left = path() if self.often(0.9) else f"{path()} + 1"
        operator = chance.choice(["=", "=", "!=", "!=", "<", ">=", "~=", "!~=", "^=", "$=", "!$="])
        if operator in ("<", ">="):
            return f"{left} {operator} {chance.choice(['1', '0', '-1', '1.5', self.text(), '2 * 3 - 5'])}"
        if operator in ("=", "!="):
            right = self.value(path) if self.often(0.7) else self.values(path)
            return f"{left} {operator} {right}"
        right = self.text() if self.often(0.6) else chance.choice(["/A/i", "/[ab]/", "/b.?/", "('a' OR /b/)"])
        return f"{left} {operator} {right}"

    def text(self) -> str:
        text = self.chance.choice(TEXTS)
        return f'"{text}"' if "'" in text or self.often(0.5) else f"'{text}'"

    def value(self, path: Any) -> str:
        if path == self.path and self.often(0.3):
            return self.path()
        constants = [
            self.text(),
            "1",
            "0",
            "2",
            "1.5",
            "-1",
            "true",
            "FALSE",
            "undefined",
            "undefined",
            "/a/",
            "(1 + 1)",
        ]
        return self.chance.choice(constants)

    def values(self, path: Any) -> str:
        joined = self.chance.choice([" OR ", " AND ", " or "])
        inner = [self.value(path) for _ in range(self.chance.choice([2, 3]))]
        if self.often(0.2):
            inner[0] = f"({self.value(path)} OR {self.value(path)})"
        return f"({joined.join(inner)})"
