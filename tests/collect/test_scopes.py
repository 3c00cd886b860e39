"""Every scope taken away, one at a time: exactly which types become partial, and that all the rest is read."""

from __future__ import annotations

import pytest

from collector.resources import all_resources
from collector.sandbox import CLASSIC_SCOPES, GRANULAR_SCOPES
from tests.served import NEEDED_CLASSIC, NEEDED_GRANULAR

from .profile import Profile, not_complete

ACCOUNT = {"zoom_account"}
ACCOUNT_HAS = {"zoom_account_has_group", "zoom_account_has_role", "zoom_account_has_user"}
USER = {"zoom_user", "zoom_account_has_user", "zoom_group_has_user", "zoom_user_assigned_role"}
GROUP = {"zoom_group", "zoom_account_has_group", "zoom_group_has_user"}
ROLE = {"zoom_role", "zoom_account_has_role", "zoom_user_assigned_role"}

WITHOUT: dict[str, tuple[int, set[str], set[str]]] = {
    # the scope: exit code, partial types, readings denied (not those of steps that depend on them)
    "user:read:admin": (
        3,
        ACCOUNT | ACCOUNT_HAS | USER,
        {"users", "account"},
    ),
    "group:read:admin": (3, GROUP, {"groups"}),
    "role:read:admin": (3, ROLE, {"roles"}),
    "user:read:user:admin": (3, ACCOUNT | ACCOUNT_HAS, {"account"}),
    "user:read:list_users:admin": (3, USER, {"users"}),
    "user:read:settings:admin": (
        3,
        set(),
        {"settings", "meeting_authentication", "recording_authentication", "meeting_security"},
    ),
    "group:read:list_groups:admin": (3, GROUP, {"groups"}),
    "group:read:group:admin": (0, set(), set()),  # nothing here needs it
    "group:read:list_members:admin": (3, {"zoom_group_has_user"}, {"zoom_group_has_user"}),
    "role:read:list_roles:admin": (3, ROLE, {"roles"}),
    "role:read:role:admin": (3, set(), {"privileges"}),
    "role:read:list_members:admin": (3, {"zoom_user_assigned_role"}, {"zoom_user_assigned_role"}),
}

OF_ACCOUNT = [
    f"/v2/accounts/<account_id>/{name}" for name in ("settings", "lock_settings", "managed_domains", "trusted_domains")
]
OF_GROUPS = [f"/v2/groups/<group_id>/{name}" for name in ("settings", "lock_settings")]
ACCOUNT_ROW = {"id", "accountId", "name", "displayName", "vendor"}
GROUP_ROW = {"id", "name", "displayName", "totalMembers", "directoryPrivacy"}

TYPES = {
    "zoom_account": 1,
    "zoom_user": 8,
    "zoom_group": 3,
    "zoom_role": 5,
    "zoom_account_has_user": 8,
    "zoom_account_has_group": 3,
    "zoom_account_has_role": 5,
    "zoom_group_has_user": 5,
    "zoom_user_assigned_role": 8,
}
"""Every type and how many of it there are."""


def test_the_table_names_every_scope_of_both_styles() -> None:
    assert WITHOUT.keys() == NEEDED_CLASSIC | NEEDED_GRANULAR


def test_the_table_names_every_scope_that_is_advised() -> None:
    endpoints = [resource.listing for resource in all_resources()]
    documents = [document for resource in all_resources() for document in resource.documents]
    endpoints += [document.endpoint for document in documents if not document.adds]
    endpoints += [link.members for resource in all_resources() for link in resource.links if link.members]
    assert {scope for endpoint in endpoints for scope in endpoint.scopes.advice} <= WITHOUT.keys()


@pytest.mark.parametrize("scopes", [NEEDED_CLASSIC, NEEDED_GRANULAR], ids=["classic", "granular"])
@pytest.mark.parametrize("scopes_known", [True, False], ids=["told", "untold"])
def test_all_scopes_of_a_style_open_everything(profile: Profile, scopes: frozenset[str], scopes_known: bool) -> None:
    record = profile.collect(scopes=scopes, scopes_known=scopes_known)
    assert record.exit_code == 0
    assert record.partial_types == []
    assert {type_: profile.store.count(type_) for type_ in TYPES} == TYPES


