"""Something between here and JupiterOne swallows a request and answers in JupiterOne's place.

Whatever is swallowed or answered, the graph in JupiterOne is unchanged or complete, never less.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from collector.errors import UploadFailed
from collector.jupiterone.jobs import Target
from collector.jupiterone.synchronization import Synchronization
from collector.upload import upload
from tests.wsgi_adapter import WsgiAdapter

from .conftest import Both

ANSWERS = {
    "an empty object": (200, "{}"),
    "nothing": (200, ""),
    "no content": (204, ""),
    "a portal's JSON": (200, json.dumps({"status": "ok", "login": "https://portal.example/sign-in"})),
    "a portal's page": (200, "<html><title>Sign in to the network</title></html>"),
    "an error": (200, json.dumps({"error": {"code": "INTERNAL_SERVER_ERROR", "message": "It broke."}})),
    "another job": (200, json.dumps({"job": {"id": "another", "status": "FINISHED"}})),
}
OPERATIONS = ("jobs", "events", "entities", "relationships", "finalize", "abort", "JOB", "graphql", "deferred")
"""The ends of the addresses; JOB stands for a job's own."""


class Swallowing(BaseAdapter):
    """Swallows one request by its number, or all of an operation's."""

    def __init__(self, both: Both, answer: tuple[int, str], number: int = -1, operation: str = "") -> None:
        super().__init__()
        self._inner = WsgiAdapter(both.jupiterone.app)
        self._answer = answer
        self._number = number
        self._operation = operation
        self.seen = 0

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        self.seen += 1
        if self.seen - 1 == self._number or _operation(str(request.url)) == self._operation:
            return self._swallowed(request)
        return self._inner.send(request, **options)

    def _swallowed(self, request: requests.PreparedRequest) -> requests.Response:
        response = requests.Response()
        response.status_code, text = self._answer
        response.headers = CaseInsensitiveDict({"Content-Type": "text/html" if "<" in text else "application/json"})
        response.url, response.request, response.raw = str(request.url), request, io.BytesIO(text.encode())
        return response

    def close(self) -> None:
        pass


def _operation(url: str) -> str:
    before, _, last = url.rpartition("/")
    return {"jobs": "JOB", "deferred": "deferred"}.get(before.rpartition("/")[2], last)


class Replayed:
    """A profile of which JupiterOne holds an earlier state, over and over."""

    def __init__(self, folder: Path) -> None:
        self.both = both = Both(folder)
        both.profile.collect()
        both.sync()
        self.earlier = (list(both.jupiterone.entities().values()), list(both.jupiterone.relationships().values()))
        self.before = both.uploaded
        both.leaves("bob@example.com")
        both.profile.account.add_user("new@example.com", "New", "Comer")
        both.profile.collect()
        self.now = both.stored

    def upload(self, network: Swallowing) -> None:
        """Upload through this network to JupiterOne as it was before, and look at what has become of it."""
        code = _exit_code(self.both, network)
        assert self.both.uploaded == (self.now if code == 0 else self.before)
        if code == 0:
            self._restore()

    def _restore(self) -> None:
        job = Synchronization(self.both.client()).start(Target(instance_id=self.both.instance))
        job.upload(*self.earlier)
        job.finalize([])
        job.follow()
        assert self.both.uploaded == self.before


def _exit_code(both: Both, network: Swallowing) -> int:
    try:
        return both.sync(network=network).exit_code
    except UploadFailed as failure:
        return failure.exit_code


@pytest.fixture
def replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Replayed:
    """With several batches of each kind."""
    monkeypatch.setattr(upload, "Synchronization", lambda jupiterone: Synchronization(jupiterone, 20_000))
    return Replayed(tmp_path)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_one_request_is_swallowed(replayed: Replayed, answer: tuple[int, str]) -> None:
    number = 0
    while True:
        network = Swallowing(replayed.both, answer, number)
        replayed.upload(network)
        if network.seen <= number:
            break
        number += 1
    assert number >= 30, "each request of an upload in turn"


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_every_request_of_a_kind_is_swallowed(replayed: Replayed, answer: tuple[int, str]) -> None:
    for operation in OPERATIONS:
        replayed.upload(Swallowing(replayed.both, answer, operation=operation))
