"""The table of packages in docs/architecture.md agrees with the imports, and modules stay short."""

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
TABLE = (PACKAGE.parent / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Packages")[2]
MAX_MODULE_LINES = 400
MAX_DEPTH = 10

SHARED = {
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
"""Modules that every package may import."""
ENTRY_POINTS = {"__init__", "__main__"}

DOCUMENTED = {
    package: set() if known == "nothing" else set(known.split(", "))
    for package, known in re.findall(r"^\| `collector/(\w+)(?:/|\.py)` +\|.*\| *([\w, ]+?) *\|$", TABLE, re.MULTILINE)
}
"""What each package imports besides the shared modules, according to the table and in its order."""


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def package_of(module: Path) -> str:
    """`collector/zoom/client.py` → `zoom`, `collector/errors.py` → `errors`."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def nodes_of(module: Path) -> tuple[ast.AST, ...]:
    """All syntax nodes of a module."""
    return tuple(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))


def imported_by(module: Path) -> Iterator[str]:
    """The full names of what a module imports, wherever in it; a name imported from a package may be a module."""
    for node in nodes_of(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def packages_imported_by(module: Path) -> set[str]:
    """The other packages a module imports from; the version number belongs to none."""
    imported = {name.split(".")[1] for name in imported_by(module) if name.startswith("collector.")}
    return imported - {package_of(module), "__version__"}


@cache
def imports() -> dict[str, set[str]]:
    """What each package, and each module outside the packages, imports from."""
    found: dict[str, set[str]] = {}
    for module in modules():
        found.setdefault(package_of(module), set()).update(packages_imported_by(module))
    return found


def test_the_table_has_every_package() -> None:
    assert imports().keys() - DOCUMENTED.keys() == SHARED | ENTRY_POINTS
    assert DOCUMENTED.keys() <= imports().keys()


@pytest.mark.parametrize("package", DOCUMENTED)
def test_a_package_imports_what_the_table_says(package: str) -> None:
    assert imports()[package] - SHARED == DOCUMENTED[package]


def test_packages_import_only_packages_above_them_in_the_table() -> None:
    """And the shared modules import no package."""
    order = list(DOCUMENTED)
    wrong = {
        f"{package} imports {known}"
        for package in order
        for known in DOCUMENTED[package]
        if known not in order[: order.index(package)]
    }
    wrong |= {f"{module} imports {known}" for module in SHARED for known in imports()[module] - SHARED}
    assert wrong == set()


def test_there_are_no_import_cycles_and_few_levels() -> None:
    try:
        ordered = list(TopologicalSorter(imports()).static_order())
    except CycleError as cycle:
        pytest.fail(f"packages import each other: {cycle.args[1]}")
    depths: dict[str, int] = {}
    for package in ordered:
        depths[package] = 1 + max((depths[known] for known in imports()[package]), default=0)
    assert max(depths.values()) <= MAX_DEPTH, depths


def test_the_model_imports_nothing() -> None:
    assert imports()["model"] == set()


def test_the_sandbox_shares_only_the_clock_with_the_clients() -> None:
    assert imports()["sandbox"] == {"clock"}


def test_the_sandbox_is_imported_by_its_verb_and_the_demo_only() -> None:
    assert {str(module.relative_to(PACKAGE)) for module in modules() if "sandbox" in packages_imported_by(module)} == {
        "cli/sandbox.py",
        "cli/demo_account.py",
    }


def test_only_the_sandbox_imports_graphql() -> None:
    """The client's few operations are plain text; the sandbox needs graphql-core to answer them."""
    importing = {
        package_of(module) for module in modules() for name in imported_by(module) if name.startswith("graphql.")
    }
    assert importing == {"sandbox"}


def test_an_import_inside_a_function_counts() -> None:
    assert "collector.cli.status.status" in set(imported_by(PACKAGE / "cli" / "verbs.py"))


def test_nothing_is_imported_by_a_name_in_a_string() -> None:
    """The table would miss such an import. Only the folders with one declaration per file are searched."""
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


@pytest.mark.parametrize("package", ["store", "tree", "query"])
def test_nothing_after_the_store_uses_the_network(package: str) -> None:
    """Everything that reads the store works without a network."""
    network = {"requests", "urllib3", "authlib", "socket", "http"}
    imported = {
        name.split(".")[0] for module in modules() if package_of(module) == package for name in imported_by(module)
    }
    assert imported & network == set()
    assert "connections" not in imports()[package]


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{module.relative_to(PACKAGE)}:{node.lineno}"
        for module in modules()
        if package_of(module) != "cli"
        for node in nodes_of(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def test_only_the_command_line_and_the_library_read_the_environment() -> None:
    reading = {
        package_of(module)
        for module in modules()
        for node in nodes_of(module)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }
    assert reading <= {"cli", "library"}


@pytest.mark.parametrize("module", modules(), ids=lambda module: str(module.relative_to(PACKAGE)))
def test_no_module_is_too_long(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= MAX_MODULE_LINES
