"""Every kind of trouble, where and as often as planned. Dropped connections: test_serving.py."""

from __future__ import annotations

import json

import pytest

from collector.sandbox import Account, Fault, Sandbox
from collector.sandbox.fault import FaultKind

from .client import MovableClock, SandboxClient


def test_strikes_after_and_as_often_as_planned(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_500", after=1, times=2))
    assert [zoom.get("/users/me").status_code for _ in range(5)] == [200, 500, 500, 200, 200]


def test_strikes_until_cleared(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_500", times=None))
    assert {zoom.get("/users/me").status_code for _ in range(5)} == {500}
    sandbox.faults.clear()
    assert zoom.get("/users/me").status_code == 200


def test_strikes_where_planned(zoom: SandboxClient, sandbox: Sandbox, account: Account) -> None:
    settings = f"/users/{account.owner.id}/settings"
    sandbox.faults.add(Fault("status_500", "/users/*/settings", query={"option": "meeting_security"}, times=None))
    assert zoom.get(settings).status_code == 200
    assert zoom.get(settings, option="meeting_authentication").status_code == 200
    assert zoom.get(settings, option="meeting_security").status_code == 500


def test_can_strike_where_a_parameter_is_missing(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_500", "/users", query={"status": None}, times=None))
    assert [zoom.get("/users").status_code, zoom.get("/users", status="inactive").status_code] == [500, 200]


def test_one_fault_after_the_other(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_500", times=2), Fault("qps_429"))
    assert [zoom.get("/users/me").status_code for _ in range(4)] == [500, 500, 429, 200]


REFUSALS: list[tuple[FaultKind, int, int, str]] = [
    ("status_500", 500, 500, "Internal error"),
    ("qps_429", 429, 429, "per-second"),
    ("daily_429", 429, 429, "daily"),
    ("unauthorized", 401, 124, "Invalid access token."),
    ("revoked", 401, 124, "Invalid access token."),
    ("missing_scope", 400, 4711, "does not contain scopes:[user:read:settings:admin, user:read:settings]."),
    ("missing_privilege", 400, 200, "No permission."),
    ("not_licensed", 400, 200, "Only available for paid account"),
    ("vanished_404", 404, 1001, "User does not exist: "),
]


@pytest.mark.parametrize(("kind", "status", "code", "words"), REFUSALS)
def test_refusals(
    zoom: SandboxClient, sandbox: Sandbox, account: Account, kind: FaultKind, status: int, code: int, words: str
) -> None:
    sandbox.faults.add(Fault(kind, "/users/*/settings"))
    refusal = zoom.refusal(f"/users/{account.owner.id}/settings")
    assert refusal[:2] == (status, code)
    assert words in refusal[2]
    assert zoom.get("/users/me").status_code == (401 if kind == "revoked" else 200)


def test_a_refusal_can_say_when_to_come_back(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("qps_429", retry_after="2"), Fault("daily_429"))
    assert zoom.get("/users").headers["Retry-After"] == "2"
    assert zoom.get("/users").headers["Retry-After"] == "2025-12-02T00:00:00Z"


@pytest.mark.parametrize(("path", "refusal"), [("/groups/g", (404, 4130)), ("/roles/r", (400, 1034))])
def test_deleted_groups_and_roles_have_their_own_errors(
    zoom: SandboxClient, sandbox: Sandbox, path: str, refusal: tuple[int, int]
) -> None:
    sandbox.faults.add(Fault("vanished_404", f"{path}/members"))
    assert zoom.refusal(f"{path}/members")[:2] == refusal


@pytest.mark.parametrize(("kind", "status"), [("status_502_html", 502), ("html_200", 200)])
def test_pages_instead_of_json(zoom: SandboxClient, sandbox: Sandbox, kind: FaultKind, status: int) -> None:
    sandbox.faults.add(Fault(kind))
    answer = zoom.get("/users")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_redirects_go_to_another_host(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("redirect"))
    answer = zoom.get("/users")
    assert (answer.status_code, answer.location) == (302, "https://another-region.invalid/v2/users")


def test_slow_answers_take_their_time(zoom: SandboxClient, sandbox: Sandbox, clock: MovableClock) -> None:
    before = clock.now()
    sandbox.faults.add(Fault("slow", delay=30.0))
    assert zoom.get("/users").status_code == 200
    assert clock.now() == before + 30.0


def test_every_answer_can_be_late(account: Account, clock: MovableClock) -> None:
    before = clock.now()
    assert SandboxClient(Sandbox(account, clock=clock, latency=0.25)).get("/users/me").status_code == 200
    assert clock.now() == before + 0.25


def test_json_can_be_cut(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("truncated"))
    answer = zoom.get("/users/me")
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_refusals_can_be_cut_too(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("truncated"))
    answer = zoom.get("/users/nobody")
    assert answer.status_code == 404
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.text)


def test_types_can_be_wrong(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("wrong_types"), Fault("wrong_rows"))
    assert isinstance(zoom.get("/users").json, list)
    assert {type(row) for row in zoom.document("/users")["users"]} == {str}


def test_rows_can_come_twice_or_not_at_all(zoom: SandboxClient, sandbox: Sandbox) -> None:
    good = zoom.document("/users", page_size=5)["users"]
    sandbox.faults.add(Fault("duplicated_rows"), Fault("missing_rows"))
    assert zoom.document("/users", page_size=5)["users"] == [good[0], *good]
    assert zoom.document("/users", page_size=5)["users"] == good[1:]


@pytest.mark.parametrize("kind", ["duplicated_rows", "missing_rows", "empty_page_with_token", "wrong_rows"])
def test_faults_of_lists_leave_documents_alone(zoom: SandboxClient, sandbox: Sandbox, kind: FaultKind) -> None:
    good = zoom.document("/users/me/settings")
    sandbox.faults.add(Fault(kind))
    assert zoom.document("/users/me/settings") == good


def test_an_empty_page_leads_to_the_page_it_hides(zoom: SandboxClient, sandbox: Sandbox, account: Account) -> None:
    sandbox.faults.add(Fault("empty_page_with_token", after=1))
    rows = zoom.all_rows("/users", "users", page_size=20)
    assert [row["id"] for row in rows] == [user.id for user in account.users_with_status("active")]


def test_a_token_can_come_again(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("repeated_token", "/users"))
    token = zoom.document("/users", page_size=5)["next_page_token"]
    assert zoom.document("/users", page_size=5, next_page_token=token)["next_page_token"] == token


def test_a_token_can_expire_early(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("expired_page_token", "/users"))
    token = zoom.document("/users", page_size=5)["next_page_token"]
    message = "The next page token is either invalid or has expired."
    assert zoom.refusal("/users", page_size=5, next_page_token=token) == (400, 300, message)
    assert zoom.get("/users", page_size=5, next_page_token=token).status_code == 200


def test_the_token_endpoint_fails_too(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("status_502_html", "/oauth/token"), Fault("qps_429", "/oauth/token"))
    client = sandbox.app.test_client()
    assert [client.post("/oauth/token").status_code for _ in range(3)] == [502, 429, 400]
