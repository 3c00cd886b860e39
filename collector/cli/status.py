"""`collector status`."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from collector.cli.destination import describe_destination, destination_to_json
from collector.cli.options import common_options, example, options, render
from collector.cli.output import console, format_time, print_json, print_table
from collector.cli.plain_text import printable
from collector.cli.wrapping import print_wrapped
from collector.clock import SystemClock, milliseconds
from collector.model.coverage import Status
from collector.next_steps import Command, NextStep
from collector.query.status import ProfileStatus, profile_status
from collector.store import RunRecord, Store, UploadRecord, UploadState

_EXIT_CODES = {0: "complete", 3: "incomplete", 75: "stopped by Zoom's daily limit", 130: "interrupted"}
_POLLING = Command("run", "--poll")


@click.command(epilog=example("collector status --runs"))
@click.option("--runs", is_flag=True, help="List every run instead: the numbers that --run and --since take.")
@common_options
@click.pass_context
def status(context: click.Context, runs: bool) -> None:
    """Show the last run, the last upload and the next run. Makes no network call."""
    given = options(context)
    settings = given.settings()
    if runs:
        with Store.open_existing(settings.profile.store_path) as store:
            finished = list(store.finished_runs())
        if given.json:
            print_json({"runs": [_run_to_json(run) for run in finished]})
        else:
            _print_runs(console(), finished)
        return
    found = profile_status(settings.profile, settings.polling_interval, settings.jupiterone.instance_id)
    if given.json:
        print_json(_to_json(found))
    else:
        _print(console(), found, milliseconds(SystemClock().now()))


def _print(out: Console, found: ProfileStatus, now: int) -> None:
    run = found.run
    out.print(printable(f"Profile {found.profile}: Zoom account {found.account_id or 'unknown'}"))
    print_wrapped(
        out,
        f"Last run: number {run.id}, {format_time(run.started_at)} to {format_time(run.ended_at)}, "
        f"{_result(run)} (exit code {run.exit_code})",
    )
    if found.next_run_at is None:
        out.print("Next run: none (POLLING_INTERVAL is DISABLED)")
    elif found.next_run_at > now:
        out.print(render(NextStep("Next run: {}, if `{}` is running", format_time(found.next_run_at), _POLLING)))
    else:
        out.print(
            render(NextStep("Next run: was due at {}; is `{}` running?", format_time(found.next_run_at), _POLLING))
        )
    _print_upload(out, found)
    _print_coverage(out, found, now)


def _result(run: RunRecord) -> str:
    return _EXIT_CODES.get(run.exit_code, "failed")


def _print_runs(out: Console, runs: Sequence[RunRecord]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("Run", justify="right")
    for heading in ("Began", "Ended", "Result", "Not read"):
        table.add_column(heading, overflow="fold")
    for run in runs:
        unread = [entry.dataset for entry in run.coverage if entry.status is not Status.COMPLETE]
        counted = f"{len(unread)} of {len(run.coverage)} datasets" if unread else "-"
        table.add_row(str(run.id), format_time(run.started_at), format_time(run.ended_at), _result(run), counted)
    print_table(out, table)


def _print_upload(out: Console, found: ProfileStatus) -> None:
    upload = found.upload
    if upload is None:
        out.print("Last upload: none")
        return
    target = describe_destination(upload.destination)
    print_wrapped(out, printable(f"Last upload: {format_time(upload.began_at)} to the {target}, {upload.state.value}"))
    if upload.reason:
        out.print(printable(f"  {upload.reason}"))
    finished = found.finished_upload
    if finished is None:
        return
    if finished.id != upload.id:
        out.print(f"Last finished upload: {format_time(finished.began_at)}")
    for half in ("entities", "relationships"):
        counts = (f"{finished.outcome.get(half + name, 0):,} {name.lower()}" for name in _OUTCOMES)
        out.print(f"  {half}: {', '.join(counts)}")


_OUTCOMES = ("Created", "Updated", "Deleted", "Errors")


def _print_coverage(out: Console, found: ProfileStatus, now: int) -> None:
    incomplete = [entry for entry in found.run.coverage if entry.status is not Status.COMPLETE]
    out.print(f"Complete: {len(found.run.coverage) - len(incomplete)} of {len(found.run.coverage)} datasets")
    for entry in incomplete:
        reason = f": {entry.reason}" if entry.reason else ""
        out.print(printable(f"  {entry.dataset} ({entry.step}) {entry.status.value}{reason}"))
    stale = sum(entry.stale for entry in found.run.coverage)
    if found.oldest is not None:
        out.print(
            f"Stale: {stale:,} documents from earlier runs, the oldest read {format_time(found.oldest)} "
            f"({(now - found.oldest) / 3_600_000:,.0f} hours ago)"
        )


def _to_json(found: ProfileStatus) -> dict[str, object]:
    run = found.run
    return {
        "profile": found.profile,
        "accountId": found.account_id,
        "instanceId": found.instance_id,
        "lastRun": {
            **_run_to_json(run),
            "oldest": found.oldest,
            "coverage": [
                {"step": entry.step, "reading": entry.dataset, "status": entry.status.value, "reason": entry.reason}
                for entry in run.coverage
            ],
        },
        "nextRunAt": found.next_run_at,
        "lastUpload": None if found.upload is None else _upload_to_json(found.upload),
        "lastFinishedUpload": None if found.finished_upload is None else _upload_to_json(found.finished_upload),
    }


def _run_to_json(run: RunRecord) -> dict[str, object]:
    return {
        "run": run.id,
        "startedAt": run.started_at,
        "endedAt": run.ended_at,
        "exitCode": int(run.exit_code),
        "partialTypes": list(run.partial_types),
        "carriedOver": sum(entry.stale for entry in run.coverage),
    }


def _upload_to_json(upload: UploadRecord) -> dict[str, object]:
    return {
        "run": upload.run,
        "place": destination_to_json(upload.destination),
        "job": upload.job,
        "state": UploadState(upload.state).value,
        "beganAt": upload.began_at,
        "endedAt": upload.ended_at,
        "uploaded": dict(upload.counts),
        "outcome": dict(upload.outcome),
        "reason": upload.reason,
    }
