"""The frame of the HTML pages, and their security headers."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from flask import render_template_string

_STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --paper: #fff; --quiet: #5a6475; --action: #0b5cff; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceff4; --paper: #171a21; --quiet: #a9b2c0; --action: #8ab4ff; --on: #10131a; }
}
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 36rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
p.quiet { color: var(--quiet); }
li { overflow-wrap: anywhere; }
button { font: inherit; padding: .6rem 1.6rem; margin: 0 .5rem .5rem 0; border-radius: .5rem; cursor: pointer;
  border: 1px solid var(--action); color: var(--action); background: transparent; }
button.main { color: var(--on); background: var(--action); }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
"""

_FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} – Sandbox Zoom</title>
<style>{{ style|safe }}</style>
</head>
<body>
<main>
<p class="quiet">Sandbox Zoom: a stand-in on this computer, not zoom.us</p>
<h1>{{ title }}</h1>
{{ content|safe }}</main>
</body>
</html>
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


@dataclass(frozen=True)
class Page:
    """`forwards_to`: the scheme of the address its form ends at, "" without a form."""

    title: str
    html: str
    status: int
    forwards_to: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Nothing from elsewhere, no scripts, no frames; forms to here and, by a redirect from here, to the app."""
        form_action = f"'self' {self.forwards_to}:" if self.forwards_to else "'none'"
        return {
            "Content-Security-Policy": (
                f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {form_action}; "
                "base-uri 'none'; frame-ancestors 'none'"
            ),
            "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "DENY",
        }


def page(title: str, template: str, status: int = 200, forwards_to: str = "", **values: object) -> Page:
    """A page whose content is a template filled with values; every value is escaped."""
    content = render_template_string(template, **values)
    return Page(title, render_template_string(_FRAME, title=title, style=_STYLE, content=content), status, forwards_to)
