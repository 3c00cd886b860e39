"""Identifiers in the formats Zoom uses, the same for the same seed (Zoom recordings: id shapes)."""

from __future__ import annotations

import base64
import hashlib


def identifier(*parts: object, size: int = 16) -> str:
    """Base64url without padding of `size` bytes derived from the parts.

    16 bytes give the 22 characters of user, group, account and custom-role ids, 48 the 64 of a member id.
    """
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=size).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def number_from(*parts: object) -> int:
    """A number of 64 bits derived from the parts."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "big")


def fraction_from(*parts: object) -> float:
    """A number from 0 up to but not including 1 derived from the parts."""
    return number_from(*parts) / 2**64
