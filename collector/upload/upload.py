"""One upload, from locking the profile to recording the result."""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import requests

from collector.clock import Clock, milliseconds
from collector.deferred_signals import signals_deferred, signals_delivered
from collector.errors import CollectorError, ExitCode, Interrupted, RequestFailed, UploadFailed
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.jobs import JobReport, Target
from collector.jupiterone.query import Query
from collector.jupiterone.synchronization import Synchronization, SynchronizationJob
from collector.jupiterone.uploading import OnProgress
from collector.model.graph import JsonObject
from collector.next_steps import Command, NextStep
from collector.settings.jupiterone import JupiterOneSettings
from collector.settings.profile import Profile, upload_lock
from collector.store import INTERRUPTED_REASON, RunGraph, RunRecord, Store, UploadDestination, Uploads, UploadState
from collector.upload.destination import Destination, UploadOptions, access_to, destination_of, run_to_upload
from collector.upload.diff import UploadDiff, compute_diff
from collector.upload.instance import instance_in_use
from collector.upload.orphaned_jobs import outcome_of, resolve_orphaned_jobs
from collector.upload.remote_counts import with_remote_counts_from
from collector.upload.safety import check_safe
from collector.upload.step_events import UPLOAD_END, UPLOAD_START, step_events

logger = logging.getLogger("collector.uploading")

_PREVIEW_TRIES = 2
"""Few, since a person waits for `--dry-run`, which is useful without JupiterOne's counts, too."""


@dataclass(frozen=True)
class UploadResult:
    """A finished upload. `counts`: objects sent, by `_type`. `finalized`: false after `--skip-finalize`."""

    destination: UploadDestination
    diff: UploadDiff
    counts: Mapping[str, int]
    report: JobReport
    finalized: bool

    @property
    def errors(self) -> int:
        """How many objects JupiterOne reports as errors."""
        return self.report.entities.errors + self.report.relationships.errors

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.INCOMPLETE if self.errors else ExitCode.COMPLETE


def preview_upload(
    profile: Profile,
    jupiterone: JupiterOneSettings,
    upload: UploadOptions,
    *,
    clock: Clock,
    randomness: random.Random,
    new_session: Callable[[], requests.Session] = requests.Session,
) -> tuple[UploadDestination, UploadDiff]:
    """What `upload_graph` would change. Queries JupiterOne for its counts and changes nothing there.

    If the query fails, the diff says why. Raises UsageError, ProfileBusy, CollectionFailed or Interrupted.
    """
    access = access_to(jupiterone)
    query = Query(JupiterOne(access, clock, randomness, new_session, max_tries=_PREVIEW_TRIES))
    with Store.open_existing(profile.store_path) as store, upload_lock(profile):
        destination = destination_of(access, instance_in_use(jupiterone.instance_id, store.instance), upload)
        diff = compute_diff(store, run_to_upload(store), destination.recorded)
    try:
        return destination.recorded, with_remote_counts_from(diff, query, destination.target)
    except RequestFailed as failure:
        return destination.recorded, replace(diff, query_failure=failure)


def upload_graph(
    profile: Profile,
    jupiterone: JupiterOneSettings,
    upload: UploadOptions,
    *,
    clock: Clock,
    randomness: random.Random,
    on_progress: OnProgress | None = None,
    new_session: Callable[[], requests.Session] = requests.Session,
) -> UploadResult:
    """Upload the graph of the latest finished run, and follow the job until JupiterOne has finished it.

    A failure before the job is finalized aborts it with the reason, and the graph in JupiterOne is unchanged. Raises
    UsageError (UnsafeUpload, AccessRefused, InstanceMissing, nothing collected), ProfileBusy, UploadFailed,
    CollectionFailed, or Interrupted.
    """
    access = access_to(jupiterone)
    client = JupiterOne(access, _InterruptibleClock(clock), randomness, new_session)
    with (
        Store.open_existing(profile.store_path) as store,
        upload_lock(profile),
        _interruption_explained(store.uploads),
    ):
        store.wait_for_others()
        destination = destination_of(access, instance_in_use(jupiterone.instance_id, store.instance), upload)
        run = run_to_upload(store)
        synchronization = Synchronization(client)
        resolve_orphaned_jobs(store.uploads, access, synchronization, clock, destination.recorded)
        diff = compute_diff(store, run, destination.recorded)
        if not upload.allow_deletes:
            check_safe(diff)
            diff = _require_remote_counts(diff, Query(client), destination.target)
            check_safe(diff)
        sending = _Sending(store, run, clock, on_progress)
        report = sending.send(synchronization, destination, finalize=not upload.skip_finalize)
        return UploadResult(destination.recorded, diff, sending.counts, report, not upload.skip_finalize)


def _require_remote_counts(diff: UploadDiff, query: Query, target: Target) -> UploadDiff:
    try:
        return with_remote_counts_from(diff, query, target)
    except RequestFailed as failure:
        raise UploadFailed(
            f"JupiterOne could not say what this upload would delete, so nothing was sent: {failure.message}",
            failure.next_step
            or NextStep(
                "Check JUPITERONE_API_BASE_URL and JUPITERONE_GRAPHQL_URL, then run `{}` again.", Command("sync")
            ),
        ) from None


