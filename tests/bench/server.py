"""The sandbox in another process, which logs the time and status of each request."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from collector.sandbox import Sandbox, generate_account
from collector.sandbox.server import serving
from tests.bench.arrivals import Arrival
from tests.bench.process import ROOT
from tests.served import NEEDED_GRANULAR

DOCUMENTS = ("", "?option=meeting_authentication", "?option=recording_authentication", "?option=meeting_security")
"""The settings documents of each user."""


@dataclass
class Served:
    """A running server. `environment`: the settings to read it with. `paths`: every settings document there is."""

    environment: dict[str, str]
    token: str
    paths: list[str]
    _process: subprocess.Popen[str]

    def take_log(self) -> list[Arrival]:
        """The Medium calls since the last time."""
        return [Arrival(*entry) for entry in _ask(self._process, "log")]


@contextmanager
def sandbox(users: int, latency: float = 0.0, plan: str = "unlimited") -> Iterator[Served]:
    """Serve an account with this many users; `latency`: seconds of every answer."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        served = _ask(process, {"users": users, "latency": latency, "plan": plan})
        yield Served(**served, _process=process)


def _ask(process: subprocess.Popen[str], question: object) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(question) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


class _Logged:
    """A WSGI middleware that logs requests."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._log: list[Arrival] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        at = time.monotonic()

        def start(status: str, headers: list[tuple[str, str]], *more: object) -> object:
            if ("X-RateLimit-Category", "Medium") in headers:
                self._log.append(Arrival(at, int(status[:3])))
            return start_response(status, headers, *more)

        return self._app(environ, start)

    def take(self) -> list[Arrival]:
        log, self._log = self._log, []
        return log


def _serve() -> None:
    job = json.loads(sys.stdin.readline())
    account = generate_account(users=job["users"])
    zoom = Sandbox(account, scopes=NEEDED_GRANULAR, latency=job["latency"], plan=job["plan"])
    logged = _Logged(zoom.app)
    readable = [user.id for user in account.users if user.status != "pending"]
    with serving(logged) as url:
        served = {
            "environment": zoom.environment(url),
            "token": zoom.issue_token(),
            "paths": [f"/v2/users/{user_id}/settings{document}" for user_id in readable for document in DOCUMENTS],
        }
        print(json.dumps(served), flush=True)
        while sys.stdin.readline():
            print(json.dumps(logged.take()), flush=True)


if __name__ == "__main__":
    _serve()
