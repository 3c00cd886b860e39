"""The GraphQL language: what is read, and what is refused before anything is done."""

from __future__ import annotations

from typing import Any

import pytest

from collector.sandbox.jupiterone import CUSTOM_DEFINITION_ID, Instance

from .asking import Asker

SHOW = "query Show($id: String!) { integrationInstance(id: $id) { %s } }"


NAME = {"name": "Example Ltd"}
READ: list[tuple[str, dict[str, Any]]] = [
    ("name", NAME),
    ("name, # a comment\n", NAME),
    ("label: name", {"label": "Example Ltd"}),
    ("__typename name", {"__typename": "IntegrationInstance", **NAME}),
    ("...Named", NAME),
    ("... on IntegrationInstance { name }", NAME),
    ("name ... @include(if: false) { id }", NAME),
    ("name id @skip(if: $yes)", NAME),
    ("name id @include(if: $yes) @skip(if: true)", NAME),
    ("name @include(if: $yes)", NAME),
    ("jobs { jobs { id } pageInfo { endCursor } }", {"jobs": {"jobs": [], "pageInfo": {"endCursor": None}}}),
]


@pytest.mark.parametrize(("selection", "expected"), READ)
def test_reads_what_clients_write(
    jupiterone: Asker, instance: Instance, selection: str, expected: dict[str, Any]
) -> None:
    query = f"""
    query Show($id: String!, $yes: Boolean = true) {{ integrationInstance(id: $id) {{ {selection} }} }}
    fragment Named on IntegrationInstance {{ name }}"""
    assert jupiterone.data(query, id=instance.id) == expected


def test_reads_values_of_every_kind(jupiterone: Asker) -> None:
    query = """
    mutation ($name: String = "default", $hour: Int) {
      createIntegrationInstance(instance: {
        name: $name, integrationDefinitionId: "%s", pollingInterval: ONE_WEEK, description: null,
        pollingIntervalCronExpression: {hour: $hour, dayOfWeek: 0}
        config: {text: "a \\"quote\\"", number: -1.5, flag: true, list: [1, 2], nothing: null}
      }) { name pollingInterval pollingIntervalCronExpression { hour dayOfWeek } config }
    }"""
    assert jupiterone.data(query % CUSTOM_DEFINITION_ID, hour=3) == {
        "name": "default",
        "pollingInterval": "ONE_WEEK",
        "pollingIntervalCronExpression": {"hour": 3, "dayOfWeek": 0},
        "config": {"text": 'a "quote"', "number": -1.5, "flag": True, "list": [1, 2], "nothing": None},
    }


def test_a_variable_that_is_not_given_is_as_if_it_were_not_written(jupiterone: Asker) -> None:
    query = """
    mutation ($interval: IntegrationPollingInterval, $id: String!) {
      createIntegrationInstance(instance: {name: "a", integrationDefinitionId: $id, pollingInterval: $interval}) {
        pollingInterval
      }
    }"""
    assert jupiterone.data(query, id=CUSTOM_DEFINITION_ID) == {"pollingInterval": "DISABLED"}


