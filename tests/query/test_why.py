"""Why a setting has its value: the truth table of level, lock, choice and what was not read."""

from __future__ import annotations

from itertools import product

import pytest

from collector.query.why import Explanation, KnownValue, LevelValues, Verdict, explain, unread_settings

UNREAD = KnownValue(unread="no scope")
LOCK_UNREAD = KnownValue(unread="no lock scope")
SILENT = KnownValue()

VALUES = {"on": KnownValue(True), "off": KnownValue(False), "unread": UNREAD, "silent": SILENT}
LOCKS = {"locked": KnownValue(True), "open": KnownValue(False), "unread": LOCK_UNREAD, "silent": SILENT}


def level(name: str, described: str) -> LevelValues:
    """`on locked` → a level with that value and that lock."""
    value, lock = described.split()
    return LevelValues(name, VALUES[value], LOCKS[lock])


def why(user: str, account: str, groups: str, groups_unread: str = "") -> Explanation:
    """What `explain` says of a user with this value; the groups, parted by commas, are called A, B, ..."""
    described = [each for each in groups.split(", ") if each != "none"]
    return explain(
        VALUES[user],
        level("account", account),
        [level(f"group {name}", each) for name, each in zip("ABC", described, strict=False)],
        groups_unread,
    )


TRUTH_TABLE = """
    # user  | account        | groups                       | verdict                             | level
    # No lock: the default of the first group, or of the account where there is none
    on      | on open        | none                         | the account's default               | account
    off     | off open       | none                         | the account's default               | account
    off     | on open        | none                         | the user's own choice               | account
    on      | on open        | on open                      | the group's default                 | group A
    on      | off open       | on open                      | the group's default                 | group A
    on      | on open        | off open                     | the user's own choice               | group A
    on      | off open       | on open, off open            | the group's default                 | group A
    on      | on open        | off open, on open            | the user's own choice               | group A
    # A lock of the account outweighs whatever the groups say
    on      | on locked      | none                         | locked by the account               | account
    on      | on locked      | off open                     | locked by the account               | account
    on      | on locked      | off locked                   | locked by the account               | account
    on      | on locked      | unread unread                | locked by the account               | account
    on      | unread locked  | off open                     | locked by the account               | account
    off     | on locked      | none                         | differs from what the levels say    | account
    off     | on locked      | off locked                   | differs from what the levels say    | account
    # A lock of a group, whichever it is, outweighs the default of another
    on      | off open       | on locked                    | locked by the group                 | group A
    on      | on open        | on locked                    | locked by the group                 | group A
    on      | off open       | off open, on locked          | locked by the group                 | group B
    on      | off open       | on locked, off locked        | locked by the group                 | group A
    on      | off open       | off locked, on locked        | locked by the group                 | group B
    on      | off open       | unread unread, on locked     | locked by the group                 | group B
    on      | off open       | unread locked                | locked by the group                 | group A
    on      | unread unread  | on locked                    | locked by the group                 | group A
    off     | off open       | on locked                    | differs from what the levels say    | group A
    off     | off open       | off open, on locked          | differs from what the levels say    | group B
    # What was not read might hold the answer
    unread  | on locked      | on locked                    | not known                           |
    silent  | on locked      | on locked                    | not known                           |
    on      | unread unread  | none                         | not known                           |
    on      | on unread      | none                         | not known                           |
    on      | on unread      | on open                      | not known                           |
    on      | unread unread  | on open                      | not known                           |
    on      | unread open    | none                         | not known                           |
    on      | on open        | unread unread                | not known                           |
    on      | on open        | unread open                  | not known                           |
    on      | on open        | on unread                    | not known                           |
    on      | on open        | off open, unread unread      | not known                           |
    off     | off unread     | on locked                    | not known                           |
    # ... or it can not: what differs from the value was not forced on the user
    off     | on unread      | none                         | the user's own choice               | account
    on      | off unread     | on open                      | the group's default                 | group A
    on      | unread open    | on open                      | the group's default                 | group A
    on      | on open        | off unread                   | the user's own choice               | group A
    off     | off open       | on locked, on unread         | differs from what the levels say    | group A
    # A level that was read and says nothing gives no default, and locks nothing that anybody could see
    on      | on silent      | none                         | the account's default               | account
    off     | on silent      | none                         | the user's own choice               | account
    on      | on open        | silent silent                | the account's default               | account
    on      | silent open    | on open                      | the group's default                 | group A
    on      | silent silent  | none                         | not known                           |
    on      | silent locked  | off open                     | locked by the account               | account
    on      | off open       | silent locked                | locked by the group                 | group A
    on      | silent unread  | on open                      | not known                           |
"""
ROWS = [
    tuple(cell.strip() for cell in line.split("|"))
    for line in TRUTH_TABLE.strip().splitlines()
    if "|" in line and not line.lstrip().startswith("#")
]


@pytest.mark.parametrize(("user", "account", "groups", "verdict", "said_by"), ROWS, ids=map(" ".join, ROWS))
def test_the_truth_table(user: str, account: str, groups: str, verdict: str, said_by: str) -> None:
    found = why(user, account, groups)
    assert (found.verdict.value, found.level or "") == (verdict, said_by)
    assert bool(found.because) == (verdict == "not known")


@pytest.mark.parametrize(
    ("account", "verdict"),
    [
        ("on locked", Verdict.LOCKED_BY_ACCOUNT),
        ("off locked", Verdict.DIFFERS),
        ("on open", Verdict.NOT_KNOWN),
        ("off open", Verdict.NOT_KNOWN),
    ],
)
def test_without_knowing_the_groups_only_the_account_can_tell(account: str, verdict: Verdict) -> None:
    assert why("on", account, "none", "the members of the groups were not read").verdict is verdict


