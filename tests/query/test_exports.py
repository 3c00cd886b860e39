"""What an export holds: the graph, in typed columns, in each format; and what happens to a folder that is there."""

from __future__ import annotations

import csv
import io
import json
import random
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from collector.errors import CollectionFailed, UsageError
from collector.model.graph import ValueType
from collector.model.graph_schema import ROW, EntitySchema, GraphSchema
from collector.query import export_files
from collector.query.export_columns import entity_columns
from collector.query.export_files import FORMATS
from collector.query.exports import export_graph
from collector.resources import all_resources
from collector.resources.declaration import SettingsChoice
from collector.resources.graph_schema import graph_schema
from collector.store import Store
from tests.collect.conftest import people
from tests.collect.profile import Profile
from tests.query.j1ql.graphs import SCHEMA, write

DECLARED = graph_schema(all_resources())
TEXT, BOOLEAN, INTEGER, NUMBER = ValueType.TEXT, ValueType.BOOLEAN, ValueType.INTEGER, ValueType.NUMBER
TEXTS, INTEGERS, NUMBERS = ValueType.TEXTS, ValueType.INTEGERS, ValueType.NUMBERS


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Profile]:
    """Two runs; between them somebody comes, and the second reads no settings."""
    account = people()
    profile = Profile(tmp_path_factory.mktemp("exports"), account)
    profile.collect()
    account.add_user("new@example.com", "=HYPERLINK(1)", "Né\u00a0w")
    profile.collect(settings=SettingsChoice.NONE)
    yield profile
    profile.store.close()


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a file in any format; an absent name is undefined."""
    text = "" if path.suffix == ".parquet" else path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return list(csv.DictReader(text.splitlines()))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
    return rows


def strict(rows: list[dict[str, Any]]) -> list[str]:
    """Comparable, with types, without what is undefined."""
    return [
        json.dumps({name: value for name, value in row.items() if value is not None}, sort_keys=True) for row in rows
    ]


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
@pytest.mark.parametrize("run", [1, 2])
def test_it_holds_the_graph_of_the_run(profile: Profile, tmp_path: Path, format_: str, run: int) -> None:
    report = export_graph(profile.store, DECLARED, tmp_path / "out", format_, run)
    for entity in DECLARED.entities:
        expected = list(profile.store.entities(entity.type, run))
        assert strict(read(tmp_path / "out" / f"{entity.type}.{format_}")) == strict(expected)
    for tie in DECLARED.relationships:
        ties = [each.to_json() for each in profile.store.relationships(tie.type, run)]
        assert read(tmp_path / "out" / f"{tie.type}.{format_}") == ties
    assert report.run == run
    assert {file.name: file.rows for file in report.files}[f"zoom_user.{format_}"] == 7 + run


def test_every_declared_property_has_its_declared_type(profile: Profile, tmp_path: Path) -> None:
    """In a collected account no column gives way to the values, and none is undeclared."""
    report = export_graph(profile.store, DECLARED, tmp_path / "out", "parquet", 1)
    assert [(file.columns.undeclared, file.columns.mixed) for file in report.files] == [((), ())] * len(report.files)
    columns = {file.name: file.columns.types for file in report.files}
    for entity in DECLARED.entities:
        found = columns[f"{entity.type}.parquet"]
        assert {name: found[name] for name in entity.properties} == entity.value_types
    schema = pyarrow.parquet.read_schema(tmp_path / "out" / "zoom_user.parquet")
    assert [str(schema.field(name).type) for name in ("name", "isAdmin", "lastLoginOn")] == ["string", "bool", "int64"]
    assert str(schema.field("email").type.value_type) == "string"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
def test_values_of_any_type_are_kept(tmp_path: Path, seed: int, format_: str) -> None:
    """Where a column has values of several types, Parquet has the JSON of those that are no text."""
    write(tmp_path / "graph.db", random.Random(seed))
    with Store.open(tmp_path / "graph.db") as store:
        report = export_graph(store, SCHEMA, tmp_path / "out", format_)
        for entity in SCHEMA.entities:
            (file,) = [each for each in report.files if each.name == f"{entity.type}.{format_}"]
            expected = [dict(each) for each in store.entities(entity.type, report.run)]
            if format_ == "parquet":
                for each in expected:
                    for name, type_ in file.columns.types.items():
                        value = each.get(name)
                        if type_ is TEXT and value is not None and not isinstance(value, str):
                            each[name] = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
                        elif type_ is NUMBER and value is not None:
                            each[name] = float(value)  # type: ignore[arg-type]
                        elif type_ is NUMBERS and value is not None:
                            each[name] = [float(item) for item in value]  # type: ignore[union-attr]
            assert strict(read(tmp_path / "out" / file.name)) == strict(expected)


@pytest.mark.parametrize(
    ("declared", "values", "expected", "mixed"),
    [
        (BOOLEAN, [True, None, False], BOOLEAN, False),
        (BOOLEAN, [], BOOLEAN, False),
        (BOOLEAN, [True, 1], TEXT, True),
        (INTEGER, [1, 1.5], NUMBER, False),
        (INTEGER, [1, 2**70], TEXT, True),
        (INTEGER, [True], TEXT, True),
        (TEXT, ["a", []], TEXT, True),
        (TEXTS, [[], ["a"]], TEXTS, False),
        (TEXTS, [["a"], [1]], TEXT, True),
        (INTEGERS, [[1], [2.5]], NUMBERS, False),
        (None, [None], TEXT, False),
        (None, [[]], TEXTS, False),
        (None, [[], True], TEXT, True),
        (None, [[1, 2.5]], NUMBERS, False),
        (None, [False], BOOLEAN, False),
    ],
)
def test_the_type_of_a_column(declared: ValueType | None, values: list[Any], expected: ValueType, mixed: bool) -> None:
    known = {} if declared is None else {"x": declared}
    columns = entity_columns(known, [{"x": value} for value in values], ["tag.AccountName"])
    assert columns.types == {"_key": TEXT, "_type": TEXT, "_class": TEXTS, "x": expected, "tag.AccountName": TEXT}
    assert columns.undeclared == (() if declared else ("x",))
    assert columns.mixed == (("x",) if mixed else ())


ODD = GraphSchema(
    (EntitySchema("t", ("T",), "ts", {"a": (ROW,), "b": (ROW,)}, value_types={"a": TEXT, "b": BOOLEAN}),), ()
)


@pytest.fixture
def odd(tmp_path: Path) -> Iterator[Store]:
    """Entities with undeclared properties and texts that a spreadsheet would compute."""
    with Store.open(tmp_path / "graph.db") as store:
        run = store.begin(1000, {"tag.AccountName": "Acme"})
        kind = {"_type": "t", "_class": ["T"]}
        run.put("t:1", ROW, {**kind, "a": "=1+1", "b": False, "newFlag": True, "list": ["-x", "y"]}, 1000)
        run.put("t:2", ROW, {**kind, "a": 'say "hi", é\u00a0\n', "b": None, "newFlag": 0}, 1000)
        run.put("t:3", ROW, {**kind, "n": -1.5}, 1000)
        run.put("other:1", ROW, {"_type": "other", "_class": ["O"]}, 1000)
        run.finish(2000, 0, [], [], [])
        yield store


def test_csv_to_the_letter(odd: Store, tmp_path: Path) -> None:
    export_graph(odd, ODD, tmp_path / "out", "csv")
    assert (tmp_path / "out" / "t.csv").read_text(encoding="utf-8") == (
        "_key,_type,_class,a,b,list,n,newFlag,tag.AccountName\n"
        """t:1,t,"[""T""]",'=1+1,false,"[""-x"",""y""]",,true,Acme\n"""
        """t:2,t,"[""T""]","say ""hi"", é\u00a0\n",,,,0,Acme\n"""
        """t:3,t,"[""T""]",,,,-1.5,,Acme\n"""
    )


