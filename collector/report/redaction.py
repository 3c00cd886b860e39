"""What a page for outsiders shows instead of names, addresses, domains and ids: pseudonyms.

A pseudonym is an HMAC with a random key of the profile, so that nobody can find the name by trying names, as they could
with a bare hash. The same thing has the same pseudonym in every page of the profile.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from collector.errors import CollectionFailed
from collector.model.coverage import Coverage
from collector.model.graph import PropertyValue, type_of_key
from collector.private_files import read_private_file, replace_private_file

KEY_FILE = "report.key"
"""In the profile's folder."""
_KEY_BYTES = 32
_DIGITS = 10
"""40 bits: among 100,000 people, hardly ever two with the same pseudonym."""
_KINDS = {"zoom_user": "person", "zoom_group": "group", "zoom_role": "role", "zoom_account": "account"}
_BUILT_IN_ROLES = ("zoom_role:0", "zoom_role:1", "zoom_role:2")
_COUNTRY = re.compile("[A-Z]{2}")
_WORD = re.compile(r"\w+")
_MAX_NUMBER = 1_000_000
"""Larger numbers may be ids or telephone numbers."""


@dataclass(frozen=True)
class Redaction:
    """With a key, everything that could tell whose account it is becomes a pseudonym; without one, nothing does."""

    key: bytes | None = None

    @property
    def is_on(self) -> bool:
        return self.key is not None

    def text(self, kind: str, text: str | None) -> str | None:
        """The text, or its pseudonym: `domain-3f2a91c04d`."""
        if self.key is None or not text:
            return text
        return f"{kind}-{hmac.digest(self.key, f'{kind}:{text}'.encode('utf-8', 'replace'), 'sha256').hex()[:_DIGITS]}"

    def entity(self, key: str) -> str:
        """What an entity is called in the page's addresses: its `_key`, or its pseudonym."""
        if key in _BUILT_IN_ROLES:
            return key
        return self.text(_KINDS.get(type_of_key(key), "thing"), key) or ""

    def name(self, key: str, name: str) -> str:
        """What an entity is called for people; its pseudonym is the same as its address."""
        return self.entity(key) if self.is_on and key not in _BUILT_IN_ROLES else name

    def reason(self, reason: str) -> str:
        """Why something was not read; with a key only that it was not, since Zoom's answers may quote names."""
        return "not read" if reason and self.is_on else reason

    def coverage(self, entry: Coverage) -> Coverage:
        """What a run read; with a key without the reasons, as above."""
        return replace(entry, reason="", next_step="") if self.is_on else entry

    def value(self, value: PropertyValue, description: str = "") -> PropertyValue:
        """The value of a setting: of texts only those stay that its description names, and country codes."""
        if not self.is_on:
            return value
        if isinstance(value, list):
            return [self._one(each, description) for each in value]
        return self._one(value, description)

    def _one(self, value: str | int | float | bool | None, description: str) -> str:
        if isinstance(value, str):
            is_word = value in _WORD.findall(description)
            return value if not value or is_word or _COUNTRY.fullmatch(value) else self.text("text", value) or ""
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _MAX_NUMBER:
            return self.text("number", str(value)) or ""
        return value  # type: ignore[return-value]


def profile_redaction(folder: Path, random_bytes: Callable[[int], bytes]) -> Redaction:
    """The redaction of a profile. Its key is created when it is first needed, for this user only."""
    path = folder / KEY_FILE
    try:
        key = read_private_file(path, _KEY_BYTES)
        if key is None or len(key) < _KEY_BYTES:
            key = random_bytes(_KEY_BYTES)
            replace_private_file(path, key)
    except OSError as failure:
        raise CollectionFailed(
            f"The key for pseudonyms, {path}, cannot be used: {failure.strerror}.",
            "Check the permissions of the file and its folder, or delete the file: other pseudonyms are used then.",
        ) from None
    return Redaction(key)
