"""When the server stops: on Ctrl-C, or with `--once` after the success page was delivered."""

from __future__ import annotations

import threading
from collections.abc import Callable

from collector.errors import SignInRequired

_DELAY_SECONDS = 1.0
"""Seconds after the success page, which is still on its way."""

ONCE_SECONDS = 600.0

Wait = Callable[[float | None], bool]


class Shutdown:
    """`page_delivered` may be called from any thread, and more than once.

    `wait` and `linger`, for tests: how to wait for the page and after it.
    """

    def __init__(
        self, *, once: bool, wait: Wait | None = None, linger: Callable[[float], object] | None = None
    ) -> None:
        self._once = once
        self._delivered = threading.Event()
        self._wait = wait or self._delivered.wait
        self._linger = linger or threading.Event().wait

    def page_delivered(self) -> None:
        """The page that says "connected" is on its way to the browser."""
        if self._once:
            self._delivered.set()

    def wait(self) -> None:
        """Return when the server is to stop. Raises SignInRequired when nobody has signed in within ten minutes."""
        if not self._wait(ONCE_SECONDS if self._once else None):
            raise SignInRequired(
                "Nobody signed in within 10 minutes.",
                "If Zoom showed an error of its own, oauth-server/README.md says what it means.",
            )
        self._linger(_DELAY_SECONDS)
