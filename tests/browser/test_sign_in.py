"""The whole way in a real browser, against the embedded Zoom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from redirect_server.flow import SignInFlow

from collector.sandbox import Account, Sandbox, generate_account
from tests.oauth_server.all_problems import all_problems
from tests.oauth_server.visitor import free_port, new_flow, running
from tests.sandbox.client import MovableClock

Picture = Callable[[Page, str], None]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def account() -> Account:
    return generate_account(users=8, groups=1, custom_roles=1, seed=7)


@pytest.fixture
def zoom(account: Account, clock: MovableClock) -> Sandbox:
    return Sandbox(account, clock=clock, redirect_uris=(f"http://localhost:{free_port()}/redirect",))


@pytest.fixture
def flow(zoom: Sandbox, clock: MovableClock, tmp_path: Path) -> Iterator[SignInFlow]:
    with zoom.serve() as url:
        yield new_flow(zoom.browser_environment(url), tmp_path / "home", clock)


@pytest.fixture
def address(flow: SignInFlow) -> Iterator[str]:
    """The address in the terminal."""
    with running(flow) as address:
        yield address


@pytest.fixture
def home(page: Page, address: str, flow: SignInFlow) -> str:
    """The overview, to the browser that was opened with that address."""
    page.goto(address)
    return flow.address.home


def connect(page: Page, home: str) -> None:
    page.goto(home)
    page.get_by_role("link", name="Connect Zoom").click()
    page.get_by_role("button", name="Allow").click()


def test_connect_refresh_and_disconnect(
    page: Page, home: str, flow: SignInFlow, zoom: Sandbox, account: Account, clock: MovableClock, picture: Picture
) -> None:
    page.goto(home)
    expect(page.get_by_role("link", name="Connect Zoom")).to_be_focused()
    picture(page, "01-signed-out")
    page.locator("details.fold summary").click()
    picture(page, "02-signed-out-4700")
    page.get_by_role("link", name="Connect Zoom").click()
    picture(page, "03-consent")
    page.get_by_role("button", name="Allow").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(f"Connected as {account.owner.email}")
    assert page.url == f"{home}done"
    assert flow.stored().state == "usable"
    picture(page, "04-done")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Connected as {account.owner.email}")
    page.go_back()
    assert "code=" not in page.url

    page.goto(home)
    expect(page.get_by_role("heading", level=1)).to_have_text("Connected to Zoom")
    picture(page, "05-signed-in")
    assert page.evaluate("document.cookie") == ""
    clock.wait(3000)
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_role("status")).to_have_text("The access token was refreshed.")
    assert zoom.refreshes == 1
    picture(page, "06-refreshed")
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The token has just been refreshed")

    page.get_by_role("link", name="To the overview").click()
    page.get_by_role("button", name="Disconnect…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Disconnect from Zoom?")
    expect(page.get_by_role("link", name="Keep it")).to_be_focused()
    picture(page, "07-disconnect")
    page.get_by_role("button", name="Disconnect", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Disconnected.")
    picture(page, "08-disconnected")
    assert not zoom.installed
    assert not flow.file.path.exists()


def test_forget(page: Page, home: str, flow: SignInFlow, zoom: Sandbox, picture: Picture) -> None:
    connect(page, home)
    page.get_by_role("link", name="To the overview").click()
    page.get_by_role("button", name="Forget…").click()
    picture(page, "09-forget")
    page.get_by_role("button", name="Forget", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("removed from this computer")
    assert zoom.installed
    assert not flow.file.path.exists()


def test_a_declined_consent(page: Page, home: str, flow: SignInFlow, picture: Picture) -> None:
    page.goto(f"{home}install")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You chose not to connect")
    picture(page, "10-declined")
    assert flow.stored().state == "none"
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Connected as")


def test_a_sign_in_that_took_too_long(
    page: Page, home: str, zoom: Sandbox, clock: MovableClock, picture: Picture
) -> None:
    page.goto(f"{home}install")
    clock.wait(601)
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This sign-in took longer than 10 minutes")
    picture(page, "11-expired")
    assert zoom.calls.count("/oauth/token") == 0


def test_with_scopes_missing(
    page: Page, account: Account, clock: MovableClock, tmp_path: Path, picture: Picture
) -> None:
    uri = f"http://127.0.0.1:{free_port()}/redirect"
    zoom = Sandbox(account, clock=clock, scopes={"user:read:user:admin"}, redirect_uris=(uri,))
    with (
        zoom.serve() as url,
        running(new_flow(zoom.browser_environment(url), tmp_path, clock), is_sandbox=True) as address,
    ):
        connect(page, address)
        expect(page.get_by_role("heading", level=2).first).to_contain_text("scopes are missing")
        picture(page, "12-done-scopes-missing")
        copied_by_keyboard(page, 7)
        page.goto(address)
        expect(page.get_by_role("heading", level=2).first).to_have_text("7 scopes are missing")
        picture(page, "12-signed-in-scopes-missing")
        copied_by_keyboard(page, 7)
        page.get_by_role("link", name="Reconnect").press("Enter")
        expect(page.get_by_role("button", name="Allow")).to_be_visible()


def copied_by_keyboard(page: Page, number: int) -> None:
    """Select the missing scopes, as Tab and Ctrl-A do it; the page has no script to copy them."""
    area = page.get_by_label("Granular scopes, one a line")
    for _ in range(10):
        page.keyboard.press("Tab")
        if area.evaluate("area => area === document.activeElement"):
            break
    expect(area).to_be_focused()
    page.keyboard.press("Control+a")
    selected = area.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert len(selected.split()) == number
    assert area.evaluate("area => area.scrollHeight <= area.clientHeight")


def test_pasting(page: Page, home: str, zoom: Sandbox, picture: Picture) -> None:
    page.goto(home)
    page.get_by_role("link", name="The browser is on another computer").click()
    picture(page, "13-paste")
    address = zoom.consent(page.locator("code.block").inner_text())
    page.get_by_label("Address of the page that did not load").fill(address)
    page.get_by_role("button", name="Finish the sign-in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Connected as")


def test_another_account(page: Page, home: str, flow: SignInFlow, clock: MovableClock, picture: Picture) -> None:
    connect(page, home)
    account = generate_account(users=3, groups=1, custom_roles=0, seed=8)
    other = Sandbox(account, clock=clock, redirect_uris=(f"http://localhost:{free_port()}/redirect",))
    with other.serve() as url:
        other_flow = new_flow(other.browser_environment(url), flow.settings.profile.folder.parent, clock)
        with running(other_flow) as address:
            page.goto(address)
            page.goto(f"{other_flow.address.home}install")
            page.get_by_role("button", name="Allow").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("This is another Zoom account than before")
            expect(page.get_by_role("link", name="Keep the earlier account")).to_have_count(0)
            picture(page, "14-other-account")
            page.get_by_role("button", name="Replace the earlier account").click()
            expect(page.get_by_role("heading", level=1)).to_have_text(f"Connected as {account.owner.email}")


def test_sent_by_another_site(page: Page, home: str, picture: Picture) -> None:
    page.goto("about:blank")
    page.set_content(f'<a href="{home}install">Win a prize</a>')
    page.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Connect Zoom?")
    picture(page, "15-sent-by-another-site")
    page.get_by_role("link", name="Continue to Zoom").click()
    expect(page.get_by_role("button", name="Allow")).to_be_visible()


def test_a_sign_in_that_zoom_has_ended(
    page: Page, home: str, flow: SignInFlow, zoom: Sandbox, clock: MovableClock, picture: Picture
) -> None:
    connect(page, home)
    zoom.uninstall()
    page.goto(home)
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Zoom no longer renews this sign-in")
    page.goto(home)
    expect(page.get_by_role("heading", level=2).first).to_have_text("The earlier sign-in is not usable")
    picture(page, "16-signed-out-by-zoom")


def test_with_a_token_in_the_environment(
    page: Page, zoom: Sandbox, clock: MovableClock, tmp_path: Path, picture: Picture
) -> None:
    environment = {**zoom.browser_environment("http://127.0.0.1:9"), "ZOOM_ACCESS_TOKEN": "token"}
    with running(new_flow(environment, tmp_path, clock)) as address:
        page.goto(address)
        expect(page.get_by_role("heading", level=2).first).to_have_text("The token comes from the environment")
        expect(page.get_by_role("link", name="Connect Zoom")).to_have_count(0)
        picture(page, "17-token-in-environment")


def test_at_the_other_name(page: Page, address: str, flow: SignInFlow) -> None:
    page.goto(address.replace("localhost", "127.0.0.1"))
    assert page.url == flow.address.home
    expect(page.get_by_role("link", name="Connect Zoom")).to_be_visible()


def test_a_browser_that_was_not_let_in(
    page: Page, chromium: Browser, address: str, flow: SignInFlow, picture: Picture
) -> None:
    page.goto(flow.address.home)
    expect(page.get_by_role("heading", level=1)).to_have_text("Open the address in the terminal")
    picture(page, "18-not-let-in")
    page.goto(address)
    expect(page.get_by_role("link", name="Connect Zoom")).to_be_visible()
    assert page.url == flow.address.home
    stranger = chromium.new_page()
    stranger.goto(address)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Open the address in the terminal")
    stranger.close()


def test_without_javascript_and_by_keyboard(chromium: Browser, address: str, zoom: Sandbox) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_role("link", name="Connect Zoom")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Allow").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Connected as")
    expect(page.get_by_role("link", name="To the overview")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Connected to Zoom")
    context.close()


def test_every_page_about_a_failure(
    page: Page, home: str, flow: SignInFlow, tmp_path: Path, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = all_problems(tmp_path)
    monkeypatch.setattr(flow, "handle_callback", lambda _id, query, _authority: problems[query])
    for name, problem in problems.items():
        answer = page.goto(f"{flow.address.redirect_uri}?{name}")
        assert answer
        assert answer.status == problem.status
        expect(page.get_by_role("heading", level=1)).to_have_text(problem.title)
        if problem.action is not None:
            expect(page.locator(".actions > .main, .actions .main").first).to_be_focused()
        picture(page, f"20-{name}")
