"""Authorization codes: five minutes, one use (Zoom developer docs, OAuth)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import re
import threading
from dataclasses import dataclass

from collector.clock import Clock
from collector.sandbox import oauth_errors
from collector.sandbox.canaries import CANARY
from collector.sandbox.identifiers import identifier

_WORD = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Challenge:
    """The challenge of an authorization request. `method`: "S256" or "plain"."""

    text: str
    method: str

    @property
    def is_valid(self) -> bool:
        return self.method in ("S256", "plain") and _WORD.fullmatch(self.text) is not None

    def is_met_by(self, verifier: str) -> bool:
        """Whether this verifier belongs to the challenge (RFC 7636 §4.6)."""
        if not _WORD.fullmatch(verifier):
            return False
        return hmac.compare_digest(_s256(verifier) if self.method == "S256" else verifier, self.text)


def _s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


CODE_SECONDS = 300


@dataclass(frozen=True)
class Consent:
    """The user and client of a code, and where it was sent."""

    user_id: str
    redirect_uri: str
    challenge: Challenge | None
    expires_at: float


class Codes:
    """The unused codes. `pkce_required`: a code without a challenge is not accepted."""

    def __init__(self, account_id: str, seed: int, clock: Clock, pkce_required: bool) -> None:
        self._account_id = account_id
        self._seed = seed
        self._clock = clock
        self._pkce_required = pkce_required
        self._lock = threading.Lock()
        self._number = itertools.count(1)
        self._unused: dict[str, Consent] = {}

    def issue(self, user_id: str, redirect_uri: str, challenge: Challenge | None) -> str:
        now = self._clock.now()
        code = f"{CANARY}-CODE-{identifier(self._account_id, self._seed, next(self._number), now)}"
        with self._lock:
            self._unused[code] = Consent(user_id, redirect_uri, challenge, now + CODE_SECONDS)
        return code

    def redeem(self, code: str, redirect_uri: str, verifier: str) -> str:
        """The id of the user who authorized it; raises OAuthError. A refused attempt does not use up the code."""
        with self._lock:
            consent = self._unused.get(code)
            if consent is None:
                raise oauth_errors.invalid_code(code)
            if self._clock.now() >= consent.expires_at:
                raise oauth_errors.expired_code()
            if redirect_uri != consent.redirect_uri:
                raise oauth_errors.redirect_mismatch()
            self._check_verifier(consent.challenge, verifier)
            del self._unused[code]
        return consent.user_id

    def _check_verifier(self, challenge: Challenge | None, verifier: str) -> None:
        """A verifier without a challenge is refused too (RFC 9700 §2.1.1, against downgrades)."""
        if not verifier and (challenge is not None or self._pkce_required):
            raise oauth_errors.missing_verifier()
        if verifier and (challenge is None or not challenge.is_met_by(verifier)):
            raise oauth_errors.wrong_verifier()
