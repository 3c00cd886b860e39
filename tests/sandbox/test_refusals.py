"""Requests that are refused, and their errors."""

from __future__ import annotations

import pytest

from collector.sandbox import CLASSIC_SCOPES, GRANULAR_SCOPES, Account, Sandbox
from collector.sandbox.served import ENDPOINTS

from .client import MovableClock, SandboxClient

NO_TOKEN = (401, 124, "Invalid access token.")
PATHS = {
    "/users/me": "user:read:user:admin",
    "/users": "user:read:list_users:admin",
    "/users/{user}": "user:read:user:admin",
    "/users/{user}/settings": "user:read:settings:admin",
    "/groups": "group:read:list_groups:admin",
    "/groups/{group}": "group:read:group:admin",
    "/groups/{group}/members": "group:read:list_members:admin",
    "/groups/{group}/settings": "group:read:settings:admin",
    "/groups/{group}/lock_settings": "group:read:lock_settings:admin",
    "/accounts/me/settings": "account:read:settings:admin",
    "/accounts/me/lock_settings": "account:read:lock_settings:master",
    "/accounts/me/managed_domains": "account:read:managed_domains:master",
    "/accounts/me/trusted_domains": "account:read:trusted_domains:master",
    "/roles": "role:read:list_roles:admin",
    "/roles/0": "role:read:role:admin",
    "/roles/0/members": "role:read:list_members:admin",
}


def real(path: str, account: Account) -> str:
    return path.format(user=account.owner.id, group=account.groups[0].id)


def test_every_endpoint_is_asked_below() -> None:
    assert len(PATHS) == len(ENDPOINTS)


def test_a_token_is_needed(zoom: SandboxClient, sandbox: Sandbox) -> None:
    zoom.token = "unknown"
    assert zoom.refusal("/users/me") == NO_TOKEN
    answer = sandbox.app.test_client().get("/v2/users/me")
    assert (answer.status_code, answer.json) == (401, {"code": 124, "message": "Invalid access token."})


def test_a_token_lasts_an_hour(zoom: SandboxClient, clock: MovableClock) -> None:
    clock.wait(3599)
    assert zoom.get("/users/me").status_code == 200
    clock.wait(1)
    assert zoom.refusal("/users/me") == (401, 124, "Access token is expired.")


def test_revoked_tokens_are_refused(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.revoke_tokens()
    assert zoom.refusal("/users/me") == NO_TOKEN
    assert SandboxClient(sandbox).get("/users/me").status_code == 200


def test_a_token_in_the_query_is_refused(zoom: SandboxClient) -> None:
    status, code, message = zoom.refusal("/users/me", access_token=zoom.token)
    assert (status, code) == (401, 124)
    assert message.endswith("this access token is not supported as query parameter string.")


@pytest.mark.parametrize(("path", "scope"), PATHS.items())
def test_one_granular_scope_an_endpoint(sandbox: Sandbox, account: Account, path: str, scope: str) -> None:
    path = real(path, account)
    assert SandboxClient(sandbox, sandbox.issue_token([scope])).get(path).status_code == 200
    others = SandboxClient(sandbox, sandbox.issue_token(GRANULAR_SCOPES - {scope}))
    status, code, message = others.refusal(path)
    assert (status, code) == (400, 4711)
    assert message.startswith(f"Invalid access token, does not contain scopes:[{scope}")


@pytest.mark.parametrize("path", PATHS)
def test_one_classic_scope_a_family(sandbox: Sandbox, account: Account, path: str) -> None:
    path = real(path, account)
    scope = f"{path.split('/')[1].removesuffix('s')}:read:admin"
    assert SandboxClient(sandbox, sandbox.issue_token([scope])).get(path).status_code == 200
    assert SandboxClient(sandbox, sandbox.issue_token([scope.replace("read", "write")])).get(path).status_code == 200
    others = SandboxClient(sandbox, sandbox.issue_token(CLASSIC_SCOPES - {scope}))
    message = f"Invalid access token, does not contain scopes:[{scope}]."
    assert others.refusal(path) == (400, 4700, message)


def test_scope_sets_are_the_documented_ones() -> None:
    assert {"user:read:admin", "group:read:admin", "role:read:admin", "account:read:admin"} == CLASSIC_SCOPES
    assert set(PATHS.values()) == GRANULAR_SCOPES


def test_me_can_be_asked_with_less(sandbox: Sandbox, account: Account) -> None:
    zoom = SandboxClient(sandbox, sandbox.issue_token(["user_info:read"]))
    assert zoom.get("/users/me").status_code == 200
    assert zoom.refusal(f"/users/{account.owner.id}")[:2] == (400, 4700)


@pytest.mark.parametrize("path", PATHS)
def test_the_role_of_the_administrator_must_allow_it(
    zoom: SandboxClient, sandbox: Sandbox, account: Account, path: str
) -> None:
    area = "AccountSetting" if "accounts" in path else path.split("/")[1].removesuffix("s").capitalize()
    sandbox.denied_privileges.add(f"{area}:Read")
    status, code, message = zoom.refusal(real(path, account))
    assert (status, code) == (400, 200)
    assert "permission" in message
    sandbox.denied_privileges.clear()
    assert zoom.get(real(path, account)).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_free_accounts_have_neither_groups_nor_roles(account: Account, path: str) -> None:
    zoom = SandboxClient(Sandbox(account, plan="free"))
    path = real(path, account)
    if path.startswith("/users"):
        assert zoom.get(path).status_code == 200
    else:
        assert zoom.refusal(path) == (400, 200, f"Only available for paid account: {account.id}.")


def test_what_does_not_exist(zoom: SandboxClient, sandbox: Sandbox) -> None:
    assert zoom.refusal("/meetings") == (404, 404, "Not Found")
    answer = sandbox.app.test_client().post("/v2/users")
    assert (answer.status_code, answer.content_type) == (405, "application/json;charset=UTF-8")


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/users/gone", (404, 1001, "User does not exist: gone.")),
        ("/users/gone/settings", (404, 1001, "User does not exist: gone.")),
        ("/groups/gone", (404, 4130, "A group with this gone does not exist.")),
        ("/groups/gone/members", (404, 4130, "A group with this gone does not exist.")),
        ("/roles/gone", (400, 1034, "Provided `role_id` does not exist.")),
        ("/roles/gone/members", (400, 1034, "Provided `role_id` does not exist.")),
    ],
)
def test_unknown_ids(zoom: SandboxClient, path: str, refusal: tuple[int, int, str]) -> None:
    assert zoom.refusal(path) == refusal


@pytest.mark.parametrize(("path", "name"), [("/users", "status"), ("/users/me/settings", "option")])
def test_unknown_choices(zoom: SandboxClient, path: str, name: str) -> None:
    assert zoom.refusal(path, **{name: "unknown"}) == (400, 300, "Validation Failed.")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/users", "include_fields"),
        ("/users", "role_id"),
        ("/users", "page_number"),
        ("/users/me/settings", "custom_query_fields"),
    ],
)
def test_parameters_that_are_not_in_the_sandbox(zoom: SandboxClient, path: str, name: str) -> None:
    assert zoom.refusal(path, **{name: "1"}) == (400, 300, f"This sandbox does not know the parameter {name}.")
