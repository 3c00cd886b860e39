"""`collector alerts list`, `check` and `test`, and alerts of `collector run`: what they print, send and return."""

from __future__ import annotations

import csv
import io
import json
import logging
from pathlib import Path

import pytest

from collector.alerts.library import load_alerts
from collector.sandbox import Account, Fault, Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox
from tests.cli.conftest import Command, Outcome, words
from tests.webhook import SECRET, Web, web

__all__ = ["web"]

NEW_ADMIN = "HIGH: a new administrator\n- ={0} (max@example.com): isAdmin: no → yes; Role: Admin\n"


def _id(account: Account, name: str) -> str:
    user = account.user(f"{name}@example.com")
    assert user is not None
    return user.id


def becomes_admin(account: Account, name: str) -> None:
    account.update_user(_id(account, name), role_id="1")


@pytest.fixture
def a_day_later(zoom: Sandbox, collector: Command, account: Account) -> None:
    """Max, who has a nasty name, becomes an administrator between two collections."""
    account.update_user(_id(account, "max"), display_name="\x1b[31m=Max, the Great")
    assert collector("collect").code == 0
    becomes_admin(account, "max")
    assert collector("collect").code == 0


def test_the_list(collector: Command) -> None:
    listed = collector("alerts", "list")
    assert listed.code == 0
    assert len(listed.out.splitlines()) >= len(load_alerts()) + 1
    found = json.loads(collector("alerts", "list", "--json").out)
    assert [each["id"] for each in found] == [rule.id for rule in load_alerts()]
    assert found[0] == {
        "id": "zoom-owner",
        "name": "Zoom: a new owner",
        "level": "CRITICAL",
        "question": "managed-question-zoom-owner",
        "query": "list",
        "message": load_alerts()[0].message,
    }


def test_a_narrow_list(collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    assert all(len(line) <= 50 for line in collector("alerts", "list").out.splitlines())


class TestCheck:
    def test_before_and_after_the_first_collection(self, zoom: Sandbox, collector: Command) -> None:
        assert collector("alerts", "check").code == 2
        collector("collect")
        first = collector("alerts", "check")
        assert (first.code, first.err) == (0, "")
        assert words(first.out).endswith("is the first collection: there is nothing to compare it with.")
        assert json.loads(collector("alerts", "check", "--json").out)["since"] is None
        collector("collect")
        second = collector("alerts", "check")
        assert (second.code, second.out.splitlines()[-1]) == (0, "Nothing new.")

    @pytest.mark.usefixtures("a_day_later")
    def test_a_table(self, collector: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(2):  # it records nothing
            found = collector("alerts", "check")
            assert found.code == 5
            lines = [words(line) for line in found.out.splitlines()]
            assert lines[2:4] == [
                "HIGH: a new administrator",
                "�[31m=Max, the Great (max@example.com) isAdmin: no → yes; Role: Admin",
            ]
        monkeypatch.setenv("COLUMNS", "50")
        assert all(len(line) <= 50 for line in collector("alerts", "check").out.splitlines())

    @pytest.mark.usefixtures("a_day_later")
    def test_the_other_formats(self, collector: Command, account: Account) -> None:
        found = json.loads(collector("alerts", "check", "--format", "json").out)
        assert list(found) == ["since", "until", "findings", "notCompared", "complete"]
        (finding,) = found["findings"]
        assert finding == {
            "rule": "zoom-administrator",
            "level": "HIGH",
            "alert": "a new administrator",
            "key": f"zoom_user:{_id(account, 'max')}",
            "name": "\x1b[31m=Max, the Great (max@example.com)",
            "entityIsNew": False,
            "values": [{"property": "isAdmin", "old": False, "new": True}],
            "note": "Role: Admin",
            "message": finding["message"],
        }
        (line,) = collector("alerts", "check", "--format", "jsonl").out.splitlines()
        assert json.loads(line) == finding
        heading, row = csv.reader(io.StringIO(collector("alerts", "check", "--format", "csv").out))
        assert dict(zip(heading, row, strict=True)) == {
            "level": "HIGH",
            "rule": "zoom-administrator",
            "alert": "a new administrator",
            "key": f"zoom_user:{_id(account, 'max')}",
            "name": "�[31m=Max, the Great (max@example.com)",
            "entityIsNew": "true",
            "property": "isAdmin",
            "old": "false",
            "new": "true",
            "note": "Role: Admin",
        } | {"entityIsNew": "false"}

    @pytest.mark.usefixtures("a_day_later")
    def test_since_another_run(self, collector: Command) -> None:
        collector("collect")
        assert collector("alerts", "check").code == 0
        assert collector("alerts", "check", "--since", "2").code == 0
        assert collector("alerts", "check", "--since", "1").code == 5
        refused = collector("alerts", "check", "--since", "3")
        assert refused.code == 2
        assert "3 and the newest run are both run 3." in words(refused.err)

    def test_something_was_not_read(self, zoom: Sandbox, collector: Command, account: Account) -> None:
        collector("collect")
        becomes_admin(account, "max")
        zoom.faults.add(Fault("missing_privilege", "/users/*/settings", times=None))
        assert collector("collect").code == 3
        found = collector("alerts", "check")
        assert found.code == 3
        assert "a new administrator" in found.out
        assert "Not compared: Run 2 did not read `settings`" in words(found.err)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("--json", "--format", "csv"), "--json and --format csv contradict each other."),
            (("--send", "--since", "1"), "--send compares with what was sent last, so it takes no --since."),
            (("--send",), "ALERT_URLS is not set, so there is nobody to send alerts to."),
        ],
    )
    def test_wrong_use(self, collector: Command, arguments: tuple[str, ...], said: str) -> None:
        refused = collector("alerts", "check", *arguments)
        assert (refused.code, words(refused.err).startswith(f"Error: {said}")) == (2, True)


