"""What `collector changes` and the page leave out because another change tells it already."""

from __future__ import annotations

import pytest

from collector.model.graph import PropertyValue
from collector.model.graph_schema import ROW
from collector.query.change import Change, Kind, Named
from collector.query.change_texts import what_happened, without_repeats

ADA = Named("zoom_user:ada", "Ada")
SALES = Named("zoom_group:sales", "Sales")
ADMIN = Named("zoom_role:1", "Admin")


def moved(into: Named) -> Change:
    return Change(Kind.JOINED, "zoom_user", (ADA,), of=into)


def changed(who: Named, property_: str, old: PropertyValue, new: PropertyValue) -> Change:
    type_ = who.key.partition(":")[0]
    return Change(Kind.CHANGED, type_, (who,), part=ROW, property=property_, old=old, new=new)


@pytest.mark.parametrize(
    ("into", "follows"),
    [
        (SALES, changed(ADA, "groupIds", None, ["sales"])),
        (SALES, changed(SALES, "totalMembers", 1, 2)),
        (ADMIN, changed(ADA, "roleId", "2", "1")),
        (ADMIN, changed(ADMIN, "totalMembers", 1, 2)),
    ],
)
def test_what_follows_from_a_move_is_not_told_again(into: Named, follows: Change) -> None:
    assert [change for change, _ in without_repeats([moved(into), follows])] == [moved(into)]


@pytest.mark.parametrize(
    ("into", "other"),
    [
        (SALES, changed(ADA, "roleId", "2", "1")),  # who holds which role may not have been read
        (ADMIN, changed(ADA, "groupIds", None, ["sales"])),
        (SALES, changed(ADMIN, "totalMembers", 1, 2)),
        (SALES, changed(ADA, "dept", "Legal", "Sales")),
    ],
)
def test_what_a_move_does_not_tell_is_told(into: Named, other: Change) -> None:
    assert [change for change, _ in without_repeats([moved(into), other])] == [moved(into), other]


@pytest.mark.parametrize(
    ("into", "detail", "words"),
    [
        (SALES, "", "joined a group"),
        (SALES, "Sales", "joined group Sales"),
        (ADMIN, "", "got a role"),
        (ADMIN, "Admin", "got role Admin"),
    ],
)
def test_groups_are_joined_and_roles_got(into: Named, detail: str, words: str) -> None:
    assert what_happened(moved(into), detail) == words
