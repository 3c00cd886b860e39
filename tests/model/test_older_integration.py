"""The older integration's names and form, and the document that explains them."""

from __future__ import annotations

import re
from pathlib import Path

from collector.model.older_integration import LEGACY_NAMES, OLDER_NAMES, DataModel, in_data_model
from collector.resources import all_resources, entity_types

DOCUMENT = Path(__file__).parents[2] / "docs" / "moving-from-graph-zoom.md"
USER = {
    "_key": "zoom_user:1",
    "_type": "zoom_user",
    "_class": ["User"],
    "username": ["ada@example.com"],
    "email": ["ada@example.com"],
    "shortLoginId": ["ada"],
    "inMeetingFeedback": True,
    "scheduleMeetingRequirePasswordForScheduledMeetings": False,
    "recordingRequiredPasswordForSharedCloudRecordings": True,
}


def test_the_older_form_of_a_user() -> None:
    assert in_data_model(dict(USER), DataModel.LEGACY) == {
        **USER,
        "username": "ada@example.com",
        "email": "ada@example.com",
        "inMeetingFeedbacl": True,
        "scheduleMeetingRequirePasswordForScheduledmeetings": False,
        "recordingRequirePasswordForSharedCloudRecordings": True,
    }


def test_what_is_not_known_is_absent_in_the_older_form() -> None:
    user = {"_type": "zoom_user", "username": None, "email": None}
    assert in_data_model(dict(user), DataModel.LEGACY) == {"_type": "zoom_user"}


def test_the_current_form_and_other_types_stay_as_they_are() -> None:
    group = {"_type": "zoom_group", "email": ["x"]}
    assert in_data_model(dict(USER), DataModel.CURRENT) == USER
    assert in_data_model(dict(group), DataModel.LEGACY) == group


def test_the_table_says_what_is_so() -> None:
    """The older names are nobody's, and the present ones are declared."""
    declared = {entity.type: {prop.name for prop in entity.properties} for entity in entity_types(all_resources())}
    for older in OLDER_NAMES:
        assert older.name not in declared[older.type]
        assert not older.now or older.now in declared[older.type]
    assert len(LEGACY_NAMES) == 3


def test_the_document_has_the_same_table() -> None:
    rows = re.findall(r"^\| `(\w+)` +\| `(\w+)` +\| (?:`(\w+)`|-) +\| (.+?) +\|$", DOCUMENT.read_text("utf-8"), re.M)
    assert rows == [(older.type, older.name, older.now, older.why) for older in OLDER_NAMES]
