"""Who a token belongs to, asked once at sign-in and best effort: the sign-in is good without the answer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

import requests

from collector.connections import USER_AGENT
from collector.zoom.client import Bearer

Account = Mapping[str, object]
"""The user who authorized the app: `id`, `email` and `account_id` as Zoom gives them, each may be missing."""

_TIMEOUT = (5, 10)
"""Seconds. Somebody sits in front of the browser meanwhile."""

_log = logging.getLogger("collector.zoom")


def whose_token(
    base: str, access_token: str, new_session: Callable[[], requests.Session] = requests.Session
) -> Account | None:
    """Who signed in, None when Zoom does not say. `base`: the API without `/v2`, checked by collector.zoom.hosts."""
    try:
        with new_session() as session:
            answer = session.get(
                f"{base}/v2/users/me",
                auth=Bearer(access_token),
                timeout=_TIMEOUT,
                allow_redirects=False,
                headers={"User-Agent": USER_AGENT},
            )
            user = answer.json() if answer.status_code == 200 else None
    except (requests.RequestException, ValueError, RecursionError) as failure:
        _log.info("Zoom did not say who signed in: %s", type(failure).__name__)
        return None
    if not isinstance(user, dict):
        return None
    return {name: user[name] for name in ("id", "email", "account_id") if isinstance(user.get(name), str)} or None
