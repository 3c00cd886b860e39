"""What must never be written down."""

from __future__ import annotations

import json
import logging

import pytest

from collector.redaction import Secret, looks_secret, mask_urls


def test_a_secret_shows_itself_only_when_asked():
    secret = Secret("CANARY")
    assert secret.reveal() == "CANARY"
    assert [repr(secret), str(secret), f"{secret}", f"{[secret]}"] == [
        "Secret(***)",
        "***",
        "***",
        "[Secret(***)]",
    ]


def test_a_secret_does_not_slip_into_logs_or_json(caplog):
    secret = Secret("CANARY")
    logging.getLogger("anywhere").warning("told %s and %r", secret, secret)
    assert caplog.messages == ["told *** and Secret(***)"]
    with pytest.raises(TypeError):
        json.dumps({"secret": secret})


def test_secrets_compare_by_what_they_hold():
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "pmi_password",
        "PASSWORD",
        "passwd",
        "passcode",
        "room_passcode",
        "pwd",
        "client_secret",
        "access_token",
        "host_key",
        "hostKey",
        "pin",
        "voicemail_pin",
        "activation_code",
        "activationCode",
        "stream_key",
        "private_key",
        "privateKey",
        "employee_unique_id",
        "employeeId",
    ],
)
def test_names_that_look_secret(name):
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["waiting_room", "pinned", "pass_through", "keyboard", "sign_in", "code", "host", ""])
def test_names_that_do_not(name):
    assert not looks_secret(name)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://zoom.us/j/1?pwd=open", "https://zoom.us/j/1?pwd=***"),
        ("https://zoom.us/j/1?a=b&pwd=open&c=d", "https://zoom.us/j/1?a=b&pwd=***&c=d"),
        ("https://zoom.us/s/1?zak=key#success", "https://zoom.us/s/1?zak=***#success"),
        ("https://zoom.us/w/1?tk=key&pwd=open", "https://zoom.us/w/1?tk=***&pwd=***"),
        ("https://zoom.us/j/1#pwd=open", "https://zoom.us/j/1#pwd=***"),
        ("https://zoom.us/j/1?PWD=open", "https://zoom.us/j/1?PWD=***"),
        ("Join https://zoom.us/j/1?pwd=open now", "Join https://zoom.us/j/1?pwd=*** now"),
        ('<a href="https://zoom.us/j/1?a=b&amp;pwd=open">', '<a href="https://zoom.us/j/1?a=b&amp;pwd=***">'),
        ("https://zoom.us/j/1?a=b;pwd=open", "https://zoom.us/j/1?a=b;pwd=***"),
        ("https://zoom.us/j/1?pwd=", "https://zoom.us/j/1?pwd="),
        ("https://zoom.us/j/1?cpwd=1&mypwd=2&stk=3", "https://zoom.us/j/1?cpwd=1&mypwd=2&stk=3"),
        ("Ada Lovelace", "Ada Lovelace"),
        ("", ""),
    ],
)
def test_secrets_embedded_in_addresses_are_masked(text, masked):
    assert mask_urls(text) == masked


def test_masking_twice_changes_nothing_more():
    once = mask_urls("https://zoom.us/j/1?pwd=open&zak=key")
    assert mask_urls(once) == once
