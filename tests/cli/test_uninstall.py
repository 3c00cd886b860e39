"""`collector uninstall`: everything goes, nothing of anybody else's, and what fails can be tried again."""

from __future__ import annotations

import importlib
import io
import json
import os
import random
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from filelock import FileLock

from collector.clock import SystemClock
from collector.sandbox import Account, Fault, Sandbox
from collector.sandbox.jupiterone import Fault as JupiterOneFault
from collector.sandbox.jupiterone import JupiterOneSandbox
from collector.settings import read_settings
from collector.upkeep.uninstall import Uninstall
from tests.canaries import files_with_canaries, found_in
from tests.fakes import FakeClock

from .conftest import CollectOnce, Command, Outcome, configure, served_jupiterone, sign_in

DONE = {
    "sign-in at Zoom": "done",
    "open jobs in JupiterOne": "nothing",
    "instance in JupiterOne": "done",
    ".j1-integration": "done",
    "profile": "done",
}


@pytest.fixture
def zoom(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A Zoom that somebody has signed in to with the browser."""
    sandbox = Sandbox(account)
    with sandbox.serve() as url:
        configure(monkeypatch, sandbox.browser_environment(url))
        sign_in(sandbox, read_settings(os.environ, Path.cwd()))
        yield sandbox


@pytest.fixture(autouse=True)
def nobody_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nobody waits a real second for a server that fails."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(importlib.import_module("collector.cli.uninstall"), "SystemClock", lambda: ManualClock())


class ManualClock(FakeClock):
    """The time of day, but waiting takes none."""

    def __init__(self) -> None:
        super().__init__(SystemClock().now())


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "home" / "default"


@pytest.fixture
def installed(collector: Command, collect_once: CollectOnce, jupiterone: JupiterOneSandbox) -> str:
    """Signed in, collected, with an instance: its id."""
    collect_once()
    assert collector("instance", "create", "--account-name", "Example Ltd").code == 0
    return jupiterone.instances[0].id


def parts(outcome: Outcome) -> dict[str, str]:
    """Part → outcome, as `--json` prints them."""
    return {part["part"]: part["outcome"] for part in json.loads(outcome.out)["parts"]}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.usefixtures("installed")
class TestEverything:
    def test_it_says_what_it_does(
        self,
        collector: Command,
        zoom: Sandbox,
        jupiterone: JupiterOneSandbox,
        installed: str,
        work: Path,
        profile: Path,
    ) -> None:
        (work / ".env").write_text("# mine\n")
        outcome = collector("uninstall", "--yes")
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out.splitlines()[:11] == [
            'Uninstalling the profile "default" will:',
            "  - end the sign-in of olive@example.com at Zoom, which also removes the app from the account there",
            f"  - delete the integration instance {installed} in JupiterOne, with all its entities",
            f"  - remove the tree {work / '.j1-integration'}",
            f"  - remove the folder {profile}: token, store and its history",
            "done     sign-in at Zoom: end the sign-in of olive@example.com at Zoom, which also removes the app from "
            "the account there",
            "nothing  open jobs in JupiterOne",
            f"done     instance in JupiterOne: delete the integration instance {installed} in JupiterOne, with all its "
            "entities",
            f"done     .j1-integration: remove the tree {work / '.j1-integration'}",
            f"done     profile: remove the folder {profile}: token, store and its history",
            "",
        ]
        assert not zoom.installed
        assert jupiterone.instances == []
        assert names(work) == [".env"]
        assert names(profile.parent) == []

    def test_twice(self, collector: Command, work: Path, profile: Path) -> None:
        assert parts(collector("uninstall", "--yes", "--json")) == DONE
        outcome = collector("uninstall", "--yes")
        assert outcome.code == 0
        assert outcome.out.startswith('The profile "default" has nothing to remove.\n')
        outcome = collector("uninstall", "--json")
        assert (outcome.code, set(parts(outcome).values())) == (0, {"nothing"})
        assert names(work) + names(profile.parent) == []

    def test_a_configured_instance_that_was_uploaded_to_goes_beside_the_remembered_one(
        self, collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        jupiterone.add_instance("of somebody else")
        monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", jupiterone.add_instance("configured").id)
        assert collector("sync").code == 0
        assert parts(collector("uninstall", "--yes", "--json")) == DONE
        assert [instance.name for instance in jupiterone.instances] == ["of somebody else"]

    @pytest.mark.parametrize("keep", [(), ("--keep-instance",)])
    def test_a_configured_instance_that_was_never_uploaded_to_stays(
        self,
        collector: Command,
        jupiterone: JupiterOneSandbox,
        installed: str,
        monkeypatch: pytest.MonkeyPatch,
        keep: tuple[str, ...],
    ) -> None:
        other = jupiterone.add_instance("of another profile").id
        monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", other)
        assert collector("uninstall", "--yes", *keep).code == 0
        left = [installed, other] if keep else [other]
        assert [instance.id for instance in jupiterone.instances] == left

    def test_an_upload_that_never_began_makes_no_instance_the_profiles_own(
        self, collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = jupiterone.add_instance("of another profile").id
        monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", other)
        jupiterone.faults.add(JupiterOneFault("forbidden", operation="create"))
        assert collector("sync").code == 2
        assert collector("uninstall", "--yes").code == 0
        assert [instance.id for instance in jupiterone.instances] == [other]

    def test_the_instance_may_stay(self, collector: Command, jupiterone: JupiterOneSandbox, profile: Path) -> None:
        outcome = collector("uninstall", "--yes", "--keep-instance", "--json")
        assert outcome.code == 0
        assert parts(outcome) == {**DONE, "instance in JupiterOne": "left"}
        assert len(jupiterone.instances) == 1
        assert not profile.exists()

    def test_what_was_set_aside_or_left_by_an_earlier_version_goes_as_well(
        self, collector: Command, profile: Path
    ) -> None:
        for name in ("token.json.corrupt-1795435200", ".token.json-abc.tmp", "graph.db.damaged", "job.lock"):
            (profile / name).write_text("about people")
        assert collector("uninstall", "--yes").code == 0
        assert not profile.exists()

    def test_no_secret_is_said(self, collector: Command, tmp_path: Path) -> None:
        outcome = collector("-v", "uninstall", "--yes")
        assert found_in(outcome.out + outcome.err) == []
        assert files_with_canaries(tmp_path) == set()


@pytest.mark.usefixtures("installed")
class TestAsking:
    @pytest.fixture
    def answering(self, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
        typed = io.StringIO("n\ny\n")
        monkeypatch.setattr(typed, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", typed)
        return typed

    @pytest.mark.usefixtures("answering")
    def test_json_stands_alone_and_the_question_still_says_what_will_go(
        self, collector: Command, installed: str, profile: Path
    ) -> None:
        outcome = collector("uninstall", "--json")
        assert (outcome.code, outcome.out) == (0, "")
        said, _, question = outcome.err.partition("Continue?")
        assert f"delete the integration instance {installed} in JupiterOne" in said
        assert f"remove the folder {profile}" in said
        assert question
        outcome = collector("uninstall", "--json")
        assert parts(outcome) == DONE
        assert "Uninstalling the profile" in outcome.err


@pytest.mark.usefixtures("installed")
class TestWhatFails:
    @pytest.mark.parametrize(("part", "otherwise"), [(0, "collector auth logout"), (2, "--keep-instance")])
    def test_somebody_does_not_answer(
        self,
        collector: Command,
        zoom: Sandbox,
        jupiterone: JupiterOneSandbox,
        work: Path,
        profile: Path,
        part: int,
        otherwise: str,
    ) -> None:
        if part == 0:
            zoom.faults.add(Fault("status_500", path="/oauth/revoke", times=20))
        else:
            jupiterone.faults.add(JupiterOneFault("status_500", operation="deleteIntegrationInstance", times=20))
        outcome = collector("uninstall", "--yes", "--json")
        assert outcome.code == 1
        assert parts(outcome) == {**DONE, list(DONE)[part]: "failed", "profile": "left"}
        assert otherwise in json.loads(outcome.out)["parts"][part]["next"]
        assert "graph.db" in names(profile)
        assert (zoom.installed, len(jupiterone.instances), names(work)) == (part == 0, int(part == 2), [])

        zoom.faults.clear()
        jupiterone.faults.clear()
        outcome = collector("uninstall", "--yes", "--json")
        assert outcome.code == 0
        assert parts(outcome)[list(DONE)[part]] == parts(outcome)["profile"] == "done"
        assert (zoom.installed, jupiterone.instances, profile.exists()) == (False, [], False)

    def test_another_account_of_jupiterones_is_configured(
        self,
        collector: Command,
        jupiterone: JupiterOneSandbox,
        installed: str,
        profile: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Its not knowing the instance says nothing about the account the instance is in."""
        with monkeypatch.context() as patch, served_jupiterone(JupiterOneSandbox(account="staging", seed=5), patch):
            outcome = collector("uninstall", "--yes", "--json")
            assert outcome.code == 1
            assert parts(outcome) == {**DONE, "instance in JupiterOne": "failed", "profile": "left"}
            (failed,) = (part for part in json.loads(outcome.out)["parts"] if part["outcome"] == "failed")
            assert failed["message"].startswith(
                f"The integration instance {installed} belongs to the JupiterOne account {jupiterone.account} ("
            )
            assert "--keep-instance" in failed["next"]
        assert ("graph.db" in names(profile), len(jupiterone.instances)) == (True, 1)
        assert collector("uninstall", "--yes").code == 0
        assert (jupiterone.instances, profile.exists()) == ([], False)

    def test_a_tree_that_cannot_be_removed(
        self, collector: Command, work: Path, profile: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr("collector.tree.swap.new_folder", lambda target: target / "no" / "such" / "folder")
            outcome = collector("uninstall", "--yes", "--json")
        assert outcome.code == 1
        assert parts(outcome) == {**DONE, ".j1-integration": "failed", "profile": "left"}
        assert "graph.db" in names(profile)
        assert collector("uninstall", "--yes").code == 0
        assert names(work) + names(profile.parent) == []

    def test_a_damaged_store(self, collector: Command, zoom: Sandbox, profile: Path) -> None:
        """It says which job and instance are the profile's, so nothing is done without it."""
        (profile / "graph.db").write_bytes(b"no database" * 1000)
        outcome = collector("uninstall", "--yes")
        assert (outcome.code, outcome.out) == (1, "")
        assert "is damaged" in outcome.err
        assert zoom.installed
        (profile / "graph.db").rename(profile / "graph.db.damaged")
        outcome = collector("uninstall", "--yes", "--json")
        assert outcome.code == 0
        assert parts(outcome)[".j1-integration"] == "left"
        assert not profile.exists()

    def test_a_damaged_token(self, collector: Command, profile: Path) -> None:
        (profile / "token.json").write_text("{")
        outcome = collector("uninstall", "--yes")
        assert outcome.code == 1
        assert "failed   sign-in at Zoom: The token file of the profile" in outcome.out
        assert "`collector auth logout`" in outcome.out
        assert collector("auth", "logout").code == 0
        assert collector("uninstall", "--yes").code == 0
        assert not profile.exists()

    @pytest.mark.parametrize("parts_done", [0, 1, 2, 3, 4])
    def test_who_is_killed_between_two_parts_goes_on(
        self,
        collector: Command,
        zoom: Sandbox,
        jupiterone: JupiterOneSandbox,
        work: Path,
        profile: Path,
        parts_done: int,
    ) -> None:
        begun = Uninstall(read_settings(os.environ, work), work, SystemClock(), random.Random(7)).run()
        done = [result.outcome.value for result in islice(begun, parts_done)]
        begun.close()
        expected = list(DONE.values())
        assert done == expected[:parts_done]
        outcome = collector("uninstall", "--yes", "--json")
        assert outcome.code == 0
        assert list(parts(outcome).values()) == ["nothing"] * parts_done + expected[parts_done:]
        assert (zoom.installed, jupiterone.instances) == (False, [])
        assert (names(work), profile.exists()) == ([], False)

    @pytest.mark.parametrize("lock", ["collect.lock", "sync.lock"])
    def test_while_another_command_works(
        self,
        collector: Command,
        zoom: Sandbox,
        jupiterone: JupiterOneSandbox,
        profile: Path,
        lock: str,
    ) -> None:
        with FileLock(profile / lock):
            outcome = collector("uninstall", "--yes")
        assert outcome.code == 2
        assert "is already running" in outcome.err
        assert zoom.installed
        assert len(jupiterone.instances) == 1


class TestOpenJobs:
    """A job that an upload left open is ended, since its id goes with the store."""

    @pytest.fixture(autouse=True)
    def job(self, collector: Command, installed: str, jupiterone: JupiterOneSandbox) -> str:
        """An upload is interrupted and cannot abort its job."""
        jupiterone.faults.add(JupiterOneFault("forbidden", operation="entities", times=None))
        jupiterone.faults.add(JupiterOneFault("forbidden", operation="abort", times=None))
        assert collector("sync").code == 2
        jupiterone.faults.clear()
        (job,) = jupiterone.jobs
        assert job.status == "AWAITING_UPLOADS"
        return job.id

    @pytest.mark.parametrize("keep", [(), ("--keep-instance",)])
    def test_it_is_ended_first(
        self,
        collector: Command,
        jupiterone: JupiterOneSandbox,
        job: str,
        profile: Path,
        keep: tuple[str, ...],
    ) -> None:
        outcome = collector("uninstall", "--yes", *keep)
        assert outcome.code == 0
        action = f"end the job {job} (account {jupiterone.account}) in JupiterOne, which an upload left open\n"
        assert f"  - {action}" in outcome.out
        assert f"done     open jobs in JupiterOne: {action}" in outcome.out
        assert [job.status for job in jupiterone.jobs] == ["ABORTED"]
        asked = [request.operation for request in jupiterone.requests]
        deleted = asked.index("deleteIntegrationInstance") if not keep else len(asked)
        assert asked.index("abort", asked.index("abort") + 1) < deleted
        assert not profile.exists()

    def test_jupiterone_refuses(
        self, collector: Command, jupiterone: JupiterOneSandbox, job: str, profile: Path
    ) -> None:
        jupiterone.faults.add(JupiterOneFault("forbidden", operation="abort", times=None))
        outcome = collector("uninstall", "--yes", "--keep-instance", "--json")
        assert outcome.code == 1
        assert parts(outcome) == {
            **DONE,
            "open jobs in JupiterOne": "failed",
            "instance in JupiterOne": "left",
            "profile": "left",
        }
        assert "`collector uninstall --keep-jobs`" in json.loads(outcome.out)["parts"][1]["next"]
        assert "graph.db" in names(profile)
        jupiterone.faults.clear()
        assert collector("uninstall", "--yes", "--keep-instance").code == 0
        assert [job.status for job in jupiterone.jobs] == ["ABORTED"]
        assert not profile.exists()

    def test_it_may_stay(
        self,
        collector: Command,
        jupiterone: JupiterOneSandbox,
        job: str,
        profile: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        account = jupiterone.account
        monkeypatch.delenv("JUPITERONE_ACCOUNT")
        assert collector("uninstall", "--yes", "--keep-instance").code == 1
        outcome = collector("uninstall", "--yes", "--keep-instance", "--keep-jobs")
        assert outcome.code == 0
        assert f"left     open jobs in JupiterOne: {job} (account {account}) stays open, as you asked.\n" in outcome.out
        assert "- end the job" not in outcome.out
        assert [job.status for job in jupiterone.jobs] == ["AWAITING_UPLOADS"]
        assert not profile.exists()


@pytest.mark.usefixtures("installed")
class TestWhatIsNotOurs:
    def test_a_strange_file_in_the_profile(self, collector: Command, profile: Path) -> None:
        (profile / "notes.txt").write_text("mine")
        for _ in range(2):
            outcome = collector("uninstall", "--yes")
            assert outcome.code == 0
            assert f"left     profile: {profile} is kept: notes.txt is not the collector's.\n" in outcome.out
            assert names(profile) == ["notes.txt"]

    def test_a_tree_of_another_profile(self, collector: Command, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert collector("uninstall", "--yes", "--profile", "other").code == 0
        assert (work / ".j1-integration" / "summary.json").exists()

    def test_a_tree_that_somebody_else_wrote(self, collector: Command, work: Path) -> None:
        (work / ".j1-integration" / "summary.json").write_text('{"integrationStepResults": []}')
        outcome = collector("uninstall", "--yes")
        assert outcome.code == 0
        assert f"left     .j1-integration: {work / '.j1-integration'} was not written by this profile" in outcome.out
        assert (work / ".j1-integration").is_dir()

    def test_the_other_profiles(self, collector: Command, zoom: Sandbox, tmp_path: Path) -> None:
        other = tmp_path / "home" / "other"
        other.mkdir()
        (other / "graph.db").write_bytes(b"other")
        assert collector("uninstall", "--yes").code == 0
        assert names(tmp_path / "home") == ["other"]
        assert names(other) == ["graph.db"]


def test_a_server_to_server_app(
    collector: Command, account: Account, work: Path, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = Sandbox(account)
    with sandbox.serve() as url:
        configure(monkeypatch, sandbox.environment(url))
        assert collector("collect").code == 0
        outcome = collector("uninstall", "--yes")
    assert outcome.code == 0
    assert "end the sign-in" not in outcome.out
    assert "done     sign-in at Zoom: remove the token of the app\n" in outcome.out
    assert "nothing  instance in JupiterOne\n" in outcome.out
    assert (names(work), profile.exists()) == ([], False)


def test_a_profile_that_does_not_exist(
    collector: Command, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip of the fingers: the configured instance is that of another profile."""
    production = jupiterone.add_instance("production").id
    monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", production)
    outcome = collector("uninstall", "--yes", "--profile", "tset")
    assert outcome.code == 0
    assert outcome.out.startswith('The profile "tset" has nothing to remove.\n')
    assert [instance.id for instance in jupiterone.instances] == [production]


def test_where_nothing_was_ever_done(collector: Command, tmp_path: Path) -> None:
    for _ in range(2):
        outcome = collector("uninstall")
        assert outcome.code == 0
        assert outcome.out.startswith('The profile "default" has nothing to remove.\n')
    assert names(tmp_path) == ["work"]
