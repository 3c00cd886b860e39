"""Entities as unions of documents: confirmed, changed, removed, and read back as they were."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from collector.store import ROW, PartAge, RunGraph, Store

from .graph import ACCOUNT, ADA, BOB, CYD, account, begin, collect, finish, keys, user


def history(path: Path, key: str) -> list[tuple[str, int, int | None]]:
    """(part, from_run, to_run) of all facts about an entity."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT part, from_run, to_run FROM part JOIN entity ON entity.id = part.entity"
            " WHERE key = ? ORDER BY part, from_run",
            (key,),
        ).fetchall()
    connection.close()
    return rows


def count_documents(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        (count,) = connection.execute("SELECT count(*) FROM document").fetchone()
    connection.close()
    assert isinstance(count, int)
    return count


def test_an_entity_is_the_union_of_its_parts(store: Store) -> None:
    run = begin(store, AccountName="acme")
    run.put(ADA, "settings", {"inMeetingChat": True, "displayName": "never over the row"}, 1000)
    run.put(ADA, "meeting_security", {"inMeetingChat": False, "meetingSecurityWaitingRoom": True}, 1000)
    run.put(ADA, ROW, user("Ada"), 1000)
    finish(run)
    expected = {
        "_key": "zoom_user:ada",
        "_type": "zoom_user",
        "_class": ["User"],
        "displayName": "Ada",
        "id": "ada",
        "inMeetingChat": False,  # of meeting_security, which comes before settings
        "meetingSecurityWaitingRoom": True,
        "tag.AccountName": "acme",
    }
    entity = store.entity(ADA)
    assert entity == expected
    assert list(entity) == list(expected)
    assert list(store.entities("zoom_user")) == [expected]


def test_without_a_row_there_is_no_entity(store: Store) -> None:
    run = begin(store)
    run.put(ADA, "settings", {"inMeetingChat": True}, 1000)
    finish(run)
    assert store.entity(ADA) is None
    assert list(store.entities("zoom_user")) == []
    assert store.entity_types() == []
    assert not run.exists(ADA)


def test_equal_documents_are_kept_once(store: Store, path: Path) -> None:
    run = begin(store)
    run.put(ADA, "settings", {"a": 1, "b": [True, False]}, 1000)
    run.put(BOB, "settings", {"b": [True, False], "a": 1}, 1000)
    run.commit()
    run.put(CYD, "settings", {"a": 1, "b": [True, False]}, 1000)
    run.commit()
    assert count_documents(path) == 1


def test_the_different_documents_of_a_part_are_counted(store: Store) -> None:
    run = begin(store)
    for name, said in (("Ada", True), ("Bob", False), ("Cyd", True), ("Dan", None), ("Gone", True)):
        run.put(f"zoom_user:{name.lower()}", ROW, user(name), 1000)
        if said is not None:
            run.put(f"zoom_user:{name.lower()}", "settings", {"inMeetingChat": said}, 1000)
    run.put("zoom_group:ada", "settings", {"inMeetingChat": True}, 1000)
    run.put(ADA, "settings", {"inMeetingChat": False}, 1000)
    run.remove("zoom_user:gone")
    finish(run)
    found = {properties["inMeetingChat"]: count for properties, count in store.documents("zoom_user", "settings")}
    assert found == {True: 1, False: 2}


def test_values_come_back_as_they_were(store: Store) -> None:
    properties = user("Ada", pmi=9007199254740993, groupIds=[], dept='Ünïcode ☂ "quoted" \x00', verified=True)
    run = begin(store)
    run.put(ADA, ROW, properties, 1000)
    finish(run)
    assert store.entity(ADA) == {"_key": ADA, **properties}


def test_not_a_number_is_refused_and_harms_nothing(store: Store) -> None:
    run = begin(store)
    run.put(ADA, ROW, user("Ada"), 1000)
    with pytest.raises(ValueError, match="not JSON compliant"):
        run.put(BOB, ROW, {"x": float("nan")}, 1000)
    finish(run)
    assert keys(store) == [ADA]


def test_a_confirmed_part_only_gets_younger(store: Store, path: Path) -> None:
    for read_at in (1000, 5000):
        run = begin(store)
        run.put(ADA, ROW, user("Ada"), read_at)
        finish(run)
    assert history(path, ADA) == [("row", 1, None)]
    assert store.parts(ADA) == [PartAge("row", read_at=5000, read_run=2, from_run=1)]


def test_a_changed_part_is_followed_by_a_new_one(store: Store, path: Path) -> None:
    for dept in ("Engines", "Looms"):
        run = begin(store)
        run.put(ADA, ROW, user("Ada", dept=dept), 1000)
        finish(run)
    assert history(path, ADA) == [("row", 1, 2), ("row", 2, None)]
    assert [entity["dept"] for entity in store.entities("zoom_user")] == ["Looms"]
    assert [entity["dept"] for entity in store.entities("zoom_user", run=1)] == ["Engines"]


def test_changing_twice_in_a_run_leaves_one_step_of_history(store: Store, path: Path) -> None:
    collect(store, "Ada")
    run = begin(store)
    run.put(ADA, ROW, user("Ada", dept="first"), 1000)
    run.put(ADA, ROW, user("Ada", dept="second"), 1000)
    run.commit()
    assert history(path, ADA) == [("row", 1, 2), ("row", 2, None)]
    assert run.value(ADA, ROW, "dept") == "second"


def test_changing_there_and_back_in_a_run_is_no_change(store: Store, path: Path) -> None:
    collect(store, "Ada")
    run = begin(store)
    run.put(ADA, ROW, user("Ada", dept="for a moment"), 1000)
    run.put(ADA, ROW, user("Ada"), 1000)
    run.commit()
    assert history(path, ADA) == [("row", 1, None)]
    assert run.was_listed(ADA)


def test_removed_and_found_again_in_a_run_is_no_change(store: Store, path: Path) -> None:
    collect(store, "Ada")
    run = begin(store)
    run.remove(ADA)
    assert not run.exists(ADA)
    run.put(ADA, ROW, user("Ada"), 1000)
    run.commit()
    assert history(path, ADA) == [("row", 1, None)]


def test_added_and_removed_in_a_run_leaves_no_history(store: Store, path: Path) -> None:
    run = begin(store)
    run.put(ADA, ROW, user("Ada"), 1000)
    run.put(ADA, "settings", {"a": 1}, 1000)
    run.remove(ADA)
    run.commit()
    assert history(path, ADA) == []


def test_one_part_can_be_removed(store: Store, path: Path) -> None:
    run = begin(store)
    run.put(ADA, ROW, user("Ada"), 1000)
    run.put(ADA, "settings", {"inMeetingChat": True}, 1000)
    finish(run)
    run = begin(store)
    run.remove_part(ADA, "settings")
    finish(run)
    assert history(path, ADA) == [("row", 1, None), ("settings", 1, 2)]
    assert "inMeetingChat" not in (store.entity(ADA) or {})


def test_reading_through_a_run(store: Store) -> None:
    collect(store, "Ada", "Bob")
    run = begin(store)
    run.put(BOB, ROW, user("Bob"), 7000)
    run.put(CYD, ROW, user("Cyd"), 7000)
    assert [run.exists(key) for key in (ADA, BOB, CYD, "zoom_user:dan")] == [True, True, True, False]
    assert [run.was_listed(key) for key in (ADA, BOB, CYD, "zoom_user:dan")] == [False, True, True, False]
    assert run.part_read_at(ADA, ROW) == 1000
    assert run.part_read_at(BOB, ROW) == 7000
    assert run.part_read_at(ADA, "settings") is None
    assert run.value(ADA, ROW, "displayName") == "Ada"
    assert run.value(ADA, ROW, "dept") is None
    assert run.value(ADA, "settings", "dept") is None
    assert list(run.keys("zoom_user")) == [ADA, BOB, CYD]
    assert list(run.keys("zoom_user", listed_only=True)) == [BOB, CYD]
    assert run.missing_keys("zoom_user") == [ADA]
    assert run.missing_keys("zoom_group") == []


def test_writing_while_walking_over_many_keys(store: Store) -> None:
    names = [f"user{number:04}" for number in range(2500)]
    collect(store, *names)
    run = begin(store)
    walked = []
    for key in run.keys("zoom_user"):
        walked.append(key)
        if key.endswith("7"):
            run.remove(key)
        else:
            run.put(key, "settings", {"walked": True}, 2000)
        run.commit()
    assert walked == [f"zoom_user:{name}" for name in names]
    assert store.count("zoom_user") == 2250
    assert sum(entity.get("walked") is True for entity in store.entities("zoom_user")) == 2250


def test_every_earlier_graph_can_be_read_back(store: Store) -> None:
    first = collect(store, "Ada", "Bob")
    second = collect(store, "Bob", "Cyd")
    third = collect(store, "Ada", "Cyd")
    assert keys(store, run=first) == [ADA, BOB]
    assert keys(store, run=second) == [BOB, CYD]
    assert keys(store, run=third) == keys(store) == [ADA, CYD]


def test_types_with_a_common_prefix(store: Store) -> None:
    run = begin(store)
    for key in ("zoom_user:1", "zoom_user_setting:1", "zoom_use:1", "zoom_user2:1"):
        run.put(key, ROW, {"_type": key.partition(":")[0], "_class": ["User"]}, 1000)
    run.put(ACCOUNT, ROW, account(), 1000)
    finish(run)
    assert store.entity_types() == ["zoom_account", "zoom_use", "zoom_user", "zoom_user2", "zoom_user_setting"]
    assert keys(store, "zoom_user") == ["zoom_user:1"]
    assert store.count("zoom_user") == 1


def test_the_graph_of_a_run_is_as_it_was_also_of_types_that_have_gone(store: Store) -> None:
    first, second = collect(store, "Ada"), collect(store)

    def graph(run: int) -> dict[str, list[object]]:
        of_run = RunGraph(store, run)
        by_type = (*of_run.entities(), *of_run.relationships())
        return {type_: [found["_key"] for found in objects] for type_, objects in by_type}

    assert store.entity_types() == ["zoom_account"]
    assert graph(first) == {
        "zoom_account": [ACCOUNT],
        "zoom_user": [ADA],
        "zoom_account_has_user": [f"{ACCOUNT}|has|{ADA}"],
    }
    assert graph(second) == {"zoom_account": [ACCOUNT], "zoom_user": [], "zoom_account_has_user": []}


def test_the_tables_read_well_in_sqlite3(store: Store, path: Path) -> None:
    collect(store, "Ada")
    with sqlite3.connect(path) as connection:
        entities = connection.execute("SELECT key, row_json FROM current_entity ORDER BY key").fetchall()
        relationships = connection.execute("SELECT key, type FROM current_relationship").fetchall()
    connection.close()
    assert entities[1] == (
        "zoom_user:ada",
        '{"_class":["User"],"_type":"zoom_user","displayName":"Ada","id":"ada"}',
    )
    assert relationships == [("zoom_account:acme|has|zoom_user:ada", "zoom_account_has_user")]
