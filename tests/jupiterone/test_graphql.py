"""Lists of GraphQL's, page by page: what is no list is not an empty one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collector.errors import RequestFailed
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.instances import Instances
from collector.jupiterone.questions import Questions
from collector.jupiterone.rules import Rules

from .conftest import GRAPHQL

LISTS = [
    pytest.param(lambda client: Questions(client).list(), "questions", "questions", id="questions"),
    pytest.param(lambda client: Rules(client).list(), "listRuleInstances", "questionInstances", id="rules"),
    pytest.param(lambda client: Instances(client).list(), "integrationInstancesV2", "instances", id="instances"),
]


@pytest.mark.parametrize(("read", "operation", "name"), LISTS)
@pytest.mark.parametrize("is_second", [False, True], ids=["the first page", "the second page"])
@pytest.mark.parametrize("page", [None, {}, {"pageInfo": {}}, "null", []], ids=str)
def test_a_page_without_rows(
    client: JupiterOne,
    requests_mock,
    read: Callable[[JupiterOne], object],
    operation: str,
    name: str,
    is_second: bool,
    page: object,
) -> None:
    """Whoever took it for an empty list would make all questions and rules a second time."""
    if page == "null":
        page = {name: None}
    first = [{operation: {name: [], "pageInfo": {"endCursor": "next"}}}] if is_second else []
    requests_mock.post(GRAPHQL, [{"json": {"data": data}} for data in [*first, {operation: page}]])
    with pytest.raises(RequestFailed, match=f"lacks the list `{name}`"):
        read(client)


@pytest.mark.parametrize(("read", "operation", "name"), LISTS)
def test_an_empty_list(
    client: JupiterOne, requests_mock, read: Callable[[JupiterOne], list[object]], operation: str, name: str
) -> None:
    requests_mock.post(GRAPHQL, json={"data": {operation: {name: [], "pageInfo": {"hasNextPage": False}}}})
    assert list(read(client)) == []
