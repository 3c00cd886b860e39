"""Writes the tree in one pass over the store, 500 objects per file, then swaps it in.

The layout is that of JupiterOne's integration SDK 17 (`collect --noPretty`):

    summary.json
    graph/<step id>/entities/<uuid>.json            {"entities":[…]}        one _type a file
    graph/<step id>/relationships/<uuid>.json       {"relationships":[…]}
    index/entities/<_type>/<uuid>.json              absolute symlink to the graph file
    index/relationships/<_type>/<uuid>.json
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from collector.errors import CollectionFailed, UsageError
from collector.model.graph import JsonObject
from collector.next_steps import Command, NextStep
from collector.store import RunGraph, RunRecord, Store
from collector.tree.summary import summary
from collector.tree.swap import clean_up_stale_folders, new_folder, put_in_place, why_not_replaceable

TREE_FOLDER = ".j1-integration"
_OBJECTS_PER_FILE = 500
_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True)
class TreeReport:
    """Where the tree is (absolute) and how many objects it holds."""

    path: Path
    entities: int
    relationships: int


def check_target(folder: Path) -> None:
    """Raise UsageError unless the folder is absent, empty, or a tree already."""
    what = why_not_replaceable(folder)
    if not what and folder.exists() and any(folder.iterdir()) and not _is_tree(folder):
        what = "contains something other than a tree of JupiterOne's tools"
    if what:
        raise UsageError(
            f"The tree cannot be written to {folder}: it {what}. It was left as it is.",
            "Move it away, or run the command in another folder.",
        )


def write_tree(store: Store, folder: Path) -> TreeReport:
    """Write the graph of the latest finished run to `folder`, replacing an older tree.

    Readers see the old tree or the new one, and none for a moment between two renames. The next call cleans up after a
    killed one. Equal graphs give equal files, byte for byte. Memory does not grow with the graph. Folders are 0700,
    files 0600. Raises UsageError if no run has finished yet or `check_target` refuses the folder, and CollectionFailed
    if it cannot be written.
    """
    record = store.latest_run()
    if record is None:
        raise UsageError(
            "No run has finished yet, so there is nothing to write.", NextStep("Run `{}`.", Command("collect"))
        )
    target = folder.parent.resolve() / folder.name
    try:
        check_target(target)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        clean_up_stale_folders(target)
        with _deleted_on_failure(new_folder(target)) as new:
            report = _Tree(new, target).write(store, record)
            put_in_place(new, target)
    except OSError as error:
        raise CollectionFailed(
            f"The tree {target} could not be written: {error.strerror or error}.",
            NextStep("What was collected is kept. Fix this and run `{}` again.", Command("collect")),
        ) from error
    return report


class _Tree:
    """A tree being built: files go to `folder`, symlinks point to their later path under `target`."""

    def __init__(self, folder: Path, target: Path) -> None:
        self._folder = folder
        self._target = target

    def write(self, store: Store, record: RunRecord) -> TreeReport:
        """Write every file, summary.json last. A type that no step declares gets its own folder."""
        self._make_folder("graph")
        entities = relationships = 0
        step_ids = {type_: result.step.id for result in record.steps for type_ in result.step.types}
        graph = RunGraph(store, record.id, record.data_model)
        for type_, objects in graph.entities():
            entities += self._write_type("entities", step_ids.get(type_, type_), type_, objects)
        for type_, objects in graph.relationships():
            relationships += self._write_type("relationships", step_ids.get(type_, type_), type_, objects)
        self._write_file(Path("summary.json"), summary(record))
        return TreeReport(self._target, entities, relationships)

    def _write_type(self, collection: str, step_id: str, type_: str, objects: Iterable[JsonObject]) -> int:
        count = 0
        for number, chunk in enumerate(_chunks(objects)):
            graph = self._make_folder("graph", step_id, collection)
            index = self._make_folder("index", collection, type_)
            name = f"{_file_id(step_id, collection, type_, number)}.json"
            self._write_file(graph / name, {collection: chunk})
            (self._folder / index / name).symlink_to(self._target / graph / name)
            count += len(chunk)
        return count

    def _make_folder(self, *parts: str) -> Path:
        """Make a folder of the tree and its missing parents; its path within the tree."""
        path = Path(*parts)
        for folder in reversed((path, *path.parents)):
            if not (self._folder / folder).exists():
                (self._folder / folder).mkdir(mode=0o700)
        return path

    def _write_file(self, path: Path, content: object) -> None:
        file = os.open(self._folder / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(file, "wb") as stream:
            stream.write(_JSON.encode(content).encode())


def _chunks(objects: Iterable[JsonObject]) -> Iterator[list[JsonObject]]:
    remaining = iter(objects)
    while chunk := list(islice(remaining, _OBJECTS_PER_FILE)):
        yield chunk


def _file_id(*parts: object) -> uuid.UUID:
    """The same name for the same parts, in the form of a random UUID, as the SDK uses."""
    digest = hashlib.sha256("\n".join(map(str, parts)).encode()).digest()
    return uuid.UUID(bytes=digest[:16], version=4)


@contextmanager
def _deleted_on_failure(folder: Path) -> Iterator[Path]:
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _is_tree(folder: Path) -> bool:
    return (folder / "summary.json").is_file() or (folder / "graph").is_dir() or (folder / "index").is_dir()
