"""An account that is collected once a day, and channels that note what they are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from collector.alerts.channels import Channel
from collector.alerts.sending import AlertReport, send_new
from collector.redaction import Secret
from collector.resources import all_resources
from collector.resources.graph_schema import graph_schema
from collector.sandbox import Account, Fault
from tests.collect.conftest import people
from tests.collect.profile import Profile
from tests.served import NEEDED_GRANULAR

DAY = 86_400.0
SCHEMA = graph_schema(all_resources())
OPTIONAL = frozenset(
    scope
    for resource in all_resources()
    for document in resource.documents
    for scope in document.endpoint.scopes.granular
)
WAITING_ROOM = "meeting_security.waiting_room"


class Listener(Channel):
    """Notes the messages it takes. `takes`: whether it does; it may raise."""

    takes: Callable[[], bool]
    messages: list[tuple[str, str]]

    def send(self, title: str, text: str) -> bool:
        if self.takes():
            self.messages.append((title, text))
            return True
        return False


def listener(position: int = 1, url: str = "") -> Listener:
    made = Listener(position, "json", Secret(url or f"json://host-{position}/secret"))
    object.__setattr__(made, "takes", lambda: True)
    object.__setattr__(made, "messages", [])
    return made


def lines(message: tuple[str, str]) -> list[str]:
    """What a message says, without what to do: "HIGH: a new administrator: Max Rao (max@example.com): …"."""
    said: list[str] = []
    for block in message[1].split("\n\n"):
        title, *rest = block.splitlines()
        said += [f"{title}: {line.removeprefix('- ')}" for line in rest if line.startswith("- ")]
    return said


class Days:
    """`optional`: whether the settings of the account and of groups may be read."""

    def __init__(self, folder: Path) -> None:
        self.account: Account = people()
        self.profile = Profile(folder, self.account)
        self.channels = [listener()]
        self.optional = False
        for user in self.account.users:
            self.switch(user.email.partition("@")[0], on=True)

    def id(self, name: str) -> str:
        """Zoom's id of a user, group or role."""
        of_users = {user.email.partition("@")[0]: user.id for user in self.account.users}
        return {**{each.name: each.id for each in (*self.account.groups, *self.account.roles)}, **of_users}[name]

    def switch(self, name: str, *, on: bool) -> None:
        """The waiting room of a user."""
        self.account.change_settings(self.id(name), {WAITING_ROOM: on})

    def role(self, name: str, role_id: str) -> None:
        self.account.update_user(self.id(name), role_id=role_id)

    def collect(self, *faults: Fault) -> None:
        self.profile.clock.time += DAY
        self.profile.sandbox.faults.add(*faults)
        scopes = NEEDED_GRANULAR | OPTIONAL if self.optional else NEEDED_GRANULAR
        self.profile.collect(scopes=scopes)
        self.profile.sandbox.faults.clear()

    def tell(self, *channels: Channel) -> AlertReport:
        return send_new(
            self.profile.store, SCHEMA, channels or self.channels, self.profile.clock, interval=DAY, profile=""
        )

    def day(self, *faults: Fault) -> list[str]:
        """Collect, alert, and what was said in that."""
        before = len(self.channels[0].messages)
        self.collect(*faults)
        self.tell()
        messages = self.channels[0].messages[before:]
        assert len(messages) <= 1
        return [line for message in messages for line in lines(message)]


def broken(path: str, **query: str) -> Fault:
    return Fault("status_500", path, query=query or None, times=None)
