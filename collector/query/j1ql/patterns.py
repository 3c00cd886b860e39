"""Regular expressions as JupiterOne documents them: no anchors, alternatives or groups, and the flag `i`."""

from __future__ import annotations

import re
from functools import lru_cache

from collector.query.j1ql.refusals import refused
from collector.query.j1ql.syntax import Pattern, Position

_MAX_LENGTH = 200
_REFUSED = {
    "^": "anchors (`^`) are not supported by JupiterOne; `^=` finds beginnings",
    "$": "anchors (`$`) are not supported by JupiterOne; `$=` finds endings",
    "|": "alternatives (`|`) are not supported by JupiterOne; compare with ('a' OR 'b')",
    "(": "groups are not supported by JupiterOne",
    ")": "groups are not supported by JupiterOne",
}


def checked_pattern(text: str, flags: str, position: Position) -> Pattern:
    """The regular expression, unless JupiterOne would not take it."""
    if flags not in ("", "i"):
        raise refused(position, f"the flag {flags!r} of a regular expression is not known; expected `i`.")
    if len(text) > _MAX_LENGTH:
        raise refused(position, f"the regular expression has more than {_MAX_LENGTH} characters.")
    in_set = False
    at = 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            escaped = text[at + 1 : at + 2]
            if escaped.isalnum() and escaped not in "dw":
                raise refused(position, f"`\\{escaped}` is not supported in a regular expression; expected \\d or \\w.")
            at += 1
        elif character == "[":
            in_set = True
            at += text[at + 1 : at + 2] == "^"
        elif character == "]":
            in_set = False
        elif not in_set and character in _REFUSED:
            raise refused(position, f"{_REFUSED[character]}.")
        at += 1
    try:
        compiled(text, ignore_case=flags == "i")
    except (re.error, OverflowError) as error:
        raise refused(position, f"the regular expression is not understood: {error}.") from None
    return Pattern(text, flags == "i", position=position)


@lru_cache(maxsize=64)
def compiled(text: str, *, ignore_case: bool) -> re.Pattern[str]:
    """Python's form of it; `.` stands for a line break, too."""
    return re.compile(text, re.IGNORECASE | re.DOTALL if ignore_case else re.DOTALL)


def matches(pattern: Pattern, operator: str, text: str) -> bool:
    """Whether it is found in a text: at the beginning with `^=`, at the end with `$=`."""
    expression = compiled(pattern.text, ignore_case=pattern.ignore_case)
    if operator == "^=":
        return expression.match(text) is not None
    if operator == "$=":
        at_end = re.compile(f"(?:{pattern.text})\\Z", expression.flags)
        return at_end.search(text) is not None
    return expression.search(text) is not None
