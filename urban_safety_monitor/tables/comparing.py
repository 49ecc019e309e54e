"""What results say beyond single comparisons: rank sets, trends, and what weighting did."""

import pandera.pandas as pa
from pandera.typing.pandas import Series


class RankSets(pa.DataFrameModel):
    """The ranks that clear differences do not rule out, for all areas of a group together at 95 %.

    1 is the best rank. `of` is how many areas were ranked.
    """

    component: Series[str]
    area: Series[str]
    period: Series[str]
    best: Series[float] = pa.Field(ge=1)
    worst: Series[float] = pa.Field(ge=1)
    of: Series[float] = pa.Field(ge=2)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["component", "area", "period"]


class Trends(pa.DataFrameModel):
    """One slope over the rounds of an area, three or more, with a new level after each break.

    `slope` is the change of the value in a year; its error is widened by `scatter` where rounds lie
    further from the line than sampling explains. `status` is better, worse, similar (no clear
    trend), higher or lower, as for comparisons.
    """

    component: Series[str]
    area: Series[str]
    first: Series[str]
    last: Series[str]
    rounds: Series[float] = pa.Field(ge=3)
    breaks: Series[float] = pa.Field(ge=0)
    slope: Series[float]
    standard_error: Series[float] = pa.Field(ge=0)
    p_value: Series[float]
    scatter: Series[float] = pa.Field(nullable=True, ge=0)
    degrees_of_freedom: Series[float] = pa.Field(ge=0)
    status: Series[str] = pa.Field(isin=["better", "worse", "similar", "higher", "lower"])

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["component", "area"]


class WeightChecks(pa.DataFrameModel):
    """Weights before and after trimming and calibration, survey by survey.

    `margin` is a margin's name with its `category` and known `population`; or `weights` and
    `factors` with the name of a figure of theirs.
    """

    area: Series[str]
    period: Series[str]
    margin: Series[str]
    category: Series[str]
    before: Series[float] = pa.Field(nullable=True)
    after: Series[float] = pa.Field(nullable=True)
    population: Series[float] = pa.Field(nullable=True)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["area", "period", "margin", "category"]
