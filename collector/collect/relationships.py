"""The relationship steps: which users belong to which groups, roles and account."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from collector.collect.context import RunContext, StepOutcome
from collector.collect.dataset_report import DatasetReport
from collector.collect.listing import ListEnd, Rows, read_list
from collector.collect.lookups import deleted_meanwhile_note, remove_deleted
from collector.collect.scopes import lacks_scope
from collector.errors import CollectorError, DeletedMeanwhile, Unread
from collector.model.graph import JsonObject, Relationship
from collector.model.naming import property_name
from collector.model.step import Step
from collector.next_steps import Command, NextStep
from collector.resources.declaration import (
    Derivation,
    Link,
    Resource,
    identifier_of,
    identify_by_id,
    invitation_identifier,
)
from collector.store import ROW
from collector.zoom.endpoint import Endpoint


def build_relationships(
    context: RunContext, resource: Resource, link: Link, step: Step, member: Resource
) -> StepOutcome:
    """Relate the entities at both ends. `member`: the resource at the other end of the link."""
    ends_complete = {resource.entity.type, member.entity.type} <= context.complete_types
    if link.members is None:
        outcome = _relate_all(context, link, step)
    else:
        outcome = _MembershipStep(context, resource, link, member, step, link.members).build()
    complete = outcome.complete and ends_complete
    if complete:
        context.run.remove_missing_relationships(link.type.type)
    context.run.commit()
    return StepOutcome(step, outcome.coverage, complete, outcome.notes)


def _relate_all(context: RunContext, link: Link, step: Step) -> StepOutcome:
    report = DatasetReport(step.id, link.type.type, is_list=True)
    for source_key in context.run.keys(link.type.source):
        for target_key in context.run.keys(link.type.target):
            context.raise_if_stopped()
            context.run.put_relationship(link.type.between(source_key, target_key))
            report.read += 1
    return StepOutcome(step, (report.coverage(),), complete=True)


def derive(context: RunContext, link: Link, derivation: Derivation) -> None:
    """Derive properties of every source of the link from its targets and their documents."""
    targets: dict[str, Mapping[str, object]] = {}
    for key in context.run.keys(link.type.source):
        context.raise_if_stopped()
        linked = []
        for relationship in context.store.relationships_of(key):
            if relationship.type != link.type.type:
                continue
            if relationship.target_key not in targets:
                targets[relationship.target_key] = context.store.entity(relationship.target_key) or {}
            linked.append(targets[relationship.target_key])
        properties = derivation.derive(linked)
        if properties:
            context.run.put(key, derivation.part, properties, context.now())
        else:
            context.run.remove_part(key, derivation.part)
    context.run.commit()


@dataclass
class _MemberList:
    """The counts of one member list. `listed`: members whose own row names this owner, too."""

    read: int = 0
    listed: int = 0
    unknown: int = 0
    disagreements: int = 0


@dataclass
class _MembershipStep:
    """Relates members to their owners: by the member's foreign key if it has one, else by the owner's member list."""

    context: RunContext
    resource: Resource
    link: Link
    member: Resource
    step: Step
    members: Endpoint
    members_by_key: Counter[str] = field(default_factory=Counter)
    member_lists: defaultdict[str, _MemberList] = field(default_factory=lambda: defaultdict(_MemberList))
    members_without_key: int = 0
    unknown_owners: int = 0
    owners_not_found: list[str] = field(default_factory=list)
    stopped_by: CollectorError | None = None

    def build(self) -> StepOutcome:
        report = DatasetReport(self.step.id, f"members of {self.resource.name}", is_list=True)
        if self.link.foreign_key is not None:
            self._relate_by_foreign_key(self.link.foreign_key)
            self.context.run.commit()
        self._resume(report)
        owners = [key for key in self._owners_to_list() if key not in self.member_lists]
        self.context.progress.expect(self.step, len(owners))
        for owner_key, found in self.context.in_parallel(owners, self._read):
            if isinstance(found, Rows):
                for identifier, row in found.rows:
                    self._relate_listed_member(owner_key, identifier, row)
            else:
                self._finish_list(owner_key, found, report)
        self._resolve_owners_not_found(report)
        report.read = sum(member_list.read for member_list in self.member_lists.values())
        coverage = report.coverage()
        return StepOutcome(self.step, (coverage,), coverage.reason == "", tuple(self._notes(report.deleted_meanwhile)))

    def _resume(self, report: DatasetReport) -> None:
        """Restore the member lists read by earlier runs of this session, unless owners or members were listed again."""
        run = self.context.run
        listed_since = max(run.listed_since(one.entity.type) for one in (self.resource, self.member))
        for owner_key, state in run.checkpoints.load_all(report.name).items():
            state.pop("vanished", None)  # of versions before 0.2
            if state.pop("run") >= listed_since:
                self.member_lists[owner_key] = _MemberList(**state)
                run.confirm_relationships(self.link.type.type, owner_key)
        run.commit()

    def _finish_list(self, owner_key: str, end: ListEnd, report: DatasetReport) -> None:
        """Record the result of a member list; a resumed run does not read a complete one again."""
        member_list, failure = self.member_lists[owner_key], end.failure or self._contradiction(owner_key, end)
        member_list.read = end.read
        self.context.progress.advance(self.step)
        if isinstance(failure, DeletedMeanwhile):
            self.owners_not_found.append(owner_key)
        elif failure is not None:
            report.failed(failure)
            if lacks_scope(failure):
                self.stopped_by = failure  # the other lists need the same scope
        elif self.link.foreign_key is not None:
            member_list.disagreements += max(0, self.members_by_key[owner_key] - member_list.listed)
        if failure is None:
            self.context.run.checkpoints.save(
                report.name, {**asdict(member_list), "run": self.context.run.id}, owner_key
            )
        self.context.run.commit()

    def _contradiction(self, owner_key: str, end: ListEnd) -> Unread | None:
        """The failure if a member list is empty although its owner's row counts members, and the store has some."""
        context, member_count_field = self.context, self.link.member_count_field
        if end.read or member_count_field is None or context.fresh:
            return None
        announced = context.run.value(owner_key, ROW, property_name(member_count_field))
        if not announced or self.link.type.type not in {
            relationship.type for relationship in context.store.relationships_of(owner_key)
        }:
            return None
        return Unread(
            f"{self.members.path} is empty although the list of {self.resource.name} counts {announced} members",
            NextStep(
                "Run `{}` again; if it really is empty, run `{}`.",
                Command("collect"),
                Command("collect", "--fresh"),
            ),
        )

    def _resolve_owners_not_found(self, report: DatasetReport) -> None:
        """Look up the owners whose member list was not found; remove those that were deleted."""
        for _, failure in remove_deleted(
            self.context, self.resource, dict.fromkeys(self.owners_not_found, self.members.path)
        ):
            if failure is None:
                report.deleted_meanwhile += 1
            else:
                report.failed(failure)
        self.context.run.commit()

    def _relate_by_foreign_key(self, foreign_key: str) -> None:
        run = self.context.run
        for member_key in run.keys(self.member.entity.type):
            self.context.raise_if_stopped()
            owner_id = run.value(member_key, ROW, foreign_key)
            if not owner_id:
                self.members_without_key += 1
                continue
            owner_key = self.resource.entity.key(identifier_of(str(owner_id)))
            if not run.was_listed(member_key):
                continue  # its row is from an earlier session, and so is the owner it names
            if run.exists(owner_key):
                self.members_by_key[owner_key] += 1
                run.put_relationship(self._between(owner_key, member_key))
            else:
                self.unknown_owners += 1

    def _owners_to_list(self) -> Iterator[str]:
        for owner_key in self.context.run.keys(self.resource.entity.type):
            if self.resource.id_of_key(owner_key) not in self.link.skip_member_list_for or self.members_without_key:
                yield owner_key

    def _read(self, owner_key: str) -> Iterator[Rows | ListEnd]:
        if self.stopped_by is not None:
            return iter([ListEnd(0, self.stopped_by)])
        ids = self.resource.path_ids(owner_key) or {}
        return read_list(self.context.client, self.members, ids, identify=_member_identifier)

    def _relate_listed_member(self, owner_key: str, identifier: str, row: JsonObject) -> None:
        member_key = self._known_member(identifier, row)
        if member_key is None:
            self.member_lists[owner_key].unknown += 1
            return
        owner_id = self.context.run.value(member_key, ROW, self.link.foreign_key) if self.link.foreign_key else None
        if not owner_id:
            self.context.run.put_relationship(self._between(owner_key, member_key))
        elif self.resource.entity.key(identifier_of(str(owner_id))) == owner_key:
            self.member_lists[owner_key].listed += 1
        else:
            self.member_lists[owner_key].disagreements += 1

    def _known_member(self, identifier: str, row: JsonObject) -> str | None:
        """The key of the entity in a member row: by id, else by the address of an invitation; None if unknown."""
        email = str(row.get("email") or "").lower()
        for candidate in (identifier, invitation_identifier(email)):
            key = self.member.entity.key(candidate)
            if self.context.run.exists(key):
                return key
        return None

    def _between(self, owner_key: str, member_key: str) -> Relationship:
        if self.link.type.source == self.resource.entity.type:
            return self.link.type.between(owner_key, member_key)
        return self.link.type.between(member_key, owner_key)

    def _notes(self, gone: int) -> Iterator[str]:
        if gone:
            yield deleted_meanwhile_note(self.resource, gone)
        name, members = self.resource.name, self.member.name
        unknown_members = sum(member_list.unknown for member_list in self.member_lists.values())
        disagreements = sum(member_list.disagreements for member_list in self.member_lists.values())
        if unknown_members:
            yield f"{unknown_members} members of {name} are not among the known {members} and got no relationship."
        if self.unknown_owners:
            yield f"{self.unknown_owners} {members} refer to {name} that are not listed and got no relationship."
        if disagreements:
            yield (
                f"{disagreements} memberships differ between the list of {members}, which was used, "
                f"and the member lists of {name}."
            )


def _member_identifier(row: JsonObject) -> str | None:
    """The identifier of a member row: the id, or the e-mail address of an invitation."""
    email = row.get("email")
    return identify_by_id(row) or (invitation_identifier(email) if isinstance(email, str) and email else None)
