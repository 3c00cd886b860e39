"""What is known by hand: for every question a small account, and the answer for each in it."""

from __future__ import annotations

from .accounts import Table, accounts, groups, roles, switch, users

AI_SUMMARY = "inMeetingMeetingSummaryWithAiCompanion"
PASSCODE = "meetingSecurityMeetingPassword"
WAITING_ROOM = "meetingSecurityWaitingRoom"


def of_cloud_recordings(name: str) -> Table:
    """Whoever cannot record to the cloud is good."""
    return users(f"""
        status   | recordingCloudRecording | {name} | answer
        active   | true                    | true   | good
        active   | false                   | false  | good
        active   | false                   | -      | good
        active   | -                       | true   | good
        active   | true                    | false  | bad
        active   | true                    | -      | unknown
        active   | -                       | false  | unknown
        active   | -                       | -      | unknown
        inactive | false                   | true   | -
        inactive | true                    | false  | -
        inactive | -                       | -      | -
    """)


ANSWERS = {
    "managed-question-zoom-access-list": users("""
        status   | answer
        active   | list
        pending  | list
        -        | list
        inactive | -
    """),
    "managed-question-zoom-owner": users("""
        status   | role.id | answer
        active   | "0"     | list
        inactive | "0"     | list
        active   | "1"     | -
        active   | -       | -
        active   | none    | -
    """),
    "managed-question-zoom-administrators": users("""
        status   | role.admin | answer
        active   | true       | list
        inactive | true       | list
        active   | false      | -
        active   | -          | -
        active   | none       | -
    """),
    "managed-question-zoom-administrators-by-role": roles("""
        admin | user.status | answer
        true  | active      | list
        true  | inactive    | list
        true  | none        | -
        false | active      | -
        -     | active      | -
    """),
    "managed-question-zoom-administrators-inactive": users("""
        status   | isAdmin | answer
        inactive | false   | good
        inactive | true    | bad
        inactive | -       | unknown
        active   | false   | -
        active   | true    | -
        active   | -       | -
        pending  | -       | -
    """),
    "managed-question-zoom-administrators-unused": users("""
        status   | isAdmin | lastLoginOn | answer
        active   | true    | 89 days ago | good
        active   | true    | 90 days ago | good
        active   | true    | 91 days ago | bad
        active   | true    | -           | unknown
        active   | false   | 1 days ago  | -
        active   | false   | 91 days ago | -
        active   | false   | -           | -
        active   | -       | 1 days ago  | unknown
        active   | -       | 91 days ago | unknown
        inactive | -       | -           | -
        inactive | true    | 1 days ago  | -
        inactive | true    | 91 days ago | -
        inactive | true    | -           | -
    """),
    "managed-question-zoom-administrator-roles": roles("""
        systemRole | admin | answer
        false      | true  | list
        true       | true  | -
        false      | false | -
        false      | -     | -
    """),
    "managed-question-zoom-licence-unused": users("""
        status   | type | lastLoginOn | answer
        active   | 2    | 89 days ago | good
        active   | 2    | 90 days ago | good
        active   | 2    | 91 days ago | bad
        active   | 2    | -           | unknown
        active   | 1    | 1 days ago  | -
        active   | 1    | 91 days ago | -
        active   | 1    | -           | -
        active   | -    | 91 days ago | -
        inactive | 2    | 1 days ago  | -
        inactive | 2    | 91 days ago | -
        inactive | 2    | -           | -
    """),
    "managed-question-zoom-licence-inactive": users("""
        status   | type | answer
        inactive | 1    | good
        inactive | 99   | good
        inactive | 2    | bad
        inactive | -    | unknown
        active   | 1    | -
        active   | 2    | -
        active   | -    | -
        pending  | 2    | -
    """),
    "managed-question-zoom-invitations-open": users("""
        status   | answer
        pending  | list
        active   | -
        inactive | -
        -        | -
    """),
    "managed-question-zoom-addresses-outside-domains": users("""
        status   | emailDomain     | account.managedDomains         | answer
        active   | ["example.com"] | ["example.org", "example.com"] | good
        active   | ["intranet"]    | ["intranet"]                   | good
        active   | ["example.net"] | ["example.org", "example.com"] | bad
        active   | -               | ["example.com"]                | unknown
        active   | ["example.com"] | -                              | unknown
        active   | ["example.com"] | []                             | unknown
        active   | -               | -                              | unknown
        active   | ["example.com"] | none                           | -
        inactive | ["example.com"] | ["example.com"]                | -
        inactive | ["example.net"] | ["example.com"]                | -
        inactive | -               | ["example.com"]                | -
        inactive | -               | -                              | -
    """),
    "managed-question-zoom-users-without-group": users("""
        status   | group.name | answer
        active   | none       | list
        active   | Sales      | -
        inactive | none       | -
        inactive | Sales      | -
    """),
    "managed-question-zoom-groups-inactive-members": users("""
        status   | group.name | answer
        inactive | Sales      | list
        inactive | none       | -
        active   | Sales      | -
        active   | none       | -
    """),
    "managed-question-zoom-groups-empty": groups("""
        user.name | answer
        none      | list
        Max       | -
    """),
    "managed-question-zoom-app-versions": users("""
        status   | lastClientVersion | answer
        active   | 6.5.0             | list
        active   | -                 | -
        inactive | 6.5.0             | -
    """),
    "managed-question-zoom-two-factor": accounts("""
        securitySignInWithTwoFactorAuth | answer
        all                             | good
        "none"                          | bad
        group                           | bad
        role                            | bad
        some                            | unknown
        -                               | unknown
    """),
    "managed-question-zoom-single-sign-on": accounts("""
        securitySigninWithSsoEnable | securitySigninWithSsoRequireSsoForDomains | answer
        true                        | true                                      | good
        true                        | false                                     | bad
        false                       | true                                      | bad
        false                       | false                                     | bad
        false                       | -                                         | bad
        -                           | false                                     | bad
        true                        | -                                         | unknown
        -                           | true                                      | unknown
        -                           | -                                         | unknown
    """),
    "managed-question-zoom-single-sign-on-exempt": users("""
        id  | account.securitySigninWithSsoSsoBypassUsers | answer
        ada | ["ada", "bob"]                              | list
        ada | ["bob"]                                     | -
        ada | []                                          | -
        ada | -                                           | -
        -   | ["ada"]                                     | -
        -   | -                                           | -
        ada | none                                        | -
    """),
    "managed-question-zoom-other-sign-in": users("""
        status   | loginTypes               | answer
        active   | ["SSO"]                  | good
        active   | ["API user", "SSO"]      | good
        active   | ["Work email"]           | bad
        active   | ["SSO", "Work email"]    | bad
        active   | ["Google"]               | bad
        active   | ["SSO", "Google"]        | bad
        active   | ["Facebook"]             | bad
        active   | ["SSO", "Facebook"]      | bad
        active   | ["Apple"]                | bad
        active   | ["SSO", "Apple"]         | bad
        active   | ["Microsoft"]            | bad
        active   | ["SSO", "Microsoft"]     | bad
        active   | ["Phone"]                | bad
        active   | ["SSO", "Phone"]         | bad
        active   | ["Mobile device"]        | bad
        active   | ["SSO", "Mobile device"] | bad
        active   | ["RingCentral"]          | bad
        active   | ["SSO", "RingCentral"]   | bad
        active   | ["WeChat"]               | bad
        active   | ["SSO", "WeChat"]        | bad
        active   | ["Alipay"]               | bad
        active   | ["SSO", "Alipay"]        | bad
        active   | ["28", "Google"]         | bad
        active   | ["SSO", "28"]            | unknown
        active   | ["28"]                   | unknown
        active   | ["API user"]             | unknown
        active   | []                       | unknown
        active   | -                        | unknown
        inactive | ["SSO"]                  | -
        inactive | ["Google"]               | -
        inactive | ["28"]                   | -
        pending  | -                        | -
    """),
    "managed-question-zoom-session-timeout": accounts("""
        securitySignAgainPeriodForInactivityOnWeb | securitySignAgainPeriodForInactivityOnClient | answer
        30                                        | 60                                           | good
        1                                         | 1                                            | good
        0                                         | 0                                            | bad
        0                                         | 30                                           | bad
        30                                        | 0                                            | bad
        0                                         | -                                            | bad
        -                                         | 0                                            | bad
        1                                         | -                                            | unknown
        -                                         | 1                                            | unknown
        -                                         | -                                            | unknown
    """),
    "managed-question-zoom-password-rules": accounts("""
        securityPasswordRequirementMinimumPasswordLength | securityPasswordRequirementWeakEnhanceDetection | answer
        9                                                | true                                            | good
        14                                               | true                                            | good
        8                                                | true                                            | bad
        0                                                | true                                            | bad
        9                                                | false                                           | bad
        8                                                | false                                           | bad
        8                                                | -                                               | bad
        -                                                | false                                           | bad
        9                                                | -                                               | unknown
        -                                                | true                                            | unknown
        -                                                | -                                               | unknown
    """),
    "managed-question-zoom-managed-domains": accounts("""
        managedDomains                 | answer
        ["example.com", "example.org"] | good
        []                             | bad
        -                              | unknown
    """),
    "managed-question-zoom-no-protection": users(f"""
        status   | {PASSCODE} | {WAITING_ROOM} | meetingAuthentication | meetingSecurityAutoSecurity | answer
        active   | true       | false          | false                 | false                       | good
        active   | false      | true           | false                 | false                       | good
        active   | false      | false          | true                  | false                       | good
        active   | false      | false          | false                 | true                        | good
        active   | true       | -              | -                     | -                           | good
        active   | -          | true           | -                     | -                           | good
        active   | -          | -              | true                  | -                           | good
        active   | -          | -              | -                     | true                        | good
        active   | false      | false          | false                 | false                       | bad
        active   | -          | false          | false                 | false                       | unknown
        active   | false      | -              | false                 | false                       | unknown
        active   | false      | false          | -                     | false                       | unknown
        active   | false      | false          | false                 | -                           | unknown
        active   | -          | -              | -                     | -                           | unknown
        inactive | true       | true           | true                  | true                        | -
        inactive | false      | false          | false                 | false                       | -
        inactive | -          | -              | -                     | -                           | -
    """),
    "managed-question-zoom-waiting-room": switch("meetingSecurityWaitingRoom", on="good", off="bad"),
    "managed-question-zoom-waiting-room-skipped": users(f"""
        status   | {WAITING_ROOM} | {WAITING_ROOM}SettingsParticipantsToPlaceInWaitingRoom | answer
        active   | true           | 0                                                      | good
        active   | true           | 1                                                      | good
        active   | true           | 2                                                      | bad
        active   | true           | 3                                                      | unknown
        active   | true           | -                                                      | unknown
        active   | false          | 0                                                      | -
        active   | false          | 2                                                      | -
        active   | false          | -                                                      | -
        active   | -              | 0                                                      | unknown
        active   | -              | 2                                                      | unknown
        active   | -              | -                                                      | unknown
        inactive | -              | -                                                      | -
        inactive | true           | 0                                                      | -
        inactive | true           | 2                                                      | -
        inactive | true           | -                                                      | -
    """),
    "managed-question-zoom-passcode": switch("meetingSecurityMeetingPassword", on="good", off="bad"),
    "managed-question-zoom-scheduled-meeting-required-password": switch(
        "meetingSecurityRequirePasswordForScheduledMeeting", on="good", off="bad"
    ),
    "managed-question-zoom-passcode-instant": switch(
        "scheduleMeetingRequirePasswordForInstantMeetings", on="good", off="bad"
    ),
    "managed-question-zoom-passcode-short": users("""
        status   | meetingSecurityMeetingPasswordRequirementLength | answer
        active   | 6                                               | good
        active   | 10                                              | good
        active   | 5                                               | bad
        active   | 0                                               | bad
        active   | -                                               | unknown
        inactive | 6                                               | -
        inactive | 0                                               | -
        inactive | -                                               | -
    """),
    "managed-question-zoom-passcode-personal-meeting": switch("meetingSecurityPmiPassword", on="good", off="bad"),
    "managed-question-zoom-passcode-phone": switch("meetingSecurityPhonePassword", on="good", off="bad"),
    "managed-question-zoom-passcode-in-link": switch("meetingSecurityEmbedPasswordInJoinLink", on="bad", off="good"),
    "managed-question-zoom-sign-in-to-join": switch("meetingAuthentication", on="good", off="bad"),
    "managed-question-zoom-sign-in-web-client": switch(
        "meetingSecurityOnlyAuthenticatedCanJoinFromWebclient", on="good", off="bad"
    ),
    "managed-question-zoom-join-before-host": switch("scheduleMeetingJoinBeforeHost", on="bad", off="good"),
    "managed-question-zoom-join-before-host-unprotected": users("""
        status   | scheduleMeetingJoinBeforeHost | meetingSecurityMeetingPassword | meetingSecurityWaitingRoom | answer
        active   | false                         | false                          | false                      | good
        active   | true                          | true                           | false                      | good
        active   | true                          | false                          | true                       | good
        active   | false                         | -                              | -                          | good
        active   | -                             | true                           | -                          | good
        active   | -                             | -                              | true                       | good
        active   | true                          | false                          | false                      | bad
        active   | -                             | false                          | false                      | unknown
        active   | true                          | -                              | false                      | unknown
        active   | true                          | false                          | -                          | unknown
        active   | -                             | -                              | -                          | unknown
        inactive | false                         | true                           | true                       | -
        inactive | true                          | false                          | false                      | -
        inactive | -                             | -                              | -                          | -
    """),
    "managed-question-zoom-personal-meeting-id": users("""
        status   | scheduleMeetingUsePmiForScheduledMeetings | scheduleMeetingUsePmiForInstantMeetings | answer
        active   | false                                     | false                                   | good
        active   | true                                      | false                                   | bad
        active   | false                                     | true                                    | bad
        active   | true                                      | -                                       | bad
        active   | -                                         | true                                    | bad
        active   | false                                     | -                                       | unknown
        active   | -                                         | false                                   | unknown
        active   | -                                         | -                                       | unknown
        inactive | false                                     | false                                   | -
        inactive | true                                      | true                                    | -
        inactive | -                                         | -                                       | -
    """),
    "managed-question-zoom-screen-sharing": users("""
        status   | inMeetingScreenSharing | inMeetingWhoCanShareScreen | answer
        active   | true                   | host                       | good
        active   | false                  | all                        | good
        active   | false                  | -                          | good
        active   | -                      | host                       | good
        active   | true                   | all                        | bad
        active   | true                   | panelists                  | unknown
        active   | true                   | -                          | unknown
        active   | -                      | all                        | unknown
        active   | -                      | -                          | unknown
        inactive | false                  | host                       | -
        inactive | true                   | all                        | -
        inactive | -                      | -                          | -
    """),
    "managed-question-zoom-remote-control": switch("inMeetingRemoteControl", on="bad", off="good"),
    "managed-question-zoom-remote-support": switch("inMeetingRemoteSupport", on="bad", off="good"),
    "managed-question-zoom-camera-control": switch("inMeetingFarEndCameraControl", on="bad", off="good"),
    "managed-question-zoom-live-streaming": switch("inMeetingAllowLiveStreaming", on="bad", off="good"),
    "managed-question-zoom-rename": switch("inMeetingAllowParticipantsToRename", on="bad", off="good"),
    "managed-question-zoom-e2e-encryption": switch("meetingSecurityEndToEndEncryptedMeetings", on="good", off="bad"),
    "managed-question-zoom-device-encryption": switch("inMeetingE2eEncryption", on="good", off="bad"),
    "managed-question-zoom-file-transfer": switch("inMeetingFileTransfer", on="bad", off="good"),
    "managed-question-zoom-private-chat": switch("inMeetingPrivateChat", on="bad", off="good"),
    "managed-question-zoom-chat-saving": users("""
        status   | inMeetingAllowUsersSaveChats | answer
        active   | 1                            | good
        active   | 2                            | bad
        active   | 3                            | bad
        active   | 4                            | unknown
        active   | -                            | unknown
        inactive | 1                            | -
        inactive | 3                            | -
        inactive | -                            | -
    """),
    "managed-question-zoom-guests-identified": accounts("""
        inMeetingAlertGuestJoin | answer
        true                    | good
        false                   | bad
        -                       | unknown
    """),
    "managed-question-zoom-local-recording": switch("recordingLocalRecording", on="bad", off="good"),
    "managed-question-zoom-recording-passcode": of_cloud_recordings(
        "recordingRequiredPasswordForSharedCloudRecordings"
    ),
    "managed-question-zoom-recording-sign-in": of_cloud_recordings("recordingAuthentication"),
    "managed-question-zoom-recording-deletion": of_cloud_recordings("recordingAutoDeleteCmr"),
    "managed-question-zoom-recording-addresses": of_cloud_recordings("recordingIpAddressAccessControlEnable"),
    "managed-question-zoom-recording-disclaimer": switch("recordingRecordingDisclaimer", on="good", off="bad"),
    "managed-question-zoom-recording-download": accounts("""
        recordingCloudRecordingDownload | recordingCloudRecordingDownloadHost | answer
        false                           | false                               | good
        true                            | true                                | good
        false                           | -                                   | good
        -                               | true                                | good
        true                            | false                               | bad
        true                            | -                                   | unknown
        -                               | false                               | unknown
        -                               | -                                   | unknown
    """),
    "managed-question-zoom-recording-storage": users("""
        status   | profileRecordingStorageLocationValue | answer
        active   | DE                                   | list
        active   | -                                    | -
        inactive | DE                                   | -
    """),
    "managed-question-zoom-ai-summary-automatic": users(f"""
        status   | {AI_SUMMARY}Enable | {AI_SUMMARY}AutoEnable | answer
        active   | true               | false                  | good
        active   | false              | true                   | good
        active   | false              | -                      | good
        active   | -                  | false                  | good
        active   | true               | true                   | bad
        active   | true               | -                      | unknown
        active   | -                  | true                   | unknown
        active   | -                  | -                      | unknown
        inactive | false              | false                  | -
        inactive | true               | true                   | -
        inactive | -                  | -                      | -
    """),
    "managed-question-zoom-ai-summary-outsiders": users(f"""
        status   | {AI_SUMMARY}Enable | {AI_SUMMARY}WhoWillReceiveSummary | answer
        active   | true               | 1                                 | good
        active   | true               | 2                                 | good
        active   | true               | 3                                 | good
        active   | false              | 4                                 | good
        active   | false              | -                                 | good
        active   | -                  | 1                                 | good
        active   | true               | 4                                 | bad
        active   | true               | 5                                 | unknown
        active   | true               | -                                 | unknown
        active   | -                  | 4                                 | unknown
        active   | -                  | -                                 | unknown
        inactive | false              | 1                                 | -
        inactive | true               | 4                                 | -
        inactive | -                  | -                                 | -
    """),
    "managed-question-zoom-chat-outsiders": accounts("""
        chatAllowUsersToChatWithOthersEnable | chatAllowUsersToChatWithOthersSelectedOption | answer
        true                                 | 2                                            | good
        true                                 | 3                                            | good
        true                                 | 4                                            | good
        false                                | 1                                            | good
        false                                | -                                            | good
        -                                    | 2                                            | good
        true                                 | 1                                            | bad
        true                                 | 5                                            | unknown
        true                                 | -                                            | unknown
        -                                    | 1                                            | unknown
        -                                    | -                                            | unknown
    """),
    "managed-question-zoom-chat-files-outsiders": accounts("""
        chatShareFilesEnable | chatShareFilesShareOption | answer
        true                 | account                   | good
        true                 | organization              | good
        false                | anyone                    | good
        false                | -                         | good
        -                    | account                   | good
        true                 | anyone                    | bad
        true                 | friends                   | unknown
        true                 | -                         | unknown
        -                    | anyone                    | unknown
        -                    | -                         | unknown
    """),
    "managed-question-zoom-waiting-room-locked": accounts("""
        meetingSecurityWaitingRoom | lockedMeetingSecurityWaitingRoom | answer
        true                       | true                             | good
        true                       | false                            | bad
        false                      | true                             | bad
        false                      | false                            | bad
        false                      | -                                | bad
        -                          | false                            | bad
        true                       | -                                | unknown
        -                          | true                             | unknown
        -                          | -                                | unknown
    """),
    "managed-question-zoom-passcode-locked": accounts("""
        meetingSecurityMeetingPassword | lockedMeetingSecurityMeetingPassword | answer
        true                           | true                                 | good
        true                           | false                                | bad
        false                          | true                                 | bad
        false                          | false                                | bad
        false                          | -                                    | bad
        -                              | false                                | bad
        true                           | -                                    | unknown
        -                              | true                                 | unknown
        -                              | -                                    | unknown
    """),
    "managed-question-zoom-group-waiting-room": groups("""
        meetingSecurityWaitingRoom | account.meetingSecurityWaitingRoom | answer
        true                       | true                               | good
        false                      | false                              | good
        true                       | -                                  | good
        -                          | false                              | good
        false                      | true                               | bad
        false                      | -                                  | unknown
        -                          | true                               | unknown
        -                          | -                                  | unknown
        false                      | none                               | -
    """),
    "managed-question-zoom-group-passcode": groups("""
        meetingSecurityMeetingPassword | account.meetingSecurityMeetingPassword | answer
        true                           | true                                   | good
        false                          | false                                  | good
        true                           | -                                      | good
        -                              | false                                  | good
        false                          | true                                   | bad
        false                          | -                                      | unknown
        -                              | true                                   | unknown
        -                              | -                                      | unknown
        false                          | none                                   | -
    """),
}
