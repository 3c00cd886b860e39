"""`collector doctor`."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

import click

from collector.auth.configured import token_source
from collector.cli.options import Options, common_options, example, options, render
from collector.cli.output import console, print_json
from collector.cli.plain_text import printable_lines
from collector.cli.wrapping import say, wrapped
from collector.clock import SystemClock
from collector.collect.clients import zoom_client
from collector.errors import ExitCode, UsageError
from collector.resources import all_resources, least_privilege, optional_privilege
from collector.resources.declaration import Resource
from collector.upkeep.doctor import Finding, Level, run_checks

_PRECEDENCE = (ExitCode.USAGE, ExitCode.SIGN_IN, ExitCode.DAILY_LIMIT, ExitCode.FAILED, ExitCode.INCOMPLETE)
_INDENT = 9
_STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.FAILURE: "red"}


@click.command(epilog=example("collector doctor"))
@common_options
@click.pass_context
def doctor(context: click.Context) -> int:
    """Check configuration, sign-in, network, scopes and JupiterOne.

    Each problem comes with its fix. Changes nothing, neither at Zoom nor in JupiterOne.
    """
    given = options(context)
    resources = all_resources()
    findings = []
    for finding in _findings(given, resources):
        findings.append(finding)
        if not given.json:
            _print_finding(finding)
    least, optional = least_privilege(resources), optional_privilege(resources)
    if given.json:
        shown = [_to_json(finding) for finding in findings]
        print_json({"findings": shown, "leastPrivilege": least, "optionalPrivilege": optional})
    else:
        _print_privilege("Least privilege, to copy:", least)
        _print_privilege("Optional, in addition:", optional)
    codes = {finding.exit_code for finding in findings if finding.level is Level.FAILURE}
    return next((int(code) for code in _PRECEDENCE if code in codes), int(ExitCode.COMPLETE))


def _findings(given: Options, resources: tuple[Resource, ...]) -> Iterator[Finding]:
    clock, randomness = SystemClock(), random.Random()
    try:
        settings = given.settings()
        tokens = token_source(settings, clock, randomness)
    except UsageError as problem:
        yield Finding.of("configuration", problem)
        return
    client = zoom_client(settings, tokens, clock, randomness)
    yield from run_checks(settings, tokens, client, resources, clock, randomness)


def _print_privilege(title: str, wanted: Mapping[str, list[str]]) -> None:
    say(f"\n{title}")
    say(f"  classic scopes:   {' '.join(wanted['classic'])}")
    say(f"  granular scopes:  {' '.join(wanted['granular'])}")
    say(f"  role privileges:  {' '.join(wanted['privileges'])}")


def _print_finding(finding: Finding) -> None:
    out = console()
    line = printable_lines(f"{finding.level.value:8} {finding.subject}: {finding.message}")
    level, rest = line[:_INDENT], wrapped(line, out.width, _INDENT)[_INDENT:]
    out.print(level, style=_STYLES[finding.level], end="")
    out.print(rest, soft_wrap=True)
    if finding.fix and finding.level is not Level.OK:
        say(f"{' ' * _INDENT}Fix: {printable_lines(render(finding.fix))}")


def _to_json(finding: Finding) -> dict[str, str]:
    return {
        "subject": finding.subject,
        "level": finding.level.value,
        "message": finding.message,
        "fix": render(finding.fix),
    }