@pytest.mark.parametrize("scopes_known", [True, False], ids=["told", "untold"])
@pytest.mark.parametrize("scope", WITHOUT)
def test_without_one_scope(profile: Profile, scope: str, scopes_known: bool) -> None:
    exit_code, partial, _ = WITHOUT[scope]
    style = NEEDED_CLASSIC if scope in NEEDED_CLASSIC else NEEDED_GRANULAR
    record = profile.collect(scopes=style - {scope}, scopes_known=scopes_known)
    assert record.exit_code == exit_code
    assert set(record.partial_types) == partial
    whole = {type_: count for type_, count in TYPES.items() if type_ not in partial}
    assert {type_: profile.store.count(type_) for type_ in whole} == whole


@pytest.mark.parametrize("scope", WITHOUT)
def test_a_missing_scope_is_named_with_the_one_to_add(profile: Profile, scope: str) -> None:
    _, _, denied = WITHOUT[scope]
    style = NEEDED_CLASSIC if scope in NEEDED_CLASSIC else NEEDED_GRANULAR
    record = profile.collect(scopes=style - {scope})
    named = {entry.dataset for entry in record.coverage if scope in entry.scopes}
    assert named == denied
    assert set(not_complete(record).values()) == ({"denied"} if denied else set())
    gaps = not_complete(record)
    assert all(scope in entry.next_step for entry in record.coverage if entry.scopes and entry.dataset in gaps)


@pytest.mark.parametrize(
    ("scopes", "of_account", "of_a_group"),
    [(NEEDED_GRANULAR, 0, 0), (NEEDED_CLASSIC, 0, 6), (GRANULAR_SCOPES, 9, 6), (CLASSIC_SCOPES, 9, 6)],
    ids=["needed granular", "needed classic", "all granular", "all classic"],
)
def test_the_calls_that_optional_scopes_add(
    profile: Profile, scopes: frozenset[str], of_account: int, of_a_group: int
) -> None:
    record = profile.collect(scopes=scopes)
    assert (record.exit_code, record.partial_types, not_complete(record)) == (0, [], {})
    assert {type_: profile.store.count(type_) for type_ in TYPES} == TYPES
    calls = profile.sandbox.calls
    assert sum(calls.count(template) for template in OF_ACCOUNT) == of_account
    assert sum(calls.count(template) for template in OF_GROUPS) == 3 * of_a_group
    assert calls.count() == 42 + of_account + 3 * of_a_group
    (account,) = profile.store.entities("zoom_account")
    assert ("lockedInMeetingChat" in account) == (of_account > 0)
    groups = list(profile.store.entities("zoom_group"))
    assert ["lockedInMeetingChat" in group for group in groups] == [of_a_group > 0] * 3


def test_without_optional_scopes_the_graph_has_no_property_of_them(profile: Profile) -> None:
    profile.collect(scopes=NEEDED_GRANULAR)
    (account,) = profile.store.entities("zoom_account")
    assert {name for name in account if not name.startswith("_")} == ACCOUNT_ROW
    for group in profile.store.entities("zoom_group"):
        assert {name for name in group if not name.startswith("_")} == GROUP_ROW


def test_write_scopes_of_the_same_family_open_it_too(profile: Profile) -> None:
    assert profile.collect(scopes={"user:write:admin", "group:write:admin", "role:write:admin"}).exit_code == 0


def test_a_token_without_any_scope_reads_nothing_and_deletes_nothing(profile: Profile) -> None:
    profile.collect()
    record = profile.collect(scopes=())
    assert record.exit_code == 3
    assert set(record.partial_types) == TYPES.keys()
    assert {type_: profile.store.count(type_) for type_ in TYPES} == TYPES


@pytest.mark.parametrize(
    "scopes", [{"user:read:user"}, {"user:read", "user_profile"}, {"user:read:user", "user:read:settings"}]
)
def test_a_user_managed_app_is_named_as_such(profile: Profile, scopes: set[str]) -> None:
    record = profile.collect(scopes=scopes)
    told = {entry.next_step for entry in record.coverage if entry.scopes}
    assert told
    assert all(step.startswith("The app is user-managed, so it sees one user only.") for step in told)
