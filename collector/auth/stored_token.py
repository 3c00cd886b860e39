"""The content of a profile's token.json: one JSON object, so its fields always belong together."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.auth.token_source import Token, scopes_of
from collector.errors import NewerVersion

SIGN_IN_GRANT = "authorization_code"
"""The grant of a browser sign-in (RFC 6749 §4.1)."""

_VERSION = 1
RENEW_BELOW_SECONDS = 300.0
"""A token that expires sooner than this is renewed: reading a page may take minutes with all its retries."""

UNUSABLE_BELOW_SECONDS = 60.0
"""A token that expires sooner than this may expire on its way to Zoom."""


@dataclass(frozen=True)
class StoredToken:
    """A token, and what is needed to tell whether it can still be used.

    `grant`: the grant it came from, e.g. `account_credentials`. `client_hash`: identifies the app and account.
    `scope`, `api_url`: as Zoom answered. `obtained_for`: the API configured at that time, None for the one Zoom names;
    the token is sent nowhere else. `obtained_at`, `expires_at`: seconds since 1970 by this computer's clock, never by
    the claims in the token.

    Of a browser sign-in only: `refresh_token`, for one use. `account`: who signed in, as `id`, `email` and
    `account_id`. `generation`: counts the profile's tokens, so that an older one never replaces a newer. `reauth`: set
    once Zoom has refused the refresh token, with the `reason` and the time `at`.

    `others`: fields of the file this version does not know; they are written back unchanged.
    """

    grant: str
    client_hash: str
    access_token: str = field(repr=False)
    scope: str | None
    api_url: str | None
    obtained_at: float
    expires_at: float
    refresh_token: str | None = field(default=None, repr=False)
    account: Mapping[str, object] | None = None
    generation: int = 0
    reauth: Mapping[str, object] | None = None
    obtained_for: str | None = None
    others: Mapping[str, object] = field(default_factory=dict, repr=False)

    @classmethod
    def from_bytes(cls, content: bytes) -> StoredToken:
        """The document in the file's content.

        Raises NewerVersion when a newer version of this program wrote it, ValueError when it is damaged.
        """
        try:
            fields = json.loads(content)
        except RecursionError:
            raise ValueError("too deeply nested") from None
        if not isinstance(fields, dict):
            raise ValueError("not a JSON object")
        version = fields.pop("version", None)
        if type(version) is not int or version < 1:
            raise ValueError("no version")
        if version > _VERSION:
            raise NewerVersion(
                f"The token file has version {version}; this program knows version {_VERSION}.",
                "Upgrade this program, or use another profile with --profile NAME.",
            )
        return cls(
            grant=_text(fields.pop("grant", None)),
            client_hash=_text(fields.pop("client_hash", None)),
            access_token=_text(fields.pop("access_token", None)),
            scope=_optional_text(fields.pop("scope", None)),
            api_url=_optional_text(fields.pop("api_url", None)),
            obtained_at=_seconds(fields.pop("obtained_at", None)),
            expires_at=_seconds(fields.pop("expires_at", None)),
            refresh_token=_optional_text(fields.pop("refresh_token", None)),
            account=_optional_object(fields.pop("account", None)),
            generation=_count(fields.pop("generation", 0)),
            reauth=_optional_object(fields.pop("reauth", None)),
            obtained_for=_optional_text(fields.pop("obtained_for", None)),
            others=fields,
        )

    def to_bytes(self) -> bytes:
        """The file's content. Without a final newline, so that no truncated file is a JSON object."""
        fields: dict[str, object] = {
            "version": _VERSION,
            "grant": self.grant,
            "client_hash": self.client_hash,
            "access_token": self.access_token,
            "scope": self.scope,
            "api_url": self.api_url,
            "obtained_at": self.obtained_at,
            "expires_at": self.expires_at,
        }
        optional = {
            "obtained_for": self.obtained_for,
            "refresh_token": self.refresh_token,
            "account": self.account,
            "generation": self.generation or None,
            "reauth": self.reauth,
        }
        fields |= {name: value for name, value in optional.items() if value is not None}
        return json.dumps({**self.others, **fields}, indent=1).encode()

    def is_fresh(self, now: float, margin: float = RENEW_BELOW_SECONDS) -> bool:
        """Whether the token is valid for more than `margin` seconds after `now` (seconds since 1970).

        For a short-lived token, a tenth of its lifetime is enough. A token from the future is not fresh: the clock has
        been set back, so its expiry means nothing.
        """
        margin = min(margin, (self.expires_at - self.obtained_at) / 10)
        return self.obtained_at <= now < self.expires_at - margin

    def token(self) -> Token:
        """The token as the rest of the program knows it."""
        return Token(self.access_token, scopes_of(self.scope), self.api_url, self.obtained_for)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text is missing")
    return value


def _optional_text(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _optional_object(value: object) -> dict[str, object] | None:
    if value is not None and not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("not a count")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("a time is missing")
    return value
