"""A synchronization job from start to finish (JupiterOne docs, sync jobs API reference; DIFF mode)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial

from collector.errors import AccessRefused, InstanceMissing, RequestFailed, UploadFailed
from collector.jupiterone.batches import MAX_BODY_BYTES
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.jobs import JOBS, JobReport, Target, is_job_response, job_path, job_report
from collector.jupiterone.response import JOB_NOT_AWAITING_UPLOADS
from collector.jupiterone.uploading import OnProgress, UploadCounts, Uploader
from collector.model.graph import JsonObject
from collector.next_steps import Command, NextStep

__all__ = ["Event", "JobReport", "Synchronization", "SynchronizationJob", "Target", "UploadCounts"]

logger = logging.getLogger("collector.jupiterone")

FOLLOW_SECONDS = 1800.0
ARRIVAL_SECONDS = 10.0
"""How long a job may count fewer objects than were sent after its counts last changed: they may be late."""
MAX_POLL_SECONDS = 30.0
_INSTANCE_INVALID = "SYNC_JOB_INVALID_INTEGRATION_INSTANCE"
"""The code for an instance that does not exist (JupiterOne SDK, tests of the synchronization client)."""
_AGAIN = NextStep("Run `{}` again.", Command("sync"))


@dataclass(frozen=True)
class Event:
    """A line of the job's log in JupiterOne, such as `step_start`."""

    name: str
    description: str


class Synchronization:
    """The synchronization API of one account."""

    def __init__(self, jupiterone: JupiterOne, largest_body: int = MAX_BODY_BYTES) -> None:
        self._jupiterone = jupiterone
        self._largest_body = largest_body

    def start(self, target: Target) -> SynchronizationJob:
        """A new job that awaits uploads.

        When the answer to its creation is lost, another job is created, since JupiterOne cannot be asked for jobs whose
        id is not known. The first one may stay open, empty and without effect. A warning is logged.

        Raises InstanceMissing, AccessRefused, UploadFailed or Interrupted.
        """
        with _as_upload_error("JupiterOne did not create a synchronization job"):
            try:
                warn_once = cache(_warn_of_open_job)
                answer = self._jupiterone.post(
                    JOBS, target.to_json(), expected=is_job_response, on_lost_response=warn_once
                )
            except RequestFailed as failure:
                if target.instance_id and (failure.status == 404 or failure.code == _INSTANCE_INVALID):
                    raise InstanceMissing(
                        f"JupiterOne has no integration instance {target.instance_id} in this account.",
                        NextStep(
                            "`{}` lists the instances, `{}` creates one.",
                            Command("instance list"),
                            Command("instance create"),
                        ),
                    ) from None
                raise
            return self.job_of(_report(answer))

    def job_of(self, report: JobReport) -> SynchronizationJob:
        """The job of this report."""
        return SynchronizationJob(self._jupiterone, report, self._largest_body)

    def report(self, job_id: str) -> JobReport:
        """A job as JupiterOne describes it now. Raises AccessRefused, UploadFailed or Interrupted."""
        with _as_upload_error(f"JupiterOne did not report on the synchronization job {job_id}"):
            return self._report(job_id)

    def abort(self, job_id: str, reason: str) -> JobReport | None:
        """End a job that has not been finalized, so that nothing of it ever reaches the graph.

        The job is asked for first: one that was finalized or has ended is left as it is. Returns what became of it,
        None when JupiterOne does not know it any more. Raises AccessRefused, UploadFailed or Interrupted.
        """
        with _as_upload_error(f"The synchronization job {job_id} could not be aborted"):
            report = self._report_if_known(job_id)
            if report is None or report.finalized or report.failed:
                return report
            try:
                self._jupiterone.post(
                    f"{job_path(job_id)}/abort", {"reason": reason}, expected=partial(is_job_response, job_id=job_id)
                )
            except RequestFailed:
                report = self._report_if_known(job_id)
                if report is None or not report.awaits_uploads:
                    return report
                raise
            return self._report_if_known(job_id)

    def _report_if_known(self, job_id: str) -> JobReport | None:
        try:
            return self._report(job_id)
        except RequestFailed as failure:
            if failure.status == 404:
                return None
            raise

    def _report(self, job_id: str) -> JobReport:
        return _report(self._jupiterone.get(job_path(job_id), partial(is_job_response, job_id=job_id)))


