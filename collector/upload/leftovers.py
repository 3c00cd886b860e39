"""Jobs that an earlier upload left behind: found, aborted or followed to their end, and recorded."""

from __future__ import annotations

import logging
import random

from collector.clock import Clock, milliseconds
from collector.errors import AccessRefused, UploadFailed, UsageError
from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.jobs import JobReport
from collector.jupiterone.synchronization import Job, Synchronization
from collector.next_steps import Command, NextStep
from collector.store import CUT_SHORT, Place, Store, UploadRecord, Uploads, UploadState
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
        _follow(uploads, upload, synchronization.job_of(report), clock)
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


def _follow(uploads: Uploads, upload: UploadRecord, job: Job, clock: Clock) -> None:
    uploads.finalized(upload.id)
    try:
        report = job.follow(PATIENCE_SECONDS)
    except UploadFailed as failure:
        if job.report.failed:
            uploads.end(upload.id, UploadState.FAILED, milliseconds(clock.now()), reason=failure.message)
        logger.warning("%s", failure.message)
    else:
        ended_at = milliseconds(clock.now())
        uploads.end(upload.id, UploadState.FINISHED, ended_at, outcome=outcome_of(report))


def jobs_left_open(store: Store) -> list[UploadRecord]:
    """The uploads that were cut short with their job open, in whichever account of JupiterOne's, the oldest first."""
    return [upload for upload in store.uploads.all_unsettled() if upload.state is UploadState.OPEN]


def end_jobs_left_open(access: Access, store: Store, clock: Clock, randomness: random.Random) -> None:
    """End them, as the next upload would, before the profile's record of them is removed.

    Raises UsageError when a job is in another account than that of this access; AccessRefused, UploadFailed or
    Interrupted.
    """
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
