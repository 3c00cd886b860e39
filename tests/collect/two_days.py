"""A small account on two days, and which changes between them reached the graph.

Monday's graph is the earlier one. By Tuesday bob is deleted, eve (active) and ivo (inactive) are added, pam is invited
(pending); cyd leaves Engineering and max joins it; max gets the role Helpdesk, which may now edit users; the group
Sales and the role Auditor are deleted, Support and Planner added; ada changes a setting in each document.

Every element of the graph has a name a person can read: `eve`, `ada's settings`, `max in Engineering`,
`max as Helpdesk`, `account has eve`.

With the scopes of the optional documents, every such document of the account and of Engineering changes, too.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from collector.collect.context import Result, RunContext, Task
from collector.resources import all_resources
from collector.resources.declaration import Resource
from collector.sandbox import Account
from collector.store import RunRecord, Store
from tests.served import NEEDED_GRANULAR
from tests.wsgi_adapter import WsgiAdapter

from . import profile as profiles
from .profile import Profile

ROWS_A_PAGE = 2
DAY_SECONDS = 86_400

Graph = Mapping[str, str]
"""The graph, by the name of the element: a part's JSON, empty for a relationship."""


def monday() -> Account:
    """Before the changes."""
    account = Account(seed=4)
    engineering, sales, _, _ = (account.add_group(name).id for name in ("Engineering", "Sales", "Empty", "Spare"))
    helpdesk = account.add_role("Helpdesk", ["User:Read"]).id
    auditor = account.add_role("Auditor", ["Role:Read"]).id
    account.add_user("olive@example.com", role_id="0")
    account.add_user("ada@example.com", role_id="1", group_ids=[engineering])
    account.add_user("bob@example.com", group_ids=[engineering])
    account.add_user("cyd@example.com", role_id=helpdesk, group_ids=[engineering])
    account.add_user("max@example.com")
    account.add_user("ina@example.com", role_id=auditor, group_ids=[sales], status="inactive")
    account.add_user("ian@example.com", role_id=helpdesk, status="inactive")
    account.add_user("pia@example.com", group_ids=[sales], status="pending")
    account.add_user("pim@example.com", status="pending")
    return account


def until_tuesday(account: Account) -> None:
    """The changes."""
    users = {user.email.partition("@")[0]: user.id for user in account.users}
    groups = {group.name: group.id for group in account.groups}
    roles = {role.name: role.id for role in account.roles}
    account.number += 1
    account.remove_user(users["bob"])
    account.add_user("eve@example.com", group_ids=[groups["Engineering"]])
    account.add_user("ivo@example.com", status="inactive")
    account.add_user("pam@example.com", status="pending")
    account.remove_member(groups["Engineering"], users["cyd"])
    account.add_member(groups["Engineering"], users["max"])
    account.update_user(users["max"], role_id=roles["Helpdesk"])
    account.update_role(roles["Helpdesk"], privileges=("User:Read", "User:Edit"))
    account.remove_group(groups["Sales"])
    account.add_group("Support")
    account.remove_role(roles["Auditor"])
    account.add_role("Planner", ["User:Read"])
    changes = {
        "schedule_meeting.host_video": True,
        "meeting_security.waiting_room": True,
        "meeting_authentication": True,
        "recording_authentication": True,
    }
    account.change_settings(users["ada"], changes)


def change_levels(account: Account) -> None:
    """The changes in the optional documents, of the account and of Engineering; the other groups stay as they are."""
    levels, (engineering, *others) = account.levels, (group.id for group in account.groups)
    changes: dict[str, object] = {
        "in_meeting.alert_guest_join": False,
        "meeting_security.waiting_room": True,
        "meeting_authentication": True,
        "recording_authentication": True,
    }
    for group_id in others:
        levels.change({path: not value for path, value in changes.items()}, group_id)
    for group_id in ("", engineering):
        levels.change(changes, group_id)
        levels.lock("in_meeting.chat", "meeting_security.phone_password", group_id=group_id)
    levels.change({"security.hide_billing_info": True})
    levels.managed_domains = ["example.com"]
    levels.trusted_domains = ["example.net"]


_REPORTS = ("coverage", "step_result")
"""Tables with the results of a run."""


