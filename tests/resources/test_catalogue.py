"""User settings: their names, their catalogue, and no secrets."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from collector.resources.account import ENTITY as ACCOUNT_ENTITY
from collector.resources.catalogue import authentication_options, catalogue, converter, setting_properties
from collector.resources.declaration import Conversion, UnknownField
from collector.resources.groups import ENTITY as GROUP_ENTITY
from collector.resources.users import ENTITY, RESOURCE

SETTINGS = "settings"
SECURITY = "meeting_security"
SECRETS = {
    "schedule_meeting.pmi_password",
    "schedule_meeting.default_password_for_scheduled_meetings",
    "in_meeting.custom_service_instructions",
    "in_meeting.webinar_live_streaming.custom_service_instructions",
    "telephony.audio_conference_info",
    "meeting_security.password_for_pmi",
}
EVERY_TYPE = ["CANARY", 1234567890, 0, 1, True, False, 1.5, ["CANARY"], [1], {"a": "CANARY"}, {"a": 1234567890}, {}]


def convert(document: str, body: dict[str, Any], taken: frozenset[str] = frozenset()) -> Conversion:
    return converter(document, taken)(body)


def nested(path: str, value: object) -> dict[str, Any]:
    """`a.b` and a value as `{"a": {"b": value}}`."""
    for name in reversed(path.split(".")):
        value = {name: value}
    assert isinstance(value, dict)
    return value


@pytest.mark.parametrize(
    ("document", "path", "value", "name"),
    [
        (SETTINGS, "schedule_meeting.host_video", False, "scheduleMeetingHostVideo"),
        (SETTINGS, "schedule_meeting.audio_type", "both", "scheduleMeetingAudioType"),
        (
            SETTINGS,
            "schedule_meeting.require_password_for_scheduled_meetings",
            True,
            "scheduleMeetingRequirePasswordForScheduledMeetings",
        ),
        (
            SETTINGS,
            "schedule_meeting.meeting_password_requirement.consecutive_characters_length",
            4,
            "scheduleMeetingMeetingPasswordRequirementConsecutiveCharactersLength",
        ),
        (SETTINGS, "in_meeting.feedback", True, "inMeetingFeedback"),
        (SETTINGS, "in_meeting.e2e_encryption", True, "inMeetingE2eEncryption"),
        (SETTINGS, "in_meeting.data_center_regions", ["DE", "NL"], "inMeetingDataCenterRegions"),
        (SETTINGS, "in_meeting.allow_participants_chat_with", 4, "inMeetingAllowParticipantsChatWith"),
        (
            SETTINGS,
            "recording.required_password_for_shared_cloud_recordings",
            True,
            "recordingRequiredPasswordForSharedCloudRecordings",
        ),
        (
            SETTINGS,
            "recording.ip_address_access_control.ip_addresses_or_ranges",
            "192.0.2.0/24",
            "recordingIpAddressAccessControlIpAddressesOrRanges",
        ),
        (SETTINGS, "telephony.telephony_regions.selection_value", "USTB", "telephonyTelephonyRegionsSelectionValue"),
        (SETTINGS, "telephony.telephony_regions.selection_values", "USTB", "telephonyTelephonyRegionsSelectionValues"),
        (SETTINGS, "feature.meeting_capacity", 100, "featureMeetingCapacity"),
        (
            SETTINGS,
            "feature.zoom_events_unlimited_capacities",
            [100, 500],
            "featureZoomEventsUnlimitedCapacities",
        ),
        (SETTINGS, "tsp.call_out", False, "tspCallOut"),
        ("meeting_authentication", "meeting_authentication", True, "meetingAuthentication"),
        ("meeting_authentication", "allow_authentication_exception", False, "allowAuthenticationException"),
        ("recording_authentication", "recording_authentication", True, "recordingAuthentication"),
        (SECURITY, "meeting_security.pmi_password", True, "meetingSecurityPmiPassword"),
        (SECURITY, "meeting_security.encryption_type", "e2ee", "meetingSecurityEncryptionType"),
        (
            SECURITY,
            "meeting_security.block_user_domain_list",
            ["evil.example"],
            "meetingSecurityBlockUserDomainList",
        ),
        (
            SECURITY,
            "meeting_security.approved_or_denied_countries_or_regions.denied_list",
            ["XX"],
            "meetingSecurityApprovedOrDeniedCountriesOrRegionsDeniedList",
        ),
    ],
)
def test_a_setting_becomes_a_property(document, path, value, name):
    assert convert(document, nested(path, value)) == Conversion({name: value})


def test_what_zoom_does_not_send_is_absent_never_false():
    assert convert(SETTINGS, {"tsp": {"call_out": True}}).properties == {"tspCallOut": True}
    assert convert(SETTINGS, {"in_meeting": {}, "tsp": {}, "other_options": {}}).properties == {}
    assert convert(SETTINGS, {"in_meeting": None, "tsp": {"call_out": None}}).properties == {}


@pytest.mark.parametrize(
    ("document", "body"),
    [
        (SETTINGS, {}),
        (SETTINGS, {"in_meeting": {}, "schedule_meeting": None}),
        (SETTINGS, {"meeting_security": {"waiting_room": True}}),
        (SETTINGS, {"meeting_authentication": True}),
        (SETTINGS, {"id": "ada", "email": "ada@example.com"}),
        (SECURITY, {"in_meeting": {"waiting_room": True}, "feature": {"meeting_capacity": 100}}),
        (SECURITY, {"meeting_security": {}}),
        (SECURITY, {"meeting_security": {"waiting_room": None}}),
        (SECURITY, {"waiting_room": True}),
        ("meeting_authentication", {"recording_authentication": True, "authentication_options": []}),
        ("meeting_authentication", {"authentication_options": [{"name": "Staff"}]}),
        ("meeting_authentication", {"meeting_authentication": None}),
        ("recording_authentication", {"meeting_authentication": True, "authentication_options": []}),
    ],
)
def test_a_document_without_a_field_of_its_kind_is_about_something_else(document, body):
    assert not convert(document, body).is_expected_kind


@pytest.mark.parametrize(
    ("document", "body"),
    [
        (SETTINGS, {"tsp": {"call_out": False}}),
        (SETTINGS, {"schedule_meeting": {"pmi_password": "CANARY"}}),
        (SETTINGS, {"schedule_meeting": {"host_video": "odd"}}),
        (SECURITY, {"meeting_security": {"waiting_room": False}, "in_meeting": {"waiting_room": True}}),
        ("meeting_authentication", {"meeting_authentication": False}),
        ("recording_authentication", {"recording_authentication": False, "authentication_options": []}),
    ],
)
def test_one_field_of_its_kind_is_enough(document, body):
    assert convert(document, body).is_expected_kind


@pytest.mark.parametrize(
    "section",
    [
        {},
        None,
        [],
        "",
        False,
        0,
        {"call_out": None},
        {"call_out": "odd"},
        {"brand_new": True},
        {"call_out_countries": []},
    ],
)
def test_what_an_emptied_section_leaves_out_is_named(section):
    conversion = convert(SETTINGS, {"tsp": section, "in_meeting": {"waiting_room": True, "webinar_chat": {}}})
    assert {name for name in conversion.emptied if name.startswith("tsp")} == {
        "tspCallOut",
        "tspShowInternationalNumbersLink",
    }
    assert {name for name in conversion.emptied if not name.startswith("tsp")} == {
        setting.name for setting in catalogue().values() if setting.path.startswith("in_meeting.webinar_chat.")
    }
    assert conversion.properties.keys() <= {"inMeetingWaitingRoom", "tspBrandNew"}


def test_lists_of_objects_are_known_and_not_written():
    body = {
        "in_meeting": {"virtual_background_settings": {"enable": True, "files": [{"name": "Grass"}]}},
        "tsp": {"call_out_countries": [{"code": "1"}]},
        "audio_conferencing": {"toll_free_and_fee_based_toll_call": {"numbers": [{"number": "1"}]}},
    }
    conversion = convert(SETTINGS, body)
    assert (conversion.properties, conversion.unknown) == ({"inMeetingVirtualBackgroundSettingsEnable": True}, ())


@pytest.mark.parametrize("value", EVERY_TYPE)
@pytest.mark.parametrize("path", sorted(SECRETS))
def test_a_secret_never_passes_whatever_its_type(path, value):
    document = SECURITY if path.startswith("meeting_security") else SETTINGS
    assert convert(document, nested(path, value)).properties == {}


@pytest.mark.parametrize("path", ["meeting_password", "phone_password", "pmi_password", "webinar_password"])
def test_a_number_where_a_flag_about_passwords_belongs_may_be_the_password(path):
    conversion = convert(SECURITY, nested(f"meeting_security.{path}", 482913))
    assert conversion.properties == {}
    assert conversion.unknown == (UnknownField(f"meeting_security.{path}", "number", False, "boolean"),)
    assert list(convert(SECURITY, nested(f"meeting_security.{path}", 1)).properties.values()) == [1]


def test_the_secrets_of_the_catalogue():
    assert {setting.path for setting in catalogue().values() if setting.secret} == SECRETS


def test_texts_lose_the_passcodes_embedded_in_them():
    body = {"schedule_meeting": {"audio_type": "see https://zoom.us/j/1?pwd=CANARY"}}
    assert convert(SETTINGS, body).properties == {"scheduleMeetingAudioType": "see https://zoom.us/j/1?pwd=***"}
    body = {"in_meeting": {"data_center_regions": ["https://zoom.us/j/1?pwd=CANARY"]}}
    assert convert(SETTINGS, body).properties == {"inMeetingDataCenterRegions": ["https://zoom.us/j/1?pwd=***"]}


# Settings nobody has described yet


@pytest.mark.parametrize(
    ("path", "value", "kind", "name"),
    [
        ("in_meeting.brand_new", True, "boolean", "inMeetingBrandNew"),
        ("in_meeting.brand_new", False, "boolean", "inMeetingBrandNew"),
        ("in_meeting.brand_new", 1, "number", "inMeetingBrandNew"),
        ("in_meeting.new_days", 7, "number", "inMeetingNewDays"),
        ("in_meeting.newDays", 7, "number", "inMeetingNewDays"),
        ("in_meeting.new_minutes", 1.5, "number", "inMeetingNewMinutes"),
        ("in_meeting.new_wait.seconds", 90, "number", "inMeetingNewWaitSeconds"),
        ("recording.chunk_size", 500, "number", "recordingChunkSize"),
        ("feature.room_capacity", 300, "number", "featureRoomCapacity"),
        ("feature.participants_count", 300, "number", "featureParticipantsCount"),
        ("general_setting.deep.er", 0, "number", "generalSettingDeepEr"),
        ("in_meeting.new_password", True, "boolean", "inMeetingNewPassword"),
        ("in_meeting.new_password", 1, "number", "inMeetingNewPassword"),
        ("in_meeting.brand_new", "text", "text", None),
        ("in_meeting.brand_new", "", "text", None),
        ("in_meeting.brand_new", ["a"], "list", None),
        ("in_meeting.brand_new", [1], "list", None),
        ("in_meeting.brand_new", [], "list", None),
        ("in_meeting.new_password", 123456, "number", None),
        ("in_meeting.brand_new", 7, "number", None),
        ("in_meeting.brand_new", -1.5, "number", None),
        ("schedule_meeting.personal_meeting_id", 4155550100, "number", None),
        ("schedule_meeting.personalMeetingId", 4155550100, "number", None),
        ("telephony.access_code", 482913, "number", None),
        ("telephony.conference_code", 482913, "number", None),
        ("telephony.leader.code", 482913, "number", None),
        ("telephony.dial_in_number", 14155550100, "number", None),
        ("telephony.minutes_code", 482913, "number", None),
        ("telephony.holidays", 482913, "number", None),
        ("in_meeting.new_password.length", 8, "number", None),
        ("in_meeting.new_passcode", "CANARY", "text", None),
        ("in_meeting.host_key", 123456, "number", None),
        ("in_meeting.hostKey", 123456, "number", None),
        ("in_meeting.pmi", 1234567890, "number", None),
        ("in_meeting.voicemail_pin", 1234, "number", None),
        ("in_meeting.stream_key.value", 123456, "number", None),
        ("настройка", True, "boolean", None),
    ],
)
def test_undescribed_settings_are_reported_and_kept_when_harmless(path, value, kind, name):
    conversion = convert(SETTINGS, nested(path, value))
    assert conversion.properties == ({name: value} if name else {})
    assert conversion.unknown == (UnknownField(path, kind, kept=name is not None),)


@pytest.mark.parametrize(
    ("path", "value", "read"),
    [
        ("schedule_meeting.host_video", "true", True),
        ("schedule_meeting.host_video", "False", False),
        ("schedule_meeting.host_video", " TRUE ", True),
        ("schedule_meeting.host_video", 1, 1),
        ("feature.meeting_capacity", "100", 100),
        ("feature.meeting_capacity", " 0 ", 0),
        ("feature.meeting_capacity", "-1", -1),
        ("feature.meeting_capacity", "1.5", 1.5),
        ("feature.zoom_events_unlimited_capacities", ["100", "500"], [100, 500]),
        ("feature.zoom_events_unlimited_capacities", [100, "500"], [100, 500]),
        ("feature.zoom_events_unlimited_capacities", [], []),
        ("meeting_security.pmi_password", "true", True),
    ],
)
def test_a_described_setting_of_another_kind_is_read_where_it_can_mean_one_thing_only(path, value, read):
    document = path.partition(".")[0] if path.startswith(SECURITY) else SETTINGS
    conversion = convert(document, nested(path, value))
    assert conversion.unknown == ()
    assert [(type(kept), kept) for kept in conversion.properties.values()] == [(type(read), read)]


@pytest.mark.parametrize(
    ("path", "value", "kind", "described"),
    [
        ("schedule_meeting.audio_type", 7, "number", "text"),
        ("schedule_meeting.audio_type", True, "boolean", "text"),
        ("schedule_meeting.audio_type", ["both"], "list", "text"),
        ("schedule_meeting.host_video", "yes", "text", "boolean"),
        ("schedule_meeting.host_video", "1", "text", "boolean"),
        ("schedule_meeting.host_video", "", "text", "boolean"),
        ("feature.meeting_capacity", "many", "text", "number"),
        ("feature.meeting_capacity", "1e3", "text", "number"),
        ("feature.meeting_capacity", "0100", "text", "number"),
        ("feature.meeting_capacity", "1,000", "text", "number"),
        ("feature.meeting_capacity", "", "text", "number"),
        ("feature.meeting_capacity", "\u0661", "text", "number"),
        ("feature.meeting_capacity", "9" * 16, "text", "number"),
        ("feature.zoom_events_unlimited_capacities", ["100", "many"], "list", "list"),
        ("in_meeting.data_center_regions", "DE", "text", "list"),
        ("in_meeting.data_center_regions", ["DE", 1], "list", "list"),
        ("in_meeting.data_center_regions", [{"code": "DE"}], "list", "list"),
        ("in_meeting.data_center_regions", [None], "list", "list"),
    ],
)
def test_a_described_setting_of_another_kind_is_else_named_as_what_it_is(path, value, kind, described):
    conversion = convert(SETTINGS, nested(path, value))
    assert conversion.properties == {}
    assert conversion.unknown == (UnknownField(path, kind, kept=False, described=described),)


def test_undescribed_settings_are_reported_in_order():
    body = {"z": True, "a": {"b": "text", "a": 1}}
    assert convert(SETTINGS, body).unknown == (
        UnknownField("a.a", "number", kept=True),
        UnknownField("a.b", "text", kept=False),
        UnknownField("z", "boolean", kept=True),
    )


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_undescribed_settings_with_one_name_always_the_same_is_kept(order):
    body = dict([("brand_new", 1), ("brand.new", 0)][::order])
    conversion = convert(SETTINGS, body)
    assert conversion.properties == {"brandNew": 0}
    assert conversion.unknown == (
        UnknownField("brand.new", "number", kept=True),
        UnknownField("brand_new", "number", kept=False),
    )


def test_an_undescribed_setting_never_overwrites_a_described_one():
    body = {"schedule_meeting": {"host_video": False}, "schedule": {"meeting_host_video": True}}
    assert convert(SETTINGS, body) == Conversion(
        {"scheduleMeetingHostVideo": False}, (UnknownField("schedule.meeting_host_video", "boolean", kept=False),)
    )


def test_an_undescribed_setting_never_poses_as_a_described_one_that_is_absent():
    body = {"schedule": {"meeting_host_video": True}, "meeting_security_waiting_room": False}
    assert convert(SETTINGS, body).properties == {}


@pytest.mark.parametrize(
    "path", ["id", "name", "display_name", "active", "is_admin", "type", "status", "group_ids", "created_on"]
)
def test_an_undescribed_setting_never_poses_as_a_property_of_the_user(path):
    convert_settings = RESOURCE.documents[0].convert
    conversion = convert_settings({path: True})
    assert (conversion.properties, conversion.unknown) == ({}, (UnknownField(path, "boolean", kept=False),))


def test_a_setting_belongs_to_the_document_that_describes_it():
    """Settings the main document repeats from another one are ignored."""
    body = {"meeting_security": {"waiting_room": True, "password_for_pmi": "CANARY"}, "meeting_authentication": True}
    assert convert(SETTINGS, body) == Conversion({}, is_expected_kind=False)


def test_very_long_and_very_deep_documents():
    deep: dict[str, Any] = {"x": True}
    for _ in range(5000):
        deep = {"x": deep}
    (unknown,) = convert(SETTINGS, deep).unknown
    assert (len(unknown.path), unknown.kind) == (200, "boolean")


# Sign-in methods


@pytest.mark.parametrize(
    ("options", "names", "types", "domains"),
    [
        ([], [], [], []),
        (
            [{"id": "1", "name": "Sign in to Zoom", "type": "enforce_login", "default_option": True, "visible": True}],
            ["Sign in to Zoom"],
            ["enforce_login"],
            [],
        ),
        (
            [
                {"name": "Staff", "type": "enforce_login_with_domains", "domains": "a.example, b.example,,"},
                {"name": "Partners", "type": "enforce_login_with_domains", "domains": "c.example"},
                {"name": "Same account", "type": "enforce_login_with_same_account", "domains": ""},
            ],
            ["Staff", "Partners", "Same account"],
            ["enforce_login_with_domains", "enforce_login_with_domains", "enforce_login_with_same_account"],
            ["a.example", "b.example", "c.example"],
        ),
        ([{"name": "https://zoom.us/j/1?pwd=CANARY"}], ["https://zoom.us/j/1?pwd=***"], [], []),
        ([{"name": {"a": 1}, "type": 7, "domains": ["a.example"]}, {}], [], [], []),
    ],
)
def test_sign_in_methods_become_three_lists(options, names, types, domains):
    assert authentication_options({"authentication_options": options}, "meetingAuthentication") == {
        "meetingAuthenticationOptionNames": names,
        "meetingAuthenticationOptionTypes": types,
        "meetingAuthenticationOptionDomains": domains,
    }


@pytest.mark.parametrize(
    "body",
    [
        {},
        *({"authentication_options": options} for options in (None, {"name": "x"}, ["text"], [{"name": "x"}, None])),
    ],
)
def test_sign_in_methods_zoom_did_not_send_are_absent(body):
    assert authentication_options(body, "meetingAuthentication") == {}


def test_sign_in_methods_of_recordings_have_names_of_their_own():
    (convert_recording,) = (
        document.convert for document in RESOURCE.documents if document.part == "recording_authentication"
    )
    body = {"recording_authentication": True, "authentication_options": [{"name": "Colleagues", "type": "internally"}]}
    assert convert_recording(body) == Conversion(
        {
            "recordingAuthentication": True,
            "recordingAuthenticationOptionNames": ["Colleagues"],
            "recordingAuthenticationOptionTypes": ["internally"],
            "recordingAuthenticationOptionDomains": [],
        }
    )


# The catalogue itself


def test_every_row_of_the_catalogue():
    for key, setting in catalogue().items():
        assert key == f"{setting.document}:{setting.path}"
        assert setting.document in (SETTINGS, "meeting_authentication", "recording_authentication", SECURITY)
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-zA-Z0-9_]+)*", setting.path)
        assert setting.type in ("bool", "int", "str", "int[]", "str[]", "objects")
        assert len(setting.description) > 10


def test_no_two_settings_share_a_name():
    names = Counter(prop.name for prop in setting_properties())
    assert [name for name, count in names.items() if count > 1] == []
    assert len(names) == len(catalogue()) - len(SECRETS) - 5  # five are lists of objects
    assert names.keys() <= {prop.name for prop in ENTITY.properties}


# All published paths

PUBLISHED = Path(__file__).parents[3] / "shared" / "zoom-openapi" / "fields.json"
SAMPLES: dict[str, object] = {"bool": True, "int": 30, "str": "text", "bool[]": [True], "int[]": [30], "str[]": ["a"]}


def published_settings() -> dict[str, tuple[str, set[str]]]:
    """Every published path of a plain value or list of them: its type, and the documents it is published for."""
    found: dict[str, tuple[str, set[str]]] = {}
    endpoints = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    for option in ("", "meeting_authentication", "recording_authentication", SECURITY):
        query = f"?option={option}" if option else ""
        for path, field in endpoints[f"GET /users/{{userId}}/settings{query}"]["fields"].items():
            if field["type"] == "obj" or "[]." in path:
                continue
            type_ = field["type"] + path[len(path.removesuffix("[]")) :]
            found.setdefault(path.removesuffix("[]"), (type_, set()))[1].add(option or SETTINGS)
    return found


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published field lists are not beside this repository")
def test_every_published_path_becomes_exactly_one_property_unless_it_is_secret():
    published = published_settings()
    assert len(published) == 266
    by_name: dict[str, str] = {}
    for path, (type_, documents) in published.items():
        value = SAMPLES[type_]
        conversions = [convert(document, nested(path, value)) for document in documents]
        assert [conversion.unknown for conversion in conversions] == [()] * len(documents), path
        produced = [item for conversion in conversions for item in conversion.properties.items()]
        if path in SECRETS:
            assert produced == [], path
            continue
        ((name, kept),) = produced
        assert kept == value, path
        assert by_name.setdefault(name, path) == path
    assert len(by_name) == 266 - len(SECRETS & published.keys())


# Of the account and of groups

LEVELS = {"account": ACCOUNT_ENTITY, "group": GROUP_ENTITY}
LEVEL_SECRETS = {
    "in_meeting.custom_service_instructions",
    "in_meeting.webinar_live_streaming.custom_service_instructions",
    "telephony.audio_conference_info",
    "chat.allow_users_to_add_contacts.user_email_addresses",
    "chat.allow_users_to_chat_with_others.user_email_addresses",
}
ARCHIVE = {
    f"chat.send_data_to_third_party_archiving_service.{name}"
    for name in ("smtp_delivery_address", "user_name", "passcode", "authorized_channel_token")
}
SECRETS_OF = {"account": LEVEL_SECRETS | ARCHIVE, "group": LEVEL_SECRETS}
AUTHENTICATION = "settings?option=meeting_authentication|recording_authentication"
PUBLISHED_AS = {
    "{}_settings": ("settings", "settings (Video SDK account)"),
    "account_security": ("settings",),
    "{}_meeting_security": ("settings?option=meeting_security",),
    "{}_meeting_authentication": (AUTHENTICATION,),
    "{}_recording_authentication": (AUTHENTICATION,),
    "{}_locks": ("lock_settings",),
    "{}_meeting_security_locks": ("lock_settings?option=meeting_security",),
}
"""Under which names the published field lists have the documents."""


@pytest.mark.parametrize("level", LEVELS)
def test_every_row_of_the_catalogues_above_the_user(level):
    for setting in catalogue(level).values():
        assert setting.document in {name.format(level) for name in PUBLISHED_AS}
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-zA-Z0-9_]+)*", setting.path)
        assert setting.type in ("bool", "int", "str", "int[]", "str[]", "objects", "ids")
        assert setting.type == "bool" or not setting.document.endswith("_locks")
        assert len(setting.description) > 10
    assert {setting.path for setting in catalogue(level).values() if setting.secret} == SECRETS_OF[level]


@pytest.mark.parametrize("level", LEVELS)
def test_no_two_settings_above_the_user_share_a_name(level):
    names = Counter(prop.name for prop in setting_properties(level))
    assert [name for name, count in names.items() if count > 1] == []
    assert names.keys() <= {prop.name for prop in LEVELS[level].properties}


def published_above(level: str) -> dict[str, dict[str, str]]:
    """By document, every published path with its type; `obj` for sections."""
    lists = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = {}
    for name, endpoints in PUBLISHED_AS.items():
        for endpoint in endpoints if name.format(level) in {one.document for one in catalogue(level).values()} else ():
            fields = lists.get(f"GET /{level}s/{{{level}Id}}/{endpoint}", {"fields": {}})["fields"]
            paths = {path.partition("[]")[0]: "list" if "[]" in path else one["type"] for path, one in fields.items()}
            found.setdefault(name.format(level), {}).update(paths)
    return found


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published field lists are not beside this repository")
@pytest.mark.parametrize("level", LEVELS)
def test_no_path_above_the_user_is_made_up(level):
    published = published_above(level)
    assert [one for one in catalogue(level).values() if one.path not in published[one.document]] == []


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published field lists are not beside this repository")
@pytest.mark.parametrize("level", LEVELS)
def test_every_published_path_above_the_user_is_described(level):
    """Among the settings or among the locks; only the addresses in the locks of groups, which lock nothing, are not."""
    described: dict[bool, set[str]] = {True: set(), False: set()}
    for setting in catalogue(level).values():
        described[setting.document.endswith("_locks")].add(setting.path)
    missing = {
        path
        for document, paths in published_above(level).items()
        for path, type_ in paths.items()
        if type_ != "obj" and path not in described[document.endswith("_locks")]
    }
    assert missing == ({"recording.ip_address_access_control.ip_addresses_or_ranges"} if level == "group" else set())


@pytest.mark.parametrize("value", EVERY_TYPE)
@pytest.mark.parametrize(("level", "path"), [(level, path) for level in LEVELS for path in sorted(SECRETS_OF[level])])
def test_a_secret_above_the_user_never_passes_whatever_its_type(level, path, value):
    converted = converter(f"{level}_settings", frozenset(), level)(nested(path, value))
    assert converted.properties == {}


@pytest.mark.parametrize(
    ("level", "document", "path", "value", "name"),
    [
        ("account", "account_settings", "in_meeting.chat", True, "inMeetingChat"),
        ("account", "account_settings", "in_meeting.p2p_connetion", True, "inMeetingP2pConnetion"),
        ("account", "account_security", "security.signin_with_sso.enable", True, "securitySigninWithSsoEnable"),
        ("account", "account_locks", "in_meeting.chat", True, "lockedInMeetingChat"),
        ("account", "account_locks", "chat.share_files", False, "lockedChatShareFiles"),
        (
            "account",
            "account_meeting_security_locks",
            "meeting_security.waiting_room",
            True,
            "lockedMeetingSecurityWaitingRoom",
        ),
        ("group", "group_settings", "schedule_meeting.participant_video", True, "scheduleMeetingParticipantVideo"),
        ("group", "group_locks", "in_meeting.waiting_room", True, "lockedInMeetingWaitingRoom"),
        (
            "group",
            "group_locks",
            "recording.ip_address_access_control",
            True,
            "lockedRecordingIpAddressAccessControl",
        ),
        (
            "group",
            "group_locks",
            "recording.ip_address_access_control.enable",
            False,
            "lockedRecordingIpAddressAccessControlEnable",
        ),
    ],
)
def test_a_setting_above_the_user_becomes_a_property_by_the_same_rule(level, document, path, value, name):
    assert converter(document, frozenset(), level)(nested(path, value)) == Conversion({name: value})


@pytest.mark.parametrize(
    ("path", "value", "properties", "unknown"),
    [
        ("in_meeting.brand_new", True, {"lockedInMeetingBrandNew": True}, ("boolean", True, "")),
        ("in_meeting.brand_new", "text", {}, ("text", False, "")),
        ("in_meeting.entry_exit_chime", "host", {}, ("text", False, "boolean")),
    ],
)
def test_a_lock_that_is_not_described_is_named_as_one(path, value, properties, unknown):
    conversion = converter("group_locks", frozenset(), "group")(nested(path, value))
    assert (conversion.properties, conversion.unknown) == (properties, (UnknownField(f"locked.{path}", *unknown),))


@pytest.mark.parametrize(
    ("users", "ids"),
    [
        ([{"id": "ada-id", "email": "CANARY@example.com"}, {"id": "bob-id"}], ["ada-id", "bob-id"]),
        ([], []),
        ([{"email": "CANARY@example.com"}], []),
        ([{"id": 7}], []),
    ],
)
def test_of_those_who_bypass_single_sign_on_the_ids_are_written(users, ids):
    body = {"security": {"signin_with_sso": {"sso_bypass_users": users}}}
    assert converter("account_security", frozenset(), "account")(body).properties == {
        "securitySigninWithSsoSsoBypassUsers": ids
    }


@pytest.mark.parametrize("sent", ["CANARY@example.com", ["CANARY@example.com"], {"email": "CANARY"}, 7, [None]])
def test_bypassing_users_of_another_shape_are_not_written(sent):
    body = {"security": {"signin_with_sso": {"enable": True, "sso_bypass_users": sent}}}
    assert converter("account_security", frozenset(), "account")(body).properties == {
        "securitySigninWithSsoEnable": True
    }