def test_what_nothing_declares_is_exported_and_named(odd: Store, tmp_path: Path) -> None:
    export_graph(odd, ODD, tmp_path / "out", "parquet")
    index = json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))
    assert {name: file["rows"] for name, file in index["files"].items()} == {"t.parquet": 3, "other.parquet": 1}
    found = index["files"]["t.parquet"]
    assert found["undeclared"] == ["list", "n", "newFlag"]
    assert found["mixed"] == ["newFlag"]
    assert found["columns"]["newFlag"] == "text"
    assert [row["newFlag"] for row in read(tmp_path / "out" / "t.parquet")] == ["true", "0", None]
    assert [row["b"] for row in read(tmp_path / "out" / "t.parquet")] == [False, None, None]


def test_it_says_what_was_not_read(profile: Profile, tmp_path: Path) -> None:
    report = export_graph(profile.store, DECLARED, tmp_path / "out", "csv", 2)
    index = json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))
    assert index["notRead"] == list(report.not_read)
    assert (index["run"], index["complete"], index["format"]) == (2, False, "csv")
    assert report.not_read[1] == (
        "`settings`, `meeting_authentication`, `recording_authentication`, `meeting_security` were not read completely:"
        " 6 of 9 users come from an earlier run, the oldest of 2026-11-23."
        " Reason: left out by choice of --settings none."
    )
    assert {"coverage", "partialDatasets"} <= index["metadata"].keys()


