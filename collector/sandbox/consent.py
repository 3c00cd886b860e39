"""/oauth/authorize: the page on which a signed-in user lets the app in or not (Zoom developer docs, OAuth)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from collector.sandbox.app import App
from collector.sandbox.codes import Codes
from collector.sandbox.consent_pages import consent_page, own_page
from collector.sandbox.directory import User
from collector.sandbox.pages import Page
from collector.sandbox.pkce import Challenge


class NotForwarded(Exception):
    """What is wrong with a request is shown by Zoom itself, the browser does not come back. Numbers are Zoom's."""

    def __init__(self, text: str, number: str = "4,700") -> None:
        super().__init__(f"{text} ({number})")


@dataclass(frozen=True)
class Forward:
    """The browser is sent back to the app."""

    location: str


class ConsentDesk:
    """Looks at authorization requests, asks the user and sends the browser back.

    `user`: who is signed in at Zoom in the browser. `decline_redirects`: whether the app hears of a refusal; reports
    differ, without it Zoom's own page is the end.
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
        """The consent page; raises NotForwarded. The `scope` parameter is not looked at: the app has its scopes."""
        self._check(parameters)
        user = self._user()
        return consent_page(
            app_name=self._app.name,
            account_name=self._account_name,
            user=f"{user.display_name} ({user.email})",
            scopes=sorted(self._app.scopes),
            parameters=parameters,
        )

    def decide(self, parameters: Mapping[str, str]) -> Forward | Page:
        """What follows from the form of the consent page; raises NotForwarded."""
        challenge = self._check(parameters)
        redirect_uri = parameters["redirect_uri"]
        state = {"state": parameters["state"]} if "state" in parameters else {}
        if parameters.get("decision") == "allow":
            code = self._codes.issue(self._user().id, redirect_uri, challenge)
            return Forward(_extended(redirect_uri, {"code": code, **state}))
        if not self._decline_redirects:
            return own_page("You declined", f"{self._app.name} was not given access.", 200)
        return Forward(_extended(redirect_uri, {"error": "access_denied", **state}))

    def add_from_marketplace(self, redirect_uri: str) -> str:
        """Where the browser goes after "Add" in the marketplace: the app gets a code it did not ask for."""
        return _extended(redirect_uri, {"code": self._codes.issue(self._user().id, redirect_uri, None)})

    def _check(self, parameters: Mapping[str, str]) -> Challenge | None:
        if parameters.get("client_id") != self._app.client_id:
            raise NotForwarded("Invalid client_id:")
        if self._app.state == "disabled":
            raise NotForwarded("The app has been disabled", "4,717")
        redirect_uri = parameters.get("redirect_uri", "")
        if not self._app.knows_redirect(redirect_uri):
            raise NotForwarded(f"Invalid redirect: {redirect_uri}")
        if parameters.get("response_type") != "code":
            raise NotForwarded("Invalid response_type:")
        return self._challenge(parameters)

    def _challenge(self, parameters: Mapping[str, str]) -> Challenge | None:
        if "code_challenge" not in parameters:
            if self._app.is_public:
                raise NotForwarded("Invalid code_challenge:")
            return None
        challenge = Challenge(parameters["code_challenge"], parameters.get("code_challenge_method", "plain"))
        if not challenge.is_valid:
            raise NotForwarded("Invalid code_challenge:")
        return challenge


def _extended(address: str, parameters: Mapping[str, str]) -> str:
    """The address with further parameters in its query (RFC 6749 §4.1.2)."""
    parts = urlsplit(address)
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))
