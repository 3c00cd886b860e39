"""Settings that are one of a few words."""

from __future__ import annotations

from enum import Enum


class ZoomPlan(str, Enum):
    """The account's plan; a setting, because Zoom does not tell apps."""

    FREE = "free"
    PRO = "pro"
    BUSINESS = "business"
    UNLIMITED = "unlimited"


class PollingInterval(Enum):
    """How often JupiterOne runs an instance. It cannot run those of a custom integration itself."""

    DISABLED = "DISABLED"
    THIRTY_MINUTES = "THIRTY_MINUTES"
    ONE_HOUR = "ONE_HOUR"
    FOUR_HOURS = "FOUR_HOURS"
    EIGHT_HOURS = "EIGHT_HOURS"
    TWELVE_HOURS = "TWELVE_HOURS"
    ONE_DAY = "ONE_DAY"
    ONE_WEEK = "ONE_WEEK"

    @property
    def seconds(self) -> int | None:
        """The length of the interval, None for DISABLED."""
        return _SECONDS[self]


_SECONDS = {
    PollingInterval.DISABLED: None,
    PollingInterval.THIRTY_MINUTES: 1800,
    PollingInterval.ONE_HOUR: 3600,
    PollingInterval.FOUR_HOURS: 4 * 3600,
    PollingInterval.EIGHT_HOURS: 8 * 3600,
    PollingInterval.TWELVE_HOURS: 12 * 3600,
    PollingInterval.ONE_DAY: 24 * 3600,
    PollingInterval.ONE_WEEK: 7 * 24 * 3600,
}
