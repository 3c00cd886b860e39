"""An instance's latest jobs in JupiterOne (official Python client 2.3.0: integrationJobs)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.graphql import execute

_JOBS = (
    "query IntegrationJobs($integrationInstanceId: String, $size: Int) "
    "{ integrationJobs(integrationInstanceId: $integrationInstanceId, size: $size) "
    "{ jobs { id status createDate endDate errorsOccurred } } }"
)


@dataclass(frozen=True)
class IntegrationJob:
    """One run of an instance in JupiterOne.

    `status`: IN_PROGRESS, COMPLETED, COMPLETED_WITH_ERRORS or FAILED. Times are milliseconds since 1970, None where
    JupiterOne gives none.
    """

    id: str
    status: str
    created_at: int | None
    ended_at: int | None
    errors_occurred: bool


def latest_jobs(jupiterone: JupiterOne, instance_id: str, limit: int = 5) -> Sequence[IntegrationJob]:
    """The newest jobs of an instance, at most `limit`. Raises AccessRefused, RequestFailed or Interrupted."""
    data = execute(jupiterone, _JOBS, {"integrationInstanceId": instance_id, "size": limit})
    page = data.get("integrationJobs")
    rows = page.get("jobs") if isinstance(page, Mapping) else None
    jobs = [_job(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return sorted(jobs, key=lambda job: job.created_at or 0, reverse=True)[:limit]


def _job(row: Mapping[str, object]) -> IntegrationJob:
    return IntegrationJob(
        id=str(row.get("id") or ""),
        status=str(row.get("status") or "UNKNOWN"),
        created_at=_milliseconds(row.get("createDate")),
        ended_at=_milliseconds(row.get("endDate")),
        errors_occurred=row.get("errorsOccurred") is True,
    )


def _milliseconds(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
