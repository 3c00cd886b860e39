"""Zoom would not give a token for its code: which page tells the person what to change, by the kind of refusal."""

from __future__ import annotations

from urllib.parse import urlsplit

from collector.auth import OAuthClient
from collector.auth.signin import SignInRefused
from collector.settings.redirect_address import Address
from redirect_server.problems import START_AGAIN, Problem


def sign_in_refused(failure: SignInRefused, client: OAuthClient, address: Address) -> Problem:
    """The page for a refused code."""
    words = failure.zoom_words
    if failure.kind == "credentials":
        return credentials_refused(client, words)
    if failure.kind == "redirect":
        return _redirect_mismatch(words, address)
    if failure.kind == "app type":
        return _wrong_kind_of_app(words, client)
    if failure.kind == "app":
        return _app_off(words, client)
    if failure.kind == "code":
        return Problem(
            400,
            "code-refused",
            "Zoom no longer accepts this code",
            "A code of Zoom's is good for 5 minutes and once. Nothing was saved.",
            action=START_AGAIN,
            quote=words,
        )
    if failure.kind == "pkce":
        return Problem(
            400,
            "verifier-refused",
            "Zoom could not match this answer to the sign-in",
            "The proof that this server had started the sign-in was not accepted. Nothing was saved.",
            action=START_AGAIN,
            quote=words,
        )
    return Problem(
        502,
        "refused",
        "Zoom refused to give a token",
        "Zoom took the code but gave no token for it. Nothing was saved.",
        ("Look at the app in the Zoom App Marketplace: its type is General App, and it is activated.",),
        action=START_AGAIN,
        quote=words,
    )


def credentials_refused(
    client: OAuthClient, words: str = "", happened: str = "The client id or the client secret is not one Zoom knows."
) -> Problem:
    """The page for a client id or secret that Zoom does not know, or that cannot be one."""
    names = "ZOOM_CLIENT_ID" if client.is_public else "ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET"
    advice = [
        f"Check {names} in .env against the app's page in the Zoom App Marketplace: no blanks, no quotes.",
        "Development and Production have different pairs; both values must come from the same tab.",
        "They must be of a General App. Those of a Server-to-Server app need ZOOM_ACCOUNT_ID too, and no sign-in; keys "
        "of an SDK app or a former JWT app do not work.",
        "After a change, end this server with Ctrl-C and start it again.",
    ]
    if client.is_public:
        advice[1] = "ZOOM_CLIENT_SECRET is not set. If the app's page shows a Client Secret, set it."
    return Problem(
        502,
        "credentials",
        "Zoom rejected the app credentials",
        f"{happened} Nothing was saved.",
        tuple(advice),
        action=START_AGAIN,
        facts=(("Client id", tail(client)),),
        commands=("collector auth login",),
        quote=words,
    )


def tail(client: OAuthClient) -> str:
    """The end of the client id: enough to recognize it by."""
    return f"…{client.client_id[-4:]}"


def _wrong_kind_of_app(words: str, client: OAuthClient) -> Problem:
    return Problem(
        502,
        "app-type",
        "This app signs nobody in",
        "Zoom says that the app is of another kind than this sign-in needs. Nothing was saved.",
        (
            "In the Zoom App Marketplace make a General App that is admin-managed, and put its Client ID and Client "
            "Secret into .env.",
            "With a Server-to-Server app set ZOOM_ACCOUNT_ID as well: then nobody signs in.",
            "After a change, end this server with Ctrl-C and start it again.",
        ),
        facts=(("Client id", tail(client)),),
        commands=("collector auth login",),
        quote=words,
    )


def _app_off(words: str, client: OAuthClient) -> Problem:
    return Problem(
        502,
        "app-off",
        "The app is switched off at Zoom",
        "Zoom gives no token to this app, or not to its owner any more.",
        (
            "An account administrator lifts a block or approves the app: Zoom App Marketplace → Manage → Apps on "
            "Account.",
            "If the person who made the app has left, its new owner has to activate it again.",
        ),
        action=START_AGAIN,
        facts=(("Client id", tail(client)),),
        quote=words,
    )


def _redirect_mismatch(words: str, address: Address) -> Problem:
    return Problem(
        502,
        "redirect-mismatch",
        "Zoom knows another redirect URL",
        "The redirect URL of this server and the one registered at Zoom must be the same, letter by letter.",
        (
            "In the Zoom App Marketplace, compare OAuth Redirect URL and the OAuth Allow List with each line. Capital "
            "letters and a slash at the end count.",
        ),
        action=START_AGAIN,
        facts=(
            ("Sent to Zoom", address.redirect_uri),
            ("Scheme", urlsplit(address.redirect_uri).scheme),
            ("Host", address.host),
            ("Port", str(address.port)),
            ("Path", address.path),
        ),
        quote=words,
    )
