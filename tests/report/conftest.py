"""Pages of made-up accounts, and what a browser would unpack from them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from collector.clock import Clock, SystemClock
from collector.query.chosen_run import chosen_run, date_now
from collector.questions.library import load_questions
from collector.report.data import Graph
from collector.report.page import write_report
from collector.report.redaction import Redaction
from collector.report.report import Report
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.resources.setting_levels import setting_levels
from collector.store import Store

_DATA = re.compile('<script type="application/octet-stream" id="data">(.*?)</script>', re.DOTALL)


@dataclass
class Page:
    """A page as it was written: its text without the data, and the data."""

    report: Report
    path: Path
    html: str
    lines: list[dict[str, Any]] = field(repr=False)

    @property
    def summary(self) -> dict[str, Any]:
        return self.lines[-1]["summary"]

    @property
    def everything(self) -> str:
        """All that a reader of the file can find."""
        return self.html + json.dumps(self.lines, ensure_ascii=False)

    def column(self, name: str) -> list[Any]:
        """A column of people, unpacked."""
        values: list[Any] = []
        for line in self.lines:
            if "people" in line:
                packed = line["columns"][name]
                if "r" in packed:
                    values += packed["r"]
                else:
                    codes = packed["c"] if packed["c"] != 0 else [0] * line["people"]
                    values += [packed["d"][code] for code in codes]
        return values

    def verdicts(self, question: str) -> str:
        """The letters of a question, one for each person."""
        return "".join(line["verdicts"].get(question, "") for line in self.lines if "people" in line)


def read_page(report: Report, path: Path) -> Page:
    text = path.read_text(encoding="utf-8")
    found = _DATA.search(text)
    assert found is not None
    unpacked = zlib.decompress(base64.b64decode(found[1]), 31).decode()
    return Page(report, path, text.replace(found[1], ""), [json.loads(line) for line in unpacked.splitlines()])


def graph_of(store: Store, run: int | None = None, clock: Clock | None = None) -> Graph:
    schema = graph_schema(all_resources())
    record, clock = chosen_run(store, run), clock or SystemClock()
    now = date_now(record, clock, run)
    return Graph(store, record, setting_levels(), schema, load_questions(), clock, now)


WritePage = Callable[..., Page]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home" / "default" / "graph.db") as store:
        yield store


@pytest.fixture
def page(store: Store, tmp_path: Path) -> WritePage:
    """Writes the page of the store, and reads it."""

    def write(redaction: Redaction | None = None, run: int | None = None, name: str = "page.html") -> Page:
        path = tmp_path / name
        return read_page(write_report(graph_of(store, run), redaction or Redaction(), path), path)

    return write
