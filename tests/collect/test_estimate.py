"""The estimate of a collection: the same steps, and about as many calls as are then made."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from collector.collect.choice import Choice
from collector.collect.estimate import CollectionEstimate, estimate_collection
from collector.errors import CollectionFailed, DailyLimitReached, SignInRequired
from collector.model.coverage import Status
from collector.resources import all_resources
from collector.resources.declaration import SettingsChoice
from collector.sandbox import Fault, Sandbox, generate_account
from collector.settings.choices import ZoomPlan
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import Label
from collector.zoom.pacing import Pacer
from tests.fakes import NOON, FakeClock
from tests.served import NEEDED_CLASSIC, NEEDED_GRANULAR
from tests.wsgi_adapter import ADDRESS, Unreachable, WsgiAdapter, session_with

from .profile import Profile, SandboxTokens, not_complete
from .test_scopes import WITHOUT

CALLS_OF_A_PLAN = 6
"""`/users/me`, and five first pages (three of users)."""


class SmallPages(WsgiAdapter):
    """A Zoom that serves at most `size` rows per page."""

    def __init__(self, sandbox: Sandbox, size: int) -> None:
        super().__init__(sandbox.app)
        self._size = size

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:
        request.url = str(request.url).replace("page_size=300", f"page_size={self._size}")
        return super().send(request, **options)


@dataclass(frozen=True)
class EstimatedAndMade:
    """An estimate, and the calls the collection then made, by path."""

    plan: CollectionEstimate
    made: Counter[str]
    exit_code: int | None
    gaps: dict[str, str]

    @property
    def planned(self) -> Counter[str]:
        return by_path(self.plan)


def by_path(plan: CollectionEstimate) -> Counter[str]:
    return Counter({path: count for (path, _), count in plan.endpoints.items()})


def gaps(plan: CollectionEstimate) -> dict[str, str]:
    """Dataset → status; what is not granted is no gap."""
    return {gap.dataset: gap.status.value for gap in plan.gaps if gap.status is not Status.NOT_GRANTED}


def plan_only(
    profile: Profile,
    *,
    scopes: Iterable[str] = NEEDED_GRANULAR,
    scopes_known: bool = True,
    choice: Choice | None = None,
    adapter: requests.adapters.BaseAdapter | None = None,
) -> CollectionEstimate:
    granted = frozenset(scopes)
    client = ZoomClient(
        SandboxTokens(profile.sandbox, granted, scopes_known),
        Pacer(ZoomPlan.UNLIMITED, 1.0, profile.clock),
        profile.clock,
        random.Random(7),
        oauth_url=ADDRESS,
        configured_api_url=ADDRESS,
        new_session=lambda: session_with(adapter or WsgiAdapter(profile.sandbox.app)),
    )
    return estimate_collection(client, all_resources(), granted if scopes_known else None, choice or Choice())


def estimate_and_collect(
    profile: Profile,
    *,
    scopes: Iterable[str] = NEEDED_GRANULAR,
    scopes_known: bool = True,
    steps: tuple[str, ...] = (),
    settings: SettingsChoice = SettingsChoice.ALL,
    network: requests.adapters.BaseAdapter | None = None,
) -> EstimatedAndMade:
    """Estimate a collection, then run it."""
    choice = Choice(frozenset(steps) or None, settings)
    plan = plan_only(profile, scopes=scopes, scopes_known=scopes_known, choice=choice, adapter=network)
    assert plan.calls_made == calls_by_path(profile.sandbox).total()
    profile.sandbox.calls.clear()
    record = profile.collect(scopes=scopes, scopes_known=scopes_known, steps=steps, settings=settings, network=network)
    return EstimatedAndMade(plan, calls_by_path(profile.sandbox), record.exit_code, not_complete(record))


def calls_by_path(sandbox: Sandbox) -> Counter[str]:
    """The calls to the sandbox, by path with the placeholders of the API reference."""
    words = {"<user_id>": "{userId}", "<group_id>": "{groupId}", "<role_id>": "{roleId}", "<account_id>": "me"}
    calls: Counter[str] = Counter()
    for template in {call.template for call in sandbox.calls.latest}:
        path = re.sub(r"<\w+>", lambda match: words[match[0]], template.removeprefix("/v2"))
        calls[path] = sandbox.calls.count(template)
    return calls


@pytest.mark.parametrize(
    ("users", "groups", "roles"), [(1, 0, 0), (30, 6, 2), (301, 3, 40), (1000, 20, 2)], ids=lambda number: str(number)
)
def test_a_plan_names_the_calls_of_the_collection(tmp_path: Path, users: int, groups: int, roles: int) -> None:
    profile = Profile(tmp_path, generate_account(users=users, groups=groups, custom_roles=roles, seed=11))
    both = estimate_and_collect(profile)
    assert both.exit_code == both.plan.exit_code == 0
    assert both.planned == both.made


def test_a_plan_reads_first_pages_only_and_keeps_nothing(tmp_path: Path) -> None:
    profile = Profile(tmp_path, generate_account(users=1000, groups=20, seed=11))
    assert plan_only(profile).calls_made == CALLS_OF_A_PLAN
    assert all("next_page_token" not in call.query for call in profile.sandbox.calls.latest)
    assert profile.store.latest_run() is None
    assert profile.store.account_id is None


def test_lists_of_several_pages_are_estimated_from_the_first(tmp_path: Path) -> None:
    """300 of 420 groups are on the first page; the largest has three pages of members."""
    profile = Profile(tmp_path, generate_account(users=1000, groups=420, seed=3))
    both = estimate_and_collect(profile, settings=SettingsChoice.NONE)
    assert both.planned.keys() == both.made.keys()
    for path, made in both.made.items():
        assert both.planned[path] == pytest.approx(made, rel=0.02), path
    (noted,) = (step for step in both.plan.steps if step.notes)
    assert noted.notes == ("The sizes of 300 groups are known; those of all 420 are estimated from them.",)


def test_the_pages_of_a_list_are_as_large_as_zoom_serves_them(tmp_path: Path) -> None:
    account = generate_account(users=301, groups=12, seed=5)
    pages = {len(account.users_with_status(status)) // 100 + 1 for status in ("active", "inactive", "pending")}
    assert pages == {1, 3}
    profile = Profile(tmp_path, account)
    both = estimate_and_collect(profile, settings=SettingsChoice.NONE, network=SmallPages(profile.sandbox, 100))
    assert both.planned["/users"] == both.made["/users"] == 5


@pytest.mark.parametrize("settings", SettingsChoice)
def test_documents_are_planned_as_they_are_chosen(profile: Profile, settings: SettingsChoice) -> None:
    both = estimate_and_collect(profile, settings=settings)
    assert both.planned == both.made
    documents = {SettingsChoice.NONE: 0, SettingsChoice.SECURITY: 3, SettingsChoice.ALL: 4}[settings]
    assert both.planned["/users/{userId}/settings"] == 6 * documents
    assert gaps(both.plan) == both.gaps


@pytest.mark.parametrize(
    "steps",
    [("fetch-account", "fetch-users"), ("build-user-and-role-relationship",), ("fetch-groups",)],
    ids=lambda steps: "+".join(steps),
)
def test_chosen_steps(profile: Profile, steps: tuple[str, ...]) -> None:
    both = estimate_and_collect(profile, steps=steps)
    first_call = Counter() if "fetch-account" in steps else Counter({"/users/me": 1})
    assert both.planned + first_call == both.made
    assert {step.step.id for step in both.plan.steps if step.runs} >= set(steps)
    assert gaps(both.plan) == both.gaps


@pytest.mark.parametrize("scope", WITHOUT)
def test_a_missing_scope_is_planned_as_it_will_be_met(profile: Profile, scope: str) -> None:
    style = NEEDED_CLASSIC if scope in NEEDED_CLASSIC else NEEDED_GRANULAR
    both = estimate_and_collect(profile, scopes=style - {scope})
    assert both.planned == both.made
    assert both.plan.exit_code == both.exit_code
    assert gaps(both.plan) == both.gaps
    assert {gap.dataset for gap in both.plan.gaps if scope in gap.scopes} == WITHOUT[scope][2]
    assert all(scope in gap.next_step for gap in both.plan.gaps if gap.scopes and gap.dataset in both.gaps)


@pytest.mark.parametrize(
    ("scope", "reading"),
    [
        ("user:read:list_users:admin", "users?status=inactive"),
        ("group:read:list_groups:admin", "groups"),
        ("role:read:list_roles:admin", "roles"),
    ],
)
def test_a_list_that_zoom_denies_to_a_token_that_tells_no_scopes(profile: Profile, scope: str, reading: str) -> None:
    both = estimate_and_collect(profile, scopes=NEEDED_GRANULAR - {scope}, scopes_known=False)
    assert both.plan.exit_code == both.exit_code == 3
    assert gaps(both.plan)[reading] == "denied"
    assert gaps(both.plan).items() <= both.gaps.items()


@pytest.mark.parametrize(
    ("fault", "status", "exit_code"),
    [
        ("not_licensed", "not licensed", 0),
        ("missing_privilege", "not licensed", 0),
        ("status_500", "partial", 3),
    ],
)
@pytest.mark.parametrize("path", ["/groups", "/roles"])
def test_a_list_that_fails(profile: Profile, path: str, fault: str, status: str, exit_code: int) -> None:
    profile.sandbox.faults.add(Fault(fault, path, times=None))
    both = estimate_and_collect(profile)
    assert both.plan.exit_code == both.exit_code == exit_code
    assert gaps(both.plan)[path.removeprefix("/")] == status
    assert gaps(both.plan).items() <= both.gaps.items()


def test_people_without_an_id_have_no_documents(tmp_path: Path) -> None:
    account = generate_account(users=40, groups=0, pending_share=0.5)
    assert len(account.users_with_status("pending")) == 20
    both = estimate_and_collect(Profile(tmp_path, account))
    assert both.planned["/users/{userId}/settings"] == both.made["/users/{userId}/settings"] == 80


class TestWithoutAPlan:
    def test_a_network_without_a_way_out(self, profile: Profile) -> None:
        with pytest.raises(CollectionFailed, match=r"Zoom's API could not be reached"):
            plan_only(profile, adapter=Unreachable())

    def test_every_list_fails(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("status_500", times=None))
        with pytest.raises(CollectionFailed, match=r"Nothing could be read from Zoom") as failure:
            plan_only(profile)
        assert failure.value.next_step == (
            "Run the command again later. How Zoom itself is doing: https://status.zoom.us"
        )

    def test_the_daily_limit(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("daily_429", "/groups", times=None))
        with pytest.raises(DailyLimitReached):
            plan_only(profile)

    def test_a_token_that_is_refused(self, profile: Profile) -> None:
        profile.sandbox.faults.add(Fault("unauthorized", times=None))
        with pytest.raises(SignInRequired):
            plan_only(profile)


class TestTime:
    def test_labels_add_up_at_their_rates(self, profile: Profile) -> None:
        plan = plan_only(profile)
        light, medium = plan.labels[Label.LIGHT], plan.labels[Label.MEDIUM]
        assert (light, medium) == (6, 36)
        assert plan.seconds(ZoomPlan.PRO, 0.5) == pytest.approx((6 / 30 + 36 / 20) / 0.975 / 0.5)
        assert plan.seconds(ZoomPlan.BUSINESS, 1.0) == pytest.approx((6 / 80 + 36 / 60) / 0.975)

    def test_no_limits_no_time(self, profile: Profile) -> None:
        assert plan_only(profile).seconds(ZoomPlan.UNLIMITED, 1.0) is None

    def test_it_matches_the_pacer(self, profile: Profile) -> None:
        plan, clock = plan_only(profile), FakeClock()
        pacer = Pacer(ZoomPlan.PRO, 0.8, clock)
        for (_, label), count in plan.endpoints.items():
            for _ in range(count):
                pacer.wait_turn(label)
                clock.wait(1 / 1000)  # the lanes stand still meanwhile, as when steps follow each other
        seconds = plan.seconds(ZoomPlan.PRO, 0.8)
        assert seconds is not None
        assert clock.time - NOON == pytest.approx(seconds, rel=0.1)
