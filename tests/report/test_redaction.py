"""A redacted page holds nothing that tells whose account it is, and the same pseudonyms each time."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from collector.model.coverage import Coverage, Status
from collector.report.redaction import KEY_FILE, Redaction, profile_redaction
from collector.report.report import report_to_json
from collector.store import ROW, Store

from .accounts import READ_AT, write_account
from .conftest import Page, WritePage

KEY = bytes(range(32))
CANARY = "Xanthippe"
REASON = f"Zoom refused it for {CANARY}@{CANARY}.example."


@pytest.fixture
def hidden(store: Store, page: WritePage) -> Page:
    """The redacted page of an account full of canaries, after a change of each of them."""
    for started_at, name in ((READ_AT, f"{CANARY} One"), (READ_AT + 86_400_000, f"{CANARY} Two")):
        write_account(store, 60, groups=3, started_at=started_at, names=[name], coverage=[gap()])
    run = store.begin(READ_AT + 2 * 86_400_000, {"tag.AccountName": f"{CANARY} Ltd"}, fresh=True)
    put_canaries(run)
    run.finish(READ_AT + 2 * 86_400_000 + 1, 0, [], [gap()], [])
    return page(Redaction(KEY))


def gap() -> Coverage:
    return Coverage("fetch-users", "settings", Status.PARTIAL, False, missing=3, reason=REASON, next_step=REASON)


def put_canaries(run: object) -> None:
    at = READ_AT + 2 * 86_400_000
    row = {
        "_type": "zoom_user",
        "_class": ["User"],
        "id": f"id{CANARY}",
        "displayName": CANARY,
        "name": CANARY,
        "firstName": CANARY,
        "email": [f"{CANARY}@{CANARY}.example"],
        "emailDomain": [f"{CANARY}.example"],
        "dept": CANARY,
        "employeeId": f"E-{CANARY}",
        "phoneNumber": f"+49{CANARY}",
        "picUrl": f"https://{CANARY}.example/p",
        "status": "active",
        "type": 2,
        "roleId": f"role{CANARY}",
        "groupIds": [f"group{CANARY}"],
    }
    put = run.put  # type: ignore[attr-defined]
    put(f"zoom_user:id{CANARY}", ROW, row, at)
    settings = {
        "inMeetingWaitingRoom": True,
        "recordingIpAddressAccessControlIpAddressesOrRanges": CANARY,
        "telephonyTelephonyRegionsAllowedValues": [CANARY],
        f"undescribed{CANARY}": True,
        "meetingAuthenticationOptionNames": [CANARY],
    }
    put(f"zoom_user:id{CANARY}", "settings", settings, at)
    put(
        f"zoom_group:group{CANARY}",
        ROW,
        {"_type": "zoom_group", "_class": ["Group"], "id": f"group{CANARY}", "displayName": CANARY, "name": CANARY},
        at,
    )
    put(
        f"zoom_role:role{CANARY}",
        ROW,
        {
            "_type": "zoom_role",
            "_class": ["AccessRole"],
            "id": f"role{CANARY}",
            "displayName": CANARY,
            "description": CANARY,
            "systemRole": False,
        },
        at,
    )
    put(
        "zoom_account:acme-id",
        ROW,
        {
            "_type": "zoom_account",
            "_class": ["Account"],
            "id": "acme-id",
            "displayName": "7000112345",
            "name": "7000112345",
        },
        at,
    )
    put("zoom_account:acme-id", "managed_domains", {"managedDomains": [f"{CANARY}.example"]}, at)


def test_nothing_in_it_tells_whose_account_it_is(hidden: Page) -> None:
    """Nor in the numbers of `--json`."""
    everything = hidden.everything.lower() + json.dumps(report_to_json(hidden.report)).lower()
    for canary in (
        CANARY,
        "acme",
        "70001",
        "7000112345",
        "example0.com",
        "example1.com",
        "@example",
        "person.7",
        "E-700",
    ):
        assert canary.lower() not in everything, canary
    assert not re.search(r"Team \d", hidden.everything)
    assert not re.search(r"u\d{7}x", hidden.everything)
    assert not re.search(r"g-\d{4}", hidden.everything)


def test_pseudonyms_are_no_addresses_and_tell_what_they_stand_for(hidden: Page) -> None:
    assert all(re.fullmatch(r"person-[0-9a-f]{10}", key) for key in hidden.column("key"))
    assert {line["group"]["key"].partition("-")[0] for line in hidden.lines if "group" in line} == {"group"}
    assert set(hidden.column("email")) == {None}
    assert len(set(hidden.column("key"))) == 61
    assert "account account-" not in hidden.html
    assert "<title>Zoom account-" in hidden.html


def test_the_numbers_stay(hidden: Page, page: WritePage) -> None:
    shown = page()
    assert hidden.report.people == shown.report.people
    assert [each.count for each in hidden.report.groups] == [each.count for each in shown.report.groups]
    assert [[each.count for each in view.found] for view in hidden.report.answers] == [
        [each.count for each in view.found] for view in shown.report.answers
    ]


def test_the_same_each_time_by_the_key_of_the_profile(store: Store, page: WritePage) -> None:
    write_account(store, 10)
    one, again, other = (page(Redaction(key)).column("key") for key in (KEY, KEY, bytes(32)))
    assert one == again
    assert set(one).isdisjoint(other)


def test_built_in_roles_and_words_of_zoom_stay() -> None:
    redaction = Redaction(KEY)
    assert redaction.name("zoom_role:1", "Admin") == "Admin"
    assert redaction.name("zoom_role:x", "Admin") == redaction.entity("zoom_role:x") != "Admin"
    described = "Automatic recording: local (host's computer), cloud (Zoom's cloud), none"
    assert redaction.value("local", described) == "local"
    assert str(redaction.value("localhost", described)).startswith("text-")
    assert redaction.value(["DE", "secret.example"], "Countries")[0] == "DE"  # type: ignore[index]
    assert redaction.value(True, "") is True
    assert redaction.value(30, "") == 30
    assert str(redaction.value(4_915_112_345, "")).startswith("number-")


def test_the_key_is_random_private_and_kept(tmp_path: Path) -> None:
    first = profile_redaction(tmp_path, lambda count: b"k" * count)
    path = tmp_path / KEY_FILE
    assert path.read_bytes() == b"k" * 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert profile_redaction(tmp_path, lambda count: b"x" * count) == first
