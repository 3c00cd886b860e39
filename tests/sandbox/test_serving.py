"""The sandbox on a real socket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from collector.sandbox import Fault, Sandbox


def get(sandbox: Sandbox, url: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {sandbox.issue_token()}"}
    return requests.get(f"{url}/v2/users", headers=headers, timeout=5)


def test_serves_token_and_api(sandbox: Sandbox) -> None:
    with sandbox.serve() as url:
        environment = sandbox.environment(url)
        assert environment["ZOOM_OAUTH_URL"] == environment["ZOOM_API_URL"] == url
        answer = requests.post(
            f"{environment['ZOOM_OAUTH_URL']}/oauth/token",
            data={"grant_type": "account_credentials", "account_id": environment["ZOOM_ACCOUNT_ID"]},
            auth=(environment["ZOOM_CLIENT_ID"], environment["ZOOM_CLIENT_SECRET"]),
            timeout=5,
        ).json()
        assert answer["api_url"] == url
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        me = requests.get(f"{environment['ZOOM_API_URL']}/v2/users/me", headers=headers, timeout=5)
        assert me.json()["account_id"] == environment["ZOOM_ACCOUNT_ID"]
        assert me.headers["Server"] == "cloudflare"


def test_answers_many_at_once(sandbox: Sandbox) -> None:
    with sandbox.serve() as url, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: get(sandbox, url).status_code, range(64)))
    assert answers == [200] * 64
    assert sandbox.calls.count("/v2/users", 200) == 64


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
