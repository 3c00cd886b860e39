"""JupiterOne's own command line uploads our tree, and what arrives is what `collector sync` brings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.sandbox import GRANULAR_SCOPES
from collector.tree import write_tree
from tests.upload.conftest import Both, Graph

from .conftest import managed_account
from .install import COMMAND_LINE, J1_INTEGRATION, needs

pytestmark = needs(COMMAND_LINE)

TREE = ".j1-integration"


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    """A centrally managed sandbox account and a JupiterOne."""
    both = Both(tmp_path, managed_account())
    yield both
    both.store.close()


def sync_with_the_command_line(both: Both, folder: Path, instance_id: str) -> str:
    """Upload the tree in a folder to an instance; what was printed."""
    with both.jupiterone.serve() as url:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPITERONE")}
        access = {"JUPITERONE_ACCOUNT": both.jupiterone.account, "JUPITERONE_API_KEY": both.jupiterone.api_key}
        options = ("--source", "integration-external", "--integrationInstanceId", instance_id)
        result = subprocess.run(
            [J1_INTEGRATION, "sync", "--api-base-url", url, *options],
            cwd=folder,
            env={**environment, **access, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    said = result.stdout + result.stderr
    assert result.returncode == 0, said
    assert "Synchronization job status: FINALIZE_PENDING" in said
    return said


def graph(both: Both, instance_id: str) -> Graph:
    """The graph in JupiterOne for an instance, by `_key`."""
    return {**both.jupiterone.entities(instance_id), **both.jupiterone.relationships(instance_id)}


def test_the_same_objects_arrive(both: Both, tmp_path: Path) -> None:
    both.profile.collect(scopes=GRANULAR_SCOPES)
    write_tree(both.store, tmp_path / TREE)
    theirs = both.jupiterone.add_instance("theirs").id
    said = sync_with_the_command_line(both, tmp_path, theirs)
    assert both.jupiterone.api_key not in said
    both.sync()
    assert graph(both, theirs) == graph(both, both.instance) == both.stored
    assert len(both.stored) > 360


def test_either_goes_on_where_the_other_has_been(both: Both, tmp_path: Path) -> None:
    """People may change from the one to the other: the second upload to the same instance changes nothing."""
    both.profile.collect(scopes=GRANULAR_SCOPES)
    write_tree(both.store, tmp_path / TREE)
    both.sync()
    sync_with_the_command_line(both, tmp_path, both.instance)
    both.jupiterone.finish_jobs()
    report = both.jupiterone.jobs[-1].document()
    changes = ("Created", "Updated", "Deleted")
    assert {report[f"num{kind}{change}"] for kind in ("Entities", "Relationships") for change in changes} == {0}


def test_partial_types_are_passed_on(both: Both, tmp_path: Path) -> None:
    """What summary.json names as partial is what our own upload names: nothing of it is deleted."""
    record = both.profile.collect(
        scopes=GRANULAR_SCOPES - {"role:read:list_roles:admin", "group:read:list_members:admin"}
    )
    partial = ["zoom_account_has_role", "zoom_group_has_user", "zoom_role", "zoom_user_assigned_role"]
    assert record.partial_types == partial
    write_tree(both.store, tmp_path / TREE)
    sync_with_the_command_line(both, tmp_path, both.jupiterone.add_instance("theirs").id)
    both.sync()
    assert [sorted(job.partial_types) for job in both.jupiterone.jobs] == [partial, partial]
