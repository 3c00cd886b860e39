"""Puts alert rules into JupiterOne, and takes them out again.

Ours is what has the label `managed-by = zoom-collector`; the name, which is unique in an account, says which it is. A
rule is inline, with the one query it watches: as a rule of a whole question it would also fire for those who are new
among the good. What people chose in JupiterOne stays: the polling interval, further actions (a channel, a recipient),
operations, outputs, templates and labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from collector.alerts.library import AlertRule
from collector.errors import AccessRefused, UsageError
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.push_report import Attempts, PushReport
from collector.jupiterone.rules import Rule, Rules
from collector.model.graph import JsonObject
from collector.questions.question import SecurityQuestion

OWNER_LABEL = ("managed-by", "zoom-collector")
PERMISSION = (
    "Check JUPITERONE_API_KEY and JUPITERONE_ACCOUNT. The key needs permission to read, create, change and delete "
    "alert rules in JupiterOne, as an administrator's has. The key of an integration only uploads."
)
MAX_NAME_LENGTH = 255

_QUERY_NAME = "query0"
_TOTAL = f"queries.{_QUERY_NAME}.total"
_WHEN: JsonObject = {"type": "FILTER", "specVersion": 1, "condition": ["AND", [_TOTAL, ">", 0]]}
_OUTPUTS = (_TOTAL, "alertLevel")
_NEW_RULE: JsonObject = {
    "specVersion": 1,
    "pollingInterval": "ONE_DAY",
    "notifyOnFailure": True,
    "ignorePreviousResults": False,
    "remediationSteps": "",
    "templates": {},
    "tags": [],  # deprecated for labels, yet required
}
"""What people may change in JupiterOne."""


@dataclass(frozen=True)
class WantedRule:
    """A rule as it should be in JupiterOne. `templates`: texts that actions may use, by name."""

    name: str
    description: str
    level: str
    query: str
    templates: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PushPlan:
    """What a push does. `create`, and what goes with a rule of ours in `update`, is as JupiterOne's API takes it."""

    create: tuple[JsonObject, ...]
    update: tuple[tuple[Rule, JsonObject], ...]
    unchanged: tuple[str, ...]
    foreign: tuple[str, ...]
    obsolete: tuple[str, ...]
    ids: frozenset[str]
    """Of all rules in JupiterOne."""

    @property
    def report(self) -> PushReport:
        """What would be done."""
        return PushReport(
            created=tuple(str(instance["name"]) for instance in self.create),
            updated=tuple(rule.name for rule, _ in self.update),
            unchanged=self.unchanged,
            foreign=self.foreign,
            obsolete=self.obsolete,
        )


def wanted_rules(rules: Iterable[AlertRule], questions: Sequence[SecurityQuestion]) -> list[WantedRule]:
    """The rules with the queries they watch; JupiterOne cannot compare two runs, so no checks are among them.

    Raises UsageError naming a rule that cannot be pushed.
    """
    wanted = [
        WantedRule(rule.name, rule.message, rule.level, rule.query_in(questions).text)
        for rule in rules
        if not rule.check
    ]
    names = [rule.name for rule in wanted]
    for rule in wanted:
        if re.search(r"\border\s+by\b", rule.query, re.IGNORECASE):
            raise _wrong(rule.name, "its query has ORDER BY, which JupiterOne refuses in rules")
        if not 1 <= len(rule.name) <= MAX_NAME_LENGTH:
            raise _wrong(rule.name, f"its name must have 1 to {MAX_NAME_LENGTH} characters")
        if names.count(rule.name) > 1:
            raise _wrong(rule.name, "its name is used twice")
    return wanted


def read_push_plan(jupiterone: JupiterOne, wanted: Sequence[WantedRule]) -> PushPlan:
    """Compare the rules with JupiterOne's. Raises as `Rules`; changes nothing."""
    try:
        return plan_push(wanted, Rules(jupiterone).list())
    except AccessRefused as failure:
        raise _lacking(failure) from None


def plan_push(wanted: Sequence[WantedRule], present: Sequence[Rule]) -> PushPlan:
    """What has to be done so that JupiterOne has the wanted rules."""
    by_name = {rule.name: rule for rule in present}
    create: list[JsonObject] = []
    update: list[tuple[Rule, JsonObject]] = []
    unchanged: list[str] = []
    foreign: list[str] = []
    for each in wanted:
        rule = by_name.get(each.name)
        if rule is None:
            create.append(_instance(each, _NEW_RULE))
        elif not _is_ours(rule):
            foreign.append(each.name)
        else:
            instance = _instance(each, rule.instance)
            if _normalized(instance) == _normalized(rule.instance):
                unchanged.append(each.name)
            else:
                update.append((rule, instance))
    names = {each.name for each in wanted}
    obsolete = tuple(rule.name for rule in present if _is_ours(rule) and rule.name not in names)
    ids = frozenset(rule.id for rule in present)
    return PushPlan(tuple(create), tuple(update), tuple(unchanged), tuple(foreign), obsolete, ids)


