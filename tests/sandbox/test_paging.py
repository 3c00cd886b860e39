"""Lists in pages."""

from __future__ import annotations

import pytest

from collector.sandbox import Account, Sandbox

from .client import MovableClock, SandboxClient

BAD_TOKEN = (400, 300, "The next page token is either invalid or has expired.")


def test_tokens_lead_through_everybody_once(zoom: SandboxClient, account: Account) -> None:
    rows = zoom.all_rows("/users", "users", page_size=7)
    assert [row["id"] for row in rows] == [user.id for user in account.users_with_status("active")]


@pytest.mark.parametrize("size", ["301", "0", "-1", "many"])
def test_impossible_sizes_are_refused(zoom: SandboxClient, size: str) -> None:
    answer = zoom.get("/users", page_size=size)
    assert answer.status_code == 400
    assert answer.json == {
        "code": 300,
        "message": "Validation Failed.",
        "errors": [{"field": "page_size", "message": "Invalid field."}],
    }


def test_a_token_lasts_fifteen_minutes(zoom: SandboxClient, clock: MovableClock) -> None:
    token = zoom.document("/users")["next_page_token"]
    clock.wait(15 * 60 - 1)
    assert zoom.get("/users", next_page_token=token).status_code == 200
    clock.wait(1)
    assert zoom.refusal("/users", next_page_token=token) == BAD_TOKEN


def test_a_token_is_good_for_the_same_question_only(zoom: SandboxClient, account: Account) -> None:
    token = zoom.document("/users", page_size=5)["next_page_token"]
    assert zoom.get("/users", page_size=5, next_page_token=token).status_code == 200
    assert zoom.refusal("/users", page_size=6, next_page_token=token) == BAD_TOKEN
    assert zoom.refusal("/users", page_size=5, status="inactive", next_page_token=token) == BAD_TOKEN
    members = f"/groups/{account.groups[0].id}/members"
    assert zoom.refusal(members, page_size=5, next_page_token=token) == BAD_TOKEN


@pytest.mark.parametrize("token", ["x", "AAAA", "A" * 32, "ü"])
def test_an_invented_token_is_refused(zoom: SandboxClient, token: str) -> None:
    assert zoom.refusal("/users", next_page_token=token) == BAD_TOKEN


def test_the_last_page_has_no_token_or_an_empty_one(account: Account) -> None:
    missing = SandboxClient(Sandbox(account, token_absent_style="missing")).document("/users", page_size=300)
    empty = SandboxClient(Sandbox(account, token_absent_style="empty")).document("/users", page_size=300)
    assert "next_page_token" not in missing
    assert empty["next_page_token"] == ""


def test_rows_can_come_twice(account: Account) -> None:
    rows = SandboxClient(Sandbox(account, dup_rate=1.0)).all_rows("/users", "users", page_size=10)
    active = account.users_with_status("active")
    assert {row["id"] for row in rows} == {user.id for user in active}
    assert len(rows) == len(active) + (len(active) - 1) // 10


def test_rows_can_get_lost(account: Account) -> None:
    rows = SandboxClient(Sandbox(account, skip_rate=1.0)).all_rows("/users", "users", page_size=10)
    active = account.users_with_status("active")
    assert len(rows) == len(active) - (len(active) - 1) // 10


def test_what_comes_twice_follows_from_the_seed(account: Account) -> None:
    def listed(seed: int) -> list[str]:
        asker = SandboxClient(Sandbox(account, dup_rate=0.5, seed=seed))
        return [row["id"] for row in asker.all_rows("/users", "users", page_size=2)]

    assert listed(1) == listed(1) != listed(2)
