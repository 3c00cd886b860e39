"""Jobs that an earlier upload left behind: found, aborted or followed to their end, and recorded."""

from __future__ import annotations

import logging
import random

from collector.clock import Clock, milliseconds
from collector.errors import UsageError
from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.failures import AccessRefused, NotSettled, UploadFailed
from collector.jupiterone.jobs import JobReport
from collector.jupiterone.synchronization import Synchronization
from collector.next_steps import Command, NextStep
from collector.settings import Settings
from collector.store import CUT_SHORT, Place, Store, UploadRecord, Uploads, UploadState
from collector.upload.access import jupiterone_access
from collector.upload.instance import account_in_words

logger = logging.getLogger("collector.uploading")

PATIENCE_SECONDS = 60.0
"""How long a job that was finalized earlier is waited for."""


def settle_leftovers(
    uploads: Uploads, access: Access, synchronization: Synchronization, clock: Clock, place: Place | None = None
) -> None:
    """Abort every job of this account that a killed upload left open; one that was finalized after all is recorded.

    Raises AccessRefused, UploadFailed when a job can neither be aborted nor asked for, or Interrupted. With `place`,
    the one that is uploaded to next, such a job stands in the way only there; elsewhere it stays until the next time.
    """
    for upload in uploads.unsettled(access.host, access.account):
        if upload.job is None:
            logger.warning(
                "An earlier upload was cut short while its job was being created: an empty job may stay open in "
                "JupiterOne, without effect. JupiterOne offers no way to find it."
            )
            reason = "cut short while the job was being created"
            uploads.end(upload.id, UploadState.FAILED, milliseconds(clock.now()), reason=reason)
            continue
        try:
            report = synchronization.abort(upload.job, "The upload was cut short.")
        except (AccessRefused, UploadFailed) as failure:
            if place in (None, upload.place):
                raise
            logger.warning("The job %s, which an earlier upload left open, stays so: %s", upload.job, failure.message)
        else:
            _record(uploads, upload, report, synchronization, clock)


def _record(
    uploads: Uploads, upload: UploadRecord, report: JobReport | None, synchronization: Synchronization, clock: Clock
) -> None:
    now = milliseconds(clock.now())
    if report is None or report.aborted:
        logger.warning("The job %s, which an earlier upload left open, is ended.", upload.job)
        uploads.end(upload.id, UploadState.ABORTED, now, reason=CUT_SHORT)
    elif report.failed:
        logger.warning("JupiterOne has ended the job %s of an earlier upload as %s.", upload.job, report.status)
        uploads.end(upload.id, UploadState.FAILED, now, reason=f"JupiterOne ended the job as {report.status}.")
    elif report.finalized:
        _follow(uploads, upload, synchronization, clock)
    else:
        logger.warning("The job %s, which an earlier upload left open, is %s.", upload.job, report.status)


def outcome_of(report: JobReport) -> dict[str, int]:
    """What JupiterOne says it did, as the store keeps it."""
    halves = (("entities", report.entities), ("relationships", report.relationships))
    return {
        f"{half}{name.capitalize()}": getattr(counts, name)
        for half, counts in halves
        for name in ("uploaded", "created", "updated", "deleted", "errors")
    }


def _follow(uploads: Uploads, upload: UploadRecord, synchronization: Synchronization, clock: Clock) -> None:
    assert upload.job is not None  # noqa: S101 - asked for before
    uploads.finalized(upload.id)
    try:
        report = synchronization.job(upload.job).follow(PATIENCE_SECONDS)
    except NotSettled as failure:
        logger.warning("%s", failure.message)
    except UploadFailed as failure:
        uploads.end(upload.id, UploadState.FAILED, milliseconds(clock.now()), reason=failure.message)
        logger.warning("%s", failure.message)
    else:
        ended_at = milliseconds(clock.now())
        uploads.end(upload.id, UploadState.FINISHED, ended_at, outcome=outcome_of(report))


def jobs_left_open(store: Store) -> list[UploadRecord]:
    """The uploads that were cut short with their job open, in whichever account of JupiterOne's, the oldest first."""
    return [upload for upload in store.uploads.all_unsettled() if upload.state is UploadState.OPEN]


def end_jobs_left_open(settings: Settings, store: Store, clock: Clock, randomness: random.Random) -> None:
    """End them, as the next upload would, before the profile's record of them is removed.

    Where none is open, JupiterOne need not be configured. Raises UsageError when it is not, or when a job is in another
    account than the configured one; AccessRefused, UploadFailed or Interrupted.
    """
    if jobs_left_open(store):
        access = jupiterone_access(settings)
        settle_leftovers(store.uploads, access, Synchronization(JupiterOne(access, clock, randomness)), clock)
        for upload in jobs_left_open(store):
            raise _still_open(upload, access)


def _still_open(upload: UploadRecord, access: Access) -> UsageError:
    place = upload.place
    where = account_in_words(place.host, place.account)
    said = f"An upload left the synchronization job {upload.job} open in the JupiterOne account {where}"
    if place.account == access.account and place.host in ("", access.host):
        return UsageError(f"{said}, and it is open still.", NextStep("Run `{}` again later.", Command("uninstall")))
    return UsageError(
        f"{said}, but the configuration names {account_in_words(access.host, access.account)}, which cannot end it.",
        NextStep(
            "Set JUPITERONE_ACCOUNT, with its key and JUPITERONE_API_BASE_URL, back to that account, then run `{}` "
            "again.",
            Command("uninstall"),
        ),
    )
