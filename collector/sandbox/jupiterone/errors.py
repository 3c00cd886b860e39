"""JupiterOne's errors: a status and an envelope with code and message, or one of GraphQL's errors.

The codes of jobs, instances and lists are those JupiterOne's SDK handles or quotes; the others are this sandbox's own,
since no public text names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from graphql import GraphQLError


class ApiError(Exception):
    """An error, answered as `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message}}


class TooLarge(ApiError):
    """The gateway in front of the API refuses the body; its answer has no envelope."""

    def __init__(self) -> None:
        super().__init__(413, "", "Request Too Long")

    @property
    def body(self) -> dict[str, Any]:
        return {"message": self.message}


def unauthorized() -> ApiError:
    return ApiError(401, "UNAUTHORIZED", "The API key is missing or not valid.")


def forbidden() -> ApiError:
    return ApiError(403, "FORBIDDEN", "The API key may not do this in this account.")


def not_found(what: str) -> ApiError:
    return ApiError(404, "NOT_FOUND", f"{what} was not found.")


def invalid(message: str, code: str = "VALIDATION_ERROR") -> ApiError:
    return ApiError(400, code, message)


def not_in_sandbox(what: str) -> ApiError:
    """JupiterOne knows it; ignoring it here would give a wrong answer."""
    return ApiError(400, "NOT_IN_SANDBOX", f"This sandbox does not know {what}.")


def unknown_instance() -> ApiError:
    return ApiError(400, "SYNC_JOB_INVALID_INTEGRATION_INSTANCE", "Integration instance not found")


def not_awaiting_uploads() -> ApiError:
    return ApiError(400, "JOB_NOT_AWAITING_UPLOADS", "JOB_NOT_AWAITING_UPLOADS")


def too_large_for_the_persister() -> ApiError:
    return ApiError(400, "RequestEntityTooLargeException", "The request entity is too large.")


def encoding_not_supported(encoding: str) -> ApiError:
    return ApiError(415, "UNSUPPORTED_CONTENT_ENCODING", f'The content encoding "{encoding}" is not supported.')


def too_many_requests(headers: Mapping[str, str]) -> ApiError:
    return ApiError(429, "TOO_MANY_REQUESTS", "Too many requests.", headers)


def unexpected(status: int = 500) -> ApiError:
    return ApiError(status, "INTERNAL_SERVER_ERROR", "An unexpected error occurred.")


def graphql_error(message: str, code: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": code})
