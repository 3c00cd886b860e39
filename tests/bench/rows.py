"""The rows of `make bench`: each measures, and gives the lines of the table it stands for."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from collector.sandbox import generate_account
from tests.bench import server
from tests.bench.arrivals import busiest_second, refused_part, used_share
from tests.bench.preparing import prepare
from tests.bench.process import Measured, measure, whole_process
from tests.bench.questions import ALL_ROWS, LIMIT, QUESTIONS
from tests.bench.server import Served
from tests.bench.table import (
    Goal,
    Line,
    a_second,
    beside,
    kilobytes,
    megabytes,
    milliseconds,
    percent,
    seconds,
    times,
)

LATENCY_SECONDS = 0.05
ALLOWED = 60
"""Medium calls that plan Business allows in a second (Zoom developer docs, rate limits)."""
_ANSWERS_TO_BE_NO_BOTTLENECK = 1500
_MOST_SECONDS_A_TREE = 60
_MOST_SECONDS_OF_A_SMALL_ACCOUNT = 2
OWN_SETTINGS = 30
"""Of 100 users, in the row `query`."""
_COLLECTOR = str(Path(sys.executable).with_name("collector"))
_IMPORT_CLICK = [sys.executable, "-c", "import click"]
_MOST_TIMES_CLICK = {"--version": 2, "status": 5, "show account": 5}
"""Commands without a network, and how many times as long as `import click` they may take."""


@dataclass(frozen=True)
class Sizes:
    """How much is measured: users of each row, and how often what is short is repeated."""

    whole: int = 100
    limited: int = 3000
    unlimited: int = 3000
    small: int = 1000
    large: int = 100_000
    repeats: int = 3


QUICK = Sizes(whole=20, limited=150, unlimited=200, small=100, large=1000, repeats=2)


def whole_commands(sizes: Sizes) -> Iterator[Line]:
    """The time of whole commands, including the start of Python and all imports."""
    with server.sandbox(sizes.whole, LATENCY_SECONDS) as served, _folder() as folder:
        collecting, bare = [], []
        for number in range(sizes.repeats):
            environment = {**served.environment, "ZOOM_HOME": str(folder / str(number))}
            bare.append(_bare_pool(served).seconds)
            collecting.append(whole_process([_COLLECTOR, "collect"], folder, environment))
        yield Line(
            Goal(
                f"{sizes.whole:,} users, no limit, {LATENCY_SECONDS * 1000:.0f} ms: the whole of `collector collect` ≤ "
                f"{_MOST_SECONDS_OF_A_SMALL_ACCOUNT} s",
                "at most",
                _MOST_SECONDS_OF_A_SMALL_ACCOUNT,
                seconds,
            ),
            collecting,
            f"bare pool, the settings alone: {beside(bare, seconds)}",
        )
        for arguments, bound in _MOST_TIMES_CLICK.items():
            yield _start(arguments, bound, folder, environment, 5 * sizes.repeats)


def _start(arguments: str, bound: float, folder: Path, environment: Mapping[str, str], repeats: int) -> Line:
    """How long a command takes, in turn with `import click`."""
    pairs = [
        (
            whole_process(_IMPORT_CLICK, folder, environment),
            whole_process([_COLLECTOR, *arguments.split()], folder, environment),
        )
        for _ in range(repeats)
    ]
    clicks, ours = ([1000 * one for one in column] for column in zip(*pairs, strict=True))
    return Line(
        Goal(f'`collector {arguments}` ≤ {bound} × `python -c "import click"`', "at most", bound, times),
        [own / click for click, own in pairs],
        f"{milliseconds(median(ours))}; `import click`: {milliseconds(median(clicks))}",
    )


def sandbox_itself(sizes: Sizes) -> Iterator[Line]:
    """Whether the sandbox is fast enough."""
    with server.sandbox(sizes.unlimited) as served:
        job = {"url": served.environment["ZOOM_API_URL"], "token": served.token, "paths": served.paths}
        rates = [_rate(measure("raw_pool", job)) for _ in range(sizes.repeats)]
    goal = f"the sandbox itself: ≥ {_ANSWERS_TO_BE_NO_BOTTLENECK} settings documents a second from one process"
    yield Line(Goal(goal, "at least", _ANSWERS_TO_BE_NO_BOTTLENECK, a_second), rates)


def at_the_limit(sizes: Sizes) -> Iterator[Line]:
    """How much of the rate that plan Business allows is used."""
    with server.sandbox(sizes.limited, LATENCY_SECONDS, "business") as served:
        _collect(served)
        arrivals = served.take_log()
        _bare_pool(served)
        unpaced = served.take_log()
    what = f"{sizes.limited:,} users, {ALLOWED} calls in any second allowed"
    yield Line(
        Goal(f"{what}: ≥ 97 % of them used", "at least", 0.97, percent),
        [used_share(arrivals, ALLOWED)],
        f"busiest second: {busiest_second(arrivals)} calls; bare pool: {percent(used_share(unpaced, ALLOWED))}",
    )
    yield Line(
        Goal(f"{what}: < 0.1 % refused", "at most", 0.001, percent),
        [refused_part(arrivals)],
        f"bare pool: {percent(refused_part(unpaced))}",
    )


def without_limit(sizes: Sizes) -> Iterator[Line]:
    """Calls a second and what they cost, in turn with the bare pool."""
    ours, bare = [], []
    with server.sandbox(sizes.unlimited, LATENCY_SECONDS) as served:
        for _ in range(sizes.repeats):
            bare.append(_bare_pool(served))
            served.take_log()
            ours.append((_collect(served), served.take_log()))
    in_the_middle = [used_share(arrivals, 1) for _, arrivals in ours]
    what = f"{sizes.unlimited:,} users, no limit, {LATENCY_SECONDS * 1000:.0f} ms"
    yield Line(
        Goal(f"{what}: ≥ 500 calls a second, the whole run", "at least", 500, a_second),
        [_rate(measured) for measured, _ in ours],
        f"bare pool: {beside([_rate(measured) for measured in bare], a_second)}",
    )
    yield Line(Goal(f"{what}: the same, middle 80 % of the run", "at least", 500, a_second), in_the_middle)
    yield Line(
        Goal(f"{what}: ≤ 1 ms of processor a call", "at most", 1, milliseconds),
        [_processor(measured) for measured, _ in ours],
        f"bare pool: {beside([_processor(measured) for measured in bare], milliseconds)}",
    )


def any_size(sizes: Sizes) -> Iterator[Line]:
    """The cost of a hundred times as many users, with prepared answers: no server, no limit."""
    prepared = asdict(prepare(generate_account()))
    with _folder() as folder:
        path = folder / "large.db"
        large = measure("collecting_prepared", {"prepared": prepared, "users": sizes.large, "path": str(path)})
        large_tree = measure("tree_writing", {"path": str(path), "folder": str(folder / "large")})
    small, small_tree = [], []
    for _ in range(2 * sizes.repeats - 1):
        with _folder() as folder:
            path = folder / "small.db"
            small.append(
                measure("collecting_prepared", {"prepared": prepared, "users": sizes.small, "path": str(path)})
            )
            small_tree.append(measure("tree_writing", {"path": str(path), "folder": str(folder / "small")}))
    yield from _size_lines(sizes, large, small)
    yield from _tree_lines(sizes, large_tree, small_tree)


def _size_lines(sizes: Sizes, large: Measured, small: list[Measured]) -> Iterator[Line]:
    what, than = f"{sizes.large:,} users", f"{sizes.small:,}"
    small_peaks = [measured.peak for measured in small]
    small_times = [measured.seconds / sizes.small for measured in small]
    in_megabytes = f"{than}: {beside([peak / 1e6 for peak in small_peaks], megabytes)}"
    per_user = beside([1000 * time for time in small_times], milliseconds)
    yield Line(
        Goal(f"{what}: peak memory ≤ 1.3 × that of {than}", "at most", 1.3, times),
        [large.peak / median(small_peaks)],
        in_megabytes,
    )
    yield Line(Goal(f"{what}: peak memory < 200 MB", "at most", 200, megabytes), [large.peak / 1e6], in_megabytes)
    yield Line(
        Goal(f"{what}: time per user ≤ 1.2 × that at {than}", "at most", 1.2, times),
        [large.seconds / sizes.large / median(small_times)],
        f"{milliseconds(1000 * large.seconds / sizes.large)}; {than}: {per_user}",
    )
    yield Line(
        Goal(f"{what}: `graph.db` ≤ 2 KB a user", "at most", 2, kilobytes),
        [_bytes(large) / 1024 / sizes.large],
        f"{than}: {kilobytes(_bytes(small[0]) / 1024 / sizes.small)}",
    )


def _tree_lines(sizes: Sizes, large: Measured, small: list[Measured]) -> Iterator[Line]:
    what, than = f"{sizes.large:,} users", f"{sizes.small:,}"
    peaks = [measured.peak / 1e6 for measured in small]
    yield Line(
        Goal(f"{what}: tree written in < {_MOST_SECONDS_A_TREE} s", "at most", _MOST_SECONDS_A_TREE, seconds),
        [large.seconds],
        f"{than}: {beside([measured.seconds for measured in small], seconds)}",
    )
    yield Line(
        Goal(f"{what}: memory of writing it ≤ 1.3 × that at {than}", "at most", 1.3, times),
        [large.peak / 1e6 / median(peaks)],
        f"{megabytes(large.peak / 1e6)}; {than}: {beside(peaks, megabytes)}",
    )


def queries(sizes: Sizes) -> Iterator[Line]:
    """How long questions over many users take, beside DuckDB over the exported files."""
    what = f"{sizes.large:,} users, query"
    with _folder() as home:
        path, files = home / "default" / "graph.db", home / "export"
        prepared = asdict(prepare(generate_account()))
        measure(
            "collecting_prepared", {"prepared": prepared, "users": sizes.large, "path": str(path), "own": OWN_SETTINGS}
        )
        job = {"path": str(path), "repeats": 2 * sizes.repeats + 1, "limit": LIMIT}
        ours = _facts(measure("asking", {**job, "texts": [question.text for question in QUESTIONS]}))
        exporting = whole_process(
            [_COLLECTOR, "export", str(files), "--format", "parquet"], home, {"ZOOM_HOME": str(home)}
        )
        texts = [question.sql for question in QUESTIONS]
        theirs = _facts(measure("asking_duckdb", {"folder": str(files), "repeats": job["repeats"], "texts": texts}))
        for question in QUESTIONS:
            our, their = ours[question.text], theirs[question.sql]
            if our["rows"] != their["rows"]:
                raise RuntimeError(f"{question.name}: {our['rows']} rows, and {their['rows']} of DuckDB's")
            shown = (
                milliseconds(1000 * question.most).replace(".00", "") if question.most < 1 else f"{question.most:g} s"
            )
            yield Line(
                Goal(f"{what} {question.name}: ≤ {shown}", "at most", 1000 * question.most, milliseconds),
                [1000 * time for time in our["seconds"]],
                f"DuckDB: {beside([1000 * time for time in their['seconds']], milliseconds)}",
            )
        for name, text in ALL_ROWS.items():
            all_rows = measure("asking", {"path": str(path), "texts": [text], "repeats": 1, "limit": 0})
            yield Line(
                Goal(f"{what} {name}, `--limit 0`: memory < 150 MB", "at most", 150, megabytes),
                [all_rows.peak / 1e6],
                f"{_facts(all_rows)[text]['rows']:,} rows in {seconds(all_rows.seconds)}",
            )
        size = sum(file.stat().st_size for file in files.iterdir())
        yield Line(
            Goal(
                f"{what}: DuckDB's files are written in < {_MOST_SECONDS_A_TREE} s",
                "at most",
                _MOST_SECONDS_A_TREE,
                seconds,
            ),
            [exporting],
            f"{megabytes(size / 1e6)}; `graph.db`: {megabytes(path.stat().st_size / 1e6)}",
        )


def _facts(measured: Measured) -> Mapping[str, Any]:
    return measured.facts or {}


ROWS: Mapping[str, Callable[[Sizes], Iterator[Line]]] = {
    "start": whole_commands,
    "sandbox": sandbox_itself,
    "limit": at_the_limit,
    "rate": without_limit,
    "size": any_size,
    "query": queries,
}
"""The rows by the names they are chosen with."""


def _collect(served: Served) -> Measured:
    with _folder() as home:
        return measure("collecting", {"environment": {**served.environment, "ZOOM_RATE_SHARE": "1"}, "home": str(home)})


def _bare_pool(served: Served) -> Measured:
    url = served.environment["ZOOM_API_URL"]
    return measure("bare_pool", {"url": url, "token": served.token, "paths": served.paths})


def _rate(measured: Measured) -> float:
    return measured.calls / measured.seconds


def _processor(measured: Measured) -> float:
    return 1000 * measured.processor / measured.calls


def _bytes(measured: Measured) -> int:
    return int(_facts(measured)["bytes"])


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="zoom-collector-bench-") as folder:
        yield Path(folder)
