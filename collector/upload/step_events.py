"""The steps of a collection as events for the job's log in JupiterOne (JupiterOne SDK: event names)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from collector.jupiterone.synchronization import Event
from collector.model.coverage import Coverage, Status
from collector.model.step import StepResult, StepStatus

UPLOAD_START = Event("sync_upload_start", "Uploading collected data for synchronization...")
UPLOAD_END = Event("sync_upload_end", "Upload complete.")

_DENIED = "The required permission was not provided to perform this step."
_LEFT_OUT = "Step was disabled via configuration. Update instance config to enable."


def step_events(results: Sequence[StepResult], coverage: Sequence[Coverage]) -> Iterator[Event]:
    """For each step: its start, what was incomplete, and its end."""
    for result in results:
        yield from _events(result, [entry for entry in coverage if entry.step == result.step.id])


def _events(result: StepResult, coverage: Sequence[Coverage]) -> Iterator[Event]:
    name = result.step.name
    if result.status is StepStatus.DISABLED:
        by_choice = any(entry.is_list and entry.status is Status.SKIPPED for entry in coverage)
        yield Event("step_skip", f'Skipped step "{name}". {_LEFT_OUT if by_choice else _DENIED}')
        return
    yield Event("step_start", f'Starting step "{name}"...')
    for entry in coverage:
        if entry.status.incomplete:
            yield Event("warn_incomplete_data", f'"{entry.dataset}" was not read completely. {entry.reason}'.strip())
    if result.status is StepStatus.FAILURE:
        broken = next((entry for entry in coverage if entry.is_list and entry.status is not Status.COMPLETE), None)
        code = "PROVIDER_AUTHORIZATION_ERROR" if _is_denied(broken) else "PROVIDER_API_ERROR"
        reason = json.dumps(broken.reason if broken is not None else "", ensure_ascii=False)
        yield Event(
            "step_failure", f'Step "{name}" failed to complete due to error. (errorCode="{code}", reason={reason})'
        )
    else:
        yield Event("step_end", f'Completed step "{name}".')


def _is_denied(entry: Coverage | None) -> bool:
    return entry is not None and entry.status is Status.DENIED
