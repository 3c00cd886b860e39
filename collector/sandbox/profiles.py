"""Settings profiles: what differs from a licensed user's defaults, by dotted path.

Most users of an account share one of these, as in real accounts. Paths, types and meanings: Zoom developer
docs, "Get user settings". Values that stand for secrets hold `collector.sandbox.canaries.CANARY`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.sandbox.canaries import CANARY


@dataclass(frozen=True)
class SettingsProfile:
    """Changes to the default documents. `share`: how likely a user has it, in parts of the sum of all.

    `settings` changes the main document, `security` the one of option=meeting_security. `meeting_login` and
    `recording_login` say who must sign in: "" for nobody, else the `type` of the authentication option.
    """

    share: int
    settings: Mapping[str, object] = field(default_factory=dict)
    security: Mapping[str, object] = field(default_factory=dict)
    meeting_login: str = ""
    recording_login: str = ""


PROFILES: Mapping[str, SettingsProfile] = {
    "standard": SettingsProfile(40),
    "waiting_room": SettingsProfile(
        20,
        {"in_meeting.waiting_room": True},
        {
            "waiting_room": True,
            "waiting_room_settings": {
                "participants_to_place_in_waiting_room": 2,
                "users_who_can_admit_participants_from_waiting_room": 1,
                "whitelisted_domains_for_waiting_room": "example.org",
            },
        },
        meeting_login="enforce_login",
    ),
    "end_to_end": SettingsProfile(
        6,
        {
            "in_meeting.e2e_encryption": True,
            "in_meeting.waiting_room": True,
            "recording.local_recording": False,
            "recording.cloud_recording": False,
        },
        {"waiting_room": True, "end_to_end_encrypted_meetings": True, "encryption_type": "e2ee"},
        meeting_login="enforce_login_with_same_account",
    ),
    "recorded": SettingsProfile(
        6,
        {
            "recording.auto_recording": "cloud",
            "recording.auto_delete_cmr": True,
            "recording.auto_delete_cmr_days": 90,
            "recording.recording_audio_transcript": True,
            "recording.recording_disclaimer": True,
            "recording.ask_participants_to_consent_disclaimer": True,
            "recording.smart_recording": {
                "create_recording_highlights": True,
                "create_smart_chapters": True,
                "create_next_steps": False,
            },
        },
        recording_login="internally",
    ),
    "careful_sharing": SettingsProfile(
        6,
        {
            "in_meeting.screen_sharing": False,
            "in_meeting.remote_control": False,
            "in_meeting.annotation": False,
            "in_meeting.allow_participants_chat_with": 2,
            "in_meeting.allow_users_save_chats": 1,
            "in_meeting.private_chat": False,
        },
        {"approved_or_denied_countries_or_regions": {"enable": True, "method": "deny", "denied_list": ["AQ"]}},
    ),
    "webinars": SettingsProfile(
        4,
        {
            "feature.webinar": True,
            "feature.webinar_capacity": 500,
            "in_meeting.webinar_chat": {
                "enable": True,
                "allow_panelists_chat_with": 2,
                "allow_attendees_chat_with": 3,
                "default_attendees_chat_with": 1,
                "allow_panelists_send_direct_message": True,
                "allow_users_save_chats": 1,
                "allow_auto_save_local_chat_file": False,
            },
            "in_meeting.webinar_live_streaming": {
                "enable": True,
                "live_streaming_reminder": True,
                "live_streaming_service": ["youtube", "custom_live_streaming_service"],
                "custom_service_instructions": f"Stream key {CANARY}-WEBINAR-STREAM-KEY",
            },
            "in_meeting.webinar_polling": {
                "enable": True,
                "advanced_polls": True,
                "allow_alternative_host_to_add_edit": False,
                "require_answers_to_be_anonymous": True,
                "allow_host_to_upload_image": True,
            },
        },
        {"webinar_password": True, "require_password_for_scheduled_webinar": True},
    ),
    "live_streams": SettingsProfile(
        3,
        {
            "in_meeting.allow_live_streaming": True,
            "in_meeting.live_streaming_youtube": True,
            "in_meeting.custom_live_streaming_service": True,
            "in_meeting.custom_service_instructions": f"rtmp://stream.example.com key {CANARY}-STREAM-KEY",
        },
    ),
    "telephones": SettingsProfile(
        4,
        {
            "telephony.third_party_audio": True,
            "telephony.audio_conference_info": f"Dial +1 555 0100, PIN {CANARY}-DIAL-IN-PIN",
            "telephony.telephony_regions.selection_values": "USTB",
            "audio_conferencing.toll_free_and_fee_based_toll_call": {
                "enable": True,
                "allow_webinar_attendees_dial": False,
                "numbers": [
                    {
                        "code": "49",
                        "country_code": "DE",
                        "country_name": "Germany",
                        "number": "800555010",
                        "display_number": "+49 800555010",
                    }
                ],
            },
            "tsp.call_out": True,
            "tsp.show_international_numbers_link": False,
            "tsp.call_out_countries": [],
        },
    ),
    "data_regions": SettingsProfile(
        4,
        {
            "in_meeting.custom_data_center_regions": True,
            "in_meeting.data_center_regions": ["DE", "NL"],
            "in_meeting.unchecked_data_center_regions": ["US", "CN"],
            "profile.recording_storage_location.value": "DE",
            "recording.ip_address_access_control": {
                "enable": True,
                "ip_addresses_or_ranges": "192.0.2.0/24,198.51.100.7",
            },
        },
        {
            "approved_or_denied_countries_or_regions": {
                "enable": True,
                "method": "approve",
                "approved_list": ["DE", "NL"],
            },
            "block_user_domain": True,
            "block_user_domain_list": ["example.net"],
        },
        meeting_login="enforce_login_with_domains",
    ),
    "wide_open": SettingsProfile(
        3,
        {
            "schedule_meeting.join_before_host": True,
            "schedule_meeting.require_password_for_scheduling_new_meetings": False,
            "schedule_meeting.require_password_for_instant_meetings": False,
            "schedule_meeting.require_password_for_pmi_meetings": "none",
            "schedule_meeting.force_pmi_jbh_password": False,
            "schedule_meeting.default_password_for_scheduled_meetings": f"{CANARY}-DEFAULT-PASSCODE",
            "in_meeting.who_can_share_screen": "all",
            "in_meeting.file_transfer": True,
        },
        {"meeting_password": False, "pmi_password": False, "phone_password": False, "auto_security": False},
    ),
    "interpreters": SettingsProfile(
        2,
        {
            "in_meeting.language_interpretation": {
                "enable": True,
                "enable_language_interpretation_by_default": False,
                "allow_participants_to_speak_in_listening_channel": True,
                "allow_up_to_25_custom_languages_when_scheduling_meetings": False,
                "languages": ["English", "German"],
                "custom_languages": ["Danish"],
            },
            "in_meeting.sign_language_interpretation": {
                "enable": True,
                "enable_sign_language_interpretation_by_default": False,
                "languages": ["American"],
                "custom_languages": [],
            },
            "in_meeting.closed_captioning.enable": True,
            "in_meeting.closed_captioning.auto_transcribing": True,
        },
    ),
    "assistant": SettingsProfile(
        2,
        {
            "in_meeting.meeting_summary_with_ai_companion": {
                "enable": True,
                "auto_enable": True,
                "who_will_receive_summary": 3,
            },
            "in_meeting.ai_companion_questions": {
                "enable": True,
                "auto_enable": False,
                "who_can_ask_questions": 1,
            },
            "feature.zoom_docs": True,
            "whiteboard.out_meeting_advanced_whiteboard": True,
            "whiteboard.in_meeting_advanced_whiteboard": False,
        },
    ),
}
"""By name. Basic users have them too, without the keys only licensed users get."""

PROFILE_SHARES: Mapping[str, int] = {name: profile.share for name, profile in PROFILES.items()}

FUTURE_FIELDS: Mapping[str, object] = {
    "in_meeting.future_canvas_enabled": True,
    "feature.future_note": f"{CANARY}-FUTURE",
}
"""Settings that are not described yet, for the profile "assistant" when they are switched on."""
