"""From the configuration to a client of JupiterOne's."""

from __future__ import annotations

import random
from collections.abc import Callable

import requests

from collector.clock import Clock
from collector.errors import UsageError
from collector.jupiterone.connection import Access, JupiterOne
from collector.settings import Settings


def jupiterone_access(settings: Settings) -> Access:
    """Who calls JupiterOne, and where. Raises UsageError naming every setting that is missing."""
    given = settings.jupiterone
    if given.account is None or given.api_key is None:
        values = {"JUPITERONE_ACCOUNT": given.account, "JUPITERONE_API_KEY": given.api_key}
        missing = " and ".join(name for name, value in values.items() if value is None)
        raise UsageError(
            f"JupiterOne is not configured: {missing} {'is' if ' and ' not in missing else 'are'} not set.",
            "Set them in ./.env, where .env.example explains them; docs/jupiterone.md says where to find them.",
        )
    return Access(given.account, given.api_key, given.api_url, given.graphql_url)


def jupiterone_client(
    settings: Settings,
    clock: Clock,
    randomness: random.Random,
    new_session: Callable[[], requests.Session] = requests.Session,
) -> JupiterOne:
    """A client for the account of this configuration. Raises as `jupiterone_access`."""
    return JupiterOne(jupiterone_access(settings), clock, randomness, new_session)
