"""Checks everything a collection and an upload need, and says of each thing how it stands and what mends it."""

from collector.upkeep.doctor.examination import examine
from collector.upkeep.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "examine"]
