"""Writes the page: one HTML file with its style, its script and its data; nothing is loaded from elsewhere.

The content security policy lets only this script and this style run, by their hashes; every text of the account's is
escaped here, and put onto the page as text there.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collector.errors import CollectionFailed, UsageError
from collector.report.blocks import DataBlock
from collector.report.data import Graph, write_data
from collector.report.redaction import Redaction
from collector.report.report import Report

_SCRIPTS = (
    "data",
    "why",
    "elements",
    "facets",
    "table",
    "people",
    "person",
    "settings",
    "levels",
    "picture",
    "changes",
    "main",
)
_CAPITALS = re.compile("(?<=[a-z])(?=[A-Z])")
_DATA = "<!--data-->"
"""Where the data goes; no value of the account's can contain it, since `<` is escaped."""


def write_report(graph: Graph, redaction: Redaction, path: Path) -> Report:
    """Write the page for this user only (0600), in place of an earlier one. Raises CollectionFailed, UsageError."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder.", "Name a file with `-o FILE`.")
    try:
        with tempfile.TemporaryFile() as data:
            report = _written(graph, redaction, data)
            before, after = _html(report).split(_DATA)
            data.seek(0)
            with _private_replacement(path) as page:
                page.write(before.encode("utf-8", "replace"))
                shutil.copyfileobj(data, page)
                page.write(after.encode("utf-8", "replace"))
    except OSError as failure:
        raise CollectionFailed(
            f"The page {path} could not be written: {failure.strerror}.",
            _what_next(failure),
        ) from None
    return report


def _what_next(failure: OSError) -> str:
    return "Free some space." if failure.errno == errno.ENOSPC else "Name another file with `-o FILE`."


def read_report(graph: Graph, redaction: Redaction) -> Report:
    """The numbers of the page, without writing it."""
    with open(os.devnull, "wb") as nowhere:
        return _written(graph, redaction, nowhere)


def _written(graph: Graph, redaction: Redaction, file: BinaryIO) -> Report:
    block = DataBlock(file)
    report = write_data(graph, redaction, block)
    block.close()
    return report


@contextmanager
def _private_replacement(path: Path) -> Iterator[BinaryIO]:
    """A new file that takes the place of `path` when all of it is written; only this user can read it."""
    descriptor, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}-", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
        os.replace(temporary, path)
    finally:
        with suppress(OSError):
            os.unlink(temporary)


@cache
def _assets() -> tuple[str, str]:
    """The style and the script: the files, one after another."""
    static = files("collector.report") / "static"
    style = (static / "report.css").read_text(encoding="utf-8")
    scripts = [(static / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS]
    return style, "\n".join(['"use strict";', "(() => {", *scripts, "})();"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _html(report: Report) -> str:
    environment = Environment(
        loader=PackageLoader("collector.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = "{:,}".format
    environment.filters["time"] = _time
    environment.filters["words"] = _words
    style, script = _assets()
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    )
    return environment.get_template("report.html.j2").render(
        report=report,
        policy=policy,
        style=Markup(style),  # noqa: S704 - ours
        script=Markup(script),  # noqa: S704 - ours
        data=Markup(_DATA),  # noqa: S704 - ours
    )


def _words(name: str) -> str:
    """`Sign in` for `SignIn`, the name of a column in a query."""
    first, *others = _CAPITALS.sub(" ", name).split(" ")
    return " ".join([first, *(each if each.isupper() else each.lower() for each in others)])


def _time(milliseconds: int) -> str:
    """`2026-11-23 18:04 UTC`"""
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
