"""Following `next_page_token` to the end of a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.errors import DeletedMeanwhile, Denied, RestartListing, Unread
from collector.zoom import paging
from collector.zoom.paging import Page, pages

from .conftest import API, SETTINGS, USERS

ADA, BOB, CYD = {"id": "ada"}, {"id": "bob"}, {"id": "cyd"}
EXPIRED = {
    "status_code": 400,
    "json": {"code": 300, "message": "The next page token is either invalid or has expired."},
}
LAST = object()
"""No `next_page_token` at all."""


def page(*rows: dict[str, str], token: object = LAST, total: object = LAST) -> dict[str, object]:
    """An answer with these rows."""
    body: dict[str, object] = {"users": list(rows)}
    if token is not LAST:
        body["next_page_token"] = token
    if total is not LAST:
        body["total_records"] = total
    return {"json": body}


@pytest.fixture
def zoom(requests_mock):
    """Gives these answers in turn, then repeats the last."""

    def answer(*answers: dict[str, object]):
        return requests_mock.get(f"{API}/users", list(answers))

    return answer


def queries(zoom) -> list[str]:
    return [request.query for request in zoom.request_history]


def test_tokens_are_followed_with_the_same_question(client, zoom):
    asked = zoom(page(ADA, token="t1", total=3), page(BOB, token="t2", total=3), page(CYD, token="", total=3))
    assert list(pages(client, USERS, params={"status": "active"})) == [
        Page([ADA], 3),
        Page([BOB], 3),
        Page([CYD], 3),
    ]
    assert queries(asked) == [
        "status=active&page_size=300",
        "status=active&page_size=300&next_page_token=t1",
        "status=active&page_size=300&next_page_token=t2",
    ]


@pytest.mark.parametrize("end", ["", None, LAST])
def test_an_empty_or_missing_token_ends_the_list(client, zoom, end):
    asked = zoom(page(ADA, token=end))
    assert list(pages(client, USERS)) == [Page([ADA], None)]
    assert asked.call_count == 1


def test_tokens_are_passed_back_as_they_came(client, requests_mock):
    requests_mock.get(f"{API}/users", [page(ADA, token="a+b/c=&d é"), page(BOB)])
    list(pages(client, USERS))
    assert requests_mock.last_request.qs["next_page_token"] == ["a+b/c=&d é"]


def test_the_page_size_is_sent_where_there_are_pages(client, zoom):
    asked = zoom(page())
    list(pages(client, USERS))
    list(pages(client, replace(USERS, page_size=50)))
    list(pages(client, replace(USERS, page_size=None)))
    assert queries(asked) == ["page_size=300", "page_size=50", ""]


def test_ids_fill_the_path(client, requests_mock):
    requests_mock.get(f"{API}/users/ada/settings", json={"feature": {}})
    assert list(pages(client, SETTINGS, {"userId": "ada"})) == [Page([{"feature": {}}], 1)]


@pytest.mark.parametrize("total", ["3", None, 3.0, [3], True, -1])
def test_a_total_of_the_wrong_type_is_no_total(client, zoom, total):
    zoom(page(ADA, total=total))
    assert list(pages(client, USERS)) == [Page([ADA], None)]


def test_a_list_that_may_be_missing_is_empty(client, requests_mock):
    requests_mock.get(f"{API}/users", json={"total_records": 0})
    assert list(pages(client, replace(USERS, rows_required=False))) == [Page([], 0)]


@pytest.mark.parametrize("body", [{"total_records": 0}, {"total_records": 0, "users": None}])
def test_no_list_where_none_is_announced_is_an_empty_list_at_once(client, requests_mock, body):
    asked = requests_mock.get(f"{API}/users", json=body)
    assert list(pages(client, USERS)) == [Page([], 0)]
    assert asked.call_count == 1


@pytest.mark.parametrize("total", [LAST, 1, -1, False, "0"])
def test_no_list_where_something_else_is_announced_is_none(client, requests_mock, total):
    requests_mock.get(f"{API}/users", json={} if total is LAST else {"total_records": total})
    with pytest.raises(Unread, match="has no list of objects named users"):
        list(pages(client, USERS))


def test_pages_are_asked_for_as_they_are_taken(client, zoom):
    asked = zoom(page(ADA, token="t1"), page(BOB))
    taken = pages(client, USERS)
    next(taken)
    assert asked.call_count == 1


def rows_and_failure(client, error: type[Exception]) -> tuple[list[object], str]:
    """The rows that came before the listing failed, and the message."""
    rows: list[object] = []

    def take() -> None:
        for one_page in pages(client, USERS):
            rows.extend(one_page.rows)

    with pytest.raises(error) as raised:
        take()
    assert type(raised.value) is error
    return rows, str(raised.value)


def test_a_repeated_token_is_an_endless_list(client, zoom):
    asked = zoom(page(ADA, token="t1"), page(BOB, token="t2"), page(CYD, token="t1"))
    assert rows_and_failure(client, RestartListing) == (
        [ADA, BOB, CYD],
        "Zoom sent the same page token twice for /users",
    )
    assert asked.call_count == 3


def test_one_empty_page_does_not_end_a_list(client, zoom):
    zoom(page(ADA, token="t1"), page(token="t2"), page(BOB))
    assert [one_page.rows for one_page in pages(client, USERS)] == [[ADA], [], [BOB]]


def test_a_second_empty_page_with_a_token_is_an_endless_list(client, zoom):
    zoom(page(ADA, token="t1"), page(token="t2"), page(token="t3"), page(BOB))
    assert rows_and_failure(client, RestartListing) == (
        [ADA],
        "Zoom sent empty pages with a next page for /users",
    )


@pytest.mark.parametrize("total", [LAST, 0, 1, 2, -1, True])
@pytest.mark.parametrize("circle", [[ADA], [ADA, BOB], [ADA, BOB, CYD]])
def test_the_same_pages_again_and_again_are_an_endless_list(client, zoom, total, circle):
    asked = zoom(*(page(circle[number % len(circle)], token=f"t{number}", total=total) for number in range(20)))
    _, message = rows_and_failure(client, RestartListing)
    assert message == "Zoom kept sending the same pages for /users"
    assert asked.call_count == len(circle) + 6  # five to spare, and the one too many


def test_a_repeated_page_does_not_end_a_list(client, zoom):
    zoom(page(ADA, token="t1"), page(ADA, token="t2"), page(BOB, token="t3"), page(ADA))
    assert [one_page.rows for one_page in pages(client, USERS)] == [[ADA], [ADA], [BOB], [ADA]]


@pytest.mark.parametrize("total", [0, 1, -1, True, 3])
def test_a_list_longer_than_announced_is_read_to_its_end(client, zoom, total):
    many = [{"id": str(number)} for number in range(20)]
    zoom(*(page(row, token=row["id"], total=total) for row in many), page(BOB, total=total))
    assert [row for one_page in pages(client, USERS) for row in one_page.rows] == [*many, BOB]


def test_pages_smaller_than_asked_for_are_no_endless_list(client, zoom):
    zoom(*(page({"id": str(number)}, token=f"t{number}", total=20) for number in range(19)), page(BOB, total=20))
    assert len(list(pages(client, USERS))) == 20


def test_a_list_without_a_total_has_a_limit(client, zoom, monkeypatch):
    monkeypatch.setattr(paging, "MAX_PAGES", 30)
    asked = zoom(*(page({"id": str(number)}, token=f"t{number}") for number in range(50)))
    _, message = rows_and_failure(client, RestartListing)
    assert message == "/users has more than 30 pages"
    assert asked.call_count == 31


def test_an_expired_token_restarts_the_list(client, zoom):
    asked = zoom(page(ADA, token="t1"), EXPIRED, page(ADA, token="t2"), page(BOB))
    assert [one_page.rows for one_page in pages(client, USERS)] == [[ADA], [ADA], [BOB]]
    assert queries(asked) == [
        "page_size=300",
        "page_size=300&next_page_token=t1",
        "page_size=300",
        "page_size=300&next_page_token=t2",
    ]


def test_the_token_of_an_earlier_pass_may_come_again(client, zoom):
    zoom(page(ADA, token="t1"), EXPIRED, page(ADA, token="t1"), page(BOB))
    assert [one_page.rows for one_page in pages(client, USERS)] == [[ADA], [ADA], [BOB]]


def test_tokens_that_keep_expiring(client, zoom):
    asked = zoom(*[page(ADA, token="t1"), EXPIRED] * 5)
    rows, message = rows_and_failure(client, Unread)
    assert rows == [ADA] * 4
    assert message == "the page tokens of /users expired 4 times before the list ended"
    assert asked.call_count == 8


@pytest.mark.parametrize(
    ("status", "code", "text", "error"),
    [(400, 200, "No permission.", Denied), (404, 4130, "Group does not exist: g.", DeletedMeanwhile)],
)
def test_other_refusals_end_the_listing(client, zoom, status, code, text, error):
    zoom(page(ADA, token="t1"), {"status_code": status, "json": {"code": code, "message": text}})
    assert rows_and_failure(client, error) == ([ADA], f"Zoom says: {text}")


@pytest.mark.parametrize("token", [7, ["t1"], {"t": 1}])
def test_a_repeated_token_of_another_type(client, zoom, token):
    zoom(page(ADA, token=token))
    with pytest.raises(RestartListing, match="twice"):
        list(pages(client, USERS))
