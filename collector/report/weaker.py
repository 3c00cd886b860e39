"""Which values of settings are weak: those that a question calls bad."""

from __future__ import annotations

from collections.abc import Sequence

from collector.model.setting_levels import SettingLevels
from collector.query.j1ql.parser import parse
from collector.query.j1ql.syntax import Comparison, Literal, comparisons, paths
from collector.questions.library import BAD, SecurityQuestion


def weak_values(
    questions: Sequence[SecurityQuestion], levels: SettingLevels, now: int
) -> dict[str, str | int | float | bool]:
    """By property of a setting, the value that some question about people calls bad.

    Only of questions that find the bad by one value of one setting: what combines several says of none that it is weak.
    """
    settings = {each.name for each in levels.settings if each.user is not None}
    found: dict[str, str | int | float | bool] = {}
    for question in questions:
        bad = question.query(BAD)
        conditions = () if bad is None else comparisons(parse(bad.text, now).start.with_)
        about = [(name, each) for each in conditions for name in _properties(each) if name in settings]
        if len(about) == 1:
            name, comparison = about[0]
            weak = comparison.right
            if (
                comparison.operator == "="
                and not comparison.negated
                and isinstance(weak, Literal)
                and weak.value is not None
            ):
                found[name] = weak.value
    return found


def _properties(comparison: Comparison) -> list[str]:
    return [path.segments[-1] for path in paths(comparison.left)]
