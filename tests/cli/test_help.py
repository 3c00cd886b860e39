"""`collector --help` groups the verbs, and every verb's help ends with an example that can be copied."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
import pytest

from collector.cli import cli

from .conftest import Command

GROUPS = {
    "Set up": ["auth", "instance", "doctor", "sandbox"],
    "Collect": ["plan", "collect", "demo"],
    "Look": ["status", "show", "list", "why", "changes", "report"],
    "Ask": ["query", "questions", "alerts", "employees", "export"],
    "Upload": ["sync", "run"],
    "Keep": ["forget", "document", "uninstall"],
}


def verbs(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every verb, groups of verbs included, as people type it: `show user`."""
    context = click.Context(group)
    for name in group.list_commands(context):
        verb = group.get_command(context, name)
        assert verb is not None
        yield f"{path}{name}", verb
        if isinstance(verb, click.Group):
            yield from verbs(verb, f"{path}{name} ")


VERBS = dict(verbs(cli))


def test_every_verb_is_in_one_group(collector: Command) -> None:
    _, *groups = re.findall(r"^(\S[^\n]*):\n((?:  .*\n)+)", collector("--help").out, re.MULTILINE)
    assert {title: re.findall(r"^  (\S+)", listed, re.MULTILINE) for title, listed in groups} == GROUPS


@pytest.mark.parametrize("group", ["", *(name for name, verb in VERBS.items() if isinstance(verb, click.Group))])
def test_each_is_described_on_one_line(collector: Command, monkeypatch: pytest.MonkeyPatch, group: str) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    described = re.split(r"^(?:Set up|Commands):$", collector(*group.split(), "--help").out, flags=re.MULTILINE)[1]
    described = described.partition("\n  Example:")[0]
    assert len(re.findall(r"^  .*\.$", described, re.MULTILINE)) == len(re.findall(r"^  ", described, re.MULTILINE))
    assert "..." not in described


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_ends_with_an_example_that_parses(collector: Command, verb: str) -> None:
    text, _, example = collector(*verb.split(), "--help").out.rpartition("\n  Example:\n")
    assert text
    (arguments,) = re.findall(rf"^    .*\bcollector {verb}\b([^)\n]*)(?:\)[^\n]*)?\n\Z", example)
    VERBS[verb].make_context(verb, shlex.split(arguments), parent=click.Context(cli))
