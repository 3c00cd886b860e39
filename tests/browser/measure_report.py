"""How the page of an account does in Chromium, beside a naive page of the same people and a ball of wool.

    python -m tests.browser.measure_report --people 100000

The naive page has a table row for each person. The ball is what `j1-integration visualize` draws (vis-network 7.6.1,
physics on) of the same people and their groups, loaded from the npm package instead of the internet; each page may take
at most `--seconds`.
"""

from __future__ import annotations

import argparse
import html
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from collector.report.page import write_report
from collector.report.redaction import Redaction
from collector.store import Store
from tests.real_tools.install import VIS_NETWORK
from tests.report.accounts import write_account
from tests.report.conftest import graph_of

from .conftest import ARGUMENTS, executable

_SEARCHES = ("ada", "grace hopper", "person.4242", "nobody at all")
_FACETS = (
    "status=pending",
    "admin=yes",
    "licence=Basic",
    "s%3AmeetingSecurityWaitingRoom=false",
    "group=zoom_group%3Ag-0003",
)
_SAY_READY = "document.documentElement.dataset.ready = 'yes'"
_STEP = """(hash) => { const before = performance.now(); location.hash = hash;
  return new Promise((done) => addEventListener("hashchange", () => requestAnimationFrame(() =>
    setTimeout(() => done(performance.now() - before))), { once: true })); }"""


@dataclass(frozen=True)
class Figure:
    """What was measured of a page. Times in seconds, memory in MB; None where it never got so far."""

    page: str
    size: float
    usable: float | None
    memory: float | None
    slowest: float | None = None


def measured(browser: Browser, name: str, file: Path, limit: float, then: Callable[[Page], float] | None) -> Figure:
    """Open a file and wait until it says that it can be used."""
    page = browser.new_context().new_page()
    page.set_default_timeout(limit * 1000)
    page.on("pageerror", lambda error: print(f"{name}: {error}"))
    size = file.stat().st_size / 1_000_000
    started = time.monotonic()
    try:
        page.goto(file.as_uri(), wait_until="commit")
        page.wait_for_selector("html[data-ready]")
        usable = time.monotonic() - started
        slowest = None if then is None else then(page)
        memory = _memory(page)
    except BrowserError as failure:
        print(f"{name}: {failure.message.splitlines()[0]}")
        return Figure(name, size, None, None)
    finally:
        page.context.close()
    return Figure(name, size, usable, memory, slowest)


def _memory(page: Page) -> float:
    """What the largest process that draws a page holds (Linux: resident memory)."""
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")
    found = [0.0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if b"--type=renderer" in (process / "cmdline").read_bytes():
                resident = (process / "statm").read_text().split()[1]
                found.append(int(resident) * resource.getpagesize() / 1_000_000)
        except OSError:  # it has ended
            continue
    return max(found)


def _steps(page: Page) -> float:
    """Search and filter; returns how long the slowest took, until the browser had drawn it."""
    page.evaluate(_STEP, "#people")
    page.evaluate(_STEP, "#people?q=warm")
    hashes = [*(f"#people?q={each}" for each in _SEARCHES), *(f"#people?{each}" for each in _FACETS)]
    return max(float(page.evaluate(_STEP, each)) for each in hashes) / 1000


def _naive(store: Store) -> Iterator[str]:
    yield "<!doctype html><meta charset=utf-8><table>"
    for user in store.entities("zoom_user"):
        shown = ("displayName", "email", "status", "type", "roleId", "groupIds", "dept", "employeeId")
        yield "<tr>" + "".join(f"<td>{html.escape(str(user.get(name)))}" for name in shown)
    yield f"</table><script>requestAnimationFrame(() => setTimeout(() => {_SAY_READY}))</script>"


def _ball(store: Store) -> Iterator[str]:
    nodes = [{"id": each["_key"], "label": each["displayName"]} for each in store.entities("zoom_user")]
    nodes += [{"id": each["_key"], "label": each["displayName"]} for each in store.entities("zoom_group")]
    edges = [{"from": each.source_key, "to": each.target_key} for each in store.relationships("zoom_group_has_user")]
    library = (VIS_NETWORK.folder / "standalone/umd/vis-network.min.js").read_text(encoding="utf-8")
    yield f"<!doctype html><meta charset=utf-8><div id=n style='height:900px'></div><script>{library}</script>"
    yield f"<script>const data = {json.dumps({'nodes': nodes, 'edges': edges})};"
    yield "const network = new vis.Network(document.getElementById('n'), data, {});"
    yield "network.once('stabilizationIterationsDone', () => " + _SAY_READY + ")</script>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--store", type=Path, help="a graph.db that was written before")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.store or Path(folder) / "default" / "graph.db"
        files = {name: Path(folder) / f"{name}.html" for name in ("report", "naive", "ball")}
        with Store.open(path) as store:
            if chosen.store is None:
                write_account(store, chosen.people)
            started = time.monotonic()
            write_report(graph_of(store), Redaction(), files["report"])
            print(f"The page was written in {time.monotonic() - started:.0f} s.")
            files["naive"].write_text("\n".join(_naive(store)), encoding="utf-8")
            files["ball"].write_text("\n".join(_ball(store)), encoding="utf-8")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
            _print(measured(browser, "collector report", files["report"], chosen.seconds, _steps))
            _print(measured(browser, "naive table", files["naive"], chosen.seconds, None))
            _print(measured(browser, "vis-network 7.6.1", files["ball"], chosen.seconds, None))
            browser.close()


def _print(figure: Figure) -> None:
    def shown(value: float | None, unit: str) -> str:
        return "never" if value is None else f"{value:.2f} {unit}"

    slowest = "" if figure.slowest is None else f", search or filter at most {figure.slowest * 1000:.0f} ms"
    print(
        f"{figure.page}: {figure.size:.1f} MB, usable after {shown(figure.usable, 's')},"
        f" memory {shown(figure.memory, 'MB')}{slowest}"
    )


if __name__ == "__main__":
    main()
