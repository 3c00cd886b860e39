"""Questions go to JupiterOne once, stay what people made of them, and nobody else's are touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from collector.errors import AccessRefused, RequestFailed
from collector.jupiterone.connection import Access, JupiterOne
from collector.jupiterone.push_report import PushReport, Refusal
from collector.questions.library import load_questions
from collector.questions.push import PERMISSION, content_of, push, read_push_plan, read_removal_plan, remove
from collector.questions.question import Compliance, NamedQuery, SecurityQuestion
from collector.redaction import Secret
from collector.sandbox.jupiterone import Fault, JupiterOneSandbox
from tests.fakes import FakeClock
from tests.jupiterone.conftest import GRAPHQL, KEY, NoChance, connected, operations

WAITING_ROOM = SecurityQuestion(
    id="managed-question-zoom-waiting-room",
    title="Whose meetings have no waiting room?",
    description="Whether people wait\nuntil the host lets them in.",
    why="Without one, anybody with the link is in at once.",
    fix="Switch it on under Admin > Settings.",
    tags=("zoom", "meeting"),
    compliance=(Compliance("CIS Zoom Benchmark", ("1.1.2.1",)),),
    queries=(
        NamedQuery("good", "FIND zoom_user WITH a = true AS u\nRETURN u._key AS Key", "GOOD"),
        NamedQuery("bad", "FIND zoom_user WITH a = false AS u\nRETURN u._key AS Key", "BAD"),
    ),
)
ACCESS = SecurityQuestion(
    id="managed-question-zoom-access-list",
    title="Who has access to Zoom?",
    description="Everybody.",
    why="",
    fix="",
    tags=("zoom",),
    compliance=(),
    queries=(NamedQuery("list", "FIND zoom_user"),),
)
BOTH = (WAITING_ROOM, ACCESS)
THEIRS = {"title": WAITING_ROOM.title, "description": "Written by Kim.", "tags": ["zoom"]}


@pytest.fixture
def sandbox() -> JupiterOneSandbox:
    return JupiterOneSandbox(clock=FakeClock())


@pytest.fixture
def jupiterone(sandbox: JupiterOneSandbox) -> JupiterOne:
    return connected(sandbox, FakeClock())


@pytest.fixture
def client() -> JupiterOne:
    """Calls the real addresses, which requests-mock answers."""
    return JupiterOne(Access("j1dev", Secret(KEY)), FakeClock(), NoChance(1))


def pushed(jupiterone: JupiterOne, *questions: SecurityQuestion) -> PushReport:
    return push(jupiterone, read_push_plan(jupiterone, questions))


def titles(sandbox: JupiterOneSandbox) -> list[str]:
    return [question["title"] for question in sandbox.questions]


def writes(sandbox: JupiterOneSandbox) -> list[str]:
    """The requests that change something."""
    return [name for name in operations(sandbox) if name not in ("questions", "question", "listRuleInstances")]


def test_what_is_saved(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    assert pushed(jupiterone, *BOTH) == PushReport(created=(WAITING_ROOM.title, ACCESS.title))
    saved, access = sandbox.questions
    assert {name: saved[name] for name in ("title", "description", "tags", "queries", "compliance")} == {
        "title": "Whose meetings have no waiting room?",
        "description": (
            "Whether people wait until the host lets them in.\n\n"
            "Why it matters: Without one, anybody with the link is in at once.\n\n"
            "What to do: Switch it on under Admin > Settings."
        ),
        "tags": ["zoom", "meeting", "zoom-collector"],
        "queries": [
            {
                "name": name,
                "query": f"FIND zoom_user WITH a = {value} AS u\nRETURN u._key AS Key",
                "version": "v1",
                "resultsAre": name.upper(),
                "includeDeleted": False,
            }
            for name, value in (("good", "true"), ("bad", "false"))
        ],
        "compliance": [{"standard": "CIS Zoom Benchmark", "requirements": ["1.1.2.1"], "controls": []}],
    }
    assert (access["description"], access["queries"][0]["resultsAre"]) == ("Everybody.", "INFORMATIVE")


def test_the_second_push_sends_nothing(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    pushed(jupiterone, *load_questions())
    before, sent = sandbox.questions, writes(sandbox)
    report = pushed(jupiterone, *load_questions())
    assert report == PushReport(unchanged=tuple(question.title for question in load_questions()))
    assert (sandbox.questions, writes(sandbox)) == (before, sent)


@pytest.mark.parametrize(
    "changes",
    [
        {"description": "Other."},
        {"why": "Other."},
        {"fix": "Other."},
        {"tags": ("zoom", "meeting", "other")},
        {"compliance": (Compliance("CIS Zoom Benchmark", ("1.1.2.2",)),)},
        {"queries": WAITING_ROOM.queries[:1]},
        {"queries": (replace(WAITING_ROOM.queries[0], results_are="BAD"), WAITING_ROOM.queries[1])},
        {"queries": (replace(WAITING_ROOM.queries[0], text="FIND zoom_user"), WAITING_ROOM.queries[1])},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_differs_is_updated(jupiterone: JupiterOne, sandbox: JupiterOneSandbox, changes: dict[str, Any]) -> None:
    pushed(jupiterone, *BOTH)
    (id_, _) = (question["id"] for question in sandbox.questions)
    changed = replace(WAITING_ROOM, **changes)
    assert pushed(jupiterone, changed, ACCESS) == PushReport(updated=(WAITING_ROOM.title,), unchanged=(ACCESS.title,))
    assert sandbox.questions[0]["id"] == id_
    assert pushed(jupiterone, changed, ACCESS).updated == ()
    content = content_of(changed)
    assert sandbox.questions[0]["description"] == content.description
    assert [query["query"] for query in sandbox.questions[0]["queries"]] == [query.text for query in content.queries]


def test_line_breaks_and_order_are_no_difference(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    """JupiterOne may keep them otherwise (Terraform provider, resource_question.go)."""
    pushed(jupiterone, WAITING_ROOM)
    (saved,) = sandbox.questions
    queries = [{**query, "query": query["query"].replace("\n", " ")} for query in saved["queries"][::-1]]
    sandbox.change_question(saved["id"], queries=queries, tags=saved["tags"][::-1])
    assert pushed(jupiterone, WAITING_ROOM) == PushReport(unchanged=(WAITING_ROOM.title,))


def test_what_people_chose_in_jupiterone_stays(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    pushed(jupiterone, WAITING_ROOM)
    (saved,) = sandbox.questions
    sandbox.change_question(
        saved["id"],
        pollingInterval="ONE_WEEK",
        showTrend=True,
        tags=[*saved["tags"], "team-a"],
        compliance=[*saved["compliance"], {"standard": "ISO 27001", "requirements": ["A.8"], "controls": []}],
    )
    assert pushed(jupiterone, WAITING_ROOM).unchanged == (WAITING_ROOM.title,)
    assert pushed(jupiterone, replace(WAITING_ROOM, why="Other.")).updated == (WAITING_ROOM.title,)
    (kept,) = sandbox.questions
    assert (kept["pollingInterval"], kept["showTrend"], kept["tags"][-1]) == ("ONE_WEEK", True, "team-a")
    assert [each["standard"] for each in kept["compliance"]] == ["CIS Zoom Benchmark", "ISO 27001"]


def test_somebody_elses_of_the_same_title_is_left_alone_and_named(
    jupiterone: JupiterOne, sandbox: JupiterOneSandbox
) -> None:
    theirs = sandbox.add_question(**THEIRS)
    for report in (pushed(jupiterone, WAITING_ROOM), pushed(jupiterone, WAITING_ROOM)):
        assert report.foreign == (WAITING_ROOM.title,)
    remove(jupiterone, read_removal_plan(jupiterone))
    assert sandbox.questions == [theirs]


def test_what_is_no_longer_in_the_file_is_named_and_stays(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    pushed(jupiterone, *BOTH)
    assert pushed(jupiterone, ACCESS) == PushReport(unchanged=(ACCESS.title,), obsolete=(WAITING_ROOM.title,))
    assert titles(sandbox) == [WAITING_ROOM.title, ACCESS.title]


class TestSecondCopies:
    """As two pushes at the same time make them."""

    @pytest.fixture(autouse=True)
    def copies(self, jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> list[str]:
        pushed(jupiterone, WAITING_ROOM)
        (saved,) = sandbox.questions
        copied = {name: saved[name] for name in ("title", "description", "tags", "queries", "compliance")}
        return [saved["id"], *(sandbox.add_question(**copied)["id"] for _ in range(2))]

    def test_they_are_joined(self, jupiterone: JupiterOne, sandbox: JupiterOneSandbox, copies: list[str]) -> None:
        report = pushed(jupiterone, WAITING_ROOM)
        assert report == PushReport(unchanged=(WAITING_ROOM.title,), joined=(WAITING_ROOM.title,))
        assert [question["id"] for question in sandbox.questions] == copies[:1]

    def test_what_a_rule_refers_to_stays(
        self, jupiterone: JupiterOne, sandbox: JupiterOneSandbox, copies: list[str]
    ) -> None:
        sandbox.add_rule(name="Kim's", questionId=copies[2])
        assert pushed(jupiterone, replace(WAITING_ROOM, why="Other.")).joined == (WAITING_ROOM.title,)
        assert [question["id"] for question in sandbox.questions] == copies[2:]
        assert "Other." in sandbox.questions[0]["description"]

    def test_without_permission_to_read_rules_nothing_is_deleted(
        self, jupiterone: JupiterOne, sandbox: JupiterOneSandbox, copies: list[str]
    ) -> None:
        sandbox.faults.add(Fault("forbidden", operation="listRuleInstances", times=None))
        with pytest.raises(AccessRefused):
            pushed(jupiterone, WAITING_ROOM)
        assert len(sandbox.questions) == 3


@pytest.mark.parametrize("sent", range(3))
def test_after_an_interruption_the_next_push_does_the_rest(
    jupiterone: JupiterOne, sandbox: JupiterOneSandbox, sent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C comes after a request was processed and before its answer was read."""
    pushed(jupiterone, replace(ACCESS, description="Old."))
    answer, times = jupiterone.post_graphql, iter(range(sent))

    def interrupted(*arguments: Any) -> Any:
        got = answer(*arguments)
        if next(times, None) is None:
            raise KeyboardInterrupt
        return got

    with monkeypatch.context() as patch:
        patch.setattr(jupiterone, "post_graphql", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pushed(jupiterone, *BOTH)
    pushed(jupiterone, *BOTH)
    assert sorted(titles(sandbox)) == sorted([WAITING_ROOM.title, ACCESS.title])
    assert pushed(jupiterone, *BOTH).unchanged == (WAITING_ROOM.title, ACCESS.title)


def test_what_jupiterone_refuses_does_not_keep_the_others(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    sandbox.faults.add(Fault("graphql_error", operation="createQuestion", times=1))
    report = pushed(jupiterone, *BOTH)
    reason = "JupiterOne refused: An unexpected error occurred. (INTERNAL_SERVER_ERROR)."
    assert (report.created, report.refused) == ((ACCESS.title,), (Refusal(WAITING_ROOM.title, reason),))
    assert pushed(jupiterone, *BOTH).created == (WAITING_ROOM.title,)


def test_a_refusal_without_a_code(client: JupiterOne, requests_mock: Any) -> None:
    """GraphQL's errors need none (GraphQL specification, §7.1.2)."""
    nothing = {"data": {"questions": {"questions": [], "pageInfo": {"hasNextPage": False}}}}
    requests_mock.post(GRAPHQL, [{"json": nothing}, *[{"json": {"errors": [{"message": "Not J1QL"}]}}] * 2])
    reason = "JupiterOne refused: Not J1QL."
    assert pushed(client, *BOTH).refused == (Refusal(WAITING_ROOM.title, reason), Refusal(ACCESS.title, reason))


def test_a_jupiterone_that_does_not_answer_ends_the_push(jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
    sandbox.faults.add(Fault("status_503", operation="createQuestion", times=None))
    with pytest.raises(RequestFailed, match="failed 5 times"):
        pushed(jupiterone, *BOTH)


@pytest.mark.parametrize("operation", ["questions", "createQuestion"])
def test_a_key_that_may_not(jupiterone: JupiterOne, sandbox: JupiterOneSandbox, operation: str) -> None:
    sandbox.faults.add(Fault("forbidden", operation=operation, times=None))
    with pytest.raises(AccessRefused) as failure:
        pushed(jupiterone, *BOTH)
    assert failure.value.next_step == PERMISSION
    assert "Check JUPITERONE_API_KEY and JUPITERONE_ACCOUNT." in PERMISSION  # a wrong key is answered like that, too
    assert "permission to read, create, change and delete questions" in PERMISSION


class TestRemove:
    def test_all_of_ours_go_and_nobody_elses(self, jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
        theirs = sandbox.add_question(**THEIRS)
        pushed(jupiterone, *BOTH)
        plan = read_removal_plan(jupiterone)
        assert (len(plan.delete), plan.in_use) == (2, ())
        for _ in range(2):
            remove(jupiterone, plan)
        assert sandbox.questions == [theirs]
        assert read_removal_plan(jupiterone).delete == ()

    def test_one_that_a_rule_refers_to_stays(self, jupiterone: JupiterOne, sandbox: JupiterOneSandbox) -> None:
        pushed(jupiterone, *BOTH)
        sandbox.add_rule(name="Kim's", questionId=sandbox.questions[0]["id"])
        plan = read_removal_plan(jupiterone)
        assert plan.in_use == (WAITING_ROOM.title,)
        remove(jupiterone, plan)
        assert titles(sandbox) == [WAITING_ROOM.title]

    @pytest.mark.parametrize("operation", ["questions", "listRuleInstances", "deleteQuestion"])
    def test_a_key_that_may_not(self, jupiterone: JupiterOne, sandbox: JupiterOneSandbox, operation: str) -> None:
        pushed(jupiterone, *BOTH)
        sandbox.faults.add(Fault("forbidden", operation=operation, times=None))
        with pytest.raises(AccessRefused) as failure:
            remove(jupiterone, read_removal_plan(jupiterone))
        assert failure.value.next_step == PERMISSION
