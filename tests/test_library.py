"""`import collector`: what it offers, and the examples of docs/library.md."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import collector
from collector import library
from collector.sandbox import Sandbox
from collector.sandbox.jupiterone import JupiterOneSandbox
from tests.collect.conftest import people

GUIDE = (Path(__file__).parents[1] / "docs" / "library.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """The configuration of a profile whose Zoom and JupiterOne are sandboxes."""
    zoom, jupiterone = Sandbox(people()), JupiterOneSandbox(polls_until_finished=0)
    with zoom.serve() as zoom_url, jupiterone.serve() as jupiterone_url:
        yield {
            **zoom.environment(zoom_url),
            **jupiterone.environment(jupiterone_url),
            "JUPITERONE_INTEGRATION_INSTANCE_ID": jupiterone.add_instance().id,
            "ZOOM_HOME": str(tmp_path / "home"),
        }


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def test_the_examples_run(
    environment: Mapping[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    with collector.open_profile("default") as profile:
        profile.collect()
    said = []
    names: dict[str, object] = {}
    for example in EXAMPLES:
        exec(compile(example, "docs/library.md", "exec"), names)
        said.append(capsys.readouterr().out)
    graph, runs, asked, answered, collected, changed, uploaded, failed = said
    assert "Olive Owner" in graph
    assert " has zoom_user:" in graph
    assert runs == f"run 1: {len(people().users)} users, not read completely: []\n"
    assert collected.startswith("settings skipped ")
    assert "Olive Owner is Owner\n" in asked
    assert changed.startswith("since run 1; not compared: (")
    assert "Which users of Zoom do not require passwords for scheduled meetings? {'good': 0, 'bad': " in answered
    assert uploaded.endswith("entities created\nfinished\n")
    assert "collector collect" in failed
    assert (tmp_path / ".j1-integration" / "summary.json").exists()


def test_a_profile_is_opened_before_its_first_collection_and_read_after_it(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    with collector.open_profile("other", folder=tmp_path, environment=environment) as profile:
        assert profile.name == "other"
        with pytest.raises(collector.UsageError, match="Nothing has been collected yet"):
            profile.entities("zoom_user")
        collected = profile.collect(steps=["fetch-groups"])
        assert collected.tree.path == tmp_path / ".j1-integration"
        assert len(list(profile.entities("zoom_group"))) == len(people().groups)
        assert list(profile.entities("zoom_user")) == []
        profile.collect()
        assert len(list(profile.entities("zoom_user"))) == len(people().users)
        assert list(profile.entities("zoom_user", collected.record.id)) == []
        assert [run.id for run in profile.runs()] == [2, 1]
        exported = profile.export(tmp_path / "out", "jsonl", collected.record.id)
        assert (exported.run, len((tmp_path / "out" / "zoom_user.jsonl").read_text("utf-8"))) == (1, 0)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda profile: profile.entities("zoom_usr"), "There is no type 'zoom_usr'"),
        (lambda profile: profile.entities("zoom_group_has_user"), "There is no type 'zoom_group_has_user'"),
        (lambda profile: profile.relationships("zoom_user"), "There is no type 'zoom_user'"),
        (lambda profile: profile.entities("zoom_user", 7), "There is no finished run 7"),
        (lambda profile: profile.relationships("zoom_group_has_user", 7), "There is no finished run 7"),
        (lambda profile: profile.query("FIND zoom_usr"), "Line 1, column 6: the graph has no `zoom_usr`"),
        (lambda profile: profile.answer_questions("accesslist"), "There is no question 'accesslist'. Did you mean"),
        (lambda profile: profile.answer_questions(run=7), "There is no finished run 7"),
        (lambda profile: profile.query("FIND zoom_user", run=7), "There is no finished run 7"),
        (lambda profile: profile.query("FIND zoom_user", at="2001"), "No run had ended by 2001"),
        (lambda profile: profile.changes(), "There is nothing to compare run 1 with"),
        (lambda profile: profile.changes(since=1, until=7), "There is no finished run 7"),
        (lambda profile: profile.changes(of=["people"]), "There are no changes of 'people'"),
        (lambda profile: profile.export("out", "xml"), "There is no format 'xml'"),
        (lambda profile: profile.export("out", at="2001"), "No run had ended by 2001"),
        (lambda profile: profile.collect(settings="most"), "There is no choice of settings 'most'"),
        (lambda profile: profile.collect(steps=["fetch-rooms"]), "There is no step fetch-rooms"),
    ],
)
def test_what_there_is_not_is_said(
    wrong: Callable[[collector.OpenProfile], object], said: str, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with collector.open_profile(folder=tmp_path, environment=environment) as profile:
        profile.collect()
        with pytest.raises(collector.UsageError, match=said) as raised:
            wrong(profile)
    assert raised.value.next_step


def test_the_configuration_is_that_of_the_commands(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("ZOOM_PROFILE=acme\nZOOM_PLN=pro\n")
    with pytest.warns(UserWarning, match="ZOOM_PLN"):
        profile = collector.open_profile(folder=tmp_path, environment={})
    assert profile.name == "acme"
    with pytest.raises(collector.UsageError, match="ZOOM_PLAN"):
        collector.open_profile(folder=tmp_path, environment={"ZOOM_PLAN": "golden"})


@pytest.mark.parametrize("name", collector.__all__)
def test_everything_offered_is_there_and_described(name: str) -> None:
    assert name in dir(collector)
    assert name == "__version__" or getattr(collector, name).__doc__


def test_the_package_offers_what_the_library_has() -> None:
    assert sorted({*collector.__all__} - {"__version__"}) == sorted(library.__all__)


def test_nothing_else_is_offered() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Settings'"):
        getattr(collector, "Settings")  # noqa: B009


def test_help_shows_it_and_the_import_alone_loads_nothing() -> None:
    script = "import sys, collector; print(sorted(sys.modules.keys() & {'requests', 'sqlite3'})); help(collector)"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("[]\n")
    for name in collector.__all__:
        assert name.strip("_").lower() in shown.lower()
    assert "Settings" not in re.findall(r"^    class (\w+)", shown, re.MULTILINE)
