"""Error answers of the token and the revocation endpoint (Zoom developer docs, OAuth errors; reports since 2024).

The texts of an expired code, of PKCE and of an unknown token to revoke are not documented; they follow the pattern.
"""

from __future__ import annotations


class OAuthError(Exception):
    """An answer of `{"reason": …, "error": …}`, HTTP 400."""

    status = 400

    def __init__(self, reason: str, error: str) -> None:
        super().__init__(reason)
        self.body = {"reason": reason, "error": error}


def no_client() -> OAuthError:
    return OAuthError("Bad Request", "invalid_request")


def wrong_client() -> OAuthError:
    return OAuthError("Invalid client_id or client_secret", "invalid_client")


def app_disabled() -> OAuthError:
    """Zoom error 4717."""
    return OAuthError("The app has been disabled", "invalid_request")


def missing_grant() -> OAuthError:
    return OAuthError("Missing grant type", "invalid_request")


def unsupported_grant() -> OAuthError:
    return OAuthError("unsupported grant type", "unsupported_grant_type")


def missing_account() -> OAuthError:
    return OAuthError("Invalid Account Id", "invalid_request")


def unknown_account() -> OAuthError:
    return OAuthError("Account does not exist", "invalid_request")


def not_activated() -> OAuthError:
    return OAuthError("Account does not enabled the OAuth app type", "invalid_request")


def invalid_code(code: str) -> OAuthError:
    """An unknown code, or one that was used already (Zoom error 4734)."""
    return OAuthError(f"Invalid authorization code {code}", "invalid_request")


def expired_code() -> OAuthError:
    """Zoom error 4733."""
    return OAuthError("Code is expired", "invalid_request")


def redirect_mismatch() -> OAuthError:
    """4709."""
    return OAuthError("Redirect URI mismatch.", "invalid_request")


def missing_verifier() -> OAuthError:
    return OAuthError("Missing code_verifier.", "invalid_grant")


def wrong_verifier() -> OAuthError:
    return OAuthError("Invalid code_verifier.", "invalid_grant")


def dead_refresh_token() -> OAuthError:
    """Used, expired, revoked, superseded (4741), or its user is gone (4735): Zoom says the same to all."""
    return OAuthError("Invalid Token!", "invalid_grant")


def nothing_to_revoke() -> OAuthError:
    return OAuthError("Invalid token", "invalid_request")
