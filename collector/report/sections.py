"""In which section of Zoom's settings pages a setting is found (Zoom's web portal, "Settings")."""

from __future__ import annotations

_BY_PREFIX = (
    ("meeting_security", "Security"),
    ("schedule_meeting", "Schedule Meeting"),
    ("in_meeting", "In Meeting"),
    ("email_notification", "Email Notification"),
    ("recording_authentication", "Recording"),
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
