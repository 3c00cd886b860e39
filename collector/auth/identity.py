"""Who a token belongs to. Asked once at sign-in, best effort: the sign-in is valid without the answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping

import requests

from collector.clock import Clock
from collector.connections import Bearer, Connections

Account = Mapping[str, object]
"""The user who authorized the app: `id`, `email` and `account_id` as Zoom returns them; each may be missing."""

_READ_SECONDS = 10.0
"""Short: a person is waiting in front of the browser."""

_log = logging.getLogger("collector.zoom")


def fetch_identity(
    base: str, access_token: str, clock: Clock, new_session: Callable[[], requests.Session] = requests.Session
) -> Account | None:
    """Who signed in, None when Zoom does not say. `base`: the API without `/v2`, checked by `settings.hosts`."""
    try:
        request = requests.Request("GET", f"{base}/v2/users/me", auth=Bearer(access_token))
        reply = Connections(clock, new_session).send(request, base, _READ_SECONDS)
        user = json.loads(reply.content) if reply.status == 200 else None
    except (requests.RequestException, ValueError, RecursionError) as failure:
        _log.info("Zoom did not say who signed in: %s", type(failure).__name__)
        return None
    if not isinstance(user, dict):
        return None
    return {name: user[name] for name in ("id", "email", "account_id") if isinstance(user.get(name), str)} or None
