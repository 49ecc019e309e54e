"""What is known of cities before a file is read: from a configuration, or from the last run."""

from pathlib import Path

from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.intake.known import NOTHING, Known
from urban_safety_monitor.workflow.config import read_config
from urban_safety_monitor.workflow.runs import known_in
from urban_safety_monitor.workflow.views import latest_results


def known_of(config: Path | None, data: Path) -> Known:
    """Areas and surveys of a configuration; without one, those of the run kept last, if any.

    Raises:
        DataError: the configuration or a table beside it does not hold.
    """
    if config is not None:
        return known_in(read_config(config), config.parent)
    if not (data / "runs").is_dir():
        return NOTHING
    try:
        results = latest_results(data)
    except StoreError:
        return NOTHING
    return Known(results.areas, results.surveys)
