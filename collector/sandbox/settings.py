"""Answers of "Get user settings": four documents a user, prepared once for each profile."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from collector.sandbox.account import Account
from collector.sandbox.default_settings import (
    ACCOUNT,
    LICENSED_ONLY,
    LICENSED_SETTINGS,
    MEETING_SECURITY,
    USER_NUMBER,
)
from collector.sandbox.directory import LICENSED, User
from collector.sandbox.levels import option_of, put
from collector.sandbox.profiles import FUTURE_FIELDS, PROFILES, SettingsProfile

MAIN = ""
OPTIONS = ("meeting_authentication", "recording_authentication", "meeting_security")
"""Values of the query parameter `option`; without it the answer is the main document."""

_PERSON = USER_NUMBER.encode()
_SIGN_IN_NAMES = {
    "enforce_login": "Sign in to Zoom",
    "enforce_login_with_same_account": "Users in this account",
    "enforce_login_with_domains": "Sign in with these domains",
    "internally": "Only people of this account",
}


class UserSettings:
    """The settings documents of an account's users as JSON bytes.

    `future_fields` adds settings that are not described yet to one profile.
    """

    def __init__(self, account: Account, future_fields: bool = False) -> None:
        self._account = account
        self._future_fields = future_fields
        self._prepared: dict[tuple[object, ...], bytes] = {}

    def answer(self, user: User, option: str) -> bytes:
        """The JSON document of `option`."""
        shared = self._shared(user, option).replace(_PERSON, str(user.number).encode())
        changes = self._account.changed_settings(user.id)
        if not changes:
            return shared
        document: dict[str, Any] = json.loads(shared)
        for path, value in changes.items():
            if option_of(path) == option:
                put(document, path, value)
        levels = self._account.levels
        levels.enforce(document, option, levels.groups_with_settings(user.group_ids))
        return _bytes(document)

    def _shared(self, user: User, option: str) -> bytes:
        levels = self._account.levels
        groups = levels.groups_with_settings(user.group_ids)
        key = (user.profile, user.type == LICENSED, option, groups, levels.version)
        prepared = self._prepared.get(key)
        if prepared is None:
            document = self._document(user.profile, user.type == LICENSED, option, groups)
            prepared = _bytes(document).replace(ACCOUNT.encode(), self._account.id.encode())
            self._prepared[key] = prepared
        return prepared

    def _document(self, profile_name: str, licensed: bool, option: str, groups: tuple[str, ...]) -> dict[str, Any]:
        """What the account and the groups hand down, what the profile chose, and what is locked."""
        profile, levels = PROFILES[profile_name], self._account.levels
        if option == "meeting_authentication":
            document = _meeting_authentication(profile)
            if not profile.meeting_login:
                levels.hand_down(document, option, groups)
        elif option == "recording_authentication":
            document = _recording_authentication(profile)
            if not profile.recording_login:
                levels.hand_down(document, option, groups)
        elif option == "meeting_security":
            document = {"meeting_security": copy.deepcopy(MEETING_SECURITY)}
            levels.hand_down(document, option, groups)
            document["meeting_security"].update(profile.security)
        else:
            document = copy.deepcopy(LICENSED_SETTINGS)
            levels.hand_down(document, option, groups)
            for path, value in profile.settings.items():
                put(document, path, value)
            if self._future_fields and profile_name == "assistant":
                for path, value in FUTURE_FIELDS.items():
                    put(document, path, value)
        levels.enforce(document, option, groups)
        return document if licensed or option else _without_licensed_only(document)


def _without_licensed_only(document: dict[str, Any]) -> dict[str, Any]:
    for path in LICENSED_ONLY:
        section, _, leaf = path.partition(".")
        document[section].pop(leaf, None)
    return document


def _meeting_authentication(profile: SettingsProfile) -> dict[str, Any]:
    return {
        "meeting_authentication": bool(profile.meeting_login),
        "allow_authentication_exception": False,
        "authentication_options": [_sign_in(profile.meeting_login or "enforce_login")],
    }


def _recording_authentication(profile: SettingsProfile) -> dict[str, Any]:
    if not profile.recording_login:
        return {"recording_authentication": False}
    return {
        "recording_authentication": True,
        "authentication_options": [_sign_in(profile.recording_login)],
    }


def _sign_in(type_: str) -> dict[str, Any]:
    option: dict[str, Any] = {
        "id": f"signIn_{ACCOUNT}",
        "name": _SIGN_IN_NAMES[type_],
        "type": type_,
        "default_option": True,
        "visible": True,
    }
    if type_ == "enforce_login_with_domains":
        option["domains"] = "example.com,example.org"
    return option


def _bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
