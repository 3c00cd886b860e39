"""Orphaned jobs: those that interrupted uploads left open are aborted, or followed to their end, and recorded."""

from __future__ import annotations

import logging
import random

from collector.clock import Clock, milliseconds
from collector.errors import AccessRefused, UploadFailed, UsageError
from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.jobs import JobReport
from collector.jupiterone.synchronization import Synchronization, SynchronizationJob
from collector.next_steps import Command, NextStep
from collector.store import INTERRUPTED_REASON, Store, UploadDestination, UploadRecord, Uploads, UploadState
from collector.upload.instance import describe_account

logger = logging.getLogger("collector.uploading")

FOLLOW_SECONDS = 60.0
"""How long to wait for a job that was finalized earlier."""


def resolve_orphaned_jobs(
    uploads: Uploads,
    access: Access,
    synchronization: Synchronization,
    clock: Clock,
    destination: UploadDestination | None = None,
) -> None:
    """Abort every job of this account that an interrupted upload left open; record those that were finalized.

    Raises AccessRefused, UploadFailed when a job can be neither aborted nor looked up, or Interrupted. With
    `destination`, the one of the next upload, such a job is an error only there; elsewhere it is left for the next
    time.
    """
    for upload in uploads.unfinished(access.host, access.account):
        if upload.job is None:
            logger.warning(
                "An earlier upload was interrupted while its job was being created: an empty job may stay open in "
                "JupiterOne, without effect. JupiterOne offers no way to find it."
            )
            reason = "interrupted while the job was being created"
            uploads.end(upload.id, UploadState.FAILED, milliseconds(clock.now()), reason=reason)
            continue
        try:
            report = synchronization.abort(upload.job, "The upload was interrupted.")
        except (AccessRefused, UploadFailed) as failure:
            if destination in (None, upload.destination):
                raise
            logger.warning(
                "The job %s, which an interrupted upload left open, could not be aborted: %s",
                upload.job,
                failure.message,
            )
        else:
            _record(uploads, upload, report, synchronization, clock)


def _record(
    uploads: Uploads, upload: UploadRecord, report: JobReport | None, synchronization: Synchronization, clock: Clock
) -> None:
    now = milliseconds(clock.now())
    if report is None or report.aborted:
        logger.warning("The job %s, which an interrupted upload left open, was aborted.", upload.job)
        uploads.end(upload.id, UploadState.ABORTED, now, reason=INTERRUPTED_REASON)
    elif report.failed:
        logger.warning("JupiterOne has ended the job %s of an earlier upload as %s.", upload.job, report.status)
        uploads.end(upload.id, UploadState.FAILED, now, reason=f"JupiterOne ended the job as {report.status}.")
    elif report.finalized:
        _follow(uploads, upload, synchronization.job_of(report), clock)
    else:
        logger.warning("The job %s, which an earlier upload left open, is %s.", upload.job, report.status)


def outcome_of(report: JobReport) -> dict[str, int]:
    """The counts of a job, as the store keeps them."""
    halves = (("entities", report.entities), ("relationships", report.relationships))
    return {
        f"{half}{name.capitalize()}": getattr(counts, name)
        for half, counts in halves
        for name in ("uploaded", "created", "updated", "deleted", "errors")
    }


def _follow(uploads: Uploads, upload: UploadRecord, job: SynchronizationJob, clock: Clock) -> None:
    uploads.finalized(upload.id)
    try:
        report = job.follow(FOLLOW_SECONDS)
    except UploadFailed as failure:
        if job.report.failed:
            uploads.end(upload.id, UploadState.FAILED, milliseconds(clock.now()), reason=failure.message)
        logger.warning("%s", failure.message)
    else:
        ended_at = milliseconds(clock.now())
        uploads.end(upload.id, UploadState.FINISHED, ended_at, outcome=outcome_of(report))


def orphaned_jobs(store: Store) -> list[UploadRecord]:
    """The interrupted uploads whose job is open, in any JupiterOne account, oldest first."""
    return [upload for upload in store.uploads.all_unfinished() if upload.state is UploadState.OPEN]


def abort_orphaned_jobs(access: Access, store: Store, clock: Clock, randomness: random.Random) -> None:
    """Abort the orphaned jobs before the profile's record of them is removed.

    Raises UsageError when a job is in another account; AccessRefused, UploadFailed or Interrupted.
    """
    resolve_orphaned_jobs(store.uploads, access, Synchronization(JupiterOne(access, clock, randomness)), clock)
    for upload in orphaned_jobs(store):
        raise _cannot_abort(upload, access)


def _cannot_abort(upload: UploadRecord, access: Access) -> UsageError:
    destination = upload.destination
    account_name = describe_account(destination.host, destination.account)
    said = f"An upload left the synchronization job {upload.job} open in the JupiterOne account {account_name}"
    if destination.account == access.account and destination.host in ("", access.host):
        return UsageError(f"{said}, and it is still open.", NextStep("Run `{}` again later.", Command("uninstall")))
    return UsageError(
        f"{said}, but the configuration names {describe_account(access.host, access.account)}, which cannot abort it.",
        NextStep(
            "Set JUPITERONE_ACCOUNT, with its key and JUPITERONE_API_BASE_URL, back to that account, then run `{}` "
            "again.",
            Command("uninstall"),
        ),
    )
