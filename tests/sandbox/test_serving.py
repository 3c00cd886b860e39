"""The sandbox on a real socket."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest
import requests

from collector.sandbox import Account, Fault, Sandbox, serves
from collector.sandbox.server import serving
from tests.fakes import BlockedCall


class CrowdedGate(BlockedCall):
    """`crowd` is complete once this many callers are waiting, and the test that waits for them."""

    def __init__(self, waiting: int) -> None:
        super().__init__()
        self.crowd = threading.Barrier(waiting + 1)

    def wait(self, seconds: float) -> None:
        self.crowd.wait(timeout=60)
        super().wait(seconds)


def get(sandbox: Sandbox, url: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {sandbox.issue_token()}"}
    return requests.get(f"{url}/v2/users", headers=headers, timeout=60)


def test_serves_token_and_api(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        environment = sandbox.environment(url)
        assert environment["ZOOM_OAUTH_URL"] == environment["ZOOM_API_URL"] == url
        answer = requests.post(
            f"{environment['ZOOM_OAUTH_URL']}/oauth/token",
            data={"grant_type": "account_credentials", "account_id": environment["ZOOM_ACCOUNT_ID"]},
            auth=(environment["ZOOM_CLIENT_ID"], environment["ZOOM_CLIENT_SECRET"]),
            timeout=60,
        ).json()
        assert answer["api_url"] == url
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        me = requests.get(f"{environment['ZOOM_API_URL']}/v2/users/me", headers=headers, timeout=60)
        assert me.json()["account_id"] == environment["ZOOM_ACCOUNT_ID"]
        assert me.headers["Server"] == "cloudflare"


def test_answers_many_at_once(sandbox: Sandbox) -> None:
    with sandbox.serve() as url, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: get(sandbox, url).status_code, range(64)))
    assert answers == [200] * 64
    assert sandbox.calls.count("/v2/users", 200) == 64


def test_many_answers_come_over_one_connection(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        connection = HTTPConnection(url.removeprefix("http://"), timeout=60)
        connection.connect()
        kept = connection.sock
        for _ in range(3):
            connection.request("GET", "/v2/users", headers={"Authorization": f"Bearer {sandbox.issue_token()}"})
            answer = connection.getresponse()
            assert (answer.status, len(answer.read())) == (200, int(answer.headers["Content-Length"]))
        assert connection.sock is kept
        connection.close()


def test_a_slow_answer_keeps_nobody_else_waiting(account: Account) -> None:
    clock = CrowdedGate(40)
    sandbox = Sandbox(account, clock=clock)
    sandbox.faults.add(Fault("slow", times=40))
    with sandbox.serve() as url, ThreadPoolExecutor(40) as pool:
        slow = [pool.submit(get, sandbox, url) for _ in range(40)]
        clock.crowd.wait(timeout=60)
        assert get(sandbox, url).status_code == 200
        assert not any(answer.done() for answer in slow)
        clock.open.set()
        assert {answer.result().status_code for answer in slow} == {200}


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", b"411"),
        (b"no HTTP at all\r\n\r\n", b"400"),
        (b"PUT /v2/users HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", b"405"),
        (b"HEAD /v2/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", b"404"),
    ],
)
def test_odd_requests_are_answered(sandbox: Sandbox, request_: bytes, status: bytes) -> None:
    with sandbox.serve() as url, socket.create_connection(url.removeprefix("http://").split(":"), timeout=60) as client:
        client.sendall(request_)
        assert status in client.makefile("rb").read().partition(b"\r\n")[0]


def test_an_error_of_the_application_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: object) -> list[bytes]:
        raise LookupError("a mistake")

    with serving(broken) as url:
        assert requests.get(url, timeout=60).status_code == 500
    assert "a mistake" in caplog.text


def test_is_gone_afterwards_and_can_be_served_again(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        assert get(sandbox, url).status_code == 200
    with pytest.raises(requests.ConnectionError):
        get(sandbox, url)
    with sandbox.serve() as url:
        assert get(sandbox, url).status_code == 200


def test_a_connection_can_be_dropped(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("reset"))
    with sandbox.serve() as url:
        with pytest.raises(requests.ConnectionError, match="closed connection without response"):
            get(sandbox, url)
        assert get(sandbox, url).status_code == 200
    assert [call.status for call in sandbox.calls.latest] == [0, 200]


def test_a_connection_can_be_dropped_in_the_middle(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("dropped_body"))
    with sandbox.serve() as url:
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
            get(sandbox, url)
        assert get(sandbox, url).status_code == 200


@pytest.mark.parametrize(
    ("path", "served"),
    [
        ("/users/me", True),
        ("/users/{userId}/settings", True),
        ("/groups/{groupId}/members", True),
        ("/groups/{groupId}/lock_settings", True),
        ("/accounts/me/settings", True),
        ("/groups/{groupId}/admins", False),
        ("/meetings", False),
    ],
)
def test_it_says_what_it_serves(path: str, served: bool) -> None:
    assert serves(path) is served
