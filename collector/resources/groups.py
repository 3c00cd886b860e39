"""Groups and who is in them."""

from __future__ import annotations

from collector.model.graph import EntityType, JsonObject, Properties, Property, RelationshipType
from collector.resources import account, users
from collector.resources.catalogue import to_property_value
from collector.resources.declaration import Link, Resource, by_id, text, whole_number, zoom_id
from collector.zoom.endpoint import Endpoint, Label, Scopes

ENTITY = EntityType(
    "Group",
    "zoom_group",
    ("Group",),
    (
        Property("id", "Zoom's id of the group"),
        Property("name", "Name of the group"),
        Property("displayName", "Same as name"),
        Property("totalMembers", "Number of members Zoom counts"),
        Property("directoryPrivacy", "How visible the group is in the directory (undocumented by Zoom)"),
    ),
)


def convert(row: JsonObject) -> Properties:
    """A group's properties from a row of the group list."""
    name = to_property_value(text(row, "name") or zoom_id(row))
    properties: Properties = {"id": zoom_id(row), "name": name, "displayName": name}
    for source, target in (("total_members", "totalMembers"), ("directory_privacy", "directoryPrivacy")):
        number = whole_number(row, source)
        if number is not None:
            properties[target] = number
    return properties


RESOURCE = Resource(
    order=3,
    name="groups",
    entity=ENTITY,
    step_id="fetch-groups",
    step_name="Fetch Groups",
    listing=Endpoint(
        path="/groups",
        label=Label.MEDIUM,
        scopes=Scopes(("group:read:admin", "group:write:admin"), ("group:read:list_groups:admin",)),
        privilege="Group:Read",
        rows="groups",
    ),
    identify=by_id,
    convert=convert,
    lookup=Endpoint(
        path="/groups/{groupId}",
        label=Label.LIGHT,
        scopes=Scopes(("group:read:admin", "group:write:admin"), ("group:read:group:admin",)),
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
                scopes=Scopes(("group:read:admin", "group:write:admin"), ("group:read:list_members:admin",)),
                privilege="Group:Read",
                rows="members",
            ),
            member_count_field="total_members",
        ),
        account.has(ENTITY),
    ),
)
