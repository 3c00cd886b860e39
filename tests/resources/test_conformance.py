"""Rules for every resource, so that a new one needs only a declaration and a fixture.

A resource declared in `collector/resources/` is picked up by itself. Its fixture `fixtures/<name>.json` holds:

    rows         samples of list rows, each as {"row": what Zoom sends, "key": the `_key`, "properties": what becomes
                 of it}, compared literally
    without_key  rows that cannot be told apart from others and must be refused (optional)
    documents    by part: samples of the further documents (only where the resource has some)

Texts that begin with CANARY are secrets, which must not come out.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model.graph import Properties
from collector.resources import steps
from collector.resources.declaration import EntityDocument, Resource
from collector.zoom.endpoint import Endpoint
from tests.served import DECLARED

FIXTURES = Path(__file__).parent / "fixtures"

REQUIRED = {
    "Account": {"vendor"},
    "AccessRole": set(),
    "Configuration": set(),
    "Group": set(),
    "User": {"username", "email", "shortLoginId", "firstName", "lastName"},
    "UserGroup": set(),
}
"""What a class requires beside name and displayName (JupiterOne data model 0.62)."""

TYPES = {
    "id": (str,),
    "name": (str,),
    "displayName": (str,),
    "description": (str, type(None)),
    "active": (bool,),
    "isActive": (bool,),
    "createdOn": (int,),
    "vendor": (str,),
    "superAdmin": (bool,),
    "systemRole": (bool,),
    "privilegeNames": (list,),
    "username": (list, type(None)),
    "email": (list, type(None)),
    "emailDomain": (list, type(None)),
    "shortLoginId": (list, type(None)),
    "firstName": (str, type(None)),
    "lastName": (str, type(None)),
}
"""Types the data model prescribes for properties of these classes."""

PROPERTY_NAME = re.compile(r"(_|tag\.)?[A-Za-z0-9. -]+")
HOSTILE_VALUES = [
    None, "", " ", "text", "0", 0, 1, -7, 1.5, True, [], ["a", "b"], [1, "a"], [None], [[]], [{}], {}, {"a": 1},
    {"a": {"b": ["c"]}}, "https://zoom.us/j/1?pwd=CANARY",
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=12,
)
SECRET_FIELDS = {
    "host_key": "CANARY",
    "pmi": 1234567890,
    "personal_meeting_url": "https://zoom.us/j/1234567890?pwd=CANARY",
    "vanity_url": "https://zoom.us/my/CANARY",
    "password": "CANARY",
    "passcode": "CANARY",
    "room_passcode": "CANARY",
    "activation_code": "CANARY",
    "authorized_channel_token": "CANARY",
    "stream_key": "CANARY",
    "pin": 1234567890,
}


def load_samples(resource: Resource) -> dict[str, Any]:
    """The fixture of a resource; a test without one fails and says what to write."""
    path = FIXTURES / f"{resource.name}.json"
    if not path.exists():
        pytest.fail(
            f"The resource {resource.name!r} has no samples. Write tests/resources/fixtures/{path.name} "
            f"in the form the docstring of tests/resources/{Path(__file__).name} shows."
        )
    samples: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return samples


@pytest.fixture
def samples(resource: Resource) -> dict[str, Any]:
    return load_samples(resource)


@pytest.fixture
def rows(samples: dict[str, Any]) -> list[dict[str, Any]]:
    return [sample["row"] for sample in samples["rows"]]


@pytest.fixture
def documents(resource: Resource, samples: dict[str, Any]) -> list[tuple[EntityDocument, dict[str, Any]]]:
    """Each further document with each of its samples."""
    by_part = samples.get("documents", {})
    return [(document, sample) for document in resource.documents for sample in by_part[document.part]]


def endpoints(resource: Resource) -> Iterator[Endpoint]:
    """Every endpoint a resource is read from."""
    yield resource.listing
    yield from (document.endpoint for document in resource.documents)
    yield from (link.members for link in resource.links if link.members is not None)
    if resource.lookup is not None:
        yield resource.lookup


def wrong_values(properties: Properties) -> list[str]:
    """The properties JupiterOne would refuse, by name or by value."""
    return [
        name for name, value in properties.items() if not PROPERTY_NAME.fullmatch(name) or not is_property_value(value)
    ]


def is_property_value(value: object) -> bool:
    """Whether it is a text, number, boolean, null, or a list of one of the first three."""
    if isinstance(value, list):
        return len({type(item) for item in value}) <= 1 and all(isinstance(i, str | int | float) for i in value)
    return value is None or isinstance(value, str | int | float)


def wrong_types(properties: Properties) -> list[str]:
    """The properties that are not of the type the data model prescribes."""
    return [name for name, types in TYPES.items() if name in properties and type(properties[name]) not in types]


def missing(resource: Resource, properties: Properties) -> set[str]:
    """The properties the classes require that are not there."""
    required = {"name", "displayName"}.union(*(REQUIRED[class_] for class_ in resource.entity.classes))
    return required - properties.keys() | {name for name in ("name", "displayName") if not properties.get(name)}


def changed(value: Any) -> Iterator[Any]:
    """The JSON value with each element in turn replaced by hostile values or removed."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            yield from ({**value, name: hostile} for hostile in HOSTILE_VALUES)
            yield from ({**value, name: variant} for variant in changed(inner))
    if isinstance(value, list):
        for place, inner in enumerate(value):
            yield from ([*value[:place], hostile, *value[place + 1 :]] for hostile in HOSTILE_VALUES)
            yield from ([*value[:place], variant, *value[place + 1 :]] for variant in changed(inner))


