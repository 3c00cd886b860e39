"""The token source that the configuration names, and the profile's token file.

A token from ZOOM_ACCESS_TOKEN is used as it is, never renewed, never stored.
"""

from __future__ import annotations

import random

from collector.auth.oauth_client import OAuthClient
from collector.auth.server_to_server import ServerToServerTokenSource
from collector.auth.sign_in_tokens import SignInTokenSource
from collector.auth.token_file import TokenFile
from collector.auth.token_source import Token, TokenSource
from collector.clock import Clock
from collector.errors import SignInRequired, UsageError
from collector.next_steps import Command, NextStep
from collector.redaction import Secret
from collector.settings import Settings
from collector.settings.profile import Profile


def oauth_client(settings: Settings) -> OAuthClient:
    """The app people sign in with; a public client without a secret. Raises UsageError when none is configured."""
    if settings.client_id is None:
        raise UsageError(
            "No Zoom credentials are configured.",
            NextStep(
                "Set ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET of your app in ./.env and sign in with `{}`; or with "
                "ZOOM_ACCOUNT_ID those of a Server-to-Server app; or ZOOM_ACCESS_TOKEN. See .env.example. To see the "
                "collector without a Zoom account: `{}`.",
                Command("auth login"),
                Command("demo"),
            ),
        )
    return OAuthClient(settings.client_id, settings.client_secret, settings.oauth_url)


def token_file(profile: Profile) -> TokenFile:
    """Where the profile keeps its token."""
    return TokenFile(profile.folder, profile.name)


def token_source(settings: Settings, clock: Clock, randomness: random.Random) -> TokenSource:
    """Where this configuration's tokens come from: the environment, else Server-to-Server, else a browser sign-in.

    Raises UsageError when none is configured. The first `token()` raises SignInRequired when nobody has signed in.
    """
    if settings.access_token is not None:
        return EnvironmentTokenSource(settings.access_token, settings.api_url)
    file = token_file(settings.profile)
    if settings.account_id and settings.client_id and settings.client_secret:
        return ServerToServerTokenSource(
            settings.client_id,
            settings.client_secret,
            settings.account_id,
            settings.oauth_url,
            file,
            clock,
            randomness,
            settings.api_url,
        )
    return SignInTokenSource(oauth_client(settings), file, clock, randomness)


class EnvironmentTokenSource:
    """A TokenSource for the access token in ZOOM_ACCESS_TOKEN. Its scopes are unknown.

    `api_url`: the configured API; a token set together with it is meant for it.
    """

    def __init__(self, access_token: Secret, api_url: str | None = None) -> None:
        self._token = Token(access_token.reveal(), scopes=None, api_url=None, obtained_for=api_url)

    def token(self) -> Token:
        """The token from the environment, whether Zoom still accepts it or not."""
        return self._token

    def renew(self, rejected: Token) -> Token:
        """Raise SignInRequired: there is no other token."""
        raise SignInRequired(
            "ZOOM_ACCESS_TOKEN was refused by Zoom: it has expired, was revoked, or is not a Zoom access token.",
            "Put a new access token into ZOOM_ACCESS_TOKEN, or unset it to use the profile's own sign-in.",
        )
