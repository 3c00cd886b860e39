"""Plans the step of a resource's own entities: its list, then the further documents of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from collector.engine.licence import judge_refusal
from collector.engine.plan.answer import (
    Refusal,
    document_calls,
    first_answer,
    is_open_ended,
    list_calls,
)
from collector.engine.plan.draft import Draft, Listed, Sketch
from collector.engine.scopes import missing_scope
from collector.errors import Unread
from collector.model.coverage import Status
from collector.model.graph import JsonObject
from collector.resources.declaration import Pass, Resource
from collector.zoom.paging import Page


def plan_entities(sketch: Sketch, resource: Resource, draft: Draft) -> bool:
    """Plan the list and the documents; whether the step would be run."""
    listed = sketch.listed[resource.entity.type] = Listed()
    refused = 0
    hopeless: Refusal | None = None
    for one_pass in resource.passes:
        answer = hopeless or _first_page(sketch, resource, one_pass, draft)
        if isinstance(answer, Page):
            _take(sketch, resource, one_pass, answer, listed)
            continue
        status = draft.lack(one_pass.reading(resource.name), answer.failure)
        if status in (Status.DENIED, Status.NOT_LICENSED):
            refused += 1
            hopeless = answer
    _plan_documents(sketch, resource, listed, draft)
    return refused < len(resource.passes)


def _first_page(sketch: Sketch, resource: Resource, one_pass: Pass, draft: Draft) -> Page | Refusal:
    """The first page of one pass, after planning the calls for all its pages."""
    if resource.listing.rows is None:
        return _single(sketch.identity, resource)
    answer = first_answer(sketch.client, resource.listing, params=one_pass.params)
    if isinstance(answer, Refusal):
        draft.spend(resource.listing, answer.calls)
        asking = sketch.identity.rows[0] if isinstance(sketch.identity, Page) else None
        failure = judge_refusal(answer.failure, resource, asking, free_plan=sketch.free_plan)
        return replace(answer, failure=failure)
    draft.spend(resource.listing, list_calls(resource.listing, answer))
    if is_open_ended(resource.listing, answer):
        reading = one_pass.reading(resource.name)
        draft.notes.append(f"Zoom does not say how many {reading} there are: {len(answer.rows)} are assumed.")
    return answer


def _single(identity: Page | Refusal, resource: Resource) -> Page | Refusal:
    """The one row of a resource that is no list; it is asked for before all steps."""
    if isinstance(identity, Page) and resource.identify(identity.rows[0]) is None:
        return Refusal(Unread("the answer does not say which account it is about"), 0)
    return identity


def _take(sketch: Sketch, resource: Resource, one_pass: Pass, page: Page, listed: Listed) -> None:
    rows = [row for row in map(one_pass.completed, page.rows) if resource.identify(row) is not None]
    sketch.read = sketch.read or bool(rows)
    listed.add(page, rows, sum(_path_ids(resource, row) is not None for row in rows))


def _plan_documents(sketch: Sketch, resource: Resource, listed: Listed, draft: Draft) -> None:
    """One document of each kind is asked for, of the first entity that has an id."""
    example = next((ids for row in listed.rows if (ids := _path_ids(resource, row))), None)
    for document in resource.documents:
        if not sketch.choice.reads(document):
            draft.leave_out(
                document.part, f"left out by choice of --settings {sketch.choice.settings.value}", is_set=False
            )
            continue
        if example is None:
            continue
        denial = missing_scope(document.endpoint, sketch.scopes)
        answer = Refusal(denial, 0) if denial else first_answer(sketch.client, document.endpoint, example)
        draft.spend(document.endpoint, document_calls(round(listed.with_id), answer))
        if isinstance(answer, Refusal) and not answer.of_one:
            draft.lack(document.part, answer.failure, is_set=False)


def _path_ids(resource: Resource, row: JsonObject) -> Mapping[str, str] | None:
    identifier = resource.identify(row)
    return None if identifier is None else resource.path_ids(resource.entity.key(identifier))
