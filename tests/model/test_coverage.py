"""Which gaps make a run incomplete."""

from __future__ import annotations

import pytest

from collector.model.coverage import Coverage, Status, any_incomplete


@pytest.mark.parametrize(
    ("status", "incomplete"),
    [
        (Status.COMPLETE, False),
        (Status.PARTIAL, True),
        (Status.DENIED, True),
        (Status.NOT_LICENSED, False),
        (Status.SKIPPED, False),
        (Status.NOT_GRANTED, False),
    ],
)
def test_denied_and_unread_count_unlicensed_and_skipped_do_not(status, incomplete):
    complete = Coverage("fetch-users", "users?status=active", Status.COMPLETE, is_list=True)
    entry = Coverage("fetch-users", "settings", status, is_list=False)
    assert any_incomplete([complete, entry]) is incomplete


def test_nothing_is_not_incomplete():
    assert not any_incomplete([])


def test_the_words_people_see():
    assert [status.value for status in Status] == [
        "complete",
        "partial",
        "denied",
        "not licensed",
        "skipped",
        "not granted",
    ]
