"""How a stored sign-in stands, without asking anybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.auth import stored_sign_in

from .conftest import CLIENT


def test_a_sign_in_that_can_be_used(sign_in, file, clock):
    sign_in()
    stored = stored_sign_in(file, CLIENT, clock)
    assert (stored.state, stored.reason, stored.path) == ("usable", "", file.path)
    assert stored.account == {"id": "user-1", "email": "ada@example.com", "account_id": "account-1"}
    assert stored.scopes == {"user:read:user:admin"}
    assert (stored.obtained_at, stored.expires_at) == (clock.now(), clock.now() + 3600)


def test_after_an_hour_it_can_still_be_used(sign_in, file, clock):
    sign_in()
    clock.time += 7200
    assert stored_sign_in(file, CLIENT, clock).state == "usable"


@pytest.mark.parametrize(
    ("changed", "state", "reason"),
    [
        ({"grant": "account_credentials"}, "none", "Nobody has signed in"),
        ({"refresh_token": None, "expires_at": 1_800_000_100.0}, "usable", ""),
        ({"refresh_token": None, "expires_at": 1_799_999_999.0}, "expired", "no refresh token"),
        ({"reauth": {"reason": "Zoom said no.", "at": 1}}, "reauth", "Zoom said no."),
        ({"reauth": {}}, "reauth", "no longer accepts"),
        ({"client_hash": "other"}, "other client", "another app"),
    ],
)
def test_states(sign_in, file, clock, changed, state, reason):
    sign_in(**changed)
    stored = stored_sign_in(file, CLIENT, clock)
    assert stored.state == state
    assert reason in stored.reason


def test_without_an_app_nothing_is_said_about_whose_it_is(sign_in, file, clock):
    sign_in(client_hash="other")
    assert stored_sign_in(file, None, clock).state == "usable"
    assert stored_sign_in(file, replace(CLIENT, client_id="x"), clock).state == "other client"


def test_a_public_client_is_one_without_a_secret():
    assert (CLIENT.is_public, replace(CLIENT, client_secret=None).is_public) == (False, True)


def test_files_that_cannot_be_used(sign_in, file, clock):
    assert stored_sign_in(file, CLIENT, clock).state == "none"
    sign_in()
    content = file.path.read_bytes()
    file.path.write_bytes(content[:-1])
    assert stored_sign_in(file, CLIENT, clock).state == "damaged"
    file.path.write_bytes(content.replace(b'"version": 1', b'"version": 2'))
    newer = stored_sign_in(file, CLIENT, clock)
    assert (newer.state, "version 2" in newer.reason) == ("newer", True)
    file.path.unlink()
    file.path.mkdir()
    assert "cannot be read" in stored_sign_in(file, CLIENT, clock).reason
