"""Roles, their privileges, and who has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.model.graph import EntityType, JsonObject, Properties, Property, RelationshipType, ValueType
from collector.redaction import mask_urls
from collector.resources import account, users
from collector.resources.catalogue import to_property_value
from collector.resources.declaration import (
    Conversion,
    Derivation,
    EntityDocument,
    Link,
    Resource,
    identify_by_id,
    text,
    whole_number,
    zoom_id,
)
from collector.zoom.endpoint import Endpoint, Label, Scopes

OWNER, ADMIN, MEMBER = "0", "1", "2"
"""Ids of the built-in roles."""

ADMINISTRATIVE_PRIVILEGES = frozenset({"User:Edit", "Role:Edit", "Group:Edit", "AccountSetting:Edit"})
"""A custom role with one of these can change permissions in the account."""

ENTITY = EntityType(
    "Role",
    "zoom_role",
    ("AccessRole",),
    (
        Property("id", "Zoom's id of the role: 0 Owner, 1 Admin, 2 Member, else of a custom role"),
        Property("name", "Name of the role"),
        Property("displayName", "Same as name"),
        Property("description", "What the administrators wrote about the role"),
        Property("totalMembers", "Number of members Zoom counts", ValueType.INTEGER),
        Property("superAdmin", "Whether it is the account owner's role", ValueType.BOOLEAN),
        Property("systemRole", "Whether it is one of Zoom's built-in roles", ValueType.BOOLEAN),
        Property(
            "admin",
            "Whether the role may change users, roles, groups or account settings; absent where it is not known",
            ValueType.BOOLEAN,
        ),
        Property("privilegeNames", "Privileges the role holds; absent where they could not be read", ValueType.TEXTS),
    ),
)


def convert(row: JsonObject) -> Properties:
    """A role's properties from a row of the role list."""
    identifier = zoom_id(row)
    name = to_property_value(text(row, "name") or identifier)
    total_members = whole_number(row, "total_members")
    properties: Properties = {"id": identifier, "name": name, "displayName": name}
    if isinstance(row.get("description"), str):
        properties["description"] = to_property_value(row["description"])
    if total_members is not None:
        properties["totalMembers"] = total_members
    properties["superAdmin"] = identifier == OWNER
    properties["systemRole"] = identifier in (OWNER, ADMIN, MEMBER)
    if properties["systemRole"]:
        properties["admin"] = identifier != MEMBER
    return properties


def convert_privileges(body: JsonObject) -> Conversion:
    """A role's privileges; for custom roles also whether it administers the account.

    No properties without a list of privileges: unknown is not the same as none. For built-in roles Zoom may omit it.
    """
    privileges = body.get("privileges")
    built_in = zoom_id(body) in (OWNER, ADMIN, MEMBER)
    if not isinstance(privileges, list):
        return Conversion({}, is_expected_kind=built_in)
    if zoom_id(body) is None or not all(isinstance(one, str) for one in privileges):
        return Conversion({}, is_expected_kind=False)
    names = sorted({mask_urls(name) for name in privileges})
    properties: Properties = {"privilegeNames": names}
    if not built_in:
        properties["admin"] = not ADMINISTRATIVE_PRIVILEGES.isdisjoint(names)
    return Conversion(properties)


def is_admin(roles: Sequence[Mapping[str, object]]) -> Properties:
    """Whether a user with these roles is an administrator; no property if that is not known."""
    powers = [role.get("admin") for role in roles]
    if True not in powers and (None in powers or not powers):
        return {}
    return {"isAdmin": True in powers, "admin": True in powers}


_CLASSIC = ("role:read:admin", "role:write:admin")

_ROLE = Endpoint(
    path="/roles/{roleId}",
    label=Label.LIGHT,
    scopes=Scopes(_CLASSIC, ("role:read:role:admin", "role:read:role")),
    privilege="Role:Read",
    page_size=None,
)

RESOURCE = Resource(
    order=4,
    name="roles",
    entity=ENTITY,
    step_id="fetch-roles",
    step_name="Fetch Roles",
    listing=Endpoint(
        path="/roles",
        label=Label.MEDIUM,
        scopes=Scopes(_CLASSIC, ("role:read:list_roles:admin", "role:read:list_roles")),
        privilege="Role:Read",
        rows="roles",
        page_size=None,
    ),
    identify=identify_by_id,
    convert=convert,
    documents=(
        EntityDocument(
            "privileges",
            _ROLE,
            convert_privileges,
            frozenset({"privilegeNames", "admin"}),
        ),
    ),
    lookup=_ROLE,
    id_placeholder="roleId",
    paid_only=True,
    links=(
        Link(
            step_id="build-user-and-role-relationship",
            step_name="Build User and Role Relationship",
            type=RelationshipType(users.ENTITY.type, "ASSIGNED", ENTITY.type),
            members=Endpoint(
                path="/roles/{roleId}/members",
                label=Label.MEDIUM,
                scopes=Scopes(_CLASSIC, ("role:read:list_members:admin", "role:read:list_members")),
                privilege="Role:Read",
                rows="members",
                rows_required=False,
            ),
            foreign_key="roleId",
            skip_member_list_for=frozenset({MEMBER}),
            member_count_field="total_members",
            derivation=Derivation("access", frozenset({"isAdmin", "admin"}), is_admin),
        ),
        account.has(ENTITY),
    ),
)
