"""What a push of questions or rules did, or would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from collector.errors import RequestFailed


@dataclass(frozen=True)
class Refusal:
    """Something that JupiterOne refused to take, and its reason."""

    name: str
    reason: str


@dataclass(frozen=True)
class PushReport:
    """By their titles or names.

    `joined`: ours that were there several times. `foreign`: somebody else's with the title or name of one of ours; they
    are left alone. `obsolete`: ours that are no longer in the file; they are left, too. `refused`: see `Attempts`.
    """

    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    obsolete: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass
class Attempts:
    """Does one after the other. What JupiterOne refuses does not keep the others from being done."""

    refused: list[Refusal] = field(default_factory=list)

    def succeeds(self, name: str, work: Callable[..., object], *arguments: object) -> bool:
        """Whether JupiterOne took what `work` with these arguments sends.

        Raises AccessRefused, which holds for all that would follow, and RequestFailed where JupiterOne did not answer.
        """
        try:
            work(*arguments)
        except RequestFailed as failure:
            if failure.status is not None or not failure.body:  # not one of GraphQL's errors
                raise
            self.refused.append(Refusal(name, failure.message))
            return False
        return True
