"""JupiterOne's own validator takes the questions, with `why` and `fix` beside its keys."""

from __future__ import annotations

import subprocess
from pathlib import Path

from collector.questions.library import shipped_file

from .install import COMMAND_LINE, J1_INTEGRATION, needs

pytestmark = needs(COMMAND_LINE)


def validate(file: Path) -> tuple[int, str]:
    """The exit code and all that was printed. A dry run sends nothing."""
    ended = subprocess.run(
        [J1_INTEGRATION, "validate-question-file", "--dry-run", "--file-path", file],
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_the_questions_are_valid() -> None:
    with shipped_file() as path:
        code, said = validate(path)
    assert code == 0, said


def test_it_would_say_so_if_they_were_not(tmp_path: Path) -> None:
    with shipped_file() as path:
        text = path.read_text(encoding="utf-8")
    first = text.index("  - id:")
    copied = tmp_path / "questions.yaml"
    copied.write_text(f"{text.rstrip()}\n\n{text[first:]}", encoding="utf-8")
    code, said = validate(copied)
    assert code != 0
    assert "Non-unique question ID found in file" in said
