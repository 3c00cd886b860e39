"""PKCE: the code can be used only by whom the browser was sent by (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

_WORD = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Challenge:
    """What came with the authorization request. `method`: "S256" or "plain"."""

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
