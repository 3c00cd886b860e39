"""What people call the properties that are no settings, whose descriptions are Zoom's."""

from __future__ import annotations

from collector.model.setting_levels import SettingLevels

_ACCOUNT = "zoom_account."
PROPERTIES = {
    "active": "is active",
    "admin": "may administer the account",
    "createdAt": "created",
    "createdOn": "created",
    "dept": "department",
    "description": "description",
    "directoryPrivacy": "visibility in the directory",
    "displayName": "displayed name",
    "email": "e-mail address",
    "emailDomain": "domain of the e-mail address",
    "employeeId": "employee number",
    "firstName": "first name",
    "groupIds": "groups",
    "isActive": "is active",
    "isAdmin": "may administer the account",
    "language": "language",
    "lastName": "last name",
    "licenses": "licences",
    "loginTypes": "ways to sign in",
    "managedDomains": "domains of the account",
    "name": "name",
    "phoneNumber": "phone number",
    "planUnitedType": "Zoom United licence",
    "privilegeNames": "privileges",
    "roleId": "role",
    "shortLoginId": "name in the e-mail address",
    "status": "status",
    "timezone": "time zone",
    "totalMembers": "members by Zoom’s count",
    "trustedDomains": "trusted domains",
    "type": "licence",
    "username": "e-mail address to sign in with",
    "verified": "e-mail address is confirmed",
}


class PropertyWords:
    """Says a property as people do: a setting by its description."""

    def __init__(self, levels: SettingLevels) -> None:
        self._descriptions = {setting.name: setting.description for setting in levels.settings}

    def description(self, name: str) -> str:
        """Zoom's description of a setting, "" of anything else."""
        return self._descriptions.get(name.removeprefix(_ACCOUNT), "")

    def __call__(self, name: str) -> str:
        """What to call it; one of the account that stands beside a person's says so."""
        of_account = name.startswith(_ACCOUNT)
        plain = name.removeprefix(_ACCOUNT)
        said = self.description(plain) or PROPERTIES.get(plain, plain)
        return f"{said}, of the account" if of_account else said
