"""A browser sign-in: when it is refreshed, by whom, and what a refusal means."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Semaphore

import pytest
import requests

from collector.auth import OAuthClient, Token, TokenSource
from collector.auth.stored_token import StoredToken
from collector.errors import CollectionFailed, CollectorError, ExitCode, NewerVersion, SignInRequired, UsageError
from collector.next_steps import NextStep
from collector.redaction import Secret

from .conftest import CLIENT, OAUTH_URL, TOKEN_URL, FakeClock, answer

SIGN_IN_AGAIN = "Run `collector auth login`."


def at_once(works):
    """What comes of these functions, each in a thread of its own, started together."""
    barrier = Barrier(len(works))

    def run(work):
        barrier.wait()
        try:
            return work()
        except CollectorError as failure:
            return failure

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


class RealWaits(FakeClock):
    """Waiting gives way to other threads and does not move the hands."""

    def wait(self, seconds: float) -> None:
        time.sleep(0.001)


def test_a_token_with_its_scopes_and_host(new_signed_in, sign_in, rotation):
    sign_in()
    source: TokenSource = new_signed_in()
    assert source.token() == Token("token-0", frozenset({"user:read:user:admin"}), "https://api.zoom.us")
    assert rotation.sent == []


def test_five_minutes_before_its_end_it_is_refreshed(new_signed_in, sign_in, rotation, clock, file):
    before = sign_in(others={"note": {"kept": True}})
    source = new_signed_in()
    clock.time += 3299
    assert source.token().access_token == "token-0"
    clock.time += 1
    assert source.token().access_token == new_signed_in().token().access_token == "token-1"
    assert rotation.sent == ["refresh-0"]
    assert file.load() == replace(
        before,
        access_token="token-1",
        refresh_token="refresh-1",
        obtained_at=clock.now(),
        expires_at=clock.now() + 3600,
        generation=2,
    )


def test_a_public_client_names_itself_in_the_body(new_signed_in, sign_in, requests_mock):
    client = OAuthClient("client-id-1234", None, OAUTH_URL)
    sign_in()
    posts = requests_mock.post(TOKEN_URL, json=answer(1, refresh_token="refresh-1"))
    assert new_signed_in(client=client).refresh().access_token == "token-1"
    assert "client_id=client-id-1234" in posts.last_request.text
    assert "Authorization" not in posts.last_request.headers


def test_what_an_answer_leaves_out_stays(new_signed_in, sign_in, requests_mock, file):
    before = sign_in()
    body = answer(1)
    del body["scope"], body["api_url"]
    requests_mock.post(TOKEN_URL, json=body)
    new_signed_in().refresh()
    after = file.load()
    assert (after.refresh_token, after.scope, after.api_url) == (before.refresh_token, before.scope, before.api_url)


def test_a_refreshed_token_stays_with_the_api_it_was_obtained_for(new_signed_in, sign_in, rotation, clock, file):
    for host in (None, "http://127.0.0.1:8765"):
        sign_in(obtained_for=host, refresh_token=f"refresh-{len(rotation.sent)}")
        clock.time += 3600
        assert new_signed_in().token().obtained_for == host
        assert file.load().obtained_for == host


def test_an_hour_later_whatever_runs_at_once_there_is_one_refresh(new_signed_in, sign_in, rotation):
    sign_in()
    clock = RealWaits()
    sources = [new_signed_in(clock=clock) for _ in range(4)]
    assert {source.token().access_token for source in sources} == {"token-0"}
    clock.time += 3600
    tokens = at_once([source.token for source in sources for _ in range(12)])
    assert {token.access_token for token in tokens} == {"token-1"}
    assert rotation.sent == ["refresh-0"]


def test_a_storm_of_401_answers_ends_in_one_refresh(new_signed_in, sign_in, rotation):
    sign_in()
    clock = RealWaits()
    sources = [new_signed_in(clock=clock) for _ in range(2)]
    rejected = [source.token() for source in sources]
    renewals = [lambda i=i: sources[i].renew(rejected[i]) for i in (0, 1) for _ in range(10)]
    assert {token.access_token for token in at_once(renewals)} == {"token-1"}
    assert rotation.sent == ["refresh-0"]


def test_refreshes_that_are_asked_for_together_are_one(new_signed_in, sign_in, rotation):
    sign_in()
    source = new_signed_in()
    load, loaded = source._file.load, Semaphore(0)

    def announced_load() -> StoredToken | None:
        loaded.release()
        return load()

    source._file.load = announced_load
    # Ten ask; one of them looks twice more before it goes to Zoom.
    rotation.before_answering = lambda: [loaded.acquire() for _ in range(12)]
    assert {token.access_token for token in at_once([source.refresh] * 10)} == {"token-1"}
    assert rotation.sent == ["refresh-0"]


def test_what_another_process_wrote_is_taken(new_signed_in, sign_in, rotation, clock):
    sign_in()
    ours, theirs = new_signed_in(), new_signed_in()
    rejected = ours.token()
    theirs.refresh()
    assert ours.token().access_token == "token-0"
    assert ours.renew(rejected).access_token == "token-1"
    assert ours.refresh().access_token == "token-2"
    clock.time += 3600
    assert theirs.token().access_token == ours.token().access_token == "token-3"
    assert len(rotation.sent) == 3


@pytest.mark.parametrize("jump", [-7200, -1, 3600, 7200, 90 * 86400])
def test_a_clock_that_jumps_costs_one_refresh(new_signed_in, sign_in, rotation, clock, jump):
    sign_in()
    source = new_signed_in()
    source.token()
    clock.time += jump
    assert {source.token().access_token for _ in range(3)} == {"token-1"}
    assert {new_signed_in().token().access_token for _ in range(3)} == {"token-1"}


def test_three_hundred_hours(new_signed_in, sign_in, rotation, clock, folder):
    sign_in()
    source = new_signed_in()
    for hour in range(1, 301):
        clock.time += 3600
        assert source.token().access_token == f"token-{hour}"
    assert sorted(path.name for path in folder.iterdir()) == ["token.json", "token.lock"]


def test_signing_in_again_meanwhile_is_taken_after_the_next_401(new_signed_in, sign_in, rotation, clock):
    sign_in()
    source = new_signed_in()
    rejected = source.token()
    sign_in(access_token="token-of-the-new-sign-in", refresh_token="other", generation=2)
    assert source.renew(rejected).access_token == "token-of-the-new-sign-in"
    assert rotation.sent == []


@pytest.mark.parametrize("use", [lambda source: source.token(), lambda source: source.refresh()])
def test_nobody_is_signed_in(new_signed_in, rotation, use):
    with pytest.raises(SignInRequired, match='Nobody has signed in to the profile "default"') as failure:
        use(new_signed_in())
    assert failure.value.next_step == SIGN_IN_AGAIN
    assert failure.value.exit_code == ExitCode.SIGN_IN


def test_the_next_step_can_name_the_profile(new_signed_in):
    with pytest.raises(SignInRequired) as failure:
        new_signed_in().token()
    assert NextStep(failure.value.next_step).for_call("work") == "Run `collector --profile work auth login`."


def test_a_server_to_server_token_is_no_sign_in(new_signed_in, sign_in, rotation):
    sign_in(grant="account_credentials")
    with pytest.raises(SignInRequired, match="Nobody has signed in"):
        new_signed_in().token()


@pytest.mark.parametrize("other", [{"client_id": "other"}, {"oauth_url": "https://zoomgov.example"}])
def test_the_token_of_another_app_is_neither_used_nor_spent(new_signed_in, sign_in, rotation, clock, file, other):
    before = sign_in()
    clock.time += 3600
    source = new_signed_in(client=replace(CLIENT, **other))
    for use in (source.token, source.refresh):
        with pytest.raises(SignInRequired, match="belongs to another app"):
            use()
    assert rotation.sent == []
    assert file.load() == before


def test_a_new_secret_is_still_the_same_app(new_signed_in, sign_in, rotation):
    sign_in()
    assert new_signed_in(client=replace(CLIENT, client_secret=None)).token().access_token == "token-0"


def test_without_a_refresh_token_it_lasts_an_hour(new_signed_in, sign_in, rotation, clock):
    sign_in(refresh_token=None)
    source = new_signed_in()
    assert source.token().access_token == "token-0"
    with pytest.raises(UsageError, match="no refresh token") as failure:
        source.refresh()
    assert failure.value.next_step == SIGN_IN_AGAIN
    clock.time += 3600
    with pytest.raises(SignInRequired, match="no refresh token"):
        source.token()
    assert rotation.sent == []


def test_a_newer_file_is_left_untouched(new_signed_in, sign_in, rotation, file, clock):
    sign_in()
    content = file.path.read_bytes().replace(b'"version": 1', b'"version": 2')
    file.path.write_bytes(content)
    with pytest.raises(NewerVersion):
        new_signed_in().token()
    assert file.path.read_bytes() == content


def test_a_file_cut_anywhere_is_said_to_be_damaged_and_kept(new_signed_in, sign_in, rotation, file, clock):
    sign_in()
    content = file.path.read_bytes()
    for length in range(len(content)):
        file.path.write_bytes(content[:length])
        with pytest.raises(SignInRequired, match="is damaged") as damage:
            new_signed_in().token()
        assert damage.value.next_step == SIGN_IN_AGAIN
        assert file.path.read_bytes() == content[:length]
    assert rotation.sent == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"reason": "Invalid Token!", "error": "invalid_grant"}),
        (400, {"error": "invalid_grant"}),
        (401, {"reason": "Invalid Token!", "error": "invalid_request"}),
        (400, {"reason": "Token is expired", "error": "invalid_request"}),
        (400, {"reason": "The token owner does not exist (4735)", "error": "invalid_request"}),
        (400, {"reason": "Scopes of the refresh token do not match, 4711", "error": "invalid_request"}),
    ],
)
def test_a_final_refusal_is_kept_and_costs_one_request(
    new_signed_in, sign_in, requests_mock, file, clock, status, body
):
    before = sign_in()
    posts = requests_mock.post(TOKEN_URL, status_code=status, json=body)
    clock.time += 3600
    for source in [new_signed_in()] * 50 + [new_signed_in() for _ in range(50)]:
        with pytest.raises(
            SignInRequired, match=r'profile "default" \(ada@example.com\) is no longer valid'
        ) as failure:
            source.token()
        assert failure.value.next_step == SIGN_IN_AGAIN
    assert posts.call_count == 1
    assert set(file.load().reauth) == {"reason", "at"}
    assert replace(file.load(), reauth=None) == before


def test_after_a_401_a_final_refusal_ends_the_old_token_too(new_signed_in, sign_in, requests_mock):
    sign_in()
    posts = requests_mock.post(TOKEN_URL, status_code=400, json={"error": "invalid_grant"})
    source = new_signed_in()
    rejected = source.token()
    for use in (lambda: source.renew(rejected), source.token, source.refresh):
        with pytest.raises(SignInRequired, match="no longer valid"):
            use()
    assert posts.call_count == 1


def test_signing_in_again_ends_a_refusal(new_signed_in, sign_in, requests_mock, clock):
    sign_in(reauth={"at": 1})
    source = new_signed_in()
    with pytest.raises(SignInRequired, match="no longer accepts"):
        source.token()
    sign_in(access_token="token-9", generation=2)
    assert source.token().access_token == "token-9"


@pytest.mark.parametrize("life_left", [3600, 0])
def test_a_stale_refusal_takes_the_newer_sign_in(new_signed_in, sign_in, rotation, file, clock, life_left):
    """Somebody who does not mind the lock changes the file while the older refresh token is on its way."""
    sign_in(refresh_token="stale")
    newer = replace(
        file.load(),
        access_token="token-of-the-newer",
        refresh_token="refresh-0",
        obtained_at=clock.now() + life_left,
        expires_at=clock.now() + 3600 + life_left,
        generation=5,
    )
    source = new_signed_in()
    clock.time += 3600
    request = source._renewal._endpoint.request

    def change_meanwhile(*arguments: object, **parameters: str) -> object:
        if parameters["refresh_token"] == "stale":
            file.save(newer)
        return request(*arguments, **parameters)

    source._renewal._endpoint.request = change_meanwhile
    expected = ("token-of-the-newer", ["stale"]) if life_left else ("token-1", ["stale", "refresh-0"])
    assert (source.token().access_token, rotation.sent) == expected
    assert file.load().reauth is None


def test_an_answer_lost_after_the_change_is_told_accurately(new_signed_in, sign_in, rotation, clock, file):
    def lose() -> None:
        raise requests.ReadTimeout

    rotation.before_answering = lose
    sign_in()
    clock.time += 3600
    with pytest.raises(SignInRequired, match=r"Zoom changed the token .*, but its answer was lost .*no answer in time"):
        new_signed_in().token()
    assert rotation.sent == ["refresh-0", "refresh-0"]
    with pytest.raises(SignInRequired, match="answer was lost"):
        new_signed_in().token()
    assert len(rotation.sent) == 2
    assert file.load().refresh_token == "refresh-0"


def test_an_answer_lost_without_a_change_is_harmless(new_signed_in, sign_in, requests_mock, clock):
    posts = requests_mock.post(
        TOKEN_URL, [{"exc": requests.ReadTimeout}, {"json": answer(1, refresh_token="refresh-1")}]
    )
    sign_in()
    clock.time += 3600
    assert new_signed_in().token().access_token == "token-1"
    assert posts.call_count == 2


@pytest.mark.parametrize(
    "cause", [{"status_code": 503}, {"exc": requests.ConnectTimeout}, {"status_code": 429}, {"text": "<html>"}]
)
def test_while_zoom_is_down_the_old_token_is_used_as_long_as_it_lives(
    new_signed_in, sign_in, requests_mock, clock, caplog, cause
):
    sign_in()
    source = new_signed_in()
    posts = requests_mock.post(TOKEN_URL, [cause])
    clock.time += 3400
    assert source.token().access_token == "token-0"
    asked = posts.call_count
    assert {source.token().access_token for _ in range(20)} == {"token-0"}
    assert posts.call_count == asked
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    clock.time += 31
    source.token()
    assert posts.call_count == 2 * asked
    clock.time += 120
    with pytest.raises(CollectionFailed, match=r"No token from zoom\.example"):
        source.token()


def test_a_401_is_not_answered_with_the_old_token(new_signed_in, sign_in, requests_mock):
    requests_mock.post(TOKEN_URL, status_code=503)
    sign_in()
    source = new_signed_in()
    with pytest.raises(CollectionFailed):
        source.renew(source.token())


@pytest.mark.parametrize(
    ("status", "body", "message", "to_change"),
    [
        (400, {"error": "invalid_client"}, "refused the app credentials", "ZOOM_CLIENT_SECRET"),
        (401, {}, "refused the app credentials", "ZOOM_CLIENT_ID"),
        (400, {"error": "invalid_request", "reason": "The app has been disabled"}, "does not let", "Marketplace"),
        (400, {"error": "unauthorized_client"}, "has no browser sign-in", "ZOOM_ACCOUNT_ID"),
        (400, {"error": "unsupported_grant_type"}, "has no browser sign-in", "General app"),
        (400, {"error": "odd"}, "refused to refresh", "collector auth login"),
    ],
)
def test_a_refusal_of_the_app_spends_nothing_and_marks_nothing(
    new_signed_in, sign_in, requests_mock, clock, file, status, body, message, to_change
):
    before = sign_in()
    requests_mock.post(TOKEN_URL, status_code=status, json=body)
    clock.time += 3600
    with pytest.raises(UsageError, match=message) as failure:
        new_signed_in().token()
    assert to_change in failure.value.next_step
    assert "(client id ending in 1234)" in str(failure.value)
    assert file.load() == before
    assert not list(file.path.parent.glob("*.tmp"))


def test_credentials_that_cannot_be_sent_spend_nothing(new_signed_in, sign_in, rotation, folder):
    sign_in()
    with pytest.raises(UsageError, match="no Zoom credential"):
        new_signed_in(client=replace(CLIENT, client_secret=Secret("…"))).refresh()
    assert rotation.sent == []
    assert not list(folder.glob("*.tmp"))
