"""Recorded answers of the real Zoom, served as a transport of requests.

What was recorded with an older client (page numbers, active users only) answers today's questions: the lists of
inactive and pending users are empty, and what one role may do is refused, as it is to most apps.
"""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

RECORDINGS = Path(__file__).parent / "fixtures" / "recordings"

_JSON = {"content-type": "application/json;charset=UTF-8"}
_NOBODY = {"page_count": 0, "page_size": 300, "total_records": 0, "users": []}
_NO_PERMISSION = {"code": 200, "message": "You do not have the permission to retrieve role information."}


class Replay(BaseAdapter):
    """Answers from a recording. `asked` lists what was asked for, without paging, in alphabetical order."""

    def __init__(self, recording: str) -> None:
        super().__init__()
        answers = json.loads((RECORDINGS / recording).read_text(encoding="utf-8"))
        self._answers = {_question(answer["url"]): answer for answer in answers}
        self._asked: list[str] = []
        self._lock = threading.Lock()

    def session(self) -> requests.Session:
        """A session that reaches nothing but the recording."""
        session = requests.Session()
        session.trust_env = False
        for scheme in ("https://", "http://"):
            session.mount(scheme, self)
        return session

    @property
    def asked(self) -> list[str]:
        with self._lock:
            return sorted(self._asked)

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        question = _question(request.url or "")
        with self._lock:
            self._asked.append(question)
        recorded = self._answer(question)
        response = requests.Response()
        response.status_code = recorded["status"]
        response.headers = CaseInsensitiveDict(recorded["headers"])
        response.raw = io.BytesIO(json.dumps(recorded["body"]).encode())
        response.request = request
        response.url = request.url or ""
        return response

    def _answer(self, question: str) -> dict[str, Any]:
        if question == "/users?status=active":
            return self._answers["/users"]
        if question in ("/users?status=inactive", "/users?status=pending"):
            return {"status": 200, "headers": _JSON, "body": _NOBODY}
        if question not in self._answers and question.startswith("/roles/"):
            return {"status": 400, "headers": _JSON, "body": _NO_PERMISSION}
        assert question in self._answers, f"{question} was not recorded"
        return self._answers[question]

    def close(self) -> None:
        pass


def _question(url: str) -> str:
    """What an address asks for: path below /v2 and option or status, whatever the page."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    kept = "&".join(f"{name}={query[name][0]}" for name in ("option", "status") if name in query)
    path = parts.path.removeprefix("/v2")
    return f"{path}?{kept}" if kept else path
