"""`collector status --runs`, and the dates that verbs take beside the numbers of runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collector.clock import SystemClock
from collector.resources.declaration import SettingsChoice
from tests.collect.conftest import people
from tests.collect.profile import Profile
from tests.fakes import NOON

from .conftest import Command

DAY = 86_400


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run, a day later one without settings, an hour later a third; max leaves before the second."""
    home = tmp_path_factory.mktemp("home")
    (home / "default").mkdir()
    profile = Profile(home / "default", people())
    profile.collect()
    leaving = profile.account.user("max@example.com")
    assert leaving is not None
    profile.account.remove_user(leaving.id)
    profile.clock.time += DAY
    profile.collect(settings=SettingsChoice.NONE)
    profile.clock.time += 3_600
    profile.collect()
    profile.store.close()
    return home


@pytest.fixture(autouse=True)
def _home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOOM_HOME", str(home))
    monkeypatch.setattr(SystemClock, "now", lambda _: NOON + DAY + 7_200)


def test_every_run_is_listed(collector: Command) -> None:
    began = ["2026-11-24 13:00:00 UTC", "2026-11-24 12:00:00 UTC", "2026-11-23 12:00:00 UTC"]
    unread = ["15 of 31", "19 of 32", "15 of 31"]
    assert [" ".join(line.split()) for line in collector("status", "--runs").out.splitlines()] == [
        "Run Began Ended Result Not read",
        *(f"{3 - n} {began[n]} {began[n]} complete {unread[n]} datasets" for n in range(3)),
    ]


def test_as_json(collector: Command) -> None:
    runs = json.loads(collector("status", "--runs", "--json").out)["runs"]
    assert [(run["run"], run["exitCode"]) for run in runs] == [(3, 0), (2, 0), (1, 0)]
    assert runs[2]["startedAt"] == int(NOON * 1000)


def test_the_last_run_has_its_number(collector: Command) -> None:
    assert "Last run: number 3, 2026-11-24 13:00:00 UTC" in collector("status").out


@pytest.mark.parametrize(
    ("verb", "date", "run"),
    [
        ("list users", "--at yesterday", 1),
        ("list users", "--at Today", 3),
        ("questions run two-factor", "--at yesterday", 1),
    ],
)
def test_days_have_names(collector: Command, verb: str, date: str, run: int) -> None:
    assert (
        collector(*verb.split(), *date.split(), "--json").out
        == collector(*verb.split(), "--run", str(run), "--json").out
    )


def test_changes_since_yesterday(collector: Command) -> None:
    answer = json.loads(collector("changes", "--since", "yesterday", "--json").out)
    assert (answer["since"]["run"], answer["until"]["run"]) == (1, 3)


def test_a_run_that_never_was(collector: Command) -> None:
    outcome = collector("list", "users", "--run", "9")
    assert outcome.err == "Error: There is no finished run 9.\nNext: `collector status --runs` lists the runs.\n"
