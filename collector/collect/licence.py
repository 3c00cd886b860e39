"""Tells a missing licence from a missing privilege: Zoom answers "no permission" to both."""

from __future__ import annotations

from collections.abc import Mapping

from collector.errors import CollectorError, Denied, NotLicensed
from collector.resources.declaration import EntityDocument, Resource
from collector.resources.roles import OWNER


def classify_refusal(
    failure: CollectorError,
    resource: Resource,
    identity: Mapping[str, object] | None,
    *,
    free_plan: bool,
    document: EntityDocument | None = None,
) -> CollectorError:
    """NotLicensed instead of Denied where no privilege would help; otherwise the failure itself.

    `identity`: the answer to `/users/me`, if there was one. `document`: what was refused, unless it was the list.
    """
    paid = (resource.name if resource.paid_only else "") if document is None else document.adds
    if not paid or not isinstance(failure, Denied) or failure.scopes:
        return failure
    if free_plan:
        reason = f"a free plan (ZOOM_PLAN=free) has no API for {paid}"
    elif identity is not None and identity.get("role_id") == OWNER:
        reason = f"the token is the account owner's, who has every privilege, so the plan has no API for {paid}"
    else:
        return failure
    return NotLicensed(f"{failure.message.rstrip('.')}: {reason}")
