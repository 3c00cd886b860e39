"""GET /users/{id}/settings, with and without options."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox import Account, Sandbox, User
from collector.sandbox.profiles import PROFILES

from .client import SandboxClient


def user_like(account: Account, **wanted: object) -> User:
    """The first active user with these values."""
    return next(
        user
        for user in account.users_with_status("active")
        if all(getattr(user, name) == value for name, value in wanted.items())
    )


@pytest.fixture
def licensed(account: Account) -> User:
    return user_like(account, type=2, profile="standard")


@pytest.fixture
def basic(account: Account) -> User:
    return user_like(account, type=1, profile="standard")


def settings(zoom: SandboxClient, user: User, option: str | None = None) -> dict[str, Any]:
    return zoom.document(f"/users/{user.id}/settings", **({"option": option} if option else {}))


def test_sections_come_in_the_recorded_order(zoom: SandboxClient, licensed: User) -> None:
    assert list(settings(zoom, licensed)) == [
        "schedule_meeting",
        "in_meeting",
        "email_notification",
        "recording",
        "telephony",
        "tsp",
        "feature",
        "integration",
        "profile",
        "audio_conferencing",
        "other_options",
    ]


def test_what_is_not_licensed_is_empty_or_collapsed(zoom: SandboxClient, licensed: User) -> None:
    document = settings(zoom, licensed)
    assert (document["tsp"], document["in_meeting"]["webinar_chat"]) == ({}, {})
    assert document["in_meeting"]["webinar_polling"] == {"enable": False}


def test_basic_users_lack_licensed_keys(zoom: SandboxClient, licensed: User, basic: User) -> None:
    full, short = settings(zoom, licensed), settings(zoom, basic)
    missing = {
        section: full[section].keys() - short[section].keys()
        for section in full
        if full[section].keys() != short[section].keys()
    }
    assert missing["schedule_meeting"] == {"pmi_password"}
    assert missing["in_meeting"] == {"polling", "meeting_survey", "meeting_polling"}
    assert missing["feature"] == {"concurrent_meeting"}
    assert {"cloud_recording", "record_speaker_view", "save_chat_text"} <= missing["recording"]
    assert short["email_notification"].keys() == {"jbh_reminder", "cancel_meeting_reminder"}


def test_options_give_their_slice_only(zoom: SandboxClient, licensed: User) -> None:
    assert settings(zoom, licensed, "recording_authentication") == {"recording_authentication": False}
    assert settings(zoom, licensed, "meeting_authentication").keys() == {
        "meeting_authentication",
        "allow_authentication_exception",
        "authentication_options",
    }
    assert settings(zoom, licensed, "meeting_security").keys() == {"meeting_security"}


def test_an_unknown_option_is_refused(zoom: SandboxClient, licensed: User) -> None:
    assert zoom.refusal(f"/users/{licensed.id}/settings", option="in_meeting")[:2] == (400, 300)


def test_fields_can_be_chosen(zoom: SandboxClient, licensed: User) -> None:
    path = f"/users/{licensed.id}/settings"
    assert zoom.document(path, custom_query_fields="host_video,waiting_room") == {
        "schedule_meeting": {"host_video": False},
        "in_meeting": {"waiting_room": False},
    }
    both = zoom.document(path, custom_query_fields="authentication_options")["authentication_options"]
    assert both == {
        option: settings(zoom, licensed, option) for option in ("meeting_authentication", "recording_authentication")
    }


def test_people_of_one_profile_share_everything_but_their_passcode(zoom: SandboxClient, account: Account) -> None:
    same = [u for u in account.users_with_status("active") if (u.type, u.profile) == (2, "standard")]
    documents = [settings(zoom, user) for user in same]
    passcodes = {document["schedule_meeting"].pop("pmi_password") for document in documents}
    assert len(passcodes) == len(same) > 2
    assert all(document == documents[0] for document in documents)


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


def test_inactive_users_have_settings(zoom: SandboxClient, account: Account) -> None:
    assert settings(zoom, account.users_with_status("inactive")[0])


def test_pending_users_have_none(zoom: SandboxClient, account: Account) -> None:
    invited = account.users_with_status("pending")[0]
    message = "You can not access settings of users that are still in pending state."
    assert zoom.refusal(f"/users/{invited.email}/settings") == (400, 1000, message)


def test_one_user_can_be_changed(zoom: SandboxClient, account: Account, licensed: User) -> None:
    account.change_settings(
        licensed.id,
        {
            "in_meeting.waiting_room": True,
            "meeting_security.waiting_room": True,
            "recording_authentication": True,
        },
    )
    assert settings(zoom, licensed)["in_meeting"]["waiting_room"] is True
    assert settings(zoom, licensed, "meeting_security")["meeting_security"]["waiting_room"] is True
    assert settings(zoom, licensed, "recording_authentication") == {"recording_authentication": True}
    assert "recording_authentication" not in settings(zoom, licensed)


def test_me_has_settings_too(zoom: SandboxClient, account: Account) -> None:
    assert zoom.document("/users/me/settings") == settings(zoom, account.owner)


@pytest.mark.parametrize("future_fields", [False, True])
def test_undescribed_fields_come_only_when_switched_on(account: Account, future_fields: bool) -> None:
    zoom = SandboxClient(Sandbox(account, future_fields=future_fields))
    user = account.add_user("ahead@example.com", profile="assistant")
    document = settings(zoom, user)
    assert ("future_canvas_enabled" in document["in_meeting"]) is future_fields
    assert ("future_note" in document["feature"]) is future_fields
