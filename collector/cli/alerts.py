"""`collector alerts`: rules that watch the questions' results."""

from __future__ import annotations

import click

from collector.cli.alerts_push import push, remove
from collector.cli.options import common_options, example


@click.group(epilog=example("collector alerts push --dry-run"))
@common_options
def alerts() -> None:
    """Alert when somebody is new in a question's result."""


for verb in (push, remove):
    alerts.add_command(verb)
