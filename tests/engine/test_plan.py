"""A plan foretells a collection: the same steps, and the calls that are then made."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests

from collector.engine.choice import Choice
from collector.engine.collect import WORKERS
from collector.engine.plan import CollectionPlan, PlanJob, make_plan
from collector.engine.plan.answer import is_open_ended, list_calls
from collector.engine.tally import FAILURES_IN_A_ROW
from collector.errors import CollectionFailed, DailyLimitReached, SignInRequired
from collector.resources import all_resources
from collector.resources.declaration import Resource, SettingsChoice
from collector.sandbox import CLASSIC_SCOPES, GRANULAR_SCOPES, Account, Fault, Sandbox, generate_account
from collector.zoom.client import ZoomClient
from collector.zoom.endpoint import Endpoint, Label, Scopes
from collector.zoom.pacing import Pacer, Plan
from collector.zoom.paging import Page
from tests.fakes import NOON, FakeClock
from tests.wsgi_adapter import ADDRESS, Unreachable, WsgiAdapter, session_with

from .profile import Profile, SandboxTokens, not_complete
from .test_scopes import WITHOUT

MOST_CALLS_OF_A_PLAN = 13
"""`/users/me`, five first pages (three of users), five documents, two member lists."""


class SmallPages(WsgiAdapter):
    """A Zoom that serves at most so many rows at a time, whatever is asked for."""

    def __init__(self, sandbox: Sandbox, size: int) -> None:
        super().__init__(sandbox.app)
        self._size = size

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:
        request.url = str(request.url).replace("page_size=300", f"page_size={self._size}")
        return super().send(request, **options)


@dataclass(frozen=True)
class Foretold:
    """A plan, the calls it took, and those the collection after it made, by path."""

    plan: CollectionPlan
    taken: Counter[str]
    made: Counter[str]
    exit_code: int | None
    gaps: dict[str, str]

    @property
    def planned(self) -> Counter[str]:
        return Counter({calls.path: calls.count for calls in self.plan.endpoints})


def plan_only(
    profile: Profile,
    *,
    scopes: Iterable[str] = GRANULAR_SCOPES,
    scopes_told: bool = True,
    choice: Choice | None = None,
    adapter: requests.adapters.BaseAdapter | None = None,
    resources: tuple[Resource, ...] = all_resources(),
) -> CollectionPlan:
    granted = frozenset(scopes)
    client = ZoomClient(
        SandboxTokens(profile.sandbox, granted, scopes_told),
        Pacer(Plan.UNLIMITED, 1.0, profile.clock),
        profile.clock,
        random.Random(7),
        oauth_url=ADDRESS,
        configured_api_url=ADDRESS,
        new_session=lambda: session_with(adapter or WsgiAdapter(profile.sandbox.app)),
    )
    job = PlanJob(client, resources, granted if scopes_told else None, choice or Choice())
    return make_plan(job)


def foretell(
    profile: Profile,
    *,
    scopes: Iterable[str] = GRANULAR_SCOPES,
    scopes_told: bool = True,
    steps: tuple[str, ...] = (),
    settings: SettingsChoice = SettingsChoice.ALL,
    network: requests.adapters.BaseAdapter | None = None,
) -> Foretold:
    """Plan a collection, then make it."""
    choice = Choice(frozenset(steps) or None, settings)
    plan = plan_only(profile, scopes=scopes, scopes_told=scopes_told, choice=choice, adapter=network)
    taken = calls_by_path(profile.sandbox)
    assert plan.calls_made == taken.total()
    profile.sandbox.calls.clear()
    record = profile.collect(scopes=scopes, scopes_told=scopes_told, steps=steps, settings=settings, network=network)
    made = calls_by_path(profile.sandbox)
    return Foretold(plan, taken, made, record.exit_code, not_complete(record))


def calls_by_path(sandbox: Sandbox) -> Counter[str]:
    """What the sandbox was asked, with the placeholders of the API reference."""
    words = {"<user_id>": "{userId}", "<group_id>": "{groupId}", "<role_id>": "{roleId}"}
    calls: Counter[str] = Counter()
    for template in {call.template for call in sandbox.calls.latest}:
        path = re.sub(r"<\w+>", lambda match: words[match[0]], template.removeprefix("/v2"))
        calls[path] = sandbox.calls.count(template)
    return calls


@pytest.mark.parametrize(
    ("users", "groups", "roles"), [(1, 0, 0), (30, 6, 2), (301, 3, 40), (1000, 20, 2)], ids=lambda number: str(number)
)
def test_a_plan_names_exactly_the_calls_of_the_collection(tmp_path: Path, users: int, groups: int, roles: int) -> None:
    profile = Profile(tmp_path, generate_account(users=users, groups=groups, custom_roles=roles, seed=11))
    foretold = foretell(profile)
    assert foretold.exit_code == foretold.plan.exit_code == 0
    assert foretold.planned == foretold.made
    assert foretold.taken.total() <= MOST_CALLS_OF_A_PLAN


def test_a_plan_reads_first_pages_only(tmp_path: Path) -> None:
    profile = Profile(tmp_path, generate_account(users=1000, groups=20, seed=11))
    assert plan_only(profile).calls_made == MOST_CALLS_OF_A_PLAN
    assert all("next_page_token" not in call.query for call in profile.sandbox.calls.latest)
    assert profile.sandbox.calls.latest[0].path == "/v2/users/me"


def test_lists_of_several_pages_are_estimated_from_the_first(tmp_path: Path) -> None:
    """Of 420 groups only 300 come on the first page; the largest of them has three pages of members."""
    profile = Profile(tmp_path, generate_account(users=1000, groups=420, seed=3))
    foretold = foretell(profile, settings=SettingsChoice.NONE)
    assert foretold.planned.keys() == foretold.made.keys()
    for path, made in foretold.made.items():
        assert foretold.planned[path] == pytest.approx(made, rel=0.02), path
    (noted,) = (step for step in foretold.plan.steps if step.notes)
    assert noted.notes == ("The sizes of 300 groups are known; those of all 420 are estimated from them.",)


def test_page_sizes_are_those_that_zoom_serves(tmp_path: Path) -> None:
    account = generate_account(users=301, groups=12, seed=5)
    pages = {len(account.users_with_status(status)) // 100 + 1 for status in ("active", "inactive", "pending")}
    assert pages == {1, 3}
    profile = Profile(tmp_path, account)
    foretold = foretell(profile, settings=SettingsChoice.NONE, network=SmallPages(profile.sandbox, 100))
    assert foretold.planned["/users"] == 5
    assert foretold.planned == foretold.made


@pytest.mark.parametrize("settings", SettingsChoice)
def test_documents_are_planned_as_they_are_chosen(profile: Profile, settings: SettingsChoice) -> None:
    foretold = foretell(profile, settings=settings)
    assert foretold.planned == foretold.made
    documents = {SettingsChoice.NONE: 0, SettingsChoice.SECURITY: 3, SettingsChoice.ALL: 4}[settings]
    assert foretold.planned["/users/{userId}/settings"] == 6 * documents
    assert {gap.reading: gap.status.value for gap in foretold.plan.gaps} == foretold.gaps


@pytest.mark.parametrize(
    "steps",
    [
        ("fetch-groups",),
        ("fetch-account", "fetch-users"),
        ("build-user-and-role-relationship",),
        ("build-account-and-role-relationship",),
    ],
    ids=lambda steps: "+".join(steps),
)
def test_chosen_steps(profile: Profile, steps: tuple[str, ...]) -> None:
    foretold = foretell(profile, steps=steps)
    assert foretold.planned == foretold.made
    assert {step.step.id for step in foretold.plan.steps if step.runs} >= set(steps)
    assert {gap.reading: gap.status.value for gap in foretold.plan.gaps} == foretold.gaps


def test_the_first_call_is_planned_also_where_the_account_is_not_chosen(profile: Profile) -> None:
    plan = plan_only(profile, choice=Choice(frozenset({"fetch-groups"})))
    (account,) = (step for step in plan.steps if step.step.id == "fetch-account")
    assert (account.runs, account.count, account.status.value) == (False, 1, "skipped")
    assert account.notes == ("/users/me is the first call of every run.",)


def test_the_member_lists_of_a_role_everybody_names_are_not_asked_for(profile: Profile, account: Account) -> None:
    (lists,) = (calls for calls in plan_only(profile).endpoints if calls.path == "/roles/{roleId}/members")
    assert lists.count == len(account.roles) - 1


def test_they_are_where_somebody_does_not_name_theirs(profile: Profile, account: Account) -> None:
    account.add_user("nil@example.com", role_id="")
    foretold = foretell(profile, settings=SettingsChoice.NONE)
    assert foretold.planned["/roles/{roleId}/members"] == 5
    assert foretold.planned == foretold.made


@pytest.mark.parametrize("scope", WITHOUT)
def test_a_missing_scope_is_planned_as_it_will_be_met(profile: Profile, scope: str) -> None:
    style = CLASSIC_SCOPES if scope in CLASSIC_SCOPES else GRANULAR_SCOPES
    foretold = foretell(profile, scopes=style - {scope})
    assert foretold.planned == foretold.made
    assert foretold.plan.exit_code == foretold.exit_code
    assert {gap.reading: gap.status.value for gap in foretold.plan.gaps} == foretold.gaps
    assert {gap.reading for gap in foretold.plan.gaps if scope in gap.scopes} == WITHOUT[scope][2]
    assert all(scope in gap.next_step for gap in foretold.plan.gaps if gap.scopes)


SET_SCOPES = [scope for scope in WITHOUT if scope not in ("user:read:settings:admin", "role:read:role:admin")]


@pytest.mark.parametrize("scope", SET_SCOPES)
def test_so_it_is_where_only_zoom_says_that_it_is_missing(profile: Profile, scope: str) -> None:
    """A token that does not tell its scopes. What is in flight when the denial comes is a few calls more."""
    style = CLASSIC_SCOPES if scope in CLASSIC_SCOPES else GRANULAR_SCOPES
    foretold = foretell(profile, scopes=style - {scope}, scopes_told=False)
    assert foretold.plan.exit_code == foretold.exit_code
    gaps = {gap.reading: gap.status.value for gap in foretold.plan.gaps}
    assert gaps.items() <= {**foretold.gaps, **{f"members of {name}": "denied" for name in ("groups", "roles")}}.items()
    for path, planned in foretold.planned.items():
        assert planned <= foretold.made[path] <= max(planned, 5), path


def test_member_lists_that_zoom_denies_cost_one_call(profile: Profile) -> None:
    scopes = GRANULAR_SCOPES - {"group:read:list_members:admin"}
    planned = {calls.path: calls.count for calls in plan_only(profile, scopes=scopes, scopes_told=False).endpoints}
    assert planned["/groups/{groupId}/members"] == 1


def test_documents_that_zoom_denies_cost_one_call_a_kind_and_what_is_in_flight(tmp_path: Path) -> None:
    profile = Profile(tmp_path, generate_account(users=301, groups=0))
    foretold = foretell(profile, scopes=GRANULAR_SCOPES - {"user:read:settings:admin"}, scopes_told=False)
    path = "/users/{userId}/settings"
    assert foretold.planned[path] == 4
    assert 4 <= foretold.made[path] <= 4 + 4 * WORKERS  # of 1,168
    assert {gap.reading: gap.status.value for gap in foretold.plan.gaps} == foretold.gaps


@pytest.mark.parametrize(
    ("fault", "calls", "exit_code"),
    [
        (Fault("not_licensed", "/groups", times=None), 1, 0),
        (Fault("missing_privilege", "/groups", times=None), 1, 0),
        (Fault("status_500", "/groups", times=None), 5, 3),
        (Fault("not_licensed", "/groups/*/members", times=None), 3, 0),
        (Fault("missing_privilege", "/groups/*/members", times=None), 3, 3),
        (Fault("status_502_html", "/groups/*/members", times=None), 15, 3),
    ],
    ids=lambda value: f"{value.kind} {value.path}" if isinstance(value, Fault) else "",
)
def test_what_fails_costs_what_a_collection_spends_on_it(
    profile: Profile, fault: Fault, calls: int, exit_code: int
) -> None:
    profile.sandbox.faults.add(fault)
    foretold = foretell(profile)
    assert foretold.planned[fault.path.replace("*", "{groupId}")] == calls
    assert foretold.planned == foretold.made
    assert foretold.plan.exit_code == foretold.exit_code == exit_code
    assert {gap.reading: gap.status.value for gap in foretold.plan.gaps} == foretold.gaps


def test_documents_denied_to_the_role_are_given_up_as_a_collection_does(tmp_path: Path) -> None:
    profile = Profile(tmp_path, generate_account(users=100, groups=0))
    profile.sandbox.faults.add(Fault("missing_privilege", "/users/*/settings", times=None))
    plan = plan_only(profile)
    (settings,) = (calls for calls in plan.endpoints if calls.path == "/users/{userId}/settings")
    assert settings.count == 4 * FAILURES_IN_A_ROW
    assert plan.exit_code == 3


def test_somebody_who_is_gone_does_not_stand_for_all(profile: Profile) -> None:
    profile.sandbox.faults.add(
        Fault("vanished_404", "/users/*/settings", times=4), Fault("vanished_404", "/groups/*/members", times=1)
    )
    foretold = foretell(profile)
    assert foretold.plan.gaps == ()
    assert foretold.planned == foretold.made


def test_people_without_an_id_have_no_documents(tmp_path: Path) -> None:
    account = generate_account(users=40, groups=0, pending_share=0.5)
    assert len(account.users_with_status("pending")) == 20
    foretold = foretell(Profile(tmp_path, account))
    assert foretold.planned["/users/{userId}/settings"] == 80
    assert foretold.planned == foretold.made


def test_rows_that_are_missing_are_read_again(profile: Profile) -> None:
    profile.sandbox.faults.add(Fault("missing_rows", "/groups", times=None))
    foretold = foretell(profile, steps=("fetch-groups",))
    assert foretold.planned["/groups"] == foretold.made["/groups"] == 2


def test_members_that_nobody_counts_are_told(tmp_path: Path) -> None:
    """As of a resource whose list rows do not say how many members there are."""
    resources = tuple(
        replace(resource, links=tuple(replace(link, announced_by=None) for link in resource.links))
        for resource in all_resources()
    )
    profile = Profile(tmp_path, generate_account(users=30, groups=6))
    plan = plan_only(profile, resources=resources)
    (groups,) = (step for step in plan.steps if step.step.id == "build-user-and-group-relationship")
    assert groups.count == 6
    assert groups.notes == ("Zoom does not say how many members 5 groups have: a page each is assumed.",)


LIST = Endpoint("/things", Label.MEDIUM, Scopes((), ()), "", rows="things")


@pytest.mark.parametrize(
    ("rows", "total", "calls", "open_ended"),
    [
        (0, 0, 1, False),
        (0, None, 1, False),
        (299, None, 1, False),
        (300, None, 1, True),
        (300, 300, 1, False),
        (300, 301, 2, False),
        (300, 3001, 11, False),
        (100, 3001, 31, False),  # fewer on a page than asked for
        (4, 5, 2, False),  # one is missing, so the list is read again
        (0, 5, 1, False),
        (5, 4, 1, False),
    ],
)
def test_calls_of_a_list(rows: int, total: int | None, calls: int, open_ended: bool) -> None:
    page = Page([{}] * rows, total)
    assert list_calls(LIST, page) == calls
    assert is_open_ended(LIST, page) is open_ended


def test_a_plan_keeps_nothing(profile: Profile) -> None:
    plan_only(profile)
    assert profile.store.latest_run() is None
    assert profile.store.account_id is None


class TestWithoutAPlan:
    def test_a_network_without_a_way_out(self, profile: Profile) -> None:
        with pytest.raises(CollectionFailed, match=r"Zoom's API could not be reached"):
            plan_only(profile, adapter=Unreachable())

    def test_nothing_but_trouble(self, profile: Profile) -> None:
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
        assert plan.seconds(Plan.PRO, 0.5) == pytest.approx((6 / 30 + 36 / 20) / 0.975 / 0.5)
        assert plan.seconds(Plan.BUSINESS, 1.0) == pytest.approx((6 / 80 + 36 / 60) / 0.975)

    def test_no_limits_no_time(self, profile: Profile) -> None:
        assert plan_only(profile).seconds(Plan.UNLIMITED, 1.0) is None

    def test_it_is_what_the_pacer_takes(self, profile: Profile) -> None:
        plan, clock = plan_only(profile), FakeClock()
        pacer = Pacer(Plan.PRO, 0.8, clock)
        for calls in plan.endpoints:
            for _ in range(calls.count):
                pacer.wait_turn(calls.label)
                clock.wait(1 / 1000)  # the lanes stand still meanwhile, as when steps follow each other
        seconds = plan.seconds(Plan.PRO, 0.8)
        assert seconds is not None
        assert clock.time - NOON == pytest.approx(seconds, rel=0.1)
