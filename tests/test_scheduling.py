"""The examples of docs/scheduling.md are what cron, systemd and Kubernetes take, and run verbs that exist."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from collector import __version__
from collector.cli import cli
from collector.settings import NAMES

ROOT = Path(__file__).parent.parent
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SCHEDULING = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")
PROGRAM = "/opt/zoom-collector/.venv/bin/collector"
FIELD = r"(?:\*|[0-9]+)(?:-[0-9]+)?(?:/[0-9]+)?(?:,[0-9]+)*"


def blocks(language: str, text: str = SCHEDULING) -> list[str]:
    """What stands between the fences of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def units() -> dict[str, str]:
    """The systemd units by the file name in their first line."""
    found = {}
    for block in blocks("ini"):
        first, _, unit = block.partition("\n")
        found[Path(first.removeprefix("# ")).name] = unit
    return found


def calls(text: str) -> list[str]:
    """Every call of `collector` in code of a document, without what the shell does with it."""
    typed = "\n".join(blocks("(?:sh|text|cron|ini)", text)).replace("\\\n", "")
    code = "\n".join([typed, *re.findall(r"`([^`\n]+)`", text)])
    found = re.findall(r"(?:^|[\s'$])(?:\S*/bin/)?collector (?!@)([a-z][^\n#|>&]*)", code, re.MULTILINE)
    return [each.strip().removesuffix("'") for each in found]


def problem_with(call: str) -> str | None:
    """What is wrong with a call; its arguments may be placeholders."""
    command: click.Command = cli
    options = {option for param in cli.params for option in param.opts} | {"--help", "-h"}
    for word in _words(call):
        if word.startswith("-"):
            if word.partition("=")[0] not in options:
                return f"{call}: there is no option {word}"
        elif isinstance(command, click.Group):
            inner = command.get_command(click.Context(command), word)
            if inner is None:
                return f"{call}: there is no verb {word}"
            command = inner
            options |= {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    return None


def _words(call: str) -> list[str]:
    """The words of a call; without the quoted one if that goes on in the next line."""
    try:
        return shlex.split(call)
    except ValueError:
        return re.split("['\"]", call)[0].split()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_call_in_the_documents_is_one(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    assert [problem for call in calls(text) if (problem := problem_with(call)) is not None] == []


def test_wrong_calls_would_be_found() -> None:
    assert calls("Run `collector collcet`.\n```sh\nsudo /x/bin/collector run --pol >log\n```\n") == [
        "run --pol",
        "collcet",
    ]
    assert problem_with("collcet") is not None
    assert problem_with("run --pol") is not None
    assert problem_with("run --poll") is None


def test_every_line_of_the_crontab_is_one() -> None:
    (table,) = blocks("cron")
    lines = [line for line in table.splitlines() if not line.startswith("#")]
    assert len(lines) == 2
    for line in lines:
        fields = re.fullmatch(rf"{FIELD}( {FIELD}){{4}}  zoom-collector  (cd (\S+) && {PROGRAM} run >\S+ 2>&1)", line)
        assert fields is not None, line
        assert "%" not in line  # cron takes it for the end of the line
        assert subprocess.run(["sh", "-n", "-c", fields[2]], check=False).returncode == 0


@pytest.mark.parametrize("block", blocks("sh"))
def test_the_shell_can_read_what_is_to_be_typed(block: str) -> None:
    assert subprocess.run(["sh", "-n"], input=block, text=True, check=False).returncode == 0


def test_the_pod_runs_a_verb_with_settings_that_are_read() -> None:
    (job,) = blocks("yaml")
    (verb,) = re.findall(r"^ +args: \[(\w+)\]$", job, re.MULTILINE)
    assert problem_with(verb) is None
    variables = re.findall(r"^ +- name: ([A-Z_]+)$", job, re.MULTILINE)
    assert set(variables) == {"ZOOM_HOME", "ZOOM_PROFILE"} <= set(NAMES)
    mounted = set(re.findall(r"^ +- name: (\w+)\n +mountPath:", job, re.MULTILINE))
    assert mounted == {"data", "work", "settings"}
    assert [volume for volume in mounted if not re.search(rf"^ {{12}}- name: {volume}\n {{14}}\w+:", job, re.M)] == []


def test_the_image_is_made_of_what_is_there() -> None:
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--)(.+) \S+$", recipe, re.MULTILINE) for word in line.split()]
    assert {"pyproject.toml", "requirements.lock", "collector", "oauth-server/redirect_server"} <= set(copied)
    assert [name for name in copied if not (ROOT / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == set(copied)


def test_the_image_runs_as_the_pod_does() -> None:
    recipe = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (job,) = blocks("yaml")
    (user,) = re.findall(r"^ +runAsUser: (\d+)$", job, re.MULTILINE)
    assert re.search(rf"^USER {user}:{user}$", recipe, re.MULTILINE)
    (home,) = re.findall(r"\bZOOM_HOME=(\S+)$", recipe, re.MULTILINE)
    (folder,) = re.findall(r"^WORKDIR (/run/\S+)$", recipe, re.MULTILINE)
    assert {f"mountPath: {home}", f"mountPath: {folder}", f"mountPath: {folder}/.env"} <= set(
        re.findall(r"mountPath: \S+", job)
    )


def test_the_image_is_of_this_version() -> None:
    assert set(re.findall(r"zoom-collector:([0-9.]+[0-9])", SCHEDULING)) == {__version__}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("name", units())
def test_systemd_takes_the_unit(name: str, tmp_path: Path) -> None:
    """As an instance of the account acme; the program is one that is there."""
    assert set(units()) == {
        "zoom-collector@.service",
        "zoom-collector@.timer",
        "zoom-collector-poll@.service",
    }
    for file, unit in units().items():
        (tmp_path / file).write_text(unit.replace(PROGRAM, "/bin/true"))
    instance = tmp_path / name.replace("@", "@acme")
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", instance],
        capture_output=True,
        text=True,
        check=False,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
        timeout=60,
    )
    said = [line for line in (result.stdout + result.stderr).splitlines() if "zoom-collector" in line]
    assert (result.returncode, said) == (0, [])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_takes_the_times() -> None:
    (calendar,) = re.findall(r"^OnCalendar=(.+)$", units()["zoom-collector@.timer"], re.MULTILINE)
    result = subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, check=False, timeout=60)
    assert result.returncode == 0
