"""POST /oauth/token for Server-to-Server apps."""

from __future__ import annotations

import base64
import json

import pytest
from werkzeug.test import TestResponse

from collector.sandbox import CLASSIC_SCOPES, GRANULAR_SCOPES, Account, Sandbox

from .client import MovableClock, SandboxClient


def post(
    sandbox: Sandbox,
    form: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    basic: tuple[str, str] | None = None,
) -> TestResponse:
    client = sandbox.app.test_client()
    return client.post("/oauth/token", data=form or {}, query_string=query or {}, auth=basic)


def client_of(sandbox: Sandbox) -> tuple[str, str]:
    return sandbox.client_id, sandbox.client_secret


def grant_for(sandbox: Sandbox) -> dict[str, str]:
    return {"grant_type": "account_credentials", "account_id": sandbox.account.id}


@pytest.mark.parametrize("scopes", [CLASSIC_SCOPES, GRANULAR_SCOPES])
def test_gives_a_token_with_the_scopes_of_the_app(account: Account, scopes: frozenset[str]) -> None:
    sandbox = Sandbox(account, scopes=scopes)
    answer = post(sandbox, grant_for(sandbox), basic=client_of(sandbox))
    assert answer.json is not None
    assert answer.json.keys() == {"access_token", "token_type", "expires_in", "scope", "api_url"}
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("bearer", 3599)
    assert set(answer.json["scope"].split()) == scopes
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-RateLimit-Category" not in answer.headers
    assert SandboxClient(sandbox, answer.json["access_token"]).get("/users/me").status_code == 200


def test_tokens_look_like_zooms(sandbox: Sandbox, account: Account) -> None:
    header, claims, signature = sandbox.issue_token().split(".")
    decoded = json.loads(base64.urlsafe_b64decode(claims + "=="))
    assert (decoded["aid"], decoded["uid"]) == (account.id, account.owner.id)
    assert json.loads(base64.urlsafe_b64decode(header + "=="))["alg"] == "HS512"
    assert base64.urlsafe_b64decode(signature + "==")


def test_several_tokens_are_good_at_once(sandbox: Sandbox, clock: MovableClock) -> None:
    one, two = SandboxClient(sandbox), SandboxClient(sandbox)
    assert one.token != two.token
    assert {asker.get("/users/me").status_code for asker in (one, two)} == {200}
    clock.wait(3600)
    assert {asker.get("/users/me").status_code for asker in (one, two)} == {401}


def test_parameters_may_be_in_the_query(sandbox: Sandbox, account: Account) -> None:
    assert post(sandbox, query=grant_for(sandbox), basic=client_of(sandbox)).status_code == 200
    strict = Sandbox(account, strict_body=True)
    refused = post(strict, query=grant_for(strict), basic=client_of(strict))
    assert (refused.status_code, refused.json) == (
        400,
        {"reason": "Missing grant type", "error": "invalid_request"},
    )


def test_the_client_may_name_itself_in_the_body(sandbox: Sandbox) -> None:
    client_id, client_secret = client_of(sandbox)
    form = {**grant_for(sandbox), "client_id": client_id, "client_secret": client_secret}
    assert post(sandbox, form).status_code == 200


@pytest.mark.parametrize(
    ("changes", "reason", "error"),
    [
        ({"grant_type": None}, "Missing grant type", "invalid_request"),
        ({"grant_type": "password"}, "unsupported grant type", "unsupported_grant_type"),
        ({"account_id": None}, "Invalid Account Id", "invalid_request"),
        ({"account_id": "another"}, "Account does not exist", "invalid_request"),
    ],
)
def test_wrong_parameters(sandbox: Sandbox, changes: dict[str, str | None], reason: str, error: str) -> None:
    form = {name: value for name, value in {**grant_for(sandbox), **changes}.items() if value}
    answer = post(sandbox, form, basic=client_of(sandbox))
    assert (answer.status_code, answer.json) == (400, {"reason": reason, "error": error})


@pytest.mark.parametrize("client", [("wrong", "wrong"), ("", "x"), ("ü", "ü")])
def test_a_wrong_client(sandbox: Sandbox, client: tuple[str, str]) -> None:
    answer = post(sandbox, grant_for(sandbox), basic=client)
    assert answer.status_code == 400
    assert answer.json == {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}


def test_the_secret_must_be_right(sandbox: Sandbox) -> None:
    answer = post(sandbox, grant_for(sandbox), basic=(sandbox.client_id, "wrong"))
    assert answer.json == {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}


def test_without_any_client(sandbox: Sandbox) -> None:
    answer = post(sandbox, grant_for(sandbox))
    assert (answer.status_code, answer.json) == (400, {"reason": "Bad Request", "error": "invalid_request"})


def test_an_app_can_be_switched_off(zoom: SandboxClient, sandbox: Sandbox) -> None:
    sandbox.set_app_state("disabled")
    answer = post(sandbox, grant_for(sandbox), basic=client_of(sandbox))
    assert answer.json == {"reason": "The app has been disabled", "error": "invalid_request"}
    assert zoom.get("/users/me").status_code == 401
    sandbox.set_app_state("not activated")
    answer = post(sandbox, grant_for(sandbox), basic=client_of(sandbox))
    assert answer.json == {
        "reason": "Account does not enabled the OAuth app type",
        "error": "invalid_request",
    }
    sandbox.set_app_state("active")
    assert post(sandbox, grant_for(sandbox), basic=client_of(sandbox)).status_code == 200
