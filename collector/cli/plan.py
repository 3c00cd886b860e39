"""`collector plan`."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from collector.cli.collect_options import choice_options
from collector.cli.not_granted import print_not_granted
from collector.cli.options import common_options, example, options, render
from collector.cli.output import console, format_time, print_json, print_table
from collector.cli.plain_text import printable
from collector.clock import SystemClock
from collector.collect.choice import Choice
from collector.collect.estimate import CollectionEstimate, StepEstimate, estimate_account
from collector.errors import DailyLimitReached
from collector.model.coverage import Status
from collector.next_steps import Command, NextStep
from collector.settings.choices import ZoomPlan

_STATUS_LABELS = {
    Status.COMPLETE: "yes",
    Status.PARTIAL: "in part",
    Status.DENIED: "denied",
    Status.NOT_LICENSED: "not licensed",
    Status.SKIPPED: "skipped",
    Status.NOT_GRANTED: "not granted",
}

_MAX_SHOWN_AS_SECONDS = 90
"""Longer times are shown in minutes, with the time a Business plan would need."""


@click.command(epilog=example("collector plan --settings security"))
@choice_options
@common_options
@click.pass_context
def plan(context: click.Context, choice: Choice) -> int:
    """Show the steps, API calls and minutes a collection would take.

    Reads only the first page of each list and stores nothing. Exit code 3 if something would be denied.
    """
    given = options(context)
    settings = given.settings()
    try:
        planned = estimate_account(settings, clock=SystemClock(), randomness=random.Random(), choice=choice)
    except DailyLimitReached as limit:
        clears_at = format_time(limit.clears_at)
        raise DailyLimitReached(
            limit.message, NextStep("Run `{}` again after {}.", Command("plan"), clears_at), limit.clears_at
        ) from None
    if given.json:
        print_json(to_json(planned, settings.plan, settings.rate_share, given=settings.plan_is_set))
    else:
        print_plan(console(), planned, settings.plan, settings.rate_share, given=settings.plan_is_set)
    return int(planned.exit_code)


def print_plan(
    console: Console, planned: CollectionEstimate, zoom_plan: ZoomPlan, share: float, *, given: bool
) -> None:
    """Print the estimate. `given`: whether the Zoom plan is configured, not assumed."""
    print_table(console, _steps_table(planned.steps))
    console.print()
    print_table(console, _calls_table(planned))
    for step in planned.steps:
        for note in step.notes:
            console.print(printable(f"Note: {note}"))
    _print_left_out(console, planned)
    _print_unread(console, planned)
    print_not_granted(console, planned.gaps)
    console.print(f"\n{_time_needed(planned, zoom_plan, share, given=given)}")
    console.print(f"Planning took {planned.calls_made} calls.")


def to_json(planned: CollectionEstimate, zoom_plan: ZoomPlan, share: float, *, given: bool) -> dict[str, object]:
    """The estimate as JSON; `seconds` is None for a plan without rate limits."""
    return {
        "exitCode": int(planned.exit_code),
        "calls": planned.count,
        "seconds": planned.seconds(zoom_plan, share),
        "zoomPlan": zoom_plan.value,
        "zoomPlanGiven": given,
        "rateShare": share,
        "secondsByPlan": {plan.value: planned.seconds(plan, share) for plan in ZoomPlan},
        "labels": {label.value: count for label, count in planned.labels.items()},
        "endpoints": [
            {"path": path, "label": label.value, "calls": count} for (path, label), count in planned.endpoints.items()
        ],
        "steps": [
            {
                "id": step.step.id,
                "runs": step.runs,
                "status": step.status.value,
                "calls": step.count,
                "notes": list(step.notes),
            }
            for step in planned.steps
        ],
        "gaps": [
            {
                "step": gap.step,
                "reading": gap.dataset,
                "status": gap.status.value,
                "reason": gap.reason,
                "nextStep": render(gap.next_step),
                "scopes": list(gap.scopes),
            }
            for gap in planned.gaps
        ],
        "callsMade": planned.calls_made,
    }


def duration(seconds: float) -> str:
    """Seconds in words: `42 seconds` (rounded up), `39 minutes`, `6 hours 32 minutes` (to the nearest minute)."""
    if seconds <= _MAX_SHOWN_AS_SECONDS:
        return _counted(math.ceil(seconds), "second")
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return _counted(minutes, "minute")
    return _counted(hours, "hour") + (f" {_counted(minutes, 'minute')}" if minutes else "")


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}" + ("" if number == 1 else "s")


def _steps_table(steps: Sequence[StepEstimate]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Step", overflow="fold")
    table.add_column("Runs", no_wrap=True)
    table.add_column("Calls", justify="right", no_wrap=True)
    for step in steps:
        table.add_row(step.step.id, _STATUS_LABELS[step.status], f"{step.count:,}")
    return table


def _calls_table(planned: CollectionEstimate) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("Endpoint", overflow="fold")
    table.add_column("Label", no_wrap=True)
    table.add_column("Calls", justify="right", no_wrap=True)
    for (path, label), count in planned.endpoints.items():
        table.add_row(path, label.value, f"{count:,}")
    for label, count in planned.labels.items():
        table.add_row(f"All {label.value.lower()} calls", label.value, f"{count:,}", style="dim")
    table.add_row("All calls", "", f"{planned.count:,}", style="bold")
    return table


def _print_left_out(console: Console, planned: CollectionEstimate) -> None:
    skipped = [gap.step if gap.is_list else gap.dataset for gap in planned.gaps if gap.status is Status.SKIPPED]
    if skipped:
        console.print(f"\nSkipped by choice: {', '.join(skipped)}")


def _print_unread(console: Console, planned: CollectionEstimate) -> None:
    unread = [gap for gap in planned.gaps if gap.status not in (Status.SKIPPED, Status.NOT_GRANTED)]
    if unread:
        console.print("\nWould be incomplete:")
    for gap in unread:
        console.print(printable(f"  {gap.dataset} ({gap.step}) {gap.status.value}: {gap.reason}"))
        if gap.next_step:
            console.print(printable(f"    Next: {render(gap.next_step)}"))


def _time_needed(planned: CollectionEstimate, zoom_plan: ZoomPlan, share: float, *, given: bool) -> str:
    """How long the calls take on the configured plan; if none is configured, on Business as well."""
    seconds = planned.seconds(zoom_plan, share)
    if seconds is None:
        return f"At ZOOM_PLAN={zoom_plan.value}: no rate limit."
    needed = f"At ZOOM_PLAN={zoom_plan.value} and ZOOM_RATE_SHARE={share}: {duration(seconds)}."
    faster = planned.seconds(ZoomPlan.BUSINESS, share)
    if given or faster is None or seconds <= _MAX_SHOWN_AS_SECONDS:
        return needed
    return (
        f"{needed}\nZOOM_PLAN is not set; Pro limits are assumed. On a Business plan, "
        f"ZOOM_PLAN=business takes {duration(faster)}."
    )
