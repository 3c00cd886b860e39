"""What is set above the user: the settings of the account and of each group, and which of them are locked.

A group has what the account has until it is changed. A user has what the first group in `group_ids` has, else the
account, until the user chooses; a lock of the account or of any group of the user overrules that choice (Zoom support:
"Using tiered settings"). The documents hold the fields of the published descriptions of
`/accounts/{accountId}/settings`, `/groups/{groupId}/settings` and their `lock_settings`.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.sandbox.canaries import CANARY
from collector.sandbox.default_settings import LICENSED_SETTINGS, MEETING_SECURITY

_USER_SPELLINGS = {
    "schedule_meeting.participant_video": "schedule_meeting.participants_video",
    "schedule_meeting.use_pmi_for_schedule_meetings": "schedule_meeting.use_pmi_for_scheduled_meetings",
    "in_meeting.record_play_own_voice": "in_meeting.record_play_voice",
}
"""What accounts and groups spell in another way than users do."""

_LOCKED_SETTINGS = {
    "schedule_meeting.meeting_authentication": "meeting_authentication",
    "recording.recording_authentication": "recording_authentication",
}
"""What a lock locks, if it is spelled in another way than the setting."""

_ALSO_IN_MEETING = {"meeting_security.waiting_room": "in_meeting.waiting_room"}
"""One setting that users and groups have in two documents."""

_OF_USERS_ONLY = (
    "schedule_meeting.pmi_password",
    "telephony.show_international_numbers_link",
    "telephony.telephony_regions",
    "integration",
    "whiteboard",
)
_OF_GROUPS_ONLY = (
    "schedule_meeting.pstn_password_protected",
    "schedule_meeting.mute_upon_entry",
    "schedule_meeting.embed_password_in_join_link",
    "in_meeting.waiting_room",
    "in_meeting.allow_users_to_delete_messages_in_meeting_chat",
)
_OF_ACCOUNTS_ONLY = (
    "schedule_meeting.enable_dedicated_group_chat",
    "schedule_meeting.meeting_password_requirement",
    "in_meeting.attention_mode_focus_mode",
    "in_meeting.allow_participants_to_rename",
    "in_meeting.transfer_meetings_between_devices",
    "recording.record_audio_file_each_participant",
    "recording.recording_disclaimer",
    "recording.auto_delete_cmr",
    "recording.auto_delete_cmr_days",
    "recording.required_password_for_shared_cloud_recordings",
    "recording.recording_password_requirement",
    "tsp",
    "profile",
)

_SECURITY: Mapping[str, object] = {
    "admin_change_user_info": True,
    "user_modifiable_info_by_admin": ["name", "profile_picture"],
    "signin_with_sso": {"enable": False},
    "hide_billing_info": False,
    "import_photos_from_devices": True,
    "password_requirement": {
        "minimum_password_length": 8,
        "have_special_character": False,
        "consecutive_characters_length": 0,
        "weak_enhance_detection": False,
    },
    "sign_again_period_for_inactivity_on_client": 0,
    "sign_again_period_for_inactivity_on_web": 0,
    "sign_in_with_two_factor_auth": "none",
}
_ACCOUNT_ONLY: Mapping[str, object] = {
    "schedule_meeting.jbh_time": 0,
    "schedule_meeting.not_store_meeting_topic": False,
    "in_meeting.alert_guest_join": True,
    "in_meeting.watermark": False,
    "in_meeting.custom_service_instructions": f"rtmp://stream.example.com key {CANARY}-ACCOUNT-STREAM-KEY",
    "recording.account_user_access_recording": False,
    "recording.allow_recovery_deleted_cloud_recordings": True,
    "recording.cloud_recording_download": True,
    "recording.prevent_host_access_recording": False,
    "recording.ip_address_access_control": {"enable": False},
    "telephony.audio_conference_info": f"Dial +1 555 0100, PIN {CANARY}-ACCOUNT-PIN",
    "integration.google_calendar": True,
    "other_options.blur_snapshot": False,
    "other_options.allow_users_enter_and_share_pronouns": True,
    "zoom_rooms.hide_host_information": False,
    "chat.share_files": {"enable": True, "share_option": "anyone"},
    "chat.send_data_to_third_party_archiving_service": {
        "enable": True,
        "type": "smarsh",
        "smtp_delivery_address": f"{CANARY}-ARCHIVE@example.com",
        "user_name": f"{CANARY}-ARCHIVE-USER",
        "passcode": f"{CANARY}-ARCHIVE-PASSCODE",
        "authorized_channel_token": f"{CANARY}-ARCHIVE-TOKEN",
    },
}
_GROUP_ONLY: Mapping[str, object] = {
    "schedule_meeting.upcoming_meeting_reminder": False,
    "in_meeting.alert_guest_join": True,
    "in_meeting.custom_service_instructions": f"rtmp://stream.example.com key {CANARY}-GROUP-STREAM-KEY",
    "recording.cloud_recording_download": True,
    "telephony.audio_conference_info": f"Dial +1 555 0100, PIN {CANARY}-GROUP-PIN",
    "other_options.blur_snapshot": False,
}

_OPTIONS = ("security", "meeting_security", "meeting_authentication", "recording_authentication")
"""Values of the query parameter `option` whose documents begin with the same name."""

_LOCKABLE = (
    "email_notification.jbh_reminder",
    "in_meeting.chat",
    "in_meeting.private_chat",
    "in_meeting.file_transfer",
    "in_meeting.screen_sharing",
    "in_meeting.remote_control",
    "in_meeting.annotation",
    "in_meeting.co_host",
    "in_meeting.e2e_encryption",
    "in_meeting.virtual_background",
    "in_meeting.allow_live_streaming",
    "recording.local_recording",
    "recording.cloud_recording",
    "recording.auto_recording",
    "recording.auto_delete_cmr",
    "recording.recording_authentication",
    "schedule_meeting.host_video",
    "schedule_meeting.participant_video",
    "schedule_meeting.join_before_host",
    "schedule_meeting.audio_type",
    "schedule_meeting.meeting_authentication",
    "schedule_meeting.require_password_for_instant_meetings",
    "schedule_meeting.require_password_for_pmi_meetings",
    "schedule_meeting.require_password_for_scheduling_new_meetings",
    "telephony.third_party_audio",
)
_LOCKABLE_IN_GROUPS = ("in_meeting.waiting_room",)
_LOCKABLE_SECURITY = (
    "approved_or_denied_countries_or_regions",
    "auto_security",
    "block_user_domain",
    "embed_password_in_join_link",
    "end_to_end_encrypted_meetings",
    "meeting_password",
    "only_authenticated_can_join_from_webclient",
    "phone_password",
    "pmi_password",
    "waiting_room",
    "webinar_password",
)


@dataclass
class Level:
    """What an administrator set for the account or for one group, by dotted path in the spelling of that level."""

    changes: dict[str, object] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)


class Levels:
    """The account ("") and its groups, safe to change while the sandbox serves; `version` counts the changes."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._levels: dict[str, Level] = {}
        self.version = 0
        self.managed_domains: list[str] = []
        self.trusted_domains: list[str] = []

    def change(self, changes: Mapping[str, object], group_id: str = "") -> None:
        """Set these paths for a group, or for the account: `{"meeting_security.waiting_room": True}`."""
        with self._lock:
            self._level(group_id).changes.update(changes)
            self.version += 1

    def lock(self, *paths: str, group_id: str = "") -> None:
        """Keep users from choosing these themselves."""
        with self._lock:
            self._level(group_id).locked.update(paths)
            self.version += 1

    def unlock(self, *paths: str, group_id: str = "") -> None:
        with self._lock:
            self._level(group_id).locked.difference_update(paths)
            self.version += 1

    def remove(self, group_id: str) -> None:
        """Forget a group that is gone."""
        with self._lock:
            self._levels.pop(group_id, None)
            self.version += 1

    def settings(self, option: str, group_id: str = "") -> dict[str, Any]:
        """The settings document of the account or a group; `option` as in the query, "" without one."""
        if option == "security":
            document: dict[str, Any] = {"security": copy.deepcopy(dict(_SECURITY))}
        elif option == "meeting_security":
            document = {"meeting_security": copy.deepcopy(MEETING_SECURITY)}
            for of_users in ("password_for_pmi", "approved_or_denied_countries_or_regions"):
                document["meeting_security"].pop(of_users, None)
        elif option == "meeting_authentication":
            document = {"meeting_authentication": False, "allow_authentication_exception": False}
        elif option == "recording_authentication":
            document = {"recording_authentication": False}
        else:
            document = _main(in_group=bool(group_id))
        for path, value in self._changes("") if group_id else ():
            _put_where_known(document, option, path, value)
        for path, value in self._changes(group_id):
            if option_of(path) == option:
                put(document, path, value)
            _put_where_known(document, option, path, value)
        return document

    def locks(self, option: str, group_id: str = "") -> dict[str, Any]:
        """The `lock_settings` document of the account or a group."""
        if option == "meeting_security":
            paths = tuple(f"meeting_security.{name}" for name in _LOCKABLE_SECURITY)
        else:
            paths = (*_LOCKABLE, *(_LOCKABLE_IN_GROUPS if group_id else ()))
        document: dict[str, Any] = {}
        for path in paths:
            put(document, path, path in self._locked(group_id))
        return document

    def groups_with_settings(self, group_ids: tuple[str, ...]) -> tuple[str, ...]:
        """Those for which something was set, in the same order; "" instead of the first if nothing was."""
        with_settings = (group_id if group_id in self._levels else "" for group_id in group_ids)
        return tuple(group_id for place, group_id in enumerate(with_settings) if group_id or place == 0)

    def hand_down(self, document: dict[str, Any], option: str, group_ids: tuple[str, ...]) -> None:
        """Put into a user's document what the account and the first group have for users who do not choose."""
        for level in ("", *group_ids[:1]):
            for path, value in self._changes(level):
                _put_for_user(document, option, path, value)

    def enforce(self, document: dict[str, Any], option: str, group_ids: tuple[str, ...]) -> None:
        """Put into a user's document what is locked; the account wins over groups, earlier groups over later ones."""
        for level in (*reversed(group_ids), ""):
            for lock in self._locked(level):
                path = _LOCKED_SETTINGS.get(lock, lock)
                value = _value_at(self.settings(option_of(path), level), path)
                if value is not None:
                    _put_for_user(document, option, path, value)

    def _level(self, group_id: str) -> Level:
        return self._levels.setdefault(group_id, Level())

    def _changes(self, group_id: str) -> list[tuple[str, object]]:
        with self._lock:
            level = self._levels.get(group_id)
            return [] if level is None else list(level.changes.items())

    def _locked(self, group_id: str) -> list[str]:
        with self._lock:
            level = self._levels.get(group_id)
            return [] if level is None else sorted(level.locked)


