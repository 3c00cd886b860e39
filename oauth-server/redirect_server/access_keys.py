"""Which browsers may use the pages: those opened with the address in the terminal.

Every user of this computer can reach the port, but only the owner can read the terminal. The address contains a key
that works once, because opening a browser shows the address in the process list.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable

from redirect_server.browsers import new_browser_id


class AccessKeys:
    """The current key, and the browsers that were let in. Thread-safe.

    `home`: the address of the overview. `say` prints in the terminal.
    """

    def __init__(self, home: str, say: Callable[[str], None]) -> None:
        self._home = home
        self._say = say
        self._lock = threading.Lock()
        self._key = _new_key()
        self._admitted: dict[str, str] = {}
        """The browser that each used key let in."""
        self._inside: set[str] = set()

    @property
    def address(self) -> str:
        """The address to open; it lets in one browser."""
        return f"{self._home}?key={self._key}"

    def admit(self, key: str) -> str | None:
        """A new id for the browser that sent this key; None if the key is not valid.

        If a key is used twice, one of the two browsers is somebody else's. Since it is unknown which, the first is shut
        out too, and the terminal prints a new address.
        """
        with self._lock:
            if hmac.compare_digest(key.encode("utf-8", "replace"), self._key.encode()):
                browser_id = self._admitted[key] = new_browser_id()
                self._inside.add(browser_id)
                self._key = _new_key()
                return browser_id
            if self._admitted.get(key) in self._inside:
                self._inside.discard(self._admitted[key])
                self._say(f"That address was already used. Open {self.address} instead; it works once.")
            return None

    def is_admitted(self, browser_id: str | None) -> bool:
        """Whether the browser with this id was let in."""
        with self._lock:
            return browser_id in self._inside

    def rotate_id(self, browser_id: str) -> str:
        """A new id for a browser that was let in; the old one is no longer valid."""
        with self._lock:
            self._inside.discard(browser_id)
            changed = new_browser_id()
            self._inside.add(changed)
            self._admitted.update({key: changed for key, admitted in self._admitted.items() if admitted == browser_id})
            return changed


def _new_key() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)
