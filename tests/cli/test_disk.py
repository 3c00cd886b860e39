"""Faults of the disk and of the clock: a clear message, the right exit code, and what was there before untouched."""

from __future__ import annotations

import importlib
import random
import resource
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest

from collector.sandbox import Account, Sandbox
from tests.fakes import NOON, FakeClock

from .conftest import Command

DAY = 86_400.0


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "home" / "default" / "graph.db"


def tree(work: Path) -> dict[str, bytes]:
    return {str(file.relative_to(work)): file.read_bytes() for file in work.rglob("*") if file.is_file()}


def connections_that(prepare: Callable[[Path], sqlite3.Connection]) -> AbstractContextManager[None]:
    """While this lasts, the store is opened this way."""

    @contextmanager
    def patched() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(importlib.import_module("collector.store.database").sqlite3, "connect", prepare)
            yield

    return patched()


def full_disk(store: Path) -> AbstractContextManager[None]:
    """The store may grow by five pages, and then the disk is full."""
    connect = sqlite3.connect
    with closing(connect(store)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] + 5

    def limited(path: Path, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(path, **options)  # type: ignore[call-overload]
        connection.execute(f"PRAGMA max_page_count = {pages}").close()
        return connection

    return connections_that(limited)


@contextmanager
def used_up_quota(store: Path) -> Iterator[None]:
    """No file may become larger than the store is now, which SQLite calls the same as a used-up quota."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.stat().st_size + 20_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def read_only(store: Path) -> AbstractContextManager[None]:
    """The file system lets the store be read only."""
    connect = sqlite3.connect

    def opened(path: Path, **options: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(f"file:{path}?mode=ro", uri=True, **options)  # type: ignore[call-overload]
        return connection

    return connections_that(opened)


@pytest.fixture
def collected(collector: Command, zoom: Sandbox, account: Account) -> Account:
    """The account, collected once; then many people joined."""
    assert collector("collect").code == 0
    for number in range(120):
        account.add_user(f"new{number}@example.com", "New" * 20, "User" * 15)
    return account


@pytest.mark.parametrize(
    ("trouble", "message", "advice"),
    [
        (
            full_disk,
            "Error: The disk is full: the store {store} could not be written. What it held before is kept.\n",
            "Next: Free some space and run the command again.",
        ),
        (
            used_up_quota,
            "Error: The disk could not be read or written for the store {store} (disk I/O error). "
            "What it held before is kept.\n",
            "Next: Free some space or raise the quota, then run the command again. "
            "If it keeps failing, check the disk.",
        ),
        (
            read_only,
            "Error: The store {store} cannot be written (attempt to write a readonly database).\n",
            "Next: Check the permissions of the file and its folder, or choose another one with ZOOM_HOME.",
        ),
    ],
)
def test_in_mid_run(
    collector: Command,
    collected: Account,
    work: Path,
    store: Path,
    trouble: Callable[[Path], AbstractContextManager[None]],
    message: str,
    advice: str,
) -> None:
    before = tree(work)
    with trouble(store):
        outcome = collector("collect")
    assert (outcome.code, outcome.out) == (1, "")
    assert message.format(store=store) in outcome.err
    assert advice in outcome.err
    assert tree(work) == before
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    shown = collector("show", "user", "ada@example.com")
    assert (shown.code, shown.err) == (0, "")

    assert collector("collect").code == 0
    assert collector("show", "user", "new119@example.com").code == 0


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 3]


def emptied_middle(content: bytes) -> bytes:
    return content[:8192] + bytes(len(content) - 8192)


def broken_documents(content: bytes) -> bytes:
    """Single bits flip where no structure of SQLite's lies: it finds nothing wrong, but the JSON is none any more."""
    return content.replace(b'{"_class":', b'{"_clasw":').replace(b'"_type":', b'"_type"*')


@pytest.mark.parametrize("damage", [truncated, emptied_middle, broken_documents])
@pytest.mark.parametrize(
    "verb",
    [("show", "user", "ada@example.com"), ("collect",)],
    ids=lambda verb: " ".join(verb[:2]),
)
def test_a_damaged_store(
    collector: Command,
    zoom: Sandbox,
    work: Path,
    store: Path,
    verb: tuple[str, ...],
    damage: Callable[[bytes], bytes],
) -> None:
    collector("collect")
    before = tree(work)
    store.write_bytes(damage(store.read_bytes()))
    damaged = store.read_bytes()
    outcome = collector(*verb)
    assert (outcome.code, outcome.out) == (1, "")
    assert "damaged" in outcome.err
    assert "left as it is" in outcome.err or "left as it was" in outcome.err
    assert "move it aside" in outcome.err.lower()
    assert "run `collector collect`" in outcome.err
    assert "Exception ignored" not in outcome.err
    assert tree(work) == before
    if verb != ("collect",):
        assert store.read_bytes() == damaged

    store.rename(store.with_name("graph.db.damaged"))
    assert collector("collect").code == 0


class ManualClock(FakeClock):
    """The one clock of all commands, which may jump."""

    def stop(self) -> None:
        raise AssertionError("nobody stops these runs")


class Jumping(ManualClock):
    """Shows another day, up to ten to either side, whenever somebody looks; what is measured by it runs on."""

    def __init__(self) -> None:
        super().__init__()
        self._days = random.Random(3)

    def now(self) -> float:
        return self.time + self._days.uniform(-10, 10) * DAY


def use(monkeypatch: pytest.MonkeyPatch, clock: ManualClock) -> ManualClock:
    for module in ("collector.cli.collect", "collector.cli.forget"):
        monkeypatch.setattr(importlib.import_module(module), "SystemClock", lambda: clock)
    return clock


def test_the_clock_jumps_between_runs(
    collector: Command, zoom: Sandbox, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = use(monkeypatch, ManualClock())
    for days, leaves in ((0, "max"), (3650, "cyd"), (-30, "bob"), (1, "ina")):
        clock.time = NOON + days * DAY
        assert collector("collect").code == 0
        assert collector("show", "user", f"{leaves}@example.com").code == 0
        account.remove_user(next(user.id for user in account.users if user.email == f"{leaves}@example.com"))
    assert [collector("show", "user", f"{name}@example.com").code for name in ("ada", "max", "cyd", "bob", "ina")] == [
        0,
        2,
        2,
        2,
        0,
    ]
    assert "Forgot 2 collections" in collector("forget", "--before", "2026-11-24").out
    assert collector("collect").code == 0
    assert collector("show", "user", "ina@example.com").code == 2


def test_the_clock_jumps_in_mid_run(
    collector: Command, zoom: Sandbox, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Jumping())
    outcome = collector("collect")
    assert outcome.code == 0
    assert "17 entities and 29 relationships" in outcome.out
    account.remove_user(next(user.id for user in account.users if user.email == "bob@example.com"))
    assert collector("collect").code == 0
    assert collector("show", "user", "bob@example.com").code == 2
    assert "when each was read" in collector("show", "user", "ada@example.com").out
