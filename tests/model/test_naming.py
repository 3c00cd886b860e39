"""`a.b.c_d` becomes `aBCD`, without exceptions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.model.naming import property_name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("status", "status"),
        ("a.b.c_d", "aBCD"),
        ("schedule_meeting.host_video", "scheduleMeetingHostVideo"),
        (
            "schedule_meeting.meeting_password_requirement.have_letter",
            "scheduleMeetingMeetingPasswordRequirementHaveLetter",
        ),
        ("in_meeting.e2e_encryption", "inMeetingE2eEncryption"),
        (
            "in_meeting.allow_up_to_25_custom_languages",
            "inMeetingAllowUpTo25CustomLanguages",
        ),
        ("in_meeting.language_item_pairList", "inMeetingLanguageItemPairList"),
        ("in_meeting.feedback", "inMeetingFeedback"),
        (
            "schedule_meeting.require_password_for_scheduled_meetings",
            "scheduleMeetingRequirePasswordForScheduledMeetings",
        ),
        (
            "recording.required_password_for_shared_cloud_recordings",
            "recordingRequiredPasswordForSharedCloudRecordings",
        ),
        ("UPPER.Case", "uPPERCase"),
        ("_key", "key"),
        ("a..b--c  d", "aBCD"),
        ("tag.AccountName", "tagAccountName"),
        ("naïve_setting", "naVeSetting"),
        ("", ""),
        ("...", ""),
        ("ключ", ""),
    ],
)
def test_the_rule(path, name):
    assert property_name(path) == name


@settings(deadline=None, derandomize=True, database=None)
@given(st.text())
def test_whatever_the_path_jupiterone_takes_the_name(path):
    assert re.fullmatch(r"[A-Za-z0-9]*", property_name(path))
