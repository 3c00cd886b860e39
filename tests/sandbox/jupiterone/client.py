"""Asking a sandbox JupiterOne without a network."""

from __future__ import annotations

import gzip
import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from collector.sandbox.jupiterone import JupiterOneSandbox

JOBS = "/persister/synchronization/jobs"


def user(number: int, **properties: Any) -> dict[str, Any]:
    return {"_key": f"zoom_user:{number}", "_type": "zoom_user", "_class": ["User"], "name": f"N{number}", **properties}


def group(number: int) -> dict[str, Any]:
    return {"_key": f"zoom_group:{number}", "_type": "zoom_group", "_class": ["Group"], "name": f"G{number}"}


def membership(of_group: int, of_user: int) -> dict[str, Any]:
    ends = {"_fromEntityKey": f"zoom_group:{of_group}", "_toEntityKey": f"zoom_user:{of_user}"}
    key = f"{ends['_fromEntityKey']}|has|{ends['_toEntityKey']}"
    return {"_key": key, "_type": "zoom_group_has_user", "_class": "HAS", "displayName": "HAS", **ends}


class SandboxClient:
    """Requests of a client with the key of the sandbox. `headers` may be changed."""

    def __init__(self, sandbox: JupiterOneSandbox) -> None:
        self.sandbox = sandbox
        self.headers = {"Authorization": f"Bearer {sandbox.api_key}", "JupiterOne-Account": sandbox.account}
        self._client: FlaskClient = sandbox.app.test_client()

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """POST to a path below the jobs; bytes are sent as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.post(JOBS + path, data=data, headers={**self.headers, **named})

    def post_gzipped(self, path: str, body: Any) -> TestResponse:
        return self.post(path, gzip.compress(json.dumps(body).encode()), Content_Encoding="gzip")

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, headers=self.headers)

    def start(self, instance_id: str | None = None, **properties: Any) -> str:
        """The id of a new job: of the instance, or as the properties say."""
        body = {"source": "integration-external", "integrationInstanceId": instance_id} if instance_id else {}
        return str(self.good("", {**body, **properties})["job"]["id"])

    def good(self, path: str, body: Any = None) -> dict[str, Any]:
        """The JSON of an answer that must be a good one."""
        answer = self.post(path, body)
        assert answer.status_code == 200, answer.text
        assert isinstance(answer.json, dict)
        return answer.json

    def refusal(self, answer: TestResponse) -> tuple[int, str]:
        """Status and code of an answer that must be an error."""
        assert answer.json is not None
        return answer.status_code, answer.json["error"]["code"]

    def job(self, job_id: str) -> dict[str, Any]:
        answer = self.get(f"{JOBS}/{job_id}")
        assert answer.json is not None
        return dict(answer.json["job"])

    def finish(self, job_id: str, *partial_types: str) -> dict[str, Any]:
        """The job at its end, after it was finalized."""
        self.good(f"/{job_id}/finalize", {"partialDatasets": {"types": list(partial_types)}})
        self.sandbox.finish_jobs()
        return self.job(job_id)

    def sync(
        self, instance_id: str, entities: list[Any], relationships: list[Any] | None = None, *partial_types: str
    ) -> dict[str, Any]:
        """A whole job, from its start to its end."""
        job_id = self.start(instance_id)
        self.good(f"/{job_id}/entities", {"entities": entities})
        self.good(f"/{job_id}/relationships", {"relationships": relationships or []})
        return self.finish(job_id, *partial_types)

    def graphql(self, query: str, /, **variables: Any) -> TestResponse:
        return self._client.post("/graphql", json={"query": query, "variables": variables}, headers=self.headers)

    def data(self, query: str, /, **variables: Any) -> Any:
        """The value of the only field asked for; there must be no errors."""
        answer = self.graphql(query, **variables)
        assert answer.json is not None
        assert "errors" not in answer.json, answer.text
        (value,) = answer.json["data"].values()
        return value

    def graphql_refusal(self, query: str, /, **variables: Any) -> tuple[int, str, str]:
        """Status, code and message of the only error."""
        answer = self.graphql(query, **variables)
        assert answer.json is not None
        (error,) = answer.json["errors"]
        return answer.status_code, error["extensions"]["code"], error["message"]


def counts(job: dict[str, Any], plural: str = "Entities", singular: str = "Entity") -> tuple[int, int, int, int]:
    """Created, updated, deleted, errors."""
    changes = [job[f"num{plural}{name}"] for name in ("Created", "Updated", "Deleted")]
    errors = sum(job[f"num{singular}{name}Errors"] for name in ("Create", "Update", "Delete"))
    return changes[0], changes[1], changes[2], errors


def relationship_counts(job: dict[str, Any]) -> tuple[int, int, int, int]:
    return counts(job, "Relationships", "Relationship")