class SynchronizationJob:
    """One job. After a failure before `finalize` has returned, the caller aborts it with a reason."""

    def __init__(self, jupiterone: JupiterOne, report: JobReport, largest_body: int = MAX_BODY_BYTES) -> None:
        self.report = report
        self._largest_body = largest_body
        self._jupiterone = jupiterone
        self._synchronization = Synchronization(jupiterone)
        self._path = job_path(report.job_id)
        self._is_ours = partial(is_job_response, job_id=report.job_id)

    @property
    def id(self) -> str:
        return self.report.job_id

    def publish(self, events: Iterable[Event]) -> None:
        """Write events to the job's log, one by one, if the source has one.

        The log is not essential: a failure is logged here, and the remaining events are left out.
        """
        if self.report.integration_job_id is None:
            return
        for event in events:
            body = {"events": [{"name": event.name, "description": event.description}]}
            try:
                self._jupiterone.post(f"{self._path}/events", body)
            except (RequestFailed, AccessRefused) as failure:
                logger.warning("Some events are missing from the job's log in JupiterOne: %s", failure.message)
                return

    def upload(
        self,
        entities: Iterable[JsonObject],
        relationships: Iterable[JsonObject],
        on_progress: OnProgress | None = None,
    ) -> UploadCounts:
        """Upload the entities, then the relationships, as JupiterOne's data model writes them.

        Iterates both once, and calls `on_progress` after each batch, in this thread. Raises UploadFailed,
        AccessRefused, or Interrupted between batches; no batch is in flight any more then.
        """
        uploader = Uploader(self._jupiterone, self.id, on_progress, self._largest_body)
        with _as_upload_error(f"Uploading to the synchronization job {self.id} failed"):
            uploader.upload("entities", entities)
            uploader.upload("relationships", relationships)
        if uploader.uploaded.resent:
            logger.warning("Batches sent again to job %s after a lost answer: %s", self.id, uploader.uploaded.resent)
        return uploader.uploaded

    def check_all_arrived(self, sent: UploadCounts) -> None:
        """Check before finalizing that the job does not count fewer objects than were sent: the rest would be deleted.

        A count of 0, or none, proves nothing: JupiterOne may count later. Raises UploadFailed, AccessRefused or
        Interrupted.
        """
        clock = self._jupiterone.clock
        seen, until = (0, 0), clock.monotonic() + ARRIVAL_SECONDS
        while True:
            self.report = self._synchronization.report(self.id)
            arrived = (self.report.entities.uploaded, self.report.relationships.uploaded)
            missing = [
                f"{count:,} of {number:,} {collection}"
                for count, number, collection in zip(
                    arrived, (sent.entities, sent.relationships), ("entities", "relationships"), strict=True
                )
                if 0 < count < number
            ]
            if not missing or self.report.failed:
                return
            if arrived != seen:
                seen, until = arrived, clock.monotonic() + ARRIVAL_SECONDS
            if clock.monotonic() >= until:
                raise UploadFailed(
                    f"Only {' and '.join(missing)} have arrived in the synchronization job {self.id}, so it was not "
                    "finalized.",
                    _AGAIN,
                )
            clock.wait(1.0)

    def finalize(self, partial_types: Iterable[str]) -> JobReport:
        """Let JupiterOne replace the graph by the upload; nothing of the `_type`s in `partial_types` is deleted.

        If the answer is lost, the job is finalized again only if it does not report that it has started. Raises
        UploadFailed, AccessRefused or Interrupted; then `Synchronization.abort` finds out whether it was finalized.
        """
        body = {"partialDatasets": {"types": sorted(set(partial_types))}}
        with _as_upload_error(f"The synchronization job {self.id} could not be finalized"):
            try:
                answer = self._jupiterone.post(
                    f"{self._path}/finalize", body, expected=self._is_ours, on_lost_response=self._answer_if_finalized
                )
            except RequestFailed:
                begun = self._answer_if_finalized()
                if begun is None:
                    raise
                answer = begun
            self.report = _report(answer)
            return self.report

    def follow(self, timeout: float = FOLLOW_SECONDS) -> JobReport:
        """Wait until JupiterOne has finished the job, at most `timeout` seconds, polling less and less often.

        Raises UploadFailed when the job failed (then `report.failed`) or the time is up, AccessRefused, or Interrupted.
        JupiterOne completes a finalized job by itself; do not abort it.
        """
        until = self._jupiterone.clock.monotonic() + timeout
        pause = 1.0
        while True:
            self.report = self._synchronization.report(self.id)
            if self.report.finished:
                return self.report
            if self.report.failed:
                raise UploadFailed(
                    f"JupiterOne ended the synchronization job {self.id} as {self.report.status} "
                    f"({self.report.entities.errors} errors in entities, {self.report.relationships.errors} in "
                    "relationships).",
                    NextStep(
                        "Look at the job in JupiterOne (Integrations, the instance), then run `{}` again.",
                        Command("sync"),
                    ),
                )
            remaining = until - self._jupiterone.clock.monotonic()
            if remaining <= 0:
                raise UploadFailed(
                    f"JupiterOne has not finished the synchronization job {self.id} in {timeout / 60:.0f} minutes; "
                    f"it is {self.report.status}.",
                    NextStep(
                        "JupiterOne continues it. Check it in JupiterOne, or run `{}` again later.",
                        Command("sync"),
                    ),
                )
            self._jupiterone.clock.wait(min(pause, remaining))
            pause = min(pause * 1.5, MAX_POLL_SECONDS)

    def abort(self, reason: str) -> JobReport | None:
        """As `Synchronization.abort`."""
        report = self._synchronization.abort(self.id, reason)
        self.report = report or self.report
        return report

    def _answer_if_finalized(self) -> JsonObject | None:
        answer = self._jupiterone.get(self._path, self._is_ours)
        return answer if _report(answer).finalized else None


def _report(answer: JsonObject) -> JobReport:
    job = answer.get("job")
    try:
        return job_report(job if isinstance(job, dict) else {})
    except ValueError:
        raise RequestFailed("JupiterOne's answer describes no job.", _AGAIN) from None


def _warn_of_open_job() -> None:
    logger.warning(
        "No answer when creating a synchronization job: an empty one may stay open in JupiterOne, without effect."
    )


@contextmanager
def _as_upload_error(what: str) -> Iterator[None]:
    """Turn RequestFailed into UploadFailed."""
    try:
        yield
    except RequestFailed as failure:
        ended = failure.code == JOB_NOT_AWAITING_UPLOADS
        next_step = _AGAIN if ended else failure.next_step or _AGAIN
        raise UploadFailed(f"{what}: {failure.message}", next_step) from None
