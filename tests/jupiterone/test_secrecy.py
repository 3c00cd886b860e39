"""The API key is in the requests to JupiterOne and nowhere else: not in failures, not in the log, not in a repr."""

from __future__ import annotations

import gzip
import io
import random

import pytest
import requests
import urllib3
from requests_mock import ANY

from collector.errors import CollectorError
from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.instances import Instances
from collector.jupiterone.jobs import Target
from collector.jupiterone.query import Query
from collector.jupiterone.synchronization import Synchronization
from collector.redaction import Secret
from tests.canaries import everything_said_by, found_in

from .conftest import API, GRAPHQL, KEY

ECHO = {"error": {"code": "BAD", "message": f"I do not like the header Authorization: Bearer {KEY}"}}
TELLING = [
    {"status_code": 400, "json": ECHO},
    {"status_code": 401, "json": ECHO},
    {"status_code": 403, "json": ECHO},
    {"status_code": 413, "json": ECHO},
    {"status_code": 429, "json": ECHO},
    {"status_code": 500, "json": ECHO},
    {"status_code": 200, "json": {"errors": [{"message": f"no access for {KEY}"}]}},
    {"status_code": 200, "text": f"<html>{KEY}"},
    {"exc": requests.ConnectionError(f"no route with {KEY}")},
    {"exc": requests.exceptions.InvalidHeader(f"header {KEY}")},
]
ASKING = {
    "start": lambda client: Synchronization(client).start(Target("api", scope="zoom")),
    "abort": lambda client: Synchronization(client).abort("7", "why"),
    "list": lambda client: Instances(client).list(),
    "create": lambda client: Instances(client).create("name"),
    "query": lambda client: Query(client).count_entities("zoom_user", Target("api", scope="zoom")),
}


ESCAPED = "".join(f"\\u{ord(character):04x}" for character in KEY)
WRITTEN = {
    "as it is": KEY.encode(),
    "one escape": (f"\\u{ord(KEY[0]):04X}" + KEY[1:]).encode(),
    "all escapes": ESCAPED.encode(),
    "capital escapes": ESCAPED.upper().replace("\\U", "\\u").encode(),
}


@pytest.mark.parametrize("encode", [bytes, gzip.compress, lambda body: body.decode().encode("utf-16")])
@pytest.mark.parametrize("key", WRITTEN.values(), ids=WRITTEN)
def test_the_key_is_masked_however_it_is_written(client, requests_mock, caplog, key, encode):
    """A stand-in that repeats the request, compressed or escaped, in its body and in its headers."""
    body = encode(b'{"error": {"code": "' + key + b'", "message": "no access for ' + key + b' here"}}')
    headers = {"Content-Encoding": "gzip"} if encode is gzip.compress else {}
    raw = urllib3.HTTPResponse(
        io.BytesIO(body), {**headers, "X-Request-Id": KEY, "Retry-After": KEY}, 400, preload_content=False
    )
    requests_mock.register_uri(ANY, ANY, raw=raw)
    with pytest.raises(CollectorError) as failure:
        ASKING["abort"](client)
    shown = failure.value
    assert "with 400 ***: no access for *** here (request id ***)." in shown.message
    assert found_in("\n".join([shown.message, repr(vars(shown)), caplog.text])) == []


@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
@pytest.mark.parametrize("answer", TELLING, ids=lambda answer: str(answer.get("status_code", "exception")))
def test_no_failure_and_no_log_names_the_key(client, requests_mock, caplog, ask, answer):
    requests_mock.register_uri(ANY, ANY, **answer)
    with pytest.raises(CollectorError) as failure:
        ask(client)
    shown = failure.value
    assert found_in("\n".join([shown.message, shown.next_step, str(shown), repr(vars(shown))])) == []
    assert found_in(caplog.text) == []
    assert all(request.headers["Authorization"] == f"Bearer {KEY}" for request in requests_mock.request_history)


def test_what_holds_the_key_does_not_show_it(clock):
    access = Access("j1dev", Secret(KEY), API, GRAPHQL)
    client = JupiterOne(access, clock, random.Random(1))
    assert found_in(f"{access!r} {access} {client!r} {vars(client)}") == []


def test_failures_hide_what_caused_them(client, requests_mock):
    requests_mock.post(f"{API}/persister/synchronization/jobs", exc=requests.ConnectionError(f"no route with {KEY}"))
    with pytest.raises(CollectorError) as failure:
        ASKING["start"](client)
    assert failure.value.__suppress_context__ or failure.value.__context__ is None
    assert "no route" not in everything_said_by(failure.value)
