"""Files of version 0.1: this version opens a store, token files and a tree, and resumes an interrupted run.

`fixtures/version_0_1` was recorded by that version against its own sandbox: four people, collected and uploaded; one of
them leaves, one comes, collected again; a third reading stopped by Ctrl-C. The sandbox's tokens are replaced by names.
"""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
import requests

from collector.auth.configured import token_source
from collector.cli import run
from collector.sandbox import Account, Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox
from collector.settings import Settings, read_settings
from collector.store import RunRecord, Store
from collector.tree import check_target, is_tree_of, write_tree
from collector.upload import UploadOptions, preview_upload, upload_graph
from tests.canaries import files_with_canaries
from tests.collect.profile import Profile
from tests.fakes import FakeClock
from tests.wsgi_adapter import WsgiAdapter, session_with

FILES = Path(__file__).parent / "fixtures" / "version_0_1"
RECORDED = 1_795_712_246.0
"""When the third reading was stopped."""
ZOOM, JUPITERONE = "http://127.0.0.1:8830", "http://127.0.0.1:8831"
NOW_THERE = {"olive@example.com", "ada@example.com", "grace@example.com", "edsger@example.com"}


def account_of_then() -> Account:
    """The account as it was when the third reading was stopped."""
    account = Account(seed=7)
    engineering = account.add_group("Engineering").id
    helpdesk = account.add_role("Helpdesk", ["User:Read"], "Reset users").id
    account.add_user("olive@example.com", "Olive", "Owner", role_id="0")
    account.add_user("ada@example.com", "Ada", "Byron", group_ids=[engineering])
    alan = account.add_user("alan@example.com", "Alan", "Turing", role_id=helpdesk)
    account.add_user("grace@example.com", "Grace", "Hopper", group_ids=[engineering])
    account.remove_user(alan.id)
    account.add_user("edsger@example.com", "Edsger", "Dijkstra")
    return account


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the profile `default`, with the store of then in it."""
    folder = tmp_path / "home" / "default"
    folder.mkdir(parents=True, mode=0o700)
    with closing(sqlite3.connect(folder / "graph.db")) as connection:
        connection.executescript((FILES / "graph.sql").read_text(encoding="utf-8"))
    (folder / "graph.db").chmod(0o600)
    return folder


@pytest.fixture
def profile(folder: Path) -> Iterator[Profile]:
    profile = Profile(folder, account_of_then())
    profile.clock.time = RECORDED + 3600
    yield profile
    profile.store.close()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The tree of the second reading."""
    tree = tmp_path / "work" / ".j1-integration"
    for name, content in json.loads((FILES / "tree.json").read_text(encoding="utf-8")).items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(json.dumps(content), encoding="utf-8")
    return tree


def settings_for(folder: Path, environment: Mapping[str, str]) -> Settings:
    return read_settings({"ZOOM_HOME": str(folder.parent), **environment}, folder)


def two_whole_runs(store: Store) -> list[RunRecord]:
    return sorted(store.finished_runs(), key=lambda record: record.id)[:2]


def test_no_secret_is_in_the_files() -> None:
    assert files_with_canaries(FILES) == set()


