"""A profile that collects from one sandbox and uploads to the other, without a network and without waiting."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from requests.adapters import BaseAdapter

from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.jobs import Target
from collector.jupiterone.synchronization import Synchronization
from collector.jupiterone.uploading import OnProgress
from collector.sandbox import Account
from collector.sandbox.jupiterone import JupiterOneSandbox
from collector.settings import Settings, read_settings
from collector.store import RunRecord, Store, UploadRecord
from collector.upload import UploadDiff, UploadOptions, UploadResult, preview_upload, upload_graph
from collector.upload.destination import access_to
from tests.collect.conftest import people
from tests.collect.profile import Profile
from tests.fakes import FakeClock
from tests.jupiterone.conftest import ANYWHERE, NoChance
from tests.wsgi_adapter import WsgiAdapter, session_with

Graph = dict[str, Any]


class Both:
    """The Zoom of `profile` and a JupiterOne, with one instance there that the profile's graph belongs to."""

    def __init__(self, folder: Path, account: Account | None = None, **options: Any) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.jupiterone = JupiterOneSandbox(clock=self.clock, **options)
        self.instance = self.jupiterone.add_instance().id
        self.profile = Profile(folder / "home" / "default", account or people())

    def settings(self, **environment: str) -> Settings:
        given = {
            **self.jupiterone.environment(ANYWHERE),
            "ZOOM_HOME": str(self.folder / "home"),
            "JUPITERONE_INTEGRATION_INSTANCE_ID": self.instance,
            **environment,
        }
        return read_settings({name: value for name, value in given.items() if value}, self.folder)

    def sync(
        self,
        *,
        network: BaseAdapter | None = None,
        settings: Settings | None = None,
        on_progress: OnProgress | None = None,
        **upload: Any,
    ) -> UploadResult:
        adapter, settings = network or WsgiAdapter(self.jupiterone.app), settings or self.settings()
        return upload_graph(
            settings.profile,
            settings.jupiterone,
            UploadOptions(**upload),
            clock=self.clock,
            randomness=NoChance(1),
            on_progress=on_progress,
            new_session=lambda: session_with(adapter),
        )

    def client(self) -> JupiterOne:
        """For the requests of another client."""
        access, adapter = access_to(self.settings().jupiterone), WsgiAdapter(self.jupiterone.app)
        return JupiterOne(access, self.clock, NoChance(1), lambda: session_with(adapter))

    def compute_diff(
        self, *, network: BaseAdapter | None = None, settings: Settings | None = None, **upload: Any
    ) -> UploadDiff:
        adapter, settings = network or WsgiAdapter(self.jupiterone.app), settings or self.settings()
        return preview_upload(
            settings.profile,
            settings.jupiterone,
            UploadOptions(**upload),
            clock=self.clock,
            randomness=NoChance(1),
            new_session=lambda: session_with(adapter),
        )[1]

    def elsewhere(self, people_more: int) -> None:
        """Another computer has uploaded the same graph with this many users more, or fewer."""
        entities = list(self.jupiterone.entities(self.instance).values())
        users = [entity for entity in entities if entity["_type"] == "zoom_user"]
        more = [{**users[0], "_key": f"zoom_user:elsewhere-{number}"} for number in range(people_more)]
        gone = users[:-people_more] if people_more < 0 else []
        job = Synchronization(self.client()).start(Target(instance_id=self.instance))
        job.upload([entity for entity in entities if entity not in gone] + more, [])
        job.finalize([tie["_type"] for tie in self.jupiterone.relationships().values()])
        job.follow()

    def leaves(self, email: str) -> None:
        """A user is deleted in Zoom."""
        user = self.profile.account.user(email)
        assert user is not None
        self.profile.account.remove_user(user.id)

    def remove_group(self, name: str) -> None:
        """A group is deleted in Zoom."""
        (group,) = (group for group in self.profile.account.groups if group.name == name)
        self.profile.account.remove_group(group.id)

    def change_uploads(self, statement: str) -> None:
        """Change the record of earlier uploads, as another computer's profile would have it."""
        with closing(sqlite3.connect(self.profile.path)) as connection, connection:
            connection.execute(statement)

    @property
    def store(self) -> Store:
        return self.profile.store

    def reopen(self) -> None:
        """Leave the store as a killed process does, and open it again."""
        self.store.close()
        self.profile.store = Store.open(self.profile.path)

    @property
    def latest_run(self) -> RunRecord:
        record = self.store.latest_run()
        assert record is not None
        return record

    def end_of(self, upload: int) -> tuple[str, str]:
        """State and reason of an upload."""
        with closing(sqlite3.connect(self.profile.path)) as connection:
            (end,) = connection.execute("SELECT state, reason FROM upload WHERE id = ?", (upload,))
        return end

    @property
    def latest(self) -> UploadRecord:
        record = self.store.uploads.latest()
        assert record is not None
        return record

    @property
    def uploaded(self) -> Graph:
        """The graph in JupiterOne, by `_key`."""
        return {**self.jupiterone.entities(), **self.jupiterone.relationships()}

    @property
    def stored(self) -> Graph:
        """What the profile's store holds now, in JupiterOne's words, by `_key`."""
        store = self.store
        entities = [entity for type_ in store.entity_types() for entity in store.entities(type_)]
        ties = [tie.to_json() for type_ in store.relationship_types() for tie in store.relationships(type_)]
        return {str(one["_key"]): one for one in [*entities, *ties]}

    @property
    def statuses(self) -> list[str]:
        """Of all jobs, the oldest first."""
        return [job.status for job in self.jupiterone.jobs]

    def operations(self) -> list[str]:
        return [request.operation for request in self.jupiterone.requests]


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Both]:
    both = Both(tmp_path)
    yield both
    both.store.close()


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Both]:
    """Forty further users, user0 to user39, all in Engineering."""
    account = people()
    engineering = next(group.id for group in account.groups if group.name == "Engineering")
    for number in range(40):
        account.add_user(f"user{number}@example.com", "User", str(number), group_ids=[engineering])
    both = Both(tmp_path, account)
    yield both
    both.store.close()
