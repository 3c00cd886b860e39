"""Scopes a token is known to lack, before Zoom is asked."""

from __future__ import annotations

from collector.errors import Denied, NotGranted, ReadingError
from collector.resources.declaration import EntityDocument
from collector.zoom.endpoint import Endpoint


def missing_scope(endpoint: Endpoint, scopes: frozenset[str] | None) -> Denied | None:
    """The denial to expect with these scopes; None if one of them is enough, or they are unknown."""
    if endpoint.scopes.granted_by(scopes):
        return None
    return Denied(
        f"the token lacks the scope for {endpoint.path}", endpoint.scopes.how_to_get(scopes), endpoint.scopes.advice
    )


def missing_document_scope(document: EntityDocument, scopes: frozenset[str] | None) -> ReadingError | None:
    """The same for a document; NotGranted if the document is optional."""
    denial = missing_scope(document.endpoint, scopes)
    return denial and not_granted_if_optional(document, denial)


def not_granted_if_optional(document: EntityDocument, failure: ReadingError) -> ReadingError:
    """The failure; NotGranted instead of a missing scope if the document is optional."""
    if not document.adds or not lacks_scope(failure):
        return failure
    return NotGranted(f"would add {document.adds}", failure.next_step, document.endpoint.scopes.advice)


def lacks_scope(failure: object) -> bool:
    """Whether a failure is a missing scope (which concerns all calls of its kind), not a missing privilege."""
    return isinstance(failure, Denied) and bool(failure.scopes)
