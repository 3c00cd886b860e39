"""Accounts that were read completely, or in part, to ask questions of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from collector.resources.declaration import SettingsChoice
from collector.sandbox import GRANULAR_SCOPES, Account, generate_account, manage_centrally
from collector.sandbox.fault import Fault
from tests.collect.conftest import people
from tests.collect.profile import Profile
from tests.collect.two_days import monday, until_tuesday
from tests.served import NEEDED_GRANULAR


def demo() -> Account:
    """As the demo's, but smaller."""
    account = generate_account(users=30, groups=6, custom_roles=2, seed=7)
    manage_centrally(account)
    return account


ACCOUNTS: Mapping[str, Callable[[], Account]] = {"eight people": people, "the demo's": demo, "monday's": monday}


def without(*words: str) -> frozenset[str]:
    """All scopes but those with one of these words."""
    return frozenset(scope for scope in GRANULAR_SCOPES if not any(word in scope for word in words))


def _unanswered(path: str, after: int = 0) -> tuple[Fault, ...]:
    return (Fault("status_500", path, after=after, times=None),)


READINGS: Mapping[str, Mapping[str, Any]] = {
    "without settings": {"settings": SettingsChoice.NONE},
    "settings of security": {"settings": SettingsChoice.SECURITY},
    "without the scope of settings": {"scopes": without("user:read:settings")},
    "without the scopes of roles": {"scopes": without("role:read")},
    "without the scope of privileges": {"scopes": without("role:read:role:")},
    "without the scopes of groups": {"scopes": without("group:read")},
    "without the scope of members": {"scopes": without("list_members")},
    "without optional scopes": {"scopes": NEEDED_GRANULAR},
    "some settings unanswered": {"faults": _unanswered("/users/*/settings", after=9)},
    "settings of groups unanswered": {"faults": _unanswered("/groups/*settings")},
    "settings of the account unanswered": {"faults": _unanswered("/accounts/*")},
}
"""What is not read, and how that comes about."""


def read(folder: Path, account: Callable[[], Account], *, faults: tuple[Fault, ...] = (), **choices: Any) -> Profile:
    """A profile that has collected the account once."""
    profile = Profile(folder, account())
    profile.sandbox.faults.add(*faults)
    profile.collect(**{"scopes": GRANULAR_SCOPES, **choices})
    return profile


def two_days(folder: Path) -> Profile:
    """A profile that has collected an account, and once more the day after: run 1 and run 2."""
    profile = read(folder, monday)
    until_tuesday(profile.account)
    profile.clock.time += 86_400
    profile.collect(scopes=GRANULAR_SCOPES)
    return profile
