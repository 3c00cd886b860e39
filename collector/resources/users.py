"""Users: active, inactive and pending, each with the four documents of their settings."""

from __future__ import annotations

from datetime import datetime, timezone

from collector.model.graph import (
    EntityType,
    JsonObject,
    Properties,
    Property,
    PropertyValue,
    ValueType,
)
from collector.redaction import mask_urls
from collector.resources import account
from collector.resources.catalogue import (
    is_property_value,
    setting_properties,
    settings_document,
    sign_in_method_properties,
    to_property_value,
)
from collector.resources.declaration import (
    ListPass,
    Resource,
    identify_by_id,
    invitation_identifier,
    text,
    zoom_id,
)
from collector.zoom.endpoint import Endpoint, Label, Scopes

_ROW_PROPERTIES = (
    Property("id", "Zoom's id of the user; absent while the invitation is pending"),
    Property("userIds", "The same id, as a list", ValueType.TEXTS),
    Property("username", "E-mail address in lower case, as a list", ValueType.TEXTS),
    Property("email", "E-mail address in lower case, as a list", ValueType.TEXTS),
    Property("emailDomain", "Part of the e-mail address after the @, as a list", ValueType.TEXTS),
    Property("shortLoginId", "Part of the e-mail address before the @, as a list", ValueType.TEXTS),
    Property("name", "First and last name, else the display name, else the e-mail address"),
    Property("displayName", "Name the user shows to others; same as name where Zoom sends none"),
    Property("firstName", "First name, or null"),
    Property("lastName", "Last name, or null"),
    Property("type", "1 Basic, 2 Licensed, 3 on-premises, 4 without a meetings licence, 99 none", ValueType.INTEGER),
    Property("planUnitedType", "Zoom United licence, by Zoom's number; absent without one", ValueType.INTEGER),
    Property("licenses", "Types of the licences the user has, sorted", ValueType.TEXTS),
    Property("status", "active, inactive or pending"),
    Property("active", "Whether the status is active (older name)", ValueType.BOOLEAN),
    Property("isActive", "Whether the status is active", ValueType.BOOLEAN),
    Property("verified", "1 when the e-mail address was confirmed, else 0", ValueType.INTEGER),
    Property("timezone", "Time zone the user chose"),
    Property("language", "Language the user chose"),
    Property("dept", "Department"),
    Property("employeeId", "Employee number, from single sign-on"),
    Property(
        "loginTypes",
        "Ways to sign in the user has, such as Work email, SSO, Google; absent where not known",
        ValueType.TEXTS,
    ),
    Property("phoneNumber", "Phone number (deprecated by Zoom)"),
    Property("picUrl", "Address of the profile picture"),
    Property("lastClientVersion", "Version of the client last used"),
    Property("roleId", "Id of the role the user has"),
    Property("groupIds", "Ids of the user's groups, in the order Zoom gives them precedence", ValueType.TEXTS),
    Property("createdAt", "When the latest way to sign in was created, as Zoom writes it"),
    Property("createdOn", "When the user was created, in milliseconds since 1970", ValueType.INTEGER),
    Property("lastLoginTime", "Last sign-in as Zoom writes it; Zoom moves it every three days at most"),
    Property("lastLoginOn", "Last sign-in, in milliseconds since 1970", ValueType.INTEGER),
)
_DERIVED_PROPERTIES = (
    Property("isAdmin", "Whether one of the user's roles may administer the account", ValueType.BOOLEAN),
    Property("admin", "Same as isAdmin, under the name other systems' queries use", ValueType.BOOLEAN),
    *sign_in_method_properties(),
)

ENTITY = EntityType("User", "zoom_user", ("User",), (*_ROW_PROPERTIES, *_DERIVED_PROPERTIES, *setting_properties()))

_ACTIVITY = frozenset({"lastLoginTime", "lastLoginOn", "lastClientVersion", "picUrl"})
"""Change with every sign-in, or by themselves (Zoom renames pictures): no reason to read settings again."""

_RESERVED_NAMES = frozenset(prop.name for prop in (*_ROW_PROPERTIES, *_DERIVED_PROPERTIES))

_COPIED = (
    "type",
    "verified",
    "timezone",
    "language",
    "dept",
    ("phone_number", "phoneNumber"),
    ("pic_url", "picUrl"),
    ("last_client_version", "lastClientVersion"),
    ("role_id", "roleId"),
    ("group_ids", "groupIds"),
    ("last_login_time", "lastLoginTime"),
    ("plan_united_type", "planUnitedType"),
)
_LOGIN_TYPES = {
    0: "Facebook",
    1: "Google",
    11: "Phone",
    21: "WeChat",
    23: "Alipay",
    24: "Apple",
    27: "Microsoft",
    97: "Mobile device",
    98: "RingCentral",
    99: "API user",
    100: "Work email",
    101: "SSO",
}
"""Ways to sign in (Zoom API reference, users: `login_types`)."""

_NAMES = ("first_name", "last_name", "display_name")


def identify(row: JsonObject) -> str | None:
    """A user's id; for an invited user `pending:` and the e-mail address in lower case, such as `pending:ada@x.org`.

    Lists omit the id of invited users, a look-up has it, and the identifier must be the same for both. A row with
    neither an address nor a name is not a user: None.
    """
    email = text(row, "email").lower()
    if row.get("status") == "pending" and email:
        return invitation_identifier(email)
    return identify_by_id(row) if email or any(text(row, name) for name in _NAMES) else None