def test_partial_lists_and_what_follows_from_them_are_said(tmp_path: Path) -> None:
    profile = Profile(tmp_path, people())
    profile.collect()
    profile.collect(scopes={"user:read:user:admin", "user:read:list_users:admin", "user:read:settings:admin"})
    found = export_graph(profile.store, DECLARED, tmp_path / "out", "csv").not_read
    profile.store.close()
    (roles,) = (sentence for sentence in found if sentence.startswith("`zoom_role`"))
    assert roles.startswith(
        "`zoom_role` was not read completely in run 2 (the graph has 5): some may be missing, others"
    )
    assert "Reason: it needs the scope " in roles
    assert (
        "`isAdmin`, `admin` were not read completely: what is known may be out of date."
        " Reason: `zoom_user_assigned_role` was not read completely; `zoom_role` was not read completely."
    ) in found


def test_a_complete_account_says_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "graph.db") as store:
        store.begin(1000, {}).finish(2000, 0, [], [], [])
        report = export_graph(store, SCHEMA, tmp_path / "out", "jsonl")
    assert report.not_read == ()
    assert json.loads((tmp_path / "out" / "export.json").read_text(encoding="utf-8"))["complete"] is True
    assert {file.name for file in report.files} == {
        f"{type_}.jsonl"
        for type_ in ("t_user", "t_group", "t_team", *(relationship.type for relationship in SCHEMA.relationships))
    }


