"""The types of relationships, and their JSON for JupiterOne's tools."""

from __future__ import annotations

import pytest

from collector.model.graph import EntityType, RelationshipType, type_of_key


@pytest.mark.parametrize(
    ("source", "class_", "target", "type_"),
    [
        ("zoom_account", "HAS", "zoom_group", "zoom_account_has_group"),
        ("zoom_account", "HAS", "zoom_role", "zoom_account_has_role"),
        ("zoom_account", "HAS", "zoom_user", "zoom_account_has_user"),
        ("zoom_group", "HAS", "zoom_user", "zoom_group_has_user"),
        ("zoom_user", "ASSIGNED", "zoom_role", "zoom_user_assigned_role"),
        ("zoom_user", "HAS", "zoom_user_device", "zoom_user_has_device"),
        ("zoom_user_device", "IS", "zoom_user", "zoom_user_device_is_user"),
        ("zoom_group", "HAS", "zoom_group", "zoom_group_has_group"),
        ("zoom", "HAS", "zoom", "zoom_has_zoom"),
        ("zoom_room", "USES", "device", "zoom_room_uses_device"),
        ("a_b_c", "HAS", "a_x_c", "a_b_c_has_x_c"),
    ],
)
def test_types(source, class_, target, type_):
    assert RelationshipType(source, class_, target).type == type_


def test_what_is_written_of_a_relationship():
    assigned = RelationshipType("zoom_user", "ASSIGNED", "zoom_role")
    assert assigned.between("zoom_user:ada", "zoom_role:2").to_json() == {
        "_key": "zoom_user:ada|assigned|zoom_role:2",
        "_type": "zoom_user_assigned_role",
        "_class": "ASSIGNED",
        "_fromEntityKey": "zoom_user:ada",
        "_toEntityKey": "zoom_role:2",
        "displayName": "ASSIGNED",
    }


def test_keys_of_entities():
    user = EntityType("User", "zoom_user", ("User",))
    assert user.key("ada") == "zoom_user:ada"
    assert user.key("pending:ada@example.com") == "zoom_user:pending:ada@example.com"


def test_the_type_a_key_belongs_to():
    assert type_of_key("zoom_user:pending:ada@example.com") == "zoom_user"