@contextmanager
def _interruption_explained(uploads: Uploads) -> Iterator[None]:
    """Add to an Interrupted how far the upload had come."""
    before = uploads.latest()
    try:
        yield
    except Interrupted:
        latest = uploads.latest()
        if latest is None or (before is not None and latest.id == before.id):
            raise _interrupted(None) from None
        raise _interrupted(latest.state) from None


def _interrupted(state: UploadState | None) -> Interrupted:
    """`state`: the upload's; None if it had not started."""
    if state is UploadState.FINALIZED:
        return Interrupted(
            "Interrupted after the job was finalized: JupiterOne completes it.",
            NextStep("Run `{}` again; it first checks how the job ended.", Command("sync")),
        )
    if state is UploadState.OPEN:
        return Interrupted(
            "Interrupted, but the job could not be aborted. Unless JupiterOne was finalizing it, "
            "the graph is unchanged.",
            NextStep("Run `{}` again; it first aborts that job, or checks how it ended.", Command("sync")),
        )
    return Interrupted(
        "Interrupted before the job was finalized: the graph in JupiterOne is unchanged.",
        NextStep("Run `{}` again.", Command("sync")),
    )


class _InterruptibleClock:
    """A clock whose waits end on Ctrl-C and SIGTERM, even inside `signals_deferred`: no request is in flight then."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.now = clock.now
        self.monotonic = clock.monotonic

    def wait(self, seconds: float) -> None:
        with signals_delivered():
            self._clock.wait(seconds)


class _Sending:
    """Sends one run's graph in one job, and records each step."""

    def __init__(self, store: Store, run: RunRecord, clock: Clock, on_progress: OnProgress | None) -> None:
        self.counts: Counter[str] = Counter()
        self._store = store
        self._uploads: Uploads = store.uploads
        self._run = run
        self._clock = clock
        self._on_progress = on_progress

    def send(self, synchronization: Synchronization, destination: Destination, *, finalize: bool) -> JobReport:
        """Send the graph in a new job."""
        upload_id = self._uploads.begin(self._run.id, destination.recorded, self._run.partial_types, self._now())
        job: SynchronizationJob | None = None
        try:
            with signals_deferred():  # JupiterOne lists no jobs: without its id a job cannot be aborted
                job = synchronization.start(destination.target)
                self._uploads.opened(upload_id, job.id)
            self._clock.wait(0)
            self._fill(job)
            self._uploads.sent(upload_id, self.counts)
            if not finalize:
                self._uploads.end(upload_id, UploadState.NOT_FINALIZED, self._now())
                return job.report
            job.finalize(self._run.partial_types)
        except (Exception, KeyboardInterrupt) as failure:
            self._abort(upload_id, job, failure)
            raise
        return self._follow(upload_id, job)

    def _fill(self, job: SynchronizationJob) -> None:
        job.publish(step_events(self._run.steps, self._run.coverage))
        job.publish([UPLOAD_START])
        graph = RunGraph(self._store, self._run.id, self._run.data_model)
        sent = job.upload(self._counted(graph.entities()), self._counted(graph.relationships()), self._on_progress)
        job.publish([UPLOAD_END])
        job.check_all_arrived(sent)

    def _follow(self, upload_id: int, job: SynchronizationJob) -> JobReport:
        self._uploads.finalized(upload_id)
        try:
            report = job.follow()
        except UploadFailed as failure:
            if job.report.failed:
                self._uploads.end(upload_id, UploadState.FAILED, self._now(), reason=failure.message)
            raise
        self._uploads.end(upload_id, UploadState.FINISHED, self._now(), outcome=outcome_of(report))
        return report

    def _abort(self, upload_id: int, job: SynchronizationJob | None, failure: BaseException) -> None:
        """Abort the job, if there is one; if that fails it stays recorded as open, and the next upload aborts it."""
        stopped = isinstance(failure, Interrupted | KeyboardInterrupt)
        reason = failure.message if isinstance(failure, CollectorError) else type(failure).__name__
        reason_text = INTERRUPTED_REASON if stopped else reason
        if job is None:
            self._uploads.end(upload_id, UploadState.FAILED, self._now(), reason=reason_text)
            return
        try:
            report = job.abort(reason)
            if report is None or report.failed:
                self._uploads.end(upload_id, UploadState.ABORTED, self._now(), reason=reason_text)
            elif report.finalized:
                self._uploads.finalized(upload_id)
        except CollectorError as obstacle:
            logger.warning("%s The next `collector sync` aborts it.", obstacle.message)

    def _counted(self, by_type: Iterable[tuple[str, Iterable[JsonObject]]]) -> Iterator[JsonObject]:
        for type_, objects in by_type:
            for each in objects:
                self.counts[type_] += 1
                yield each

    def _now(self) -> int:
        return milliseconds(self._clock.now())
