"""The sandbox JupiterOne on a real socket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from collector.sandbox.jupiterone import Fault, Instance, JupiterOneSandbox

from .client import JOBS, SandboxClient, user


def test_takes_six_batches_at_once(sandbox: JupiterOneSandbox, instance: Instance, jupiterone: SandboxClient) -> None:
    job_id = jupiterone.start(instance.id)
    with sandbox.serve() as url, ThreadPoolExecutor(6) as pool:
        upload = f"{sandbox.environment(url)['JUPITERONE_API_BASE_URL']}{JOBS}/{job_id}/entities"
        bodies = [{"entities": [user(batch * 50 + number) for number in range(50)]} for batch in range(24)]
        headers = jupiterone.headers
        answers = pool.map(lambda body: requests.post(upload, json=body, headers=headers, timeout=60), bodies)
        assert {answer.status_code for answer in answers} == {200}
    assert jupiterone.finish(job_id)["numEntitiesCreated"] == 1200


def test_serves_graphql_and_deferred_results(sandbox: JupiterOneSandbox, jupiterone: SandboxClient) -> None:
    with sandbox.serve() as url:
        body = {"query": '{ queryV1(query: "FIND zoom_user LIMIT 1", deferredResponse: FORCE) { url } }'}
        graphql = sandbox.environment(url)["JUPITERONE_GRAPHQL_URL"]
        answer = requests.post(graphql, json=body, headers=jupiterone.headers, timeout=60).json()
        address = answer["data"]["queryV1"]["url"]
        assert address.startswith(url)
        assert requests.get(address, timeout=60).json()["status"] == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("lost_answer"), requests.ConnectionError),
        (Fault("dropped_body"), (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)),
    ],
)
def test_a_connection_can_be_dropped(
    sandbox: JupiterOneSandbox, jupiterone: SandboxClient, fault: Fault, error: type
) -> None:
    sandbox.faults.add(fault)
    with sandbox.serve() as url, pytest.raises(error):
        requests.post(url + JOBS, json={"source": "api", "scope": "zoom"}, headers=jupiterone.headers, timeout=60)
    assert [job.status for job in sandbox.jobs] == ["AWAITING_UPLOADS"]
