"""The Zoom account, known from the answer about the calling user: there is no endpoint for the account itself.

Only what `/users/me` says of the account is taken; status and id there are the user's (Zoom API reference, users).
"""

from __future__ import annotations

from collector.model.graph import EntityType, JsonObject, Properties, Property, RelationshipType
from collector.resources.declaration import Link, Resource, whole_number
from collector.zoom.endpoint import Endpoint, Label, Scopes

ENTITY = EntityType(
    "Account",
    "zoom_account",
    ("Account",),
    (
        Property("id", "Zoom's id of the account"),
        Property("accountId", "Zoom's id of the account, under the name older queries use"),
        Property("name", "Account number, or the id where Zoom sends no number"),
        Property("displayName", "Same as name"),
        Property("vendor", "Always Zoom"),
    ),
)


def account_id(row: JsonObject) -> str | None:
    """The account's id in an answer about a user of it."""
    value = row.get("account_id")
    return value if isinstance(value, str) and value else None


def convert(row: JsonObject) -> Properties:
    """The account's properties from an answer about a user of it."""
    identifier = account_id(row)
    number = whole_number(row, "account_number")
    name = identifier if number is None else str(number)
    return {"id": identifier, "accountId": identifier, "name": name, "displayName": name, "vendor": "Zoom"}


def has(entity: EntityType) -> Link:
    """The step that ties the account to every entity of this type."""
    return Link(
        step_id=f"build-account-and-{entity.resource.lower().replace(' ', '-')}-relationship",
        step_name=f"Build Account and {entity.resource} Relationship",
        type=RelationshipType(ENTITY.type, "HAS", entity.type),
    )


RESOURCE = Resource(
    order=1,
    name="account",
    entity=ENTITY,
    step_id="fetch-account",
    step_name="Fetch Account",
    listing=Endpoint(
        path="/users/me",
        label=Label.LIGHT,
        scopes=Scopes(
            (
                "user:read:admin",
                "user:read",
                "user:write:admin",
                "user:write",
                "user_profile",
                "user_info:read",
            ),
            ("user:read:user:admin", "user:read:user"),
        ),
        privilege="User:Read",
        page_size=None,
    ),
    identify=account_id,
    convert=convert,
)
