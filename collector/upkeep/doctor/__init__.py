"""`collector doctor`: checks everything a collection and an upload need, and how to fix what is wrong."""

from collector.upkeep.doctor.checks import run_checks
from collector.upkeep.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "run_checks"]
