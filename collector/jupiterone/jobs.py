"""The target of a synchronization job, and its report. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from collector.errors import UsageError
from collector.model.graph import JsonObject
from collector.next_steps import Command, NextStep

Source = Literal["integration-external", "integration-managed", "api"]

JOBS = "/persister/synchronization/jobs"
AWAITING_UPLOADS = "AWAITING_UPLOADS"
FINALIZING = frozenset({"FINALIZE_PENDING", "FINALIZING_ENTITIES", "FINALIZING_RELATIONSHIPS"})
FINISHED = "FINISHED"
ABORTED = "ABORTED"


@dataclass(frozen=True)
class Target:
    """What the uploaded graph replaces: the data of an integration instance, or of a scope of source `api`.

    Raises UsageError unless there is an instance for the integration sources, or a scope for `api` (JupiterOne docs,
    sync jobs API reference).
    """

    source: Source = "integration-external"
    instance_id: str | None = None
    scope: str | None = None

    def __post_init__(self) -> None:
        if self.source == "api":
            if not self.scope:
                raise UsageError("The source api needs a scope.", "Name it with --scope.")
            if self.instance_id:
                raise UsageError("The source api takes a scope, no integration instance.", "Leave the instance out.")
        elif self.source in ("integration-external", "integration-managed"):
            if not self.instance_id:
                raise UsageError(
                    f"The source {self.source} needs an integration instance.",
                    NextStep(
                        "Create one with `{}`, or name one that `{}` shows.",
                        Command("instance create"),
                        Command("instance list"),
                    ),
                )
            if self.scope:
                raise UsageError("Only the source api takes a scope.", "Leave --scope out, or use --source api.")
        else:
            raise UsageError(
                f"There is no source {self.source}.", "Use integration-external, integration-managed or api."
            )

    def to_json(self) -> dict[str, str]:
        """What a job is created with."""
        body = {"source": str(self.source)}
        if self.instance_id:
            body["integrationInstanceId"] = self.instance_id
        if self.scope:
            body["scope"] = self.scope
        return body


@dataclass(frozen=True)
class Counts:
    """What a job did to the entities or the relationships. Zero until JupiterOne has worked on it.

    An object that did not change is neither created nor updated.
    """

    uploaded: int = 0
    created: int = 0
    updated: int = 0
    deleted: int = 0
    errors: int = 0


@dataclass(frozen=True)
class JobReport:
    """A job as JupiterOne last described it."""

    job_id: str
    status: str
    integration_job_id: str | None
    entities: Counts
    relationships: Counts

    @property
    def awaits_uploads(self) -> bool:
        return self.status == AWAITING_UPLOADS

    @property
    def finalized(self) -> bool:
        """Whether finalizing has started, finished or not."""
        return self.status in FINALIZING or self.status == FINISHED

    @property
    def finished(self) -> bool:
        return self.status == FINISHED

    @property
    def aborted(self) -> bool:
        """Whether it was aborted."""
        return self.status == ABORTED

    @property
    def failed(self) -> bool:
        """Whether the job ended without doing its work."""
        return self.status.startswith(("ABORTED", "ERROR"))


def job_path(job_id: str) -> str:
    """The path of a job."""
    return f"{JOBS}/{quote(job_id, safe='')}"


def is_job_response(answer: JsonObject, job_id: str | None = None) -> bool:
    """Whether an answer describes a job, and this one if named: a sign-in page or a proxy may have answered."""
    job = answer.get("job")
    found = job.get("id") if isinstance(job, Mapping) else None
    return isinstance(found, str) and found != "" and job_id in (None, found)


def job_report(job: JsonObject) -> JobReport:
    """The report from the `job` of an answer; missing counts are 0. Raises ValueError without an id."""
    job_id, status, integration_job_id = job.get("id"), job.get("status"), job.get("integrationJobId")
    if not isinstance(job_id, str) or not job_id:
        raise ValueError("the job has no id")
    return JobReport(
        job_id=job_id,
        status=status if isinstance(status, str) else "UNKNOWN",
        integration_job_id=integration_job_id if isinstance(integration_job_id, str) else None,
        entities=_counts(job, "numEntities", "numEntity"),
        relationships=_counts(job, "numRelationships", "numRelationship"),
    )


def _counts(job: JsonObject, plural: str, singular: str) -> Counts:
    """`numEntitiesCreated` and so on; errors are counted by kind (`numEntityCreateErrors`) and added up here."""
    return Counts(
        uploaded=_number(job, f"{plural}Uploaded"),
        created=_number(job, f"{plural}Created"),
        updated=_number(job, f"{plural}Updated"),
        deleted=_number(job, f"{plural}Deleted"),
        errors=sum(_number(job, f"{singular}{kind}Errors") for kind in ("Create", "Update", "Delete")),
    )


def _number(job: JsonObject, name: str) -> int:
    value = job.get(name)
    return value if isinstance(value, int) else 0
