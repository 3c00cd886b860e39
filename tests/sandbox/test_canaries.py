"""Every secret the sandbox hands out can be found again wherever it should not be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from collector.sandbox import CANARY, PMI_CANARY, Account, Sandbox
from collector.sandbox.profiles import PROFILES

from .client import SandboxClient

SECRET_NAMES = {
    "host_key",
    "vanity_url",
    "personal_meeting_url",
    "password_for_pmi",
    "default_password_for_scheduled_meetings",
    "custom_service_instructions",
    "audio_conference_info",
    "future_note",
}


def leaves(document: object, name: str = "") -> Iterator[tuple[str, Any]]:
    """Names and values of everything that is neither object nor list."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from leaves(value, key)
    elif isinstance(document, list):
        for value in document:
            yield from leaves(value, name)
    else:
        yield name, document


def everything(zoom: SandboxClient, account: Account) -> Iterator[tuple[str, Any]]:
    """All leaves of all answers about the account's users."""
    yield from leaves(zoom.document("/users/me"))
    yield from leaves(zoom.all_rows("/users", "users"))
    for user in account.users:
        yield from leaves(zoom.document(f"/users/{user.id}"))
        if user.status != "pending":
            for option in ({}, {"option": "meeting_security"}):
                yield from leaves(zoom.document(f"/users/{user.id}/settings", **option))


def test_secrets_hold_a_canary(account: Account) -> None:
    for profile in PROFILES:
        account.add_user(f"{profile}@example.com", profile=profile)
    zoom = SandboxClient(Sandbox(account, future_fields=True))
    seen = set()
    for name, value in everything(zoom, account):
        if name in SECRET_NAMES or (name == "pmi_password" and not isinstance(value, bool)):
            assert value == "" or CANARY in value, name
            seen.add(name)
        if name == "pmi":
            assert value == 0 or re.fullmatch(rf"{PMI_CANARY}\d{{5}}", str(value))
    assert seen == SECRET_NAMES | {"pmi_password"}


def test_nothing_else_does(account: Account) -> None:
    zoom = SandboxClient(Sandbox(account))
    for name, value in everything(zoom, account):
        if name not in SECRET_NAMES | {"pmi_password"}:
            assert CANARY not in str(value), name


def test_credentials_hold_a_canary(sandbox: Sandbox) -> None:
    assert CANARY in sandbox.client_secret
    assert CANARY in sandbox.issue_token()
    cookies = SandboxClient(sandbox).get("/users/me").headers.getlist("Set-Cookie")
    assert cookies
    assert all(CANARY in cookie for cookie in cookies)
