"""Made-up accounts, written straight into a store: as many people as wanted, some with settings of their own."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from collector.model.coverage import Coverage, Status
from collector.model.graph import Properties, RelationshipType
from collector.model.setting_levels import LeveledSetting
from collector.model.step import Step, StepResult, StepStatus
from collector.resources.setting_levels import setting_levels
from collector.store import ROW, Run, Store

HAS_GROUP = RelationshipType("zoom_account", "HAS", "zoom_group")
HAS_USER = RelationshipType("zoom_group", "HAS", "zoom_user")
ASSIGNED = RelationshipType("zoom_user", "ASSIGNED", "zoom_role")
_RELATIONSHIPS = (HAS_GROUP, HAS_USER, ASSIGNED)
_TYPES = ("zoom_account", "zoom_user", "zoom_group", "zoom_role")
READ_AT = 1_767_200_000_000
"""2025-12-31, in milliseconds."""
_FIRST = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Linus", "Radia", "Ines", "Jürgen", "Fatima", "Min-jun", "Zoë")
_LAST = ("Byron", "Hopper", "Turing", "Perlman", "Liskov", "García", "O'Brien", "Nakamura", "Eze", "Almeida", "Müller")
_LISTS = ("users?status=active", "users?status=inactive", "users?status=pending")
_WORDS = ("all", "host", "none", "local", "cloud")


def write_account(
    store: Store,
    people: int,
    *,
    groups: int = 12,
    own_settings: float = 0.3,
    seed: int = 1,
    started_at: int = READ_AT,
    coverage: Sequence[Coverage] = (),
    names: Sequence[str] = (),
) -> None:
    """Write a run of an account, in place of what an earlier one had.

    `own_settings`: the share of people with settings of their own. `names`: those of the first people.
    """
    chance = random.Random(seed)
    run = store.begin(started_at, {"tag.AccountName": "Acme"}, fresh=True)
    for type_ in (*_TYPES, *(each.type for each in _RELATIONSHIPS)):
        run.restart_listing(type_)
    _put(run, "zoom_account:acme-id", "Account", {"id": "acme-id", "name": "70001", "displayName": "70001"}, started_at)
    shared = _shared_documents(chance)
    levels = [each for each in setting_levels().settings if each.user is not None]
    _put_levels(run, "zoom_account:acme-id", levels, chance, started_at, is_account=True)
    for role, name, admin in (
        ("0", "Owner", True),
        ("1", "Admin", True),
        ("2", "Member", False),
        ("r-x1", "Helpdesk", True),
    ):
        built_in = role in "012"
        role_row: Properties = {"id": role, "name": name, "displayName": name, "systemRole": built_in, "admin": admin}
        _put(run, f"zoom_role:{role}", "AccessRole", role_row, started_at)
        run.put(f"zoom_role:{role}", "privileges", {"privilegeNames": ["User:Edit", "User:Read"]}, started_at)
    for number in range(groups):
        key = f"zoom_group:g-{number:04}"
        name = f"Team {number}"
        _put(
            run,
            key,
            "Group",
            {"id": f"g-{number:04}", "name": name, "displayName": name, "totalMembers": 3},
            started_at,
        )
        run.put_relationship(HAS_GROUP.between("zoom_account:acme-id", key))
        _put_levels(run, key, levels, chance, started_at, is_account=False)
    for number in range(people):
        name = names[number] if number < len(names) else f"{chance.choice(_FIRST)} {chance.choice(_LAST)} {number}"
        _put_person(run, number, name, groups, shared, chance, own_settings, started_at)
        if number % 1000 == 999:
            run.commit()
    for type_ in _TYPES:
        for key in run.missing_keys(type_):
            run.remove(key)
    for relationship in _RELATIONSHIPS:
        run.remove_missing_relationships(relationship.type)
    whole = [
        Coverage("fetch-account", "account", Status.COMPLETE, True),
        *(Coverage("fetch-users", each, Status.COMPLETE, True) for each in _LISTS),
        Coverage("fetch-groups", "groups", Status.COMPLETE, True),
        Coverage("fetch-roles", "roles", Status.COMPLETE, True),
        Coverage("build-user-and-group-relationship", "members", Status.COMPLETE, True),
        Coverage("build-user-and-role-relationship", "members", Status.COMPLETE, True),
    ]
    told = {(entry.step, entry.dataset) for entry in coverage}
    gaps = [*coverage, *(entry for entry in whole if (entry.step, entry.dataset) not in told)]
    run.finish(started_at + 60_000, 3 if any(each.status.incomplete for each in gaps) else 0, _steps(gaps), gaps, [])
    store.conclude()


def _steps(coverage: Iterable[Coverage]) -> list[StepResult]:
    partial = {each.step for each in coverage if each.is_list and each.status.incomplete}
    types = {"fetch-users": ("zoom_user",), "fetch-groups": ("zoom_group",), "fetch-roles": ("zoom_role",)}
    return [
        StepResult(
            Step(step, step, of),
            StepStatus.PARTIAL if step in partial else StepStatus.SUCCESS,
            of if step in partial else (),
            {},
            1,
            1,
            2,
            (),
        )
        for step, of in types.items()
    ]


def _put(run: Run, key: str, class_: str, row: Properties, read_at: int) -> None:
    run.put(key, ROW, {"_type": key.partition(":")[0], "_class": [class_], **row}, read_at)


def _shared_documents(chance: random.Random) -> dict[str, Properties]:
    documents: dict[str, Properties] = {}
    for setting in setting_levels().settings:
        if setting.user is not None:
            documents.setdefault(setting.user.part, {})[setting.user.property] = _value(setting, chance)
    return documents


def _value(setting: LeveledSetting, chance: random.Random) -> bool | str:
    word = next((word for word in _WORDS if word in setting.description), None)
    return word if word is not None and chance.random() < 0.5 else chance.random() < 0.5


def _put_levels(
    run: Run, key: str, settings: Sequence[LeveledSetting], chance: random.Random, read_at: int, *, is_account: bool
) -> None:
    documents: dict[str, Properties] = {}
    for setting in settings:
        level = setting.account if is_account else setting.group
        for location in level.values[:1]:
            documents.setdefault(location.part, {})[location.property] = chance.random() < 0.5
        for location in level.locks[:1]:
            documents.setdefault(location.part, {})[location.property] = chance.random() < 0.1
    for part, document in documents.items():
        run.put(key, part, document, read_at)


def _put_person(
    run: Run,
    number: int,
    name: str,
    groups: int,
    shared: dict[str, Properties],
    chance: random.Random,
    own_settings: float,
    read_at: int,
) -> None:
    id_ = f"u{number:07}x{chance.getrandbits(64):016x}"
    key = f"zoom_user:{id_}"
    status = "pending" if number % 40 == 39 else "inactive" if number % 15 == 14 else "active"
    role = "0" if number == 0 else "1" if number % 50 == 1 else "r-x1" if number % 60 == 2 else "2"
    member_of = sorted({chance.randrange(groups) for _ in range(chance.choice((0, 1, 1, 2)))}) if groups else []
    email = f"person.{number}@example{number % 3}.com"
    _put(
        run,
        key,
        "User",
        {
            "id": id_,
            "name": name,
            "displayName": name,
            "email": [email],
            "username": [email],
            "emailDomain": [f"example{number % 3}.com"],
            "type": 2 if number % 3 else 1,
            "status": status,
            "isActive": status == "active",
            "dept": chance.choice(("Sales", "Engineering", "Legal", "")) or None,
            "employeeId": f"E-{700_000 + number}",
            "roleId": role,
            "createdOn": READ_AT - chance.randrange(10**11),
            **({"groupIds": [f"g-{each:04}" for each in member_of]} if member_of else {}),
        },
        read_at,
    )
    run.put(key, "activity", {"lastLoginOn": READ_AT - chance.randrange(10**10)}, read_at)
    run.put(key, "access", {"isAdmin": role != "2", "admin": role != "2"}, read_at)
    if status != "pending":
        for part, document in shared.items():
            run.put(key, part, _own(document, chance) if chance.random() < own_settings / 2 else document, read_at)
    run.put_relationship(ASSIGNED.between(key, f"zoom_role:{role}"))
    for each in member_of:
        run.put_relationship(HAS_USER.between(f"zoom_group:g-{each:04}", key))


def _own(document: Properties, chance: random.Random) -> Properties:
    """The document with a few other values."""
    changed = dict(document)
    for name in chance.sample(sorted(document), min(len(document), 3)):
        changed[name] = not changed[name] if isinstance(changed[name], bool) else chance.choice(_WORDS)
    return changed
