"""The verbs. Each is imported when it is called, so that none waits for what only others need."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import click


class Verbs(click.Group):
    """A group that imports a verb when it is asked for; its help, which describes them all, imports them all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        load = _VERBS.get(cmd_name)
        return None if load is None else load()


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


def _why() -> click.Command:
    from collector.cli.why import why

    return why


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


_VERBS: Mapping[str, Callable[[], click.Command]] = {
    "auth": _auth,
    "plan": _plan,
    "collect": _collect,
    "sync": _sync,
    "run": _run,
    "status": _status,
    "show": _show,
    "why": _why,
    "doctor": _doctor,
    "document": _document,
    "forget": _forget,
    "instance": _instance,
    "uninstall": _uninstall,
    "sandbox": _sandbox,
    "demo": _demo,
}
