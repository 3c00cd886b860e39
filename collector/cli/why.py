"""`collector why`: where the value of a setting comes from."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table

from collector.cli.options import common_options, example, options, render
from collector.cli.output import console, format_time, print_json, print_table
from collector.cli.plain_text import printable
from collector.cli.wrapping import print_wrapped
from collector.model.setting_levels import LeveledSetting
from collector.next_steps import Command, NextStep
from collector.query.setting_values import SettingOverview, UserCounts, UserSetting, setting_of_user, setting_overview
from collector.query.why import KnownValue, LevelValues, unread_locks, unread_settings, value_text
from collector.resources.setting_levels import setting_levels
from collector.store import Store

_MAX_ROWS = 20


@click.command(epilog=example("collector why ada@example.com in_meeting.waiting_room"))
@click.argument("words", nargs=-1, required=True, metavar="[EMAIL] SETTING")
@common_options
@click.pass_context
def why(context: click.Context, words: tuple[str, ...]) -> None:
    """Show where the value of a setting comes from.

    It is locked by the account or a group, the default of either, or the user's own choice.

    SETTING is Zoom's path, the property (inMeetingWaitingRoom), or any part of either that is unique. Without EMAIL:
    the account's default and lock, the groups that differ, and how many users have which value. Users have no settings
    of single sign-on, two factors or Team Chat: ask for those without EMAIL.
    """
    if len(words) > 2:
        raise click.UsageError("Name one user and one setting, or one setting alone.", context)
    *emails, setting = words
    if not emails and "@" in setting:
        raise click.UsageError(f"Name a setting after {setting}.", context)
    given = options(context)
    levels = setting_levels()
    with Store.open_existing(given.settings().profile.store_path) as store:
        if emails:
            found = setting_of_user(store, levels, emails[0], setting)
            print_json(_user_to_json(found)) if given.json else _print_user(console(), found)
        else:
            overview = setting_overview(store, levels, setting)
            print_json(_overview_to_json(overview)) if given.json else _print_overview(console(), overview)


def _print_user(out: Console, found: UserSetting) -> None:
    _print_setting(out, found.setting)
    out.print()
    print_wrapped(out, printable(f"{found.user.get('displayName')}: {_text(found.value)}"))
    print_wrapped(out, printable(found.explanation.sentence))
    if found.may_be_outdated:
        advice = "Not all of it may have been read at the same time: `{}` reads all of it again."
        print_wrapped(out, render(NextStep(advice, Command("collect"))))
    out.print()
    print_table(out, _levels_table(found.setting, (found.account, *found.groups), found.value))


def _print_overview(out: Console, found: SettingOverview) -> None:
    setting = found.setting
    _print_setting(out, setting)
    out.print()
    account = (found.account,) if setting.account.values else ()
    print_table(out, _levels_table(setting, (*account, *found.differing[:_MAX_ROWS])))
    _print_more(out, len(found.differing) - _MAX_ROWS, "groups that differ")
    if setting.group.values and not found.differing and not found.unread_groups and not found.groups_unread:
        out.print("No group differs.")
    for reason in _reasons(found):
        print_wrapped(out, printable(f"Not known: {reason}."))
    if found.users is None:
        who = "Users have" if setting.group.values else "Groups and users have"
        out.print(f"{who} no such setting.")
    else:
        _print_users(out, found.users)


def _print_users(out: Console, users: UserCounts) -> None:
    out.print("\nUsers", style="bold")
    for value, count in users.by_value[:_MAX_ROWS]:
        out.print(printable(f"  {value_text(value)}: {count:,}"))
    _print_more(out, len(users.by_value) - _MAX_ROWS, "values")
    if users.without:
        out.print(f"  Zoom sends none: {users.without:,}")
    if users.unread:
        print_wrapped(out, printable(f"  not read: {users.unread:,} ({users.unread_because})"))


def _reasons(found: SettingOverview) -> list[str]:
    levels = (found.account, *found.unread_groups)
    users_unread = "" if found.users is None else found.users.users_unread
    return [*unread_settings(levels), *unread_locks(levels), *filter(None, [found.groups_unread, users_unread])]


def _print_setting(out: Console, setting: LeveledSetting) -> None:
    out.print(f"{setting.path}  {setting.name}", style="bold")
    print_wrapped(out, setting.description)


def _print_more(out: Console, number: int, what: str) -> None:
    if number > 0:
        out.print(f"  and {number:,} more {what}")


def _levels_table(setting: LeveledSetting, levels: Sequence[LevelValues], user: KnownValue | None = None) -> Table:
    """What each level says; without the column of locks where Zoom has no lock of the setting."""
    has_lock = bool(setting.account.locks or setting.group.locks)
    table = Table(box=None, pad_edge=False)
    table.add_column("Level", overflow="fold")
    table.add_column("Value", overflow="fold")
    for heading in ("Locked", "Read") if has_lock else ("Read",):
        table.add_column(heading, no_wrap=True)
    for level in levels:
        lock = (_text(level.lock),) if has_lock else ()
        table.add_row(printable(level.name), printable(_text(level.value)), *lock, _read(level.value))
    if user is not None:
        table.add_row("user", printable(_text(user)), "", _read(user))
    return table


def _read(known: KnownValue) -> str:
    return "" if known.read_at is None else format_time(known.read_at)


def _text(known: KnownValue) -> str:
    if known.unread:
        return "not known"
    return "Zoom does not say" if known.is_silent else value_text(known.value)


def _user_to_json(found: UserSetting) -> dict[str, object]:
    explanation = found.explanation
    return {
        **_setting_to_json(found.setting),
        "user": found.user["_key"],
        **_value_to_json("value", found.value),
        "readAt": found.value.read_at,
        "verdict": explanation.verdict.value,
        "level": explanation.level,
        "sentence": explanation.sentence,
        "because": list(explanation.because),
        "account": _level_to_json(found.account),
        "groups": [_level_to_json(group) for group in found.groups],
    }


def _overview_to_json(found: SettingOverview) -> dict[str, object]:
    return {
        **_setting_to_json(found.setting),
        "account": _level_to_json(found.account),
        "groups": [_level_to_json(group) for group in found.differing],
        "unreadGroups": [_level_to_json(group) for group in found.unread_groups],
        "groupsUnread": found.groups_unread or None,
        **_users_to_json(found.users),
    }


def _users_to_json(users: UserCounts | None) -> dict[str, object]:
    """`users` is null where users have no such setting."""
    if users is None:
        return {"users": None, "without": 0, "unread": 0, "unreadBecause": None, "usersUnread": None}
    return {
        "users": [{"value": value, "count": count} for value, count in users.by_value],
        "without": users.without,
        "unread": users.unread,
        "unreadBecause": users.unread_because or None,
        "usersUnread": users.users_unread or None,
    }


def _setting_to_json(setting: LeveledSetting) -> dict[str, object]:
    return {"setting": setting.path, "property": setting.name}


def _level_to_json(level: LevelValues) -> dict[str, object]:
    return {
        "level": level.name,
        "key": level.key or None,
        **_value_to_json("value", level.value),
        **_value_to_json("locked", level.lock),
        "readAt": level.value.read_at,
    }


def _value_to_json(name: str, known: KnownValue) -> dict[str, object]:
    """What was read, null where Zoom says nothing; and why it is not known, if it is not."""
    return {name: known.value, **({f"{name}Unread": known.unread} if known.unread else {})}
