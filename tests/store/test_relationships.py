"""Relationships: stored, ended, visible only between existing entities."""

from __future__ import annotations

import pytest

from collector.model.graph import Relationship
from collector.store import ROW, Store

from .graph import ACCOUNT, ADA, ASSIGNED_ROLE, BOB, GROUP_HAS_USER, HAS_USER, begin, collect, finish, user

ADA_OF_ACME = HAS_USER.between(ACCOUNT, ADA)
BOB_OF_ACME = HAS_USER.between(ACCOUNT, BOB)


def test_relationships_come_back_in_the_order_of_their_keys(store: Store) -> None:
    collect(store, "Bob", "Ada")
    assert list(store.relationships("zoom_account_has_user")) == [ADA_OF_ACME, BOB_OF_ACME]
    assert store.relationship_types() == ["zoom_account_has_user"]
    assert store.count("zoom_account_has_user") == 2


def test_the_order_is_that_of_the_whole_key(store: Store) -> None:
    run = begin(store)
    for key in ("zoom_group:a", "zoom_group:a1"):
        run.put(key, ROW, {"_type": "zoom_group", "_class": ["Group"]}, 1000)
        run.put(ADA, ROW, user("Ada"), 1000)
        run.put_relationship(GROUP_HAS_USER.between(key, ADA))
    finish(run)
    assert [relationship.key for relationship in store.relationships("zoom_group_has_user")] == [
        "zoom_group:a1|has|zoom_user:ada",  # 1 comes before |
        "zoom_group:a|has|zoom_user:ada",
    ]


def test_both_ends_must_exist(store: Store) -> None:
    collect(store, "Ada")
    run = begin(store)
    run.put_relationship(BOB_OF_ACME)
    run.put_relationship(ASSIGNED_ROLE.between(ADA, "zoom_role:2"))
    finish(run)
    assert list(store.relationships("zoom_account_has_user")) == [ADA_OF_ACME]
    assert list(store.relationships("zoom_user_assigned_role")) == []
    assert store.relationships_of(ADA) == [ADA_OF_ACME]
    assert store.relationship_types() == ["zoom_account_has_user"]
    assert store.count("zoom_user_assigned_role") == 0


def test_those_not_seen_again_cease(store: Store) -> None:
    first = collect(store, "Ada", "Bob")
    run = begin(store)
    run.put_relationship(ADA_OF_ACME)
    assert run.remove_missing_relationships("zoom_account_has_user") == 1
    assert run.remove_missing_relationships("zoom_group_has_user") == 0
    finish(run)
    assert list(store.relationships("zoom_account_has_user")) == [ADA_OF_ACME]
    assert list(store.relationships("zoom_account_has_user", run=first)) == [ADA_OF_ACME, BOB_OF_ACME]
    assert list(store.relationships("zoom_account_has_user", run=run.id)) == [ADA_OF_ACME]


def test_they_cease_with_either_end(store: Store) -> None:
    collect(store, "Ada", "Bob")
    run = begin(store)
    run.put("zoom_role:2", ROW, {"_type": "zoom_role", "_class": ["AccessRole"]}, 1000)
    run.put_relationship(ASSIGNED_ROLE.between(ADA, "zoom_role:2"))
    run.put_relationship(ASSIGNED_ROLE.between(BOB, "zoom_role:2"))
    run.remove(ADA)
    finish(run)
    assert store.relationships_of(ADA) == []
    assert store.relationships_of("zoom_role:2") == [ASSIGNED_ROLE.between(BOB, "zoom_role:2")]
    run = begin(store)
    run.put(ADA, ROW, user("Ada"), 1000)
    finish(run)
    assert store.relationships_of(ADA) == []  # who comes back does not bring old relationships along


def test_one_removed_and_seen_again_in_a_run_never_ceased(store: Store) -> None:
    first = collect(store, "Ada")
    run = begin(store)
    run.remove_missing_relationships("zoom_account_has_user")
    run.put_relationship(ADA_OF_ACME)
    finish(run)
    (age,) = store._database.rows("SELECT from_run, to_run FROM relationship")
    assert tuple(age) == (first, None)


def test_ends_may_hold_the_separator(store: Store) -> None:
    odd = HAS_USER.between("zoom_account:a|has|b", "zoom_user:c|d")
    run = begin(store)
    run.put_relationship(odd)
    run.put(odd.source_key, ROW, {"_type": "zoom_account", "_class": ["Account"]}, 1)
    run.put(odd.target_key, ROW, {"_type": "zoom_user", "_class": ["User"]}, 1)
    finish(run)
    assert list(store.relationships(odd.type)) == [odd]


def test_a_key_of_another_making_is_refused(store: Store) -> None:
    run = begin(store)
    with pytest.raises(ValueError, match=r"should be 'zoom_account:acme\|has\|zoom_user:ada'"):
        run.put_relationship(Relationship("my own key", "zoom_account_has_user", "HAS", ACCOUNT, ADA))