def convert(row: JsonObject) -> Properties:
    """A user's properties from a row of the user list, or from the answer about one user.

    Zoom sets `created_at` of pending users to the time of the call, so they get no creation date. Lists omit unset
    texts and other answers send them empty: here they are always absent.
    """
    pending = row.get("status") == "pending"
    status = text(row, "status")
    first, last = (
        (None, None) if pending else (_clean_text(row, "first_name") or None, _clean_text(row, "last_name") or None)
    )
    email = text(row, "email").lower()
    name = (
        " ".join(part for part in (first, last) if part) or _clean_text(row, "display_name") or email or text(row, "id")
    )
    properties: Properties = {
        **({"id": zoom_id(row), "userIds": [str(zoom_id(row))]} if zoom_id(row) and not pending else {}),
        **_logins(email),
        "name": name,
        "displayName": _clean_text(row, "display_name") or name,
        "firstName": first,
        "lastName": last,
    }
    if status:
        properties.update(status=status, active=status == "active", isActive=status == "active")
    for copied in _COPIED:
        source, target = copied if isinstance(copied, tuple) else (copied, copied)
        value = row.get(source)
        if is_property_value(value) and value != "":
            properties[target] = to_property_value(value)
    properties.update(_employee_id(row), **_login_types(row), **_licenses(row))
    if not pending:
        properties.update(_dates(row))
    return properties


def _employee_id(row: JsonObject) -> Properties:
    """The employee id as text, as JupiterOne's class User has it; identity providers send some as numbers."""
    value = row.get("employee_unique_id")
    identifier = str(value) if type(value) is int else _clean_text(row, "employee_unique_id")
    return {"employeeId": identifier} if identifier else {}


def _login_types(row: JsonObject) -> Properties:
    """The names of the user's ways to sign in; a number without a name in Zoom's table is kept as text."""
    numbers = row.get("login_types")
    if not isinstance(numbers, list) or not all(type(number) is int for number in numbers):
        return {}
    return {"loginTypes": [_LOGIN_TYPES.get(number, str(number)) for number in numbers]}


def _licenses(row: JsonObject) -> Properties:
    licenses = row.get("license_info_list")
    if not isinstance(licenses, list) or not all(isinstance(license_, dict) for license_ in licenses):
        return {}
    return {"licenses": sorted({type_ for one in licenses if (type_ := _clean_text(one, "license_type"))})}


def _logins(email: str) -> Properties:
    local, at, domain = email.rpartition("@")
    one_or_null = {"username": email, "email": email, "shortLoginId": local or email}
    logins: Properties = {name: [value] if value else None for name, value in one_or_null.items()}
    if at and domain:
        logins["emailDomain"] = [domain]
    return logins


def _dates(row: JsonObject) -> Properties:
    created = _clean_text(row, "created_at")
    dates: dict[str, PropertyValue] = {
        "createdAt": created or None,
        "createdOn": _milliseconds(text(row, "user_created_at") or created),
        "lastLoginOn": _milliseconds(text(row, "last_login_time")),
    }
    return {name: value for name, value in dates.items() if value is not None}


def _milliseconds(written: str) -> int | None:
    """An ISO 8601 time as milliseconds since 1970, None if it is not one."""
    try:
        instant = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return None
    return int((instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)).timestamp() * 1000)


def _clean_text(row: JsonObject, name: str) -> str:
    """A text of a row, without secrets embedded in addresses."""
    return mask_urls(text(row, name))


_SETTINGS = Endpoint(
    path="/users/{userId}/settings",
    label=Label.MEDIUM,
    scopes=Scopes(
        ("user:read:admin", "user:read", "user:write:admin", "user:write"),
        ("user:read:settings:admin", "user:read:settings"),
    ),
    privilege="User:Read",
    page_size=None,
)

RESOURCE = Resource(
    order=2,
    name="users",
    entity=ENTITY,
    step_id="fetch-users",
    step_name="Fetch Users",
    listing=Endpoint(
        path="/users",
        label=Label.MEDIUM,
        scopes=Scopes(("user:read:admin", "user:write:admin"), ("user:read:list_users:admin",)),
        privilege="User:Read",
        rows="users",
    ),
    identify=identify,
    convert=convert,
    passes=tuple(
        ListPass(params={"status": status}, defaults={"status": status}) for status in ("active", "inactive", "pending")
    ),
    documents=(
        settings_document("settings", _SETTINGS, None, _RESERVED_NAMES),
        *(
            settings_document(option, _SETTINGS, option, _RESERVED_NAMES)
            for option in ("meeting_authentication", "recording_authentication", "meeting_security")
        ),
    ),
    lookup=Endpoint(
        path="/users/{userId}",
        label=Label.LIGHT,
        scopes=account.RESOURCE.listing.scopes,
        privilege="User:Read",
        page_size=None,
    ),
    id_placeholder="userId",
    invitation_property="email",
    activity=_ACTIVITY,
    is_inactive=lambda row: row.get("status") == "inactive",
    links=(account.has(ENTITY),),
)
