"""Why a setting of a user has its value: worked out from what Zoom says at every level. No store, no network.

Zoom, "Using tiered settings" and "Settings resolution": a lock of the account outweighs everything. A lock of a group
holds for its members. Without a lock, what the user chose holds, else the default of the group that comes first, else
that of the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from collector.model.graph import PropertyValue

_MAX_NAMES = 5


@dataclass(frozen=True)
class KnownValue:
    """What Zoom says of one thing. `unread`: why it was not read, "" where it was.

    Without a value and without `unread`, Zoom was asked and says nothing. `read_at`: when, in milliseconds since 1970.
    """

    value: PropertyValue = None
    unread: str = ""
    read_at: int | None = None

    @property
    def is_silent(self) -> bool:
        """Whether Zoom was asked and says nothing."""
        return self.value is None and not self.unread

    def may_be(self, other: KnownValue) -> bool:
        """Whether it has the same value, as far as is known."""
        return self.value is None or _comparable(self.value) == _comparable(other.value)


@dataclass(frozen=True)
class LevelValues:
    """What the account or a group says of a setting: its value there, and whether it is locked there.

    `name` for people ("group Sales"); `key`: of the entity, "" where there is none.
    """

    name: str
    value: KnownValue
    lock: KnownValue
    key: str = ""

    @property
    def is_locked(self) -> bool:
        return self.lock.value is True


class Verdict(str, Enum):
    """Where the user's value comes from."""

    LOCKED_BY_ACCOUNT = "locked by the account"
    LOCKED_BY_GROUP = "locked by the group"
    GROUP_DEFAULT = "the group's default"
    ACCOUNT_DEFAULT = "the account's default"
    OWN_CHOICE = "the user's own choice"
    DIFFERS = "differs from what the levels say"
    NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Explanation:
    """`level`: the name of the level the verdict is about, None where nothing is known.

    `because`: why nothing is known. `sentence`: the verdict for people, with what could not be seen.
    """

    verdict: Verdict
    sentence: str
    level: str | None = None
    because: tuple[str, ...] = ()


def explain(
    user: KnownValue, account: LevelValues, groups: Sequence[LevelValues], groups_unread: str = ""
) -> Explanation:
    """Why the user has this value. `groups`: the user's, the one that comes first in Zoom's order first.

    `groups_unread`: why the user's groups are not known, a clause; "" where they are. What was not read counts only
    where it may be the answer: a lock cannot be, if the value there is another than the user's.
    """
    if user.value is None:
        unread = f"the user's settings were not read ({user.unread})" if user.unread else ""
        return _not_known(unread or "Zoom sends no such setting for this user")
    if account.is_locked:
        return _locked(Verdict.LOCKED_BY_ACCOUNT, user, [account])
    may_lock = [level for level in (account, *groups) if level.lock.unread and level.value.may_be(user)]
    locking = [group for group in groups if group.is_locked]
    if any(group.value.may_be(user) for group in locking):
        return _locked(Verdict.LOCKED_BY_GROUP, user, locking, account if account in may_lock else None)
    if may_lock or groups_unread:
        return _not_known(*unread_locks(may_lock), *filter(None, [groups_unread]))
    if locking:
        return _locked(Verdict.LOCKED_BY_GROUP, user, locking)
    return _unlocked(user, account, groups)


def _locked(
    verdict: Verdict, user: KnownValue, locking: Sequence[LevelValues], perhaps: LevelValues | None = None
) -> Explanation:
    """What one of the locking levels explains, if it does. `perhaps`: a level above them that may lock, too."""
    agreeing = [level for level in locking if level.value.may_be(user)]
    if not agreeing:
        first = locking[0]
        value = value_text(first.value.value)
        sentence = f"Differs from what the levels say: locked by the {first.name}, to {value}."
        return Explanation(Verdict.DIFFERS, sentence, first.name)
    first = agreeing[0]
    sentences = [f"Locked by the {first.name}."]
    if first.value.value is None:
        unread = " and ".join(unread_settings([first]))
        sentences.append(f"To which value is not known, because {unread or 'Zoom does not say it'}.")
    if perhaps is not None:
        unread = " and ".join(unread_locks([perhaps]))
        sentences.append(f"Whether the {perhaps.name} locks it, too, is not known, because {unread}.")
    return Explanation(verdict, " ".join(sentences), first.name)


def _unlocked(user: KnownValue, account: LevelValues, groups: Sequence[LevelValues]) -> Explanation:
    """The default of the first level that has one, or the user's choice against it."""
    default = next((level for level in (*groups, account) if not level.value.is_silent), None)
    if default is None:
        return _not_known("Zoom names no default for it")
    if default.value.unread:
        return _not_known(*unread_settings([default]))
    if not default.value.may_be(user):
        verdict = Verdict.OWN_CHOICE
        sentence = f"The user's own choice: the default, of the {default.name}, is {value_text(default.value.value)}."
    elif default is account:
        verdict = Verdict.ACCOUNT_DEFAULT
        sentence = "The account's default."
    else:
        verdict = Verdict.GROUP_DEFAULT
        agrees = ", like the account" if account.value.value is not None and account.value.may_be(user) else ""
        sentence = f"The group's default: the {default.name} has this value{agrees}."
    if default.lock.is_silent and default.value.may_be(user):
        sentence += f" Zoom does not say whether the {default.name} locks it."
    if default is not account and not all(group.value.may_be(default.value) for group in groups):
        sentence += " The user's groups disagree, and which of them Zoom puts first is not certain."
    return Explanation(verdict, sentence, default.name)


def unread_settings(levels: Iterable[LevelValues]) -> list[str]:
    """At which of these levels the value was not read; a clause for each reason."""
    return _unread("settings", ((level, level.value) for level in levels))


def unread_locks(levels: Iterable[LevelValues]) -> list[str]:
    """The same of the lock."""
    return _unread("locks", ((level, level.lock) for level in levels))


def _unread(what: str, values: Iterable[tuple[LevelValues, KnownValue]]) -> list[str]:
    names: dict[str, list[str]] = {}
    for level, known in values:
        if known.unread:
            names.setdefault(known.unread, []).append(f"the {level.name}")
    return [f"the {what} of {_and(those)} were not read ({reason})" for reason, those in names.items()]


def _and(names: Sequence[str]) -> str:
    if len(names) > _MAX_NAMES:
        names = [*names[: _MAX_NAMES - 1], f"{len(names) - _MAX_NAMES + 1:,} more"]
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _not_known(*because: str) -> Explanation:
    reasons = tuple(dict.fromkeys(because))
    return Explanation(Verdict.NOT_KNOWN, f"Not known, because {'; '.join(reasons)}.", None, reasons)


def value_text(value: object) -> str:
    """A value for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "(none)"
    return "(none)" if value is None else str(value) or '""'


def _comparable(value: PropertyValue) -> object:
    """Zoom lists in no order that means anything."""
    return sorted(map(str, value)) if isinstance(value, list) else value
