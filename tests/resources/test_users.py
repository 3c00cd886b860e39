"""Users: from Zoom's rows to properties."""

from __future__ import annotations

import pytest

from collector.resources.users import ENTITY, RESOURCE, convert, identify

ADA = {"id": "ada-id", "first_name": "Ada", "last_name": "Byron", "email": "Ada@Example.com", "status": "active"}
INVITED = {
    "email": "New.Bie@Example.com",
    "type": 1,
    "verified": 0,
    "dept": "Sales",
    "created_at": "2026-11-23T10:00:00Z",
    "status": "pending",
    "role_id": "2",
}


def test_a_user():
    assert convert(ADA) == {
        "id": "ada-id",
        "userIds": ["ada-id"],
        "username": ["ada@example.com"],
        "email": ["ada@example.com"],
        "shortLoginId": ["ada"],
        "emailDomain": ["example.com"],
        "name": "Ada Byron",
        "displayName": "Ada Byron",
        "firstName": "Ada",
        "lastName": "Byron",
        "status": "active",
        "active": True,
        "isActive": True,
    }


@pytest.mark.parametrize(
    ("fields", "name", "first", "last"),
    [
        ({"first_name": "Ada", "last_name": "Byron"}, "Ada Byron", "Ada", "Byron"),
        ({"first_name": "Ada"}, "Ada", "Ada", None),
        ({"first_name": "Ada", "last_name": ""}, "Ada", "Ada", None),
        ({"first_name": "Ada", "last_name": None}, "Ada", "Ada", None),
        ({"last_name": "Byron"}, "Byron", None, "Byron"),
        ({"first_name": " Ada ", "last_name": " "}, "Ada", "Ada", None),
        ({"first_name": "Ada", "last_name": "Byron", "display_name": " "}, "Ada Byron", "Ada", "Byron"),
        ({"display_name": "Countess"}, "Countess", None, None),
        ({"first_name": "", "last_name": "", "display_name": "Countess"}, "Countess", None, None),
        ({}, "ada@example.com", None, None),
        ({"display_name": " "}, "ada@example.com", None, None),
        ({"email": None}, "ada-id", None, None),
        ({"first_name": 1, "last_name": ["Byron"], "display_name": {"a": 1}}, "ada@example.com", None, None),
    ],
)
def test_names_are_never_undefined(fields, name, first, last):
    user = convert({"id": "ada-id", "email": "ada@example.com", "status": "active", **fields})
    assert (user["name"], user["displayName"], user["firstName"], user["lastName"]) == (name, name, first, last)


@pytest.mark.parametrize("sent", ["Countess", " Countess "])
def test_the_display_name_is_zooms_own_where_it_sends_one(sent):
    user = convert({**ADA, "display_name": sent})
    assert (user["name"], user["displayName"]) == ("Ada Byron", "Countess")


@pytest.mark.parametrize(
    ("sent", "properties"),
    [
        ({"employee_unique_id": "E-17"}, {"employeeId": "E-17"}),
        ({"employee_unique_id": " 0017 "}, {"employeeId": "0017"}),
        ({"employee_unique_id": 17}, {"employeeId": "17"}),
        ({"employee_unique_id": ""}, {}),
        ({"employee_unique_id": "  "}, {}),
        ({"employee_unique_id": True}, {}),
        ({"plan_united_type": "32"}, {"planUnitedType": "32"}),
        ({"plan_united_type": ""}, {}),
        ({"login_types": [100, 101, 1]}, {"loginTypes": ["Work email", "SSO", "Google"]}),
        ({"login_types": [100, 7]}, {"loginTypes": ["Work email", "7"]}),
        ({"login_types": []}, {"loginTypes": []}),
        ({"login_types": ["100"]}, {}),
        ({"login_types": [True]}, {}),
        ({"login_types": 100}, {}),
        (
            {
                "license_info_list": [
                    {"license_type": "ZOOM_WORKPLACE_BUNDLE", "license_option": 16, "subscription_id": "CANARY"},
                    {"license_type": "MEETING", "subscription_id": "CANARY"},
                    {"license_type": "MEETING", "subscription_id": "CANARY"},
                    {"license_type": 7},
                ]
            },
            {"licenses": ["MEETING", "ZOOM_WORKPLACE_BUNDLE"]},
        ),
        ({"license_info_list": []}, {"licenses": []}),
        ({"license_info_list": "MEETING"}, {}),
        ({"license_info_list": [None]}, {}),
    ],
)
def test_what_the_list_says_of_licences_and_sign_in(sent, properties):
    assert convert({**ADA, **sent}) == {**convert(ADA), **properties}


