"""What the server remembers of each browser. The cookie contains only a random id."""

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
"""How long a sign-in may take, and how long one that waits for a decision stays in memory."""

MAX_PENDING = 8
"""Attempts a browser may have open at once, in as many tabs. The oldest is dropped."""

MAX_BROWSERS = 64
_MAX_USED_STATES = 256
_REMEMBERED_SECONDS = 3600.0


class InvalidState(Enum):
    """Why a state is not valid."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    USED = "used"


@dataclass(frozen=True)
class PendingSignIn:
    """A finished sign-in that is not saved yet: the user has to decide, or the disk has to be fixed."""

    sign_in: SignIn
    since: float


@dataclass(frozen=True)
class Connected:
    """What the page after a successful sign-in shows. `scopes`: None if Zoom did not say. `again`: it was reloaded."""

    account: Mapping[str, object] | None
    scopes: frozenset[str] | None
    again: bool = False


@dataclass
class BrowserSession:
    """One browser. `lock` makes a reloaded callback wait for the first one's outcome."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    attempts: OrderedDict[bytes, Attempt] = field(default_factory=OrderedDict)
    pending: PendingSignIn | None = None
    connected: Connected | None = None
    notice: str | None = None

    def take_notice(self) -> str | None:
        """The sentence to show once, or None."""
        notice, self.notice = self.notice, None
        return notice


class BrowserSessions:
    """All remembered browsers; the least recently used is forgotten first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._browsers: OrderedDict[str, BrowserSession] = OrderedDict()
        self._used: OrderedDict[bytes, None] = OrderedDict()

    def get(self, browser_id: str) -> BrowserSession:
        """The session of this browser; an empty one if there is none."""
        with self._lock:
            return self._browsers.get(browser_id) or BrowserSession()

    def get_or_create(self, browser_id: str) -> BrowserSession:
        """The same, and remember it."""
        with self._lock:
            browser = self._browsers.setdefault(browser_id, BrowserSession())
            self._browsers.move_to_end(browser_id)
            while len(self._browsers) > MAX_BROWSERS:
                self._browsers.popitem(last=False)
            return browser

    def rename(self, browser_id: str, changed: str) -> None:
        """Give the browser's session another id."""
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
        """The attempt of this state, once; `now`: seconds since 1970. Another browser's state stays valid."""
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
    """256 random bits (RFC 9700 §2.1 requires values that cannot be guessed)."""
    return secrets.token_urlsafe(32)


def _hash(state: str) -> bytes:
    """States are kept hashed, so that neither memory nor comparison times reveal them."""
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).digest()
