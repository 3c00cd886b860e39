"""The summary of an upload: what changed by type, what JupiterOne reports, and what to do next."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from collector.cli.destination import describe_destination, destination_to_json
from collector.cli.options import render
from collector.cli.output import format_time, print_table
from collector.cli.plain_text import printable
from collector.cli.wrapping import print_wrapped
from collector.errors import UnsafeUpload
from collector.jupiterone.jobs import Counts
from collector.next_steps import Command, NextStep
from collector.store import UploadDestination
from collector.upload import UploadDiff, UploadResult, check_safe

_CHANGES = ("created", "updated", "deleted", "unchanged", "retained")


def print_preview(console: Console, destination: UploadDestination, diff: UploadDiff) -> None:
    """Print what an upload would change."""
    print_wrapped(
        console,
        f"Uploading the collection of {format_time(diff.run.ended_at)} to the {describe_destination(destination)} "
        "would change:\n",
    )
    print_table(console, _table(diff))
    _print_retained_types(console, diff)
    if diff.base is None:
        console.print(
            "\nThis profile has no earlier upload to this destination to compare with. Objects "
            "JupiterOne already has count as unchanged, the rest as created."
        )
    _print_query_failure(console, diff)
    refusal = _refusal(diff)
    if refusal is not None:
        console.print(render(NextStep("\n{} `{}` refuses this without --allow-deletes.", refusal, Command("sync"))))
    console.print("\nNothing was sent.")
    if refusal is None:
        console.print(render(NextStep("Next: {}", Command("sync"))))


def print_synced(console: Console, synced: UploadResult) -> None:
    """Print what an upload changed."""
    diff = synced.diff
    if not synced.finalized:
        print_table(console, _uploaded_table(synced))
        console.print(
            f"\nThe synchronization job {printable(synced.report.job_id)} is still open (--skip-finalize): "
            "nothing in JupiterOne has changed.",
        )
        next_step = NextStep("Next: finalize or abort the job in JupiterOne, or upload again with: {}", Command("sync"))
        console.print(render(next_step))
        return
    print_table(console, _uploaded_table(synced) if diff.base is None else _table(diff))
    _print_retained_types(console, diff)
    _print_query_failure(console, diff)
    console.print()
    print_totals(console, synced)
    print_wrapped(
        console,
        f"\nThe collection of {format_time(diff.run.ended_at)} is in the {describe_destination(synced.destination)}.",
    )
    if synced.errors:
        next_step = NextStep(
            "Next: look at the errors of the job {} in JupiterOne (Integrations, the instance), then run `{}` again.",
            printable(synced.report.job_id),
            Command("sync"),
        )
        console.print(render(next_step))
    else:
        console.print("Next: ask JupiterOne, for example FIND zoom_user WITH isAdmin = true")


def print_totals(console: Console, synced: UploadResult) -> None:
    """Print what JupiterOne reports."""
    console.print("JupiterOne says:")
    for name, counts in (("entities", synced.report.entities), ("relationships", synced.report.relationships)):
        console.print(f"  {name}: {_totals(counts)}")


def preview_to_json(destination: UploadDestination, diff: UploadDiff) -> dict[str, object]:
    """What an upload would change, as JSON."""
    return {
        "run": diff.run.id,
        "collectedAt": diff.run.ended_at,
        "place": destination_to_json(destination),
        "compared": diff.base is not None,
        "recordAlone": None if diff.query_failure is None else diff.query_failure.message,
        "partialTypes": list(diff.partial_types),
        "changes": _changes_to_json(diff),
        "tooManyDeletes": [entry.type for entry in diff.deletions if entry.too_many],
        "refusal": _refusal(diff),
    }


def upload_result_to_json(synced: UploadResult) -> dict[str, object]:
    """What an upload changed, as JSON."""
    halves = {"entities": synced.report.entities, "relationships": synced.report.relationships}
    return {
        **preview_to_json(synced.destination, synced.diff),
        "exitCode": int(synced.exit_code),
        "job": synced.report.job_id,
        "status": synced.report.status,
        "uploaded": dict(synced.counts),
        "jupiterone": {
            name: {field: getattr(counts, field) for field in ("created", "updated", "deleted", "errors")}
            for name, counts in halves.items()
        },
    }


def _refusal(diff: UploadDiff) -> str | None:
    """Why an upload without --allow-deletes would be refused, if it would."""
    try:
        check_safe(diff)
    except UnsafeUpload as unsafe:
        return unsafe.message
    return None


def _changes_to_json(diff: UploadDiff) -> dict[str, dict[str, int]]:
    return {
        type_: {"staying" if name == "retained" else name: getattr(changes, name) for name in _CHANGES}
        for type_, changes in diff.changes.items()
    }


def _table(diff: UploadDiff) -> Table:
    table = _empty_table(*_CHANGES)
    for type_, changes in diff.changes.items():
        table.add_row(type_, *(f"{getattr(changes, name):,}" for name in _CHANGES))
    return table


def _uploaded_table(synced: UploadResult) -> Table:
    table = _empty_table("uploaded")
    for type_ in synced.diff.changes:
        table.add_row(type_, f"{synced.counts.get(type_, 0):,}")
    return table


def _empty_table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Type", overflow="fold")
    for heading in headings:
        table.add_column(heading.capitalize(), justify="right", no_wrap=True)
    return table


def _print_retained_types(console: Console, diff: UploadDiff) -> None:
    if diff.partial_types:
        console.print(
            f"\nNot deleted from, because not read completely: {', '.join(diff.partial_types)}.",
        )


def _print_query_failure(console: Console, diff: UploadDiff) -> None:
    if diff.query_failure is not None:
        console.print(
            "\nDeletions are estimated from this computer's own uploads only, because JupiterOne did "
            f"not report its counts: {diff.query_failure.message}"
        )


def _totals(counts: Counts) -> str:
    return ", ".join(f"{getattr(counts, name):,} {name}" for name in ("created", "updated", "deleted", "errors"))
