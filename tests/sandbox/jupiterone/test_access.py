"""Keys, accounts and bodies that are accepted."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from collector.sandbox.jupiterone import Instance, JupiterOneSandbox

from .client import JOBS, SandboxClient, user

QUERY = "{ integrationInstancesV2 { instances { id } } }"
LARGE = {"entities": [user(1, note="x" * 2000)]}


@pytest.mark.parametrize(
    ("names", "values", "status"),
    [
        (["JupiterOne-Account"], ["sandbox"], 200),
        (["LifeOmic-Account"], ["sandbox"], 200),
        (["JupiterOne-Account", "LifeOmic-Account"], ["sandbox", "sandbox"], 200),
        (["JupiterOne-Account", "LifeOmic-Account"], ["sandbox", "other"], 403),
        (["JupiterOne-Account"], ["other"], 403),
        ([], [], 403),
    ],
)
def test_the_account_is_named_by_the_newer_or_the_older_header(
    jupiterone: SandboxClient, names: list[str], values: list[str], status: int
) -> None:
    del jupiterone.headers["JupiterOne-Account"]
    jupiterone.headers |= dict(zip(names, values, strict=True))
    assert jupiterone.post("", {"source": "api", "scope": "zoom"}).status_code == status
    assert jupiterone.graphql(QUERY).status_code == status


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer wrong", "Basic abc"])
def test_a_wrong_key_is_refused(jupiterone: SandboxClient, authorization: str) -> None:
    jupiterone.headers["Authorization"] = authorization
    assert jupiterone.refusal(jupiterone.post("", {"source": "api", "scope": "zoom"})) == (401, "UNAUTHORIZED")
    assert jupiterone.refusal(jupiterone.get(f"{JOBS}/any")) == (401, "UNAUTHORIZED")
    assert jupiterone.graphql_refusal(QUERY)[:2] == (401, "UNAUTHORIZED")
    assert jupiterone.sandbox.jobs == []


def test_uploads_may_be_compressed(jupiterone: SandboxClient, instance: Instance) -> None:
    job_id = jupiterone.start(instance.id)
    assert jupiterone.post_gzipped(f"/{job_id}/entities", {"entities": [user(1)]}).status_code == 200
    assert jupiterone.post_gzipped(f"/{job_id}/relationships", {"relationships": []}).status_code == 200
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == 1
    assert [request.gzipped for request in jupiterone.sandbox.requests] == [False, True, True, False]


@pytest.mark.parametrize(
    ("accepts_gzip", "encoding", "body", "refusal"),
    [
        pytest.param(False, "gzip", gzip.compress(b"{}"), (415, "UNSUPPORTED_CONTENT_ENCODING"), id="gzip not taken"),
        pytest.param(True, "br", b"{}", (415, "UNSUPPORTED_CONTENT_ENCODING"), id="brotli"),
        pytest.param(True, "gzip", b"plain", (400, "INVALID_GZIP"), id="not compressed"),
        pytest.param(True, "identity", b"no json", (400, "INVALID_JSON"), id="no JSON"),
    ],
)
def test_bodies_that_cannot_be_read(accepts_gzip: bool, encoding: str, body: bytes, refusal: tuple[int, str]) -> None:
    jupiterone = SandboxClient(JupiterOneSandbox(accepts_gzip=accepts_gzip))
    job_id = jupiterone.start(source="api", scope="zoom")
    assert jupiterone.refusal(jupiterone.post(f"/{job_id}/entities", body, Content_Encoding=encoding)) == refusal


@pytest.mark.parametrize("compressed", [False, True])
def test_large_bodies_are_refused_compressed_or_not(compressed: bool) -> None:
    jupiterone = SandboxClient(JupiterOneSandbox(largest_body=2000))
    job_id = jupiterone.start(source="api", scope="zoom")
    post = jupiterone.post_gzipped if compressed else jupiterone.post
    answer = post(f"/{job_id}/entities", LARGE)
    assert (answer.status_code, answer.json) == (413, {"message": "Request Too Long"})
    assert jupiterone.job(job_id)["numEntitiesUploaded"] == 0


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("GET", "/persister/other", (404, "NOT_FOUND")),
        ("GET", JOBS, (405, "METHOD_NOT_ALLOWED")),
        ("DELETE", f"{JOBS}/any", (405, "METHOD_NOT_ALLOWED")),
    ],
)
def test_other_paths_and_methods(jupiterone: SandboxClient, method: str, path: str, refusal: tuple[int, str]) -> None:
    answer: Any = jupiterone.sandbox.app.test_client().open(path, method=method, headers=jupiterone.headers)
    assert jupiterone.refusal(answer) == refusal


def test_requests_are_recorded(jupiterone: SandboxClient, instance: Instance) -> None:
    job_id = jupiterone.start(instance.id)
    body = json.dumps({"entities": []}).encode()
    jupiterone.post(f"/{job_id}/entities", body, JupiterOne_Correlation_Id="batch-1")
    jupiterone.graphql(QUERY)
    first, upload, query = jupiterone.sandbox.requests
    assert (first.method, first.path, first.operation, first.status) == ("POST", JOBS, "create", 200)
    assert (upload.operation, upload.correlation_id, upload.size) == ("entities", "batch-1", len(body))
    assert (query.path, query.operation, query.account) == ("/graphql", "integrationInstancesV2", "sandbox")
