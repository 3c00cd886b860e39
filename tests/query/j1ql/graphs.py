"""Small made-up graphs with a history, and queries about them: everything J1QL can say, about very few values.

The queries are drawn by Hypothesis, which makes one about which engine and evaluator disagree as short as it can: what
stands first among several is the simplest.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st

from collector.model.graph import RelationshipType
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema, PartSource
from collector.store import Store

T = TypeVar("T")
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


def write_numbered(path: Path, number: int) -> None:
    """The store of a number; those of the first numbers are smaller."""
    write(path, random.Random(number), runs=min(1 + number, 3), each=min(2 + number, 4))


def write(path: Path, chance: random.Random, runs: int = 3, each: int = 4) -> None:
    """A store with some runs, in which things come, change and go; sometimes one that was killed follows."""
    with Store.open(path) as store:
        for _ in range(runs):
            run = store.begin(1000, TAGS if chance.random() < 0.8 else {})
            _write_run(run, chance, each)
            run.finish(2000, 0, [], [], [])
            store.conclude()
        if chance.random() < 0.3:
            run = store.begin(3000, TAGS)
            _write_run(run, chance, each)
            run.commit()


def _write_run(run: Any, chance: random.Random, each: int) -> None:  # noqa: C901
    keys: dict[str, list[str]] = {}
    for entity in SCHEMA.entities:
        keys[entity.type] = [f"{entity.type}:{number}" for number in range(each)]
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
    often: dict[str, tuple[Any, ...]] = {"settings": (True, False, "a", "ab"), "email": (["a"], ["b"], ["a", "b"])}
    return {
        name: chance.choice(often[usual] if usual in often and chance.random() < 0.6 else VALUES)
        for name, parts in entity.properties.items()
        for usual in [name if name in often else part]
        if part in parts and chance.random() < 0.8
    }


class Asker:
    """Makes up a query that is right, by these choices; when they are used up, a simple one."""

    def __init__(self, choices: bytes) -> None:
        self.choices = iter(choices)
        self.aliases: list[str] = []
        self.edges: list[str] = []

    def one_of(self, options: Sequence[T]) -> T:
        return options[next(self.choices, 0) % len(options)]

    def often(self, probability: float) -> bool:
        return next(self.choices, 0) >= 256 * (1 - probability)

    def query(self) -> str:
        parts = [self.one_of(["FIND", "find", ""]), "", self.node(start=True)]
        for _ in range(self.one_of([0, 0, 1, 1, 2, 3])):
            parts.append(self.step())
        if self.often(0.4):
            parts += ["WHERE", self.condition(self.path)]
        match self.one_of(["entities"] * 3 + ["tree"] + ["plain"] * 4 + ["grouped"] * 3):
            case "entities" if self.often(0.3):
                parts.append(f"ORDER BY {self.aliases[0]}.{self.property()} {self.one_of(['', 'ASC', 'desc'])}")
            case "tree":
                parts.append("RETURN tree")
            case "plain":
                parts += self.plain(parts)
            case "grouped":
                parts += self.grouped()
        if self.often(0.2):
            parts.append(f"SKIP {self.one_of(range(3))}")
        if self.often(0.3):
            parts.append(f"LIMIT {self.one_of(range(1, 6))}")
        return " ".join(filter(None, parts))

    def plain(self, parts: list[str]) -> list[str]:
        items = [self.scalar() for _ in range(self.one_of([1, 1, 2, 3]))]
        names = [f"{item} AS c{n}" if item[-1] != "*" and self.often(0.3) else item for n, item in enumerate(items)]
        said = ["RETURN", ", ".join(names)]
        unique = self.often(0.3)
        if unique:
            parts[1] = "UNIQUE"
        if self.often(0.4):
            keys = [self.path()] if not unique and self.often(0.5) else []
            keys += [item for item in items if "." in item and "*" not in item][:1]
            if keys:
                said += ["ORDER BY", ", ".join(f"{key} {self.one_of(['', 'ASC', 'DESC'])}" for key in keys)]
        return said

    def grouped(self) -> list[str]:
        keys = [self.one_of([self.path(), self.selector()]) for _ in range(self.one_of([0, 1, 1, 2]))]
        found = [self.aggregate() for _ in range(self.one_of([1, 1, 2]))]
        said = ["RETURN", ", ".join([*keys, *(f"{each} AS n{at}" for at, each in enumerate(found))])]
        if self.often(0.4):
            said += ["ORDER BY", f"n0 {self.one_of(['', 'DESC'])}"]
        return said

    def aggregate(self) -> str:
        name = self.one_of(["count", "COUNT", "min", "max", "sum", "avg", "merge"])
        if name.lower() == "count" and self.often(0.6):
            return f"{name}({self.selector()})"
        found = f"{name}({self.entity_path()})"
        return f"{found} * 2 + 1" if self.often(0.15) else found

    def scalar(self) -> str:
        path = self.path
        match self.one_of(["path"] * 6 + ["selector", "arithmetic", "function"]):
            case "path":
                return path()
            case "selector":
                return self.selector() + self.one_of(["", ".*"])
            case "arithmetic":
                return f"{path()} {self.one_of('+-*/')} {self.one_of(['2', '0.5', '0', path()])}"
        return f"{self.one_of(['CONCAT', 'coalesce'])}({path()}, '-', {path()})"

    def selector(self) -> str:
        return self.one_of([*self.aliases, *self.edges])

    def property(self) -> str:
        names = [
            *USER_PROPERTIES,
            "name",
            "email",
            "n",
            "word",
            "tag.AccountName",
            "_type",
            "_class",
            "_key",
            "nothing",
        ]
        return self.one_of(names)

    def entity_path(self) -> str:
        return f"{self.one_of(self.aliases)}.{self.property()}"

    def path(self) -> str:
        if self.edges and self.often(0.15):
            return f"{self.one_of(self.edges)}.{self.one_of(['_type', '_class', '_key', '_toEntityKey'])}"
        return self.entity_path()

    def node(self, *, start: bool = False, named: bool = True) -> str:
        what = self.one_of(
            ["t_user", "t_user", "User", "Group", "Team", "t_team", "t_group", "*", "(t_user|Team)", "(Group | User)"]
            + (["'A'", '"b"'] if self.often(0.3) else [])
        )
        if self.often(0.4):
            what += f" WITH {self.condition(self.bare)}"
        if named and (start or self.often(0.8)):
            self.aliases.append(f"x{len(self.aliases)}")
            what += f" {self.one_of(['AS', 'as'])} {self.aliases[-1]}"
        return what

    def bare(self) -> str:
        name = self.property()
        return f"[{name}]" if self.often(0.1) else name

    def hop(self) -> str:
        negated = self.often(0.2)
        verb = self.one_of(["HAS", "has", "KNOWS", "ASSIGNED to", "RELATES TO", "(HAS|KNOWS)", "(assigned|has) TO"])
        text = f"THAT {'!' if negated else ''}{verb} {self.one_of(['', '', '>>', '<<'])} "
        if not negated and self.often(0.25):
            self.edges.append(f"r{len(self.edges)}")
            text += f"AS {self.edges[-1]} "
        return text + self.node(named=not negated)

    def step(self) -> str:
        if not self.often(0.25):
            return self.hop()
        text = f"({' '.join(self.hop() for _ in range(self.one_of([1, 1, 2])))})?"
        if self.often(0.5):
            self.aliases.append(f"x{len(self.aliases)}")
            text += f" AS {self.aliases[-1]}"
        return text

    def condition(self, path: Any, depth: int = 0) -> str:
        if depth < 2 and self.often(0.4):
            joined = self.one_of([" AND ", " OR ", " and "])
            inner = joined.join(self.condition(path, depth + 1) for _ in range(2))
            return f"({inner})" if depth or self.often(0.3) else inner
        return self.comparison(path)

    def comparison(self, path: Any) -> str:
        left = path() if self.often(0.9) else f"{path()} + 1"
        operator = self.one_of(["=", "=", "!=", "!=", "<", ">=", "~=", "!~=", "^=", "$=", "!$="])
        if operator in ("<", ">="):
            return f"{left} {operator} {self.one_of(['1', '0', '-1', '1.5', self.text(), '2 * 3 - 5'])}"
        if operator in ("=", "!="):
            right = self.value(path) if self.often(0.7) else self.values(path)
            return f"{left} {operator} {right}"
        right = self.text() if self.often(0.6) else self.one_of(["/A/i", "/[ab]/", "/b.?/", "('a' OR /b/)"])
        return f"{left} {operator} {right}"

    def text(self) -> str:
        text = self.one_of(TEXTS)
        return f'"{text}"' if "'" in text or self.often(0.5) else f"'{text}'"

    def value(self, path: Any) -> str:
        if path == self.path and self.often(0.3):
            return self.path()
        if self.often(0.3):
            return self.text()
        constants = [
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
        return self.one_of(constants)

    def values(self, path: Any) -> str:
        joined = self.one_of([" OR ", " AND ", " or "])
        inner = [self.value(path) for _ in range(self.one_of([2, 3]))]
        if self.often(0.2):
            inner[0] = f"({self.value(path)} OR {self.value(path)})"
        return f"({joined.join(inner)})"


QUERIES = st.binary(min_size=256, max_size=256).map(lambda choices: Asker(choices).query())
"""Queries that are right. All choices are drawn at once: many draws would lead Hypothesis to repeat earlier ones."""
