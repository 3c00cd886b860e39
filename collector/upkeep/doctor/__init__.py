"""Checks everything a collection and an upload need, and says of each thing how it stands and what mends it."""

from collector.upkeep.doctor.checks import run_checks
from collector.upkeep.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "run_checks"]
