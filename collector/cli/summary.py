"""The summary of a collection: what was read, what was not and why, where the files are, and what to do next."""

from __future__ import annotations

import shlex

from rich.console import Console
from rich.table import Table

from collector.cli.not_granted import print_not_granted
from collector.cli.options import render
from collector.cli.output import format_time, print_table
from collector.cli.plain_text import printable
from collector.cli.wrapping import print_wrapped
from collector.collect.account import CollectResult
from collector.collect.choice import NOT_SERVED
from collector.errors import ExitCode
from collector.model.coverage import Coverage, Status
from collector.model.step import StepResult, StepStatus
from collector.model.unknown import UnknownSetting
from collector.next_steps import Command, NextStep
from collector.store import RunRecord

STATUS_LABELS = {
    StepStatus.SUCCESS: "complete",
    StepStatus.FAILURE: "incomplete",
    StepStatus.PARTIAL: "partial",
    StepStatus.DISABLED: "not run",
}
_NO_GAPS = (Status.COMPLETE, Status.SKIPPED, Status.NOT_GRANTED)
_DOCUMENTS_MISSING = "incomplete details"
_MAX_UNKNOWN_SHOWN = 10


def print_summary(console: Console, collected: CollectResult) -> None:
    """Print the summary."""
    record = collected.record
    print_table(console, _steps_table(record))
    for result in record.steps:
        for note in result.notes:
            console.print(printable(f"Note: {note}"))
    _print_coverage(console, record)
    print_not_granted(console, record.coverage)
    _print_unknown(console, collected)
    tree = collected.tree
    print_wrapped(
        console,
        f"\n{tree.entities:,} entities and {tree.relationships:,} relationships in {printable(str(tree.path))}",
    )
    if record.partial_types:
        console.print(f"JupiterOne will delete nothing of these types: {', '.join(record.partial_types)}")


def to_json(collected: CollectResult) -> dict[str, object]:
    """The summary as JSON."""
    record = collected.record
    return {
        "exitCode": int(record.exit_code or 0),
        "startedAt": record.started_at,
        "endedAt": record.ended_at,
        "clearsAt": collected.clears_at,
        "output": str(collected.tree.path),
        "entities": collected.tree.entities,
        "relationships": collected.tree.relationships,
        "partialTypes": list(record.partial_types),
        "steps": [
            {
                "id": result.step.id,
                "status": result.status.value,
                "counts": dict(result.counts),
                "calls": result.calls,
                "milliseconds": _milliseconds(result),
                "notes": list(result.notes),
            }
            for result in record.steps
        ],
        "coverage": [
            {
                "step": entry.step,
                "reading": entry.dataset,
                "status": entry.status.value,
                "read": entry.read,
                "vanished": entry.deleted_meanwhile,
                "carriedOver": entry.stale,
                "missing": entry.missing,
                "unavailable": entry.unavailable,
                "oldest": entry.oldest,
                "reason": entry.reason,
                "nextStep": render(entry.next_step),
                "scopes": list(entry.scopes),
            }
            for entry in record.coverage
        ],
        "unknownSettings": [
            {
                "path": setting.path,
                "kind": setting.kind,
                "described": setting.described,
                "count": setting.count,
                "kept": setting.kept,
            }
            for setting in record.unknown_settings
        ],
    }


def _print_coverage(console: Console, record: RunRecord) -> None:
    """Print what was skipped by choice, and what was not read completely and why."""
    entries = [entry for entry in record.coverage if entry.status is Status.SKIPPED]
    not_served = [entry.step if entry.is_list else entry.dataset for entry in entries if entry.reason == NOT_SERVED]
    skipped = [entry for entry in entries if entry.reason != NOT_SERVED]
    by_choice = [entry.step for entry in skipped if entry.is_list]
    if by_choice:
        console.print(f"\nSkipped by choice: {', '.join(by_choice)}")
    if not_served:
        console.print(f"\n{NOT_SERVED.capitalize()}: {', '.join(not_served)}")
    if any(not entry.is_list for entry in skipped):
        console.print("\nNot refreshed, by choice:")
        for entry in skipped:
            if not entry.is_list:
                console.print(printable(f"  {_sentence(entry)}"))
    incomplete = [entry for entry in record.coverage if entry.status not in _NO_GAPS]
    if incomplete:
        console.print("\nNot read completely:")
        for entry in incomplete:
            console.print(printable(f"  {_sentence(entry)}"))
            if entry.next_step:
                console.print(printable(f"    Next: {render(entry.next_step)}"))


