"""`Results`: all tables of one run together with where they came from."""

from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.tables.boundaries import Boundaries
from urban_safety_monitor.tables.checks import empty
from urban_safety_monitor.tables.comparing import RankSets, Trends, WeightChecks
from urban_safety_monitor.tables.inputs import TOTAL, Areas, Differences, Surveys
from urban_safety_monitor.tables.results import (
    Comparisons,
    Estimates,
    LeftOut,
    OrderChanges,
    Robustness,
    Scores,
    SensitivityIndices,
)
from urban_safety_monitor.tables.withheld import Withheld

LATER: dict[str, type[pa.DataFrameModel]] = {
    "sensitivity": SensitivityIndices,
    "left_out": LeftOut,
    "order_changes": OrderChanges,
    "withheld": Withheld,
    "rank_sets": RankSets,
    "trends": Trends,
    "weights": WeightChecks,
    "boundaries": Boundaries,
}
"""Tables that runs kept by earlier versions do not have; empty where they do not."""

MODELS: dict[str, type[pa.DataFrameModel]] = {
    "areas": Areas,
    "surveys": Surveys,
    "differences": Differences,
    "estimates": Estimates,
    "scores": Scores,
    "comparisons": Comparisons,
    "robustness": Robustness,
    **LATER,
}
"""What each table of a run is held against; `quality` and `peers` have columns of their own."""


@dataclass(frozen=True)
class Provenance:
    """What a run was made from; the run id is the hash of all of it, so it repeats exactly.

    `inputs` maps each input file's name to its SHA-256; `options` holds what was chosen.
    """

    run_id: str
    version: str
    catalogue_sha256: str
    inputs: dict[str, str]
    options: dict[str, Any]
    demonstration: bool


@dataclass(frozen=True)
class Results:
    """Everything a run produced. Cells withheld to protect people are already without numbers.

    `quality` has one row per area, period and finding of the design and the answers.
    `peers` has one row per area and peer, with the reasons in words' parameters. `withheld` is for
    those who answer for the run, never for publication: it says which cells protect which.
    """

    provenance: Provenance
    areas: DataFrame[Areas]
    surveys: DataFrame[Surveys]
    differences: DataFrame[Differences]
    estimates: DataFrame[Estimates]
    scores: DataFrame[Scores]
    comparisons: DataFrame[Comparisons]
    robustness: DataFrame[Robustness]
    quality: pd.DataFrame
    peers: pd.DataFrame
    sensitivity: DataFrame[SensitivityIndices] = field(
        default_factory=partial(empty, SensitivityIndices)
    )
    left_out: DataFrame[LeftOut] = field(default_factory=partial(empty, LeftOut))
    order_changes: DataFrame[OrderChanges] = field(default_factory=partial(empty, OrderChanges))
    withheld: DataFrame[Withheld] = field(default_factory=partial(empty, Withheld))
    rank_sets: DataFrame[RankSets] = field(default_factory=partial(empty, RankSets))
    trends: DataFrame[Trends] = field(default_factory=partial(empty, Trends))
    weights: DataFrame[WeightChecks] = field(default_factory=partial(empty, WeightChecks))
    boundaries: DataFrame[Boundaries] = field(default_factory=partial(empty, Boundaries))

    @cached_property
    def held(self) -> pd.DataFrame:
        """Each indicator, area and period with estimates, once; see `held_in`."""
        return held_in(self.estimates)

    @cached_property
    def indicators(self) -> frozenset[str]:
        """Indicators with estimates."""
        return frozenset(self.held["indicator"].unique())

    def tables(self) -> dict[str, pd.DataFrame]:
        """Each table by its name."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "provenance"}


def held_in(estimates: pd.DataFrame) -> pd.DataFrame:
    """The indicators, areas and periods of estimates, all of which have a row for everybody.

    `valued` says whether there is a value, neither withheld nor missing.
    """
    everybody = estimates[estimates["disaggregation"] == TOTAL]
    keys = ["indicator", "area", "period"]
    held = everybody[keys].assign(valued=everybody["value"].notna())
    return held.sort_values(keys, ignore_index=True)
