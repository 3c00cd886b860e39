"""What the page says about a setting beside its values: its section, and the value that is weak."""

from __future__ import annotations

from collections.abc import Sequence

from collector.model.setting_levels import SettingLevels
from collector.query.j1ql.parser import parse
from collector.query.j1ql.syntax import Comparison, Literal, comparisons, paths
from collector.questions.question import BAD, SecurityQuestion

_BY_PREFIX = (
    ("meeting_security", "Security"),
    ("schedule_meeting", "Schedule Meeting"),
    ("in_meeting", "In Meeting"),
    ("email_notification", "Email Notification"),
    ("recording", "Recording"),
    ("audio_conferencing", "Audio Conferencing"),
    ("telephony", "Audio Conferencing"),
    ("tsp", "Audio Conferencing"),
    ("meeting_authentication", "Security"),
    ("allow_authentication_exception", "Security"),
    ("authentication_options", "Security"),
    ("security", "Security"),
    ("whiteboard", "Whiteboard"),
    ("session_security", "Security"),
    ("in_session", "In Meeting"),
    ("chat", "Team Chat"),
    ("zoom_rooms", "Zoom Rooms"),
    ("feature", "Features and licences"),
    ("profile", "Profile"),
    ("integration", "Integration"),
)
_AI = ("ai_companion", "meeting_summary", "smart_recording", "meeting_questions")
OTHER = "Other"
SECTIONS = (
    "Security",
    "Schedule Meeting",
    "In Meeting",
    "AI Companion",
    "Recording",
    "Email Notification",
    "Audio Conferencing",
    "Whiteboard",
    "Team Chat",
    "Zoom Rooms",
    "Features and licences",
    "Profile",
    "Integration",
    OTHER,
)
"""In the order of the pages."""


def section_of(path: str) -> str:
    """The section of a setting, by Zoom's path."""
    if any(word in path for word in _AI):
        return "AI Companion"
    return next((title for prefix, title in _BY_PREFIX if path.startswith(prefix)), OTHER)


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
