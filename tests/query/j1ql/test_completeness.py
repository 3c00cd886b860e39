"""What an answer does not know is said, with numbers; nothing is called false or absent because it was not read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from collector.clock import SystemClock
from collector.model.coverage import Coverage, Status
from collector.model.graph import ValueType
from collector.model.graph_schema import GraphSchema, PartSource
from collector.model.step import Step, StepResult, StepStatus
from collector.query.j1ql import Answer, QueryRequest, ask
from collector.store import ROW, ReadOnlyDatabase, Store

from .graphs import SCHEMA

USERS, *OTHERS = SCHEMA.entities
COVERED = GraphSchema(
    (
        replace(USERS, parts={**USERS.parts, "settings": PartSource(("settings",), ()), "extra": PartSource(
            ("privileges",), ("t_user_assigned_team",))}, value_types={"flag": ValueType.BOOLEAN}),
        *OTHERS,
    ),
    SCHEMA.relationships,
)  # fmt: skip
SETTINGS = Coverage("fetch-users", "settings", Status.COMPLETE, is_list=False, read=2)
PRIVILEGES = Coverage("fetch-teams", "privileges", Status.COMPLETE, is_list=False, read=1)


def run(
    store: Store, *coverage: Coverage, partial: tuple[str, ...] = (), settings_of: int = 2, extra: bool = False
) -> None:
    """A run that reads three users, the settings of some of them, and perhaps what is derived."""
    run = store.begin(1000, {})
    for number in range(3):
        row = {"_type": "t_user", "_class": ["User"], "name": str(number), "n": number}
        run.put(f"t_user:{number}", ROW, row, 1000)
        if number < settings_of:
            run.put(f"t_user:{number}", "settings", {"flag": True, "word": "a"}, 1000)
        if extra:
            run.put(f"t_user:{number}", "extra", {"both": True}, 1000)
    step = Step("fetch-users", "Fetch Users", ("t_user",))
    result = StepResult(step, StepStatus.PARTIAL if partial else StepStatus.SUCCESS, partial, {"t_user": 3})
    run.finish(2000, 3 if partial else 0, [result], list(coverage), [])


def asked(store: Store, text: str, **choices: Any) -> Answer:
    answer = ask(store, COVERED, QueryRequest(text, **choices), SystemClock())
    answer.rows = iter(list(answer.rows))
    return answer


def test_all_was_read(store: Store) -> None:
    run(store, SETTINGS, PRIVILEGES)
    answer = asked(store, "FIND t_user WITH flag != true")
    assert (answer.complete, answer.warnings) == (True, [])
    assert len(list(answer.rows)) == 1


@pytest.mark.parametrize(
    ("text", "touches"),
    [
        ("FIND t_user WITH flag != true", True),
        ("FIND t_user AS u WHERE u.flag = true RETURN u.name", True),
        ("FIND t_user AS u RETURN u.flag", True),
        ("FIND t_user AS u RETURN u.name ORDER BY u.word", True),
        ("FIND t_user AS u RETURN count(u.flag)", True),
        ("FIND t_user AS u RETURN u.*", True),
        ("FIND t_user", True),
        ("FIND t_user RETURN TREE", True),
        ("FIND 'x'", True),
        ("FIND t_group THAT HAS t_user WITH flag = undefined AS u RETURN count(u)", True),
        ("FIND t_user AS u RETURN u.name", False),
        ("FIND t_user AS u RETURN count(u)", False),
        ("FIND t_group", False),
    ],
)
def test_settings_that_were_never_read_are_counted_where_they_matter(text: str, touches: bool, store: Store) -> None:
    run(store, replace(SETTINGS, status=Status.PARTIAL, missing=1, reason="Zoom did not answer."), PRIVILEGES)
    answer = asked(store, text)
    assert answer.complete is not touches
    said = "`settings` was not read completely: 1 of 3 users were never read; `!=` and `= undefined` count them."
    assert [warning.startswith(said) for warning in answer.warnings] == [True] * touches
    assert all("Reason: Zoom did not answer." in warning for warning in answer.warnings)


@pytest.mark.parametrize("status", [Status.DENIED, Status.NOT_LICENSED, Status.SKIPPED])
def test_settings_that_were_not_read_at_all(status: Status, store: Store) -> None:
    run(store, replace(SETTINGS, status=status, read=0), PRIVILEGES, settings_of=0)
    answer = asked(store, "FIND t_user WITH flag = true")
    assert not answer.complete
    assert "3 of 3 users were never read" in answer.warnings[0]


def test_settings_of_an_earlier_run_are_told_with_their_age(store: Store) -> None:
    run(store, replace(SETTINGS, status=Status.PARTIAL, stale=2, oldest=1_700_000_000_000), PRIVILEGES, settings_of=3)
    answer = asked(store, "FIND t_user WITH flag = true")
    assert not answer.complete
    assert "2 of 3 users come from an earlier run, the oldest of 2023-11-14" in answer.warnings[0]


def test_a_list_that_broke_off(store: Store) -> None:
    run(store, SETTINGS, PRIVILEGES, partial=("t_user", "t_group_has_user"))
    answer = asked(store, "FIND t_user AS u RETURN u.name")
    assert not answer.complete
    assert answer.warnings == [
        "`t_user` was not read completely in run 1 (the graph has 3): some may be missing, others may be gone in Zoom."
    ]
    assert "`t_group_has_user` was not" in " ".join(asked(store, "FIND t_user THAT HAS t_group").warnings)
    assert "`t_group_has_user`" not in " ".join(asked(store, "FIND t_user THAT KNOWS t_user").warnings)


def test_what_follows_from_something_incomplete_is_incomplete(store: Store) -> None:
    run(store, SETTINGS, PRIVILEGES, partial=("t_user_assigned_team",))
    answer = asked(store, "FIND t_user WITH both != true AS u RETURN u.name")
    assert not answer.complete
    assert answer.warnings == [
        "`both` was not read completely: 3 of 3 users have none; `!=` and `= undefined` count them."
        " Reason: `t_user_assigned_team` was not read completely."
    ]


def test_what_is_derived_is_counted_by_who_lacks_it(store: Store) -> None:
    """One document of a team that was not read concerns all who are in it."""
    run(store, SETTINGS, replace(PRIVILEGES, status=Status.PARTIAL, missing=1, reason="Zoom did not answer."))
    (warning,) = asked(store, "FIND t_user WITH both != true AS u RETURN u.name").warnings
    assert warning.startswith("`both` was not read completely: 3 of 3 users have none; ")
    assert warning.endswith(" Reason: Zoom did not answer.")


def test_a_stale_document_is_not_counted_as_a_user(store: Store) -> None:
    run(store, SETTINGS, PRIVILEGES, extra=True)
    run(store, SETTINGS, replace(PRIVILEGES, status=Status.PARTIAL, stale=1, reason="Zoom did not answer."))
    answer = asked(store, "FIND t_user WITH both != true AS u RETURN u.name")
    assert not answer.complete
    assert answer.warnings == [
        "`both` was not read completely: what is known may be out of date. Reason: Zoom did not answer."
    ]


def test_what_a_run_did_not_ask_for_is_from_an_earlier_one(store: Store) -> None:
    run(store, SETTINGS, PRIVILEGES)
    run(store, PRIVILEGES, partial=("t_user",), settings_of=0)
    assert asked(store, "FIND t_user WITH flag != true AS u RETURN u.name").warnings[1:] == [
        "`settings` was not read completely: 2 of 3 users come from an earlier run."
        " Reason: this run did not ask for it."
    ]


def test_parts_of_which_the_same_is_true_share_a_warning(store: Store) -> None:
    unread = replace(SETTINGS, status=Status.DENIED, read=0, reason="Zoom refused.")
    schema = GraphSchema(
        (replace(USERS, parts={"settings": PartSource(("settings",)), "extra": PartSource(("extra",))}), *OTHERS),
        SCHEMA.relationships,
    )
    run(store, unread, replace(unread, dataset="extra"), settings_of=0)
    answer = ask(store, schema, QueryRequest("FIND t_user"), SystemClock())
    assert answer.warnings == [
        "`settings`, `extra` were not read completely: 3 of 3 users were never read; `!=` and `= undefined` count them."
        " Reason: Zoom refused."
    ]


def test_each_run_knows_its_own_gaps(store: Store) -> None:
    run(store, replace(SETTINGS, status=Status.PARTIAL, missing=3), PRIVILEGES, settings_of=0)
    run(store, SETTINGS, PRIVILEGES, settings_of=3)
    text = "FIND t_user WITH flag = true"
    assert asked(store, text).complete
    assert not asked(store, text, run=1).complete
    assert len(list(asked(store, text, run=1).rows)) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FIND t_user WITH flg != true", "t_user has no property `flg`: it is undefined everywhere, so `!=` is "
                                         "true for all; is `flag` meant?"),
        ("FIND t_user AS u RETURN u.xyzzy", "t_user has no property `xyzzy`: it is undefined everywhere"),
        ("FIND (t_user|Team) WITH name = 'a' OR Name = 'a'", "t_user, t_team has no property `Name`: .* `name` meant"),
        ("FIND t_user THAT HAS AS r Group AS g WHERE r.since = 'a'", "Relationships have no property `since`"),
        ("FIND t_group THAT ASSIGNED t_user", "No ASSIGNED leads between t_group and t_user."),
        ("FIND t_user THAT HAS >> t_group", "No HAS >> leads between t_user and t_group."),
        ("FIND t_user WITH flag = 'true'", "`flag` holds booleans, and 'true' is a text: they are never equal."),
        ("FIND t_user AS u WHERE u.n = '1'", "`n` holds numbers, and '1' is a text"),
        ("FIND t_user WITH word = (1 OR 'a')", "`word` holds texts, and 1 is a number"),
        ("FIND t_user WITH name = true", "`name` holds texts, and true is a boolean"),
        ("FIND t_user WITH n < '2026-11-23'", r"`n` holds numbers, and '2026-11-23' is a text: they are never equal\. "
                                              r"A date is written date\(2026-11-23\)\.$"),
        ("FIND t_user WITH flag = 'on'", "`flag` holds booleans, and 'on' is a text: they are never equal.$"),
    ],
)  # fmt: skip
def test_what_nothing_has_or_is_is_a_warning(text: str, said: str, store: Store) -> None:
    run(store, SETTINGS, PRIVILEGES)
    answer = asked(store, text)
    assert answer.complete
    (warning,) = answer.warnings
    assert re.match(said, warning)


@pytest.mark.parametrize("text", ["n = 1", "name = '1'", "flag = true", "name != '2026-11-23'", "word = 'on'"])
def test_values_of_the_right_type_are_no_warning(text: str, store: Store) -> None:
    run(store, SETTINGS, PRIVILEGES)
    assert asked(store, f"FIND t_user WITH {text}").warnings == []


def test_values_of_a_wrong_type_are_looked_for_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run(store, SETTINGS, PRIVILEGES)
    looked_for: list[str] = []
    value = ReadOnlyDatabase.value

    def counted(self: ReadOnlyDatabase, statement: str, parameters: Any = ()) -> Any:
        looked_for.append(statement)
        return value(self, statement, parameters)

    monkeypatch.setattr(ReadOnlyDatabase, "value", counted)
    wrong = [f"'{number}'" for number in range(40)]
    answer = asked(store, f"FIND t_user WITH n = ({' OR '.join(wrong)})")
    assert answer.warnings == [f"`n` holds numbers, and {text} is a text: they are never equal." for text in wrong]
    assert sum("json_type" in statement for statement in looked_for) == 2


def test_of_a_single_entity_it_is_said_in_the_singular(store: Store) -> None:
    run = store.begin(1000, {})
    run.put("t_user:0", ROW, {"_type": "t_user", "_class": ["User"], "name": "0"}, 1000)
    denied = replace(SETTINGS, status=Status.DENIED, read=0, reason="Zoom refused.")
    run.finish(2000, 3, [], [denied, PRIVILEGES], [])
    (warning,) = asked(store, "FIND t_user WITH flag = true").warnings
    assert "1 of 1 user was never read" in warning


def test_what_zoom_refuses_for_inactive_users_is_not_known(store: Store) -> None:
    """The run is complete all the same, but the answer is not."""
    run(store, replace(SETTINGS, unavailable=1), PRIVILEGES)
    answer = asked(store, "FIND t_user WITH flag != true AS u RETURN u.name")
    assert not answer.complete
    assert answer.warnings == [
        "`settings` was not read completely: Zoom refused those of 1 of 3 users, as inactive: kept from an earlier "
        "run, or absent; `!=` and `= undefined` count them."
    ]
