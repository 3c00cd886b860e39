"""Reading GraphQL requests (GraphQL specification, October 2021, §2): as much of the language as clients write.

Not read: block strings, subscriptions, and directives other than @include and @skip.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from collector.sandbox.jupiterone.tokens import cut

_TOKENS = re.compile(
    r"""[\s,\ufeff]+ | \#[^\n\r]* | (?P<punctuator>\.\.\.|[!$&():=@\[\]{|}])
    | (?P<name>[_A-Za-z][_0-9A-Za-z]*) | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<string>"(?:[^"\\\n\r]|\\.)*")""",
    re.VERBOSE,
)
_CONSTANTS = {"true": True, "false": False, "null": None}


class SyntaxRefused(Exception):
    """The text is not GraphQL, or of a kind that is not read here."""


class Variable(NamedTuple):
    """A use of a variable where a value belongs."""

    name: str


class Enum(str):
    """A name where a value belongs."""


@dataclass(frozen=True)
class Selection:
    """A field with what is asked of it. `conditions`: of @include (True) and @skip (False)."""

    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    selections: tuple[Selection | Spread, ...] = ()
    conditions: tuple[tuple[bool, Any], ...] = ()


@dataclass(frozen=True)
class Spread:
    """`...Name`, or an inline fragment with its own selections (then `fragment` is "")."""

    fragment: str
    selections: tuple[Selection | Spread, ...] = ()
    conditions: tuple[tuple[bool, Any], ...] = ()


class VariableDefinition(NamedTuple):
    """`type` as it was written, without spaces: `[String!]!`."""

    type: str
    has_default: bool
    default: Any


@dataclass(frozen=True)
class Operation:
    kind: Literal["query", "mutation"]
    name: str
    variables: dict[str, VariableDefinition]
    selections: tuple[Selection | Spread, ...]


@dataclass(frozen=True)
class Document:
    operations: tuple[Operation, ...]
    fragments: dict[str, tuple[Selection | Spread, ...]]

    def operation(self, name: str | None) -> Operation:
        """The operation of this name; without a name, the only one."""
        chosen = [operation for operation in self.operations if name in (None, "", operation.name)]
        if len(chosen) != 1:
            raise SyntaxRefused("Must provide operation name if query contains multiple operations, and a known one.")
        return chosen[0]


def parse(text: str) -> Document:
    """Raises SyntaxRefused."""
    return _Reader(text).document()


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._position = 0

    def document(self) -> Document:
        operations: list[Operation] = []
        fragments: dict[str, tuple[Selection | Spread, ...]] = {}
        while self._next != "":
            if self._take("fragment"):
                name = self._name()
                self._expect("on")
                self._name()
                fragments[name] = self._selections()
            else:
                operations.append(self._operation())
        return Document(tuple(operations), fragments)

    def _operation(self) -> Operation:
        if self._next == "{":
            return Operation("query", "", {}, self._selections())
        kind: Literal["query", "mutation"] = "mutation" if self._next == "mutation" else "query"
        self._expect(kind)
        name = "" if self._next in "({@" else self._name()
        variables: dict[str, VariableDefinition] = {}
        if self._take("("):
            while not self._take(")"):
                self._expect("$")
                variable = self._name()
                self._expect(":")
                declared = self._type()
                has_default = self._take("=")
                variables[variable] = VariableDefinition(declared, has_default, self._value() if has_default else None)
        return Operation(kind, name, variables, self._selections())

    def _type(self) -> str:
        if self._take("["):
            inner = f"[{self._type()}]"
            self._expect("]")
        else:
            inner = self._name()
        return f"{inner}!" if self._take("!") else inner

    def _selections(self) -> tuple[Selection | Spread, ...]:
        self._expect("{")
        selections: list[Selection | Spread] = []
        while not self._take("}"):
            selections.append(self._spread() if self._take("...") else self._field())
        if not selections:
            raise SyntaxRefused("Syntax Error: Expected Name, found }.")
        return tuple(selections)

    def _spread(self) -> Spread:
        if self._next in ("on", "{", "@"):
            if self._take("on"):
                self._name()
            conditions = self._conditions()
            return Spread("", self._selections(), conditions)
        return Spread(self._name(), (), self._conditions())

    def _field(self) -> Selection:
        alias = name = self._name()
        if self._take(":"):
            name = self._name()
        arguments = self._arguments()
        conditions = self._conditions()
        return Selection(name, alias, arguments, self._selections() if self._next == "{" else (), conditions)

    def _arguments(self) -> dict[str, Any]:
        arguments: dict[str, Any] = {}
        if self._take("("):
            while not self._take(")"):
                name = self._name()
                self._expect(":")
                arguments[name] = self._value()
        return arguments

    def _conditions(self) -> tuple[tuple[bool, Any], ...]:
        conditions: list[tuple[bool, Any]] = []
        while self._take("@"):
            directive = self._name()
            arguments = self._arguments()
            if directive not in ("include", "skip") or "if" not in arguments:
                raise SyntaxRefused(f'Unknown directive "@{directive}".')
            conditions.append((directive == "include", arguments["if"]))
        return tuple(conditions)

    def _value(self) -> Any:
        if self._take("$"):
            return Variable(self._name())
        if self._take("["):
            members = []
            while not self._take("]"):
                members.append(self._value())
            return members
        if self._take("{"):
            fields: dict[str, Any] = {}
            while not self._take("}"):
                name = self._name()
                self._expect(":")
                fields[name] = self._value()
            return fields
        token = self._advance()
        if token[:1] == '"' or token[:1] in "-0123456789":
            return _literal(token)
        if not token.isidentifier():
            raise SyntaxRefused(f'Syntax Error: Unexpected "{token}".')
        return _CONSTANTS[token] if token in _CONSTANTS else Enum(token)

    @property
    def _next(self) -> str:
        """The next token, "" at the end."""
        return self._tokens[self._position] if self._position < len(self._tokens) else ""

    def _advance(self) -> str:
        token = self._next
        if token == "":
            raise SyntaxRefused("Syntax Error: Unexpected <EOF>.")
        self._position += 1
        return token

    def _take(self, token: str) -> bool:
        if self._next != token:
            return False
        self._position += 1
        return True

    def _expect(self, token: str) -> None:
        found = self._advance()
        if found != token:
            raise SyntaxRefused(f'Syntax Error: Expected "{token}", found "{found}".')

    def _name(self) -> str:
        token = self._advance()
        if not token.isidentifier():
            raise SyntaxRefused(f'Syntax Error: Expected Name, found "{token}".')
        return token


def _literal(token: str) -> Any:
    try:
        return json.loads(token)
    except ValueError:
        raise SyntaxRefused(f"Syntax Error: Invalid value {token}.") from None


def _tokens(text: str) -> list[str]:
    return cut(text, _TOKENS, lambda character: SyntaxRefused(f'Syntax Error: Unexpected character "{character}".'))