@pytest.mark.parametrize(
    ("email", "username", "short", "domain"),
    [
        ("ada@example.com", ["ada@example.com"], ["ada"], ["example.com"]),
        ("ADA+Zoom@Example.COM", ["ada+zoom@example.com"], ["ada+zoom"], ["example.com"]),
        ('"a@b"@example.com', ['"a@b"@example.com'], ['"a@b"'], ["example.com"]),
        ("ada", ["ada"], ["ada"], None),
        ("ada@", ["ada@"], ["ada"], None),
        ("", None, None, None),
        (None, None, None, None),
        (7, None, None, None),
    ],
)
def test_logins_are_lists_in_lower_case(email, username, short, domain):
    user = convert({"id": "ada-id", "email": email, "status": "active"})
    assert (user["username"], user["email"], user["shortLoginId"]) == (username, username, short)
    assert user.get("emailDomain") == domain


@pytest.mark.parametrize(("status", "active"), [("active", True), ("inactive", False), ("pending", False)])
def test_both_active_names_follow_the_status(status, active):
    user = convert({**ADA, "status": status})
    assert (user["status"], user["active"], user["isActive"]) == (status, active, active)


@pytest.mark.parametrize("status", [None, "", 1, ["active"]])
def test_an_unknown_status_is_not_called_inactive(status):
    assert convert({**ADA, "status": status}).keys().isdisjoint({"status", "active", "isActive"})


def test_an_invited_user():
    assert identify(INVITED) == "pending:new.bie@example.com"
    assert ENTITY.key(identify(INVITED)) == "zoom_user:pending:new.bie@example.com"
    assert convert(INVITED) == {
        "username": ["new.bie@example.com"],
        "email": ["new.bie@example.com"],
        "shortLoginId": ["new.bie"],
        "emailDomain": ["example.com"],
        "name": "new.bie@example.com",
        "displayName": "new.bie@example.com",
        "firstName": None,
        "lastName": None,
        "status": "pending",
        "active": False,
        "isActive": False,
        "type": 1,
        "verified": 0,
        "dept": "Sales",
        "roleId": "2",
    }


def test_an_invited_user_is_the_same_listed_or_looked_up():
    """The answer about one invited user holds an id, a row of the list does not; the creation date is the call's."""
    answer = {**INVITED, "id": "hidden-id", "created_at": "2026-11-23T11:00:00Z", "user_created_at": "2026-01-01"}
    assert identify(answer) == identify(INVITED)
    assert convert(answer) == convert(INVITED)


def test_invited_users_have_no_documents():
    assert RESOURCE.path_ids("zoom_user:pending:new.bie@example.com") is None
    assert RESOURCE.path_ids("zoom_user:ada-id") == {"userId": "ada-id"}


@pytest.mark.parametrize(
    ("row", "identifier"),
    [
        ({"id": "ada-id", "email": "ada@example.com"}, "ada-id"),
        ({"id": "ada-id", "display_name": "Ada"}, "ada-id"),
        ({"id": " ada|id ", "first_name": "Ada", "status": "pending"}, " ada%7Cid "),
        ({"id": "pending:ada@example.com", "email": "ada@example.com"}, "pending%3Aada@example.com"),
        ({"email": "A|d%a@example.com", "status": "pending"}, "pending:a%7Cd%25a@example.com"),
        ({"id": "ada-id"}, None),
        ({"id": "ada-id", "status": "pending", "email": "", "last_name": " "}, None),
        ({"email": "ada@example.com", "status": "pending"}, "pending:ada@example.com"),
        ({"email": "ada@example.com", "status": "active"}, None),
        ({"email": "ada@example.com"}, None),
        ({"email": " ", "status": "pending"}, None),
        ({"id": 7, "email": ["ada@example.com"], "status": "pending"}, None),
        ({}, None),
    ],
)
def test_identifiers_of_users(row, identifier):
    assert identify(row) == identifier


