"""The text of a message: all that a channel has not received, the gravest first, in bounded length."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from collector.alerts.findings import Finding, Value
from collector.alerts.library import AlertRule, Level, load_alerts
from collector.model.graph import PropertyValue
from collector.next_steps import Command
from collector.query.why import value_text
from collector.redaction import one_line
from collector.store import AlertRecord

MAX_LENGTH = 1800
"""In characters: the shortest limit of a usual chat is 2,000 (Discord)."""
_MAX_LINE = 200
_MAX_VALUE = 60
_NAMED = (10, 3, 1)
"""How many are named of each rule, fewer if the message would be too long."""
_LEVELS = get_args(Level)


@dataclass(frozen=True)
class Message:
    """`title` and `text`: plain, without control characters."""

    title: str
    text: str


def recorded(finding: Finding) -> str:
    """A finding as JSON, for the store."""
    values = [[value.property, value.old, value.new] for value in finding.values]
    return json.dumps({"name": finding.name, "values": values, "note": finding.note, "new": finding.is_new})


def compose(records: Sequence[AlertRecord], profile: str = "") -> Message:
    """One message about all of them. `profile`: to be named in the command that shows all, "" for the default one."""
    by_rule: dict[str, list[AlertRecord]] = defaultdict(list)
    for record in records:
        by_rule[record.rule].append(record)
    found = sorted(
        ((rule, by_rule[rule.id]) for rule in load_alerts() if rule.id in by_rule),
        key=lambda each: -_LEVELS.index(each[0].level),
    )
    number = sum(len(of_rule) for _, of_rule in found)
    highest = f" ({found[0][0].level})" if found else ""
    of = f" of {profile}" if profile else ""
    title = f"Zoom{of}: {number:,} alert{'' if number == 1 else 's'}{highest}"
    more = Command("alerts check", f"--since {min(each.since for each in records)}").for_call(profile)
    for most in _NAMED:
        blocks = [_block(rule, of_rule, most) for rule, of_rule in found]
        shortened = any(len(of_rule) > most for _, of_rule in found)
        text = "\n\n".join([*blocks, *([f"All: `{more}`"] if shortened else [])])
        if len(text) <= MAX_LENGTH:
            return Message(title, text)
    return Message(title, _cut([(block, len(each)) for block, (_, each) in zip(blocks, found, strict=True)], more))


def what(finding: Finding) -> str:
    """What happened, in short: the values before and after, and what else is known."""
    said = [f"{value.property}: {_text(value.old)} → {_text(value.new)}" for value in finding.values]
    return "; ".join([*said, *filter(None, [finding.note]), *(["new"] if finding.is_new else [])])


def _cut(blocks: Sequence[tuple[str, int]], command: str) -> str:
    """As many blocks as fit, and how much is left out."""
    kept: list[str] = []
    length, left = 0, sum(number for _, number in blocks)
    for block, number in blocks:
        if length + len(block) + 2 > MAX_LENGTH - 120:
            break
        kept.append(block)
        length, left = length + len(block) + 2, left - number
    return "\n\n".join([*kept, f"and {left:,} more: `{command}`"])


def _block(rule: AlertRule, records: Sequence[AlertRecord], most: int) -> str:
    left = len(records) - most
    lines = [f"- {_line(rule, each)}" for each in records[:most]] + [f"- and {left:,} more"] * (left > 0)
    return "\n".join([f"{rule.level}: {rule.title}", *lines, rule.message])


def _line(rule: AlertRule, record: AlertRecord) -> str:
    kept = json.loads(record.finding)
    values = tuple(Value(*each) for each in kept["values"])
    about = what(Finding(rule, record.key, kept["name"], values, kept["note"], kept["new"]))
    return _shortened(one_line(f"{kept['name']}{f': {about}' if about else ''}"), _MAX_LINE)


def _text(value: PropertyValue) -> str:
    return _shortened("not set" if value is None else value_text(value), _MAX_VALUE)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