class TestStore:
    @pytest.mark.parametrize(
        ("verb", "said"),
        [
            (("show", "user", "edsger@example.com"), "Edsger Dijkstra"),
            (("show", "role", "Helpdesk"), "Helpdesk"),
            (("show", "group", "Engineering"), "HAS user: Ada Byron, Grace Hopper"),
            (("show", "account"), "EYwfhkKBjoSPlHBrt4ZjOQ"),
            (("status",), "settings (fetch-users) partial: the run was stopped before all of this was read"),
            (("status",), "entities: 10 created, 0 updated, 0 deleted, 0 errors"),
        ],
    )
    def test_is_shown(
        self,
        folder: Path,
        verb: tuple[str, ...],
        said: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("ZOOM_HOME", str(folder.parent))
        monkeypatch.chdir(folder)
        assert run(verb) == 0
        assert said in capsys.readouterr().out

    def test_says_what_changed_between_its_runs(self, profile: Profile) -> None:
        first, second = (record.id for record in two_whole_runs(profile.store))
        before, after = (
            {entity["email"][0] for entity in profile.store.entities("zoom_user", run)} for run in (first, second)
        )
        assert (before - after, after - before) == ({"alan@example.com"}, {"edsger@example.com"})

    def test_an_interrupted_session_is_resumed(self, profile: Profile) -> None:
        record = profile.collect()
        assert record.exit_code == 0
        documents = profile.sandbox.calls.count("/v2/users/<user_id>/settings")
        assert documents == 3 * 4  # one person's were read before the stop
        assert profile.users == NOW_THERE
        assert profile.members == {("Engineering", "ada@example.com"), ("Engineering", "grace@example.com")}

    def test_gets_the_views_at_the_next_collection(self, profile: Profile) -> None:
        profile.collect()
        with closing(sqlite3.connect(profile.path)) as connection:
            found = connection.execute("SELECT json_extract(email, '$[0]') FROM zoom_user").fetchall()
        assert {email for (email,) in found} == NOW_THERE

    def test_is_uploaded_to_the_instance_it_remembers(self, profile: Profile, folder: Path) -> None:
        profile.collect()
        jupiterone = JupiterOneSandbox(clock=FakeClock(profile.clock.time))
        adapter = WsgiAdapter(jupiterone.app)

        def new_session() -> requests.Session:
            session = session_with(adapter)
            session.mount("http://", adapter)
            return session

        settings = settings_for(folder, jupiterone.environment(JUPITERONE))
        remembered = profile.store.instance_id
        assert remembered in {jupiterone.add_instance().id for _ in range(4)}
        sending = {"clock": profile.clock, "randomness": random.Random(7), "new_session": new_session}
        assert preview_upload(settings.profile, settings.jupiterone, UploadOptions(), **sending)[1]
        upload_graph(settings.profile, settings.jupiterone, UploadOptions(), **sending)
        arrived = {
            entity["email"][0] for entity in jupiterone.entities(remembered).values() if entity["_type"] == "zoom_user"
        }
        assert arrived == NOW_THERE


class TestTokenFile:
    @pytest.mark.parametrize(
        ("name", "later", "expected"),
        [
            ("token_of_a_sign_in.json", 60, "access-0"),
            ("token_of_a_sign_in.json", 4000, "access-1"),
            # That version did not note for which configured API a token was obtained, so another one is asked for.
            ("token_of_a_server_app.json", 60, "access-1"),
        ],
    )
    def test_is_used_and_then_renewed(self, folder: Path, name: str, later: int, expected: str, requests_mock) -> None:
        (folder / "token.json").write_bytes((FILES / name).read_bytes())
        (folder / "token.json").chmod(0o600)
        endpoint = requests_mock.post(
            f"{ZOOM}/oauth/token",
            json={"access_token": "access-1", "refresh_token": "refresh-1", "token_type": "bearer", "expires_in": 3600},
        )
        sandbox = Sandbox(account_of_then())
        app = sandbox.browser_environment if name == "token_of_a_sign_in.json" else sandbox.environment
        settings = settings_for(folder, app(ZOOM))
        token = token_source(settings, FakeClock(RECORDED + later), random.Random(7)).token()
        assert token.access_token == expected
        assert endpoint.call_count == (expected != "access-0")
        assert json.loads((folder / "token.json").read_bytes())["access_token"] == expected


class TestTree:
    def test_is_known_as_that_of_its_run(self, profile: Profile, tree: Path) -> None:
        first, second = two_whole_runs(profile.store)
        assert (is_tree_of(tree, first), is_tree_of(tree, second)) == (False, True)

    def test_is_replaced(self, profile: Profile, tree: Path) -> None:
        profile.collect()
        check_target(tree)
        write_tree(profile.store, tree)
        record = profile.store.latest_run()
        assert record is not None
        assert is_tree_of(tree, record)
