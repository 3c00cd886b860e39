"""Tells a missing licence from a missing privilege: Zoom answers "no permission" to both."""

from __future__ import annotations

from collections.abc import Mapping

from collector.errors import CollectorError, Denied, NotLicensed
from collector.resources.declaration import Resource
from collector.resources.roles import OWNER


def classify_refusal(
    failure: CollectorError, resource: Resource, identity: Mapping[str, object] | None, *, free_plan: bool
) -> CollectorError:
    """NotLicensed instead of Denied where no privilege would help; otherwise the failure itself.

    `identity`: the answer to `/users/me`, if there was one.
    """
    if not resource.paid_only or not isinstance(failure, Denied) or failure.scopes:
        return failure
    if free_plan:
        reason = f"a free plan (ZOOM_PLAN=free) has no API for {resource.name}"
    elif identity is not None and identity.get("role_id") == OWNER:
        reason = (
            f"the token is the account owner's, who has every privilege, so the plan has no API for {resource.name}"
        )
    else:
        return failure
    return NotLicensed(f"{failure.message.rstrip('.')}: {reason}")
