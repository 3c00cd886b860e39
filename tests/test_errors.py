"""Every failure is in one tree, which is drawn where it is declared."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector import errors
from collector.errors import CollectorError

PACKAGE = Path(errors.__file__).parent
DRAWN = re.compile(r"^    ((?:[│├└─ ]{4})*)(\w+) +(\d+) +\S", re.MULTILINE)


def drawn() -> list[tuple[int, str, int]]:
    """Depth, name and exit code of each class in the drawing."""
    return [(len(lines) // 4, name, int(code)) for lines, name, code in DRAWN.findall(errors.__doc__ or "")]


def declared(kind: type[CollectorError] = CollectorError, depth: int = 0) -> Iterator[tuple[int, str, int]]:
    """The same of each class in the module."""
    yield depth, kind.__name__, int(kind.exit_code)
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from declared(child, depth + 1)


def test_the_drawing_is_the_tree():
    assert sorted(drawn()) == sorted(declared())
    parents: dict[int, str] = {}
    for depth, name, _ in drawn():
        parents[depth] = name
        if depth:
            assert getattr(errors, name).__bases__ == (getattr(errors, parents[depth - 1]),)


def exceptions_in(module: Path) -> set[str]:
    names = {name for name, _ in inspect.getmembers(errors, inspect.isclass)} | {"Exception", "BaseException"}
    return {
        node.name
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(base.id in names or base.id.endswith("Error") for base in node.bases if isinstance(base, ast.Name))
    }


@pytest.mark.parametrize("room", [path for path in sorted(PACKAGE.iterdir()) if path.name != "sandbox"])
def test_no_other_module_adds_to_it(room: Path):
    """The sandbox plays two services, whose errors are answers."""
    modules = sorted(room.rglob("*.py")) if room.is_dir() else [room] * (room.suffix == ".py" and room.stem != "errors")
    assert {name for module in modules for name in exceptions_in(module)} == set()
