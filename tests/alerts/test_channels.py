"""Messages go out through Apprise, to real servers on this computer, and no address is ever shown."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from collector.alerts.channels import channels
from collector.errors import UsageError
from collector.redaction import Secret
from tests.webhook import SECRET, Web, web

__all__ = ["web"]

TITLE, TEXT = (
    "Zoom: 1 alert (HIGH)",
    "HIGH: a new administrator\n- Zoë 'Z' <b>Rao</b> (max@example.com): no → yes\n\nDo it.",
)


class Mailbox:
    """An SMTP server's handler that keeps the mails."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield mailbox, port
    controller.stop()


def test_a_webhook(web: Web) -> None:
    (channel,) = channels([Secret(f"json://127.0.0.1:{web.port}/{SECRET}")])
    assert channel.send(TITLE, TEXT)
    ((path, posted),) = web.posted
    assert path == f"/{SECRET}"
    assert (posted["title"], posted["message"], posted["attachments"]) == (TITLE, TEXT, [])


def test_a_mail(mailbox: tuple[Mailbox, int]) -> None:
    received, port = mailbox
    (channel,) = channels(
        [Secret(f"mailto://127.0.0.1:{port}/?from=zoom@example.com&to=security@example.com&mode=insecure")]
    )
    assert channel.send(TITLE, TEXT)
    ((sender, recipients, content),) = received.mails
    mail = message_from_bytes(content, policy=default)
    assert (sender, recipients, mail["Subject"]) == ("zoom@example.com", ["security@example.com"], TITLE)
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").strip() == TEXT


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500])
def test_a_channel_that_does_not_take_it(web: Web, status: int) -> None:
    web.status, web.location = status, f"http://127.0.0.1:{web.port}/elsewhere" if status == 302 else ""
    (channel,) = channels([Secret(f"json://127.0.0.1:{web.port}/{SECRET}")])
    assert not channel.send(TITLE, TEXT)
    assert [path for path, _ in web.posted] == [f"/{SECRET}"]


def test_nobody_listens(web: Web) -> None:
    port = web.port
    (channel,) = channels([Secret(f"json://127.0.0.1:{port}/{SECRET}")])
    web.server.server_close()
    (elsewhere,) = channels([Secret(f"json://{SECRET}.invalid/")])
    assert not elsewhere.send(TITLE, TEXT)
    assert (channel.id, str(channel)) != (elsewhere.id, str(channel))


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        ([f"nonsense://{SECRET}"], "ALERT_URLS has a wrong address: 1 (nonsense)."),
        ([f"json://host/{SECRET}", f"slack://{SECRET}"], "ALERT_URLS has a wrong address: 2 (slack)."),
        ([f"slack://{SECRET}", f"x://{SECRET}"], "ALERT_URLS has wrong addresses: 1 (slack), 2 (x)."),
    ],
)
def test_wrong_addresses_are_named_by_their_place(
    urls: list[str], said: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(UsageError) as failure:
        channels([Secret(url) for url in urls])
    assert said in failure.value.message
    out, err = capfd.readouterr()
    assert SECRET not in f"{failure.value}{failure.value.next_step}{caplog.text}{out}{err}"


def test_nothing_is_logged_of_an_address(
    web: Web, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    urls = [
        f"json://user:{SECRET}@127.0.0.1:{web.port}/{SECRET}?+X-Key={SECRET}",
        f"json://127.0.0.1:9/{SECRET}",
        f"mailto://user:{SECRET}@127.0.0.1:9/?from=zoom@example.com&to=security@example.com&mode=insecure",
    ]
    with caplog.at_level(1):
        made = channels([Secret(url) for url in urls])
        assert [channel.send(TITLE, TEXT) for channel in made] == [True, False, False]
    out, err = capfd.readouterr()
    assert SECRET not in f"{caplog.text}{out}{err}{made!r}{list(map(str, made))}{[each.id for each in made]}"
    assert all(re.fullmatch("[0-9a-f]{6}", each.id) for each in made)


def test_apprise_is_imported_only_to_send() -> None:
    """It takes longer to import than everything else together."""
    code = (
        "import sys, collector.cli.alerts, collector.cli.collect_and_sync, collector.cli.doctor;"
        "sys.exit('apprise' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_channel_that_never_answers_is_given_up_and_keeps_nothing_waiting(web: Web) -> None:
    """Neither the other channels, nor the end of the process, nor Ctrl-C."""
    code = f"""
import socket, threading, time
from collector.alerts import channels
from collector.redaction import Secret
server = socket.create_server(("127.0.0.1", 0))
def drip():
    connection, _ = server.accept()
    connection.sendall(b"HTTP/1.1 200 OK\\r\\nX: ")
    while True:
        connection.sendall(b"a")
        time.sleep(0.05)
threading.Thread(target=drip, daemon=True).start()
channels._SECONDS = 0.5
slow, other = channels.channels([Secret("json://127.0.0.1:%d" % server.getsockname()[1]), Secret("{web.url}")])
print(slow.send("a", "b"))
channels._SECONDS = 10
print(other.send("a", "b"))
"""
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout.split(), ran.stderr) == (0, ["False", "True"], "")
