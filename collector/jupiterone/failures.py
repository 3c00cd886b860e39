"""How JupiterOne says no, named by what a person can do about it.

UsageError (2)
├── AccessRefused       the API key or the account is wrong, or the key lacks a permission
│   └── QueryDenied     the key may upload but not query
├── InstanceMissing     the integration instance is not (or no longer) there
└── UnsafeUpload        (safety.py) too much would be deleted
CollectorError (1)
├── RequestFailed       one request was refused, or the tries are used up; carries status and code
│   ├── NoAnswer        nobody knows whether JupiterOne did what it was asked
│   └── TooLarge        the body was too large; the batch is split
└── UploadFailed        the graph in JupiterOne is as it was; abort the job and run again
    ├── JobEnded        the job takes no more uploads, and never will
    ├── ObjectTooLarge  one entity or relationship alone is larger than JupiterOne takes
    ├── ObjectsRefused  entities or relationships that JupiterOne finds invalid
    └── NotSettled      finalized, but JupiterOne is still at it: nothing to abort, look again later
"""

from __future__ import annotations

from collector.errors import CollectorError, UsageError
from collector.model.graph import JsonObject


class AccessRefused(UsageError):
    """JupiterOne answered 401 or 403, or the same in GraphQL's words."""


class QueryDenied(AccessRefused):
    """The API key may not query the graph (J1QL)."""


class InstanceMissing(UsageError):
    """There is no integration instance of this id in the account."""


class RequestFailed(CollectorError):
    """One request failed for good.

    `status` is the HTTP status (None without an answer), `code` what JupiterOne called the failure, if it did, `body`
    the whole JSON of its answer.
    """

    def __init__(
        self,
        message: str,
        next_step: str = "",
        *,
        status: int | None = None,
        code: str | None = None,
        body: JsonObject | None = None,
    ) -> None:
        super().__init__(message, next_step)
        self.status = status
        self.code = code
        self.body: JsonObject = body or {}


class NoAnswer(RequestFailed):
    """No answer came back, or JupiterOne failed on the way (5xx): it may have done what it was asked, or not."""


class TooLarge(RequestFailed):
    """HTTP 413, or `RequestEntityTooLargeException` under any status."""


class UploadFailed(CollectorError):
    """A synchronization job could not be brought to its end."""


class JobEnded(UploadFailed):
    """The job is no longer awaiting uploads (`JOB_NOT_AWAITING_UPLOADS`); trying again is of no use."""


class ObjectTooLarge(UploadFailed):
    """One object alone is over the limit; it is named by its key, its content is not shown."""


class ObjectsRefused(UploadFailed):
    """JupiterOne found objects invalid, which are named by their keys; it would find the same again."""


class NotSettled(UploadFailed):
    """The job was finalized and is still being worked on. It must not be aborted."""
