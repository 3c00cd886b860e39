"""`--sandbox`: the whole sign-in against the sandbox Zoom, without real data."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from collector.resources import not_served
from collector.sandbox import Sandbox, generate_account, manage_centrally, serves
from collector.settings import NAMES, Settings, read_settings


def not_in_rehearsal() -> frozenset[str]:
    """The paths of a collection that the sandbox Zoom does not serve."""
    return not_served(serves)


@contextmanager
def sandbox_settings(environment: Mapping[str, str], redirect_uri: str) -> Iterator[Settings]:
    """Settings for a made-up account, in a temporary ZOOM_HOME. Only the redirect address is real."""
    account = generate_account(users=25, groups=3, custom_roles=1, seed=7)
    manage_centrally(account)
    sandbox = Sandbox(account, redirect_uris=(redirect_uri,))
    others = {name: value for name, value in environment.items() if name not in NAMES}
    with tempfile.TemporaryDirectory(prefix="zoom-collector-sandbox-") as home, sandbox.serve() as url:
        yield read_settings({**others, **sandbox.browser_environment(url), "ZOOM_HOME": home}, Path(home))
