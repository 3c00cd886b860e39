"""GET /users/{id}/settings, with and without options."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox import Account, User
from collector.sandbox.profiles import PROFILES

from .client import SandboxClient


def settings(zoom: SandboxClient, user: User, option: str | None = None) -> dict[str, Any]:
    return zoom.document(f"/users/{user.id}/settings", **({"option": option} if option else {}))


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_is_set_up_in_its_own_way(zoom: SandboxClient, account: Account, profile: str) -> None:
    options = (None, "meeting_authentication", "recording_authentication", "meeting_security")
    user = account.add_user("profile@example.com", profile=profile)
    other = account.add_user("other@example.com", profile="standard")
    passcodes = (f"-{user.number}", f"-{other.number}")
    own, standard = (
        [str(settings(zoom, person, option)).replace(passcode, "") for option in options]
        for person, passcode in zip((user, other), passcodes, strict=True)
    )
    assert (own == standard) == (profile == "standard")


def test_pending_users_have_none(zoom: SandboxClient, account: Account) -> None:
    invited = account.users_with_status("pending")[0]
    message = "You can not access settings of users that are still in pending state."
    assert zoom.refusal(f"/users/{invited.email}/settings") == (400, 1000, message)
