"""Chromium, and pictures of what it showed. Collected only when asked for by path: `make browser-test`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.real_tools.install import AXE

PICTURES = Path("build/screenshots")
WIDTHS = {"phone": 360, "tablet": 768, "desktop": 1280}
_NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
]


def executable() -> str | None:
    """Where Chromium is: `CHROMIUM`, or under one of its usual names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = executable()
    if path is None:
        pytest.skip("There is no Chromium on this computer.")
    shutil.rmtree(PICTURES, ignore_errors=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A tab of a fresh profile; anything it complains about fails the test."""
    context = chromium.new_context(reduced_motion="reduce")
    tab = context.new_page()
    tab.set_default_timeout(10_000)
    complaints: list[str] = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on("console", lambda message: complaints.append(message.text) if "Failed to load" not in message.text else None)
    yield tab
    context.close()
    assert complaints == []


def violations(page: Page) -> dict[str, list[str]]:
    """What axe finds on the page, with the elements; nothing where axe is not installed."""
    if not AXE.is_installed:
        return {}
    page.evaluate((AXE.folder / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return {each["id"]: [node["html"] for node in each["nodes"]] for each in found}


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keeps the page as it looks at every width, by day and by night; checks that it fits and what axe finds."""

    def take(page: Page, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for device, width in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": 740 if device == "phone" else 900})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.screenshot(path=PICTURES / f"{name}.{device}.{scheme}.png", full_page=True)
                if device == "phone":
                    assert violations(page) == {}, f"{name} {scheme}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is too wide at {width}"
        page.emulate_media(color_scheme="light")

    return take
