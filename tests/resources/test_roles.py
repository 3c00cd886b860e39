"""Roles, what they may do, and who is an administrator because of them."""

from __future__ import annotations

import pytest

from collector.resources.roles import convert, convert_privileges, is_admin


@pytest.mark.parametrize(
    ("identifier", "name", "super_admin", "system_role", "admin"),
    [
        ("0", "Owner", True, True, True),
        ("1", "Admin", False, True, True),
        ("2", "Member", False, True, False),
        ("0", "Inhaber", True, True, True),
        ("rHlpDeskAdm1nXy2ZabCdE", "Owner", False, False, None),
        ("00", "Helpdesk", False, False, None),
    ],
)
def test_built_in_roles_are_known_by_their_id(identifier, name, super_admin, system_role, admin):
    role = convert({"id": identifier, "name": name})
    assert (role["superAdmin"], role["systemRole"], role.get("admin")) == (super_admin, system_role, admin)


@pytest.mark.parametrize(
    ("privileges", "admin"),
    [
        (["User:Edit"], True),
        (["Role:Edit"], True),
        (["Group:Edit"], True),
        (["AccountSetting:Edit"], True),
        (["User:Read", "Role:Read", "Group:Read", "AccountSetting:Read"], False),
        (["Recording:Edit", "ZoomRooms:Edit", "IMChatBot:Edit"], False),
        (["user:edit", "User:Edit:Own"], False),
        ([], False),
    ],
)
def test_a_custom_role_is_administrative_by_what_it_may_edit(privileges, admin):
    assert convert_privileges({"id": "custom", "privileges": privileges}).properties == {
        "privilegeNames": sorted(privileges),
        "admin": admin,
    }


def test_privileges_are_sorted_each_once_whatever_zoom_invents():
    body = {"id": "custom", "privileges": ["User:Read", "Brand:New", "User:Read"]}
    assert convert_privileges(body).properties["privilegeNames"] == ["Brand:New", "User:Read"]


@pytest.mark.parametrize("identifier", ["0", "1", "2"])
def test_privileges_do_not_decide_about_built_in_roles(identifier):
    assert convert_privileges({"id": identifier, "privileges": ["User:Read"]}).properties == {
        "privilegeNames": ["User:Read"]
    }


@pytest.mark.parametrize("privileges", [None, "User:Edit", {"User:Edit": True}, 7])
def test_privileges_zoom_did_not_send_are_not_called_none(privileges):
    assert convert_privileges({"id": "custom", "privileges": privileges}).properties == {}
    assert convert_privileges({"id": "custom"}).properties == {}


@pytest.mark.parametrize("identifier", [None, "", 0, 1, ["0"]])
def test_an_answer_that_does_not_say_which_role_it_is_decides_nothing(identifier):
    assert not convert_privileges({"id": identifier, "privileges": ["User:Read"]}).is_expected_kind


@pytest.mark.parametrize("odd", [None, 7, {"name": "User:Edit"}, ["User:Edit"]])
@pytest.mark.parametrize("identifier", ["custom", "0"])
def test_a_list_of_something_else_is_no_list_of_privileges(identifier, odd):
    assert not convert_privileges({"id": identifier, "privileges": ["User:Read", odd]}).is_expected_kind


OWNER, MEMBER, HELPDESK, UNKNOWN = {"admin": True}, {"admin": False}, {"admin": True}, {"name": "Custom"}


@pytest.mark.parametrize(
    ("roles", "access"),
    [
        ([OWNER], {"isAdmin": True, "admin": True}),
        ([MEMBER], {"isAdmin": False, "admin": False}),
        ([MEMBER, HELPDESK], {"isAdmin": True, "admin": True}),
        ([UNKNOWN, OWNER], {"isAdmin": True, "admin": True}),
        ([UNKNOWN], {}),
        ([MEMBER, UNKNOWN], {}),
        ([], {}),
    ],
)
def test_who_is_an_administrator(roles, access):
    """Unknown privileges are never taken for none."""
    assert is_admin(roles) == access
