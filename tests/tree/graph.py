"""A small graph, the steps that read it, and ways to read a tree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from collector.model.coverage import Coverage, Status
from collector.model.graph import RelationshipType
from collector.model.step import Step, StepResult, StepStatus
from collector.model.unknown import UnknownSetting
from collector.store import ROW, Store

ACCOUNT = "zoom_account:acme"
HAS_USER = RelationshipType("zoom_account", "HAS", "zoom_user")

FETCH_ACCOUNT = Step("fetch-account", "Fetch Account", ("zoom_account",))
FETCH_USERS = Step("fetch-users", "Fetch Users", ("zoom_user",))
BUILD_ACCOUNT_USER = Step(
    "build-account-and-user-relationship",
    "Build Account and User Relationship",
    ("zoom_account_has_user",),
    ("fetch-users", "fetch-account"),
)
FETCH_GROUPS = Step("fetch-groups", "Fetch Groups", ("zoom_group",))


def collect(store: Store, *names: str) -> None:
    """A complete run that finds only the account and these users."""
    run = store.begin(1000, {"tag.AccountName": "acme"})
    run.put(ACCOUNT, ROW, {"_type": "zoom_account", "_class": ["Account"], "displayName": "Acme"}, 1000)
    for name in names:
        key = f"zoom_user:{name.lower()}"
        run.put(key, ROW, {"_type": "zoom_user", "_class": ["User"], "displayName": name}, 1000)
        run.put_relationship(HAS_USER.between(ACCOUNT, key))
    for key in run.missing_keys("zoom_user"):
        run.remove(key)
    counts = {"zoom_user": len(names)}
    run.finish(
        2000,
        3,
        [
            StepResult(FETCH_ACCOUNT, StepStatus.SUCCESS, (), {"zoom_account": 1}, 1, 1100, 1150),
            StepResult(FETCH_USERS, StepStatus.SUCCESS, ("zoom_user",), counts, 4, 1200, 1500),
            StepResult(
                BUILD_ACCOUNT_USER, StepStatus.SUCCESS, (), {"zoom_account_has_user": len(names)}, 0, 1500, 1600
            ),
            StepResult(FETCH_GROUPS, StepStatus.DISABLED, ("zoom_group",), {"zoom_group": 0}),
        ],
        [Coverage("fetch-users", "settings", Status.DENIED, False, stale=2, oldest=900, scopes=("user:read",))],
        [UnknownSetting("in_meeting.new", "boolean", 2, True)],
    )


def content(path: Path) -> Any:
    """The JSON in a file, which must be compact and end without a newline."""
    text = path.read_bytes().decode()
    value = json.loads(text)
    assert text == json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return value


def graph_keys(tree: Path) -> set[str]:
    """The `_key` of every object in the graph files."""
    return {
        graph_object["_key"]
        for file in (tree / "graph").rglob("*.json")
        for objects in content(file).values()
        for graph_object in objects
    }


def assert_whole(tree: Path) -> None:
    """The tree is whole: a summary, and an index with a link to every graph file."""
    assert "integrationStepResults" in content(tree / "summary.json")
    index = {link: link.readlink() for link in (tree / "index").rglob("*.json")}
    assert sorted(index.values()) == sorted((tree / "graph").rglob("*.json"))
    assert all(link.name == file.name for link, file in index.items())
