"""The graph of a run as files for other tools: one for each type, and `export.json`, which says what is in them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector import __version__
from collector.errors import CollectionFailed, UsageError
from collector.model.graph_schema import GraphSchema
from collector.private_files import read_file
from collector.query.chosen_run import chosen_run
from collector.query.export_columns import RELATIONSHIP_COLUMNS, FileColumns, entity_columns
from collector.query.export_files import Row, check_format, create_file, write_rows
from collector.query.not_read import not_read
from collector.store import RunGraph, RunRecord, Store
from collector.tree.summary import summary
from collector.tree.swap import clean_up_stale_folders, new_folder, put_in_place, why_not_replaceable

INDEX = "export.json"
_PROGRAM = "zoom-jupiterone-collector"
_MAX_INDEX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class ExportedFile:
    """A file of the export."""

    name: str
    columns: FileColumns
    rows: int


@dataclass(frozen=True)
class ExportReport:
    """What was exported, and to where (absolute). `not_read`: what the run did not read completely, in sentences."""

    path: Path
    run: int
    format: str
    files: tuple[ExportedFile, ...]
    not_read: tuple[str, ...]


def export_graph(
    store: Store, schema: GraphSchema, folder: Path, format_: str, run: int | None = None, at: str | None = None
) -> ExportReport:
    """Write the graph after a run (`chosen_run`) to `folder`, replacing an earlier export there.

    The folder has the whole export or is as it was before; nothing is left beside it, except by a killed process, whose
    remains the next export removes. Folder 0700, files 0600. Raises UsageError for a folder that holds anything else,
    for an unknown run or format and if pyarrow is missing, and CollectionFailed if it cannot be written.
    """
    check_format(format_)
    record = chosen_run(store, run, at)
    target = folder.parent.resolve() / folder.name
    try:
        _check_target(target)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        clean_up_stale_folders(target)
        with Store(store.read_only()) as snapshot, _deleted_on_failure(new_folder(target)) as new:
            report = _write(snapshot, schema, record, new, target, format_)
            put_in_place(new, target)
    except OSError as error:
        raise CollectionFailed(
            f"The export {target} could not be written: {error.strerror or error}. The folder is as it was.",
            "Fix this or name another folder, then run the command again.",
        ) from error
    return report


def _check_target(folder: Path) -> None:
    """Raise UsageError unless the folder is absent, empty, or an export with nothing added."""
    what = why_not_replaceable(folder)
    if not what and folder.exists():
        if Path.cwd().is_relative_to(folder):
            what = "is the working folder or one above it"
        elif other := sorted(set(os.listdir(folder)) - _files_of_export(folder)):
            what = f"holds what no export wrote there ({other[0]})"
    if what:
        raise UsageError(
            f"Nothing was exported: {folder} {what}. It was left as it is.",
            "Name a folder that does not exist yet, an empty one, or an earlier export.",
        )


def _files_of_export(folder: Path) -> set[str]:
    """The names of the files that an export wrote to this folder; none if it is not one."""
    try:
        content, _ = read_file(folder / INDEX, _MAX_INDEX_BYTES)
        index = json.loads(content)
        if not index["writtenBy"].startswith(_PROGRAM):
            return set()
        return {INDEX, *index["files"]}
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return set()


def _write(store: Store, schema: GraphSchema, record: RunRecord, new: Path, target: Path, format_: str) -> ExportReport:
    """Write every file, export.json last."""
    files = []
    for type_, columns, rows in _contents(store, schema, record):
        name = f"{type_}.{format_}"
        files.append(ExportedFile(name, columns, write_rows(new / name, format_, columns.types, rows)))
    report = ExportReport(target, record.id, format_, tuple(files), tuple(not_read(store, record, schema)))
    with create_file(new / INDEX) as stream:
        stream.write(json.dumps(_index(report, record, store.account_id), indent=2, ensure_ascii=False).encode())
    return report


def _contents(store: Store, schema: GraphSchema, record: RunRecord) -> Iterator[tuple[str, FileColumns, Iterable[Row]]]:
    """Each type with its columns and rows: the declared types, and any other that is in the store."""
    graph = RunGraph(store, record.id)
    declared = {entity.type: entity.value_types for entity in schema.entities}
    for type_, entities in {**dict.fromkeys(declared, ()), **dict(graph.entities())}.items():
        documents = store.different_documents(type_, record.id)
        yield type_, entity_columns(declared.get(type_, {}), documents, record.tags), entities
    types = [relationship.type for relationship in schema.relationships]
    for type_, relationships in {**dict.fromkeys(types, ()), **dict(graph.relationships())}.items():
        yield type_, RELATIONSHIP_COLUMNS, relationships


def _index(report: ExportReport, record: RunRecord, account: str | None) -> Mapping[str, object]:
    """The content of export.json. `metadata` is that of the tree's summary.json."""
    return {
        "writtenBy": f"{_PROGRAM} {__version__}",
        "account": account,
        "run": record.id,
        "endedAt": record.ended_at,
        "format": report.format,
        "complete": not report.not_read,
        "notRead": report.not_read,
        "files": {
            file.name: {
                "rows": file.rows,
                "columns": {name: type_.value for name, type_ in file.columns.types.items()},
                "undeclared": file.columns.undeclared,
                "mixed": file.columns.mixed,
            }
            for file in report.files
        },
        "metadata": summary(record)["metadata"],
    }


@contextmanager
def _deleted_on_failure(folder: Path) -> Iterator[Path]:
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