def test_chooses_the_operation_that_is_named(jupiterone: Asker, instance: Instance) -> None:
    query = """
    query A { integrationInstancesV2 { instances { id } } }
    query B { integrationInstancesV2 { instances { name } } }"""
    client = jupiterone.sandbox.app.test_client()
    named = client.post("/graphql", json={"query": query, "operationName": "B"}, headers=jupiterone.headers)
    assert named.json == {"data": {"integrationInstancesV2": {"instances": [{"name": "Example Ltd"}]}}}
    assert jupiterone.graphql_refusal(query)[:2] == (400, "GRAPHQL_PARSE_FAILED")


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("{ unheardOf { id } }", {}, "GRAPHQL_VALIDATION_FAILED", 'Cannot query field "unheardOf" on type "Query"'),
    ('mutation { integrationInstance(id: "x") { id } }', {}, "GRAPHQL_VALIDATION_FAILED", 'on type "Mutation"'),
    ('query { deleteIntegrationInstance(id: "x") { success } }', {}, "GRAPHQL_VALIDATION_FAILED", 'on type "Query"'),
    (SHOW % "unheardOf", {"id": "x"}, "GRAPHQL_VALIDATION_FAILED", 'Cannot query field "unheardOf"'),
    (SHOW % "jobs { jobs { unheardOf } }", {"id": "x"}, "GRAPHQL_VALIDATION_FAILED", 'type "IntegrationJob"'),
    (SHOW % "jobs", {"id": "x"}, "GRAPHQL_VALIDATION_FAILED", "must have a selection"),
    (SHOW % "name { first }", {"id": "x"}, "GRAPHQL_VALIDATION_FAILED", "must not have a selection"),
    (SHOW % "...Missing", {"id": "x"}, "GRAPHQL_VALIDATION_FAILED", 'Unknown fragment "Missing"'),
    ("{ integrationInstance { id } }", {}, "GRAPHQL_VALIDATION_FAILED", 'argument "id"'),
    ("{ integrationInstance(id: $id) { id } }", {}, "GRAPHQL_VALIDATION_FAILED", "is not defined"),
    ("{ integrationInstance(key: 1) { id } }", {}, "GRAPHQL_VALIDATION_FAILED", 'Unknown argument "key"'),
    ("query ($id: ID!) { integrationInstance(id: $id) { id } }", {"id": "x"}, "GRAPHQL_VALIDATION_FAILED", '"ID!"'),
    (
        "query ($id: String) { integrationInstance(id: $id) { id } }",
        {"id": "x"},
        "GRAPHQL_VALIDATION_FAILED",
        "position",
    ),
    ("query ($id: Foo) { integrationInstance(id: $id) { id } }", {"id": "x"}, "GRAPHQL_VALIDATION_FAILED", '"Foo"'),
    (SHOW % "id", {}, "BAD_USER_INPUT", "was not provided"),
    (SHOW % "id", {"id": None}, "BAD_USER_INPUT", "must not be null"),
    (SHOW % "id", {"id": 7}, "BAD_USER_INPUT", "String cannot represent 7"),
    ("{ integrationInstance(id: 7) { id } }", {}, "BAD_USER_INPUT", "String cannot represent 7"),
    ("{ integrationInstancesV2(limit: true) { instances { id } } }", {}, "BAD_USER_INPUT", "Int cannot represent"),
    ("{ integrationInstancesV2 { instances { id } }", {}, "GRAPHQL_PARSE_FAILED", "Unexpected <EOF>"),
    ("{ integrationInstancesV2 { } }", {}, "GRAPHQL_PARSE_FAILED", "Expected Name"),
    ("{ a ? }", {}, "GRAPHQL_PARSE_FAILED", 'Unexpected character "?"'),
    ("subscription { a }", {}, "GRAPHQL_PARSE_FAILED", "subscription"),
    ("{ a @unknown }", {}, "GRAPHQL_PARSE_FAILED", "@unknown"),
    ("", {}, "GRAPHQL_PARSE_FAILED", "operation name"),
]


@pytest.mark.parametrize(("query", "variables", "code", "words"), REFUSED)
def test_refuses(jupiterone: Asker, query: str, variables: dict[str, Any], code: str, words: str) -> None:
    status, said, message = jupiterone.graphql_refusal(query, **variables)
    assert (status, said) == (200 if code == "BAD_USER_INPUT" else 400, code)
    assert words in message


def test_does_nothing_where_anything_is_wrong(jupiterone: Asker) -> None:
    query = """
    mutation {
      first: createIntegrationInstance(instance: {name: "a", integrationDefinitionId: "%s"}) { id }
      second: createIntegrationInstance(instance: {name: "b", integrationDefinitionId: "x"}) { unheardOf }
    }"""
    jupiterone.graphql_refusal(query % CUSTOM_DEFINITION_ID)
    assert jupiterone.sandbox.instances == []


@pytest.mark.parametrize("body", [{}, {"query": 1}, []])
def test_needs_a_query(jupiterone: Asker, body: Any) -> None:
    answer = jupiterone.sandbox.app.test_client().post("/graphql", json=body, headers=jupiterone.headers)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["errors"][0]["message"] == "Must provide query string."
