"""Jobs that an earlier upload left behind: found, aborted or followed to their end, and recorded."""

from __future__ import annotations

import logging

from collector.clock import Clock, milliseconds
from collector.jupiterone.connection import Access
from collector.jupiterone.failures import AccessRefused, NotSettled, UploadFailed
from collector.jupiterone.jobs import JobReport
from collector.jupiterone.synchronization import Synchronization
from collector.store import CUT_SHORT, Place, UploadRecord, Uploads, UploadState

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
            warn_of_nameless_job()
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


def warn_of_nameless_job() -> None:
    """There is nothing else to be done about a job whose id nobody has heard."""
    logger.warning(
        "An earlier upload was cut short while its job was being created, with all its processes: an empty job may "
        "stay open in JupiterOne, without effect. JupiterOne offers no way to find it."
    )


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
