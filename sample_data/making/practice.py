"""The survey of the practice files: the city and round that the demonstration run lacks.

The faults planted in it stand in `urban_safety_monitor.fieldwork.practice`, which plants the same
ones in the practice files of any city.
"""

import pandas as pd

from .plan import Plan
from .survey import survey

AREA, PERIOD, PSUS = "ZA-D10", "2026-Q1", (7, 7, 6, 6)


def clean(plan: Plan) -> pd.DataFrame:
    """About 300 interviews in the questionnaire's columns, without a fault."""
    city = plan.city(AREA).model_copy(update={"psus": PSUS})
    return survey(plan, city, PERIOD)
