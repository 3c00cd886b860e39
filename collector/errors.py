"""Every failure a user can meet, named by what to do about it. No other module adds to this tree.

    CollectorError                 1    has a sentence, the next step and the exit code
    ├── UsageError                 2    wrong use or configuration: change a setting or an option
    │   ├── ProfileBusy            2    another process is using this profile: wait for it
    │   ├── OtherAccount           2    the profile belongs to another Zoom account: use --profile
    │   ├── NewerVersion           2    a file was written by a newer version: upgrade
    │   ├── AccessRefused          2    JupiterOne does not accept the key, or not for this: change the key
    │   ├── InstanceMissing        2    there is no such integration instance: create or name another
    │   └── UnsafeUpload           2    too much would be deleted: check it, then --allow-deletes
    ├── SignInRequired             4    the token is no longer valid: sign in again
    ├── DailyLimitReached          75   Zoom's daily allowance is used up: run again after the printed time
    ├── Interrupted                130  Ctrl-C or SIGTERM: run again
    ├── StorageFailed              1    the sign-in cannot be stored: free disk space, fix permissions
    ├── CollectionFailed           1    nothing could be done: try again, or report it
    │   └── TokenEndpointFailed    1    no usable answer from Zoom's token endpoint: check the network, try again
    ├── RequestFailed              1    one request to JupiterOne failed after all retries: try again
    ├── UploadFailed               1    the upload did not finish: upload again
    └── ReadingError               3    one answer of Zoom is missing; becomes a reason in the coverage
        ├── Denied                 3    a scope or an admin-role privilege is missing: grant it
        │   └── NotGranted         0    the scope of something a run is complete without is missing
        ├── NotLicensed            3    the account's plan does not include it
        ├── DeletedMeanwhile       3    it was deleted between being listed and being read
        ├── NotApplicable          3    Zoom keeps no such document for this one
        └── Unread                 3    Zoom did not answer, kept failing, or answered with something unusable
            ├── Refused            3    Zoom refuses this one (4xx) for another reason
            └── RestartListing     3    the pages of a list do not end: list it again from the first page

Exit codes, the first that applies: 130, 2, 4, 75, 1, 3, 5, 0 (docs/architecture.md, "Exit codes").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Literal

Account = Mapping[str, object]
TokenEndpointCause = Literal["no connection", "foreign answer", "server error", "malformed answer"]
"""Nothing came back; something else answered (a redirect, a page); 5xx or 429; fields that cannot be used."""


class ExitCode(IntEnum):
    """Exit codes; documented in the README and in docs/architecture.md."""

    COMPLETE = 0
    FAILED = 1
    USAGE = 2
    INCOMPLETE = 3
    SIGN_IN = 4
    ALERTS = 5
    DAILY_LIMIT = 75
    INTERRUPTED = 130


_PRECEDENCE = (
    ExitCode.INTERRUPTED,
    ExitCode.USAGE,
    ExitCode.SIGN_IN,
    ExitCode.DAILY_LIMIT,
    ExitCode.FAILED,
    ExitCode.INCOMPLETE,
    ExitCode.ALERTS,
    ExitCode.COMPLETE,
)


def worst_of(*codes: int) -> ExitCode:
    """The exit code of work with several parts: the first of `_PRECEDENCE` among theirs."""
    return next(code for code in _PRECEDENCE if code in codes)


class CollectorError(Exception):
    """A failure, described in whole sentences.

    `message` says what happened and to what, `next_step` what to do about it, with the command if there is one. Neither
    ever contains a secret.
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
    """The profile belongs to another Zoom account than the token.

    `before`, `now`: who had signed in and who has now, as `SignIn.account`, as far as known.
    """

    def __init__(self, message: str, next_step: str = "", before: Account | None = None, now: Account | None = None):
        super().__init__(message, next_step)
        self.before = before or {}
        self.now = now or {}


class NewerVersion(UsageError):
    """A file was written by a newer version of this program; it is left untouched."""


class AccessRefused(UsageError):
    """JupiterOne answered 401 or 403, or the same in GraphQL's words."""


class InstanceMissing(UsageError):
    """There is no integration instance of this id in the account."""


class UnsafeUpload(UsageError):
    """The upload might delete more than expected. Nothing was sent."""


class SignInRequired(CollectorError):
    """Nobody is signed in, or the token is refused and cannot be renewed."""

    exit_code = ExitCode.SIGN_IN


class DailyLimitReached(CollectorError):
    """Zoom's daily allowance for a rate-limit label is used up.

    `clears_at`: when Zoom will answer again, in milliseconds since 1970.
    """

    exit_code = ExitCode.DAILY_LIMIT

    def __init__(self, message: str, next_step: str, clears_at: int) -> None:
        super().__init__(message, next_step)
        self.clears_at = clears_at


class Interrupted(CollectorError):
    """The user pressed Ctrl-C, or the process got SIGTERM."""

    exit_code = ExitCode.INTERRUPTED


class StorageFailed(CollectorError):
    """The sign-in cannot be read from or written to disk."""


class CollectionFailed(CollectorError):
    """Nothing could be read, or the disk failed."""


class TokenEndpointFailed(CollectionFailed):
    """Zoom's token endpoint gave no usable answer; a later attempt may succeed.

    `words`: what happened, in a few words. `may_have_been_processed`: whether Zoom may have processed the request.
    `wait`: seconds the endpoint asked to wait, or 0. `tracking_id`: for Zoom's support, "" without one.
    """

    def __init__(
        self,
        message: str,
        next_step: str = "",
        cause: TokenEndpointCause = "no connection",
        words: str = "",
        *,
        may_have_been_processed: bool = True,
        wait: float = 0.0,
        tracking_id: str = "",
    ) -> None:
        super().__init__(message, next_step)
        self.cause = cause
        self.words = words
        self.may_have_been_processed = may_have_been_processed
        self.wait = wait
        self.tracking_id = tracking_id


class RequestFailed(CollectorError):
    """One request to JupiterOne failed. If only the answer was lost, JupiterOne may have processed it.

    `status`: the HTTP status, None without an answer. `code`: JupiterOne's error code, if any. `body`: the JSON of its
    answer.
    """

    def __init__(
        self,
        message: str,
        next_step: str = "",
        *,
        status: int | None = None,
        code: str | None = None,
        body: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, next_step)
        self.status = status
        self.code = code
        self.body = body or {}


class UploadFailed(CollectorError):
    """A synchronization job could not be finished."""


class ReadingError(CollectorError):
    """One answer is missing; `message` becomes the reason in the coverage."""

    exit_code = ExitCode.INCOMPLETE


class Denied(ReadingError):
    """A scope or an admin-role privilege is missing. `scopes`: those Zoom named as missing, if any."""

    def __init__(self, message: str, next_step: str = "", scopes: Sequence[str] = ()) -> None:
        super().__init__(message, next_step)
        self.scopes = tuple(scopes)


class NotGranted(Denied):
    """The scope of an optional document is missing; the run is complete without it."""

    exit_code = ExitCode.COMPLETE


class NotLicensed(ReadingError):
    """The account's plan does not include this."""


class DeletedMeanwhile(ReadingError):
    """It was deleted between being listed and being read."""


class NotApplicable(ReadingError):
    """Zoom keeps no such document for this one (pending users have no settings)."""


class Unread(ReadingError):
    """No usable answer after all retries."""


class Refused(Unread):
    """Zoom refuses this one (4xx) for another reason."""


class RestartListing(Unread):
    """A page token has expired, or the pages of a list repeat."""
