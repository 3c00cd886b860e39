"""What the server remembers of each browser. Nothing of it is in the cookie, which holds a random id only."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from collector.auth.signin import Attempt, SignIn

ATTEMPT_SECONDS = 600.0
"""How long a sign-in may take, and how long one that waits for a decision is kept in memory."""

MAX_PENDING = 8
"""Attempts a browser may have open at once: as many tabs. The oldest is dropped."""

MAX_BROWSERS = 64
_MAX_USED_STATES = 256
_REMEMBERED_SECONDS = 3600.0


class InvalidState(Enum):
    """Why a state is not good any more, or never was."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True)
class PendingSignIn:
    """A finished sign-in that is not on disk yet: a person has to decide, or the disk has to be mended."""

    sign_in: SignIn
    since: float


@dataclass(frozen=True)
class Connected:
    """What the page after a successful sign-in shows. `again`: it had been finished before.

    `not_granted`: what optional scopes would add, each with the scope.
    """

    account: Mapping[str, object] | None
    missing_scopes: tuple[tuple[str, str, str], ...]
    not_granted: tuple[tuple[str, str, str], ...] = ()
    again: bool = False


@dataclass
class BrowserSession:
    """One browser. `one_at_a_time` makes a reloaded callback wait for the first one's outcome."""

    one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    attempts: OrderedDict[bytes, Attempt] = field(default_factory=OrderedDict)
    pending: PendingSignIn | None = None
    connected: Connected | None = None
    notice: str | None = None

    def take_notice(self) -> str | None:
        """The sentence to show once, if there is one."""
        notice, self.notice = self.notice, None
        return notice


class BrowserSessions:
    """Every browser with something to remember, the least recently seen forgotten first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._browsers: OrderedDict[str, BrowserSession] = OrderedDict()
        self._used: OrderedDict[bytes, None] = OrderedDict()

    def get(self, browser_id: str) -> BrowserSession:
        """What is known of this browser; an empty one if nothing is."""
        with self._lock:
            return self._browsers.get(browser_id) or BrowserSession()

    def get_or_create(self, browser_id: str) -> BrowserSession:
        """The same, kept from now on."""
        with self._lock:
            browser = self._browsers.setdefault(browser_id, BrowserSession())
            self._browsers.move_to_end(browser_id)
            while len(self._browsers) > MAX_BROWSERS:
                self._browsers.popitem(last=False)
            return browser

    def rename(self, browser_id: str, changed: str) -> None:
        """What is known of this browser, under another id."""
        with self._lock:
            browser = self._browsers.pop(browser_id, None)
            if browser is not None:
                self._browsers[changed] = browser

    def add(self, browser_id: str, attempt: Attempt) -> None:
        """Bind an attempt to the browser it was started in (RFC 9700 §2.1, RFC 6749 §10.12)."""
        browser = self.get_or_create(browser_id)
        with self._lock:
            browser.attempts[_hash(attempt.state)] = attempt
            while len(browser.attempts) > MAX_PENDING:
                browser.attempts.popitem(last=False)

    def take(self, browser_id: str, state: str, now: float) -> Attempt | InvalidState:
        """The attempt of this state, good once; `now`: seconds since 1970. A foreign state stays untouched."""
        key = _hash(state)
        with self._lock:
            browser = self._browsers.get(browser_id)
            attempt = browser.attempts.get(key) if browser else None
            if browser is None or attempt is None:
                return InvalidState.USED if key in self._used else InvalidState.UNKNOWN
            age = now - attempt.started_at
            if not 0 <= age <= _REMEMBERED_SECONDS:
                del browser.attempts[key]
                return InvalidState.UNKNOWN
            if age > ATTEMPT_SECONDS:
                return InvalidState.EXPIRED
            del browser.attempts[key]
            self._used[key] = None
            while len(self._used) > _MAX_USED_STATES:
                self._used.popitem(last=False)
            return attempt


def new_browser_id() -> str:
    """256 random bits (RFC 9700 §2.1 wants values nobody can guess)."""
    return secrets.token_urlsafe(32)


def _hash(state: str) -> bytes:
    """States are kept hashed: memory and comparison times tell nothing about them."""
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).digest()