def put(document: dict[str, Any], path: str, value: object) -> None:
    """Set a dotted path in a document, making the sections above it."""
    *parents, leaf = path.split(".")
    for name in parents:
        document = document.setdefault(name, {})
    document[leaf] = copy.deepcopy(value)


def _main(*, in_group: bool) -> dict[str, Any]:
    document = copy.deepcopy(LICENSED_SETTINGS)
    for level, user in _USER_SPELLINGS.items():
        value = _value_at(document, user)
        if value is not None and (in_group or "schedule_meetings" not in level):
            _remove(document, user)
            put(document, level, value)
    for path in (*_OF_USERS_ONLY, *(_OF_ACCOUNTS_ONLY if in_group else _OF_GROUPS_ONLY)):
        _remove(document, path)
    capacity = document.pop("feature")["meeting_capacity"]
    if not in_group:
        document["feature"] = {"meeting_capacity": capacity}
    for path, value in (_GROUP_ONLY if in_group else _ACCOUNT_ONLY).items():
        put(document, path, value)
    return document


def option_of(path: str) -> str:
    """The `option` whose document holds this path; "" for the one without an option."""
    head = path.partition(".")[0]
    return head if head in _OPTIONS else ""


def _put_for_user(document: dict[str, Any], option: str, path: str, value: object) -> None:
    _put_where_known(document, option, _USER_SPELLINGS.get(path, path), value)


def _put_where_known(document: dict[str, Any], option: str, path: str, value: object) -> None:
    """Only where the document, which is that of this option, has such a setting."""
    for same in {path, _ALSO_IN_MEETING.get(path, path)}:
        if option_of(same) == option and _value_at(document, same) is not None:
            put(document, same, value)


def _value_at(document: Mapping[str, Any], path: str) -> Any:
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _remove(document: dict[str, Any], path: str) -> None:
    *parents, leaf = path.split(".")
    for name in parents:
        document = document.get(name, {})
    document.pop(leaf, None)
