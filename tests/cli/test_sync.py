"""`collector sync`, `run` and `status` on both sandboxes: what they print, send and return."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock

from collector.errors import ExitCode, worst_of
from collector.sandbox import Account, Sandbox
from collector.sandbox import Fault as ZoomFault
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox

from .conftest import CollectOnce, Command, configure, words


@pytest.fixture
def jupiterone(jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch) -> JupiterOneSandbox:
    """With an instance, which is configured."""
    monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", jupiterone.add_instance().id)
    return jupiterone


@pytest.fixture
def collected(collector: Command, collect_once: CollectOnce) -> Command:
    collect_once()
    return collector


def test_the_first_upload(collected: Command, jupiterone: JupiterOneSandbox) -> None:
    outcome = collected("sync")
    assert outcome.code == 0
    rows = [line.split() for line in outcome.out.splitlines()]
    assert rows[0] == ["Type", "Uploaded"]
    assert ["zoom_user", "8"] in rows
    assert "entities: 17 created, 0 updated, 0 deleted, 0 errors" in outcome.out
    assert "relationships: 29 created, 0 updated, 0 deleted, 0 errors" in outcome.out
    assert outcome.out.splitlines()[-1].startswith("Next: ")
    assert len(jupiterone.entities()) == 17


def test_a_later_upload(collected: Command, jupiterone: JupiterOneSandbox, account: Account) -> None:
    collected("sync")
    bob = account.user("bob@example.com")
    assert bob is not None
    account.remove_user(bob.id)
    collected("collect")
    dry = collected("sync", "--dry-run")
    assert dry.code == 0
    assert ["zoom_user", "0", "0", "1", "7", "0"] in [line.split() for line in dry.out.splitlines()]
    assert "Nothing was sent.\nNext: collector sync" in dry.out
    assert [job.status for job in jupiterone.jobs] == ["FINISHED"]
    outcome = collected("sync")
    assert ["zoom_user", "0", "0", "1", "7", "0"] in [line.split() for line in outcome.out.splitlines()]
    assert "entities: 0 created, 2 updated, 1 deleted, 0 errors" in outcome.out, "a group and a role have a member less"


def test_lines_are_not_broken_where_there_is_no_terminal(collected: Command, jupiterone: JupiterOneSandbox) -> None:
    out = collected("sync", "--source", "api", "--scope", "zoom", "--skip-finalize").out
    assert "upload again with: collector sync --source api --scope zoom\n" in out
    assert [line for line in out.splitlines() if line != line.rstrip()] == []


def test_as_json(collected: Command, jupiterone: JupiterOneSandbox) -> None:
    foreseen = json.loads(collected("sync", "--dry-run", "--json").out)
    assert foreseen["compared"] is False
    assert foreseen["changes"]["zoom_user"] == {
        "created": 8,
        "updated": 0,
        "deleted": 0,
        "unchanged": 0,
        "staying": 0,
    }
    outcome = json.loads(collected("sync", "--json").out)
    assert outcome["jupiterone"]["entities"] == {"created": 17, "updated": 0, "deleted": 0, "errors": 0}
    assert (outcome["exitCode"], outcome["status"], outcome["uploaded"]["zoom_group"]) == (0, "FINISHED", 3)
    assert outcome["place"]["instanceId"] == jupiterone.instances[0].id


def test_without_a_record_the_dry_run_says_so(collected: Command, jupiterone: JupiterOneSandbox) -> None:
    assert "no earlier upload to this destination to compare with" in words(collected("sync", "--dry-run").out)


def test_where_the_key_may_not_query(collected: Command, jupiterone: JupiterOneSandbox) -> None:
    from_record = "estimated from this computer's own uploads only, because JupiterOne did not report its counts"
    assert from_record not in words(collected("sync").out)
    assert json.loads(collected("sync", "--dry-run", "--json").out)["recordAlone"] is None
    jupiterone.j1ql_allowed = False
    for arguments in (("--dry-run",), ()):
        outcome = collected("sync", *arguments)
        assert (outcome.code, from_record in words(outcome.out)) == (0, True)
        assert "may not query" in json.loads(collected("sync", *arguments, "--json").out)["recordAlone"]


def test_a_dry_run_tells_what_would_be_refused(collected: Command, jupiterone: JupiterOneSandbox) -> None:
    jupiterone.j1ql_allowed = False
    outcome = collected("sync", "--dry-run")
    assert outcome.code == 0
    assert "has not uploaded to this destination before" in words(outcome.out)
    assert "`collector sync` refuses this without --allow-deletes." in words(outcome.out)


def test_left_open_by_choice(collected: Command, jupiterone: JupiterOneSandbox) -> None:
    outcome = collected("sync", "--source", "api", "--scope", "zoom", "--skip-finalize")
    assert outcome.code == 0
    assert "is still open (--skip-finalize)" in words(outcome.out)
    assert [job.status for job in jupiterone.jobs] == ["AWAITING_UPLOADS"]


@pytest.mark.parametrize(
    ("arguments", "environment", "output"),
    [
        ((), {"JUPITERONE_ACCOUNT": ""}, "JUPITERONE_ACCOUNT is not set"),
        ((), {"JUPITERONE_ACCOUNT": "", "JUPITERONE_API_KEY": ""}, "JUPITERONE_ACCOUNT and JUPITERONE_API_KEY are not"),
        ((), {"JUPITERONE_INTEGRATION_INSTANCE_ID": ""}, "`collector instance create`"),
        ((), {"JUPITERONE_INTEGRATION_INSTANCE_ID": "none"}, "JupiterOne has no integration instance none"),
        ((), {"JUPITERONE_API_KEY": "wrong"}, "--allow-deletes"),
        (("--allow-deletes",), {"JUPITERONE_API_KEY": "wrong"}, "Check JUPITERONE_API_KEY"),
        (("--source", "api"), {}, "Name it with --scope"),
        (("--scope", "zoom"), {}, "Only the source api takes a scope"),
        (("--source", "cli"), {}, "Invalid value for '--source'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_wrong_use(
    collected: Command,
    jupiterone: JupiterOneSandbox,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    output: str,
) -> None:
    configure(monkeypatch, environment)
    outcome = collected("sync", *arguments)
    assert outcome.code == 2
    assert output in words(outcome.err)
    assert jupiterone.jobs == []


def test_another_sync_is_under_way(collected: Command, jupiterone: JupiterOneSandbox, tmp_path: Path) -> None:
    with FileLock(tmp_path / "home" / "default" / "sync.lock"):
        outcome = collected("sync")
    assert outcome.code == 2
    assert (
        "Another upload (or `instance`, `forget`, `uninstall`) of profile 'default' is already running." in outcome.err
    )
    assert jupiterone.requests == []


# Collect and sync in one


def test_running(collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox) -> None:
    outcome = collector("run")
    assert outcome.code == 0
    assert "17 entities and 29 relationships in" in words(outcome.out)
    assert "entities: 17 created" in outcome.out
    assert collector("run").code == 0
    output = json.loads(collector("run", "--json").out)
    assert output["collect"]["entities"] == 17
    assert output["sync"]["changes"]["zoom_user"]["unchanged"] == 8


def test_an_incomplete_collection_is_uploaded(collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox) -> None:
    zoom.faults.add(ZoomFault("missing_scope", "/groups", times=None))
    outcome = collector("run")
    assert outcome.code == 3
    assert "Not deleted from, because not read completely: " in words(outcome.out)
    assert [job.status for job in jupiterone.jobs] == ["FINISHED"]


@pytest.mark.parametrize("verb", [("run",), ("run", "--json"), ("run", "--poll")], ids=" ".join)
def test_what_is_missing_for_the_upload_is_reported_before_the_collection(
    collector: Command,
    zoom: Sandbox,
    jupiterone: JupiterOneSandbox,
    monkeypatch: pytest.MonkeyPatch,
    verb: tuple[str, ...],
) -> None:
    monkeypatch.setenv("POLLING_INTERVAL", "ONE_DAY")
    monkeypatch.delenv("JUPITERONE_INTEGRATION_INSTANCE_ID")
    outcome = collector(*verb)
    assert (outcome.code, outcome.out) == (2, "")
    assert "JUPITERONE_INTEGRATION_INSTANCE_ID" in outcome.err


def test_an_upload_that_fails_after_the_collection(
    collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox
) -> None:
    jupiterone.faults.add(Fault("forbidden", operation="create"))
    outcome = collector("run", "--json")
    assert outcome.code == 2
    assert json.loads(outcome.out)["sync"] is None


@pytest.mark.parametrize(
    ("codes", "worst"),
    [((0, 0), 0), ((3, 0), 3), ((0, 3), 3), ((75, 1), 75), ((3, 1), 1), ((75, 2), 2), ((0, 130), 130), ((3, 4), 4)],
)
def test_the_worse_exit_code_counts(codes: tuple[int, ...], worst: int) -> None:
    assert worst_of(*codes) == worst
    assert worst_of(*reversed(codes)) == worst


def test_polling_needs_an_interval(collector: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox) -> None:
    outcome = collector("run", "--poll")
    assert outcome.code == 2
    assert "Set POLLING_INTERVAL in ./.env to one of THIRTY_MINUTES, ONE_HOUR" in words(outcome.err)


# Status


def test_status(collected: Command, zoom: Sandbox, jupiterone: JupiterOneSandbox) -> None:
    output = collected("status")
    assert output.code == 0
    assert "complete (exit code 0)" in words(output.out)
    assert "Next run: none" in output.out
    assert "Last upload: none" in output.out
    assert "Stale: " not in output.out
    collected("sync")
    zoom.faults.add(ZoomFault("missing_privilege", "/users/*/settings", times=None))
    collected("collect")
    output = collected("status")
    assert "incomplete (exit code 3)" in words(output.out)
    assert (
        f"integration instance {jupiterone.instances[0].id} of the JupiterOne account sandbox, finished" in output.out
    )
    assert "entities: 17 created, 0 updated, 0 deleted, 0 errors" in output.out
    assert "Stale: " in output.out
    found = json.loads(collected("status", "--json").out)
    assert found["lastRun"]["exitCode"] == ExitCode.INCOMPLETE
    assert found["lastUpload"]["outcome"]["entitiesCreated"] == 17
    assert found["nextRunAt"] is None


def test_status_names_the_next_run(collected: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLLING_INTERVAL", "ONE_HOUR")
    found = json.loads(collected("status", "--json").out)
    assert found["nextRunAt"] - found["lastRun"]["startedAt"] == 3_600_000
    assert "if `collector run --poll` is running" in words(collected("status").out)


def test_status_of_an_upload_that_failed(collected: Command, jupiterone: JupiterOneSandbox) -> None:
    collected("sync")
    jupiterone.faults.add(Fault("job_ended", operation="entities"))
    collected("sync")
    output = words(collected("status").out)
    assert ", aborted Uploading to the synchronization job" in output
    assert "Last finished upload: " in output