def _steps_table(record: RunRecord) -> Table:
    with_gaps = {entry.step for entry in record.coverage if not entry.is_list and entry.status not in _NO_GAPS}
    table = Table(box=None, pad_edge=False)
    table.add_column("Step", overflow="fold")
    table.add_column("Status", no_wrap=True)
    for heading in ("Count", "Calls", "Time"):
        table.add_column(heading, justify="right", no_wrap=True)
    for result in record.steps:
        milliseconds = _milliseconds(result)
        whole = result.status is StepStatus.SUCCESS
        table.add_row(
            result.step.id,
            _DOCUMENTS_MISSING if whole and result.step.id in with_gaps else STATUS_LABELS[result.status],
            f"{sum(result.counts.values()):,}",
            f"{result.calls:,}",
            "-" if milliseconds is None else f"{milliseconds / 1000:.1f} s",
        )
    return table


def _milliseconds(result: StepResult) -> int | None:
    if result.started_at is None or result.ended_at is None:
        return None
    return result.ended_at - result.started_at


def _sentence(entry: Coverage) -> str:
    counts = [f"{entry.read} read"]
    if entry.stale and entry.oldest is not None:
        counts.append(f"{entry.stale} stale, the oldest from {format_time(entry.oldest)}")
    if entry.missing:
        counts.append(f"{entry.missing} missing")
    if entry.deleted_meanwhile:
        counts.append(f"{entry.deleted_meanwhile} deleted meanwhile")
    if entry.unavailable:
        counts.append(f"{entry.unavailable} not available")
    reason = f": {entry.reason}" if entry.reason else ""
    return f"{entry.dataset} ({entry.step}) {entry.status.value}, {', '.join(counts)}{reason}"


def _print_unknown(console: Console, collected: CollectResult) -> None:
    unknown = [setting for setting in collected.record.unknown_settings if not setting.described]
    if unknown:
        console.print(f"\n{len(unknown)} unknown settings; booleans and measures are kept:")
        _print_settings(console, [f"{one.path} ({one.kind}, {_times_and_kept(one)})" for one in unknown])
    others = [setting for setting in collected.record.unknown_settings if setting.described]
    if others:
        console.print(f"\n{len(others)} settings have an unexpected type and were left out:")
        _print_settings(
            console,
            [f"{one.path} ({one.kind}, described as {one.described}, {_times_and_kept(one)})" for one in others],
        )


def _times_and_kept(setting: UnknownSetting) -> str:
    times = f"{setting.count} times"
    return times if setting.described else f"{times}, {'kept' if setting.kept else 'left out'}"


def _print_settings(console: Console, lines: list[str]) -> None:
    for line in lines[:_MAX_UNKNOWN_SHOWN]:
        console.print(printable(f"  {line}"))
    if len(lines) > _MAX_UNKNOWN_SHOWN:
        console.print(
            render(
                NextStep(
                    "  and {} more: {} lists all", f"{len(lines) - _MAX_UNKNOWN_SHOWN}", Command("collect", "--json")
                )
            )
        )


def next_command(collected: CollectResult) -> str:
    """The line that says what to do next."""
    return render(_next_command(collected))


def _next_command(collected: CollectResult) -> NextStep:
    exit_code = collected.record.exit_code
    if collected.clears_at is not None:
        return NextStep(
            "Next: run `{}` again after {}, when Zoom's limit clears.",
            Command("collect"),
            format_time(collected.clears_at),
        )
    if exit_code == ExitCode.INCOMPLETE:
        return NextStep(
            "Next: fix what is incomplete (above), then run `{}` again. `{}` helps.",
            Command("collect"),
            Command("doctor"),
        )
    if not collected.example:
        return NextStep("Next: {}", Command("status"))
    named = " ".join(shlex.quote(printable(word)) for word in collected.example)
    return NextStep("Next: {}", Command("show", named))
