"""Boards of JupiterOne Insights, as JupiterOne's Terraform provider makes them (`dashboard.graphql`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.sandbox.jupiterone.errors import graphql_error
from collector.sandbox.jupiterone.graphql_routes import Resolver
from collector.sandbox.jupiterone.identifiers import Identifiers

WIDGET_TYPES = ("area", "bar", "graph", "line", "markdown", "matrix", "number", "pie", "status", "table")
"""The types in JupiterOne's own boards (`insights-dashboards` 4.5.2)."""


class Boards:
    """All boards of the account, oldest first. Not safe to share between threads."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._boards: dict[str, dict[str, Any]] = {}

    def by_name(self) -> Mapping[str, Resolver]:
        return {
            "getDashboard": lambda arguments: self._get(arguments["dashboardId"]),
            "createDashboard": self._create,
            "createWidget": self._create_widget,
            "patchDashboard": self._patch,
            "deleteDashboard": self._delete,
        }

    @property
    def all(self) -> list[dict[str, Any]]:
        return list(self._boards.values())

    def _create(self, arguments: dict[str, Any]) -> dict[str, Any]:
        board = {"id": self._identifiers.new(), "widgets": [], "layouts": None, **arguments["input"]}
        self._boards[board["id"]] = board
        return board

    def _create_widget(self, arguments: dict[str, Any]) -> dict[str, Any]:
        board = self._get(arguments["dashboardId"])
        if arguments["input"]["type"] not in WIDGET_TYPES:
            raise graphql_error("There is no such type of widget.", "BAD_USER_INPUT")
        widget_id = self._identifiers.new()
        widget = {"id": widget_id, "widgetId": widget_id, **arguments["input"]}
        board["widgets"].append(widget)
        return widget

    def _patch(self, arguments: dict[str, Any]) -> dict[str, Any]:
        changes = dict(arguments["input"])
        board = self._get(changes.pop("dashboardId"))
        board.update(changes)
        return board

    def _delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        del self._boards[self._get(arguments["dashboardId"])["id"]]
        return {"success": True}

    def _get(self, board_id: str) -> dict[str, Any]:
        if board_id not in self._boards:
            raise graphql_error(f"Dashboard {board_id} was not found.", "NOT_FOUND")
        return self._boards[board_id]
