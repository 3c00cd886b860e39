"""Trouble planned for the OAuth addresses. Dropped connections: test_browser_sign_in.py."""

from __future__ import annotations

import json

import pytest

from collector.sandbox import Fault, Sandbox
from collector.sandbox.fault import FaultKind

from .client import MovableClock
from .sign_in import DEAD, SigningIn


@pytest.fixture
def signing_in(sandbox: Sandbox) -> SigningIn:
    return SigningIn(sandbox)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("status_500", 500),
        ("status_502_html", 502),
        ("html_200", 200),
        ("redirect", 302),
        ("qps_429", 429),
        ("daily_429", 429),
    ],
)
def test_instead_of_an_answer(signing_in: SigningIn, sandbox: Sandbox, kind: FaultKind, status: int) -> None:
    token = signing_in.sign_in()["refresh_token"]
    sandbox.faults.add(Fault(kind, "/oauth/token"), Fault(kind, "/oauth/revoke"))
    assert signing_in.refresh(token).status_code == status
    assert signing_in.revoke(token).status_code == status
    assert signing_in.refresh(token).status_code == 200


def test_one_grant_can_be_picked(signing_in: SigningIn, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_500", "/oauth/token", query={"grant_type": "refresh_token"}, times=None))
    answer = signing_in.sign_in()
    assert signing_in.refresh(answer["refresh_token"]).status_code == 500


def test_slow_answers_take_their_time(signing_in: SigningIn, sandbox: Sandbox, clock: MovableClock) -> None:
    before = clock.now()
    sandbox.faults.add(Fault("slow", "/oauth/token", delay=30.0))
    signing_in.sign_in()
    assert clock.now() == before + 30.0


def test_answers_can_be_cut_or_of_another_type(signing_in: SigningIn, sandbox: Sandbox) -> None:
    token = signing_in.sign_in()["refresh_token"]
    sandbox.faults.add(Fault("truncated", "/oauth/token"), Fault("wrong_types", "/oauth/token", after=1))
    cut = signing_in.refresh(token)
    assert cut.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(cut.text)
    assert signing_in.refresh(token).json == DEAD
    assert signing_in.exchange(signing_in.code()).json == ["unexpected"]


def test_the_consent_page_can_fail(signing_in: SigningIn, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_502_html", "/oauth/authorize"))
    assert [signing_in.page().status_code for _ in range(2)] == [502, 200]


def test_a_lost_answer_is_processed_all_the_same(signing_in: SigningIn, sandbox: Sandbox) -> None:
    token = signing_in.sign_in()["refresh_token"]
    sandbox.faults.add(Fault("lost_answer", "/oauth/token"))
    with pytest.raises(ConnectionResetError):
        signing_in.refresh(token)
    assert signing_in.refresh(token).json == DEAD
    assert [call.status for call in sandbox.calls.latest if call.grant == "refresh_token"] == [0, 400]


def test_a_reset_is_not(signing_in: SigningIn, sandbox: Sandbox) -> None:
    token = signing_in.sign_in()["refresh_token"]
    sandbox.faults.add(Fault("reset", "/oauth/token"))
    with pytest.raises(ConnectionResetError):
        signing_in.refresh(token)
    assert signing_in.refresh(token).status_code == 200
    assert sandbox.refreshes == 2
