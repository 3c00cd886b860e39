"""The record of a run: its times, tags, step results and coverage."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.errors import ExitCode
from collector.model.coverage import Coverage, Status
from collector.model.older_integration import DataModel
from collector.model.step import Step, StepResult, StepStatus
from collector.model.unknown import UnknownSetting
from collector.store.database import Database

UPLOADED_EXIT_CODES = (ExitCode.COMPLETE, ExitCode.INCOMPLETE, ExitCode.DAILY_LIMIT)
"""The exit codes of runs whose graph is written to the tree and uploaded."""


@dataclass(frozen=True)
class RunRecord:
    """A finished run. Times are milliseconds since 1970; `tags` ({"tag.AccountName": "x"}) go on every entity.

    `began_at`: when its session began, which is earlier than `started_at` for a resumed run. `data_model`: the form in
    which its graph leaves.
    """

    id: int
    began_at: int
    started_at: int
    ended_at: int
    exit_code: int
    tags: Mapping[str, str]
    steps: tuple[StepResult, ...]
    coverage: tuple[Coverage, ...]
    unknown_settings: tuple[UnknownSetting, ...]
    data_model: DataModel = DataModel.CURRENT

    @property
    def partial_types(self) -> list[str]:
        """The `_type`s that were not read completely, sorted: JupiterOne must delete nothing of them."""
        return sorted({type_ for step in self.steps for type_ in step.partial_types})


@dataclass(frozen=True)
class PartAge:
    """When a current part of an entity was last read (milliseconds since 1970) and by which run.

    `from_run`: the run since which it has not changed.
    """

    part: str
    read_at: int
    read_run: int
    from_run: int


def write_results(
    database: Database,
    run: int,
    steps: Sequence[StepResult],
    coverage: Sequence[Coverage],
    unknown_settings: Sequence[UnknownSetting],
) -> None:
    """Write the results of a run, in the open transaction."""
    for position, result in enumerate(steps):
        database.execute(
            "INSERT INTO step_result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                position,
                result.step.id,
                result.step.name,
                json.dumps(result.step.types),
                json.dumps(result.step.depends_on),
                result.status.value,
                json.dumps(result.partial_types),
                json.dumps(dict(result.counts)),
                result.calls,
                result.started_at,
                result.ended_at,
                json.dumps(result.notes, ensure_ascii=False),
            ),
        )
    for position, entry in enumerate(coverage):
        database.execute(
            "INSERT INTO coverage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                position,
                entry.step,
                entry.dataset,
                entry.status.value,
                entry.is_list,
                entry.read,
                entry.deleted_meanwhile,
                entry.stale,
                entry.missing,
                entry.oldest,
                entry.reason,
                entry.next_step,
                json.dumps(entry.scopes),
                entry.unavailable,
            ),
        )
    for setting in unknown_settings:
        database.execute(
            "INSERT INTO unknown_setting VALUES (?, ?, ?, ?, ?, ?)",
            (run, setting.path, setting.kind, setting.count, setting.kept, setting.described),
        )


def read_record(database: Database, run: int) -> RunRecord | None:
    """The record of a finished run, or None."""
    row = database.row(
        "SELECT run.*, coalesce(first.started_at, run.started_at) AS began_at"
        " FROM run LEFT JOIN run AS first ON first.id = run.reading"
        " WHERE run.id = ? AND run.ended_at IS NOT NULL",
        (run,),
    )
    if row is None:
        return None
    return RunRecord(
        id=row["id"],
        began_at=row["began_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        exit_code=row["exit_code"],
        tags=json.loads(row["tags"]),
        steps=_steps(database, run),
        coverage=_coverage(database, run),
        unknown_settings=_unknown_settings(database, run),
        data_model=DataModel(row["data_model"]),
    )


def _steps(database: Database, run: int) -> tuple[StepResult, ...]:
    return tuple(
        StepResult(
            step=Step(row["id"], row["name"], _texts(row["types"]), _texts(row["depends_on"])),
            status=StepStatus(row["status"]),
            partial_types=_texts(row["partial_types"]),
            counts=json.loads(row["counts"]),
            calls=row["calls"],
            started_at=row["started_at"],
            ended_at=row["ended_at"],
            notes=_texts(row["notes"]),
        )
        for row in database.rows("SELECT * FROM step_result WHERE run = ? ORDER BY position", (run,))
    )


def _coverage(database: Database, run: int) -> tuple[Coverage, ...]:
    return tuple(
        Coverage(
            step=row["step"],
            dataset=row["reading"],
            status=Status(row["status"]),
            is_list=bool(row["is_set"]),
            read=row["read"],
            deleted_meanwhile=row["vanished"],
            stale=row["carried_over"],
            missing=row["missing"],
            unavailable=row["unavailable"],
            oldest=row["oldest"],
            reason=row["reason"],
            next_step=row["next_step"],
            scopes=_texts(row["scopes"]),
        )
        for row in database.rows("SELECT * FROM coverage WHERE run = ? ORDER BY position", (run,))
    )


def _unknown_settings(database: Database, run: int) -> tuple[UnknownSetting, ...]:
    return tuple(
        UnknownSetting(row["path"], row["kind"], row["count"], bool(row["kept"]), row["described"])
        for row in database.rows("SELECT * FROM unknown_setting WHERE run = ? ORDER BY path, kind", (run,))
    )


def _texts(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
