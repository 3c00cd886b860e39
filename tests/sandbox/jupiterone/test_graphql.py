"""GraphQL: what is answered, what is refused before anything is done, and whether our client asks what can be asked."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from graphql import parse, validate

import collector.jupiterone
from collector.sandbox.jupiterone import CUSTOM_DEFINITION_ID, Instance
from collector.sandbox.jupiterone.boards import Boards
from collector.sandbox.jupiterone.graphql_resolvers import Resolvers
from collector.sandbox.jupiterone.graphql_routes import SCHEMA
from collector.sandbox.jupiterone.questions import Questions
from collector.sandbox.jupiterone.rules import Rules

from .client import SandboxClient

SHOW = "query Show($id: String!) { integrationInstance(id: $id) { %s } }"


NAME = {"name": "Example Ltd"}


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("{ integrationInstancesV2 { instances { id } }", {}, "GRAPHQL_PARSE_FAILED", "Syntax Error"),
    (SHOW % "unheardOf", {"id": "x"}, "GRAPHQL_VALIDATION_FAILED", "on type 'IntegrationInstance'"),
    (SHOW % "id", {"id": 7}, "BAD_USER_INPUT", "String cannot represent"),
]
"""One of each kind; which queries are of which is graphql-core's to know."""


@pytest.mark.parametrize(("query", "variables", "code", "words"), REFUSED)
def test_refuses(jupiterone: SandboxClient, query: str, variables: dict[str, Any], code: str, words: str) -> None:
    status, said, message = jupiterone.graphql_refusal(query, **variables)
    assert (status, said) == (200 if code == "BAD_USER_INPUT" else 400, code)
    assert words in message


def test_does_nothing_where_anything_is_wrong(jupiterone: SandboxClient) -> None:
    query = """
    mutation {
      first: createIntegrationInstance(instance: {name: "a", integrationDefinitionId: "%s"}) { id }
      second: createIntegrationInstance(instance: {name: "b", integrationDefinitionId: "x"}) { unheardOf }
    }"""
    jupiterone.graphql_refusal(query % CUSTOM_DEFINITION_ID)
    assert jupiterone.sandbox.instances == []


def test_an_error_of_one_field_leaves_the_others(jupiterone: SandboxClient, instance: Instance) -> None:
    query = """
    query ($id: String!) { gone: integrationInstance(id: "x") { name } there: integrationInstance(id: $id) { name } }"""
    answer = jupiterone.graphql(query, id=instance.id)
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["data"] == {"gone": None, "there": NAME}
    (error,) = answer.json["errors"]
    assert (error["path"], error["extensions"]) == (["gone"], {"code": "NOT_FOUND"})


@pytest.mark.parametrize("body", [{}, {"query": 1}, []])
def test_needs_a_query(jupiterone: SandboxClient, body: Any) -> None:
    answer = jupiterone.sandbox.app.test_client().post("/graphql", json=body, headers=jupiterone.headers)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errors"] == [{"message": "Must provide query string.", "extensions": {"code": "BAD_REQUEST"}}]


def test_every_field_of_query_and_mutation_has_a_resolver() -> None:
    assert SCHEMA.query_type is not None
    assert SCHEMA.mutation_type is not None
    rooms = (Resolvers("sandbox", *[Mock()] * 4), Questions("sandbox", *[Mock()] * 2), Rules("", *[Mock()] * 2))
    resolvers = [name for room in (*rooms, Boards(Mock())) for name in room.by_name()]
    assert sorted(resolvers) == sorted([*SCHEMA.query_type.fields, *SCHEMA.mutation_type.fields])


def operations_of_the_client() -> Iterator[tuple[str, str]]:
    """Name and text of every operation in the client: the second argument of each `execute`, a constant there."""
    for path in sorted(Path(collector.jupiterone.__file__).parent.glob("*.py")):
        names = {
            node.args[1].id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "execute"
            if isinstance(node.args[1], ast.Name) or pytest.fail(f"{path}:{node.lineno} names no constant")
        }
        for name in sorted(names):
            text = getattr(importlib.import_module(f"collector.jupiterone.{path.stem}"), name)
            yield f"{path.stem}.{name}", text


OPERATIONS = dict(operations_of_the_client())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_of_the_client_is_of_the_schema(operation: str) -> None:
    assert validate(SCHEMA, parse(OPERATIONS[operation])) == []


def test_the_operations_of_the_client_are_found() -> None:
    assert OPERATIONS.keys() >= {"instances._CREATE", "instances._LIST", "integration_jobs._JOBS", "query._QUERY"}
