"""Alert rules in JupiterOne, "question rule instances": a query that is evaluated at intervals, and what then happens.

The operations are those of JupiterOne's Terraform provider (`rule.graphql`), whose recorded answers show what comes
back: an id for every action, which an update replaces; null for an empty `remediationSteps`; lists for `labels: null`;
an error for `when: null`, so that it is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from collector.errors import RequestFailed
from collector.jupiterone.connection import JupiterOne
from collector.jupiterone.graphql import NOT_FOUND, all_rows, execute, rows_of
from collector.model.graph import JsonObject

_PAGE_SIZE = 100
_FIELDS = (
    "id name description version specVersion latest deleted pollingInterval notifyOnFailure "
    "triggerActionsOnNewEntitiesOnly ignorePreviousResults outputs templates tags remediationSteps resourceGroupId "
    "labels { labelName labelValue } questionId question { queries { name query version includeDeleted } } "
    "operations { when actions }"
)
_LIST = (
    "query ListRuleInstances($cursor: String, $limit: Int) { listRuleInstances(cursor: $cursor, limit: $limit) "
    f"{{ questionInstances {{ {_FIELDS} }} pageInfo {{ endCursor hasNextPage }} }} }}"
)
_SHOW = f"query QuestionRuleInstance($id: ID!) {{ questionRuleInstance(id: $id) {{ {_FIELDS} }} }}"
_CREATE_INLINE = (
    "mutation CreateInlineQuestionRuleInstance($instance: CreateInlineQuestionRuleInstanceInput!) "
    f"{{ rule: createInlineQuestionRuleInstance(instance: $instance) {{ {_FIELDS} }} }}"
)
_CREATE_REFERENCED = (
    "mutation CreateReferencedQuestionRuleInstance($instance: CreateReferencedQuestionRuleInstanceInput!) "
    f"{{ rule: createReferencedQuestionRuleInstance(instance: $instance) {{ {_FIELDS} }} }}"
)
_UPDATE_INLINE = (
    "mutation UpdateInlineQuestionRuleInstance($instance: UpdateInlineQuestionRuleInstanceInput!) "
    f"{{ rule: updateInlineQuestionRuleInstance(instance: $instance) {{ {_FIELDS} }} }}"
)
_UPDATE_REFERENCED = (
    "mutation UpdateReferencedQuestionRuleInstance($instance: UpdateReferencedQuestionRuleInstanceInput!) "
    f"{{ rule: updateReferencedQuestionRuleInstance(instance: $instance) {{ {_FIELDS} }} }}"
)
_DELETE = "mutation DeleteRuleInstance($id: ID!) { deleteRuleInstance(id: $id) { id } }"

_SENT_AS_READ = (
    "name",
    "description",
    "specVersion",
    "pollingInterval",
    "notifyOnFailure",
    "triggerActionsOnNewEntitiesOnly",
    "ignorePreviousResults",
    "templates",
    "resourceGroupId",
)
"""The members of an update that are left out where JupiterOne holds none; the others have an empty value."""


@dataclass(frozen=True)
class Rule:
    """A rule in JupiterOne.

    `instance`: all that an update may send, as JupiterOne holds it, without the ids of actions; with `questionId` where
    the rule refers to a question, else with `question`.
    """

    id: str
    name: str
    version: int
    instance: JsonObject

    @property
    def labels(self) -> Collection[tuple[str, str]]:
        """Name and value of each."""
        return {(str(each.get("labelName")), str(each.get("labelValue"))) for each in rows_of(self.instance, "labels")}

    @property
    def question_id(self) -> str | None:
        """The question it refers to, if it does."""
        return str(self.instance["questionId"]) if "questionId" in self.instance else None


class Rules:
    """The rules of one account.

    `instance` is what JupiterOne's API calls it: a rule's members, with `question` (inline) or `questionId`
    (referenced). Every method raises AccessRefused when the key may not do this, RequestFailed, or Interrupted.
    """

    def __init__(self, jupiterone: JupiterOne) -> None:
        self._jupiterone = jupiterone

    def list(self) -> Sequence[Rule]:
        """All rules, whoever made them."""

        def page_after(cursor: str | None) -> object:
            return execute(self._jupiterone, _LIST, {"cursor": cursor, "limit": _PAGE_SIZE}).get("listRuleInstances")

        rows = all_rows(page_after, "questionInstances")
        return [_rule(row) for row in rows if row.get("deleted") is not True and row.get("latest") is not False]

    def show(self, rule_id: str) -> Rule | None:
        """One rule; None if there is none."""
        try:
            row = execute(self._jupiterone, _SHOW, {"id": rule_id}).get("questionRuleInstance")
        except RequestFailed as failure:
            if failure.code == NOT_FOUND:
                return None
            raise
        return None if row is None else _rule(row)

    def create(self, instance: JsonObject, earlier: Collection[str]) -> Rule:
        """Create a rule; only one, even if the answer is lost. `earlier`: the ids of those there before."""

        def created_after_all() -> JsonObject | None:
            for rule in self.list():
                if rule.name == instance["name"] and rule.id not in earlier:
                    return {"rule": _row_of(rule)}
            return None

        variables = {"instance": instance}
        if "questionId" in instance:
            data = execute(self._jupiterone, _CREATE_REFERENCED, variables, created_after_all)
        else:
            data = execute(self._jupiterone, _CREATE_INLINE, variables, created_after_all)
        return _rule(data.get("rule"))

    def update(self, rule: Rule, instance: JsonObject) -> Rule:
        """Replace the members of a rule. The version that was read goes along; JupiterOne counts it up."""

        def updated_after_all() -> JsonObject | None:
            now = self.show(rule.id)
            return {"rule": _row_of(now)} if now is not None and now.version > rule.version else None

        variables = {"instance": {**instance, "id": rule.id, "version": rule.version}}
        if "questionId" in instance:
            data = execute(self._jupiterone, _UPDATE_REFERENCED, variables, updated_after_all)
        else:
            data = execute(self._jupiterone, _UPDATE_INLINE, variables, updated_after_all)
        return _rule(data.get("rule"))

    def delete(self, rule_id: str) -> None:
        """Delete a rule; one that is not there any more is fine."""

        def deleted_after_all() -> JsonObject | None:
            return {} if self.show(rule_id) is None else None

        try:
            execute(self._jupiterone, _DELETE, {"id": rule_id}, deleted_after_all)
        except RequestFailed as failure:
            if failure.code != NOT_FOUND:
                raise


def _rule(row: object) -> Rule:
    fields: Mapping[str, object] = row if isinstance(row, Mapping) else {}
    version = fields.get("version")
    if not isinstance(fields.get("id"), str) or not isinstance(version, int):
        raise RequestFailed("JupiterOne's answer describes no rule.", "Run the command again.")
    instance: dict[str, object] = {name: fields[name] for name in _SENT_AS_READ if fields.get(name) is not None}
    instance["remediationSteps"] = fields.get("remediationSteps") or ""
    for name in ("outputs", "tags"):
        value = fields.get(name)
        instance[name] = list(value) if isinstance(value, list) else []
    instance["labels"] = [dict(label) for label in rows_of(fields, "labels")]
    instance["operations"] = [_operation(each) for each in rows_of(fields, "operations")]
    if fields.get("questionId") is not None:
        instance["questionId"] = fields["questionId"]
    else:
        question = fields.get("question")
        queries = rows_of(question, "queries") if isinstance(question, Mapping) else []
        instance["question"] = {"queries": [_without_nulls(query) for query in queries]}
    return Rule(str(fields["id"]), str(fields.get("name") or ""), version, instance)


def _row_of(rule: Rule) -> JsonObject:
    return {"id": rule.id, "version": rule.version, **rule.instance}


def _operation(row: Mapping[str, object]) -> JsonObject:
    """As it is sent: without `when` if there is none, and without the ids that JupiterOne gives actions."""
    when = {"when": row["when"]} if row.get("when") is not None else {}
    return {**when, "actions": [_without_id(action) for action in rows_of(row, "actions")]}


def _without_id(action: Mapping[str, object]) -> JsonObject:
    """FOR_EACH_ITEM has actions in turn."""
    kept = {name: value for name, value in action.items() if name != "id"}
    return {**kept, "actions": [_without_id(each) for each in rows_of(kept, "actions")]} if "actions" in kept else kept


def _without_nulls(row: Mapping[str, object]) -> JsonObject:
    return {name: value for name, value in row.items() if value is not None}
