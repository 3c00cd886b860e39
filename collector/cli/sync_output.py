"""The end of an upload in words: what changed by type, what JupiterOne says, and what to do next."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from collector.cli.options import render
from collector.cli.output import moment, print_table
from collector.cli.place import place_as_json, place_in_words
from collector.cli.plain_text import printable
from collector.cli.wrapping import put
from collector.errors import UnsafeUpload
from collector.jupiterone.jobs import Counts
from collector.next_steps import Command, NextStep
from collector.store import Place
from collector.upload import Foresight, Synced, check_safe

_COLUMNS = ("created", "updated", "deleted", "unchanged", "staying")


def print_foreseen(console: Console, place: Place, foresight: Foresight) -> None:
    """What an upload would change."""
    put(
        console,
        f"Uploading the collection of {moment(foresight.run.ended_at)} to the {place_in_words(place)} would do this:\n",
    )
    print_table(console, _table(foresight))
    _print_staying(console, foresight)
    if foresight.base is None:
        console.print(
            "\nThere is no record of an earlier upload to this place that could be compared with. As many objects as "
            "JupiterOne says it holds of a type count as unchanged, whatever they say; all others as created."
        )
    _print_silence(console, foresight)
    refusal = _refusal(foresight)
    if refusal is not None:
        console.print(render(NextStep("\n{} `{}` will not do that without --allow-deletes.", refusal, Command("sync"))))
    console.print("\nNothing was sent.")
    if refusal is None:
        console.print(render(NextStep("Next: {}", Command("sync"))))


def print_synced(console: Console, synced: Synced) -> None:
    """What an upload changed."""
    foresight = synced.foresight
    if not synced.finalized:
        print_table(console, _uploaded_table(synced))
        console.print(
            f"\nThe synchronization job {printable(synced.report.job_id)} awaits uploads, as --skip-finalize wants it: "
            "nothing in JupiterOne has changed.",
        )
        next_step = NextStep("Next: finalize or abort the job in JupiterOne, or upload anew with: {}", Command("sync"))
        console.print(render(next_step))
        return
    print_table(console, _uploaded_table(synced) if foresight.base is None else _table(foresight))
    _print_staying(console, foresight)
    _print_silence(console, foresight)
    console.print()
    print_totals(console, synced)
    put(
        console,
        f"\nThe collection of {moment(foresight.run.ended_at)} is in the {place_in_words(synced.place)}.",
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


def print_totals(console: Console, synced: Synced) -> None:
    """What JupiterOne says it did."""
    console.print("JupiterOne says:")
    for name, counts in (("entities", synced.report.entities), ("relationships", synced.report.relationships)):
        console.print(f"  {name}: {_totals(counts)}")


def foreseen_as_json(place: Place, foresight: Foresight) -> dict[str, object]:
    """What an upload would change, for programs."""
    return {
        "run": foresight.run.id,
        "collectedAt": foresight.run.ended_at,
        "place": place_as_json(place),
        "compared": foresight.base is not None,
        "recordAlone": None if foresight.silence is None else foresight.silence.message,
        "partialTypes": list(foresight.partial_types),
        "changes": _changes_as_json(foresight),
        "tooManyDeletes": [entry.type for entry in foresight.deletions if entry.too_many],
        "refusal": _refusal(foresight),
    }


def synced_as_json(synced: Synced) -> dict[str, object]:
    """What an upload changed, for programs."""
    halves = {"entities": synced.report.entities, "relationships": synced.report.relationships}
    return {
        **foreseen_as_json(synced.place, synced.foresight),
        "exitCode": int(synced.exit_code),
        "job": synced.report.job_id,
        "status": synced.report.status,
        "uploaded": dict(synced.counts),
        "jupiterone": {
            name: {field: getattr(counts, field) for field in ("created", "updated", "deleted", "errors")}
            for name, counts in halves.items()
        },
    }


def _refusal(foresight: Foresight) -> str | None:
    """Why an upload would be refused without --allow-deletes, as far as that is known."""
    try:
        check_safe(foresight)
    except UnsafeUpload as unsafe:
        return unsafe.message
    return None


def _changes_as_json(foresight: Foresight) -> dict[str, dict[str, int]]:
    return {type_: {name: getattr(changes, name) for name in _COLUMNS} for type_, changes in foresight.changes.items()}


def _table(foresight: Foresight) -> Table:
    table = _empty_table(*_COLUMNS)
    for type_, changes in foresight.changes.items():
        table.add_row(type_, *(f"{getattr(changes, name):,}" for name in _COLUMNS))
    return table


def _uploaded_table(synced: Synced) -> Table:
    table = _empty_table("uploaded")
    for type_ in synced.foresight.changes:
        table.add_row(type_, f"{synced.counts.get(type_, 0):,}")
    return table


def _empty_table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Type", overflow="fold")
    for heading in headings:
        table.add_column(heading.capitalize(), justify="right", no_wrap=True)
    return table


def _print_staying(console: Console, foresight: Foresight) -> None:
    if foresight.partial_types:
        console.print(
            f"\nNothing is deleted of what was not read completely: {', '.join(foresight.partial_types)}.",
        )


def _print_silence(console: Console, foresight: Foresight) -> None:
    if foresight.silence is not None:
        console.print(
            "\nWhat would be deleted is told by this computer's record of its own uploads alone, since JupiterOne did "
            f"not say what it holds: {foresight.silence.message}"
        )


def _totals(counts: Counts) -> str:
    return ", ".join(f"{getattr(counts, name):,} {name}" for name in ("created", "updated", "deleted", "errors"))
