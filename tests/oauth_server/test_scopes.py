"""What the pages say about scopes: they count those of the app's own kind, and the lists can be copied."""

from __future__ import annotations

import re

import pytest
import requests_mock
from redirect_server.scopes import lacking

from collector.resources import least_privilege, missing_scopes, not_granted
from tests.served import DECLARED

from .conftest import ANSWER, TOKEN_URL, answer_to
from .visitor import Visitor

WANTED = least_privilege(DECLARED)
GRANULAR, CLASSIC = WANTED["granular"], WANTED["classic"]
WITHOUT_ROLES = [scope for scope in GRANULAR if not scope.startswith("role:")]


def visit(visitor: Visitor, zoom_us: requests_mock.Mocker, scopes: list[str]) -> tuple[str, str]:
    """The page after a sign-in with these scopes, and the overview after it."""
    zoom_us.post(TOKEN_URL, json={**ANSWER, "scope": " ".join(scopes)})
    assert visitor.come_back(answer_to(visitor.start())).status_code == 303
    return visitor.get("/done").text, visitor.get("/").text


def to_copy(html: str) -> dict[str, list[str]]:
    """The lists on a page that can be selected and copied, by kind."""
    return {kind: text.split() for kind, text in re.findall(r'id="(\w+)-scopes"[^>]*readonly[^>]*>([^<]*)<', html)}


def test_the_pages_ask_for_what_is_needed(visitor: Visitor) -> None:
    html = visitor.get("/").text
    assert to_copy(html) == {"granular": GRANULAR, "classic": CLASSIC}
    assert f"Granular scopes ({len(GRANULAR)})" in html
    assert f"Classic scopes ({len(CLASSIC)})" in html


@pytest.mark.parametrize("scopes", [GRANULAR, CLASSIC], ids=["granular", "classic"])
def test_all_that_is_needed(visitor: Visitor, zoom_us: requests_mock.Mocker, scopes: list[str]) -> None:
    done, overview = visit(visitor, zoom_us, [*scopes, "meeting:read:admin"])
    for html in (done, overview):
        assert '<article class="card good">' in html
        assert to_copy(html) == {}
    assert f"{len(scopes) + 1} granted, with all {len(scopes)} that are needed" in overview


@pytest.mark.parametrize(
    ("scopes", "kind", "missing", "of"),
    [
        (WITHOUT_ROLES, "granular", [scope for scope in GRANULAR if scope.startswith("role:")], 8),
        (GRANULAR[1:], "granular", GRANULAR[:1], 8),
        (["user:read:admin"], "classic", ["group:read:admin", "role:read:admin"], 3),
        (["user:read:admin", "group:read:admin"], "classic", ["role:read:admin"], 3),
    ],
)
def test_missing_scopes_are_no_success_and_can_be_copied(
    visitor: Visitor, zoom_us: requests_mock.Mocker, scopes: list[str], kind: str, missing: list[str], of: int
) -> None:
    done, overview = visit(visitor, zoom_us, scopes)
    count = "1 scope is missing" if len(missing) == 1 else f"{len(missing)} scopes are missing"
    for html in (done, overview):
        assert '<article class="card warn">' in html
        assert '<svg class="sign warn"' in html
        assert 'class="sign good"' not in html
        assert f">{count}</h2>" in html
        assert to_copy(html) == {kind: missing}
    assert f"{len(scopes)} granted, with {of - len(missing)} of the {of} that are needed" in overview


def test_scopes_that_do_not_show_the_kind_of_app(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    done, overview = visit(visitor, zoom_us, ["meeting:read:admin"])
    for html in (done, overview):
        assert f">{len(GRANULAR)} granular or {len(CLASSIC)} classic scopes are missing</h2>" in html
        assert to_copy(html) == {"granular": GRANULAR, "classic": CLASSIC}
    assert "1 granted, not all that are needed" in overview


def test_a_reload_does_not_turn_missing_scopes_into_a_success(visitor: Visitor, zoom_us: requests_mock.Mocker) -> None:
    callback = answer_to(visitor.start())
    assert visitor.come_back(callback).status_code == 303
    reloaded = visitor.come_back(callback).text
    assert "Already connected" in reloaded
    assert '<article class="card warn">' in reloaded


def test_documents_that_share_a_scope_are_one_scope() -> None:
    held = frozenset(CLASSIC)
    optional = lacking(not_granted(held), held)
    assert optional.number == "1"
    assert dict(optional.by_kind["classic"]) == {
        "account:read:admin": [
            "the account's settings",
            "which settings the account locks",
            "the account's managed domains",
            "the account's trusted domains",
        ]
    }


def test_steps_of_missing_scopes_are_named_once() -> None:
    held = frozenset(WITHOUT_ROLES)
    assert lacking(missing_scopes(held), held).purposes == ("fetch-roles", "build-user-and-role-relationship")
    assert lacking(missing_scopes(None), None).purposes == ()
