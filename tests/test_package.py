"""What is installed: the wheel, what it needs, and the locked versions of that."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PACKAGES = {"collector": ROOT / "collector", "redirect_server": ROOT / "oauth-server" / "redirect_server"}
LOCKS = {"runtime": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUNTIME = [Requirement(line) for line in PROJECT["dependencies"]]
OPTIONAL = {
    extra: [each for each in map(Requirement, lines) if each.name != PROJECT["name"]]
    for extra, lines in PROJECT["optional-dependencies"].items()
}
PARQUET, TEST = OPTIONAL["parquet"], OPTIONAL["test"]
OTHER_NAMES = {"dotenv": "python-dotenv", "graphql": "graphql-core", "yaml": "pyyaml"}
"""What is imported under another name than it is installed."""


def files_of(package: str) -> set[str]:
    """Every file of a package as the wheel names it."""
    folder = PACKAGES[package]
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {f"{package}/{path.relative_to(folder).as_posix()}" for path in files}


def locked(path: Path) -> Iterator[Requirement]:
    """The pins of a lock file, one or several for each package."""
    for entry in re.findall(r"^([a-z0-9].*?) \\$", path.read_text(encoding="utf-8"), re.MULTILINE):
        yield Requirement(entry)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel brings, built from a copy: building writes beside the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "collector", source / "collector", ignore=ignored)
    shutil.copytree(ROOT / "oauth-server", source / "oauth-server", ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = "from setuptools.build_meta import build_wheel; build_wheel('..')"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True, timeout=120)
    shutil.rmtree(source)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def test_the_wheel_holds_every_file_of_both_packages_and_nothing_else(installed: Path) -> None:
    files = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    assert {name for name in files if ".dist-info/" not in name} == files_of("collector") | files_of("redirect_server")
    assert {"collector/py.typed", "redirect_server/templates/style.css"} <= files


def test_the_installed_collector_starts_the_sign_in_that_came_with_it(installed: Path, tmp_path: Path) -> None:
    """Not what lies in the working folder under one of its names."""
    for planted in ("redirect_server/__main__.py", "collector/__init__.py", "flask.py", "click.py"):
        (tmp_path / planted).parent.mkdir(exist_ok=True)
        (tmp_path / planted).write_text("raise SystemExit('planted')")
    start = (
        f"import sys, subprocess; sys.path[:1] = [{str(installed)!r}]\n"
        "from collector.settings.redirect_address import SERVER_FOLDER, server_command\n"
        "print(SERVER_FOLDER, flush=True)\n"
        "sys.exit(subprocess.call(server_command('--help')))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", start], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    folder, _, said = ended.stdout.partition("\n")
    assert folder == str(installed / "redirect_server")
    assert "--no-browser" in said


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    """Of tools only tests need, nothing is installed with the collector."""
    imported = set()
    for folder in PACKAGES.values():
        for module in folder.rglob("*.py"):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    imported |= {name.name.partition(".")[0] for name in node.names}
                elif isinstance(node, ast.ImportFrom):
                    imported.add(str(node.module).partition(".")[0])
    foreign = imported - sys.stdlib_module_names - PACKAGES.keys() - {"_typeshed"}  # which only type checkers know
    assert {OTHER_NAMES.get(name, name) for name in foreign} == {each.name for each in (*RUNTIME, *PARQUET)}


def test_the_table_of_dependencies_is_complete() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^## Dependencies\n(.*?)^\* ", text, re.MULTILINE | re.DOTALL)
    rows = dict(re.findall(r"^\| ((?:`[a-z0-9-]+`(?:, )?)+) +\| (runtime|parquet|test) ", table, re.MULTILINE))
    listed = {(name, group) for names, group in rows.items() for name in re.findall(r"`([a-z0-9-]+)`", names)}
    groups = {"runtime": RUNTIME, "parquet": PARQUET, "test": TEST}
    assert listed == {(each.name, group) for group, needed in groups.items() for each in needed}


def test_bounds_are_written_once() -> None:
    """Each package is declared once, and the list that newcomers install only refers to the declarations."""
    names = [each.name for each in (*RUNTIME, *PARQUET, *TEST)]
    assert len(names) == len(set(names))
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["--editable .[test]"]


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_satisfies_every_bound(name: str) -> None:
    pins = list(locked(LOCKS[name]))
    for requirement in RUNTIME if name == "runtime" else [*RUNTIME, *PARQUET, *TEST]:
        versions = {str(pin.specifier).removeprefix("==") for pin in pins if pin.name == requirement.name}
        assert versions, f"{requirement.name} is not locked: run `make lock`"
        assert all(requirement.specifier.contains(version) for version in versions), f"{requirement}: run `make lock`"


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes(name: str) -> None:
    text = LOCKS[name].read_text(encoding="utf-8")
    for entry in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        assert re.match(r"[a-z0-9-]+==\S+( ; .+)? \\\n    --hash=sha256:[0-9a-f]{64}", entry), entry


def test_tests_run_with_the_packages_that_people_run() -> None:
    runtime, test = ({f"{pin.name}{pin.specifier}" for pin in locked(path)} for path in LOCKS.values())
    assert runtime <= test
