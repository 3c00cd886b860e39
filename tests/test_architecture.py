"""The rooms of docs/architecture.md are what the imports say, and no module is a folder that has not been made yet."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import collector

PACKAGE = Path(collector.__file__).parent
ROOMS = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## The rooms")[2]
MAX_MODULE_LINES = 400
MAX_FLOORS = 10

GROUND = {
    "clock",
    "connections",
    "deferred_signals",
    "errors",
    "intermediaries",
    "next_steps",
    "own_command",
    "private_files",
    "redaction",
    "retries",
}
"""Modules that every room may use."""
FACE = {"__init__", "__main__"}

PICTURE = {
    room: set() if known == "nothing" else set(known.split(", "))
    for room, known in re.findall(r"^\| `collector/(\w+)(?:/|\.py)` +\|.*\| *([\w, ]+?) *\|$", ROOMS, re.MULTILINE)
}
"""What each room imports besides the ground, by the table; from the bottom to the top of the house."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(module: Path) -> str:
    """`collector/zoom/client.py` → `zoom`, `collector/errors.py` → `errors`."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def nodes_of(module: Path) -> tuple[ast.AST, ...]:
    """All there is in a module."""
    return tuple(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))


def imported_by(module: Path) -> Iterator[str]:
    """The full names of what a module imports, wherever in it; a name imported from a package may be a module."""
    for node in nodes_of(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def rooms_imported_by(module: Path) -> set[str]:
    """The other rooms a module imports something from; the version number belongs to nobody."""
    imported = {name.split(".")[1] for name in imported_by(module) if name.startswith("collector.")}
    return imported - {room_of(module), "__version__"}


@cache
def imports() -> dict[str, set[str]]:
    """What each room, and each module beside the rooms, imports something from."""
    found: dict[str, set[str]] = {}
    for module in modules():
        found.setdefault(room_of(module), set()).update(rooms_imported_by(module))
    return found


def test_every_room_is_described_and_no_work_is_done_outside() -> None:
    assert imports().keys() - PICTURE.keys() == GROUND | FACE
    assert PICTURE.keys() <= imports().keys()


@pytest.mark.parametrize("room", PICTURE)
def test_a_room_knows_what_the_picture_says(room: str) -> None:
    assert imports()[room] - GROUND == PICTURE[room]


def test_no_arrow_goes_up() -> None:
    """A room knows only rooms that the table has before it; the ground knows none."""
    order = list(PICTURE)
    up = {
        f"{room} imports {known}"
        for room in order
        for known in PICTURE[room]
        if known not in order[: order.index(room)]
    }
    up |= {f"{module} imports {known}" for module in GROUND for known in imports()[module] - GROUND}
    assert up == set()


def test_there_are_no_circles_and_few_floors() -> None:
    try:
        upwards = list(TopologicalSorter(imports()).static_order())
    except CycleError as circle:
        pytest.fail(f"the rooms import each other: {circle.args[1]}")
    floors: dict[str, int] = {}
    for room in upwards:
        floors[room] = 1 + max((floors[known] for known in imports()[room]), default=0)
    assert max(floors.values()) <= MAX_FLOORS, floors


def test_values_know_nobody() -> None:
    assert imports()["model"] == set()


def test_the_sandbox_shares_only_the_clock_with_what_it_is_to_test() -> None:
    assert imports()["sandbox"] == {"clock"}


def test_the_sandbox_is_imported_by_its_verb_and_the_demo_only() -> None:
    assert {str(module.relative_to(PACKAGE)) for module in modules() if "sandbox" in rooms_imported_by(module)} == {
        "cli/sandbox.py",
        "cli/demo_account.py",
    }


def test_graphql_is_spoken_by_the_sandbox_only() -> None:
    """The client's few operations are texts; graphql-core is there to answer them."""
    speaking = {room_of(module) for module in modules() for name in imported_by(module) if name.startswith("graphql.")}
    assert speaking == {"sandbox"}


def test_an_import_inside_a_function_counts() -> None:
    assert "collector.cli.status.status" in set(imported_by(PACKAGE / "cli" / "verbs.py"))


def test_nothing_is_imported_by_a_name_in_a_string() -> None:
    """Such an import would be in no picture. What is declared one file each is found in its own folder."""
    by_name = {"import_module", "__import__", "import_string"}
    importing = {
        str(module.relative_to(PACKAGE))
        for module in modules()
        for node in nodes_of(module)
        if (isinstance(node, ast.Attribute) and node.attr in by_name)
        or (isinstance(node, ast.Name) and node.id in by_name)
        or (isinstance(node, ast.alias) and node.name in by_name)
    }
    assert importing == {"resources/__init__.py", "sandbox/served/__init__.py"}


@pytest.mark.parametrize("room", ["store", "tree", "query"])
def test_nothing_on_the_right_speaks_to_zoom(room: str) -> None:
    """Everything that reads the store works without a network."""
    speaking = {"requests", "urllib3", "authlib", "socket", "http"}
    imported = {name.split(".")[0] for module in modules() if room_of(module) == room for name in imported_by(module)}
    assert imported & speaking == set()
    assert "connections" not in imports()[room]


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{module.relative_to(PACKAGE)}:{node.lineno}"
        for module in modules()
        if room_of(module) != "cli"
        for node in nodes_of(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def test_only_the_outermost_rooms_read_the_environment() -> None:
    reading = {
        room_of(module)
        for module in modules()
        for node in nodes_of(module)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert reading <= {"cli", "library"}


@pytest.mark.parametrize("module", modules(), ids=lambda module: str(module.relative_to(PACKAGE)))
def test_no_module_is_too_long(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES
