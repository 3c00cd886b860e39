"""Replaces a tree repeatedly, interrupted at the first file-system call, the second, and so on.

Usage: interrupt_every_call.py FOLDER kill|fail. Every interrupted writer is a separate process:
`kill` ends it on the spot, `fail` makes the call fail as on a full disk. After each, the tree must be the old one or
the new one, once the next writer has cleared up. Prints how many calls were interrupted.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import sys
from pathlib import Path

from collector.errors import CollectionFailed
from collector.store import Store
from collector.tree import swap, write_tree

from .graph import assert_whole, collect, graph_keys

_CALLS = ("open", "os.")
_NEVER_INTERRUPTED, _KILLED, _FAILED, _FINISHED = range(4)
_NO_PROCESS = 2**22 + 1  # above the highest process id of Linux and macOS


def write_interrupted(database: Path, tree: Path, number: int, how: str) -> int:
    """Write the tree, interrupted at the `number`th file-system call; how it ended."""
    calls = itertools.count(1)
    interrupted = False

    def hook(event: str, _: object) -> None:
        nonlocal interrupted
        if event.startswith(_CALLS) and next(calls) == number:
            interrupted = True
            if how == "kill":
                os._exit(_KILLED)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Store.open_existing(database) as store:
        sys.addaudithook(hook)
        try:
            write_tree(store, tree)
        except CollectionFailed:
            return _FAILED
    return _FINISHED if interrupted else _NEVER_INTERRUPTED


def in_another_process(database: Path, tree: Path, number: int, how: str) -> int:
    child = os.fork()
    if child == 0:
        os._exit(write_interrupted(database, tree, number, how))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def interrupt_every_call(home: Path, how: str) -> int:
    """Interrupt one call after another; how many there were."""
    database, tree, untouched = home / "graph.db", home / "work" / ".j1-integration", home / "untouched"
    with Store.open(database) as store:
        collect(store, "Ada", "Bob")
        write_tree(store, tree)
        collect(store, "Cyd")
    shutil.copytree(tree, untouched, symlinks=True)
    old, new = graph_keys(tree), {"zoom_account:acme", "zoom_user:cyd", "zoom_account:acme|has|zoom_user:cyd"}
    found = []
    for number in itertools.count(1):
        shutil.rmtree(tree)
        shutil.copytree(untouched, tree, symlinks=True)
        tree.with_name(f"{tree.name}.new-{_NO_PROCESS}").mkdir()
        ended = in_another_process(database, tree, number, how)
        swap.clean_up_stale_folders(tree)
        assert_whole(tree)
        assert os.listdir(tree.parent) == [tree.name]
        found.append(graph_keys(tree))
        assert found[-1] in ([old] if ended == _FAILED else [old, new])
        if ended == _NEVER_INTERRUPTED:
            assert found[0] == old
            assert found[-2:] == [new, new]
            return number - 1
    raise AssertionError("unreachable")


if __name__ == "__main__":
    _, folder, interruption = sys.argv
    print(interrupt_every_call(Path(folder), interruption))
