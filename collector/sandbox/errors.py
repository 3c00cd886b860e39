"""Zoom's error answers (Zoom developer docs, API errors; message texts as recorded or reported)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class ZoomError(Exception):
    """An answer of `{"code": …, "message": …}`, with `errors` when a parameter was wrong.

    `status` is the HTTP status, `code` Zoom's own. `headers` go out with the answer.
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        headers: Mapping[str, str] | None = None,
        field: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.body: dict[str, Any] = {"code": code, "message": message}
        if field:
            self.body["errors"] = [{"field": field, "message": "Invalid field."}]


def invalid_token() -> ZoomError:
    return ZoomError(401, 124, "Invalid access token.")


def expired_token() -> ZoomError:
    return ZoomError(401, 124, "Access token is expired.")


def token_in_query() -> ZoomError:
    message = "Invalid access token, this access token is not supported as query parameter string."
    return ZoomError(401, 124, message)


def missing_scopes(scopes: Sequence[str], granular: bool) -> ZoomError:
    """HTTP 400; code 4711 for tokens with granular scopes, 4700 for classic ones."""
    message = f"Invalid access token, does not contain scopes:[{', '.join(scopes)}]."
    return ZoomError(400, 4711 if granular else 4700, message)


def missing_privilege(area: str) -> ZoomError:
    """The administrator's role lacks a privilege. HTTP 400 with Zoom code 200."""
    if area == "Role":
        return ZoomError(400, 200, "You do not have the permission to retrieve role information.")
    return ZoomError(400, 200, "No permission.")


def paid_accounts_only(account_id: str) -> ZoomError:
    return ZoomError(400, 200, f"Only available for paid account: {account_id}.")


def validation_failed(field: str) -> ZoomError:
    return ZoomError(400, 300, "Validation Failed.", field=field)


def not_in_sandbox(parameter: str) -> ZoomError:
    """Zoom knows the parameter, this sandbox does not; ignoring it would give a wrong answer."""
    return ZoomError(400, 300, f"This sandbox does not know the parameter {parameter}.", field=parameter)


def bad_page_token() -> ZoomError:
    return ZoomError(400, 300, "The next page token is either invalid or has expired.")


def user_does_not_exist(user_id: str) -> ZoomError:
    return ZoomError(404, 1001, f"User does not exist: {user_id}.")


def user_is_pending() -> ZoomError:
    message = "You can not access settings of users that are still in pending state."
    return ZoomError(400, 1000, message)


def group_does_not_exist(group_id: str) -> ZoomError:
    return ZoomError(404, 4130, f"A group with this {group_id} does not exist.")


def account_does_not_exist(account_id: str) -> ZoomError:
    return ZoomError(404, 2001, f"Account does not exist: {account_id}")


def role_does_not_exist(_: str) -> ZoomError:
    return ZoomError(400, 1034, "Provided `role_id` does not exist.")


def unknown_route() -> ZoomError:
    return ZoomError(404, 404, "Not Found")


def wrong_method() -> ZoomError:
    return ZoomError(405, 405, "Method Not Allowed")


def internal_error() -> ZoomError:
    return ZoomError(500, 500, "Internal error")


def per_second_limit(headers: Mapping[str, str]) -> ZoomError:
    message = "You have reached the maximum per-second rate limit for this API. Try again later."
    return ZoomError(429, 429, message, headers)


def daily_limit(headers: Mapping[str, str]) -> ZoomError:
    message = (
        "You have reached the maximum daily rate limit for this API. "
        "Refer to the response header for details on when you can make another request."
    )
    return ZoomError(429, 429, message, headers)
