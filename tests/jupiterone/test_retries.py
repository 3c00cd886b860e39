"""What is sent again, after which waits, and how often; and what happens when it is not known whether it was done."""

from __future__ import annotations

import random

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from collector.errors import Interrupted, RequestFailed
from collector.jupiterone.connection import MAX_RATE_LIMITED_TRIES, MAX_TRIES, Access, JupiterOne
from collector.redaction import Secret

from .conftest import API, KEY

JOBS = f"{API}/persister/synchronization/jobs"
OK = {"json": {"job": {"id": "7"}}}
BROKEN = {"status_code": 500, "json": {"error": {"code": "INTERNAL", "message": "it broke"}}}
LIMITED = {"status_code": 429, "json": {"error": {"code": "TOO_MANY", "message": "slowly"}}}
GONE = {"exc": requests.ConnectionError("connection reset")}


def post(client, **keywords):
    return client.post("/persister/synchronization/jobs", {"source": "api", "scope": "zoom"}, **keywords)


# What is tried again


@pytest.mark.parametrize("trouble", [BROKEN, GONE, {"text": "<html>"}, {"status_code": 502, "text": "<html>"}])
def test_a_failure_on_the_way_is_waited_out(client, requests_mock, clock, trouble):
    requests_mock.post(JOBS, [trouble, trouble, OK])
    assert post(client) == OK["json"]
    assert clock.waits == [1.0, 2.0]


def test_tries_end(client, requests_mock, clock):
    requests_mock.post(JOBS, **BROKEN)
    with pytest.raises(RequestFailed) as failure:
        post(client, correlation_id="c-1")
    assert requests_mock.call_count == MAX_TRIES
    assert clock.waits == [1.0, 2.0, 4.0, 8.0]
    assert failure.value.message == (
        "JupiterOne: POST /persister/synchronization/jobs (correlation id c-1) failed 5 times, "
        "the last time with 500 INTERNAL: it broke."
    )
    assert failure.value.next_step == (
        "Run the command again later; if it keeps failing, send JupiterOne's support this message."
    )
    assert (failure.value.status, failure.value.code, failure.value.exit_code) == (500, "INTERNAL", 1)


def test_no_answer_at_all_names_the_kind_of_failure(client, requests_mock):
    requests_mock.get(JOBS, exc=requests.ReadTimeout("HTTPSConnectionPool(host='api')"))
    with pytest.raises(RequestFailed, match=r"with no answer \(ReadTimeout\)") as failure:
        client.get("/persister/synchronization/jobs")
    assert "JUPITERONE_API_BASE_URL" in failure.value.next_step


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({}, [1.0, 2.0]),
        ({"Retry-After": "30"}, [30.0, 30.0]),
        ({"RateLimit-Reset": "45"}, [45.0, 45.0]),
        ({"Retry-After": "86400"}, [120.0, 120.0]),
        ({"Retry-After": "0"}, [1.0, 2.0]),
    ],
)
def test_a_rate_limit_is_waited_out(client, requests_mock, clock, headers, waits):
    requests_mock.post(JOBS, [{**LIMITED, "headers": headers}] * 2 + [OK])
    assert post(client) == OK["json"]
    assert clock.waits == waits


def test_a_rate_limit_without_end(client, requests_mock):
    requests_mock.post(JOBS, **LIMITED)
    with pytest.raises(RequestFailed, match="429 TOO_MANY: slowly") as failure:
        post(client)
    assert requests_mock.call_count == MAX_RATE_LIMITED_TRIES
    assert failure.value.next_step == "Run the command again later."


def test_waits_are_spread_by_chance(clock, requests_mock):
    class AllChance(random.Random):
        def random(self) -> float:
            return 1.0

    requests_mock.get(f"{API}/x", [BROKEN, OK])
    JupiterOne(Access("j1dev", Secret(KEY)), clock, AllChance(1)).get("/x")
    assert clock.waits == [1.5]


def test_a_wait_that_is_interrupted(client, requests_mock, monkeypatch):
    def stopped(seconds):
        raise Interrupted("asked to stop")

    monkeypatch.setattr(client.clock, "wait", stopped)
    requests_mock.post(JOBS, **BROKEN)
    with pytest.raises(Interrupted):
        post(client)
    assert requests_mock.call_count == 1


# In doubt


def test_work_that_was_done_though_the_answer_was_lost(client, requests_mock, clock):
    requests_mock.post(JOBS, [GONE, GONE])
    doubts = iter([None, {"done": True}])
    assert post(client, on_lost_response=lambda: next(doubts)) == {"done": True}
    assert (requests_mock.call_count, clock.waits) == (2, [1.0, 2.0])


def test_doubt_has_the_last_word(client, requests_mock):
    requests_mock.post(JOBS, **GONE)
    asked = []
    with pytest.raises(RequestFailed):
        post(client, on_lost_response=lambda: asked.append(1))
    assert (requests_mock.call_count, len(asked)) == (MAX_TRIES, MAX_TRIES)


REFUSED = {"exc": requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused")))}
"""How urllib3 and requests report that nothing listens there."""


@pytest.mark.parametrize("unsent", [REFUSED, {"exc": requests.ConnectTimeout}])
def test_what_was_never_sent_leaves_no_doubt(client, requests_mock, unsent):
    requests_mock.post(JOBS, [unsent, unsent, GONE, unsent, OK])
    asked = []
    post(client, on_lost_response=lambda: asked.append(1))
    assert len(asked) == 2, "after the answer that was lost, until there is one"


@pytest.mark.parametrize("certain", [LIMITED, {"status_code": 400, "json": {}}])
def test_an_answer_leaves_no_doubt(client, requests_mock, certain):
    requests_mock.post(JOBS, [certain, OK] if certain is LIMITED else [certain])
    asked = []
    try:
        post(client, on_lost_response=lambda: asked.append(1))
    except RequestFailed:
        assert certain is not LIMITED
    assert asked == []
