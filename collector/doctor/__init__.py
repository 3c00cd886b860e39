"""Checks everything a collection and an upload need, and says of each thing how it stands and what mends it."""

from collector.doctor.examination import examine, least_privilege
from collector.doctor.finding import Finding, Level

__all__ = ["Finding", "Level", "examine", "least_privilege"]
