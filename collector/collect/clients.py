"""What reads the account of a configuration: a token good for the resources, and a client paced for the plan."""

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

    A cached Server-to-Server token does not know the scopes its app was given since, so one that lacks any is asked
    for anew. Raises as TokenSource.token.
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
