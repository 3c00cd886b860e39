"""Settings, locks and domains of the account and of groups: read where their scope is granted, no gap where it is not.

These documents are answered by hand, from the samples of the resources; the sandbox answers the rest.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from collector.collect.choice import Choice
from collector.collect.estimate import CollectionEstimate
from collector.model.coverage import Status
from collector.resources import least_privilege
from collector.resources.declaration import SettingsChoice
from collector.sandbox import Account, generate_account
from collector.store import RunRecord
from tests.canaries import found_in
from tests.served import DECLARED, declare_everything
from tests.wsgi_adapter import WsgiAdapter

from .profile import Profile
from .test_estimate import plan_only

SAMPLES = {
    part: samples[0]
    for name in ("account", "groups")
    for part, samples in json.loads(
        (Path(__file__).parents[1] / "resources" / "fixtures" / f"{name}.json").read_text(encoding="utf-8")
    )["documents"].items()
}
OPTIONAL = {document.part: document for one in DECLARED for document in one.documents if document.adds}
ACCOUNT_PARTS = {part for part, document in OPTIONAL.items() if document.endpoint.path.startswith("/accounts/")}
GROUP_PARTS = OPTIONAL.keys() - ACCOUNT_PARTS
GROUPS = 3
CLASSIC_SCOPES = frozenset(least_privilege(DECLARED)["classic"])
GRANULAR_SCOPES = frozenset(least_privilege(DECLARED)["granular"])
ALL_SCOPES = GRANULAR_SCOPES | {document.endpoint.scopes.granular[0] for document in OPTIONAL.values()}
SECURITY_ONLY = OPTIONAL.keys() - {"account_settings", "account_locks", "group_settings", "group_locks"}

Answer = tuple[int, object]
NO_SCOPE: Answer = (400, {"code": 4711, "message": "Invalid access token, does not contain scopes:[x:read:y:master]."})
NO_PRIVILEGE: Answer = (400, {"code": 200, "message": "No permission."})
PAID_ONLY: Answer = (400, {"code": 200, "message": "Only available for Paid or ZMP account: Zk2mAcc0untIdXyz01abcQ."})
UNKNOWN_ACCOUNT: Answer = (404, {"code": 2001, "message": "Account does not exist: me"})
BROKEN: Answer = (500, {"code": 500, "message": "Internal error"})
SOMETHING_ELSE: Answer = (200, {"users": [], "total_records": 0})


class AboveTheUser(WsgiAdapter):
    """A Zoom that answers for the account and its groups, too.

    `instead`: other answers, by part. `refusing_group`: the only group to give them; None for all.
    """

    def __init__(self, profile: Profile) -> None:
        super().__init__(profile.sandbox.app)
        self.instead: dict[str, Answer] = {}
        self.refusing_group: str | None = None
        self.asked: Counter[str] = Counter()

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:
        part = part_asked_for(str(request.url))
        if part is None:
            return super().send(request, **options)
        self.asked[part] += 1
        is_refusing = self.refusing_group is None or f"/groups/{self.refusing_group}/" in str(request.url)
        status, body = self.instead.get(part, (200, SAMPLES[part])) if is_refusing else (200, SAMPLES[part])
        response = requests.Response()
        response.status_code, response.url, response.request = status, str(request.url), request
        response.headers["Content-Type"] = "application/json"
        response.raw = io.BytesIO(json.dumps(body).encode())
        return response


def part_asked_for(url: str) -> str | None:
    """Which of the optional documents is asked for at this address."""
    where = urlsplit(url)
    for part, document in OPTIONAL.items():
        before, _, after = document.endpoint.path.partition("{groupId}")
        query = "&".join(f"{name}={value}" for name, value in document.endpoint.params.items())
        if where.path.startswith(f"/v2{before}") and where.path.endswith(after or before) and where.query == query:
            return part
    return None


@pytest.fixture(autouse=True)
def _everything_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    declare_everything(monkeypatch)


@pytest.fixture
def zoom(profile: Profile) -> AboveTheUser:
    return AboveTheUser(profile)


@pytest.fixture
def collected(profile: Profile, zoom: AboveTheUser) -> AboveTheUser:
    """A day after everything was read."""
    profile.collect(scopes=ALL_SCOPES, network=zoom)
    profile.clock.time += 24 * 3600
    zoom.asked.clear()
    return zoom


def of_optional(record: RunRecord) -> dict[str, str]:
    return {entry.dataset: entry.status.value for entry in record.coverage if entry.dataset in OPTIONAL}


def not_read(record: RunRecord) -> dict[str, str]:
    """Dataset → status, of everything that was not read completely; also what is not granted."""
    return {entry.dataset: entry.status.value for entry in record.coverage if entry.status is not Status.COMPLETE}


def planned_gaps(plan: CollectionEstimate) -> dict[str, str]:
    return {gap.dataset: gap.status.value for gap in plan.gaps}


def account_entity(profile: Profile) -> dict[str, object]:
    (entity,) = profile.store.entities("zoom_account")
    return entity


def test_the_documents() -> None:
    assert (len(ACCOUNT_PARTS), len(GROUP_PARTS)) == (9, 6)


def test_with_the_least_granular_scopes_a_run_is_complete_and_asks_for_none(
    profile: Profile, zoom: AboveTheUser
) -> None:
    record = profile.collect(scopes=GRANULAR_SCOPES, network=zoom)
    assert (record.exit_code, record.partial_types) == (0, [])
    assert of_optional(record) == dict.fromkeys(OPTIONAL, "not granted")
    assert zoom.asked == {}
    entry = next(entry for entry in record.coverage if entry.dataset == "account_locks")
    assert (entry.reason, entry.scopes, entry.missing, entry.stale) == (
        "would add which settings the account locks",
        ("account:read:admin", "account:read:lock_settings:master"),
        1,
        0,
    )
    assert entry.next_step == (
        "Add account:read:admin (classic app) or account:read:lock_settings:master (granular app) "
        "in the Zoom Marketplace."
    )


def test_the_three_classic_scopes_grant_those_of_groups(profile: Profile, zoom: AboveTheUser) -> None:
    record = profile.collect(scopes=CLASSIC_SCOPES, network=zoom)
    assert record.exit_code == 0
    assert of_optional(record) == dict.fromkeys(ACCOUNT_PARTS, "not granted") | dict.fromkeys(GROUP_PARTS, "complete")
    assert zoom.asked == dict.fromkeys(GROUP_PARTS, GROUPS)


@pytest.mark.parametrize("scopes", [CLASSIC_SCOPES | {"account:read:admin"}, ALL_SCOPES], ids=["classic", "granular"])
def test_with_all_scopes_everything_is_read(profile: Profile, zoom: AboveTheUser, scopes: frozenset[str]) -> None:
    record = profile.collect(scopes=scopes, network=zoom)
    assert (record.exit_code, record.partial_types, not_read(record)) == (0, [], {})
    assert zoom.asked == dict.fromkeys(ACCOUNT_PARTS, 1) | dict.fromkeys(GROUP_PARTS, GROUPS)
    account = account_entity(profile)
    assert account["managedDomains"] == ["example.com", "example.org"]
    assert account["trustedDomains"] == ["partner.example"]
    assert account["securitySignInWithTwoFactorAuth"] == "role"
    assert account["securitySigninWithSsoSsoBypassUsers"] == ["Xq3vB7mKQyGfL0aPz8WnRw"]
    assert account["lockedScheduleMeetingMeetingAuthentication"] is True
    assert account["meetingAuthenticationOptionDomains"] == ["a.example", "b.example"]
    for group in profile.store.entities("zoom_group"):
        assert (group["lockedInMeetingWaitingRoom"], group["meetingSecurityWaitingRoom"]) == (False, True)


def test_no_secret_of_the_documents_is_kept(profile: Profile, zoom: AboveTheUser) -> None:
    profile.collect(scopes=ALL_SCOPES, network=zoom)
    profile.store.close()
    written = b"".join(path.read_bytes() for path in profile.path.parent.iterdir())
    assert b"partner.example" in written
    assert b"CANARY" not in written
    assert found_in(written.decode("latin-1")) == []


@pytest.mark.parametrize("part", OPTIONAL)
def test_where_the_scopes_are_not_told_it_is_tried_and_zooms_denial_decides(
    profile: Profile, zoom: AboveTheUser, part: str
) -> None:
    zoom.instead[part] = NO_SCOPE
    record = profile.collect(scopes=GRANULAR_SCOPES, scopes_known=False, network=zoom)
    assert record.exit_code == 0
    assert of_optional(record) == dict.fromkeys(OPTIONAL, "complete") | {part: "not granted"}


FAILURES = {
    "no scope": (NO_SCOPE, 0, "not granted"),
    "no privilege": (NO_PRIVILEGE, 3, "denied"),
    "paid only": (PAID_ONLY, 0, "not licensed"),
    "unknown account": (UNKNOWN_ACCOUNT, 3, "partial"),
    "broken": (BROKEN, 3, "partial"),
    "something else": (SOMETHING_ELSE, 3, "partial"),
    "empty": ((200, {}), 3, "partial"),
}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize(
    "part", ["account_security", "account_locks", "managed_domains", "group_settings", "group_locks"]
)
def test_what_cannot_be_read_stays_as_it_was_read_last(
    profile: Profile, collected: AboveTheUser, part: str, failure: str
) -> None:
    answer, exit_code, status = FAILURES[failure]
    before = [*profile.store.entities("zoom_account"), *profile.store.entities("zoom_group")]
    collected.instead[part] = answer
    admin = next(user.id for user in profile.account.users if user.email == "ada@example.com")
    record = profile.collect(scopes=ALL_SCOPES, network=collected, user_id=admin)
    assert (record.exit_code, record.partial_types) == (exit_code, [])
    assert not_read(record) == {part: status}
    entry = next(entry for entry in record.coverage if entry.dataset == part)
    assert (entry.stale, entry.missing) == (1 if part in ACCOUNT_PARTS else GROUPS, 0)
    assert entry.oldest is not None
    assert entry.oldest < record.started_at
    assert [*profile.store.entities("zoom_account"), *profile.store.entities("zoom_group")] == before


@pytest.mark.parametrize("answer", [NO_PRIVILEGE, PAID_ONLY], ids=["no privilege", "paid only"])
def test_what_one_group_refuses_is_read_of_the_others(tmp_path: Path, answer: Answer) -> None:
    account = generate_account(users=3, groups=60, custom_roles=0, seed=7)
    profile = Profile(tmp_path, account)
    zoom = AboveTheUser(profile)
    profile.collect(scopes=ALL_SCOPES, network=zoom)
    zoom.instead["group_settings"] = answer
    zoom.refusing_group = account.groups[0].id
    record = profile.collect(scopes=ALL_SCOPES, network=zoom)
    entry = next(entry for entry in record.coverage if entry.dataset == "group_settings")
    assert (entry.status, entry.read, entry.stale, entry.missing) == (Status.PARTIAL, 59, 1, 0)
    profile.store.close()


def test_the_owner_lacks_no_privilege(profile: Profile, zoom: AboveTheUser) -> None:
    zoom.instead = dict.fromkeys(OPTIONAL, NO_PRIVILEGE)
    record = profile.collect(scopes=ALL_SCOPES, network=zoom)
    assert (record.exit_code, of_optional(record)) == (0, dict.fromkeys(OPTIONAL, "not licensed"))
    entry = next(entry for entry in record.coverage if entry.dataset == "trusted_domains")
    assert entry.reason == (
        "Zoom says: No permission: the token is the account owner's, who has every privilege, "
        "so the plan has no API for the account's trusted domains"
    )


@pytest.mark.parametrize("part", OPTIONAL)
def test_a_scope_taken_away_leaves_what_was_read(profile: Profile, collected: AboveTheUser, part: str) -> None:
    document = OPTIONAL[part]
    same_scope = {name for name, other in OPTIONAL.items() if other.endpoint.path == document.endpoint.path}
    before = [*profile.store.entities("zoom_account"), *profile.store.entities("zoom_group")]
    record = profile.collect(scopes=ALL_SCOPES - set(document.endpoint.scopes.granular), network=collected)
    assert (record.exit_code, record.partial_types) == (0, [])
    assert not_read(record) == dict.fromkeys(same_scope, "not granted")
    assert collected.asked.keys() == OPTIONAL.keys() - same_scope
    for entry in record.coverage:
        if entry.dataset in same_scope:
            assert (entry.stale, entry.missing) == (1 if part in ACCOUNT_PARTS else GROUPS, 0)
            assert entry.oldest is not None
    assert [*profile.store.entities("zoom_account"), *profile.store.entities("zoom_group")] == before


@pytest.mark.parametrize(
    ("settings", "read"),
    [
        (SettingsChoice.NONE, set()),
        (SettingsChoice.SECURITY, SECURITY_ONLY),
        (SettingsChoice.ALL, set(OPTIONAL)),
    ],
)
@pytest.mark.parametrize("scopes", [ALL_SCOPES, GRANULAR_SCOPES], ids=["granted", "not granted"])
def test_the_choice_of_settings(
    profile: Profile, zoom: AboveTheUser, settings: SettingsChoice, read: set[str], scopes: frozenset[str]
) -> None:
    record = profile.collect(scopes=scopes, network=zoom, settings=settings)
    assert record.exit_code == 0
    assert zoom.asked.keys() == (read if scopes is ALL_SCOPES else set())
    left_out = {part for part, status in of_optional(record).items() if status == "skipped"}
    assert left_out == OPTIONAL.keys() - read


def test_changes_above_the_user_show_in_no_row_so_they_are_read_every_time(
    profile: Profile, collected: AboveTheUser
) -> None:
    record = profile.collect(scopes=ALL_SCOPES, network=collected, max_age=7 * 24 * 3600 * 1000)
    assert record.exit_code == 0
    assert collected.asked == dict.fromkeys(ACCOUNT_PARTS, 1) | dict.fromkeys(GROUP_PARTS, GROUPS)


def test_a_group_that_is_gone_meanwhile(profile: Profile, collected: AboveTheUser) -> None:
    """What says so of a group is asked about it, and believed only then."""
    collected.instead["group_locks"] = (404, {"code": 4130, "message": "A group with this id does not exist."})
    record = profile.collect(scopes=ALL_SCOPES | {"group:read:group:admin"}, network=collected)
    assert (record.exit_code, not_read(record)) == (3, {"group_locks": "partial"})
    assert {str(group["name"]) for group in profile.store.entities("zoom_group")} == {"Engineering", "Sales", "Empty"}
    entry = next(entry for entry in record.coverage if entry.dataset == "group_locks")
    assert entry.reason == "/groups/{groupId}/lock_settings returned 'not found' for rows that this run listed"


@pytest.mark.parametrize("plan", ["free", "pro"])
def test_on_a_free_plan_groups_are_not_licensed_and_what_is_not_granted_is_no_gap(
    tmp_path: Path, account: Account, plan: str
) -> None:
    profile = Profile(tmp_path, account, plan=plan)
    record = profile.collect(scopes=GRANULAR_SCOPES, network=AboveTheUser(profile), free_plan=plan == "free")
    assert record.exit_code == 0
    assert set(of_optional(record).values()) == {"not granted"}
    profile.store.close()


def test_interrupted_before_the_documents(
    profile: Profile, zoom: AboveTheUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Iterator[object]:
        raise RuntimeError("stopped")

    monkeypatch.setattr("collector.collect.run.read_documents", fail)
    with pytest.raises(RuntimeError):
        profile.collect(scopes=GRANULAR_SCOPES, network=zoom)
    record = profile.store.latest_run()
    assert record is not None
    assert set(of_optional(record).values()) == {"not granted"}


class TestPlan:
    def test_the_calls_are_counted(self, profile: Profile, zoom: AboveTheUser) -> None:
        planned = plan_only(profile, scopes=ALL_SCOPES, adapter=zoom)
        without = plan_only(profile, scopes=GRANULAR_SCOPES, adapter=zoom)
        assert planned.count - without.count == len(ACCOUNT_PARTS) + GROUPS * len(GROUP_PARTS)
        assert (planned.exit_code, planned_gaps(planned)) == (0, {})

    def test_what_is_not_granted_is_told_and_no_gap(self, profile: Profile, zoom: AboveTheUser) -> None:
        planned = plan_only(profile, scopes=GRANULAR_SCOPES, adapter=zoom)
        assert (planned.exit_code, planned_gaps(planned)) == (0, dict.fromkeys(OPTIONAL, "not granted"))
        assert {step.status for step in planned.steps} == {Status.COMPLETE}
        assert zoom.asked == {}

    def test_the_choice_of_settings(self, profile: Profile, zoom: AboveTheUser) -> None:
        planned = plan_only(profile, scopes=ALL_SCOPES, adapter=zoom, choice=Choice(settings=SettingsChoice.NONE))
        assert set(planned_gaps(planned)) >= OPTIONAL.keys()
        assert not any("accounts" in path or path.endswith("settings") for path, _ in planned.endpoints)
