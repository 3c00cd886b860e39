"""The page of `collector report` in a real browser: every view, wide and narrow, by day and by night."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from collector.model.coverage import Coverage, Status
from collector.query.setting_values import setting_of_user
from collector.report.page import write_report
from collector.report.redaction import Redaction
from collector.resources.setting_levels import setting_levels
from collector.sandbox import generate_account, manage_centrally
from collector.store import Store
from tests.alerts.days import Days
from tests.collect.profile import Profile
from tests.collect.test_optional import ALL_SCOPES
from tests.real_tools.install import AXE, needs
from tests.report.accounts import READ_AT, write_account
from tests.report.conftest import graph_of
from tests.report.test_page import HOSTILE

from .conftest import PICTURES

WIDTHS = (360, 768, 1280, 1920)
MOVED = ("Engineering", "Contractors")
GAP_REASON = "The scope was not granted."


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two runs of an account; some people have names that would do harm as markup."""
    gap = Coverage("fetch-users", "settings", Status.PARTIAL, False, missing=5, reason=GAP_REASON)
    with Store.open(tmp_path_factory.mktemp("account") / "default" / "graph.db") as opened:
        write_account(opened, 300, groups=8, names=HOSTILE)
        write_account(opened, 280, groups=8, names=HOSTILE, started_at=READ_AT + 86_400_000, coverage=[gap])
        yield opened


