"""Keep and fetch results."""

from urban_safety_monitor.store.runs import RunStore

__all__ = ["RunStore"]
