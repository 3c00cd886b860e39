"""summary.json: how the steps of the latest run ended, what is partial, and how far each reading got."""

from __future__ import annotations

from collections.abc import Mapping

from collector.model.coverage import Coverage
from collector.model.step import StepResult, StepStatus, in_report_order
from collector.model.unknown import UnknownSetting
from collector.store import RunRecord

JsonValue = Mapping[str, object]

STEPS = "integrationStepResults"
"""Where the steps stand in it."""


def summary(record: RunRecord) -> JsonValue:
    """The content of summary.json, in the field order of JupiterOne's integration SDK 17.

    `metadata.partialDatasets.types` names the types of which nothing may be deleted. Beside it, for people and
    programs of ours: `metadata.coverage` and `metadata.unknownSettings`. Times are milliseconds since 1970.
    """
    results = {result.step.id: result for result in record.steps}
    return {
        STEPS: [_step_result(results[step.id]) for step in in_report_order([result.step for result in record.steps])],
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
        "reading": entry.reading,
        "status": entry.status.value,
        "isSet": entry.is_set,
        "read": entry.read,
        "vanished": entry.vanished,
        "carriedOver": entry.carried_over,
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
