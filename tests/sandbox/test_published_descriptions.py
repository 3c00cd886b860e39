"""What the sandbox answers fits Zoom's published API descriptions and nothing is made up beyond them.

Types, limits and enumerations are checked against the OpenAPI files of 2024 and 2025. Every field must be known to
the merged field lists, which also cover what was recorded only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from collector.sandbox import Account, Sandbox, generate_account, manage_centrally
from collector.sandbox.profiles import PROFILES

from .client import SandboxClient

DESCRIPTIONS = Path(__file__).parents[2].parent / "shared" / "zoom-openapi"
OPENAPI_FILES = ("users-2024-07-25.json", "accounts-2024-07-25.json", "users-2025-03-23.json")

pytestmark = pytest.mark.skipif(
    not DESCRIPTIONS.is_dir(), reason="Zoom's published API descriptions are not beside the repository."
)

SETTINGS = "GET /users/{userId}/settings"
SECURITY = f"{SETTINGS}?option=meeting_security"
ACCOUNT_SETTINGS = "GET /accounts/{accountId}/settings"
RECORDED_EXTRAS = {
    "GET /users/{userId}": {"host_key"},
    "GET /groups": {"page_size"},
    "GET /groups/{groupId}": {"in_directory", "directory_privacy"},
    SECURITY: {
        "meeting_security.approved_or_denied_countries_or_regions.method",
        "meeting_security.approved_or_denied_countries_or_regions.approved_list[]",
        "meeting_security.approved_or_denied_countries_or_regions.denied_list[]",
    },
}
"""Fields Zoom was seen to send, or must send for paging, that no description has."""

TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "bool": bool,
    "num": (int, float),
    "obj": dict,
}

AUTHENTICATION_OPTIONS = ("meeting_authentication", "recording_authentication")
AUTHENTICATION = re.compile(rf"=({'|'.join(AUTHENTICATION_OPTIONS)})$")
MAIN = re.compile(r"\?option=security$")
"""The merged lists of accounts and groups have one entry for both options, and `security` in the main one."""

Answers = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """Operation and body of every kind of answer."""
    account = generate_account(users=60, groups=3)
    manage_centrally(account)
    for profile in PROFILES:
        account.add_user(f"{profile}@example.com", type_=2, profile=profile)
        account.add_user(f"{profile}.basic@example.com", type_=1, profile=profile)
    return list(asked(SandboxClient(Sandbox(account)), account))


def asked(zoom: SandboxClient, account: Account) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "GET /users/{userId}", zoom.document("/users/me")
    for user in account.users:
        yield "GET /users/{userId}", zoom.document(f"/users/{user.id}")
        if user.status != "pending":
            yield from settings(zoom, user.id)
    for status in ("active", "inactive", "pending"):
        yield "GET /users", zoom.document("/users", status=status)
    yield "GET /groups", zoom.document("/groups")
    yield "GET /roles", zoom.document("/roles")
    for group in account.groups:
        yield "GET /groups/{groupId}", zoom.document(f"/groups/{group.id}")
        yield "GET /groups/{groupId}/members", zoom.document(f"/groups/{group.id}/members")
        yield from settings_of_level(zoom, f"/groups/{group.id}", "GET /groups/{groupId}")
    yield from settings_of_level(zoom, "/accounts/me", "GET /accounts/{accountId}")
    yield f"{ACCOUNT_SETTINGS}?option=security", zoom.document("/accounts/me/settings", option="security")
    for name in ("managed_domains", "trusted_domains"):
        yield f"GET /accounts/{{accountId}}/{name}", zoom.document(f"/accounts/me/{name}")
    for role in account.roles:
        yield "GET /roles/{roleId}", zoom.document(f"/roles/{role.id}")
        yield "GET /roles/{roleId}/members", zoom.document(f"/roles/{role.id}/members")


def settings_of_level(zoom: SandboxClient, path: str, operation: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Settings and locks of the account or of a group."""
    for name, options in (("settings", ("meeting_authentication", "recording_authentication")), ("lock_settings", ())):
        yield f"{operation}/{name}", zoom.document(f"{path}/{name}")
        for option in (*options, "meeting_security"):
            yield f"{operation}/{name}?option={option}", zoom.document(f"{path}/{name}", option=option)


def settings(zoom: SandboxClient, user_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
    path = f"/users/{user_id}/settings"
    yield SETTINGS, zoom.document(path)
    for option in ("meeting_authentication", "recording_authentication", "meeting_security"):
        yield f"{SETTINGS}?option={option}", zoom.document(path, option=option)


@lru_cache
def description(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DESCRIPTIONS / name).read_text("utf-8"))
    return loaded


