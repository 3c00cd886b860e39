"""An interrupted session is resumed: the graph is the same, and nothing is read twice."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import requests
from requests.adapters import BaseAdapter

from collector.collect import pool, run
from collector.collect.run import WORKERS
from collector.errors import Interrupted, SignInRequired
from collector.resources.declaration import SettingsChoice
from collector.sandbox import Account, Fault, generate_account
from collector.store import Store
from tests.wsgi_adapter import WsgiAdapter

from .conftest import people
from .profile import Profile, coverage

SETTINGS = "/v2/users/<user_id>/settings"
HOUR = 3600.0


class Killed(BaseException):
    """Not caught by anything, like SIGKILL."""


class CutOff(BaseAdapter):
    """Passes this many calls on, then raises."""

    def __init__(self, app: Any, calls: int, failure: BaseException) -> None:
        super().__init__()
        self._inner = WsgiAdapter(app)
        self._left = calls
        self._failure = failure

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self._left -= 1
        if self._left < 0:
            raise self._failure
        return self._inner.send(request, **options)

    def close(self) -> None:
        pass


def kill(profile: Profile, after: int, **options: Any) -> None:
    """A run that is killed after this many calls; only what it committed is kept."""
    with patch.object(run._Collection, "_finish", lambda *_: None), pytest.raises(Killed):
        profile.collect(network=CutOff(profile.sandbox.app, after, Killed()), **options)
    profile.store.close()
    profile.store = Store.open(profile.path)


def graph(profile: Profile) -> dict[str, Any]:
    """Everything the store holds now."""
    store = profile.store
    entities = {entity["_key"]: entity for type_ in store.entity_types() for entity in store.entities(type_)}
    ties = {tie.key: tie for type_ in store.relationship_types() for tie in store.relationships(type_)}
    return {**entities, **ties}


def counts(profile: Profile) -> dict[str, tuple[str, int]]:
    """What the latest run says of each reading: status, and how many were read."""
    record = profile.store.latest_run()
    assert record is not None
    return {entry.dataset: (entry.status.value, entry.read) for entry in record.coverage}


@pytest.fixture(scope="module")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    profile = Profile(tmp_path_factory.mktemp("baseline"), people())
    profile.collect()
    return profile


CALLS = 42
"""Of a whole run over the account of these tests."""


def test_the_number_of_calls(baseline: Profile) -> None:
    assert baseline.sandbox.calls.count() == CALLS


@pytest.mark.parametrize("after", range(1, CALLS))
def test_killed_at_any_call_the_next_run_gives_the_same_graph(
    tmp_path: Path, account: Account, baseline: Profile, after: int
) -> None:
    profile = Profile(tmp_path, account)
    kill(profile, after)
    record = profile.collect()
    assert record.exit_code == 0
    assert graph(profile) == graph(baseline)
    assert counts(profile) == counts(baseline)
    profile.store.close()


@pytest.mark.parametrize("after", range(2, CALLS, 5))
def test_killed_where_every_answer_was_waited_for(
    tmp_path: Path, account: Account, baseline: Profile, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then every answer is committed by itself."""
    monkeypatch.setattr(pool, "_NO_WAIT_SECONDS", 0.0)
    profile = Profile(tmp_path, account)
    kill(profile, after)
    profile.collect()
    assert graph(profile) == graph(baseline)
    assert counts(profile) == counts(baseline)
    profile.store.close()


def test_a_fresh_session_stays_fresh_when_resumed(profile: Profile) -> None:
    profile.collect()
    kill(profile, 1, fresh=True)
    with closing(sqlite3.connect(profile.path)) as database:
        assert database.execute("SELECT 1 FROM progress WHERE thing = 'fresh'").fetchall() == [(1,)]


