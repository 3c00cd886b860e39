"""summary.json: the steps in JupiterOne's order, what is partial, and the coverage."""

from __future__ import annotations

from pathlib import Path

from collector.store import Store
from collector.tree import write_tree

from .graph import content


def test_summary(store: Store, folder: Path) -> None:
    write_tree(store, folder)
    assert content(folder / "summary.json") == {
        "integrationStepResults": [
            {
                "id": "fetch-users",
                "name": "Fetch Users",
                "dependsOn": [],
                "declaredTypes": ["zoom_user"],
                "partialTypes": ["zoom_user"],
                "encounteredTypes": ["zoom_user"],
                "encounteredTypeCounts": {"zoom_user": 2},
                "status": "success",
                "startTime": 1200,
                "endTime": 1500,
                "duration": 300,
            },
            {
                "id": "fetch-account",
                "name": "Fetch Account",
                "dependsOn": [],
                "declaredTypes": ["zoom_account"],
                "partialTypes": [],
                "encounteredTypes": ["zoom_account"],
                "encounteredTypeCounts": {"zoom_account": 1},
                "status": "success",
                "startTime": 1100,
                "endTime": 1150,
                "duration": 50,
            },
            {
                "id": "build-account-and-user-relationship",
                "name": "Build Account and User Relationship",
                "dependsOn": ["fetch-users", "fetch-account"],
                "declaredTypes": ["zoom_account_has_user"],
                "partialTypes": [],
                "encounteredTypes": ["zoom_account_has_user"],
                "encounteredTypeCounts": {"zoom_account_has_user": 2},
                "status": "success",
                "startTime": 1500,
                "endTime": 1600,
                "duration": 100,
            },
            {
                "id": "fetch-groups",
                "name": "Fetch Groups",
                "dependsOn": [],
                "declaredTypes": ["zoom_group"],
                "partialTypes": ["zoom_group"],
                "encounteredTypes": [],
                "encounteredTypeCounts": {},
                "status": "disabled",
            },
        ],
        "metadata": {
            "partialDatasets": {"types": ["zoom_group", "zoom_user"]},
            "coverage": [
                {
                    "step": "fetch-users",
                    "reading": "settings",
                    "status": "denied",
                    "isSet": False,
                    "read": 0,
                    "vanished": 0,
                    "carriedOver": 2,
                    "missing": 0,
                    "unavailable": 0,
                    "reason": "",
                    "nextStep": "",
                    "scopes": ["user:read"],
                    "oldestReadAt": 900,
                }
            ],
            "unknownSettings": [{"path": "in_meeting.new", "kind": "boolean", "count": 2, "kept": True}],
        },
    }


def test_the_fields_stand_in_the_order_of_the_sdk(store: Store, folder: Path) -> None:
    write_tree(store, folder)
    written = content(folder / "summary.json")
    assert list(written) == ["integrationStepResults", "metadata"]
    assert next(iter(written["metadata"])) == "partialDatasets"
    assert list(written["integrationStepResults"][0]) == [
        "id",
        "name",
        "dependsOn",
        "declaredTypes",
        "partialTypes",
        "encounteredTypes",
        "encounteredTypeCounts",
        "status",
        "startTime",
        "endTime",
        "duration",
    ]
