"""The machine of a measurement."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

_CPU_INFO = Path("/proc/cpuinfo")


def described() -> str:
    """Processor, cores, system, Python and how busy the machine was before, in one line."""
    busy = ", ".join(f"{load:.2f}" for load in os.getloadavg())
    return (
        f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; load before: {busy} (1, 5, 15 minutes)"
    )


def _processor() -> str:
    """The model, if known."""
    if _CPU_INFO.exists():
        model = re.search(r"^model name\s*: (.+)$", _CPU_INFO.read_text(encoding="utf-8"), re.MULTILINE)
        if model:
            return model[1]
    return platform.processor() or platform.machine()
