"""Asking a sandbox without a network, at a time of one's own."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collector.sandbox import Sandbox

NOON = 1_764_590_400.0
"""2025-12-01T12:00:00Z."""


class MovableClock:
    """Stands still until it is moved; waiting moves it."""

    def __init__(self, now: float = NOON) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def wait(self, seconds: float) -> None:
        self._now += seconds


class SandboxClient:
    """GETs of one sandbox with an access token."""

    def __init__(self, sandbox: Sandbox, token: str | None = None) -> None:
        self.sandbox = sandbox
        self.token = sandbox.issue_token() if token is None else token
        self._client: FlaskClient = sandbox.app.test_client()

    def get(self, path: str, **parameters: object) -> TestResponse:
        """The answer to GET /v2<path>."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self._client.get(f"/v2{path}", query_string=parameters, headers=headers)

    def document(self, path: str, **parameters: object) -> dict[str, Any]:
        """The JSON body of an answer that must be a good one."""
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, answer.text
        assert isinstance(answer.json, dict)
        return answer.json

    def refusal(self, path: str, **parameters: object) -> tuple[int, int, str]:
        """HTTP status, Zoom's code and the message of an error answer."""
        answer = self.get(path, **parameters)
        assert answer.json is not None
        return answer.status_code, answer.json["code"], answer.json["message"]

    def all_rows(self, path: str, name: str, **parameters: object) -> list[dict[str, Any]]:
        """The rows of all pages, following the page tokens."""
        rows: list[dict[str, Any]] = []
        token = ""
        while True:
            page = self.document(path, **parameters, **({"next_page_token": token} if token else {}))
            rows += page[name]
            token = page.get("next_page_token", "")
            if not token:
                return rows
