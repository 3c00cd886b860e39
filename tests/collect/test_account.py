"""A whole collection: its store and tree, however it ends."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.collect import account as collecting
from collector.collect import pool
from collector.collect.account import CollectResult, collect_account
from collector.collect.progress import NoProgress
from collector.errors import CollectorError, ExitCode
from collector.sandbox import Account, Fault, Sandbox
from collector.settings import NAMES, read_settings
from collector.store import Store
from tests.cli.processes import ended, started
from tests.collect.conftest import people
from tests.fakes import NOON, BlockedCall, FakeClock


@pytest.fixture
def account() -> Account:
    return people()


@pytest.fixture
def gate() -> BlockedCall:
    return BlockedCall()


@pytest.fixture
def zoom(account: Account, gate: BlockedCall) -> Sandbox:
    return Sandbox(account, clock=gate)


@pytest.fixture
def environment(
    zoom: Sandbox, gate: BlockedCall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The settings to read the sandbox, which is being served."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with zoom.serve() as url:
        yield {**zoom.environment(url), "ZOOM_HOME": str(tmp_path / "home")}
        gate.open.set()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


Collect = Callable[..., CollectResult]


@pytest.fixture
def collect(environment: dict[str, str], work: Path) -> Collect:
    """One collection in this process, without waiting. Keywords replace settings."""

    def once(clock: object = None, progress: object = None, **changed: str) -> CollectResult:
        return collect_account(
            read_settings({**environment, **changed}, work),
            clock=clock or FakeClock(),
            randomness=random.Random(7),
            progress=progress or NoProgress(),
            folder=work,
        )

    return once


def tree(work: Path) -> dict[str, bytes]:
    """Every file of the tree."""
    folder = work / ".j1-integration"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def in_tree(work: Path, type_: str) -> list[dict[str, object]]:
    files = (work / ".j1-integration" / "index").glob(f"*/{type_}/*.json")
    return [found for file in files for objects in json.loads(file.read_bytes()).values() for found in objects]


def in_store(environment: Mapping[str, str], work: Path) -> set[str]:
    """E-mail addresses of the users in the store."""
    with Store.open_existing(read_settings(environment, work).profile.store_path) as store:
        return {entity["email"][0] for entity in store.entities("zoom_user")}


def exit_code(collect: Collect, **options: object) -> int:
    try:
        return int(collect(**options).record.exit_code)
    except CollectorError as failure:
        return int(failure.exit_code)


class TestTree:
    def test_everything_in_the_store_is_in_the_tree(self, collect: Collect, work: Path) -> None:
        collected = collect()
        assert collected.tree.path == work / ".j1-integration"
        assert (collected.tree.entities, collected.tree.relationships) == (17, 29)
        assert {user["email"][0] for user in in_tree(work, "zoom_user")} == {
            f"{name}@example.com" for name in ("olive", "ada", "bob", "cyd", "max", "ina", "pia", "pim")
        }
        summary = json.loads((work / ".j1-integration" / "summary.json").read_bytes())
        assert summary["metadata"]["partialDatasets"] == {"types": []}

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            (None, ExitCode.COMPLETE),
            (Fault("missing_privilege", "/groups/*/members", times=None), ExitCode.INCOMPLETE),
            (Fault("daily_429", "/groups", times=None), ExitCode.DAILY_LIMIT),
        ],
    )
    def test_it_is_written(
        self, collect: Collect, zoom: Sandbox, work: Path, fault: Fault | None, code: ExitCode
    ) -> None:
        collect()
        zoom.account.add_user("new@example.com")
        if fault is not None:
            zoom.faults.add(fault)
        assert exit_code(collect) == code
        assert "new@example.com" in {user["email"][0] for user in in_tree(work, "zoom_user")}
        assert len(in_tree(work, "zoom_group")) == 3

    @pytest.mark.parametrize(
        ("changed", "fault", "code"),
        [
            ({}, Fault("reset", times=None), ExitCode.FAILED),
            ({"ZOOM_CLIENT_SECRET": "wrong"}, None, ExitCode.USAGE),
            ({}, Fault("unauthorized", "/groups", times=None), ExitCode.SIGN_IN),
            ({"ZOOM_ACCESS_TOKEN": "expired"}, None, ExitCode.SIGN_IN),
        ],
    )
    def test_it_is_left_as_it_was(
        self,
        collect: Collect,
        zoom: Sandbox,
        work: Path,
        tmp_path: Path,
        changed: dict[str, str],
        fault: Fault | None,
        code: ExitCode,
    ) -> None:
        collect()
        before = tree(work)
        zoom.account.add_user("new@example.com")
        (tmp_path / "home" / "default" / "token.json").unlink()
        if fault is not None:
            zoom.faults.add(fault)
        assert exit_code(collect, **changed) == code
        assert tree(work) == before

    def test_it_does_not_wait_for_a_token_that_does_not_come(
        self, collect: Collect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock, released = SystemClock(), threading.Event()
        monkeypatch.setattr(pool, "_DRAIN_SECONDS", 0.0)

        def hang(*_: object) -> None:
            clock.stop()
            released.wait(60)

        monkeypatch.setattr(collecting, "current_token", hang)
        try:
            assert exit_code(collect, clock=clock) == ExitCode.INTERRUPTED
            assert not released.is_set()
        finally:
            released.set()

    def test_a_daily_limit_says_when_it_clears(
        self, collect: Collect, zoom: Sandbox, gate: BlockedCall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(gate, "now", lambda: NOON)
        assert collect().clears_at is None
        zoom.faults.add(Fault("daily_429", "/groups", times=None))
        assert collect().clears_at == 1_795_478_400_000  # 2026-11-24T00:00:00Z, the midnight after the fake noon


class TestTags:
    def test_the_name_is_on_every_entity(self, collect: Collect, environment: dict[str, str], work: Path) -> None:
        tags = {"TAG_WITH_ACCOUNT_NAME": "true", "ACCOUNT_NAME": "Acme Größe"}
        collect(**tags)
        entities = [
            entity
            for type_ in ("zoom_account", "zoom_group", "zoom_role", "zoom_user")
            for entity in in_tree(work, type_)
        ]
        assert len(entities) == 17
        assert {entity["tag.AccountName"] for entity in entities} == {"Acme Größe"}
        assert "tag.AccountName" not in in_tree(work, "zoom_account_has_user")[0]

        code, shown, _ = ended("show", "user", "ada@example.com", cwd=work, settings={**environment, **tags})
        assert code == 0
        assert "tag.AccountName: Acme Größe" in shown

    def test_the_name_alone_tags_nothing(self, collect: Collect, work: Path) -> None:
        collect(ACCOUNT_NAME="Acme")
        assert "tag.AccountName" not in in_tree(work, "zoom_account")[0]

    def test_the_tag_goes_with_the_setting(self, collect: Collect, work: Path) -> None:
        collect(ACCOUNT_NAME="Acme", TAG_WITH_ACCOUNT_NAME="true")
        collect()
        assert "tag.AccountName" not in in_tree(work, "zoom_account")[0]


class TestProcesses:
    @pytest.fixture
    def running(
        self, collect: Collect, zoom: Sandbox, environment: dict[str, str], work: Path, gate: BlockedCall
    ) -> Iterator[subprocess.Popen[str]]:
        """A second collection in another process, waiting for the groups."""
        collect()
        zoom.account.add_user("new@example.com")
        zoom.faults.add(Fault("slow", "/groups"))
        with started("collect", cwd=work, settings=environment) as process:
            assert gate.reached.wait(timeout=60)
            yield process

    def test_a_second_one_is_turned_away(
        self, running: subprocess.Popen[str], environment: dict[str, str], work: Path, gate: BlockedCall
    ) -> None:
        code, out, err = ended("collect", cwd=work, settings=environment)
        assert (code, out) == (2, "")
        assert err == (
            "Error: Another collection (or `forget`, `uninstall`) of profile 'default' is already running.\n"
            "Next: Wait for it to finish, or use another profile with --profile NAME.\n"
        )
        gate.open.set()
        running.communicate(timeout=60)
        assert running.returncode == 0

    def test_meanwhile_the_graph_can_be_looked_at(
        self, running: subprocess.Popen[str], environment: dict[str, str], work: Path
    ) -> None:
        code, shown, _ = ended("show", "user", "ada@example.com", cwd=work, settings=environment)
        assert code == 0
        assert shown.startswith("Ada Byron")

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_it_between_two_writes(
        self, running: subprocess.Popen[str], environment: dict[str, str], work: Path, number: signal.Signals
    ) -> None:
        before = tree(work)
        running.send_signal(number)
        out, err = running.communicate(timeout=60)
        assert running.returncode == 130
        assert out == ""
        assert err.endswith(
            "Error: Interrupted.\n"
            "Next: What was read is kept. Within 24 hours `collector collect` resumes from there; "
            "`collector collect --fresh` starts over.\n"
        )
        assert tree(work) == before
        assert "new@example.com" in in_store(environment, work)
        with Store.open_existing(read_settings(environment, work).profile.store_path) as store:
            record = store.latest_run()
        assert record is not None
        assert record.exit_code == 130
        assert "zoom_group" in record.partial_types
        assert "zoom_user" not in record.partial_types

    def test_a_kill_leaves_the_old_tree_and_a_usable_store(
        self,
        running: subprocess.Popen[str],
        collect: Collect,
        environment: dict[str, str],
        work: Path,
        gate: BlockedCall,
    ) -> None:
        before = tree(work)
        os.kill(running.pid, signal.SIGKILL)
        running.communicate(timeout=60)
        assert running.returncode == -signal.SIGKILL
        assert tree(work) == before
        with closing(sqlite3.connect(read_settings(environment, work).profile.store_path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert "ada@example.com" in in_store(environment, work)

        gate.open.set()
        collected = collect()
        assert collected.record.exit_code == 0
        assert "new@example.com" in {user["email"][0] for user in in_tree(work, "zoom_user")}
