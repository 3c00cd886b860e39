"""The pages of /oauth/authorize."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from collector.sandbox.pages import Page, page

_CONSENT = """<p>Signed in as {{ user }}, account {{ account_name }}.</p>
<p>{{ app_name }} asks for:</p>
<ul>
{% for scope in scopes %}<li><code>{{ scope }}</code></li>
{% endfor %}</ul>
<form method="post" action="/oauth/authorize">
{% for name, value in hidden %}<input type="hidden" name="{{ name }}" value="{{ value }}">
{% endfor %}<button class="main" name="decision" value="allow">Allow</button>
<button name="decision" value="decline">Decline</button>
</form>
<p class="quiet">{{ app_name }} is at {{ redirect_uri }}</p>
"""

_PASSED_ON = ("response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method")


def consent_page(
    app_name: str, account_name: str, user: str, scopes: Sequence[str], parameters: Mapping[str, str]
) -> Page:
    """Who asks for what, and two buttons. The form carries the authorization request along."""
    redirect_uri = parameters["redirect_uri"]
    return page(
        f"Allow {app_name} to use your Zoom account?",
        _CONSENT,
        forwards_to=urlsplit(redirect_uri).scheme,
        app_name=app_name,
        account_name=account_name,
        user=user,
        scopes=scopes,
        hidden=[(name, parameters[name]) for name in _PASSED_ON if name in parameters],
        redirect_uri=redirect_uri,
    )


def own_page(title: str, text: str, status: int) -> Page:
    """A page that is the end of it: the browser is not sent back."""
    return page(title, "<p>{{ text }}</p>\n", status, text=text)
