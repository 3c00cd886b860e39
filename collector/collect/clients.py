"""Makes the token and the client that read an account."""

from __future__ import annotations

import random

from collector.auth import ServerToServerTokenSource, Token, TokenSource
from collector.clock import Clock
from collector.resources import endpoints, optional_endpoints
from collector.resources.declaration import Resource
from collector.settings import Settings
from collector.zoom.client import ZoomClient
from collector.zoom.pacing import Pacer


def current_token(tokens: TokenSource, resources: tuple[Resource, ...]) -> Token:
    """The token to read these resources with.

    A cached Server-to-Server token lacks scopes that were added to its app later, so it is renewed if a scope is
    missing. Raises as TokenSource.token.
    """
    token = tokens.token()
    used = [*endpoints(resources), *optional_endpoints(resources)]
    whole = all(endpoint.scopes.granted_by(token.scopes) for _, endpoint in used)
    return token if whole or not isinstance(tokens, ServerToServerTokenSource) else tokens.renew(token)


def zoom_client(settings: Settings, tokens: TokenSource, clock: Clock, randomness: random.Random) -> ZoomClient:
    """A client for this configuration's account, paced for its plan."""
    return ZoomClient(
        tokens,
        Pacer(settings.plan, settings.rate_share, clock),
        clock,
        randomness,
        oauth_url=settings.oauth_url,
        configured_api_url=settings.api_url,
    )
