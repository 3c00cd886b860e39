"""Every failure a person can meet, named by what they can do about it.

    CollectorError               has a sentence, the next step and the exit code
    ├── UsageError               2    wrong use or configuration: change a setting or an option
    │   ├── ProfileBusy               another process works on this profile: wait for it
    │   ├── OtherAccount              the profile belongs to another Zoom account: use --profile
    │   └── NewerVersion              a file was written by a newer version: upgrade
    ├── SignInRequired           4    the token is no good any more: sign in again
    ├── DailyLimitReached        75   Zoom's daily allowance is used up: run again after the printed time
    ├── Interrupted              130  Ctrl-C or SIGTERM: run again
    ├── CollectionFailed         1    nothing could be done: try again, or report it
    └── ReadingError             (3)  one answer could not be had; the engine turns it into coverage
        ├── Denied                    a scope or an admin-role privilege is missing
        ├── NotLicensed               the account's plan does not include it
        ├── Vanished                  it was deleted between being listed and being read
        ├── NotApplicable             Zoom keeps no such document for this one
        ├── PageTokenExpired          this listing must begin again
        └── Unread                    Zoom kept failing, or answered with something unusable
            ├── Refused               Zoom refuses this one (4xx) for a reason that has no name of its own
            └── Unreachable           no answer at all came back

Exit codes, the first that applies: 130, 2, 4, 75, 1, 3, 0 (docs/architecture.md, "Exit codes").
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller; documented in the README and in docs/architecture.md."""

    COMPLETE = 0
    FAILED = 1
    USAGE = 2
    INCOMPLETE = 3
    SIGN_IN = 4
    DAILY_LIMIT = 75
    INTERRUPTED = 130


_THE_FIRST_THAT_APPLIES = (
    ExitCode.INTERRUPTED,
    ExitCode.USAGE,
    ExitCode.SIGN_IN,
    ExitCode.DAILY_LIMIT,
    ExitCode.FAILED,
    ExitCode.INCOMPLETE,
    ExitCode.COMPLETE,
)


def worst_of(*codes: int) -> ExitCode:
    """The exit code of work that consists of parts: the first of them that applies."""
    return next(code for code in _THE_FIRST_THAT_APPLIES if code in codes)


class CollectorError(Exception):
    """A failure told in whole sentences.

    `message` says what happened and to what, `next_step` what to do about it (with the command where there
    is one). Neither ever holds a secret.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


class UsageError(CollectorError):
    """Wrong use or configuration."""

    exit_code = ExitCode.USAGE


class ProfileBusy(UsageError):
    """Another process is working on this profile."""


class OtherAccount(UsageError):
    """The profile's store belongs to another Zoom account than the token."""


class NewerVersion(UsageError):
    """A file was written by a newer version of this program; it is left untouched."""


class SignInRequired(CollectorError):
    """The token is refused and cannot be renewed."""

    exit_code = ExitCode.SIGN_IN


class DailyLimitReached(CollectorError):
    """Zoom's daily allowance for a rate-limit label is used up.

    `clears_at`: seconds since 1970 when Zoom will answer again.
    """

    exit_code = ExitCode.DAILY_LIMIT

    def __init__(self, message: str, next_step: str, clears_at: float) -> None:
        super().__init__(message, next_step)
        self.clears_at = clears_at


class Interrupted(CollectorError):
    """Somebody pressed Ctrl-C or sent SIGTERM."""

    exit_code = ExitCode.INTERRUPTED


class CollectionFailed(CollectorError):
    """Nothing useful could be done."""


class ReadingError(CollectorError):
    """One answer could not be had; `message` becomes the reason in the coverage."""

    exit_code = ExitCode.INCOMPLETE


class Denied(ReadingError):
    """A scope or an admin-role privilege is missing. `scopes`: what Zoom named as missing, if it did."""

    def __init__(self, message: str, next_step: str = "", scopes: Sequence[str] = ()) -> None:
        super().__init__(message, next_step)
        self.scopes = tuple(scopes)


class NotLicensed(ReadingError):
    """The account's plan does not include this."""


class Vanished(ReadingError):
    """It was there when it was listed and is gone now."""


class NotApplicable(ReadingError):
    """Zoom keeps no such document for this one (pending users have no settings)."""


class PageTokenExpired(ReadingError):
    """The next page token is no longer valid (15 minutes); the listing must begin again."""


class Unread(ReadingError):
    """Zoom kept failing or answered with something unusable, and the tries are used up."""


class Refused(Unread):
    """Zoom refuses this one (4xx) for a reason that has no name of its own."""


class Unreachable(Unread):
    """No answer came back at all: name resolution, connection, TLS or proxy."""
