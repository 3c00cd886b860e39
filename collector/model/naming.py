"""How a path in Zoom's JSON becomes the name of a property, and how texts become names: rules without exceptions."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")


@lru_cache(maxsize=4096)  # a few hundred paths, once for every user
def property_name(path: str) -> str:
    """The property for a dotted JSON path: `a.b.c_d` → `aBCD`.

    The path is cut at everything that is neither letter nor digit; the first word begins in lower case, the others
    in upper case, the rest of each word stays as it is. JupiterOne allows no underscore in a property name.
    """
    words = [word for word in _SEPARATORS.split(path) if word]
    if not words:
        return ""
    head, *tail = words
    return head[0].lower() + head[1:] + "".join(word[0].upper() + word[1:] for word in tail)


def comparable(text: str) -> str:
    """The same for texts that read the same but for the case, however their letters are composed (Unicode, D145).

    "é" is one character on most keyboards and two in a name that came from a Mac.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
