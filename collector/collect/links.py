"""The relationship steps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from collector.collect.context import Context, StepOutcome
from collector.collect.listing import ListEnd, Rows, read_list
from collector.collect.lookups import deleted_meanwhile, remove_gone
from collector.collect.scopes import lacks_scope
from collector.collect.tally import Tally
from collector.errors import CollectorError, Unread, Vanished
from collector.model.graph import JsonObject, Relationship
from collector.model.naming import property_name
from collector.model.step import Step
from collector.next_steps import Command, NextStep
from collector.resources.declaration import Derivation, Link, Resource, by_id, identifier_of, invitation_of
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
    ctx.run.commit()
    return StepOutcome(step, outcome.coverage, whole, outcome.notes)


def _tie_all(ctx: Context, link: Link, step: Step) -> StepOutcome:
    tally = Tally(step.id, link.type.type, is_set=True)
    for source_key in ctx.run.keys(link.type.source):
        for target_key in ctx.run.keys(link.type.target):
            ctx.raise_if_stopped()
            ctx.run.relate(link.type.between(source_key, target_key))
            tally.read += 1
    return StepOutcome(step, (tally.coverage(),), whole=True)


def derive(ctx: Context, link: Link, derivation: Derivation) -> None:
    """Give every entity the link starts from what follows from those it leads to, their documents included."""
    targets: dict[str, Mapping[str, object]] = {}
    for key in ctx.run.keys(link.type.source):
        ctx.raise_if_stopped()
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
    ctx.run.commit()


@dataclass
class _Told:
    """What the member list of one entity came to. `listed`: those who also name that entity themselves."""

    read: int = 0
    listed: int = 0
    unknown: int = 0
    disagreements: int = 0


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
    told: defaultdict[str, _Told] = field(default_factory=lambda: defaultdict(_Told))
    unnamed_members: int = 0
    unknown_owners: int = 0
    doubtful: list[str] = field(default_factory=list)
    closed: CollectorError | None = None

    def build(self) -> StepOutcome:
        tally = Tally(self.step.id, f"members of {self.resource.name}", is_set=True)
        if self.link.named_by is not None:
            self._tie_named(self.link.named_by)
            self.ctx.run.commit()
        self._go_on(tally)
        owners = [key for key in self._owners_to_ask() if key not in self.told]
        self.ctx.progress.expect(self.step, len(owners))
        for owner_key, found in self.ctx.in_parallel(owners, self._read):
            if isinstance(found, Rows):
                for identifier, row in found.rows:
                    self._tie_listed(owner_key, identifier, row)
            else:
                self._end_list(owner_key, found, tally)
        self._settle_doubtful(tally)
        tally.read = sum(told.read for told in self.told.values())
        coverage = tally.coverage()
        return StepOutcome(self.step, (coverage,), coverage.reason == "", tuple(self._notes(tally.vanished)))

    def _go_on(self, tally: Tally) -> None:
        """Take over the member lists that an earlier run of this reading has read, unless people were listed since."""
        run = self.ctx.run
        listed_since = max(run.listed_since(one.entity.type) for one in (self.resource, self.member))
        for owner_key, state in run.checkpoints.load_all(tally.name).items():
            state.pop("vanished", None)  # of versions before 0.2
            if state.pop("run") >= listed_since:
                self.told[owner_key] = _Told(**state)
                run.confirm_relationships(self.link.type.type, owner_key)
        run.commit()

    def _end_list(self, owner_key: str, end: ListEnd, tally: Tally) -> None:
        """Judge a member list; one read to its end is not read again when the run is cut short."""
        told, failure = self.told[owner_key], end.failure or self._contradiction(owner_key, end)
        told.read = end.read
        self.ctx.progress.advance(self.step)
        if isinstance(failure, Vanished):
            self.doubtful.append(owner_key)
        elif failure is not None:
            tally.failed(failure)
            if lacks_scope(failure):
                self.closed = failure  # the other lists need the same scope
        elif self.link.named_by is not None:
            told.disagreements += max(0, self.named[owner_key] - told.listed)
        if failure is None:
            self.ctx.run.checkpoints.save(tally.name, {**asdict(told), "run": self.ctx.run.id}, owner_key)
        self.ctx.run.commit()

    def _contradiction(self, owner_key: str, end: ListEnd) -> Unread | None:
        """An empty list of what the list of owners says has members, and had some before."""
        ctx, announced_by = self.ctx, self.link.announced_by
        if end.read or announced_by is None or ctx.fresh:
            return None
        announced = ctx.run.value(owner_key, ROW, property_name(announced_by))
        if not announced or self.link.type.type not in {tie.type for tie in ctx.store.relationships_of(owner_key)}:
            return None
        return Unread(
            f"{self.members.path} names nobody where the list of {self.resource.name} counts {announced}",
            NextStep(
                "Run `{}` again; if it is really empty, `{}` takes it as it is.",
                Command("collect"),
                Command("collect", "--fresh"),
            ),
        )

    def _settle_doubtful(self, tally: Tally) -> None:
        """Those that were listed and then said not to exist go only if Zoom says so too when asked for themselves."""
        removed = f"{tally.name}, deleted meanwhile"
        tally.vanished = (self.ctx.run.checkpoints.load(removed) or {"count": 0})["count"]
        for _, failure in remove_gone(self.ctx, self.resource, self.doubtful, self.members.path):
            if failure is None:
                tally.vanished += 1
                self.ctx.run.checkpoints.save(removed, {"count": tally.vanished})
            else:
                tally.failed(failure)
        self.ctx.run.commit()

    def _tie_named(self, named_by: str) -> None:
        run = self.ctx.run
        for member_key in run.keys(self.member.entity.type):
            self.ctx.raise_if_stopped()
            named = run.value(member_key, ROW, named_by)
            if not named:
                self.unnamed_members += 1
                continue
            owner_key = self.resource.entity.key(identifier_of(str(named)))
            if not run.seen(member_key):
                continue  # what was named in an earlier reading is no news
            if run.knows(owner_key):
                self.named[owner_key] += 1
                run.relate(self._between(owner_key, member_key))
            else:
                self.unknown_owners += 1

    def _owners_to_ask(self) -> Iterator[str]:
        for owner_key in self.ctx.run.keys(self.resource.entity.type):
            if self.resource.id_of_key(owner_key) not in self.link.told_by_members or self.unnamed_members:
                yield owner_key

    def _read(self, owner_key: str) -> Iterator[Rows | ListEnd]:
        if self.closed is not None:
            return iter([ListEnd(0, self.closed)])
        ids = self.resource.path_ids(owner_key) or {}
        return read_list(self.ctx.client, self.members, ids, identify=_member_identifier)

    def _tie_listed(self, owner_key: str, identifier: str, row: JsonObject) -> None:
        member_key = self._known_member(identifier, row)
        if member_key is None:
            self.told[owner_key].unknown += 1
            return
        named = self.ctx.run.value(member_key, ROW, self.link.named_by) if self.link.named_by else None
        if not named:
            self.ctx.run.relate(self._between(owner_key, member_key))
        elif self.resource.entity.key(identifier_of(str(named))) == owner_key:
            self.told[owner_key].listed += 1
        else:
            self.told[owner_key].disagreements += 1

    def _known_member(self, identifier: str, row: JsonObject) -> str | None:
        """The key of the known entity a member row is about: by id, else the invitation by e-mail address."""
        email = str(row.get("email") or "").lower()
        for candidate in (identifier, invitation_of(email)):
            key = self.member.entity.key(candidate)
            if self.ctx.run.knows(key):
                return key
        return None

    def _between(self, owner_key: str, member_key: str) -> Relationship:
        if self.link.type.source == self.resource.entity.type:
            return self.link.type.between(owner_key, member_key)
        return self.link.type.between(member_key, owner_key)

    def _notes(self, gone: int) -> Iterator[str]:
        if gone:
            yield deleted_meanwhile(self.resource, gone)
        name, members = self.resource.name, self.member.name
        unknown_members = sum(told.unknown for told in self.told.values())
        disagreements = sum(told.disagreements for told in self.told.values())
        if unknown_members:
            yield f"{unknown_members} members of {name} are not among the known {members} and got no relationship."
        if self.unknown_owners:
            yield f"{self.unknown_owners} {members} name one of the {name} that is not listed and got no relationship."
        if disagreements:
            yield (
                f"{disagreements} memberships differ between the {members} list, which decided, "
                f"and the member lists of {name}."
            )


def _member_identifier(row: JsonObject) -> str | None:
    """What tells member rows apart: the id, else (an invitation) the e-mail address."""
    email = row.get("email")
    return by_id(row) or (invitation_of(email) if isinstance(email, str) and email else None)
