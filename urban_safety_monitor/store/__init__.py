"""Keep and fetch results."""

from urban_safety_monitor.store.kept import KeptResults, Part
from urban_safety_monitor.store.runs import RELEASED, RunStore

__all__ = ["RELEASED", "KeptResults", "Part", "RunStore"]
