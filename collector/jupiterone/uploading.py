"""Sends batches, a few at a time."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial

from collector.errors import RequestFailed
from collector.jupiterone.batches import MAX_BODY_BYTES, Batch, Collection, batches
from collector.jupiterone.connection import JupiterOne, OnLostResponse
from collector.jupiterone.jobs import is_job_response, job_path
from collector.jupiterone.refused_objects import objects_refused_by
from collector.jupiterone.response import JOB_NOT_AWAITING_UPLOADS, says_too_large
from collector.model.graph import JsonObject

MAX_PARALLEL_BATCHES = 6
"""As JupiterOne's own client does (JupiterOne SDK 17)."""


@dataclass(frozen=True)
class UploadCounts:
    """How many objects JupiterOne has accepted, and how many batches were sent again because no answer came back."""

    entities: int = 0
    relationships: int = 0
    resent: int = 0


OnProgress = Callable[[UploadCounts], None]


class Uploader:
    """Uploads to one job. Memory holds seven batches at most, however large the graph.

    A batch has arrived when the answer is this job's. If the answer was lost, or came from something in between, the
    batch is sent again: whether JupiterOne has it is not known, and what is missing from an upload is deleted. Sending
    it twice is safe: both copies are equal, and the second asks JupiterOne to let the latest win. If JupiterOne refuses
    that option, the batch is sent unchanged, as JupiterOne's own client does; the copies may then count as errors, or
    fail the job without effect, and the next upload corrects it.
    """

    def __init__(
        self,
        jupiterone: JupiterOne,
        job_id: str,
        on_progress: OnProgress | None = None,
        largest_body: int = MAX_BODY_BYTES,
    ) -> None:
        self.uploaded = UploadCounts()
        self._jupiterone = jupiterone
        self._job_path = job_path(job_id)
        self._is_ours = partial(is_job_response, job_id=job_id)
        self._on_progress = on_progress
        self._largest_body = largest_body

    def upload(self, collection: Collection, objects: Iterable[JsonObject]) -> None:
        """Upload all of `objects`, iterating them in the caller's thread.

        Raises the error of the first batch that failed, after those in flight have ended (UploadFailed if JupiterOne
        finds objects invalid); Interrupted between batches when the clock was stopped.
        """
        pending: set[Future[_Sent]] = set()
        with ThreadPoolExecutor(MAX_PARALLEL_BATCHES, thread_name_prefix="upload") as pool:
            for batch in batches(collection, objects, self._largest_body):
                if len(pending) == MAX_PARALLEL_BATCHES:
                    pending = self._take(collection, pending)
                self._jupiterone.clock.wait(0)
                pending.add(pool.submit(self._send, batch))
            while pending:
                pending = self._take(collection, pending)

    def _take(self, collection: Collection, pending: set[Future[_Sent]]) -> set[Future[_Sent]]:
        """Count the batches that have ended, at least one; return the others."""
        ended, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in ended:
            sent = future.result()
            done = self.uploaded
            if collection == "entities":
                done = replace(done, entities=done.entities + sent.objects)
            else:
                done = replace(done, relationships=done.relationships + sent.objects)
            self.uploaded = replace(done, resent=done.resent + sent.resends)
            if self._on_progress is not None:
                self._on_progress(self.uploaded)
        return pending

    def _send(self, batch: Batch) -> _Sent:
        """Send a batch, in halves if JupiterOne finds it too large."""
        correlation_id = self._correlation_id()
        resends = 0

        def resend() -> JsonObject | None:
            nonlocal resends
            resends += 1
            try:
                return self._post(batch.collection, batch.body_for_retry, correlation_id)
            except RequestFailed as failure:
                if failure.status == 400 and failure.code != JOB_NOT_AWAITING_UPLOADS:
                    return None
                raise

        try:
            self._post(batch.collection, batch.body, correlation_id, resend)
        except RequestFailed as failure:
            if not says_too_large(failure.status, failure.code):
                raise objects_refused_by(failure, batch) or failure from None
            halves = [self._send(half) for half in batch.halves()]
            return _Sent(sum(half.objects for half in halves), resends + sum(half.resends for half in halves))
        return _Sent(len(batch.objects), resends)

    def _post(
        self, collection: Collection, body: bytes, correlation_id: str, on_lost_response: OnLostResponse | None = None
    ) -> JsonObject:
        return self._jupiterone.post(
            f"{self._job_path}/{collection}",
            body,
            gzip=True,
            correlation_id=correlation_id,
            expected=self._is_ours,
            on_lost_response=on_lost_response,
        )

    def _correlation_id(self) -> str:
        return str(uuid.UUID(int=self._jupiterone.randomness.getrandbits(128), version=4))


@dataclass(frozen=True)
class _Sent:
    objects: int
    resends: int
