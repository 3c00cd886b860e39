"""The synchronization API: jobs are started, filled, and finalized or aborted."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from collector.clock import Clock, milliseconds
from collector.sandbox.jupiterone.errors import (
    invalid,
    not_awaiting_uploads,
    not_found,
    not_in_sandbox,
    unknown_instance,
)
from collector.sandbox.jupiterone.graph import Graph, Scope, Upload
from collector.sandbox.jupiterone.graph_objects import checked
from collector.sandbox.jupiterone.identifiers import Identifiers
from collector.sandbox.jupiterone.instances import Instance, Instances
from collector.sandbox.jupiterone.jobs import ENDED, FINALIZING, Event, Job, JobStatus, ObjectKind

Body = Mapping[str, Any]

_INTEGRATION_SOURCES = ("integration-managed", "integration-external")


class Synchronization:
    """All jobs and the graph they change; safe to share between threads.

    `polls_until_finished`: how many GETs still find a finalized job unfinished. The graph changes when the job is
    finished.
    """

    def __init__(
        self, account: str, instances: Instances, identifiers: Identifiers, clock: Clock, polls_until_finished: int
    ) -> None:
        self._account = account
        self._instances = instances
        self._identifiers = identifiers
        self._clock = clock
        self._polls_until_finished = polls_until_finished
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        self._events: list[Event] = []
        self._graph = Graph()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While the context lasts, only the caller changes anything."""
        with self._lock:
            yield

    @property
    def graph(self) -> Graph:
        """The graph after all finished jobs."""
        return self._graph

    @property
    def jobs(self) -> list[Job]:
        """Oldest first."""
        with self._lock:
            return list(self._jobs.values())

    @property
    def events(self) -> list[Event]:
        with self._lock:
            return list(self._events)

    def start(self, body: Body) -> dict[str, Any]:
        with self._lock:
            scope = self._scope(body)
            _check_served(body)
            job = Job(
                id=self._identifiers.new(),
                account=self._account,
                scope=scope,
                integration_job_id="" if scope.source == "api" else self._identifiers.new(),
                ignore_duplicates=body.get("ignoreDuplicates") is True,
                started=self._now(),
            )
            self._jobs[job.id] = job
            return {"job": job.document()}

    def upload(self, job_id: str, body: Body, kind: ObjectKind) -> dict[str, Any]:
        """Take a batch; if anything in it is wrong, nothing of it is taken."""
        objects = checked(kind, body.get(kind))
        with self._lock:
            job = self._awaiting_uploads(job_id)
            job.add(kind, objects, latest_wins=body.get("ignoreDuplicates") is True)
            return {"job": job.document()}

    def publish(self, job_id: str, body: Body) -> dict[str, Any]:
        events = body.get("events")
        if not isinstance(events, list) or not all(_is_event(event) for event in events):
            raise invalid('"events" should be an array of objects with "name" and "description".')
        with self._lock:
            job = self._job(job_id)
            if not job.integration_job_id:
                raise invalid("The job belongs to no integration job, which events are about.")
            published = [
                Event(
                    self._identifiers.new(),
                    job.id,
                    job.integration_job_id,
                    event["name"],
                    event["description"],
                    self._now(),
                )
                for event in events
            ]
            self._events += published
            return {
                "events": [
                    {"id": event.id, "name": event.name, "description": event.description, "createDate": event.created}
                    for event in published
                ]
            }

    def finalize(self, job_id: str, body: Body, outcome: JobStatus = "FINISHED") -> dict[str, Any]:
        """`outcome`: the status the job will end with. A finalized job no longer awaits uploads."""
        partial_types = _partial_types(body)
        with self._lock:
            job = self._awaiting_uploads(job_id)
            self.finish_jobs()
            job.status = "FINALIZE_PENDING"
            job.outcome = outcome
            job.partial_types = partial_types
            return {"job": job.document()}

    def abort(self, job_id: str, body: Body) -> dict[str, Any]:
        status = body.get("terminalStatus", "ABORTED")
        if status not in ENDED or status == "FINISHED":
            raise invalid(f'"{status}" is not a status a job can be ended with.')
        with self._lock:
            job = self._awaiting_uploads(job_id)
            job.end(status, self._now(), body.get("reason"))
            return {"job": job.document()}

    def job(self, job_id: str) -> dict[str, Any]:
        """A job as it is now. Each request lets a finalized one progress."""
        with self._lock:
            job = self._job(job_id)
            if job.status in FINALIZING and job.outcome != "UNKNOWN":
                job.polls += 1
                if job.polls > self._polls_until_finished:
                    self._finish(job)
                else:
                    job.status = FINALIZING[job.polls * len(FINALIZING) // (self._polls_until_finished + 1)]
            return {"job": job.document()}

    def finish_jobs(self) -> None:
        """Finish every finalized job, as if enough time had passed."""
        with self._lock:
            for job in self._jobs.values():
                if job.status in FINALIZING and job.outcome != "UNKNOWN":
                    self._finish(job)

    def end_job(self, job_id: str) -> None:
        """The platform aborts a job that is still open; no effect on others."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None and job.status == "AWAITING_UPLOADS":
                job.end("ABORTED", self._now(), "The platform ended the job.")

    def forget_instance(self, instance_id: str) -> None:
        """Delete an instance's graph and abort its open jobs."""
        with self._lock:
            self._graph.delete_instance(instance_id)
            for job in self._jobs.values():
                if job.instance_id == instance_id and not job.done:
                    job.end("ABORTED", self._now(), "The integration instance was deleted.")

    def _scope(self, body: Body) -> Scope:
        source, instance_id, scope = (body.get(name) for name in ("source", "integrationInstanceId", "scope"))
        if source == "api":
            if instance_id is not None:
                raise invalid('"integrationInstanceId" is not allowed with source "api".')
            if not isinstance(scope, str) or not scope:
                raise invalid('"scope" is required with source "api".')
            return Scope(source, scope)
        if source not in _INTEGRATION_SOURCES:
            raise invalid(f'"source" must be one of {", ".join((*_INTEGRATION_SOURCES, "api"))}.')
        if scope is not None:
            raise invalid('"scope" is only allowed with source "api".')
        if not isinstance(instance_id, str) or self._instances.get(instance_id) is None:
            raise unknown_instance()
        return Scope(source, instance_id)

    def _finish(self, job: Job) -> None:
        if job.outcome == "FINISHED":
            instance: Instance | None = self._instances.get(job.instance_id) if job.instance_id else None
            tags = instance.tags if instance else {}
            upload = Upload(dict(job.entities), dict(job.relationships), job.partial_types, tags)
            job.entity_changes, job.relationship_changes = self._graph.ingest(job.scope, upload)
            job.entity_changes.create_errors += job.duplicates["entities"]
            job.relationship_changes.create_errors += job.duplicates["relationships"]
        job.end(job.outcome, self._now())

    def _awaiting_uploads(self, job_id: str) -> Job:
        job = self._job(job_id)
        if job.status != "AWAITING_UPLOADS":
            raise not_awaiting_uploads()
        return job

    def _job(self, job_id: str) -> Job:
        try:
            return self._jobs[job_id]
        except KeyError:
            raise not_found("The synchronization job") from None

    def _now(self) -> int:
        return milliseconds(self._clock.now())


def _check_served(body: Body) -> None:
    if body.get("syncMode") not in (None, "DIFF"):
        raise not_in_sandbox("a syncMode other than DIFF")
    if body.get("integrationJobId") is not None:
        raise not_in_sandbox("integrationJobId")


def _partial_types(body: Body) -> frozenset[str]:
    partial = body.get("partialDatasets", {})
    types = partial.get("types", []) if isinstance(partial, Mapping) else None
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        raise invalid('"partialDatasets.types" should be an array of texts.')
    return frozenset(types)


def _is_event(event: Any) -> bool:
    return isinstance(event, dict) and all(isinstance(event.get(name), str) for name in ("name", "description"))
