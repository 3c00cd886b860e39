"""Boards and their widgets, as JupiterOne's Terraform provider makes them."""

from __future__ import annotations

from .client import SandboxClient

CREATE = "mutation ($input: CreateInsightsDashboardInput!) { createDashboard(input: $input) { id name } }"
WIDGET = (
    "mutation ($board: String!, $input: CreateInsightsWidgetInput!) "
    "{ createWidget(dashboardId: $board, input: $input) { id title type } }"
)
PATCH = "mutation ($input: PatchInsightsDashboardInput!) { patchDashboard(input: $input) { name } }"
DELETE = "mutation ($board: String!) { deleteDashboard(dashboardId: $board) { success } }"
SHOW = "query ($board: String!) { getDashboard(dashboardId: $board) { name type widgets { title } layouts } }"
COUNT = {"title": "Users", "type": "number", "config": {"queries": [{"name": "query1", "query": "FIND User"}]}}


def test_from_nothing_to_a_board_and_back(jupiterone: SandboxClient) -> None:
    board = jupiterone.data(CREATE, input={"name": "Zoom", "type": "Account"})["id"]
    widget = jupiterone.data(WIDGET, board=board, input=COUNT)
    layouts = {"lg": [{"i": widget["id"], "x": 0, "y": 0, "w": 3, "h": 2}]}
    jupiterone.data(PATCH, input={"dashboardId": board, "name": "Zoom security", "layouts": layouts})
    assert jupiterone.data(SHOW, board=board) == {
        "name": "Zoom security",
        "type": "Account",
        "widgets": [{"title": "Users"}],
        "layouts": layouts,
    }
    assert jupiterone.data(DELETE, board=board) == {"success": True}
    assert jupiterone.graphql_refusal(SHOW, board=board)[1] == "NOT_FOUND"
    assert jupiterone.sandbox.boards == []


def test_a_widget_has_a_known_type(jupiterone: SandboxClient) -> None:
    board = jupiterone.data(CREATE, input={"name": "Zoom", "type": "User"})["id"]
    refusal = jupiterone.graphql_refusal(WIDGET, board=board, input={**COUNT, "type": "speedometer"})
    assert refusal[1] == "BAD_USER_INPUT"
