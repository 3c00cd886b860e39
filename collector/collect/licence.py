"""Whether a refusal is the plan's: Zoom says "no permission" also of what the account's plan does not have."""

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
    """NotLicensed in the place of a denied privilege where no privilege would help; else the failure itself.

    `identity`: the answer to `/users/me`, if there was one. `document`: what was refused, unless it was the list.
    """
    paid = (resource.name if resource.paid_only else "") if document is None else document.adds
    if not paid or not isinstance(failure, Denied) or failure.scopes:
        return failure
    if free_plan:
        reason = f"a free plan (ZOOM_PLAN=free) has no API of {paid}"
    elif identity is not None and identity.get("role_id") == OWNER:
        reason = f"the token is of the account's owner, who has every privilege, so the plan has no API of {paid}"
    else:
        return failure
    return NotLicensed(f"{failure.message.rstrip('.')}: {reason}")
