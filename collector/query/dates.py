"""Numbers and instants of a query, in milliseconds."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timezone

_HOUR = 3_600_000
_DAY = 24 * _HOUR
_UNITS = {"h": _HOUR, "d": _DAY, "m": 30 * _DAY, "y": 365 * _DAY}
"""How long a month or a year is, JupiterOne does not document."""
_ISO = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"(T(?P<hour>\d\d)(:(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d{1,6}))?)?)?"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?"
)


def unit(written: str) -> int:
    """How long a unit of time is."""
    return _UNITS[written[0].lower()]


def day(written: str, now: float) -> str:
    """`today` and `yesterday` as ISO 8601 dates (UTC); anything else as it is. `now`: seconds since 1970."""
    days = {"today": 0, "yesterday": 1}.get(written.lower())
    if days is None:
        return written
    return datetime.fromtimestamp(now - days * _DAY / 1000, timezone.utc).date().isoformat()


def instant(written: str, *, end: bool = False) -> int | None:
    """An ISO 8601 date, in UTC unless it says otherwise; with `end` the last millisecond of a day, month or year.

    None if it is no such date.
    """
    found = _ISO.fullmatch(written)
    if found is None:
        return None
    part = {name: int(value) for name, value in found.groupdict().items() if value and name not in ("zone", "fraction")}
    year, month, day = part["year"], part.get("month", 12 if end else 1), part.get("day", 1)
    if end and "hour" not in part:
        if not 1 <= month <= 12:
            return None
        day = part.get("day", calendar.monthrange(year, month)[1] if year else 31)
    try:
        moment = datetime(
            year, month, day, part.get("hour", 0), part.get("minute", 0), part.get("second", 0), tzinfo=timezone.utc
        )
    except ValueError:
        return None
    microseconds = int((found["fraction"] or "0").ljust(6, "0"))
    milliseconds = int(moment.timestamp()) * 1000 + microseconds // 1000
    if found["zone"] not in (None, "Z"):
        zone = found["zone"].replace(":", "")
        offset = (int(zone[1:3]) * 60 + int(zone[3:5])) * 60_000
        milliseconds -= offset if zone[0] == "+" else -offset
    return milliseconds + (_DAY - 1 if end and "hour" not in part else 0)


def calculated(operator: str, left: float, right: float) -> float | int | None:
    """What two numbers give; None where that is no number (undefined): a division by zero, a number without bound."""
    try:
        match operator:
            case "+":
                result = left + right
            case "-":
                result = left - right
            case "*":
                result = left * right
            case "/":
                result = left / right
            case _:
                result = float(left) ** right
    except (ZeroDivisionError, OverflowError):
        return None
    if isinstance(result, complex) or result != result or abs(result) > 1e300:
        return None
    return int(result) if result == int(result) and abs(result) < 2**53 else float(result)
