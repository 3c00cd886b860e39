"""/oauth/authorize: the page on which a signed-in user authorizes the app or declines (Zoom developer docs, OAuth)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from collector.sandbox.app import App
from collector.sandbox.codes import Challenge, Codes
from collector.sandbox.directory import User
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


class AuthorizationError(Exception):
    """Zoom shows the error itself and does not send the browser back. Numbers are Zoom's."""

    def __init__(self, text: str, number: str = "4,700") -> None:
        super().__init__(f"{text} ({number})")


@dataclass(frozen=True)
class RedirectToApp:
    """The browser is sent back to the app."""

    location: str


class ConsentPage:
    """Checks authorization requests, asks the user and sends the browser back.

    `user`: who is signed in to Zoom in the browser. `decline_redirects`: whether the browser goes back to the app after
    a refusal, or ends on a page of Zoom's; reports differ.
    """

    def __init__(
        self, app: App, codes: Codes, user: Callable[[], User], account_name: str, decline_redirects: bool
    ) -> None:
        self._app = app
        self._codes = codes
        self._user = user
        self._account_name = account_name
        self._decline_redirects = decline_redirects

    def ask(self, parameters: Mapping[str, str]) -> Page:
        """The consent page; raises NotForwarded. The `scope` parameter is ignored: the app has its scopes."""
        self._check(parameters)
        user = self._user()
        return consent_page(
            app_name=self._app.name,
            account_name=self._account_name,
            user=f"{user.display_name} ({user.email})",
            scopes=sorted(self._app.scopes),
            parameters=parameters,
        )

    def decide(self, parameters: Mapping[str, str]) -> RedirectToApp | Page:
        """The answer to the form of the consent page; raises NotForwarded."""
        challenge = self._check(parameters)
        redirect_uri = parameters["redirect_uri"]
        state = {"state": parameters["state"]} if "state" in parameters else {}
        if parameters.get("decision") == "allow":
            code = self._codes.issue(self._user().id, redirect_uri, challenge)
            return RedirectToApp(_extended(redirect_uri, {"code": code, **state}))
        if not self._decline_redirects:
            return own_page("You declined", f"{self._app.name} was not given access.", 200)
        return RedirectToApp(_extended(redirect_uri, {"error": "access_denied", **state}))

    def add_from_marketplace(self, redirect_uri: str) -> str:
        """Where the browser goes after "Add" in the marketplace: the app gets a code it did not ask for."""
        return _extended(redirect_uri, {"code": self._codes.issue(self._user().id, redirect_uri, None)})

    def _check(self, parameters: Mapping[str, str]) -> Challenge | None:
        if parameters.get("client_id") != self._app.client_id:
            raise AuthorizationError("Invalid client_id:")
        if self._app.state == "disabled":
            raise AuthorizationError("The app has been disabled", "4,717")
        redirect_uri = parameters.get("redirect_uri", "")
        if not self._app.knows_redirect(redirect_uri):
            raise AuthorizationError(f"Invalid redirect: {redirect_uri}")
        if parameters.get("response_type") != "code":
            raise AuthorizationError("Invalid response_type:")
        return self._challenge(parameters)

    def _challenge(self, parameters: Mapping[str, str]) -> Challenge | None:
        if "code_challenge" not in parameters:
            if self._app.is_public:
                raise AuthorizationError("Invalid code_challenge:")
            return None
        challenge = Challenge(parameters["code_challenge"], parameters.get("code_challenge_method", "plain"))
        if not challenge.is_valid:
            raise AuthorizationError("Invalid code_challenge:")
        return challenge


def _extended(address: str, parameters: Mapping[str, str]) -> str:
    """The address with further parameters in its query (RFC 6749 §4.1.2)."""
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))


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
    """A final page: the browser is not sent back."""
    return page(title, "<p>{{ text }}</p>\n", status, text=text)
