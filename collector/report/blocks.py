"""The data block of the page: lines of JSON, compressed and in base64, written as they come.

The browser unpacks it with `DecompressionStream` and reads line by line, so neither side needs the whole text at once.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from typing import BinaryIO

_GZIP = 31
"""zlib's window size (2**15) plus 16: with gzip's header, which holds no time (zlib manual, deflateInit2)."""
_LEVEL = 6
_BASE64_UNIT = 3 * 16_384
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


class DataBlock:
    """Writes lines of JSON to a file. Call `close` after the last one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        self._waiting = bytearray()
        self.size = 0
        """How many bytes of JSON were written, uncompressed."""

    def line(self, **value: object) -> None:
        """Write one object."""
        text = (_JSON.encode(value) + "\n").encode("utf-8", "replace")
        self.size += len(text)
        self._write(self._compressor.compress(text))

    def close(self) -> None:
        """Write what is still compressed in memory."""
        self._write(self._compressor.flush(), last=True)

    def _write(self, content: bytes, *, last: bool = False) -> None:
        self._waiting += content
        end = len(self._waiting) if last else len(self._waiting) // _BASE64_UNIT * _BASE64_UNIT
        if end:
            self._file.write(base64.b64encode(self._waiting[:end]))
            del self._waiting[:end]


def packed(values: Sequence[object]) -> object:
    """A column: {"d": distinct values, "c": index of each}, or {"r": values} where they hardly repeat.

    One value for all: {"d": [value], "c": 0}.
    """
    codes: dict[str, int] = {}
    distinct: list[object] = []
    column: list[int] = []
    for value in values:
        name = f"{type(value).__name__}{value!r}"
        code = codes.get(name)
        if code is None:
            code = codes[name] = len(distinct)
            distinct.append(value)
        column.append(code)
    if len(distinct) == 1:
        return {"d": distinct, "c": 0}
    if len(distinct) * 2 > len(values):
        return {"r": list(values)}
    return {"d": distinct, "c": column}
