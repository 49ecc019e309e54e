"""Compare: cities of a country side by side, and only where that is fair."""

from urban_safety_monitor.ui.comparing.all_indicators import all_indicators
from urban_safety_monitor.ui.comparing.choice import ALL, ONE, TIME, choose
from urban_safety_monitor.ui.comparing.one_indicator import one_indicator
from urban_safety_monitor.ui.comparing.over_time import over_time
from urban_safety_monitor.ui.visit import Visit

VIEWS = {ONE: one_indicator, ALL: all_indicators, TIME: over_time}


def render(visit: Visit) -> None:
    """Show the comparison the address names, in the view it names."""
    choice = choose(visit)
    VIEWS[choice.view](visit, choice)
