"""Every page about a failure, made from the failures themselves."""

from __future__ import annotations

import errno
import random
from pathlib import Path

from redirect_server import problems
from redirect_server.problem_pages import Explainer
from redirect_server.problems import Problem

from collector.auth import OAuthClient
from collector.auth.token_errors import Refusal
from collector.auth.token_file import storage_errors
from collector.errors import OtherAccount, ProfileBusy, SignInRequired, StorageFailed, TokenEndpointFailed, UsageError
from collector.redaction import Secret
from collector.settings import read_settings
from collector.settings.redirect_address import Address

SECRET = "canary-of-the-client-secret"


def storage_failure(number: int) -> StorageFailed:
    """What collector.auth.signin raises when the disk says no."""
    try:
        with storage_errors("written", Path("/home/ada/token.json")):
            raise OSError(number, "No space left on device" if number == errno.ENOSPC else "Permission denied")
    except StorageFailed as failure:
        return failure


def all_problems(home: Path) -> dict[str, Problem]:
    """Name of the case: its page."""
    settings = read_settings(
        {"ZOOM_CLIENT_ID": "client-1234", "ZOOM_CLIENT_SECRET": SECRET, "ZOOM_HOME": str(home)}, home
    )
    confidential = OAuthClient("client-1234", Secret(SECRET), "https://zoom.us")
    address = Address.of(settings.redirect_uri)
    explain = Explainer(settings.profile, confidential, address)
    explain_public = Explainer(settings.profile, OAuthClient("client-1234", None, "https://zoom.us"), address)
    ada, bob = {"id": "1", "email": "ada@example.com", "account_id": "a-1"}, {"id": "2"}
    return {
        "denied": problems.zoom_error("access_denied"),
        "error-scope": problems.zoom_error("invalid_scope"),
        "error-server": problems.zoom_error("server_error"),
        "error-busy": problems.zoom_error("temporarily_unavailable"),
        "error-unknown": problems.zoom_error("<script>alert(1)</script>"),
        "error-without-state": problems.NOT_STARTED_HERE,
        "code-without-state": problems.STARTED_BY_ZOOM,
        "nothing": problems.NOTHING_SENT,
        "state-unknown": problems.state_unknown("localhost:5000", "localhost:5000"),
        "state-other-name": problems.state_unknown("127.0.0.1:5000", "localhost:5000"),
        "state-expired": problems.STATE_EXPIRED,
        "state-used": problems.STATE_USED,
        "code-malformed": problems.CODE_MALFORMED,
        "code": explain.exchange(_refused("Invalid authorization code")),
        "pkce": explain.exchange(_refused("code_verifier does not match")),
        "credentials": explain.exchange(_refused("Invalid client_id or client_secret")),
        "credentials-public": explain_public.exchange(_refused("Invalid client_id or client_secret")),
        "credentials-impossible": explain.exchange(UsageError("ZOOM_CLIENT_ID holds a character that no id has.")),
        "redirect": explain.exchange(_refused("Redirect URI mismatch.")),
        "app": explain.exchange(_refused("The app has been disabled")),
        "refused": explain.exchange(_refused("Not today")),
        "no-connection": explain.exchange(TokenEndpointFailed("No token from zoom.us: no connection.")),
        "zoom-500": explain.exchange(_server_error("No token from zoom.us: HTTP 500.", tracking_id="WEB_1a2b")),
        "zoom-429": explain.exchange(_server_error("No token from zoom.us: HTTP 429.", wait=90.0)),
        "malformed": explain.exchange(
            TokenEndpointFailed("Unusable: scope.", "Check ZOOM_OAUTH_URL.", "malformed answer")
        ),
        "interrupted": explain.exchange(StorageFailed("Something else.", "Try again.")),
        "other-account": explain.save(OtherAccount("Another.", "Choose.", ada, bob)),
        "other-account-nameless": explain.save(OtherAccount("Another.", "Choose.", None, None)),
        "disk-full": explain.save(storage_failure(errno.ENOSPC)),
        "disk-refuses": explain.save(storage_failure(errno.EACCES)),
        "disk-full-early": explain.storage(OSError(errno.ENOSPC, "No space left on device")),
        "not-saved": explain.save(UsageError("The token file has version 2.", "Upgrade this program.")),
        "busy": explain.save(ProfileBusy("Another process has been changing the sign-in for 30 s.", "Wait.")),
        "refresh-disk": explain.refresh(storage_failure(errno.EROFS)),
        "refresh-busy": explain.refresh(ProfileBusy("Another process is busy.", "Wait.")),
        "refresh-again": explain.refresh(
            SignInRequired("Zoom refused the refresh token.", "Run `collector auth login`.")
        ),
        "refresh-nothing": explain.refresh(UsageError("There is no refresh token.", "Run `collector auth login`.")),
        "refresh-trouble": explain.refresh(TokenEndpointFailed("No token from zoom.us: no connection.")),
        "revoke-nothing": explain.revoke(SignInRequired("Nobody has signed in.", "Run `collector auth login`.")),
        "revoke-offline": explain.revoke(TokenEndpointFailed("No connection.", "Check the network.")),
        "revoke-refused": explain.revoke(UsageError("Zoom refused the app.", "Check the app.")),
        "revoke-busy": explain.revoke(ProfileBusy("Another process is busy.", "Wait.")),
        "revoke-kept": explain.revoke(storage_failure(errno.EACCES)),
        "forget-busy": explain.forget(ProfileBusy("Another process is busy.", "Wait.")),
        "forget-failed": explain.forget(storage_failure(errno.EACCES)),
        "token-in-environment": problems.TOKEN_IN_ENVIRONMENT,
        "forged": problems.FORGED,
        "cross-site": problems.CROSS_SITE,
        "not-found": problems.NOT_FOUND,
        "wrong-method": problems.WRONG_METHOD,
        "too-large": problems.TOO_LARGE,
        "too-long": problems.TOO_LONG,
        "duplicate": problems.DUPLICATE_PARAMETERS,
        "nothing-waits": problems.NOTHING_WAITS,
        "too-soon": problems.TOO_SOON,
        "unexpected": problems.unexpected(f"{random.Random(7).getrandbits(24):06x}"),
    }


def _refused(words: str) -> Refusal:
    return Refusal(400, "invalid_request", words)


def _server_error(message: str, wait: float = 0.0, tracking_id: str = "") -> TokenEndpointFailed:
    return TokenEndpointFailed(message, "", "server error", wait=wait, tracking_id=tracking_id)
