"""Plays a person at the consent page, without a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection
from urllib.parse import urlencode, urljoin, urlsplit

_SECONDS = 10.0
_FORM = "application/x-www-form-urlencoded"


class NotRedirected(Exception):
    """Zoom showed a page of its own instead of going back to the app. `status` is its HTTP status."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"HTTP {status}: {words}")
        self.status = status
        self.words = words


def click_through(authorization_url: str, allow: bool) -> str:
    """Open the address, press Allow or Decline. Returns the address of the redirect. Raises NotRedirected."""
    status, body, _ = _fetch("GET", authorization_url)
    page = _read(body)
    if status != 200 or not page.action:
        raise NotRedirected(status, page.words)
    fields = {**page.hidden, **page.buttons["Allow" if allow else "Decline"]}
    status, body, location = _fetch("POST", urljoin(authorization_url, page.action), urlencode(fields))
    if not location:
        raise NotRedirected(status, _read(body).words)
    return location


def _fetch(method: str, url: str, form: str | None = None) -> tuple[int, str, str]:
    """Status, body and Location of one answer; redirects are not followed."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=_SECONDS)
    try:
        headers = {} if form is None else {"Content-Type": _FORM}
        connection.request(method, f"{parts.path}?{parts.query}", form, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.getheader("Location", "")
    finally:
        connection.close()


@dataclass
class _Form:
    """What a person can see and press: `buttons` by their labels, each with what pressing it adds to the form."""

    action: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)
    words: str = ""


def _read(body: str) -> _Form:
    reader = _Reader()
    reader.feed(body)
    reader.close()
    reader.form.words = " ".join(reader.form.words.split())
    return reader.form


class _Reader(HTMLParser):
    """Reads the form and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.form = _Form()
        self._inside: list[str] = []
        self._button: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("title", "style", "button"):
            self._inside.append(tag)
        if tag == "form":
            self.form.action = given.get("action", "")
        if tag == "input":
            self.form.hidden[given["name"]] = given.get("value", "")
        if tag == "button":
            self._button = {given["name"]: given.get("value", "")}

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if "button" in self._inside:
            self.form.buttons[data.strip()] = self._button
        elif not self._inside:
            self.form.words += data