class TwoDays:
    """A profile that has collected Monday's account and can collect Tuesday's repeatedly.

    Lists come in pages of two rows, and calls one after the other, so that every count is exact. `earlier` is Monday's
    graph, `now` the one a new profile gets on Tuesday, `first` the run of Monday.
    """

    def __init__(self, folder: Path, scopes: frozenset[str] = NEEDED_GRANULAR) -> None:
        self.account = monday()
        self._scopes = scopes
        earlier, new = folder / "earlier", folder / "new"
        earlier.mkdir()
        new.mkdir()
        self.profile = Profile(earlier, self.account)
        self.first = self.profile.collect(scopes=scopes)
        self._names = self._names_of_things()
        self.earlier = self.graph()
        self._close()
        self._healed: set[str] = set()
        self._earlier_file = self.profile.path
        until_tuesday(self.account)
        if scopes != NEEDED_GRANULAR:
            change_levels(self.account)
        self.profile.clock.time += DAY_SECONDS
        self._open(new / "graph.db")
        self.profile.collect(scopes=scopes)
        self._names.update(self._names_of_things())
        self.now = self.graph()
        self._close()

    @contextmanager
    def begin(self, folder: Path) -> Iterator[None]:
        """The profile as of Monday, in this folder, without faults before and after."""
        shutil.copy(self._earlier_file, folder / "graph.db")
        self._open(folder / "graph.db")
        try:
            yield
        finally:
            self.profile.sandbox.faults.clear()
            self._close()

    def collect(self, configured_account: bool) -> RunRecord:
        """One run with a read time-out."""
        network = WsgiAdapter(self.profile.sandbox.app, self.profile.clock)
        return self.profile.collect(scopes=self._scopes, network=network, configured_account=configured_account)

    def heals(self) -> bool:
        """Whether another run without faults gets the graph of a new profile.

        Of stores that hold the same one is tried.
        """
        state = self._state()
        if state not in self._healed:
            record = self.collect(configured_account=True)
            if record.exit_code != 0 or self.graph() != self.now:
                return False
            self._healed.add(state)
        return True

    @property
    def news(self) -> set[str]:
        """The differences between the two days."""
        return {name for name in self.earlier.keys() | self.now.keys() if self.earlier.get(name) != self.now.get(name)}

    def path(self, template: str) -> str:
        """The path with ids instead of the names in braces."""
        ids = {name: key.rpartition(":")[2] for key, name in self._names.items()}
        return template.format_map(ids)

    def graph(self) -> dict[str, str]:
        """The current graph of the store."""
        with closing(sqlite3.connect(self.profile.path)) as file:
            parts = {
                self._named(key, part): json
                for key, part, json in file.execute("SELECT key, part, json FROM current_part WHERE part <> 'activity'")
            }
            ties = file.execute("SELECT type, source_key, target_key FROM current_relationship")
            return parts | {self._tie(*tie): "" for tie in ties}

    def _state(self) -> str:
        """Everything in the store that affects a later run: all but times and reports."""
        with closing(sqlite3.connect(self.profile.path)) as file:
            tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return repr([(table, _rows_without_times(file, table)) for table in tables if table not in _REPORTS])

    def _named(self, key: str, part: str) -> str:
        name = self._names.get(key, key)
        return name if part == "row" else f"{name}'s {'isAdmin' if part == 'access' else part}"

    def _tie(self, type_: str, source_key: str, target_key: str) -> str:
        source, target = self._names.get(source_key, source_key), self._names.get(target_key, target_key)
        if type_ == "zoom_group_has_user":
            return f"{target} in {source}"
        return f"{source} {'as' if type_ == 'zoom_user_assigned_role' else 'has'} {target}"

    def _names_of_things(self) -> dict[str, str]:
        """`_key` → readable name."""
        store = self.profile.store
        names = {str(entity["_key"]): "account" for entity in store.entities("zoom_account")}
        for user in store.entities("zoom_user"):
            names[str(user["_key"])] = str(user["email"][0]).partition("@")[0]  # type: ignore[index]
        for type_ in ("zoom_group", "zoom_role"):
            names.update({str(entity["_key"]): str(entity["name"]) for entity in store.entities(type_)})
        return names

    def _open(self, path: Path) -> None:
        self.profile.path = path
        self.profile.store = Store.open(path)

    def _close(self) -> None:
        self.profile.store.close()


def in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles read pages of two rows, one call at a time."""
    small = tuple(_with_small_pages(resource) for resource in all_resources())
    monkeypatch.setattr(profiles, "all_resources", lambda: small)
    monkeypatch.setattr(RunContext, "in_parallel", _one_after_the_other)


def _one_after_the_other(
    _: RunContext, tasks: Iterable[Task], work: Callable[[Task], Iterable[Result]], *__: object
) -> Iterator[tuple[Task, Result]]:
    for task in tasks:
        for result in work(task):
            yield task, result


def _rows_without_times(file: sqlite3.Connection, table: str) -> list[str]:
    columns = [name for (_, name, *_) in file.execute(f"PRAGMA table_info({table})") if not name.endswith("_at")]
    return sorted(map(repr, file.execute(f"SELECT {', '.join(columns)} FROM {table}")))


def _with_small_pages(resource: Resource) -> Resource:
    listing, links = resource.listing, resource.links
    if listing.page_size is not None:
        listing = replace(listing, page_size=ROWS_A_PAGE)
    links = tuple(
        link if link.members is None else replace(link, members=replace(link.members, page_size=ROWS_A_PAGE))
        for link in links
    )
    return replace(resource, listing=listing, links=links)