@lru_cache
def validator(file: str, operation: str) -> Draft202012Validator | None:
    """For the answers of an operation; None when the file does not describe it."""
    path, _, query = operation.removeprefix("GET ").partition("?")
    operations = description(file)["paths"].get(path)
    if operations is None:
        return None
    schema = operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    if "oneOf" in schema:
        schema = variant(schema, query)
    whole = {**schema, "components": description(file)["components"]}
    return Draft202012Validator(whole, format_checker=FormatChecker())


def variant(schema: dict[str, Any], query: str) -> dict[str, Any]:
    """The one of the settings documents that a query gives: the one with the property it is known by."""
    known_by = query.partition("=")[2] or "schedule_meeting"
    type_ = "boolean" if known_by in ("meeting_authentication", "recording_authentication") else "object"

    def variants(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
        yield part
        for inner in part.get("oneOf", []):
            yield from variants(inner)

    return next(part for part in variants(schema) if part.get("properties", {}).get(known_by, {}).get("type") == type_)


def fields(document: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Path and value of every field; list items have `[]` at the end of theirs."""
    if path and not isinstance(document, list):
        yield path, document
    if isinstance(document, dict):
        for name, value in document.items():
            yield from fields(value, f"{path}.{name}" if path else name)
    elif isinstance(document, list):
        for value in document:
            yield from fields(value, f"{path}[]")


def complaints(file: str, operation: str, document: object) -> list[str]:
    """What is wrong with an answer according to one OpenAPI file."""
    checker = validator(file, operation)
    if checker is None:
        return []
    return [f"{operation} {error.json_path}: {error.message}" for error in checker.iter_errors(document)]


def merged_fields(operation: str) -> dict[str, Any]:
    """What all sources together say about the fields of an answer, by path."""
    lists = description("fields.json")
    for name in (
        operation,
        AUTHENTICATION.sub(f"={'|'.join(AUTHENTICATION_OPTIONS)}", operation),
        MAIN.sub("", operation),
    ):
        if name in lists:
            described: dict[str, Any] = lists[name]["fields"]
            return described
    raise KeyError(operation)


def undescribed(operation: str, document: object) -> set[str]:
    """Fields of an answer that are not in the merged lists, or have another type there."""
    described = merged_fields(operation)
    extras = RECORDED_EXTRAS.get(operation, set())
    wrong = set()
    for path, value in fields(document):
        if path in described:
            expected = TYPES[described[path]["type"]]
            if not isinstance(value, expected) or (isinstance(value, bool) and expected is int):
                wrong.add(f"{operation} {path} = {value!r}")
        elif path not in extras:
            wrong.add(f"{operation} {path}")
    return wrong


@pytest.mark.parametrize("file", OPENAPI_FILES)
def test_types_and_enumerations_are_the_published_ones(answers: Answers, file: str) -> None:
    found = {text for operation, body in answers for text in complaints(file, operation, body)}
    assert found == set()


def test_every_field_is_described(answers: Answers) -> None:
    found = {text for operation, body in answers for text in undescribed(operation, body)}
    assert found == set()


def test_every_recorded_extra_is_sent_and_needed(answers: Answers) -> None:
    sent = {(operation, path) for operation, body in answers for path, _ in fields(body)}
    listed = {(operation, path) for operation, paths in RECORDED_EXTRAS.items() for path in paths}
    described = {(operation, path) for operation, path in listed if path in merged_fields(operation)}
    assert (listed - sent, described) == (set(), set())


def test_every_operation_is_described(answers: Answers) -> None:
    operations = {operation for operation, _ in answers}
    assert {op for op in operations if not any(validator(file, op) for file in OPENAPI_FILES)} == set()


@pytest.mark.parametrize(
    ("operation", "document"),
    [
        ("GET /users", {"users": [{"email": "a@example.com", "type": 3}]}),
        ("GET /users", {"users": [{"type": 2}]}),
        ("GET /users/{userId}", {"type": 2, "pmi": "5550000001"}),
        (SETTINGS, {"in_meeting": {"waiting_room": "on"}}),
        (SETTINGS, {"recording": {"auto_recording": "always"}}),
        (SECURITY, {"meeting_security": {"encryption_type": "none"}}),
        (f"{SETTINGS}?option=meeting_authentication", {"authentication_options": [{"type": "sso"}]}),
        ("GET /groups/{groupId}/members", {"members": [{"type": "1"}]}),
    ],
)
def test_a_wrong_answer_would_be_noticed(operation: str, document: dict[str, Any]) -> None:
    assert complaints(OPENAPI_FILES[0], operation, document)


@pytest.mark.parametrize(
    ("operation", "document"),
    [
        ("GET /users", {"users": [{"nickname": "x"}]}),
        (SETTINGS, {"in_meeting": {"future_canvas_enabled": True}}),
        ("GET /roles", {"roles": [{"total_members": True}]}),
        ("GET /roles/{roleId}", {"id": 0}),
    ],
)
def test_an_invented_field_would_be_noticed(operation: str, document: dict[str, Any]) -> None:
    assert undescribed(operation, document)
