"""Pasting into the terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
import requests_mock
from redirect_server.terminal import Terminal, read_line

from collector import private_files

from .conftest import ME_URL, TOKEN_URL, answer_to
from .visitor import Visitor


class Typist:
    """Types what each step makes of the last address offered."""

    def __init__(self, visitor: Visitor, *steps: Callable[[str], str]) -> None:
        self.said: list[str] = []
        self.connected = 0
        self._steps = iter(steps)
        terminal = Terminal(visitor.flow, self._read, self.said.append, self._count)
        terminal.run()

    @property
    def text(self) -> str:
        return "\n".join(self.said)

    def _read(self) -> str:
        step = next(self._steps, lambda _: "")
        offered = re.findall(r"https://zoom\.us/oauth/authorize\S+", self.text)
        return step(offered[-1])

    def _count(self) -> None:
        self.connected += 1


def test_a_pasted_address_connects(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    typist = Typist(visitor, lambda _: "\n", lambda offered: f"{answer_to(offered)}\n")
    assert typist.connected == 1
    assert len(re.findall("Or open this address", typist.text)) == 2
    assert f"saved in {visitor.flow.file.path}." in typist.text
    assert "canary" not in typist.text


def test_what_is_wrong_is_told_and_one_can_go_on(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    zoom_us.post(TOKEN_URL, status_code=400, json={"reason": "Invalid client_id", "error": "invalid_client"})
    typist = Typist(visitor, lambda _: "something else\n", lambda offered: f"{answer_to(offered)}\n")
    assert typist.connected == 0
    assert "Nothing came with this address." in typist.text
    assert "Zoom rejected the app credentials." in typist.text
    assert "Zoom's message: Invalid client_id" in typist.text
    assert "Client id: …1234" in typist.text
    assert "  $ collector auth login" in typist.text


@pytest.mark.parametrize(("decision", "email"), [("yes\n", "bob@example.com"), ("no\n", "ada@example.com")])
def test_another_account_needs_a_yes(
    signed_in: Visitor, zoom_us: requests_mock.Mocker, decision: str, email: str
) -> None:
    zoom_us.get(ME_URL, json={"id": "bob-id", "email": "bob@example.com", "account_id": "account-2"})
    typist = Typist(signed_in, lambda offered: f"{answer_to(offered)}\n", lambda _: decision)
    account = signed_in.flow.stored().account
    assert account is not None
    assert account["email"] == email
    assert typist.connected == (decision == "yes\n")
    assert "ada@example.com (Zoom account account-1)" in typist.text


def test_a_full_disk_ends_it(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files.os, "write", full)
    assert "The sign-in cannot be saved." in Typist(visitor).text


def test_reading_a_line() -> None:
    reading, writing = os.pipe()
    os.write(writing, "typed ü\n".encode())
    assert read_line(reading) == "typed ü\n"
    os.close(writing)
    assert read_line(reading) == ""
    os.close(reading)
