"""POST /oauth/token with an authorization code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from collector.sandbox import CANARY, Account, Sandbox, generate_account

from .client import MovableClock
from .sign_in import CHALLENGE, DEAD, REDIRECT, VERIFIER, SigningIn, s256, sent_back_with

MISSING_VERIFIER = {"reason": "Missing code_verifier.", "error": "invalid_grant"}
WRONG_VERIFIER = {"reason": "Invalid code_verifier.", "error": "invalid_grant"}
MISMATCH = {"reason": "Redirect URI mismatch.", "error": "invalid_request"}


@pytest.fixture
def signing_in(sandbox: Sandbox) -> SigningIn:
    return SigningIn(sandbox)


@pytest.fixture
def public(account: Account, clock: MovableClock) -> SigningIn:
    return SigningIn(Sandbox(account, public_client=True, clock=clock))


def test_gives_a_pair_of_tokens(sandbox: Sandbox, account: Account, signing_in: SigningIn) -> None:
    answer = signing_in.sign_in()
    assert answer.keys() == {"access_token", "token_type", "refresh_token", "expires_in", "scope", "api_url"}
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3599)
    assert answer["scope"] == " ".join(sorted(sandbox.scopes))
    assert answer["api_url"] == "http://localhost"
    me = signing_in.me(answer["access_token"])
    assert me.json is not None
    assert (me.json["id"], me.json["account_id"]) == (account.owner.id, account.id)
    assert sandbox.installed


def test_everything_secret_holds_a_canary(signing_in: SigningIn) -> None:
    code = signing_in.code()
    answer = signing_in.exchange(code).json
    assert answer is not None
    for secret in (code, answer["access_token"], answer["refresh_token"]):
        assert CANARY in secret


def test_no_two_secrets_are_the_same(signing_in: SigningIn) -> None:
    codes = {signing_in.code() for _ in range(3)}
    answers = [signing_in.exchange(code).json or {} for code in codes]
    secrets = {answer[name] for answer in answers for name in ("access_token", "refresh_token")}
    assert (len(codes), len(secrets)) == (3, 6)


def test_the_access_token_lives_an_hour(signing_in: SigningIn, clock: MovableClock) -> None:
    token = signing_in.sign_in()["access_token"]
    clock.wait(3599)
    assert signing_in.me(token).status_code == 200
    clock.wait(1)
    assert signing_in.me(token).json == {"code": 124, "message": "Access token is expired."}


def test_a_code_works_once(signing_in: SigningIn) -> None:
    code = signing_in.code()
    assert signing_in.exchange(code).status_code == 200
    again = signing_in.exchange(code)
    assert again.status_code == 400
    assert again.json == {"reason": f"Invalid authorization code {code}", "error": "invalid_request"}


def test_a_code_works_once_however_many_try(signing_in: SigningIn) -> None:
    code = signing_in.code()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: SigningIn(signing_in.sandbox).exchange(code).status_code, range(16)))
    assert sorted(answers) == [200] + [400] * 15


@pytest.mark.parametrize(("code", "named"), [("made-up", "made-up"), ("", "")])
def test_an_unknown_code(signing_in: SigningIn, code: str, named: str) -> None:
    answer = signing_in.exchange(code)
    assert (answer.status_code, answer.json) == (
        400,
        {"reason": f"Invalid authorization code {named}", "error": "invalid_request"},
    )


def test_a_code_lives_five_minutes(signing_in: SigningIn, clock: MovableClock) -> None:
    in_time, late = signing_in.code(), signing_in.code()
    clock.wait(299)
    assert signing_in.exchange(in_time).status_code == 200
    clock.wait(1)
    answer = signing_in.exchange(late)
    assert (answer.status_code, answer.json) == (400, {"reason": "Code is expired", "error": "invalid_request"})


@pytest.mark.parametrize("redirect_uri", [None, "http://127.0.0.1:5000/redirect", "http://localhost:5000/Redirect"])
def test_the_redirect_address_must_be_the_one_of_the_browser(signing_in: SigningIn, redirect_uri: str | None) -> None:
    code = signing_in.code()
    answer = signing_in.exchange(code, redirect_uri=redirect_uri)
    assert (answer.status_code, answer.json) == (400, MISMATCH)
    assert signing_in.exchange(code).status_code == 200


def test_the_challenge_of_the_rfc() -> None:
    assert s256(VERIFIER) == CHALLENGE


@pytest.mark.parametrize(
    ("verifier", "body"),
    [
        (None, MISSING_VERIFIER),
        ("", MISSING_VERIFIER),
        (CHALLENGE, WRONG_VERIFIER),
        (VERIFIER[:-1], WRONG_VERIFIER),
        (VERIFIER + "=", WRONG_VERIFIER),
        ("ü" * 43, WRONG_VERIFIER),
    ],
)
def test_the_verifier_must_fit_the_challenge(signing_in: SigningIn, verifier: str | None, body: dict[str, str]) -> None:
    answer = signing_in.exchange(signing_in.code(), verifier)
    assert (answer.status_code, answer.json) == (400, body)


@pytest.mark.parametrize("length", [43, 128])
def test_verifiers_of_every_length(signing_in: SigningIn, length: int) -> None:
    verifier = "~" * length
    assert signing_in.exchange(signing_in.code(code_challenge=s256(verifier)), verifier).status_code == 200


@pytest.mark.parametrize("length", [42, 129])
def test_verifiers_too_short_or_too_long(signing_in: SigningIn, length: int) -> None:
    verifier = "~" * length
    answer = signing_in.exchange(signing_in.code(code_challenge=s256(verifier)), verifier)
    assert (answer.status_code, answer.json) == (400, WRONG_VERIFIER)


@pytest.mark.parametrize("method", ["plain", None])
def test_plain_is_what_no_method_means(signing_in: SigningIn, method: str | None) -> None:
    code = signing_in.code(code_challenge=VERIFIER, code_challenge_method=method)
    assert signing_in.exchange(code, CHALLENGE).json == WRONG_VERIFIER
    assert signing_in.exchange(code, VERIFIER).status_code == 200


def test_an_app_with_a_secret_may_do_without_pkce(signing_in: SigningIn) -> None:
    assert signing_in.exchange(signing_in.code(code_challenge=None), None).status_code == 200


def test_a_verifier_nobody_asked_for_is_refused(signing_in: SigningIn) -> None:
    answer = signing_in.exchange(signing_in.code(code_challenge=None))
    assert (answer.status_code, answer.json) == (400, WRONG_VERIFIER)


def test_the_client_must_be_right(sandbox: Sandbox, signing_in: SigningIn) -> None:
    form: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "code": signing_in.code(),
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    wrong = {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}
    nobody = {"reason": "Bad Request", "error": "invalid_request"}
    assert signing_in.post("/oauth/token", form, named=False).json == nobody
    form["client_id"] = sandbox.client_id
    assert signing_in.post("/oauth/token", form, named=False).json == wrong
    form["client_secret"] = "wrong"
    assert signing_in.post("/oauth/token", form, named=False).json == wrong
    form["client_secret"] = sandbox.client_secret
    assert signing_in.post("/oauth/token", form, named=False).status_code == 200


def test_a_public_client_has_no_secret(public: SigningIn) -> None:
    assert public.sandbox.client_secret == ""
    assert "ZOOM_CLIENT_SECRET" not in public.sandbox.browser_environment("http://127.0.0.1:1")
    answer = public.sign_in()
    assert public.me(answer["access_token"]).status_code == 200
    assert public.refresh(answer["refresh_token"]).status_code == 200


def test_a_public_client_cannot_use_a_secret_or_the_server_to_server_grant(public: SigningIn) -> None:
    form: dict[str, str | None] = {"grant_type": "account_credentials", "account_id": public.sandbox.account.id}
    assert public.post("/oauth/token", form).json == {
        "reason": "unsupported grant type",
        "error": "unsupported_grant_type",
    }
    answer = public.post("/oauth/token", {**form, "client_secret": "made up"})
    assert answer.json == {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}


def test_a_second_sign_in_of_the_same_user_ends_the_first(signing_in: SigningIn) -> None:
    first, second = signing_in.sign_in(), signing_in.sign_in()
    assert signing_in.me(first["access_token"]).json == {"code": 124, "message": "Invalid access token."}
    assert signing_in.refresh(first["refresh_token"]).json == DEAD
    assert signing_in.me(second["access_token"]).status_code == 200
    assert signing_in.refresh(second["refresh_token"]).status_code == 200


def test_a_sign_in_of_another_user_does_not(signing_in: SigningIn, sandbox: Sandbox, account: Account) -> None:
    first = signing_in.sign_in()
    sandbox.browser_user = account.users_with_status("active")[3]
    second = signing_in.sign_in()
    assert {signing_in.me(answer["access_token"]).status_code for answer in (first, second)} == {200}


def test_a_sign_in_does_not_touch_tokens_of_other_grants(signing_in: SigningIn, sandbox: Sandbox) -> None:
    token = sandbox.issue_token()
    signing_in.sign_in()
    assert signing_in.me(token).status_code == 200


def test_a_disabled_app_gets_nothing_and_loses_what_it_had(signing_in: SigningIn, sandbox: Sandbox) -> None:
    answer, code = signing_in.sign_in(), signing_in.code()
    sandbox.set_app_state("disabled")
    disabled = {"reason": "The app has been disabled", "error": "invalid_request"}
    assert signing_in.exchange(code).json == disabled
    assert signing_in.refresh(answer["refresh_token"]).json == disabled
    assert signing_in.me(answer["access_token"]).status_code == 401
    sandbox.set_app_state("active")
    assert signing_in.refresh(answer["refresh_token"]).json == DEAD


def test_adding_the_app_in_the_marketplace_gives_a_code_nobody_asked_for(
    sandbox: Sandbox, signing_in: SigningIn
) -> None:
    address = sandbox.marketplace_add_url(REDIRECT)
    assert address.startswith("http://localhost:5000/redirect?code=CANARY-CODE-")
    assert sent_back_with(address).keys() == {"code"}
    assert signing_in.exchange(sent_back_with(address)["code"], None).status_code == 200


def test_what_the_marketplace_sends_is_no_use_to_a_public_client(public: SigningIn) -> None:
    code = sent_back_with(public.sandbox.marketplace_add_url(REDIRECT))["code"]
    assert public.exchange(code, None).json == MISSING_VERIFIER
    assert public.exchange(code).json == WRONG_VERIFIER


def test_one_app_can_be_in_two_accounts() -> None:
    one, two = (SigningIn(Sandbox(generate_account(users=12, seed=seed))) for seed in (1, 2))
    assert one.sandbox.client_id == two.sandbox.client_id
    assert one.exchange(two.code()).status_code == 400
    answers = one.sign_in(), two.sign_in()
    assert one.me(answers[1]["access_token"]).status_code == 401
    assert one.refresh(answers[1]["refresh_token"]).json == DEAD
    accounts = [side.me(answer["access_token"]).json for side, answer in zip((one, two), answers, strict=True)]
    assert [me["account_id"] for me in accounts if me] == [one.sandbox.account.id, two.sandbox.account.id]
