"""Who may use the pages: a browser that was opened with the address in the terminal.

Every user of this computer reaches the port, but only its owner reads the terminal. The address holds a key, and the
key is good once: opening a browser shows the address to all users in the list of processes.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable

from redirect_server.browsers import new_browser_id


class AccessKeys:
    """The key of the moment, and the browsers that are inside. Safe to use from several threads.

    `home`: the address of the overview. `say` prints in the terminal.
    """

    def __init__(self, home: str, say: Callable[[str], None]) -> None:
        self._home = home
        self._say = say
        self._lock = threading.Lock()
        self._key = _new_key()
        self._admitted: dict[str, str] = {}
        """The browser that each used key has let in."""
        self._inside: set[str] = set()

    @property
    def address(self) -> str:
        """The address to open, which lets in one browser."""
        return f"{self._home}?key={self._key}"

    def admit(self, key: str) -> str | None:
        """The id of a browser that comes with this key; None if it does not let anybody in.

        A key that comes a second time was read by somebody else, or was first used by somebody else. Nobody can tell
        which, so the browser it has let in is put out, and the terminal shows another address.
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
        """Whether the browser of this id has been let in."""
        with self._lock:
            return browser_id in self._inside

    def rotate_id(self, browser_id: str) -> str:
        """Another id for a browser that is inside; the old one is worth nothing from now on."""
        with self._lock:
            self._inside.discard(browser_id)
            changed = new_browser_id()
            self._inside.add(changed)
            self._admitted.update({key: changed for key, admitted in self._admitted.items() if admitted == browser_id})
            return changed


def _new_key() -> str:
    """128 random bits."""
    return secrets.token_urlsafe(16)
