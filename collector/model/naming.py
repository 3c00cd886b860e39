"""Turns JSON paths into property names, and texts into a form to compare."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")


@lru_cache(maxsize=4096)  # a few hundred paths, once for every user
def property_name(path: str) -> str:
    """The property for a dotted JSON path: `a.b.c_d` → `aBCD`.

    The path is split at everything but letters and digits; the first word starts in lower case, the others in upper
    case. JupiterOne allows no underscore in a property name.
    """
    words = [word for word in _SEPARATORS.split(path) if word]
    if not words:
        return ""
    head, *tail = words
    return head[0].lower() + head[1:] + "".join(word[0].upper() + word[1:] for word in tail)


def comparable(text: str) -> str:
    """Equal for texts that differ only in case or composition (Unicode, D145).

    "é" is one character on most keyboards, but two in a name that came from a Mac.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
