"""The rooms of docs/architecture.md: imports run one way, and no module is a folder that has not been made yet."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import collector

PACKAGE = Path(collector.__file__).parent
LONGEST_MODULE = 400

MAY_IMPORT = {
    "model": set(),
    "errors": set(),
    "redaction": set(),
    "intermediaries": set(),
    "own_command": set(),
    "clock": {"errors"},
    "connections": {"clock"},
    "private_files": set(),
    "retries": set(),
    "auth": {"clock", "connections", "errors", "intermediaries", "private_files", "redaction", "retries"},
    "zoom": {"auth", "clock", "connections", "errors", "intermediaries", "model", "redaction", "retries"},
    "resources": {"model", "redaction", "zoom"},
    "store": {"errors", "model", "private_files"},
    "tree": {"errors", "model", "private_files", "store"},
    "explore": {"errors", "model", "store"},
    "engine": {"clock", "errors", "model", "resources", "store", "zoom"},
    "jupiterone": {"clock", "connections", "errors", "intermediaries", "model", "redaction", "retries"},
    "settings": {"errors", "jupiterone", "private_files", "redaction", "zoom"},
    "signin": {"auth", "clock", "errors", "resources", "zoom"},
    "sandbox": {"clock"},
    "polling": {"clock"},
    "profile_lock": {"errors", "private_files", "settings"},
    "redirect_address": {"errors"},
    "redirect_server": {"errors"},
}
"""What each room, or module beside the rooms, may know. Those not named here put the others together."""

PUT_TOGETHER = {
    "cli",
    "collection",
    "demo",
    "doctor",
    "forgetting",
    "jupiterone_access",
    "planning",
    "profile_instance",
    "running",
    "status",
    "uninstalling",
    "uploading",
    "__main__",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room_of(module: Path) -> str:
    """`collector/zoom/client.py` → `zoom`, `collector/errors.py` → `errors`."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_by(module: Path) -> Iterator[str]:
    """The full names of what a module imports, wherever in it; a name imported from a package may be a module."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def rooms_imported_by(module: Path) -> set[str]:
    """The other rooms a module imports something from; the version number belongs to nobody."""
    imported = {name.split(".")[1] for name in imported_by(module) if name.startswith("collector.")}
    return imported - {room_of(module), "__version__"}


def test_every_room_is_described() -> None:
    assert {room_of(module) for module in modules()} - {"__init__"} == MAY_IMPORT.keys() | PUT_TOGETHER


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_what_it_may_know(room: str) -> None:
    imported = {
        f"{module.relative_to(PACKAGE)} imports {other}"
        for module in modules()
        if room_of(module) == room
        for other in rooms_imported_by(module) - MAY_IMPORT[room]
    }
    assert imported == set()


def test_there_are_no_circles() -> None:
    imports: dict[str, set[str]] = {}
    for module in modules():
        imports.setdefault(room_of(module), set()).update(rooms_imported_by(module))
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as circle:
        pytest.fail(f"the rooms import each other: {circle.args[1]}")


def test_the_sandbox_is_imported_by_its_verb_and_the_demo_only() -> None:
    assert {str(module.relative_to(PACKAGE)) for module in modules() if "sandbox" in rooms_imported_by(module)} == {
        "cli/sandbox.py",
        "demo.py",
    }


def test_graphql_is_spoken_by_the_sandbox_only() -> None:
    """The client's few operations are texts; graphql-core is there to answer them."""
    speaking = {room_of(module) for module in modules() for name in imported_by(module) if name.startswith("graphql.")}
    assert speaking == {"sandbox"}


def test_the_command_line_starts_without_the_sandbox() -> None:
    loaded = "import sys, collector.cli; print(sorted({'collector.sandbox', 'flask', 'graphql'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("room", ["store", "tree", "explore"])
def test_nothing_on_the_right_speaks_to_zoom(room: str) -> None:
    """Everything that reads the store works without a network."""
    speaking = {"requests", "urllib3", "authlib", "socket", "http"}
    imported = {name.split(".")[0] for module in modules() if room_of(module) == room for name in imported_by(module)}
    assert imported & speaking == set()


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{module.relative_to(PACKAGE)}:{node.lineno}"
        for module in modules()
        if room_of(module) != "cli"
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def test_only_the_outermost_rooms_read_the_environment() -> None:
    reading = {
        room_of(module)
        for module in modules()
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert reading <= {"cli"}


@pytest.mark.parametrize("module", modules(), ids=lambda module: str(module.relative_to(PACKAGE)))
def test_no_module_is_too_long(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