def test_every_reason_is_told_once() -> None:
    found = why("on", "on unread", "unread unread, on unread", "the members of the groups were not read")
    assert found.because == (
        "the locks of the account, the group A and the group B were not read (no lock scope)",
        "the members of the groups were not read",
    )


@pytest.mark.parametrize(
    ("user", "account", "groups", "sentence"),
    [
        ("on", "on locked", "none", "Locked by the account."),
        ("on", "off open", "on locked", "Locked by the group A."),
        ("on", "off open", "on open", "The group's default: the group A has this value."),
        ("on", "on open", "on open", "The group's default: the group A has this value, like the account."),
        ("on", "on open", "none", "The account's default."),
        ("off", "on open", "none", "The user's own choice: the default, of the account, is yes."),
        ("on", "on open", "off open", "The user's own choice: the default, of the group A, is no."),
        ("off", "on locked", "none", "Differs from what the levels say: locked by the account, to yes."),
        ("off", "off open", "on locked", "Differs from what the levels say: locked by the group A, to yes."),
        ("on", "on unread", "none", "Not known, because the locks of the account were not read (no lock scope)."),
        ("on", "on silent", "none", "The account's default. Zoom does not say whether the account locks it."),
        ("unread", "on open", "none", "Not known, because the user's settings were not read (no scope)."),
        ("on", "unread open", "none", "Not known, because the settings of the account were not read (no scope)."),
        ("on", "off unread", "on open", "The group's default: the group A has this value."),
        (
            "on",
            "on open",
            "on open, off open",
            "The group's default: the group A has this value, like the account. "
            "The user's groups disagree, and which of them Zoom puts first is not certain.",
        ),
        (
            "on",
            "unread unread",
            "on locked",
            "Locked by the group A. Whether the account locks it, too, is not known, "
            "because the locks of the account were not read (no lock scope).",
        ),
        (
            "on",
            "silent locked",
            "none",
            "Locked by the account. To which value is not known, because Zoom does not say it.",
        ),
        (
            "on",
            "unread locked",
            "none",
            "Locked by the account. To which value is not known, because the settings of the account were not "
            "read (no scope).",
        ),
    ],
)
def test_the_verdict_is_a_sentence(user: str, account: str, groups: str, sentence: str) -> None:
    assert why(user, account, groups).sentence == sentence


def test_many_levels_are_counted() -> None:
    groups = [LevelValues(f"group {number}", UNREAD, LOCK_UNREAD) for number in range(1, 2001)]
    assert unread_settings(groups) == [
        "the settings of the group 1, the group 2, the group 3, the group 4 and 1,996 more were not read (no scope)"
    ]


@pytest.mark.parametrize(
    ("one", "other"), [(["US", "DE"], ["DE", "US"]), (1, 1.0), (True, True), ("all", "all"), ([], [])]
)
def test_values_that_say_the_same(one: object, other: object) -> None:
    account = LevelValues("account", KnownValue(other), KnownValue(False))  # type: ignore[arg-type]
    assert explain(KnownValue(one), account, []).verdict is Verdict.ACCOUNT_DEFAULT  # type: ignore[arg-type]


@pytest.mark.parametrize(("one", "other"), [(["US"], ["US", "DE"]), (1, 2), (True, False), (True, "true"), ("", [])])
def test_values_that_do_not(one: object, other: object) -> None:
    account = LevelValues("account", KnownValue(other), KnownValue(False))  # type: ignore[arg-type]
    assert explain(KnownValue(one), account, []).verdict is Verdict.OWN_CHOICE  # type: ignore[arg-type]


READ = [" ".join(both) for both in product(("on", "off"), ("locked", "open"))]
ANY = [" ".join(both) for both in product(("on", "off", "unread"), ("locked", "open", "unread"))]


def filled(described: str) -> list[str]:
    """What a level may turn out to be when all of it has been read."""
    value, lock = described.split()
    return [
        " ".join(both)
        for both in product(
            ("on", "off") if value == "unread" else (value,), ("locked", "open") if lock == "unread" else (lock,)
        )
    ]


@pytest.mark.parametrize("account", ANY)
def test_what_is_said_in_spite_of_a_gap_is_what_reading_it_may_say(account: str) -> None:
    for groups in [(), *product(ANY), *product(ANY, ANY)]:
        said = why("on", account, ", ".join(groups) or "none")
        if said.verdict is Verdict.NOT_KNOWN:
            continue
        completed = [
            why("on", filled_account, ", ".join(filled_groups) or "none")
            for filled_account in filled(account)
            for filled_groups in product(*map(filled, groups))
        ]
        assert (said.verdict, said.level) in [(each.verdict, each.level) for each in completed], (account, groups)


@pytest.mark.parametrize("account", READ)
def test_all_is_known_where_all_was_read(account: str) -> None:
    for groups in [(), *product(READ), *product(READ, READ)]:
        found = why("on", account, ", ".join(groups) or "none")
        locking = [each for each in (account, *groups) if each.endswith("locked")]
        assert found.verdict is not Verdict.NOT_KNOWN
        by_lock = (Verdict.LOCKED_BY_ACCOUNT, Verdict.LOCKED_BY_GROUP, Verdict.DIFFERS)
        assert (found.verdict in by_lock) == bool(locking)