class Writing(BaseAdapter):
    """Answers only if another process could write to the store meanwhile."""

    def __init__(self, profile: Profile) -> None:
        super().__init__()
        self._inner = WsgiAdapter(profile.sandbox.app)
        self._path = profile.path
        self.written = 0

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        with closing(sqlite3.connect(self._path, timeout=20, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.rollback()
        self.written += 1
        return self._inner.send(request, **options)

    def close(self) -> None:
        pass


@pytest.mark.parametrize("options", [{}, {"max_age": 7 * 24 * 3_600_000}], ids=["all", "changed"])
def test_the_store_is_not_locked_while_an_answer_is_waited_for(
    tmp_path: Path, account: Account, options: dict[str, Any]
) -> None:
    profile = Profile(tmp_path, account)
    if options:
        profile.collect()
        account.add_user("new@example.com", "New", "Comer")
    network = Writing(profile)
    assert profile.collect(network=network, **options).exit_code == 0
    assert network.written > 20
    profile.store.close()


def test_killed_over_and_over(tmp_path: Path, account: Account, baseline: Profile) -> None:
    profile = Profile(tmp_path, account)
    for _ in range(6):
        kill(profile, 5)
    profile.collect()
    assert graph(profile) == graph(baseline)
    profile.store.close()


def test_documents_are_read_twice_only_where_they_were_in_flight(tmp_path: Path) -> None:
    account = generate_account(users=200, groups=4, custom_roles=1, seed=3)
    profile = Profile(tmp_path, account)
    profile.collect()
    whole = Counter(profile.sandbox.calls.by_template())
    profile = Profile(tmp_path / "again", account)
    kill(profile, 500)
    profile.collect()
    both = Counter(profile.sandbox.calls.by_template())
    assert whole[SETTINGS] <= both[SETTINGS] <= whole[SETTINGS] + 2 * WORKERS + 20
    again = both - whole
    assert set(again) <= {SETTINGS, "/v2/users/me"}  # no finished list was read again
    profile.store.close()


def test_users_deleted_before_the_kill_are_removed_after_it(profile: Profile, account: Account) -> None:
    profile.collect()
    account.remove_user(next(user.id for user in account.users if user.email == "bob@example.com"))
    kill(profile, 12)
    profile.collect()
    assert "bob@example.com" not in profile.users


class TestResumed:
    def test_an_interrupted_run(self, profile: Profile) -> None:
        with pytest.raises(Interrupted) as failure:
            profile.collect(network=CutOff(profile.sandbox.app, 30, Interrupted("The run was asked to stop.")))
        assert "Within 24 hours `collector collect` resumes from there" in failure.value.next_step
        before = profile.sandbox.calls.count()
        assert profile.collect().exit_code == 0
        assert profile.sandbox.calls.count() - before <= CALLS - 30 + 2

    @pytest.mark.parametrize(
        ("calls", "reading", "reason"),
        [
            (2, "groups", "the run was stopped before this was read"),
            (30, "settings", "the run was stopped before all of this was read"),
        ],
    )
    def test_unread_datasets_of_an_interrupted_run(
        self, profile: Profile, calls: int, reading: str, reason: str
    ) -> None:
        with pytest.raises(Interrupted):
            profile.collect(network=CutOff(profile.sandbox.app, calls, Interrupted("The run was asked to stop.")))
        record = profile.store.latest_run()
        assert record is not None
        assert coverage(record, reading).reason == reason

    def test_a_run_whose_token_ended(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("unauthorized", "/users/*/settings", after=10, times=None))
        with pytest.raises(SignInRequired) as failure:
            profile.collect()
        profile.sandbox.faults.clear()
        assert "`collector collect` resumes from there" in failure.value.next_step
        before = profile.sandbox.calls.count("/v2/users")
        assert profile.collect().exit_code == 0
        assert profile.sandbox.calls.count("/v2/users") == before

    def test_a_run_that_met_a_daily_limit(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("daily_429", "/users/*/settings", after=10))
        assert profile.collect().exit_code == 75
        lists, documents = (profile.sandbox.calls.count(name) for name in ("/v2/users", SETTINGS))
        record = profile.collect()
        assert record.exit_code == 0
        assert coverage(record, "settings").read == 6
        assert profile.sandbox.calls.count("/v2/users") == lists
        assert profile.sandbox.calls.count(SETTINGS) <= 24 + documents - 10

    def test_a_session_begins_with_its_first_run(self, profile: Profile) -> None:
        began_at = int(profile.clock.now() * 1000)
        kill(profile, 30)
        profile.clock.time += HOUR
        record = profile.collect()
        assert (record.began_at, record.began_at < record.started_at) == (began_at, True)

    def test_unknown_settings_are_counted_over_the_session(self, tmp_path: Path) -> None:
        account = generate_account(users=40, groups=2, custom_roles=0, seed=3)
        whole, killed = (Profile(tmp_path / name, account, future_fields=True) for name in ("whole", "killed"))
        expected = whole.collect().unknown_settings
        kill(killed, 120)
        assert killed.collect().unknown_settings == expected != ()
        whole.store.close()
        killed.store.close()


class TestFresh:
    @pytest.mark.parametrize(
        ("hours", "options"),
        [
            (24.0, {}),
            (-1.0, {}),
            (0.0, {"fresh": True}),
            (0.0, {"settings": SettingsChoice.SECURITY}),
            (0.0, {"steps": ("fetch-users",)}),
            (0.0, {"max_age": 1000}),
        ],
        ids=["a day later", "the clock was set back", "--fresh", "--settings", "--step", "--changed"],
    )
    def test_after_a_kill(self, profile: Profile, hours: float, options: dict[str, Any]) -> None:
        kill(profile, 40)
        profile.clock.time += hours * HOUR
        before = profile.sandbox.calls.count("/v2/users")
        record = profile.collect(**options)
        assert record.began_at == record.started_at
        assert profile.sandbox.calls.count("/v2/users") == before + 3

    def test_a_concluded_run_is_not_resumed(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("status_500", f"/users/{profile.account.owner.id}/settings", times=None))
        assert profile.collect().exit_code == 3
        profile.sandbox.faults.clear()
        before = profile.sandbox.calls.count()
        assert profile.collect().exit_code == 0
        assert profile.sandbox.calls.count() == before + CALLS
