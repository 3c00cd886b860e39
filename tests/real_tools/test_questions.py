"""JupiterOne's own command line takes the question file, and refuses what we refuse by its rules."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from collector.questions.library import shipped_file
from tests.questions.test_validation import JUPITERONE, RIGHT

from .install import COMMAND_LINE, J1_INTEGRATION, needs

pytestmark = needs(COMMAND_LINE)


def validated(path: Path) -> subprocess.CompletedProcess[str]:
    command = [J1_INTEGRATION, "validate-question-file", "--dry-run", "--file-path", path]
    return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False, timeout=120)


def test_the_shipped_file_is_taken() -> None:
    with shipped_file() as path:
        ended = validated(path)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("kind", JUPITERONE)
def test_it_says_the_same_of_what_is_there_twice(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(RIGHT)
    assert validated(path).returncode == 0
    text, _, what = JUPITERONE[kind]
    path.write_text(text)
    ended = validated(path)
    assert ended.returncode != 0
    assert what in ended.stdout + ended.stderr
