"""The relationship steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from collector.engine.context import Context, StepOutcome
from collector.engine.listing import ListEnd, Rows, read_list
from collector.engine.tally import Tally
from collector.errors import CollectorError, Denied, Vanished
from collector.model.graph import JsonObject, Relationship
from collector.model.step import Step
from collector.resources.declaration import PENDING, Derivation, Link, Resource
from collector.store import ROW
from collector.zoom.endpoint import Endpoint


def build_link(ctx: Context, resource: Resource, link: Link, step: Step, member: Resource) -> StepOutcome:
    """Tie the entities at both ends. `member` is the resource at the other end of the link."""
    ends_whole = {resource.entity.type, member.entity.type} <= ctx.whole_types
    if link.members is None:
        outcome = _tie_all(ctx, link, step)
    else:
        outcome = _Membership(ctx, resource, link, member, step, link.members).build()
    whole = outcome.whole and ends_whole
    if whole:
        ctx.run.remove_unseen_relationships(link.type.type)
        if link.derivation is not None:
            _derive(ctx, link, link.derivation)
    ctx.run.commit()
    return StepOutcome(step, outcome.coverage, whole, outcome.notes)


def _tie_all(ctx: Context, link: Link, step: Step) -> StepOutcome:
    tally = Tally(step.id, link.type.type, is_set=True)
    for source_key in ctx.run.keys(link.type.source):
        for target_key in ctx.run.keys(link.type.target):
            ctx.look_up()
            ctx.run.relate(link.type.between(source_key, target_key))
            tally.read += 1
    return StepOutcome(step, (tally.coverage(),), whole=True)


def _derive(ctx: Context, link: Link, derivation: Derivation) -> None:
    """Give every entity the link starts from what follows from those it leads to."""
    targets: dict[str, Mapping[str, object]] = {}
    for key in ctx.run.keys(link.type.source):
        ctx.look_up()
        linked = []
        for relationship in ctx.store.relationships_of(key):
            if relationship.type != link.type.type:
                continue
            if relationship.target_key not in targets:
                targets[relationship.target_key] = ctx.store.entity(relationship.target_key) or {}
            linked.append(targets[relationship.target_key])
        properties = derivation.derive(linked)
        if properties:
            ctx.run.put(key, derivation.part, properties, ctx.now())
        else:
            ctx.run.remove_part(key, derivation.part)


@dataclass
class _Membership:
    """Who belongs to what: from the property of the member that names it, where there is one, and from member lists."""

    ctx: Context
    resource: Resource
    link: Link
    member: Resource
    step: Step
    members: Endpoint
    named: Counter[str] = field(default_factory=Counter)
    listed: Counter[str] = field(default_factory=Counter)
    unnamed_members: int = 0
    unknown_owners: int = 0
    unknown_members: int = 0
    disagreements: int = 0
    closed: CollectorError | None = None

    def build(self) -> StepOutcome:
        tally = Tally(self.step.id, f"members of {self.resource.name}", is_set=True)
        if self.link.named_by is not None:
            self._tie_named(self.link.named_by)
            self.ctx.run.commit()
        owners = list(self._owners_to_ask())
        self.ctx.progress.expect(self.step, len(owners))
        for owner_key, found in self.ctx.in_parallel(owners, self._read):
            if isinstance(found, Rows):
                for row in found.rows:
                    self._tie_listed(owner_key, row)
                continue
            tally.read += found.read
            self.ctx.progress.advance(self.step)
            if isinstance(found.failure, Vanished):
                tally.vanished += 1
                self.ctx.run.remove(owner_key)
            elif found.failure is not None:
                tally.failed(found.failure)
                if isinstance(found.failure, Denied) and found.failure.scopes:
                    self.closed = found.failure  # the other lists need the same scope
            elif self.link.named_by is not None:
                self.disagreements += max(0, self.named[owner_key] - self.listed[owner_key])
            self.ctx.run.commit()
        coverage = tally.coverage()
        return StepOutcome(self.step, (coverage,), coverage.reason == "", tuple(self._notes()))

    def _tie_named(self, named_by: str) -> None:
        run = self.ctx.run
        for member_key in run.keys(self.member.entity.type):
            self.ctx.look_up()
            named = run.value(member_key, ROW, named_by)
            if not named:
                self.unnamed_members += 1
                continue
            owner_key = self.resource.entity.key(str(named))
            if run.knows(owner_key):
                self.named[owner_key] += 1
                run.relate(self._between(owner_key, member_key))
            else:
                self.unknown_owners += 1

    def _owners_to_ask(self) -> Iterator[str]:
        for owner_key in self.ctx.run.keys(self.resource.entity.type):
            if self.resource.identifier(owner_key) not in self.link.told_by_members or self.unnamed_members:
                yield owner_key

    def _read(self, owner_key: str) -> Iterator[Rows | ListEnd]:
        if self.closed is not None:
            return iter([ListEnd(0, self.closed)])
        ids = self.resource.path_ids(owner_key) or {}
        return read_list(self.ctx.client, self.members, ids, identify=_member_identifier)

    def _tie_listed(self, owner_key: str, row: JsonObject) -> None:
        member_key = self._known_member(row)
        if member_key is None:
            self.unknown_members += 1
            return
        named = self.ctx.run.value(member_key, ROW, self.link.named_by) if self.link.named_by else None
        if not named:
            self.ctx.run.relate(self._between(owner_key, member_key))
        elif self.resource.entity.key(str(named)) == owner_key:
            self.listed[owner_key] += 1
        else:
            self.disagreements += 1

    def _known_member(self, row: JsonObject) -> str | None:
        """The key of the known entity a member row is about: by id, else the invitation by e-mail address."""
        identifier = _member_identifier(row)
        if identifier is None:
            return None
        email = str(row.get("email") or "").lower()
        for candidate in (identifier, f"{PENDING}{email}"):
            key = self.member.entity.key(candidate)
            if self.ctx.run.knows(key):
                return key
        return None

    def _between(self, owner_key: str, member_key: str) -> Relationship:
        if self.link.type.source == self.resource.entity.type:
            return self.link.type.between(owner_key, member_key)
        return self.link.type.between(member_key, owner_key)

    def _notes(self) -> Iterator[str]:
        name, members = self.resource.name, self.member.name
        if self.unknown_members:
            yield f"{self.unknown_members} members of {name} are not among the known {members} and got no relationship."
        if self.unknown_owners:
            yield f"{self.unknown_owners} {members} name one of the {name} that is not listed and got no relationship."
        if self.disagreements:
            yield (
                f"{self.disagreements} memberships differ between the {members} list, which decided, "
                f"and the member lists of {name}."
            )


def _member_identifier(row: JsonObject) -> str | None:
    """What tells member rows apart: the id, else (an invitation) the e-mail address."""
    identifier = row.get("id")
    if isinstance(identifier, str) and identifier:
        return identifier
    email = row.get("email")
    return f"{PENDING}{email.lower()}" if isinstance(email, str) and email else None
