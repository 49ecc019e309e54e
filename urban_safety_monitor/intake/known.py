"""What is known of a file before it is read: its city and round, districts, fieldwork."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

POPULATION = ("adults", "population")
"""Context variables that weights can be held against, the better one first."""
ADULTS_IN_POPULATION = {"adults": (0.9, 1.1), "population": (0.45, 1.05)}
"""Between which shares of each the weights of all adults may add up."""


@dataclass(frozen=True)
class Known:
    """Tables `Areas` and `Surveys` as far as they are at hand; what is not known is not checked.

    `chosen` is the one city (`area`) and round (`period`) the file was said to be of.
    """

    areas: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"area": [], "parent": []}))
    surveys: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"area": [], "period": []}))
    chosen: Mapping[str, str] = field(default_factory=dict)

    def districts(self, area: str) -> list[str]:
        """Codes of the area's districts."""
        return sorted(self.areas.loc[self.areas["parent"] == area, "area"])

    def boundary(self, area: str) -> str | None:
        """The version of the map that the area's districts are of."""
        if "boundary_version" not in self.areas:
            return None
        versions = self.areas.loc[self.areas["area"] == area, "boundary_version"].dropna()
        return None if versions.empty else str(versions.iloc[0])

    def interviews(self, area: str, period: str) -> int | None:
        """How many interviews were held, where that is known."""
        if "interviews" not in self.surveys:
            return None
        at = (self.surveys["area"] == area) & (self.surveys["period"] == period)
        held = self.surveys.loc[at, "interviews"].dropna()
        return None if held.empty else int(held.iloc[0])

    def people(self, area: str) -> tuple[str, float] | None:
        """The first of POPULATION that is known of the area, with its name."""
        row = self.areas[self.areas["area"] == area]
        for name in POPULATION:
            if name in row and row[name].notna().any():
                return name, float(row[name].iloc[0])
        return None

    def fieldwork(self, area: str, period: str) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First and last day of interviewing, where they are known."""
        if not {"first_day", "last_day"} <= set(self.surveys):
            return None
        survey = self.surveys[(self.surveys["area"] == area) & (self.surveys["period"] == period)]
        if survey.empty:
            return None
        first, last = map(pd.Timestamp, survey.iloc[0][["first_day", "last_day"]])
        return None if pd.isna(first) or pd.isna(last) else (first, last)


NOTHING = Known()
