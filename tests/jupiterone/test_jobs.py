"""What a job is for, and what is read out of JupiterOne's description of it."""

from __future__ import annotations

import pytest

from collector.errors import UsageError
from collector.jupiterone.jobs import Counts, Target, job_report


@pytest.mark.parametrize(
    ("target", "body"),
    [
        (Target(instance_id="i"), {"source": "integration-external", "integrationInstanceId": "i"}),
        (Target("integration-managed", "i"), {"source": "integration-managed", "integrationInstanceId": "i"}),
        (Target("api", scope="s"), {"source": "api", "scope": "s"}),
    ],
)
def test_what_a_job_is_created_with(target, body):
    assert target.to_json() == body


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "needs an integration instance"),
        ({"instance_id": ""}, "needs an integration instance"),
        ({"source": "integration-managed", "scope": "s"}, "needs an integration instance"),
        ({"instance_id": "i", "scope": "s"}, "Only the source api takes a scope"),
        ({"source": "api"}, "needs a scope"),
        ({"source": "api", "scope": "s", "instance_id": "i"}, "takes a scope, no integration instance"),
        ({"source": "elsewhere", "instance_id": "i"}, "There is no source elsewhere"),
    ],
)
def test_what_cannot_be_replaced(arguments, said):
    with pytest.raises(UsageError, match=said) as failure:
        Target(**arguments)
    assert failure.value.next_step


def test_a_report():
    numbers = {
        f"num{name}": number
        for number, name in enumerate(
            (
                *("EntitiesUploaded", "EntitiesCreated", "EntitiesUpdated", "EntitiesDeleted"),
                *("EntityCreateErrors", "EntityUpdateErrors", "EntityDeleteErrors"),
                *("RelationshipsUploaded", "RelationshipsCreated", "RelationshipsUpdated", "RelationshipsDeleted"),
                *("RelationshipCreateErrors", "RelationshipUpdateErrors", "RelationshipDeleteErrors"),
                *("EntityRawDataEntryCreateErrors", "MappedRelationshipCreateErrors"),
            ),
            start=1,
        )
    }
    report = job_report({"id": "7", "status": "FINISHED", "integrationJobId": "8", **numbers})
    assert (report.job_id, report.status, report.integration_job_id) == ("7", "FINISHED", "8")
    assert report.entities == Counts(uploaded=1, created=2, updated=3, deleted=4, errors=5 + 6 + 7)
    assert report.relationships == Counts(uploaded=8, created=9, updated=10, deleted=11, errors=12 + 13 + 14)


def test_a_report_of_a_job_that_says_little():
    report = job_report({"id": "7", "numEntitiesUploaded": "many"})
    assert (report.status, report.integration_job_id, report.entities) == ("UNKNOWN", None, Counts())
    with pytest.raises(ValueError, match="no id"):
        job_report({"status": "FINISHED"})


@pytest.mark.parametrize(
    ("status", "awaits_uploads", "finalized", "finished", "failed"),
    [
        ("AWAITING_UPLOADS", True, False, False, False),
        ("FINALIZE_PENDING", False, True, False, False),
        ("FINALIZING_ENTITIES", False, True, False, False),
        ("FINALIZING_RELATIONSHIPS", False, True, False, False),
        ("FINISHED", False, True, True, False),
        ("ABORTED", False, False, False, True),
        ("ABORTED_DUE_TO_INVALID_CONFIGURATION", False, False, False, True),
        ("ERROR_BAD_DATA", False, False, False, True),
        ("ERROR_UNEXPECTED_FAILURE", False, False, False, True),
        ("UNKNOWN", False, False, False, False),
    ],
)
def test_what_a_status_means(status, awaits_uploads, finalized, finished, failed):
    report = job_report({"id": "7", "status": status})
    assert (report.awaits_uploads, report.finalized, report.finished, report.failed) == (
        awaits_uploads,
        finalized,
        finished,
        failed,
    )
