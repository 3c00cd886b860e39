"""Finding the sandbox's secrets wherever they should not be."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from collector.sandbox import CANARY, PMI_CANARY

PATTERN = re.compile(rf"{CANARY}|(?<![0-9]){PMI_CANARY}[0-9]{{5}}(?![0-9])")
_BYTES = re.compile(PATTERN.pattern.encode())


def found_in(text: str) -> list[str]:
    """The lines that hold a canary."""
    return [line for line in text.splitlines() if PATTERN.search(line)]


def files_with_canaries(folder: Path) -> set[str]:
    """The names of the files below that hold one, whatever the bytes around it."""
    return {path.name for path in _files(folder) if _BYTES.search(path.read_bytes())}


def everything_said_by(failure: BaseException | None) -> str:
    """The failure and all it is chained to, shown or not."""
    said = []
    while failure is not None:
        said += [*traceback.format_exception(failure), repr(failure), str(vars(failure))]
        failure = failure.__cause__ or failure.__context__
    return "\n".join(said)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
