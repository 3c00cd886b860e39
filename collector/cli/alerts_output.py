"""How alert rules, and what they find, are printed."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence

import click
from rich.table import Table

from collector.alerts.channels import Channel
from collector.alerts.findings import Finding, Findings
from collector.alerts.library import AlertRule
from collector.alerts.message import what
from collector.alerts.sending import AlertReport
from collector.cli.output import console, format_time, print_json, print_table, to_json
from collector.cli.plain_text import printable
from collector.cli.query_output import csv_cell
from collector.cli.wrapping import print_wrapped, say
from collector.store import RunRecord

_COLUMNS = ("level", "rule", "alert", "key", "name", "entityIsNew", "property", "old", "new", "note")
_NAMED = 10


def print_rules(rules: Sequence[AlertRule], *, json_output: bool) -> None:
    """Print the rules and what each watches."""
    if json_output:
        print_json([_rule_to_json(rule) for rule in rules])
        return
    table = Table(box=None, pad_edge=False)
    for title in ("Alert", "Level", "Watches"):
        table.add_column(title)
    for rule in rules:
        watches = rule.question.removeprefix("managed-question-zoom-") or f"two runs: {rule.check}"
        table.add_row(rule.title, rule.level, watches)
    out = console()
    print_table(out, table)
    out.print()
    print_wrapped(out, "Those that compare two runs cannot be rules in JupiterOne; the others watch a question.")


def print_check(findings: Findings, format_: str) -> None:
    """Print what is new; what was not compared goes to standard error."""
    match format_:
        case "json":
            print_json(findings_to_json(findings))
        case "jsonl":
            for each in findings.found:
                click.echo(to_json(each.to_json()))
        case "csv":
            _print_csv(findings)
        case _:
            _print_table(findings)
    for sentence in findings.not_compared:
        say(f"Not compared: {printable(sentence)}", err=True)


def print_sent(report: AlertReport) -> None:
    """Print which channels the alerts were sent to, and which did not take them."""
    number = 0 if report.findings is None else len(report.findings.found)
    sent = f", sent to channel {', '.join(map(str, report.sent_to))}" if report.sent_to else ""
    say(f"Alerts: {number:,} new{sent}.")
    for sentence in report.problems:
        say(sentence, err=True)


def print_tested(taken: Sequence[tuple[Channel, bool]], *, json_output: bool) -> None:
    """Print which channels took the test message."""
    if json_output:
        print_json([{"channel": each.position, "scheme": each.scheme, "taken": ok} for each, ok in taken])
        return
    for channel, ok in taken:
        if ok:
            say(f"Channel {channel} of ALERT_URLS took the message.")
        else:
            say(
                f"Channel {channel} of ALERT_URLS did not take the message. Check its address, and that this computer "
                "reaches it.",
                err=True,
            )


def report_to_json(report: AlertReport) -> dict[str, object]:
    """Numbers, and the channels by position and scheme."""
    return {
        "new": 0 if report.findings is None else len(report.findings.found),
        "sentTo": [str(channel) for channel in report.sent_to],
        "failed": [str(channel) for channel in report.failed],
        "problem": report.problem,
    }


def findings_to_json(findings: Findings) -> dict[str, object]:
    return {
        "since": None if findings.since is None else _run(findings.since),
        "until": _run(findings.until),
        "findings": [each.to_json() for each in findings.found],
        "notCompared": list(findings.not_compared),
        "complete": findings.complete,
    }


def _print_csv(findings: Findings) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for each in findings.found:
        who = (each.rule.level, each.rule.id, each.rule.title, each.key, each.name, each.is_new)
        for value in [(one.property, one.old, one.new) for one in each.values] or [("", None, None)]:
            writer.writerow([csv_cell(cell) for cell in (*who, *value, each.note)])


def _print_table(findings: Findings) -> None:
    out = console()
    until = f"Run {_when(findings.until)}"
    if findings.since is None:
        print_wrapped(out, f"{until} is the first collection: there is nothing to compare it with.")
        if not findings.found:
            return
    elif findings.since.id == findings.until.id:
        print_wrapped(out, f"{until} was compared before.")
    else:
        print_wrapped(out, f"{until}, compared with run {_when(findings.since)}")
    if not findings.found:
        print_wrapped(out, f"Nothing new{'' if findings.complete else ', as far as everything was read'}.")
        return
    for rule, found in _by_rule(findings.found):
        out.print()
        out.print(f"{rule.level}: {rule.title}", style="bold", soft_wrap=True)
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column("Who")
        table.add_column("What")
        for each in found[:_NAMED]:
            table.add_row(printable(each.name), printable(what(each)))
        print_table(out, table)
        if len(found) > _NAMED:
            print_wrapped(out, f"and {len(found) - _NAMED:,} more; `--format json` has all")
        print_wrapped(out, rule.message)


def _by_rule(found: Sequence[Finding]) -> Iterator[tuple[AlertRule, list[Finding]]]:
    by_rule: dict[AlertRule, list[Finding]] = {}
    for each in found:
        by_rule.setdefault(each.rule, []).append(each)
    yield from by_rule.items()


def _when(record: RunRecord) -> str:
    return f"{record.id} ({format_time(record.ended_at)})"


def _run(record: RunRecord) -> Mapping[str, int]:
    return {"run": record.id, "endedAt": record.ended_at}


def _rule_to_json(rule: AlertRule) -> dict[str, object]:
    watches = {"check": rule.check} if rule.check else {"question": rule.question, "query": rule.query}
    return {"id": rule.id, "name": rule.name, "level": rule.level, **watches, "message": rule.message}