class TestSending:
    def test_once(
        self, zoom: Sandbox, collector: Command, account: Account, web: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALERT_URLS", web.url)
        collector("collect")
        assert collector("alerts", "check", "--send").code == 0
        becomes_admin(account, "max")
        collector("collect")
        sent = collector("alerts", "check", "--send")
        assert (sent.code, sent.out.splitlines()[-1]) == (5, "Alerts: 1 new, sent to channel 1 (json).")
        again = collector("alerts", "check", "--send")
        assert (again.code, again.out.splitlines()[1:]) == (0, ["Nothing new.", "Alerts: 0 new."])
        assert again.out.splitlines()[0].endswith("was compared before.")
        (message,) = web.messages
        assert message.startswith(NEW_ADMIN.format("x").replace("=x", "Max Rao"))

    def test_a_channel_that_does_not_answer(
        self, zoom: Sandbox, collector: Command, account: Account, web: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("ALERT_URLS", f"json://127.0.0.1:9/{SECRET}, {web.url}")
        collector("collect")
        collector("alerts", "check", "--send")
        becomes_admin(account, "max")
        collector("collect")
        sent = collector("alerts", "check", "--send")
        assert sent.code == 3
        assert "Alerts: 1 new, sent to channel 2 (json)." in sent.out
        assert words(sent.err) == "Channel 1 (json) of ALERT_URLS did not take the alerts; the next run sends them."

    def test_a_test_message(self, collector: Command, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
        assert collector("alerts", "test").code == 2
        monkeypatch.setenv("ALERT_URLS", f"{web.url} json://127.0.0.1:9/{SECRET}")
        tested = collector("alerts", "test")
        assert tested.code == 3
        assert tested.out == "Channel 1 (json) of ALERT_URLS took the message.\n"
        assert words(tested.err).startswith("Channel 2 (json) of ALERT_URLS did not take the message.")
        assert web.messages == ["A test: alerts about your Zoom account come here."]
        assert json.loads(collector("alerts", "test", "--json").out)[0] == {
            "channel": 1,
            "scheme": "json",
            "taken": True,
        }

    @pytest.mark.parametrize("verb", [("run",), ("run", "--poll"), ("alerts", "test"), ("alerts", "check", "--send")])
    def test_a_wrong_address(self, collector: Command, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]) -> None:
        monkeypatch.setenv("ALERT_URLS", f"slack://{SECRET}")
        refused = collector(*verb)
        assert refused.code == 2
        assert "ALERT_URLS has a wrong address: 1 (slack)." in words(refused.err)
        assert SECRET not in refused.err + refused.out


class TestRun:
    @pytest.fixture
    def instance(self, jupiterone: JupiterOneSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("JUPITERONE_INTEGRATION_INSTANCE_ID", jupiterone.add_instance().id)

    @pytest.mark.usefixtures("instance")
    def test_it_alerts_after_the_upload(
        self, zoom: Sandbox, collector: Command, account: Account, web: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "Alerts" not in collector("run").out
        monkeypatch.setenv("ALERT_URLS", web.url)
        becomes_admin(account, "max")
        ran = collector("run")
        assert (ran.code, ran.out.splitlines()[-1]) == (0, "Alerts: 1 new, sent to channel 1 (json).")
        found = json.loads(collector("run", "--json").out)
        assert found["alerts"] == {"new": 0, "sentTo": [], "failed": [], "problem": ""}
        web.status = 500
        becomes_admin(account, "cyd")
        failed = collector("run", "--json")
        assert failed.code == 3
        assert json.loads(failed.out)["alerts"] == {"new": 1, "sentTo": [], "failed": ["1 (json)"], "problem": ""}
        assert json.loads(failed.out)["sync"] is not None

    @pytest.mark.usefixtures("instance")
    def test_also_when_the_upload_fails(
        self, zoom: Sandbox, collector: Command, account: Account, web: Web, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        collector("run")
        monkeypatch.setenv("ALERT_URLS", web.url)
        monkeypatch.setenv("JUPITERONE_API_KEY", "wrong")
        becomes_admin(account, "max")
        assert collector("run").code == 2
        assert len(web.messages) == 1


def test_no_address_is_ever_told(
    zoom: Sandbox,
    collector: Command,
    account: Account,
    web: Web,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not printed, logged, stored, nor passed to a process."""
    monkeypatch.setenv("ALERT_URLS", f"{web.url}, json://user:{SECRET}@127.0.0.1:9/{SECRET}")
    said: list[Outcome] = []
    with caplog.at_level(logging.DEBUG):
        collector("collect")
        said.append(collector("alerts", "check", "--send", "-v"))
        becomes_admin(account, "max")
        collector("collect")
        for arguments in (("alerts", "check", "--send"), ("alerts", "test"), ("doctor",), ("status",)):
            said += [collector(*arguments), collector(*arguments, "--json"), collector(*arguments, "-v")]
    assert len(web.messages) == 1 + 3
    assert SECRET not in caplog.text + "".join(each.out + each.err for each in said)
    doctor = collector("doctor").out
    assert "ALERT_URLS is of the right form: 1 (json), 2 (json)" in words(doctor)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []
