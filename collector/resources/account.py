"""The Zoom account, known from the answer about the calling user: there is no endpoint for the account itself.

Only what `/users/me` says of the account is taken; status and id there are the user's (Zoom API reference, users).
Its settings, locks and domains are documents with scopes of their own (Zoom API reference, accounts).
"""

from __future__ import annotations

from collector.model.graph import EntityType, JsonObject, Properties, Property, RelationshipType, ValueType
from collector.redaction import mask_urls
from collector.resources.catalogue import (
    ACCOUNT,
    setting_properties,
    settings_document,
    sign_in_method_properties,
)
from collector.resources.declaration import (
    Conversion,
    EntityDocument,
    Link,
    Resource,
    SettingsChoice,
    whole_number,
)
from collector.zoom.endpoint import Endpoint, Label, Scopes

_OWN_PROPERTIES = (
    Property("id", "Zoom's id of the account"),
    Property("accountId", "Zoom's id of the account, under the name older queries use"),
    Property("name", "Account number, or the id where Zoom sends no number"),
    Property("displayName", "Same as name"),
    Property("vendor", "Always Zoom"),
    Property("managedDomains", "E-mail domains the account manages", ValueType.TEXTS),
    Property("trustedDomains", "E-mail domains the account trusts", ValueType.TEXTS),
    *sign_in_method_properties(),
)

ENTITY = EntityType("Account", "zoom_account", ("Account",), (*_OWN_PROPERTIES, *setting_properties(ACCOUNT)))

_RESERVED_NAMES = frozenset(prop.name for prop in _OWN_PROPERTIES)


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


def _optional(path: str, granular: tuple[str, ...], label: Label = Label.MEDIUM) -> Endpoint:
    """An endpoint about the account itself, which Zoom calls `me`."""
    return Endpoint(
        f"/accounts/me/{path}",
        label,
        Scopes(("account:read:admin", "account:write:admin"), granular),
        "AccountSetting:Read",
        page_size=None,
    )


def _domains(part: str, field: str, name: str) -> EntityDocument:
    """A list of e-mail domains, which Zoom sends as texts or as objects with a `domain`."""

    def convert_domains(body: JsonObject) -> Conversion:
        rows = body.get(field)
        if not isinstance(rows, list):
            return Conversion({}, is_expected_kind=False)
        domains = [row.get("domain") if isinstance(row, dict) else row for row in rows]
        texts = [mask_urls(domain) for domain in domains if isinstance(domain, str)]
        return Conversion({name: texts}) if len(texts) == len(rows) else Conversion({}, is_expected_kind=False)

    return EntityDocument(
        part,
        _optional(part, (f"account:read:{part}:master",), Label.LIGHT),
        convert_domains,
        frozenset({name}),
        SettingsChoice.SECURITY,
        f"the account's {part.replace('_', ' ')}",
    )


_SETTINGS = _optional("settings", ("account:read:settings:admin", "account:read:settings:master"))
_LOCKS = _optional("lock_settings", ("account:read:lock_settings:master",))

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
    documents=(
        *(
            settings_document(part, _SETTINGS, option, _RESERVED_NAMES, ACCOUNT, "the account's settings")
            for part, option in (
                ("account_settings", None),
                ("account_security", "security"),
                ("account_meeting_security", "meeting_security"),
                ("account_meeting_authentication", "meeting_authentication"),
                ("account_recording_authentication", "recording_authentication"),
            )
        ),
        *(
            settings_document(part, _LOCKS, option, _RESERVED_NAMES, ACCOUNT, "which settings the account locks")
            for part, option in (("account_locks", None), ("account_meeting_security_locks", "meeting_security"))
        ),
        _domains("managed_domains", "domains", "managedDomains"),
        _domains("trusted_domains", "trusted_domains", "trustedDomains"),
    ),
)
