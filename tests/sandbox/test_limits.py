"""Rate limits by plan, label, second and day."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from collector.sandbox import Account, Sandbox
from collector.sandbox.limits import HeaderProfile, RateLimits, RetryAfter, ZoomPlan

from .client import MovableClock, SandboxClient

PER_SECOND = "You have reached the maximum per-second rate limit for this API. Try again later."
Open = Callable[..., SandboxClient]


@pytest.fixture
def open_(account: Account, clock: MovableClock) -> Open:
    """A sandbox of this plan, header profile and so on."""

    def opened(plan: ZoomPlan, profile: HeaderProfile = "recorded", retry_after: RetryAfter = "iso") -> SandboxClient:
        sandbox = Sandbox(account, plan=plan, header_profile=profile, retry_after=retry_after, clock=clock)
        return SandboxClient(sandbox)

    return opened


@pytest.mark.parametrize(("plan", "light", "medium"), [("free", 4, 2), ("pro", 30, 20), ("business", 80, 60)])
def test_so_many_a_second(open_: Open, clock: MovableClock, plan: ZoomPlan, light: int, medium: int) -> None:
    zoom = open_(plan)
    for _ in range(2):
        for path, allowed in (("/users/me", light), ("/users", medium)):
            assert {zoom.get(path).status_code for _ in range(allowed)} == {200}
            assert zoom.refusal(path) == (429, 429, PER_SECOND)
        clock.wait(1.0)


def test_the_second_slides(open_: Open, clock: MovableClock) -> None:
    zoom = open_("free")
    zoom.get("/users")
    clock.wait(0.6)
    zoom.get("/users")
    clock.wait(0.6)
    assert [zoom.get("/users").status_code for _ in range(2)] == [200, 429]


def test_limits_are_the_accounts_not_the_tokens(open_: Open) -> None:
    one = open_("free")
    other = SandboxClient(one.sandbox)
    assert [asker.get("/users").status_code for asker in (one, other, one)] == [200, 200, 429]


def test_unlimited_means_no_limit(open_: Open) -> None:
    zoom = open_("unlimited", "documented")
    assert {zoom.get("/users/me").status_code for _ in range(200)} == {200}
    assert "X-RateLimit-Type" not in zoom.get("/users/me").headers


def test_free_accounts_have_a_day_as_well(open_: Open, clock: MovableClock) -> None:
    zoom = open_("free")
    for _ in range(2_000):
        assert zoom.get("/users", page_size=1).status_code == 200
        clock.wait(0.5)
    answer = zoom.get("/users")
    assert answer.status_code == 429
    assert answer.json is not None
    assert "daily" in answer.json["message"]
    assert answer.headers["Retry-After"] == "2025-12-02T00:00:00Z"
    assert zoom.get("/users/me").status_code == 200
    clock.wait(86_400 / 2)
    zoom.token = zoom.sandbox.issue_token()
    assert zoom.get("/users").status_code == 200


@pytest.mark.parametrize(
    ("written", "headers"),
    [
        ("none", {}),
        ("iso", {"Retry-After": "2025-12-02T00:00:00Z"}),
        ("seconds", {"Retry-After": "43200"}),
        ("http-date", {"Retry-After": "Tue, 02 Dec 2025 00:00:00 GMT"}),
    ],
)
def test_when_to_come_back_is_written_in_many_ways(
    clock: MovableClock, written: RetryAfter, headers: dict[str, str]
) -> None:
    limits = RateLimits("free", "recorded", written, clock)
    assert limits.refusal_headers(daily=True) == headers
    assert limits.refusal_headers(daily=False) == {}


def test_recorded_refusals_say_little(open_: Open) -> None:
    zoom = open_("free")
    headers = [zoom.get("/users").headers for _ in range(3)][-1]
    assert headers["X-RateLimit-Category"] == "Medium"
    assert not {"X-RateLimit-Type", "X-RateLimit-Limit", "Retry-After"} & set(headers.keys())


def test_documented_headers_count_the_second(open_: Open) -> None:
    zoom = open_("pro", "documented")
    headers = zoom.get("/users").headers
    assert (headers["X-RateLimit-Type"], headers["X-RateLimit-Limit"]) == ("QPS", "20")
    assert headers["X-RateLimit-Remaining"] == "19"
    refused = [zoom.get("/users").headers for _ in range(20)][-1]
    assert (refused["X-RateLimit-Type"], refused["X-RateLimit-Remaining"]) == ("QPS", "0")


def test_free_headers_count_the_day(open_: Open, clock: MovableClock) -> None:
    zoom = open_("free", "free")
    headers = zoom.get("/users/me").headers
    assert (headers["X-RateLimit-Type"], headers["X-RateLimit-Limit"]) == ("Daily-limit", "6000")
    assert headers["X-RateLimit-Remaining"] == "5999"
    clock.wait(1.0)
    refused = [zoom.get("/users").headers for _ in range(3)][-1]
    assert refused.getlist("X-RateLimit-Type") == ["QPS"]