def push(jupiterone: JupiterOne, plan: PushPlan) -> PushReport:
    """Do what is planned. Interrupted, it leaves whole rules; the next push does the rest."""
    rules, attempts = Rules(jupiterone), Attempts()
    try:
        created = [
            str(instance["name"])
            for instance in plan.create
            if attempts.succeeds(str(instance["name"]), rules.create, instance, plan.ids)
        ]
        updated = [
            rule.name for rule, instance in plan.update if attempts.succeeds(rule.name, rules.update, rule, instance)
        ]
    except AccessRefused as failure:
        raise _lacking(failure) from None
    return replace(plan.report, created=tuple(created), updated=tuple(updated), refused=tuple(attempts.refused))


def read_ours(jupiterone: JupiterOne) -> tuple[Rule, ...]:
    """Our rules in JupiterOne, whatever the file says now."""
    try:
        return tuple(rule for rule in Rules(jupiterone).list() if _is_ours(rule))
    except AccessRefused as failure:
        raise _lacking(failure) from None


def remove(jupiterone: JupiterOne, ours: Iterable[Rule]) -> None:
    """Delete these rules."""
    try:
        for rule in ours:
            Rules(jupiterone).delete(rule.id)
    except AccessRefused as failure:
        raise _lacking(failure) from None


def _is_ours(rule: Rule) -> bool:
    return OWNER_LABEL in rule.labels


def _instance(wanted: WantedRule, present: JsonObject) -> JsonObject:
    """The rule as the API takes it: what is wanted, over what people chose."""
    templates, labels = present.get("templates"), dict([OWNER_LABEL]) | dict(wanted.labels)
    theirs = [each for each in _mappings(present.get("labels")) if each.get("labelName") not in labels]
    outputs = present.get("outputs")
    kept = [each for each in outputs if each not in _OUTPUTS] if isinstance(outputs, list) else []
    query = {"name": _QUERY_NAME, "query": wanted.query, "version": "v1", "includeDeleted": False}
    return {
        **{name: value for name, value in present.items() if name != "questionId"},
        "name": wanted.name,
        "description": wanted.description,
        "question": {"queries": [query]},
        "operations": _operations(wanted.level, _mappings(present.get("operations"))),
        "outputs": [*_OUTPUTS, *kept],
        "templates": {**(templates if isinstance(templates, Mapping) else {}), **wanted.templates},
        "labels": [*({"labelName": name, "labelValue": value} for name, value in labels.items()), *theirs],
        "triggerActionsOnNewEntitiesOnly": True,
    }


def _operations(level: str, present: Sequence[JsonObject]) -> list[JsonObject]:
    """Ours is the first with one of our actions; what people added to it stays, as do other operations."""
    set_level = {"type": "SET_PROPERTY", "targetProperty": "alertLevel", "targetValue": level}
    own: dict[object, JsonObject] = {action["type"]: action for action in (set_level, {"type": "CREATE_ALERT"})}
    ours = next((each for each in present if any(map(_is_own_action, _mappings(each.get("actions"))))), {})
    actions: list[JsonObject] = []
    for action in _mappings(ours.get("actions")):
        if not _is_own_action(action):
            actions.append(action)
        elif action["type"] in own:
            actions.append({**action, **own.pop(action["type"])})
    return [{"when": _WHEN, "actions": [*own.values(), *actions]}, *(each for each in present if each is not ours)]


def _is_own_action(action: JsonObject) -> bool:
    """One of the two that every rule of ours has."""
    if action.get("type") == "SET_PROPERTY":
        return action.get("targetProperty") == "alertLevel"
    return action.get("type") == "CREATE_ALERT"


def _normalized(instance: JsonObject) -> object:
    """The members of a rule without what JupiterOne may change: the order of labels and outputs, line breaks."""
    return {
        **{name: value for name, value in instance.items() if value not in (None, "", [], {})},
        "description": " ".join(str(instance.get("description")).split()),
        "labels": sorted(
            (str(each.get("labelName")), str(each.get("labelValue"))) for each in _mappings(instance.get("labels"))
        ),
        "outputs": sorted(map(str, _listed(instance.get("outputs")))),
        "question": _normalized_queries(instance.get("question")),
        "operations": [
            {**operation, "when": _normalized_when(operation.get("when"))}
            for operation in _mappings(instance.get("operations"))
        ],
    }


def _normalized_queries(question: object) -> object:
    queries = _mappings(question.get("queries")) if isinstance(question, Mapping) else []
    return [(query.get("name"), " ".join(str(query.get("query")).split())) for query in queries]


def _normalized_when(when: object) -> object:
    """JupiterOne's documentation writes no version there, its recorded answers have one."""
    if not isinstance(when, Mapping):
        return when
    return {name: value for name, value in when.items() if name not in ("version", "specVersion")}


def _mappings(value: object) -> list[JsonObject]:
    return [each for each in _listed(value) if isinstance(each, Mapping)]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _wrong(name: str, reason: str) -> UsageError:
    return UsageError(f"The alert rule {name!r} cannot be pushed: {reason}.", "Correct it in alerts.yaml.")


def _lacking(failure: AccessRefused) -> AccessRefused:
    return AccessRefused(failure.message, PERMISSION)
