"""Tables that hold what was measured: persons, records, checklists, and the areas themselves."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

TOTAL = "total"
"""The disaggregation, and its one category, that stands for everybody."""


class Microdata(pa.DataFrameModel):
    """One record a row (a person; in some sources also a crime), with the survey design.

    Survey variables of the codebook follow as further columns, so the model is not strict.
    `psus_in_stratum` is the number of PSUs the stratum has in the population, where known: the
    finite population correction uses it.
    """

    area: Series[str] = pa.Field(nullable=False)
    period: Series[str] = pa.Field(nullable=False)
    person: Series[str] = pa.Field(nullable=False)
    stratum: Series[str] = pa.Field(nullable=False)
    psu: Series[str] = pa.Field(nullable=False)
    weight_person: Series[float] = pa.Field(nullable=True, ge=0)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = False
        unique = ["area", "period", "person"]


class Administrative(pa.DataFrameModel):
    """Recorded figures: one series, area, period and category a row; a blank is missing, never 0.

    `standard_error` is what the figure's holder publishes; empty for a complete count.
    """

    area: Series[str]
    period: Series[str]
    series: Series[str]
    disaggregation: Series[str]
    category: Series[str]
    value: Series[float] = pa.Field(nullable=True, ge=0)
    standard_error: Series[float] = pa.Field(nullable=True, ge=0)
    source: Series[str]
    obs_status: Series[str] = pa.Field(isin=["A", "p", "r", "b", "d", "u", "x", "m"])

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        unique = ["area", "period", "series", "disaggregation", "category"]


class Checklist(pa.DataFrameModel):
    """Answers to checklist items; assessor "city" is the self-assessment, others review it."""

    area: Series[str]
    period: Series[str]
    checklist: Series[str]
    item: Series[str]
    assessor: Series[str]
    answer: Series[float] = pa.Field(nullable=True)
    evidence: Series[str] = pa.Field(nullable=True)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        unique = ["area", "period", "checklist", "item", "assessor"]


class Areas(pa.DataFrameModel):
    """Cities and their districts; context variables follow as further number columns."""

    area: Series[str] = pa.Field(unique=True)
    title: Series[str]
    country: Series[str]
    level: Series[str] = pa.Field(isin=["country", "city", "district"])
    parent: Series[str] = pa.Field(nullable=True)
    boundary_version: Series[str] = pa.Field(nullable=True)

    class Config:
        """Conversion."""

        coerce = True
        strict = False


class Surveys(pa.DataFrameModel):
    """Facts of each survey round of a city: how and when people were interviewed."""

    area: Series[str]
    period: Series[str]
    mode: Series[str] = pa.Field(isin=["face_to_face", "telephone", "web"])
    first_day: Series[str]
    last_day: Series[str]
    interviews: Series[int] = pa.Field(ge=0)
    demonstration: Series[bool]

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        unique = ["area", "period"]


class Differences(pa.DataFrameModel):
    """What makes a value not comparable: with other areas ("d") or with earlier periods ("b")."""

    indicator: Series[str]
    area: Series[str]
    period: Series[str]
    obs_status: Series[str] = pa.Field(isin=["b", "d"])
    reason_en: Series[str]
    reason_es: Series[str]

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        unique = ["indicator", "area", "period"]
