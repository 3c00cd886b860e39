"""The verbs, as `collector --help` groups them. Each is imported when called, so none waits for what others need."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click


def _auth() -> click.Command:
    from collector.cli.auth import auth

    return auth


def _plan() -> click.Command:
    from collector.cli.plan import plan

    return plan


def _collect() -> click.Command:
    from collector.cli.collect import collect

    return collect


def _sync() -> click.Command:
    from collector.cli.sync import sync

    return sync


def _run() -> click.Command:
    from collector.cli.collect_and_sync import collect_and_sync

    return collect_and_sync


def _status() -> click.Command:
    from collector.cli.status import status

    return status


def _show() -> click.Command:
    from collector.cli.show import show

    return show


def _list() -> click.Command:
    from collector.cli.list import list_

    return list_


def _why() -> click.Command:
    from collector.cli.why import why

    return why


def _query() -> click.Command:
    from collector.cli.query import query

    return query


def _changes() -> click.Command:
    from collector.cli.changes import changes

    return changes


def _export() -> click.Command:
    from collector.cli.export import export

    return export


def _questions() -> click.Command:
    from collector.cli.questions import questions

    return questions


def _alerts() -> click.Command:
    from collector.cli.alerts import alerts

    return alerts


def _employees() -> click.Command:
    from collector.cli.employees import employees

    return employees


def _report() -> click.Command:
    from collector.cli.report import report

    return report


def _doctor() -> click.Command:
    from collector.cli.doctor import doctor

    return doctor


def _document() -> click.Command:
    from collector.cli.document import document

    return document


def _forget() -> click.Command:
    from collector.cli.forget import forget

    return forget


def _instance() -> click.Command:
    from collector.cli.instance import instance

    return instance


def _uninstall() -> click.Command:
    from collector.cli.uninstall import uninstall

    return uninstall


def _sandbox() -> click.Command:
    from collector.cli.sandbox import sandbox

    return sandbox


def _demo() -> click.Command:
    from collector.cli.demo import demo

    return demo


GROUPS: Mapping[str, Mapping[str, Callable[[], click.Command]]] = {
    "Set up": {"auth": _auth, "instance": _instance, "doctor": _doctor, "sandbox": _sandbox},
    "Collect": {"plan": _plan, "collect": _collect, "demo": _demo},
    "Look": {
        "status": _status,
        "show": _show,
        "list": _list,
        "why": _why,
        "changes": _changes,
        "report": _report,
    },
    "Ask": {
        "query": _query,
        "questions": _questions,
        "alerts": _alerts,
        "employees": _employees,
        "export": _export,
    },
    "Upload": {"sync": _sync, "run": _run},
    "Keep": {"forget": _forget, "document": _document, "uninstall": _uninstall},
}


class Verbs(click.Group):
    """Imports a verb when it is called. Its help describes all of them, so it imports them all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for verbs in GROUPS.values() for name in verbs]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return next((verbs[cmd_name]() for verbs in GROUPS.values() if cmd_name in verbs), None)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as failure:
            from difflib import get_close_matches  # click suggests only commands that are already imported

            near = get_close_matches(args[0], self.list_commands(ctx))
            if not near:
                raise
            raise click.UsageError(f"{failure.message} Did you mean {' or '.join(near)}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        column = max(len(name) for name in self.list_commands(ctx))
        for title, verbs in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(column), load().get_short_help_str(formatter.width)) for name, load in verbs.items()]
                )