class TestFolder:
    """The folder has the whole export, or is as it was."""

    def test_everything_is_private(self, odd: Store, tmp_path: Path) -> None:
        export_graph(odd, ODD, tmp_path / "a" / "out", "csv")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "a").rglob("*")}
        assert modes == {"out": 0o700, "t.csv": 0o600, "other.csv": 0o600, "export.json": 0o600}

    def test_an_earlier_export_is_replaced_whole(self, odd: Store, tmp_path: Path) -> None:
        for format_ in FORMATS:
            export_graph(odd, ODD, tmp_path / "out", format_)
            names = {path.name for path in (tmp_path / "out").iterdir()}
            assert names == {f"t.{format_}", f"other.{format_}", "export.json"}
        assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"out"}

    def test_an_empty_folder_is_used(self, odd: Store, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()
        export_graph(odd, ODD, tmp_path / "out", "csv")
        assert (tmp_path / "out" / "t.csv").exists()

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("mine.txt", "x"),
            ("t.csv", "x"),
            ("export.json", "{}"),
            ("export.json", "["),
            ("export.json", '{"files":1}'),
        ],
    )
    def test_what_is_not_an_export_is_left_alone(self, odd: Store, tmp_path: Path, name: str, content: str) -> None:
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / name).write_text(content)
        with pytest.raises(UsageError, match=name):
            export_graph(odd, ODD, tmp_path / "out", "csv")
        assert [path.read_text() for path in (tmp_path / "out").iterdir()] == [content]

    def test_an_export_to_which_something_was_added_is_left_alone(self, odd: Store, tmp_path: Path) -> None:
        export_graph(odd, ODD, tmp_path / "out", "csv")
        (tmp_path / "out" / "notes.md").write_text("mine")
        with pytest.raises(UsageError, match=r"holds what no export wrote there \(notes.md\)"):
            export_graph(odd, ODD, tmp_path / "out", "csv")
        assert (tmp_path / "out" / "notes.md").read_text() == "mine"

    def test_files_links_and_the_working_folder_are_refused(
        self, odd: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_text("mine")
        (tmp_path / "folder" / "below").mkdir(parents=True)
        (tmp_path / "link").symlink_to(tmp_path / "folder")
        monkeypatch.chdir(tmp_path / "folder" / "below")
        for folder in (tmp_path / "file", tmp_path / "link", Path(), Path(".."), tmp_path / "folder"):
            with pytest.raises(UsageError, match="It was left as it is"):
                export_graph(odd, ODD, folder, "csv")

    @pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=repr)
    @pytest.mark.parametrize("earlier", [True, False])
    @pytest.mark.parametrize("format_", FORMATS)
    def test_a_failure_leaves_no_half_export(
        self,
        odd: Store,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        format_: str,
        failure: BaseException,
        earlier: bool,
    ) -> None:
        if earlier:
            export_graph(odd, ODD, tmp_path / "out", "csv")
        before = {path: path.read_bytes() for path in tmp_path.glob("out*/*")}

        class Full(io.FileIO):
            def write(self, _: object) -> int:
                raise failure

        def create_file(path: Path) -> io.BufferedWriter:
            return io.BufferedWriter(Full(path, "wb"), buffer_size=100)

        monkeypatch.setattr(export_files, "create_file", create_file)
        with pytest.raises((CollectionFailed, KeyboardInterrupt)):
            export_graph(odd, ODD, tmp_path / "out", format_)
        assert {path: path.read_bytes() for path in tmp_path.glob("out*/*")} == before
        assert len(list(tmp_path.glob("out*"))) == earlier


@pytest.mark.parametrize("format_", FORMATS)
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, format_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most a batch is held; every row is written, in order."""
    monkeypatch.setattr(export_files, "_BATCH_ROWS", 3)
    monkeypatch.setattr(export_files, "_GROUP_BATCHES", 2)
    alive: list[int] = []

    class Row(dict[str, object]):
        def __del__(self) -> None:
            alive.remove(self["n"])  # type: ignore[arg-type]

    most = 0

    def rows() -> Iterator[Row]:
        nonlocal most
        for number in range(20):
            alive.append(number)
            yield Row(n=number)
            most = max(most, len(alive))

    count = export_files.write_rows(tmp_path / f"x.{format_}", format_, {"n": INTEGER}, rows())
    assert count == 20
    assert [int(row["n"]) for row in read(tmp_path / f"x.{format_}")] == list(range(20))
    assert most <= 5


def test_without_pyarrow_it_says_how_to_install_it(odd: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(UsageError) as refused:
        export_graph(odd, ODD, tmp_path / "out", "parquet")
    assert f"{sys.executable} -m pip install pyarrow" in refused.value.next_step
    assert not (tmp_path / "out").exists()
    with pytest.raises(UsageError, match="There is no format 'xml'"):
        export_graph(odd, ODD, tmp_path / "out", "xml")
