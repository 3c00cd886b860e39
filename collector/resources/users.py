"""Users: active, inactive and pending, each with the four documents of their settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

from collector.model.graph import (
    EntityType,
    JsonObject,
    Properties,
    Property,
    PropertyValue,
)
from collector.redaction import mask_urls
from collector.resources import account
from collector.resources.catalogue import (
    authentication_options,
    catalogue,
    converter,
    is_property_value,
    option_names,
    setting_properties,
    to_property_value,
)
from collector.resources.declaration import (
    Conversion,
    EntityDocument,
    ListPass,
    Resource,
    SettingsChoice,
    by_id,
    invitation_of,
    text,
    zoom_id,
)
from collector.zoom.endpoint import Endpoint, Label, Scopes

_ROW_PROPERTIES = (
    Property("id", "Zoom's id of the user; absent while the invitation is pending"),
    Property("username", "E-mail address in lower case, as a list"),
    Property("email", "E-mail address in lower case, as a list"),
    Property("emailDomain", "Part of the e-mail address after the @, as a list"),
    Property("shortLoginId", "Part of the e-mail address before the @, as a list"),
    Property("name", "First and last name, else the display name, else the e-mail address"),
    Property("displayName", "Same as name"),
    Property("firstName", "First name, or null"),
    Property("lastName", "Last name, or null"),
    Property("type", "1 Basic, 2 Licensed, 3 on-premises, 4 without a meetings licence, 99 none"),
    Property("status", "active, inactive or pending"),
    Property("active", "Whether the status is active (older name)"),
    Property("isActive", "Whether the status is active"),
    Property("verified", "1 when the e-mail address was confirmed, else 0"),
    Property("timezone", "Time zone the user chose"),
    Property("language", "Language the user chose"),
    Property("dept", "Department"),
    Property("phoneNumber", "Phone number (deprecated by Zoom)"),
    Property("picUrl", "Address of the profile picture"),
    Property("lastClientVersion", "Version of the client last used"),
    Property("roleId", "Id of the role the user has"),
    Property("groupIds", "Ids of the user's groups, in the order Zoom gives them precedence"),
    Property("createdAt", "When the latest way to sign in was created, as Zoom writes it"),
    Property("createdOn", "When the user was created, in milliseconds since 1970"),
    Property("lastLoginTime", "Last sign-in as Zoom writes it; Zoom moves it every three days at most"),
    Property("lastLoginOn", "Last sign-in, in milliseconds since 1970"),
)
_DERIVED_PROPERTIES = (
    Property("isAdmin", "Whether one of the user's roles may administer the account"),
    *(
        Property(f"{kind}AuthenticationOption{what}", f"{text} that {kind}s may ask for")
        for kind in ("meeting", "recording")
        for what, text in (
            ("Names", "Names of the sign-in methods"),
            ("Types", "Kinds of the sign-in methods"),
            ("Domains", "E-mail domains the sign-in methods accept"),
        )
    ),
)

ENTITY = EntityType("User", "zoom_user", ("User",), (*_ROW_PROPERTIES, *_DERIVED_PROPERTIES, *setting_properties()))

_ACTIVITY = frozenset({"lastLoginTime", "lastLoginOn", "lastClientVersion", "picUrl"})
"""What moves because somebody signs in, or by itself (Zoom renames pictures): no reason to read settings again."""

_TAKEN = frozenset(prop.name for prop in (*_ROW_PROPERTIES, *_DERIVED_PROPERTIES))

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
)


_NAMES = ("first_name", "last_name", "display_name")


def identify(row: JsonObject) -> str | None:
    """A user's id; for somebody invited `pending:` and the e-mail address in lower case.

    Lists hide the id of invited people, the answer about one of them has it: they must be the same in both. A row that
    holds neither an address nor a name is about no user.
    """
    email = text(row, "email").lower()
    if row.get("status") == "pending" and email:
        return invitation_of(email)
    return by_id(row) if email or any(text(row, name) for name in _NAMES) else None


def convert(row: JsonObject) -> Properties:
    """A user's properties from a row of the user list, or from the answer about one user.

    Zoom sets `created_at` of pending users to the time of the call, so they have no creation date here. It leaves unset
    texts out of lists and sends them empty elsewhere: here they are absent, however the user was read.
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
        **({"id": zoom_id(row)} if zoom_id(row) and not pending else {}),
        **_logins(email),
        "name": name,
        "displayName": name,
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
    if not pending:
        properties.update(_dates(row))
    return properties


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
    """An ISO 8601 instant as milliseconds since 1970, `None` when it is none."""
    try:
        instant = datetime.fromisoformat(written.replace("Z", "+00:00"))
    except ValueError:
        return None
    return int((instant if instant.tzinfo else instant.replace(tzinfo=timezone.utc)).timestamp() * 1000)


def _clean_text(row: JsonObject, name: str) -> str:
    """A text somebody wrote, without secrets embedded in addresses."""
    return mask_urls(text(row, name))


_SETTINGS_SCOPES = Scopes(
    ("user:read:admin", "user:read", "user:write:admin", "user:write"),
    ("user:read:settings:admin", "user:read:settings"),
)


def _settings(part: str, option: str | None = None) -> EntityDocument:
    to_properties = converter(part, _TAKEN)
    prefix = f"{part.partition('_')[0]}Authentication"
    names = {setting.name for setting in catalogue().values() if setting.document == part and setting.kept}
    if part.endswith("_authentication"):
        names.update(option_names(prefix))

    def convert_document(body: JsonObject) -> Conversion:
        conversion = to_properties(body)
        if option is None or not part.endswith("_authentication"):
            return conversion
        options = authentication_options(body, prefix)
        emptied = option_names(prefix) if "authentication_options" in body and not options else ()
        return replace(
            conversion, properties={**conversion.properties, **options}, emptied=(*conversion.emptied, *emptied)
        )

    return EntityDocument(
        part,
        Endpoint(
            path="/users/{userId}/settings",
            label=Label.MEDIUM,
            scopes=_SETTINGS_SCOPES,
            privilege="User:Read",
            params={"option": option} if option else {},
            page_size=None,
        ),
        convert_document,
        frozenset(names),
        SettingsChoice.ALL if option is None else SettingsChoice.SECURITY,
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
        _settings("settings"),
        *(
            _settings(option, option)
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
