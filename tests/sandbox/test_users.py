"""GET /users/me, /users and /users/{id}."""

from __future__ import annotations

import re

from collector.sandbox import Account, Sandbox

from .client import SandboxClient


def test_me_is_the_owner(zoom: SandboxClient, account: Account) -> None:
    me = zoom.document("/users/me")
    assert (me["id"], me["role_id"], me["role_name"]) == (account.owner.id, "0", "Owner")
    assert (me["account_id"], me["account_number"]) == (account.id, account.number)
    assert me["jid"] == f"{account.owner.id.lower()}@xmpp.zoom.us"
    assert re.fullmatch(r"https://us06web\.zoom\.us/j/\d{10}\?pwd=CANARY-.+", me["personal_meeting_url"])


def test_three_listings_hold_everybody(zoom: SandboxClient, account: Account) -> None:
    listed = {
        status: {row["email"] for row in zoom.all_rows("/users", "users", status=status)}
        for status in ("active", "inactive", "pending")
    }
    assert listed == {status: {user.email for user in account.users if user.status == status} for status in listed}


def test_only_active_users_are_listed_unasked(zoom: SandboxClient) -> None:
    assert {row["status"] for row in zoom.all_rows("/users", "users")} == {"active"}


def test_pending_rows_are_short_and_have_no_id(zoom: SandboxClient) -> None:
    rows = zoom.all_rows("/users", "users", status="pending")
    assert {frozenset(row) for row in rows} == {
        frozenset({"email", "type", "verified", "created_at", "status", "role_id"})
    }
    assert {row["created_at"] for row in rows} == {"2025-12-01T12:00:00Z"}


def test_unset_keys_are_left_out_of_rows(zoom: SandboxClient) -> None:
    rows = zoom.all_rows("/users", "users")
    assert any("dept" not in row for row in rows)
    assert not any(row.get("dept") == "" for row in rows)
    assert any("pic_url" not in row for row in rows)
    assert any("last_client_version" not in row for row in rows)


def test_rows_can_be_chosen_by_role(zoom: SandboxClient, account: Account) -> None:
    for role in account.roles:
        listed = {row["id"] for row in zoom.all_rows("/users", "users", role_id=role.id)}
        assert listed == {user.id for user in account.users_with_role(role.id) if user.status == "active"}


def test_host_keys_and_attributes_come_only_when_asked_for(zoom: SandboxClient) -> None:
    plain = zoom.document("/users")["users"][0]
    asked = zoom.document("/users", include_fields="host_key,custom_attributes")["users"][0]
    assert asked.keys() - plain.keys() == {"host_key", "custom_attributes"}


def test_an_unknown_status_is_refused(zoom: SandboxClient) -> None:
    assert zoom.refusal("/users", status="asleep")[:2] == (400, 300)


def test_a_user_is_found_by_id_and_by_email(zoom: SandboxClient, account: Account) -> None:
    for user in account.users:
        if user.status != "pending":
            assert zoom.document(f"/users/{user.id}") == zoom.document(f"/users/{user.email.upper()}")


def test_an_invited_person_is_found_by_email(zoom: SandboxClient, account: Account) -> None:
    invited = account.users_with_status("pending")[0]
    found = zoom.document(f"/users/{invited.email}")
    assert (found["email"], found["status"]) == (invited.email, "pending")


def test_the_removed_are_gone(zoom: SandboxClient, account: Account) -> None:
    leaver = account.users_with_status("active")[5]
    account.remove_user(leaver.id)
    message = f"User does not exist: {leaver.id}."
    assert zoom.refusal(f"/users/{leaver.id}") == (404, 1001, message)
    assert zoom.refusal(f"/users/{leaver.id}/settings") == (404, 1001, message)
    assert leaver.id not in {row["id"] for row in zoom.all_rows("/users", "users")}


def test_answers_carry_the_recorded_headers(zoom: SandboxClient) -> None:
    one, two = zoom.get("/users/me"), zoom.get("/users")
    assert one.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert re.fullmatch(r"v=2\.0;clid=us06;rid=WEB_[0-9A-F]{32}", one.headers["x-zm-trackingid"])
    assert one.headers["x-zm-trackingid"] != two.headers["x-zm-trackingid"]
    assert one.headers["Cache-Control"] == "no-cache, no-store, must-revalidate, no-transform"
    assert (one.headers["X-RateLimit-Category"], two.headers["X-RateLimit-Category"]) == ("Light", "Medium")
    assert {name for name, _ in one.headers if name.startswith("X-RateLimit")} == {"X-RateLimit-Category"}


def test_calls_are_counted(zoom: SandboxClient, sandbox: Sandbox) -> None:
    zoom.get("/users/me")
    zoom.get("/users", page_size=5)
    zoom.get("/users/nobody")
    assert sandbox.calls.count() == 3
    assert sandbox.calls.count("/v2/users") == 1
    assert sandbox.calls.count("/v2/users/<user_id>", 404) == 1
    assert [call.status for call in sandbox.calls.latest] == [200, 200, 404]
    assert sandbox.calls.latest[1][:3] == ("GET", "/v2/users", "page_size=5")
    sandbox.calls.clear()
    assert sandbox.calls.count() == 0