@pytest.fixture(scope="module")
def file(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    write_report(graph_of(store), Redaction(), path)
    return path


@pytest.fixture
def requests(page: Page) -> list[str]:
    """What the page asks of anybody."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


@pytest.fixture
def show(page: Page, file: Path, requests: list[str]) -> Iterator[Callable[[str], Page]]:
    """Opens the page at an address, as one that was sent; nothing may leave it."""

    def opened(address: str = "") -> Page:
        page.goto("about:blank")
        page.goto(f"{file.as_uri()}{address}")
        page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    assert {each.partition("#")[0] for each in requests if not each.startswith("blob:")} <= {
        file.as_uri(),
        "about:blank",
    }


def first_link(page: Page, view: str) -> str:
    return str(page.locator(f"#view-{view} tbody a").first.get_attribute("href"))


def addresses(show: Callable[[str], Page]) -> dict[str, str]:
    """An address of every view."""
    person = first_link(show("#people?q=ada"), "people")
    group = first_link(show("#groups"), "groups")
    return {
        **{name: f"#{name}" for name in ("overview", "questions", "people", "settings", "groups", "roles", "changes")},
        "people-filtered": "#people?status=active&admin=yes&s%3AmeetingSecurityWaitingRoom=false",
        "person": person,
        "setting": "#setting?name=recordingLocalRecording",
        "group": group,
        "role": first_link(show("#roles"), "roles"),
        "picture-all": "#picture",
        "picture-group": group.replace("#group?key=", "#picture?of="),
        "picture-person": person.replace("#person?key=", "#picture?of="),
    }


def test_every_view_at_every_width(show: Callable[[str], Page]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, address in addresses(show).items():
        page = show(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.screenshot(path=PICTURES / f"report-{name}.{width}.{scheme}.png")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is too wide at {width}"
        expect(page.locator(".view:visible")).to_have_count(1)
        expect(page.get_by_role("heading", level=1)).to_be_visible()


@needs(AXE)
def test_axe_finds_nothing(show: Callable[[str], Page]) -> None:
    axe = (AXE.folder / "axe.min.js").read_text(encoding="utf-8")
    found: dict[str, Any] = {}
    for name, address in addresses(show).items():
        page = show(address)
        page.evaluate(axe)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            for each in result["violations"]:
                found[f"{name} {scheme} {each['id']}"] = [node["html"][:200] for node in each["nodes"][:3]]
    assert found == {}


_SET_BY = """
() => Object.fromEntries(
  [...document.querySelectorAll("[data-setting]")].map((each) => [
    each.dataset.setting, [each.dataset.verdict, each.dataset.level ?? null],
  ])
)"""


def test_who_set_it_is_what_why_says(show: Callable[[str], Page], store: Store) -> None:
    """The rules of `collector why`, in the browser: of several people, every seventh setting."""
    settings = [each for each in setting_levels().settings if each.user is not None]
    users = list(store.entities("zoom_user"))
    for user in (users[0], users[14], users[39], users[150]):
        key = str(user["_key"])
        told = show(f"#person?key={quote(key, safe='')}").evaluate(_SET_BY)
        assert told.keys() == {each.name for each in settings}
        for setting in settings[::7]:
            found = setting_of_user(store, setting_levels(), key, setting.path).explanation
            assert told[setting.name] == [found.verdict.value, found.level], (key, setting.path)


def test_facets_search_and_the_address(show: Callable[[str], Page]) -> None:
    page = show("#people")
    expect(page.locator("#people-count")).to_have_text("280 of 280 people")
    page.get_by_role("checkbox", name="pending").click()
    expect(page.locator("#people-count")).to_contain_text("7 of 280")
    assert "status=pending" in page.url
    page.get_by_role("searchbox", name="Search").fill("person.39@")
    expect(page.locator("#people-count")).to_contain_text("1 of 280")
    page.reload()
    expect(page.locator("#people-count")).to_contain_text("1 of 280")
    page.go_back()
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#people-count")).to_have_text("280 of 280 people")


def test_a_setting_as_a_filter(show: Callable[[str], Page]) -> None:
    page = show("#people?admin=yes")
    before = int(page.locator("#people-count").inner_text().split()[0])
    page.get_by_role("searchbox", name="Filter by a setting").fill("waiting room")
    page.get_by_role("button", name="in_meeting.waiting_room").click()
    facet = page.locator("details.facet").first
    name = "Participants wait in the waiting room until admitted"
    expect(facet.locator("summary")).to_have_text(f"{name}in_meeting.waiting_room")
    expect(page.locator("#view-people thead")).to_contain_text(name)
    expect(page.locator("#view-people thead")).not_to_contain_text("in_meeting")
    expect(page.locator("#people-count")).to_contain_text(f"{before} of 280")
    counts = [int(each) for each in facet.locator(".count").all_inner_texts()]
    assert sum(counts) == before
    facet.get_by_role("checkbox").first.click()
    expect(page.locator("#people-count")).to_contain_text(f"{counts[0]} of 280")
    expect(page.locator(".chips")).to_contain_text(f"{name}: ")


def test_changes_are_named_for_people(page: Page, second_day: Path) -> None:
    page.goto(f"{second_day.as_uri()}#changes")
    page.wait_for_selector("html[data-ready]")
    said = page.locator("#changes-found h2").all_inner_texts()
    assert said
    raw = ("isAdmin", "totalMembers", "meetingSecurity", "groupIds")
    assert not [title for title in said if any(name in title for name in raw)]


def test_facets_keep_their_order(show: Callable[[str], Page]) -> None:
    page = show("#people")
    labels = page.locator("details.facet").first.locator("li label > span:first-of-type")
    before = labels.all_inner_texts()
    page.get_by_role("checkbox", name="pending").click()
    expect(page.locator("#people-count")).to_contain_text("7 of 280")
    page.get_by_role("checkbox", name="yes").first.click()
    assert labels.all_inner_texts() == before


def test_the_search_in_a_card_is_in_the_address(show: Callable[[str], Page]) -> None:
    page = show(first_link(show("#people?q=ada"), "people"))
    page.get_by_role("searchbox", name="Search").fill("waiting room")
    expect(page).to_have_url(re.compile("q=waiting"))
    count = page.locator("#view-person [data-setting]").count()
    page.reload()
    expect(page.locator("#view-person [data-setting]")).to_have_count(count)
    expect(page.locator("#address")).to_contain_text("#person?key=")


def test_an_unknown_view_is_said(show: Callable[[str], Page]) -> None:
    page = show("#peple?status=active")
    expect(page.locator("#unknown-view")).to_have_text("The page has no view “peple”: this is the overview.")
    page.get_by_role("link", name="Questions", exact=True).click()
    expect(page.locator("#unknown-view")).to_be_hidden()


def test_questions_with_the_word_in_their_title_come_first(show: Callable[[str], Page]) -> None:
    page = show("#questions?q=domain")
    titles = page.locator("article.question:visible h2").all_inner_texts()
    has_word = ["domain" in each.lower() for each in titles]
    assert any(has_word)
    assert has_word == sorted(has_word, reverse=True)


def test_the_navigation_stays_in_sight(show: Callable[[str], Page]) -> None:
    page = show("#settings")
    page.evaluate("scrollTo(0, 3000)")
    assert page.evaluate("scrollY") > 1000
    expect(page.get_by_role("link", name="Questions", exact=True)).to_be_in_viewport()


def test_csv_of_what_is_shown_computes_nothing(show: Callable[[str], Page]) -> None:
    page = show("#people?q=HYPERLINK&columns=name,email")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    text = Path(str(download.value.path())).read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(text))) == [
        ["Name", "E-mail address"],
        ["'=HYPERLINK(1)", "person.8@example2.com"],
    ]


def test_the_picture_is_the_same_each_time_and_can_be_saved(show: Callable[[str], Page]) -> None:
    group = first_link(show("#groups"), "groups").replace("#group?key=", "#picture?of=")
    pictures = []
    for _ in range(2):
        page = show(group)
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as SVG").click()
        pictures.append(Path(str(download.value.path())).read_text(encoding="utf-8"))
    assert pictures[0] == pictures[1]
    assert pictures[0].startswith("<svg")
    assert 1 < pictures[0].count("<rect") <= 200
    assert "<a" not in pictures[0]


def test_by_keyboard_alone(show: Callable[[str], Page]) -> None:
    page = show("")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="People", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("People")
    expect(page.locator("main")).to_be_focused()
    expect(page.locator("main")).to_have_css("outline-style", "none")
    page.get_by_role("region", name="Table of people").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-row='279']")).to_be_focused()
    page.keyboard.press("ArrowUp")
    name = page.locator("[data-row='278']").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.go_back()
    expect(page.locator("#people-count")).to_be_visible()


def test_scrolling_draws_the_rows_in_sight_and_no_others(show: Callable[[str], Page]) -> None:
    page = show("#people")
    table = page.get_by_role("region", name="Table of people")
    expect(page.locator("[data-row='0']")).to_be_attached()
    at_first = page.locator("[data-row]").count()
    table.evaluate("frame => { frame.scrollTop = frame.scrollHeight / 2 }")
    expect(page.locator("[data-row='140']")).to_be_in_viewport()
    expect(page.locator("[data-row='0']")).to_have_count(0)
    assert page.locator("[data-row]").count() <= at_first + 1 < 279
    expect(table.get_by_text("more: filter them")).to_have_count(0)


def test_without_javascript(chromium: Browser, file: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.locator("#not-read")).to_contain_text(GAP_REASON)
    expect(page.get_by_role("heading", name="The questions at a glance")).to_be_visible()
    page.get_by_role("link", name="Questions", exact=True).click()
    assert page.locator("article.question:visible").count() > 1
    page.locator("article.question.bad summary").first.click()
    expect(page.locator("article.question.bad details[open] table").first).to_be_visible()
    expect(page.get_by_role("link", name="People", exact=True)).to_have_count(0)
    expect(page.get_by_text("does not run the page’s script")).to_be_visible()
    context.close()


def test_a_browser_that_cannot_unpack(chromium: Browser, file: Path) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(f"{file.as_uri()}#overview")
    expect(page.locator("#loading")).to_contain_text("DecompressionStream")
    expect(page.get_by_role("heading", name="What was not read")).to_be_visible()
    context.close()


def test_printed(show: Callable[[str], Page]) -> None:
    page = show("#overview")
    PICTURES.mkdir(parents=True, exist_ok=True)
    content = page.pdf(path=PICTURES / "report-overview.pdf")
    assert content.startswith(b"%PDF")
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("#not-read")).to_be_visible()


def test_filters_and_people_of_questions_are_printed(show: Callable[[str], Page]) -> None:
    page = show("#questions?verdict=BAD&q=passcode")
    people = page.locator("article.question:visible details").first
    expect(people).not_to_have_attribute("open", "")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator(".printed")).to_have_text("Shown: Search: passcode · Verdict: something bad")
    expect(page.locator(".printed")).to_be_visible()
    expect(people.locator("tbody tr").first).to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(people).not_to_have_attribute("open", "")
    expect(page.locator(".printed")).to_have_count(0)


@pytest.mark.parametrize("view", ["settings?q=waiting&differs=yes", "changes?q=group"])
def test_filters_of_every_view_are_printed(show: Callable[[str], Page], view: str) -> None:
    page = show(f"#{view}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    said = page.locator(".printed").inner_text() or page.locator(".printed").text_content()
    assert (
        said
        == {
            "settings?q=waiting&differs=yes": "Shown: Search: waiting · Only where groups or people differ",
            "changes?q=group": "Shown: Search: group",
        }[view]
    )


def test_alerts_lead_to_people(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    days = Days(tmp_path)
    days.collect()
    days.role("cyd", "1")
    days.collect()
    write_report(graph_of(days.profile.store), Redaction(), file)
    days.profile.store.close()
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.locator("#alerts").get_by_role("link", name="Cyd Chen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cyd Chen")


def test_everybody_is_printed(show: Callable[[str], Page]) -> None:
    page = show("#people")
    rows = page.locator("#view-people tbody th")
    assert rows.count() < 100
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(rows).to_have_count(280)
    page.emulate_media(media="print")
    expect(page.locator("#people-count")).to_have_text("280 of 280 people")
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert rows.count() < 100


def pages_of(pdf: bytes) -> int:
    return pdf.count(b"/Type /Page\n")


def test_a_person_is_printed_on_few_sheets(show: Callable[[str], Page]) -> None:
    """More than 300 settings, in two columns."""
    page = show(first_link(show("#people?q=ada"), "people"))
    assert 1 < pages_of(page.pdf(path=PICTURES / "report-person.pdf", format="A4")) <= 12


def test_the_head_of_a_long_table_is_on_every_sheet(show: Callable[[str], Page]) -> None:
    """Chromium repeats no head that holds a box of a control."""
    page = show("#people")
    page.emulate_media(media="print")
    assert page.locator("#view-people thead button").first.bounding_box() is None


@pytest.mark.parametrize("landscape", [False, True])
def test_a_tall_picture_is_printed_in_pieces_of_a_sheet(show: Callable[[str], Page], landscape: bool) -> None:
    page = show("#picture?of=zoom_role:2")
    drawn = page.locator(".picture svg")
    boxes = drawn.locator("rect").count()
    assert boxes > 130
    content = page.pdf(path=PICTURES / "report-picture.pdf", format="A4", landscape=landscape)
    expect(drawn).to_have_count(1)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    pieces = [each.split() for each in drawn.evaluate_all("all => all.map(each => each.getAttribute('viewBox'))")]
    assert max(float(height) for *_, height in pieces) <= 700
    assert [float(y) for _, y, *_ in pieces] == [680.0 * at for at in range(len(pieces))]
    assert pages_of(content) <= len(pieces)


def test_every_name_fits_into_its_box(show: Callable[[str], Page]) -> None:
    very_long = first_link(show("#people?q=xxxxxxxx"), "people").replace("#person?key=", "#picture?of=")
    for address, width in itertools.product(("#picture?of=zoom_role:2", "#picture", very_long), (360, 1280)):
        page = show(address)
        page.set_viewport_size({"width": width, "height": 900})
        too_wide = page.evaluate(
            """() => [...document.querySelectorAll(".picture a")].filter((each) => {
              const [box, text] = ["rect", "text"].map((name) => each.querySelector(name).getBBox());
              return text.x + text.width > box.x + box.width;
            }).map((each) => each.textContent.slice(0, 80))"""
        )
        assert too_wide == []
    expect(page.locator(".picture a text").filter(has_text="x…x")).to_have_count(1)


def test_who_holds_a_rare_role_is_drawn_first(show: Callable[[str], Page]) -> None:
    """Of a large group, whoever administers is in the picture, and not below the 130 others."""
    for group in ("g-0000", "g-0001"):
        page = show(f"#picture?of=zoom_group:{group}")
        shown = page.locator(".picture a[href^='#person']").evaluate_all(
            "all => all.map(each => decodeURIComponent(each.getAttribute('href').split('key=')[1]))"
        )
        admins = set(
            show(f"#people?admin=yes&group=zoom_group:{group}")
            .locator("#view-people tbody a")
            .evaluate_all("all => all.map(each => decodeURIComponent(each.getAttribute('href').split('key=')[1]))")
        )
        assert set(shown[: len(admins)]) == admins


def test_nobody_matches(show: Callable[[str], Page]) -> None:
    page = show("#people?q=nobody-is-called-this")
    said = page.locator("#view-people .notice").last
    expect(said).to_have_text("Nobody matches. Search for less, or remove a filter.")


def test_hostile_names_do_no_harm(show: Callable[[str], Page]) -> None:
    page = show("#people")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for name in ("<script>", "onerror", "7 * 7", "xxxxxxxx"):
        page.get_by_role("searchbox", name="Search").fill(name)
        expect(page).to_have_url(re.compile(re.escape(f"#people?{urlencode({'q': name}, safe='*')}")))
        expect(page.locator("#people-count")).to_contain_text(re.compile(r"^[12] of"))
        page.locator("#view-people tbody a").first.click()
        page.get_by_role("link", name="Draw what this person is tied to").click()
        expect(page.locator(".picture svg")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
        page.go_back()
        page.go_back()
    assert page.locator("img").count() == 0
    assert dialogs == []


@pytest.fixture(scope="module")
def second_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of an account on its second day: somebody moved to another group, and roles may not be read."""
    account = generate_account(users=20)
    manage_centrally(account)
    engineering, contractors = (next(each for each in account.groups if each.name == name) for name in MOVED)
    bobby = next(user for user in account.users if user.email == "bobby@example.com")
    profile = Profile(tmp_path_factory.mktemp("second-day"), account)
    for group in account.groups:
        account.remove_member(group.id, bobby.id)
    account.add_member(engineering.id, bobby.id)
    profile.collect(scopes=ALL_SCOPES)
    account.remove_member(engineering.id, bobby.id)
    account.add_member(contractors.id, bobby.id)
    account.change_settings(account.owner.id, {"meeting_security.waiting_room": False})
    profile.clock.time += 86_400
    profile.collect(scopes={scope for scope in ALL_SCOPES if not scope.startswith("role:")})
    path = profile.path.with_name("page.html")
    write_report(graph_of(profile.store), Redaction(), path)
    profile.store.close()
    return path


def test_what_somebody_looks_for_is_found(page: Page, second_day: Path) -> None:
    """The admins without a waiting room; who changed group; which group lets people record; what was not read."""
    page.goto(second_day.as_uri())
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#not-read")).to_contain_text("who holds which role")
    expect(page.locator("#not-read")).to_contain_text(
        "The token lacks the scope for /roles. What to do. Add role:read:admin"
    )
    page.get_by_role("link", name="yes", exact=True).click()
    page.get_by_role("searchbox", name="Filter by a setting").fill("waiting room")
    page.get_by_role("button", name="Participants wait in the waiting room until admitted (security settings)").click()
    page.get_by_role("checkbox", name=re.compile("^no [0-9]")).first.check()
    expect(page.locator("#view-people tbody th, #view-people tbody td a")).to_have_text("Olive Owner")
    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("link", name="joined a group").click()
    expect(page.locator("#changes-found h2")).to_have_text("Joined group Contractors")
    expect(page.locator("#changes-found li")).to_have_text("<script>alert(1)</script>")
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_role("searchbox", name="Search").fill("record locally")
    page.get_by_role("link", name="User may record meetings to their own computer").click()
    expect(page.get_by_role("region", name="Table: Groups that differ").get_by_role("link")).to_have_text("Engineering")


def test_every_view_says_what_was_not_read(page: Page, tmp_path: Path) -> None:
    gaps = [
        Coverage("fetch-groups", "groups", Status.DENIED, True, reason="A privilege is missing."),
        Coverage("fetch-roles", "roles", Status.PARTIAL, True, reason="Zoom stopped answering."),
        Coverage("fetch-users", "users?status=inactive", Status.PARTIAL, True, reason="Zoom stopped answering."),
        Coverage("fetch-users", "meeting_security", Status.DENIED, False, missing=18, reason="A scope is missing."),
    ]
    file = tmp_path / "page.html"
    with Store.open(tmp_path / "graph.db") as store:
        write_account(store, 20, groups=0, coverage=gaps)
        write_report(graph_of(store), Redaction(), file)
    for view in ("people", "settings", "groups", "roles", "picture"):
        page.goto("about:blank")
        page.goto(f"{file.as_uri()}#{view}")
        expect(page.locator(f"#view-{view} .notice").first).to_contain_text(re.compile("Not (all|read)"))
    page.goto(f"{file.as_uri()}#people")
    page.locator("#view-people tbody a").first.click()
    expect(page.locator("#view-person .notice")).to_contain_text("What is shown may be out of date")
    expect(page.locator("#view-person dd").nth(5)).to_contain_text("none known")
    page.goto(f"{file.as_uri()}#people")
    page.get_by_text("Group", exact=True).click()
    expect(page.get_by_role("checkbox", name="in no known group 20")).to_be_visible()
    page.goto(f"{file.as_uri()}#picture")
    expect(page.locator(".picture")).to_contain_text("in no known group")
    page.goto(f"{file.as_uri()}#setting?name=recordingLocalRecording")
    expect(page.locator("#view-setting .notice")).to_contain_text("Not read completely")
    page.goto(f"{file.as_uri()}#overview")
    for gap in gaps:
        expect(page.locator("#not-read")).to_contain_text(gap.dataset)
        expect(page.locator("#not-read")).to_contain_text(gap.reason)
    page.goto(f"{file.as_uri()}#questions")
    expect(page.get_by_text("not everything was read").first).to_be_visible()
