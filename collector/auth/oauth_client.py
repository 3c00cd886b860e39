"""The app a person registered at Zoom, as the token endpoint needs it (RFC 6749 §2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from collector.redaction import Secret


@dataclass(frozen=True)
class OAuthClient:
    """One app at one Zoom cloud.

    `client_secret`: None for a public client (RFC 6749 §2.1), which relies on PKCE alone.
    `oauth_url`: the base address of Zoom's OAuth, e.g. https://zoom.us.
    """

    client_id: str
    client_secret: Secret | None
    oauth_url: str

    @property
    def is_public(self) -> bool:
        """Whether the app has no secret; it then sends its id in the body of its requests."""
        return self.client_secret is None

    def hash(self) -> str:
        """Identifies the app next to its tokens: 64 hexadecimal digits. A new secret does not change it."""
        return hashlib.sha256("\n".join((self.client_id, self.oauth_url)).encode()).hexdigest()
