"""The log of what a run withholds, for those who answer for it; it holds no withheld number."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

FIGURES = ["row", "all", "size"]
REASONS = [
    "threshold",
    "sensitive_threshold",
    "dominance",
    "withheld_before",
    "withheld_part",
    "complement",
    "same_people",
    "changed_little",
]


class Withheld(pa.DataFrameModel):
    """One withheld cell a row: what of it is withheld, and why.

    `figures` is row (an optional group that is not even named), all (named, without any number) or
    size (its value is shown, how many people it rests on is not). `protects` names the cell that a
    complement protects or the part that a gap or an average would give away, as
    `indicator disaggregation:category`; empty otherwise.
    """

    indicator: Series[str]
    area: Series[str]
    period: Series[str]
    disaggregation: Series[str]
    category: Series[str]
    figures: Series[str] = pa.Field(isin=FIGURES)
    reason: Series[str] = pa.Field(isin=REASONS)
    protects: Series[str]

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["indicator", "area", "period", "disaggregation", "category"]
