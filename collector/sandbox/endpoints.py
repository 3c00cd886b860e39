"""The declaration of an endpoint: path, rate-limit label, scopes, privilege, and the function that answers.

The facts are those of the Zoom developer docs (each endpoint's page) and of the published API descriptions.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Literal

from collector.sandbox.backend import Backend
from collector.sandbox.errors import ZoomError
from collector.sandbox.paging import ListQuery

Label = Literal["Light", "Medium"]


@dataclass(frozen=True)
class Endpoint:
    """One GET.

    `rule` is its path under /v2 with the varying part in `<>`. A token needs one of `classic` or one of
    `granular`. `area`: the administrator's role needs the privilege `<area>:Read`. `answer` returns the JSON body for
    the value of `<…>` and the query, or raises ZoomError. `gone`: the error for an id that does not exist. `rows`: the
    key of the rows in a list answer; "" when the answer is not a list.
    """

    rule: str
    label: Label
    classic: tuple[str, ...]
    granular: tuple[str, ...]
    area: str
    answer: Callable[[Backend, str, ListQuery], bytes]
    gone: Callable[[str], ZoomError]
    rows: str = ""

    @property
    def paid(self) -> bool:
        """Whether free accounts do not have it."""
        return self.area != "User"

    def allows(self, scopes: Set[str]) -> bool:
        """Whether a token with these scopes may ask. A family's classic write scopes grant reading, too."""
        accepted = {*self.classic, *self.granular}
        accepted.update(scope.replace(":read", ":write") for scope in self.classic)
        return not accepted.isdisjoint(scopes)


def is_granular(scope: str) -> bool:
    """`user:read:list_users:admin` is, `user:read:admin` is not."""
    parts = scope.split(":")
    return len(parts) > 2 and not (len(parts) == 3 and parts[2] in ("admin", "master"))
