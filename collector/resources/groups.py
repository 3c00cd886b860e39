"""Groups, who is in them, and what is set and locked for their members."""

from __future__ import annotations

from collector.model.graph import EntityType, JsonObject, Properties, Property, RelationshipType, ValueType
from collector.resources import account, users
from collector.resources.catalogue import (
    GROUP,
    setting_properties,
    settings_document,
    sign_in_method_properties,
    to_property_value,
)
from collector.resources.declaration import Link, Resource, identify_by_id, text, whole_number, zoom_id
from collector.zoom.endpoint import Endpoint, Label, Scopes

_OWN_PROPERTIES = (
    Property("id", "Zoom's id of the group"),
    Property("name", "Name of the group"),
    Property("displayName", "Same as name"),
    Property("totalMembers", "Number of members Zoom counts", ValueType.INTEGER),
    Property("directoryPrivacy", "How visible the group is in the directory (undocumented by Zoom)", ValueType.INTEGER),
    *sign_in_method_properties(),
)

ENTITY = EntityType("Group", "zoom_group", ("Group",), (*_OWN_PROPERTIES, *setting_properties(GROUP)))

_RESERVED_NAMES = frozenset(prop.name for prop in _OWN_PROPERTIES)


def convert(row: JsonObject) -> Properties:
    """A group's properties from a row of the group list."""
    name = to_property_value(text(row, "name") or zoom_id(row))
    properties: Properties = {"id": zoom_id(row), "name": name, "displayName": name}
    for source, target in (("total_members", "totalMembers"), ("directory_privacy", "directoryPrivacy")):
        number = whole_number(row, source)
        if number is not None:
            properties[target] = number
    return properties


_CLASSIC = ("group:read:admin", "group:write:admin")


def _optional(path: str, granular: str) -> Endpoint:
    return Endpoint(
        f"/groups/{{groupId}}/{path}", Label.MEDIUM, Scopes(_CLASSIC, (granular,)), "Group:Read", page_size=None
    )


_SETTINGS = _optional("settings", "group:read:settings:admin")
_LOCKS = _optional("lock_settings", "group:read:lock_settings:admin")

RESOURCE = Resource(
    order=3,
    name="groups",
    entity=ENTITY,
    step_id="fetch-groups",
    step_name="Fetch Groups",
    listing=Endpoint(
        path="/groups",
        label=Label.MEDIUM,
        scopes=Scopes(_CLASSIC, ("group:read:list_groups:admin",)),
        privilege="Group:Read",
        rows="groups",
    ),
    identify=identify_by_id,
    convert=convert,
    documents=(
        *(
            settings_document(part, _SETTINGS, option, _RESERVED_NAMES, GROUP, "the settings of groups")
            for part, option in (
                ("group_settings", None),
                ("group_meeting_security", "meeting_security"),
                ("group_meeting_authentication", "meeting_authentication"),
                ("group_recording_authentication", "recording_authentication"),
            )
        ),
        *(
            settings_document(part, _LOCKS, option, _RESERVED_NAMES, GROUP, "which settings groups lock")
            for part, option in (("group_locks", None), ("group_meeting_security_locks", "meeting_security"))
        ),
    ),
    lookup=Endpoint(
        path="/groups/{groupId}",
        label=Label.LIGHT,
        scopes=Scopes(_CLASSIC, ("group:read:group:admin",)),
        privilege="Group:Read",
        page_size=None,
    ),
    id_placeholder="groupId",
    paid_only=True,
    links=(
        Link(
            step_id="build-user-and-group-relationship",
            step_name="Build User and Group Relationship",
            type=RelationshipType(ENTITY.type, "HAS", users.ENTITY.type),
            members=Endpoint(
                path="/groups/{groupId}/members",
                label=Label.MEDIUM,
                scopes=Scopes(_CLASSIC, ("group:read:list_members:admin",)),
                privilege="Group:Read",
                rows="members",
            ),
            member_count_field="total_members",
        ),
        account.has(ENTITY),
    ),
)