def with_secrets(value: Any) -> Any:
    """The JSON value with secret fields in every object, and an address with a passcode in every text but keys."""
    if isinstance(value, dict):
        kept = {name: inner for name, inner in value.items() if re.search(r"(^|_)(ids?|email|status)$", name)}
        return {name: with_secrets(inner) for name, inner in value.items()} | SECRET_FIELDS | kept
    if isinstance(value, list):
        return [with_secrets(item) for item in value]
    return f"{value} https://zoom.us/j/1?a=b&pwd=CANARY" if isinstance(value, str) else value


@pytest.mark.parametrize("resource", DECLARED, ids=lambda resource: resource.name)
class TestResource:
    def test_the_declaration(self, resource):
        entity = resource.entity
        assert re.fullmatch(r"zoom_[a-z_]+", entity.type)
        assert re.fullmatch(r"[a-z_]+", resource.name)
        assert entity.resource.strip()
        assert set(entity.classes) <= REQUIRED.keys(), "Add what the class requires to REQUIRED."
        for step in steps(DECLARED):
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", step.id)
            assert step.name == step.id.replace("-", " ").title().replace(" And ", " and ")

    def test_its_links_have_the_entity_at_one_end(self, resource):
        for link in resource.links:
            assert resource.entity.type in (link.type.source, link.type.target)
            assert link.type.class_.isupper()

    def test_each_declared_property_is_named_once_and_described(self, resource):
        declared = Counter(prop.name for prop in resource.entity.properties)
        assert [name for name, count in declared.items() if count > 1] == []
        assert [name for name in declared if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name)] == []
        assert [prop.name for prop in resource.entity.properties if len(prop.description) < 8] == []

    def test_its_endpoints(self, resource):
        for endpoint in endpoints(resource):
            placeholders = {name for _, name, _, _ in Formatter().parse(endpoint.path) if name}
            assert endpoint.path.startswith("/")
            assert placeholders <= {resource.id_placeholder}
            assert re.fullmatch(r"[A-Za-z]+:Read", endpoint.privilege)
            assert all(re.fullmatch(r"[a-z_]+:(read|write)(:[a-z]+)?|user_profile", s) or s == "user_info:read"
                       for s in endpoint.scopes.classic)  # fmt: skip
            assert all(re.fullmatch(r"[a-z_]+:read:[a-z_]+(:admin|:master)?", s) for s in endpoint.scopes.granular)
            assert all(":write" not in scope for scope in endpoint.scopes.advice)

    def test_samples_become_what_the_fixture_says(self, resource, samples):
        for sample in samples["rows"]:
            assert resource.entity.key(resource.identify(sample["row"])) == sample["key"]
            assert resource.convert(sample["row"]) == sample["properties"]

    def test_rows_without_a_key_are_refused(self, resource, samples):
        assert [row for row in samples.get("without_key", []) if resource.identify(row) is not None] == []

    def test_there_are_samples_of_every_document(self, resource, samples):
        assert samples.get("documents", {}).keys() == {document.part for document in resource.documents}

    def test_every_property_produced_is_declared(self, resource, rows, documents):
        declared = {prop.name for prop in resource.entity.properties}
        produced = {name for row in rows for name in resource.convert(row)}
        produced |= {name for document, sample in documents for name in document.convert(sample).properties}
        assert produced - declared == set()

    def test_nothing_in_the_samples_is_unknown(self, documents):
        assert [document.convert(sample).unknown for document, sample in documents] == [()] * len(documents)

    def test_the_classes_find_what_they_require(self, resource, rows):
        for row in rows:
            properties = resource.convert(row)
            assert missing(resource, properties) == set()
            assert wrong_types(properties) == []

    def test_no_secret_comes_out(self, resource, rows, documents):
        produced = [resource.convert(with_secrets(row)) for row in rows]
        produced += [document.convert(with_secrets(sample)).properties for document, sample in documents]
        written = json.dumps(produced)
        assert "CANARY" not in written
        assert "1234567890" not in written

    def test_hostile_rows(self, resource, rows):
        for row in rows:
            for hostile in changed(row):
                if resource.identify(hostile) is None:
                    continue
                properties = resource.convert(hostile)
                assert wrong_values(properties) == [], hostile
                assert wrong_types(properties) == [], hostile
                assert missing(resource, properties) == set(), hostile

    def test_hostile_documents(self, documents):
        for document, sample in documents:
            for hostile in changed(sample):
                properties = document.convert(hostile).properties
                assert wrong_values(properties) == [], hostile
                assert "CANARY" not in json.dumps(properties), hostile

    def test_rows_and_documents_are_not_changed(self, resource, rows, documents):
        before = deepcopy((rows, [sample for _, sample in documents]))
        for row in rows:
            resource.convert(row)
        for document, sample in documents:
            document.convert(sample)
        assert (rows, [sample for _, sample in documents]) == before

    @settings(max_examples=40, deadline=None, derandomize=True, database=None)
    @given(body=st.dictionaries(st.text(max_size=12), JSON, max_size=5))
    def test_any_json_at_all(self, resource, body):
        row = {**body, "id": "an-id", "account_id": "an-account"}
        assert wrong_values(resource.convert(row)) == []
        for document in resource.documents:
            assert wrong_values(document.convert(body).properties) == []


def test_ids_types_and_names_are_unique():
    resources = DECLARED
    every_step = steps(resources)
    for found in (
        [step.id for step in every_step],
        [step.name for step in every_step],
        [type_ for step in every_step for type_ in step.types],
        [resource.name for resource in resources],
        [resource.entity.resource for resource in resources],
        [resource.order for resource in resources],
        *([document.part for document in resource.documents] for resource in resources),
    ):
        assert sorted(found) == sorted(set(found))


def test_every_fixture_belongs_to_a_resource():
    assert {path.stem for path in FIXTURES.glob("*.json")} == {resource.name for resource in DECLARED}


def test_a_resource_without_a_fixture_is_told_what_to_write():
    newcomer = replace(DECLARED[0], name="contact_groups")
    with pytest.raises(pytest.fail.Exception) as raised:
        load_samples(newcomer)
    assert str(raised.value) == (
        "The resource 'contact_groups' has no samples. Write tests/resources/fixtures/contact_groups.json "
        "in the form the docstring of tests/resources/test_conformance.py shows."
    )
