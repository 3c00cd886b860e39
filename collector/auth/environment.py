"""The token from ZOOM_ACCESS_TOKEN: used as it is, never renewed, never stored."""

from __future__ import annotations

from collector.auth.token_source import Token
from collector.errors import SignInRequired
from collector.redaction import Secret


class EnvironmentToken:
    """A TokenSource around an access token somebody else obtained. Its scopes are unknown.

    `api_url`: the configured API; whoever set both means the one for the other.
    """

    def __init__(self, access_token: Secret, api_url: str | None = None) -> None:
        self._token = Token(access_token.reveal(), scopes=None, api_url=None, obtained_for=api_url)

    def token(self) -> Token:
        """The token from the environment, whether Zoom still takes it or not."""
        return self._token

    def renew(self, rejected: Token) -> Token:
        """There is no other token: raise SignInRequired."""
        raise SignInRequired(
            "ZOOM_ACCESS_TOKEN was refused by Zoom: it has expired, was revoked, or is no access token of Zoom's.",
            "Put a new access token into ZOOM_ACCESS_TOKEN, or unset it to use the profile's own sign-in.",
        )
