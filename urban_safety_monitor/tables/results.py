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
    evidence). `coverage` is the share of importance that was measured; `missing` names what was
    not. Ranks are among the areas of one country and period and only ever an interval.

    `obs_status` is E where a value was filled in for a missing one (`imputed` names which), d where
    definitions differ so much that the area is not ranked, A otherwise, empty without a score.
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
    obs_status: Series[str] = pa.Field(isin=["A", "E", "d", ""], default="A")
    imputed: Series[str] = pa.Field(default="")

    class Config:
        """Keys and conversion; a run kept before the last two columns were there has none."""

        coerce = True
        strict = True
        ordered = True
        add_missing_columns = True
        unique = ["component", "area", "period"]


class Comparisons(pa.DataFrameModel):
    """The one status rule applied: each value against each benchmark.

    `component` is an indicator; `benchmark` is country_median, peers, previous or target, or,
    for groups, `disaggregation:category` against the rest of the city. `reason` is a message key.
    `standard_error` is the difference's, shared error taken off; `smallest_detectable` the true
    difference that would be found with the framework's power; `p_equivalence` is small where the
    values are shown to be nearer than the indicator's `margin`, which "similar" does not say.
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
    standard_error: Series[float] | None = pa.Field(nullable=True, ge=0)
    smallest_detectable: Series[float] | None = pa.Field(nullable=True, ge=0)
    margin: Series[float] | None = pa.Field(nullable=True, gt=0)
    p_equivalence: Series[float] | None = pa.Field(nullable=True)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["component", "area", "period", "benchmark"]


class Robustness(pa.DataFrameModel):
    """The span of an overall score and its rank under what could reasonably be otherwise.

    `choice` is a set of alternatives: dirichlet_weights, geometric, without:DOMAIN and all of these
    (extremes of the point score), or a source of uncertainty (central 95 %): sampling, importance,
    normalisation, aggregation, imputation, goalposts, or everything at once. Scores of another
    normalisation are on another scale: the score's span is that of the framework's own.
    """

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


class SensitivityIndices(pa.DataFrameModel):
    """Which source of uncertainty moves ranks: Sobol indices of the areas' mean shift of rank.

    `first` is the share of variance a factor explains alone, `total` the share that would remain
    were all others known, each with a 95 % bootstrap interval.
    """

    country: Series[str]
    period: Series[str]
    factor: Series[str]
    first: Series[float] = pa.Field(nullable=True)
    first_lower: Series[float] = pa.Field(nullable=True)
    first_upper: Series[float] = pa.Field(nullable=True)
    total: Series[float] = pa.Field(nullable=True)
    total_lower: Series[float] = pa.Field(nullable=True)
    total_upper: Series[float] = pa.Field(nullable=True)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["country", "period", "factor"]


class LeftOut(pa.DataFrameModel):
    """By how many ranks areas move on average, and at most, when one component is left out."""

    country: Series[str]
    period: Series[str]
    component: Series[str]
    level: Series[str]
    mean_shift: Series[float] = pa.Field(ge=0)
    largest_shift: Series[float] = pa.Field(ge=0)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["country", "period", "component"]


class OrderChanges(pa.DataFrameModel):
    """How often the order of two areas of a country and period changes, everything uncertain.

    `share` is that of replications in which the area, which scores as high or higher, is the lower
    one; ties count half. Missing where the two score the same.
    """

    period: Series[str]
    area: Series[str]
    other: Series[str]
    share: Series[float] = pa.Field(ge=0, le=1, nullable=True)

    class Config:
        """Keys and conversion."""

        coerce = True
        strict = True
        ordered = True
        unique = ["period", "area", "other"]
