"""The names of the older integration (graph-zoom) that differ from this collector's, and the graph as it wrote it.

Where a setting's path makes its name, the older integration used the same rule: all names that are not listed here are
equal. `docs/moving-from-graph-zoom.md` has the same table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from collector.model.graph import Properties

USER_TYPE = "zoom_user"
TEXTS = ("username", "email")
"""Lists since JupiterOne's data model 0.62, texts before."""

_LETS_IN = "It lets people into meetings or holds a secret: it is never written."
_OF_CALLER = "It was that of the user who called Zoom, not the account's."


class DataModel(Enum):
    """In which form the graph leaves: as JupiterOne's data model is now, or as the older integration wrote it."""

    CURRENT = "current"
    LEGACY = "legacy"


@dataclass(frozen=True)
class OlderName:
    """A property of the older integration. `now`: what it is called here, "" where nothing has replaced it.

    `legacy`: whether DATA_MODEL=legacy writes it, too.
    """

    type: str
    name: str
    now: str
    why: str
    legacy: bool = False


OLDER_NAMES = (
    OlderName(USER_TYPE, "inMeetingFeedbacl", "inMeetingFeedback", "Misspelt.", legacy=True),
    OlderName(
        USER_TYPE,
        "scheduleMeetingRequirePasswordForScheduledmeetings",
        "scheduleMeetingRequirePasswordForScheduledMeetings",
        "Misspelt: a small m.",
        legacy=True,
    ),
    OlderName(
        USER_TYPE,
        "recordingRequirePasswordForSharedCloudRecordings",
        "recordingRequiredPasswordForSharedCloudRecordings",
        "Zoom's own word is `required`.",
        legacy=True,
    ),
    OlderName(
        USER_TYPE,
        "recordingAutoDeleteCmrData",
        "recordingAutoDeleteCmrDays",
        "Zoom sends `auto_delete_cmr_days`; the older name never had a value.",
    ),
    OlderName(
        USER_TYPE,
        "inMeetingRequestPermissionToUnmute",
        "inMeetingRequestPermissionToUnmuteParticipants",
        "Zoom sends this one; the older name never had a value.",
    ),
    OlderName(USER_TYPE, "tspCallOutCountries", "", "A list of objects, which JupiterOne does not take."),
    OlderName(USER_TYPE, "pmi", "", _LETS_IN),
    OlderName(USER_TYPE, "hostKey", "", _LETS_IN),
    OlderName(USER_TYPE, "scheduleMeetingDefaultPasswordForScheduledMeetings", "", _LETS_IN),
    OlderName(USER_TYPE, "scheduleMeetingPmiPassword", "", _LETS_IN),
    OlderName(USER_TYPE, "meetingSecurityPasswordForPmi", "", _LETS_IN),
    OlderName(USER_TYPE, "inMeetingCustomServiceInstructions", "", _LETS_IN),
    OlderName(USER_TYPE, "inMeetingWebinarLiveStreamingCustomServiceInstructions", "", _LETS_IN),
    OlderName(USER_TYPE, "telephonyAudioConferenceInfo", "", _LETS_IN),
    OlderName("zoom_account", "status", "", _OF_CALLER),
    OlderName("zoom_account", "active", "", _OF_CALLER),
)
LEGACY_NAMES = {older.name: older.now for older in OLDER_NAMES if older.legacy}
"""The irregular names that DATA_MODEL=legacy writes beside the regular ones."""


def in_data_model(entity: Properties, data_model: DataModel) -> Properties:
    """An entity as it leaves in this form; it is stored as the current data model has it."""
    if data_model is DataModel.CURRENT or entity.get("_type") != USER_TYPE:
        return entity
    changed = {name: value for name, value in entity.items() if name not in TEXTS}
    for name in TEXTS:
        value = entity.get(name)
        if isinstance(value, list) and value:
            changed[name] = value[0]
    for older, regular in LEGACY_NAMES.items():
        if regular in entity:
            changed[older] = entity[regular]
    return changed


def differs(type_: str, data_model: DataModel) -> bool:
    """Whether entities of this type have another form in this data model than in the current one."""
    return data_model is not DataModel.CURRENT and type_ == USER_TYPE