@pytest.mark.parametrize(
    ("fields", "dates"),
    [
        (
            {"created_at": "2021-10-28T03:49:40Z"},
            {"createdAt": "2021-10-28T03:49:40Z", "createdOn": 1635392980000},
        ),
        (
            {"created_at": "2021-10-28T03:49:40Z", "user_created_at": "2020-01-01T00:00:00Z"},
            {"createdAt": "2021-10-28T03:49:40Z", "createdOn": 1577836800000},
        ),
        ({"user_created_at": "2020-01-01T00:00:00Z"}, {"createdOn": 1577836800000}),
        ({"created_at": "2020-01-01T01:00:00.999+01:00"}, {"createdAt": "2020-01-01T01:00:00.999+01:00",
                                                           "createdOn": 1577836800999}),
        ({"created_at": "2020-01-01T00:00:00"}, {"createdAt": "2020-01-01T00:00:00", "createdOn": 1577836800000}),
        ({"created_at": "long ago"}, {"createdAt": "long ago"}),
        ({"created_at": ""}, {}),
        ({"created_at": 1577836800}, {}),
        (
            {"last_login_time": "2021-10-28T03:52:40Z"},
            {"lastLoginTime": "2021-10-28T03:52:40Z", "lastLoginOn": 1635393160000},
        ),
    ],
)  # fmt: skip
def test_dates_are_milliseconds_beside_zooms_own_words(fields, dates):
    user = convert({**ADA, **fields})
    assert {name: user[name] for name in user if name.startswith(("created", "lastLogin"))} == dates


def test_further_fields_are_taken_under_their_older_names():
    given = {
        "type": 2,
        "verified": 1,
        "timezone": "Europe/Berlin",
        "language": "en-US",
        "dept": "R&D",
        "phone_number": "+1 1",
        "pic_url": "https://zoom.us/p/1",
        "last_client_version": "5.15.2(mac)",
        "role_id": "0",
        "group_ids": ["g2", "g1"],
    }
    user = convert({**ADA, **given})
    assert {name: value for name, value in user.items() if name not in convert(ADA)} == {
        "type": 2,
        "verified": 1,
        "timezone": "Europe/Berlin",
        "language": "en-US",
        "dept": "R&D",
        "phoneNumber": "+1 1",
        "picUrl": "https://zoom.us/p/1",
        "lastClientVersion": "5.15.2(mac)",
        "roleId": "0",
        "groupIds": ["g2", "g1"],
    }


@pytest.mark.parametrize("value", [None, {"a": 1}, [{}], [None], [1, "a"]])
@pytest.mark.parametrize("field", ["timezone", "dept", "pic_url", "group_ids", "role_id", "last_login_time"])
def test_values_jupiterone_does_not_accept_are_dropped(field, value):
    assert convert({**ADA, field: value}) == convert(ADA)


def test_meeting_secrets_are_left_out():
    secrets = {
        "pmi": 1234567890,
        "use_pmi": True,
        "host_key": "CANARY",
        "personal_meeting_url": "https://zoom.us/j/1?pwd=CANARY",
        "vanity_url": "https://zoom.us/my/CANARY",
        "jid": "ada-id@xmpp.zoom.us",
        "custom_attributes": [{"key": "CANARY", "name": "CANARY", "value": "CANARY"}],
    }
    assert convert({**ADA, **secrets}) == convert(ADA)
    assert {"pmi", "hostKey"}.isdisjoint(prop.name for prop in ENTITY.properties)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("pic_url", "picUrl"),
        ("dept", "dept"),
        ("first_name", "firstName"),
        ("last_name", "lastName"),
        ("phone_number", "phoneNumber"),
        ("created_at", "createdAt"),
    ],
)
def test_passcodes_in_addresses_are_masked(field, name):
    user = convert({**ADA, field: "https://zoom.us/x?a=b&pwd=CANARY"})
    assert user[name] == "https://zoom.us/x?a=b&pwd=***"
    assert "CANARY" not in str(user)


def test_the_lists_and_documents_that_are_read():
    assert [list_pass.dataset(RESOURCE.name) for list_pass in RESOURCE.passes] == [
        "users?status=active",
        "users?status=inactive",
        "users?status=pending",
    ]
    assert [(document.part, dict(document.endpoint.params)) for document in RESOURCE.documents] == [
        ("settings", {}),
        ("meeting_authentication", {"option": "meeting_authentication"}),
        ("recording_authentication", {"option": "recording_authentication"}),
        ("meeting_security", {"option": "meeting_security"}),
    ]
