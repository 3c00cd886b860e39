"""Finding an entity by what a person types."""

from __future__ import annotations

import pytest

from collector.store import ROW, Store

from .graph import begin, finish, user


@pytest.fixture
def company(store: Store) -> Store:
    run = begin(store)
    run.put(
        "zoom_user:x1", ROW, user("Ada Straße", id="x1", email="Ada@Example.com", username=["ada", "lovelace"]), 1000
    )
    run.put("zoom_user:x2", ROW, user("Bob", id="x2", name="ADA STRASSE", email="bob@example.com"), 1000)
    run.put("zoom_user:x2", "settings", {"email": "not.searched@example.com", "found": True}, 1000)
    run.put("zoom_user:x4", ROW, user("Zoe\u0308 A\u030angström", id="x4", email="Zo\u00eb@ex\u00e4mple.com"), 1000)
    run.put("zoom_user:x5", ROW, user("Σοφος", id="x5", email="Σοφία@παράδειγμα.gr"), 1000)
    run.put("zoom_group:x1", ROW, {"_type": "zoom_group", "_class": ["Group"], "id": "x1"}, 1000)
    run.put("zoom_user:x3", ROW, user("Gone", id="x3"), 1000)
    run.remove("zoom_user:x3")
    finish(run)
    return store


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x1", ["zoom_user:x1"]),
        ("ZOOM_USER:X1", ["zoom_user:x1"]),
        ("ada@example.COM", ["zoom_user:x1"]),
        ("Lovelace", ["zoom_user:x1"]),
        ("ada strasse", ["zoom_user:x1", "zoom_user:x2"]),
        ("ada", ["zoom_user:x1"]),
        ("not.searched@example.com", []),
        ("gone", []),
        ("None", []),
        ("Zo\u00eb \u00c5ngstr\u00f6m", ["zoom_user:x4"]),
        ("ZOE\u0308 A\u030aNGSTRO\u0308M", ["zoom_user:x4"]),
        ("zoe \u0308 angstrom", []),
        ("ZOE\u0308@EXA\u0308MPLE.COM", ["zoom_user:x4"]),
        ("ΣΟΦΟΣ", ["zoom_user:x5"]),
        ("σοφι\u0301α@παρα\u0301δειγμα.GR", ["zoom_user:x5"]),
        ("", []),
    ],
)
def test_find(company: Store, text: str, expected: list[str]) -> None:
    assert [entity["_key"] for entity in company.find("zoom_user", text)] == expected


def test_what_is_found_is_whole(company: Store) -> None:
    (bob,) = company.find("zoom_user", "bob@example.com")
    assert bob["found"] is True
