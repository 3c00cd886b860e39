"""A profile that collects a sandbox account, run after run, without a network and without waiting."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

from requests.adapters import BaseAdapter

from collector.auth import Token
from collector.collect.choice import Choice
from collector.collect.progress import NoProgress
from collector.collect.run import CollectionInputs, check_steps, collect
from collector.errors import SignInRequired
from collector.model.coverage import Coverage, Status
from collector.resources import all_resources
from collector.resources.declaration import SettingsChoice
from collector.sandbox import Account, Sandbox
from collector.settings.choices import ZoomPlan
from collector.store import RunRecord, Store
from collector.zoom.client import ZoomClient
from collector.zoom.pacing import Pacer
from tests.fakes import FakeClock
from tests.served import NEEDED_GRANULAR
from tests.wsgi_adapter import ADDRESS, WsgiAdapter, session_with


class SandboxTokens:
    """Tokens of a sandbox with these scopes; if those are not known, like ZOOM_ACCESS_TOKEN, which cannot be renewed.

    `user_id`: who signed in, None for the owner.
    """

    def __init__(
        self, sandbox: Sandbox, scopes: frozenset[str], scopes_known: bool, user_id: str | None = None
    ) -> None:
        self._sandbox = sandbox
        self._user_id = user_id
        self._scopes = scopes
        self._known_scopes = scopes if scopes_known else None
        self._token = self._issue()

    def token(self) -> Token:
        return self._token

    def renew(self, rejected: Token) -> Token:
        if self._known_scopes is None:
            raise SignInRequired("ZOOM_ACCESS_TOKEN was refused.")
        if rejected == self._token:
            self._token = self._issue()
        return self._token

    def _issue(self) -> Token:
        return Token(self._sandbox.issue_token(self._scopes, self._user_id), self._known_scopes, None, ADDRESS)


class Profile:
    """`account` and `sandbox` may be changed between two runs; `store` has the result."""

    def __init__(self, folder: Path, account: Account, **options: object) -> None:
        self.account = account
        self.clock = FakeClock()
        self.sandbox = Sandbox(account, clock=self.clock, **options)
        self.path = folder / "graph.db"
        self.store = Store.open(self.path)

    def collect(
        self,
        *,
        scopes: Iterable[str] = NEEDED_GRANULAR,
        scopes_known: bool = True,
        steps: tuple[str, ...] = (),
        network: BaseAdapter | None = None,
        configured_account: bool = True,
        settings: SettingsChoice = SettingsChoice.ALL,
        max_age: int | None = None,
        fresh: bool = False,
        user_id: str | None = None,
        free_plan: bool = False,
    ) -> RunRecord:
        """One run. Without `configured_account` only `/users/me` names the account. `user_id`: who signed in."""
        adapter = network or WsgiAdapter(self.sandbox.app)
        randomness = random.Random(7)
        client = ZoomClient(
            SandboxTokens(self.sandbox, frozenset(scopes), scopes_known, user_id),
            Pacer(ZoomPlan(self.sandbox.plan), 1.0, self.clock),
            self.clock,
            randomness,
            oauth_url=ADDRESS,
            configured_api_url=ADDRESS,
            new_session=lambda: session_with(adapter),
        )
        resources = all_resources()
        record = collect(
            CollectionInputs(
                client=client,
                store=self.store,
                clock=self.clock,
                progress=NoProgress(),
                resources=resources,
                scopes=frozenset(scopes) if scopes_known else None,
                account_id=self.account.id if configured_account else None,
                choice=Choice(check_steps(resources, steps) if steps else None, settings, max_age),
                fresh=fresh,
                free_plan=free_plan,
            )
        )
        self.store.conclude()
        return record

    @property
    def users(self) -> set[str]:
        """E-mail addresses."""
        return {entity["email"][0] for entity in self.store.entities("zoom_user")}

    @property
    def groups(self) -> set[str]:
        return {str(entity["name"]) for entity in self.store.entities("zoom_group")}

    @property
    def members(self) -> set[tuple[str, str]]:
        """(group, e-mail address)."""
        return {
            (self.name(tie.source_key), self.email(tie.target_key))
            for tie in self.store.relationships("zoom_group_has_user")
        }

    @property
    def assignments(self) -> set[tuple[str, str]]:
        """(e-mail address, role)."""
        return {
            (self.email(tie.source_key), self.name(tie.target_key))
            for tie in self.store.relationships("zoom_user_assigned_role")
        }

    def user(self, email: str) -> dict[str, object]:
        """The one entity with this e-mail address."""
        (entity,) = self.store.find("zoom_user", email)
        return entity

    def role(self, name: str) -> dict[str, object]:
        (entity,) = self.store.find("zoom_role", name)
        return entity

    def name(self, key: str) -> str:
        return str((self.store.entity(key) or {})["name"])

    def email(self, key: str) -> str:
        return (self.store.entity(key) or {})["email"][0]


def coverage(record: RunRecord, dataset: str) -> Coverage:
    """The one entry of this dataset."""
    (entry,) = (entry for entry in record.coverage if entry.dataset == dataset)
    return entry


def not_complete(record: RunRecord) -> dict[str, str]:
    """Dataset → status, of everything that was not read completely; what is not granted is no gap."""
    whole = (Status.COMPLETE, Status.NOT_GRANTED)
    return {entry.dataset: entry.status.value for entry in record.coverage if entry.status not in whole}


def statuses(record: RunRecord) -> dict[str, str]:
    """Step → status."""
    return {result.step.id: result.status.value for result in record.steps}


def notes(record: RunRecord) -> list[str]:
    return [note for result in record.steps for note in result.notes]
