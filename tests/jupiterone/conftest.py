"""A client on a fake clock: before answers made by hand, or before the sandbox."""

from __future__ import annotations

import logging
import random

import pytest

from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.jobs import Target
from collector.jupiterone.synchronization import Synchronization
from collector.redaction import Secret
from collector.sandbox.jupiterone import JupiterOneSandbox
from tests.fakes import FakeClock
from tests.wsgi_adapter import WsgiAdapter, session_with

API = "https://api.us.jupiterone.io"
GRAPHQL = "https://graphql.us.jupiterone.io"
KEY = "CANARY-JUPITERONE-KEY"
ANYWHERE = "https://jupiterone.example"


GOES_BY = [
    "status_500",
    "status_503",
    "status_502_html",
    "qps_429",
    "reset",
    "lost_answer",
    "dropped_body",
    "truncated",
]
"""Kinds of trouble that do not last."""


class NoChance(random.Random):
    """Chance that adds nothing to a wait."""

    def random(self) -> float:
        return 0.0


@pytest.fixture(autouse=True)
def _everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """So that the watch for canaries in the log has something to see."""
    caplog.set_level(logging.DEBUG)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def client(clock: FakeClock) -> JupiterOne:
    """Calls the real addresses, which requests-mock answers."""
    return JupiterOne(Access("j1dev", Secret(KEY)), clock, NoChance(1))


@pytest.fixture
def sandbox(clock: FakeClock) -> JupiterOneSandbox:
    return JupiterOneSandbox(clock=clock)


@pytest.fixture
def jupiterone(sandbox: JupiterOneSandbox, clock: FakeClock) -> JupiterOne:
    """Calls the sandbox."""
    return connected(sandbox, clock)


@pytest.fixture
def synchronization(jupiterone: JupiterOne) -> Synchronization:
    return Synchronization(jupiterone)


@pytest.fixture
def target(sandbox: JupiterOneSandbox) -> Target:
    return Target(instance_id=sandbox.add_instance().id)


def connected(sandbox: JupiterOneSandbox, clock: FakeClock) -> JupiterOne:
    environment = sandbox.environment(ANYWHERE)
    access = Access(
        environment["JUPITERONE_ACCOUNT"],
        Secret(environment["JUPITERONE_API_KEY"]),
        environment["JUPITERONE_API_BASE_URL"],
        environment["JUPITERONE_GRAPHQL_URL"],
    )
    return JupiterOne(access, clock, NoChance(1), lambda: session_with(WsgiAdapter(sandbox.app)))


def users(number: int) -> list[dict[str, object]]:
    """Entities as the graph has them: zoom_user:0, zoom_user:1 and so on."""
    return [
        {"_key": f"zoom_user:{n}", "_type": "zoom_user", "_class": ["User"], "displayName": f"User {n}"}
        for n in range(number)
    ]


def memberships(number: int) -> list[dict[str, object]]:
    """Every user but the first is in the group of user 0, so to say."""
    return [
        {
            "_key": f"zoom_user:0|has|zoom_user:{n}",
            "_type": "zoom_user_has_user",
            "_class": "HAS",
            "_fromEntityKey": "zoom_user:0",
            "_toEntityKey": f"zoom_user:{n}",
            "displayName": "HAS",
        }
        for n in range(1, number)
    ]


def operations(sandbox: JupiterOneSandbox) -> list[str]:
    """What the sandbox was asked, in order."""
    return [request.operation for request in sandbox.requests]
