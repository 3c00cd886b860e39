"""The answer of the token endpoint, checked field by field (RFC 6749 §5.1; Zoom: "Using OAuth 2.0").

Authlib accepts any JSON object as a token: `{}`, `token_type: mac`, an `expires_in` of words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from collector.errors import TokenEndpointFailed

_ASSUMED_LIFETIME = 3600
"""Seconds. Every grant of Zoom's gives tokens of one hour (Zoom: "OAuth token lifecycle")."""

_HEADER_SAFE = re.compile(r"[\x21-\x7e]+")
_WHOLE_SECONDS = re.compile(r"([1-9][0-9]{0,8})(?:\.0+)?")


@dataclass(frozen=True)
class TokenResponse:
    """A token as Zoom returned it.

    `expires_in`: seconds from the moment of receipt. `scope`: the granted scopes, separated by spaces.
    `refresh_token`: None where the grant gives none.
    """

    access_token: str = field(repr=False)
    expires_in: int
    scope: str | None
    api_url: str | None
    refresh_token: str | None = field(default=None, repr=False)

    @classmethod
    def from_json(cls, answer: Mapping[str, object]) -> TokenResponse:
        """The checked answer.

        Raises TokenEndpointFailed naming the fields that cannot be used, never their values.
        """
        unusable = [name for name, is_usable in _CHECKS.items() if not is_usable(answer.get(name))]
        if unusable:
            raise TokenEndpointFailed(
                f"Zoom's token endpoint returned an unexpected answer; unusable fields: {', '.join(unusable)}.",
                "Check ZOOM_OAUTH_URL; if it is right, try again later, and report this if it happens again.",
                "malformed answer",
            )
        return cls(
            access_token=str(answer["access_token"]),
            expires_in=_lifetime(answer.get("expires_in")),
            scope=_text(answer.get("scope")),
            api_url=_text(answer.get("api_url")),
            refresh_token=_text(answer.get("refresh_token")),
        )


def _is_header_safe(value: object) -> bool:
    """RFC 6750 §2.1: the token travels in a header, so it is visible ASCII without spaces."""
    return isinstance(value, str) and _HEADER_SAFE.fullmatch(value) is not None


def _is_header_safe_or_missing(value: object) -> bool:
    """RFC 6749 appendix A.17: a refresh token is visible ASCII as well."""
    return value is None or _is_header_safe(value)


def _is_bearer(value: object) -> bool:
    """RFC 6749 §5.1: the type is compared without regard to case."""
    return isinstance(value, str) and value.lower() == "bearer"


def _is_text_or_missing(value: object) -> bool:
    return value is None or isinstance(value, str)


_CHECKS: Mapping[str, Callable[[object], bool]] = {
    "access_token": _is_header_safe,
    "token_type": _is_bearer,
    "refresh_token": _is_header_safe_or_missing,
    "scope": _is_text_or_missing,
    "api_url": _is_text_or_missing,
}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _lifetime(expires_in: object) -> int:
    """Seconds. `expires_in` is optional (RFC 6749 §5.1); anything but a positive whole number counts as missing."""
    seconds = _WHOLE_SECONDS.fullmatch(str(expires_in))
    return int(seconds[1]) if seconds else _ASSUMED_LIFETIME
