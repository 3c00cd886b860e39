"""summary.json: how the steps of the latest run ended, and its coverage. It identifies a tree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from collector.model.coverage import Coverage
from collector.model.step import StepResult, StepStatus, in_report_order
from collector.model.unknown import UnknownSetting
from collector.private_files import read_file
from collector.store import RunRecord

JsonValue = Mapping[str, object]

_STEPS = "integrationStepResults"
_MAX_BYTES = 64 * 1024 * 1024


def summary(record: RunRecord) -> JsonValue:
    """The content of summary.json, in the field order of JupiterOne's integration SDK 17.

    `metadata.partialDatasets.types`: the types of which nothing may be deleted. `metadata.coverage` and
    `metadata.unknownSettings` are our own additions. Times are milliseconds since 1970.
    """
    results = {result.step.id: result for result in record.steps}
    return {
        _STEPS: [_step_result(results[step.id]) for step in in_report_order([result.step for result in record.steps])],
        "metadata": {
            "partialDatasets": {"types": record.partial_types},
            "coverage": [_coverage(entry) for entry in record.coverage],
            "unknownSettings": [_unknown_setting(setting) for setting in record.unknown_settings],
        },
    }


def _step_result(result: StepResult) -> JsonValue:
    counts = {type_: count for type_, count in result.counts.items() if count}
    fields: dict[str, object] = {
        "id": result.step.id,
        "name": result.step.name,
        "dependsOn": list(result.step.depends_on),
        "declaredTypes": list(result.step.types),
        "partialTypes": list(result.partial_types),
        "encounteredTypes": list(counts),
        "encounteredTypeCounts": counts,
        "status": result.status.value,
    }
    if result.status is StepStatus.DISABLED or result.started_at is None or result.ended_at is None:
        return fields
    return fields | {
        "startTime": result.started_at,
        "endTime": result.ended_at,
        "duration": result.ended_at - result.started_at,
    }


def _coverage(entry: Coverage) -> JsonValue:
    fields: dict[str, object] = {
        "step": entry.step,
        "reading": entry.dataset,
        "status": entry.status.value,
        "isSet": entry.is_list,
        "read": entry.read,
        "vanished": entry.deleted_meanwhile,
        "carriedOver": entry.stale,
        "missing": entry.missing,
        "unavailable": entry.unavailable,
        "reason": entry.reason,
        "nextStep": entry.next_step,
        "scopes": list(entry.scopes),
    }
    return fields if entry.oldest is None else fields | {"oldestReadAt": entry.oldest}


def _unknown_setting(setting: UnknownSetting) -> JsonValue:
    fields = {"path": setting.path, "kind": setting.kind, "count": setting.count, "kept": setting.kept}
    return fields | {"described": setting.described} if setting.described else fields


def is_tree_of(folder: Path, record: RunRecord) -> bool:
    """Whether the tree in `folder` was written from this run: its steps are equal, to the millisecond.

    The rest of the summary may differ between versions. False for a folder that cannot be read.
    """
    try:
        content, _ = read_file(folder / "summary.json", _MAX_BYTES)
        found = json.loads(content)[_STEPS]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return False
    return not folder.is_symlink() and found == json.loads(json.dumps(summary(record)[_STEPS]))
