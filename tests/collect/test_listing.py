"""A complete list: each row once, and as many as Zoom announces."""

from __future__ import annotations

import random

import pytest

from collector.auth import EnvironmentTokenSource
from collector.collect.listing import ListEnd, Rows, read_list
from collector.errors import DailyLimitReached, Denied, RestartListing, SignInRequired, Unread
from collector.redaction import Secret
from collector.resources.declaration import identify_by_id
from collector.settings.choices import ZoomPlan
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import Endpoint, Label, Scopes
from collector.zoom.pacing import Pacer
from tests.fakes import FakeClock

USERS = Endpoint("/users", Label.MEDIUM, Scopes(("user:read:admin",), ("user:read:user",)), "User:Read", rows="users")
ADA, BOB, CYD = {"id": "ada"}, {"id": "bob"}, {"id": "cyd"}
NAMELESS = {"name": "Nobody"}


def page(*rows: object, token: str = "", total: int | None = None) -> dict[str, object]:
    """An answer with these rows."""
    announced = {} if total is None else {"total_records": total}
    return {"json": {"users": list(rows), "next_page_token": token, **announced}}


def refusal(status: int, code: int, message: str) -> dict[str, object]:
    return {"status_code": status, "json": {"code": code, "message": message}}


@pytest.fixture
def read(requests_mock):
    """Reads the list from these answers: the rows, how many there were, and the failure or None."""

    def reading(*answers: dict[str, object]) -> tuple[list[object], int, Exception | None]:
        requests_mock.get("https://api.zoom.us/v2/users", list(answers))
        clock = FakeClock()
        client = ZoomClient(
            EnvironmentTokenSource(Secret("token")),
            Pacer(ZoomPlan.UNLIMITED, 1.0, clock),
            clock,
            random.Random(0),
            oauth_url="https://zoom.us",
        )
        *found, end = read_list(client, USERS, identify=identify_by_id)
        assert isinstance(end, ListEnd)
        assert all(isinstance(rows, Rows) for rows in found)
        assert all(identifier == row["id"] for rows in found for identifier, row in rows.rows)
        return [row for rows in found for _, row in rows.rows], end.read, end.failure

    return reading


def test_a_whole_list(read, requests_mock):
    assert read(page(ADA, BOB, token="t", total=3), page(CYD, total=3)) == ([ADA, BOB, CYD], 3, None)
    assert requests_mock.call_count == 2


def test_an_empty_list_is_whole(read):
    assert read(page(total=0)) == ([], 0, None)


def test_a_list_without_a_total_is_whole_when_it_ends(read):
    assert read(page(ADA, token="t"), page(BOB)) == ([ADA, BOB], 2, None)


@pytest.mark.parametrize(
    "answers",
    [
        [page(ADA, ADA, BOB, total=2)],
        [page(ADA, BOB, token="t", total=2), page(BOB, ADA, total=2)],
    ],
)
def test_duplicate_rows_are_fine(read, answers):
    assert read(*answers) == ([ADA, BOB], 2, None)


def test_more_rows_than_announced_are_fine(read):
    assert read(page(ADA, BOB, CYD, total=2)) == ([ADA, BOB, CYD], 3, None)


def test_duplicates_do_not_make_up_for_missing_rows(read, requests_mock):
    _, count, failure = read(page(ADA, ADA, total=2))
    assert (count, str(failure)) == (1, "/users gave 1 of the 2 rows Zoom announces, also when read again")
    assert requests_mock.call_count == 2


def test_rows_that_were_skipped_are_found_when_read_again(read, requests_mock):
    assert read(page(ADA, CYD, total=3), page(ADA, BOB, CYD, total=3)) == ([ADA, CYD, BOB], 3, None)
    assert requests_mock.call_count == 2


def test_both_passes_together_count(read):
    assert read(page(ADA, BOB, total=3), page(BOB, CYD, total=3)) == ([ADA, BOB, CYD], 3, None)


def test_the_last_announcement_counts(read):
    assert read(page(ADA, token="t", total=3), page(BOB, total=2)) == ([ADA, BOB], 2, None)
    assert read(page(ADA, BOB, total=3), page(ADA, BOB, total=2)) == ([ADA, BOB], 2, None)


def test_rows_that_stay_missing_make_the_list_incomplete(read):
    rows, count, failure = read(page(ADA, BOB, total=3))
    assert (rows, count) == ([ADA, BOB], 2)
    assert type(failure) is Unread
    assert str(failure) == "/users gave 2 of the 3 rows Zoom announces, also when read again"


@pytest.mark.parametrize("nameless", [NAMELESS, {"id": ""}, {"id": None}, {"id": 7}, {"id": ["ada"]}])
@pytest.mark.parametrize("total", [None, 1, 2])
def test_rows_without_an_id_make_the_list_incomplete(read, nameless, total):
    rows, count, failure = read(page(ADA, nameless, total=total))
    assert (rows, count) == ([ADA], 1)
    assert type(failure) is Unread
    assert str(failure) == "1 rows of /users have no id"


def test_a_row_whose_id_came_the_second_time(read):
    assert read(page(ADA, NAMELESS, total=2), page(ADA, BOB, total=2)) == ([ADA, BOB], 2, None)


def test_pages_in_a_circle_that_hold_everybody_are_whole(read):
    assert read(page(ADA, token="t", total=2), page(BOB, token="t", total=2)) == ([ADA, BOB], 2, None)


@pytest.mark.parametrize("total", [None, 0, 1, 3, -2, True])
def test_pages_in_a_circle_otherwise_make_the_list_incomplete(read, requests_mock, total):
    rows, count, failure = read(*[page(ADA, token="t", total=total), page(BOB, token="t", total=total)] * 2)
    assert (rows, count) == ([ADA, BOB], 2)
    assert type(failure) is RestartListing
    assert requests_mock.call_count == 4


@pytest.mark.parametrize("total", [None, 0, 1, -2, True])
def test_a_list_that_ends_by_itself_is_whole_whatever_small_number_is_announced(read, total):
    assert read(page(ADA, token="t", total=total), page(BOB, total=total)) == ([ADA, BOB], 2, None)


def test_the_same_page_under_new_tokens_makes_the_list_incomplete(read):
    rows, count, failure = read(*(page(ADA, token=f"t{number}", total=1 if number else 2) for number in range(50)))
    assert (rows, count, failure) == ([ADA], 1, None)  # the last announcement is what was read
    rows, count, failure = read(*(page(ADA, token=f"t{number}", total=0) for number in range(50)))
    assert (rows, count, type(failure)) == ([ADA], 1, RestartListing)


def test_a_list_that_fails_keeps_earlier_rows(read):
    rows, count, failure = read(page(ADA, token="t", total=2), refusal(400, 200, "No permission."))
    assert (rows, count) == ([ADA], 1)
    assert type(failure) is Denied


def test_a_daily_limit_breaks_a_list_off(read):
    rows, count, failure = read(page(ADA, token="t"), refusal(429, 429, "maximum daily rate limit"))
    assert (rows, count) == ([ADA], 1)
    assert type(failure) is DailyLimitReached


def test_an_expired_page_token_restarts_the_list(read):
    expired = refusal(400, 300, "The next page token is either invalid or has expired.")
    assert read(page(ADA, token="t", total=2), expired, page(ADA, BOB, total=2)) == ([ADA, BOB], 2, None)


def test_a_dead_token_is_not_the_lists_fault(read):
    with pytest.raises(SignInRequired):
        read(refusal(401, 124, "Invalid access token."))
