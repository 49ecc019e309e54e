"""Tables the pipeline produces: estimates, scores, comparisons and robustness."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

OBS_STATUS = ["A", "p", "r", "b", "d", "u", "x", "m"]
CONF_STATUS = ["", "C"]
COMPARISON_STATUS = [
    "better",
    "worse",
    "similar",
    "higher",
    "lower",
    "not_comparable",
    "no_status",
]


class Estimates(pa.DataFrameModel):
    """One estimate a row with its uncertainty; a withheld or missing one has no numbers at all.

    `value`, `standard_error`, `lower` and `upper` are in the indicator's unit of measure;
    the interval is a 95 % interval. `design_effect` is against simple random sampling with
    replacement. `obs_status` and `conf_status` are Eurostat's two status columns.
    """

    indicator: Series[str]
    area: Series[str]
    period: Series[str]
    disaggregation: Series[str]
    category: Series[str]
    value: Series[float] = pa.Field(nullable=True)
    standard_error: Series[float] = pa.Field(nullable=True, ge=0)
    lower: Series[float] = pa.Field(nullable=True)
    upper: Series[float] = pa.Field(nullable=True)
    degrees_of_freedom: Series[float] = pa.Field(nullable=True)
    n: Series[float] = pa.Field(nullable=True, ge=0)
    n_effective: Series[float] = pa.Field(nullable=True, ge=0)
    design_effect: Series[float] = pa.Field(nullable=True, ge=0)
    psus: Series[float] = pa.Field(nullable=True, ge=0)
    obs_status: Series[str] = pa.Field(isin=OBS_STATUS)
    conf_status: Series[str] = pa.Field(isin=CONF_STATUS)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["indicator", "area", "period", "disaggregation", "category"]


class Scores(pa.DataFrameModel):
    """Scores from 0 to 100 of indicators and components, with intervals from draws.

    `level` is indicator, subdomain, domain or overall, or evidence (one row per class of
    evidence). `coverage` is the share of importance that was there; `missing` names what was
    not. Ranks are among the areas of one country and period and only ever an interval.
    """

    component: Series[str]
    area: Series[str]
    period: Series[str]
    level: Series[str] = pa.Field(isin=["indicator", "subdomain", "domain", "overall", "evidence"])
    score: Series[float] = pa.Field(nullable=True, ge=0, le=100)
    lower: Series[float] = pa.Field(nullable=True, ge=0, le=100)
    upper: Series[float] = pa.Field(nullable=True, ge=0, le=100)
    coverage: Series[float] = pa.Field(ge=0, le=1)
    missing: Series[str]
    rank: Series[float] = pa.Field(nullable=True)
    rank_lower: Series[float] = pa.Field(nullable=True)
    rank_upper: Series[float] = pa.Field(nullable=True)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["component", "area", "period"]


class Comparisons(pa.DataFrameModel):
    """The one status rule applied: each value against each benchmark.

    `component` is an indicator; `benchmark` is country_median, peers, previous or target, or,
    for groups, `disaggregation:category` against the rest of the city. `reason` is a message key.
    """

    component: Series[str]
    area: Series[str]
    period: Series[str]
    benchmark: Series[str]
    benchmark_value: Series[float] = pa.Field(nullable=True)
    difference: Series[float] = pa.Field(nullable=True)
    z: Series[float] = pa.Field(nullable=True)
    p_value: Series[float] = pa.Field(nullable=True)
    p_adjusted: Series[float] = pa.Field(nullable=True)
    status: Series[str] = pa.Field(isin=COMPARISON_STATUS)
    reason: Series[str]

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["component", "area", "period", "benchmark"]


class Robustness(pa.DataFrameModel):
    """The span of an overall score under other reasonable choices of method."""

    area: Series[str]
    period: Series[str]
    choice: Series[str]
    lower: Series[float] = pa.Field(nullable=True)
    upper: Series[float] = pa.Field(nullable=True)
    rank_lower: Series[float] = pa.Field(nullable=True)
    rank_upper: Series[float] = pa.Field(nullable=True)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["area", "period", "choice"]
