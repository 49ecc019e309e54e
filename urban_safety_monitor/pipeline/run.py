"""A whole run: estimate, disclose, score, compare. Nothing is read or kept here."""

from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Checklist as ChecklistMeasure
from urban_safety_monitor.pipeline.compare import compare
from urban_safety_monitor.pipeline.disclose import disclose
from urban_safety_monitor.pipeline.drawing import policy_draws, record_draws, survey_draws
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.groups import compare_groups
from urban_safety_monitor.pipeline.peers import nearest_peers
from urban_safety_monitor.pipeline.policies import estimate_policies
from urban_safety_monitor.pipeline.precision import USUAL, Precision
from urban_safety_monitor.pipeline.ranked import rank_sets
from urban_safety_monitor.pipeline.recorded import estimate_recorded
from urban_safety_monitor.pipeline.robustness import robustness
from urban_safety_monitor.pipeline.rounds import shared_error, trends
from urban_safety_monitor.pipeline.score import score, score_table
from urban_safety_monitor.pipeline.uncertainty import Effort, analyse
from urban_safety_monitor.statistics.linearisation import LonelyPsu
from urban_safety_monitor.tables import (
    Administrative,
    Areas,
    Checklist,
    Comparisons,
    Differences,
    Estimates,
    Robustness,
    Surveys,
    checked,
)
from urban_safety_monitor.tables.checks import empty
from urban_safety_monitor.tables.comparing import WeightChecks
from urban_safety_monitor.tables.inputs import TOTAL
from urban_safety_monitor.tables.run import Provenance, Results
from urban_safety_monitor.tables.totals import PsuTotals

POINTS_SHARE = 8
"""The design for Sobol indices has this share of the draws as points: enough to tell which source
of uncertainty rules, with intervals that say how far; `usm score` takes more."""


@dataclass(frozen=True)
class Inputs:
    """What a run is computed from. `quality` holds findings made while the files were read.

    `released` holds what earlier runs have published of the same areas and periods. `weights` says
    what weighting did, `same_units` names the areas whose sampling units keep their names from
    round to round.
    """

    psu_totals: PsuTotals
    administrative: DataFrame[Administrative]
    checklists: DataFrame[Checklist]
    areas: DataFrame[Areas]
    surveys: DataFrame[Surveys]
    differences: DataFrame[Differences]
    quality: pd.DataFrame
    released: tuple[DataFrame[Estimates], ...] = ()
    weights: DataFrame[WeightChecks] = field(default_factory=partial(empty, WeightChecks))
    same_units: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Options:
    """What can be chosen: draws behind intervals of scores, their seed, single-PSU strata.

    `precision` is how that of survey estimates is said.
    """

    draws: int = 1000
    seed: int = 0
    lonely_psu: LonelyPsu = "adjust"
    precision: Precision = USUAL


def run(inputs: Inputs, catalogue: Catalogue, options: Options, provenance: Provenance) -> Results:
    """Compute every table of results.

    Raises:
        DesignError: a stratum has one sampled PSU and `options.lonely_psu` is `fail`.
    """
    by_source = _by_source(catalogue)
    surveyed = estimate(
        inputs.psu_totals, by_source["survey"], options.lonely_psu, options.precision
    )
    shown, withheld = disclose(
        surveyed.estimates,
        catalogue,
        psu_totals=inputs.psu_totals,
        parents=_parents(inputs.areas),
        released=inputs.released,
    )
    recorded = estimate_recorded(inputs.administrative, by_source["records"])
    policies = estimate_policies(inputs.checklists, catalogue, by_source["checklist"])
    estimates = checked(
        Estimates, _marked(pd.concat([shown, recorded, policies]), inputs, catalogue)
    )
    units = _units(estimates, inputs.areas, catalogue.framework.imputation.within)
    peers = nearest_peers(inputs.areas, units, catalogue.framework)
    count, seed = options.draws, options.seed
    draws = (
        survey_draws(shown, surveyed.covariances, units, count, seed)
        | record_draws(inputs.administrative, by_source["records"], units, count, seed)
        | policy_draws(policies, units, count, seed)
    )
    scored = score(draws, units, catalogue, _differing(estimates, inputs.differences, units))
    spans = robustness(scored, catalogue, seed)
    doubts = analyse(scored, catalogue, seed, Effort.of(count, POINTS_SHARE))
    between = compare(
        estimates,
        inputs.areas,
        inputs.differences,
        peers,
        catalogue,
        shared=shared_error(
            inputs.psu_totals, by_source["survey"], inputs.same_units, options.lonely_psu
        ),
    )
    within = compare_groups(
        inputs.psu_totals, estimates, by_source["survey"], catalogue, options.lonely_psu
    )
    return Results(
        provenance=provenance,
        areas=inputs.areas,
        surveys=inputs.surveys,
        differences=inputs.differences,
        estimates=estimates,
        scores=score_table(scored, catalogue),
        comparisons=checked(Comparisons, pd.concat([between, within], ignore_index=True)),
        robustness=checked(Robustness, pd.concat([spans, doubts.spans], ignore_index=True)),
        quality=inputs.quality,
        peers=peers,
        sensitivity=doubts.sensitivity,
        left_out=doubts.left_out,
        order_changes=doubts.order_changes,
        withheld=withheld,
        rank_sets=rank_sets(scored, catalogue, seed),
        trends=trends(estimates, inputs.differences, catalogue),
        weights=inputs.weights,
    )


def _parents(areas: pd.DataFrame) -> dict[str, str]:
    """The area each area is part of."""
    known = areas.dropna(subset=["parent"])
    return dict(zip(known["area"], known["parent"], strict=True))


def _by_source(catalogue: Catalogue) -> dict[str, list[Indicator]]:
    groups: dict[str, list[Indicator]] = {"survey": [], "records": [], "checklist": []}
    for indicator in catalogue.indicators.values():
        if indicator.from_survey:
            groups["survey"].append(indicator)
        elif isinstance(indicator.measure, ChecklistMeasure):
            groups["checklist"].append(indicator)
        else:
            groups["records"].append(indicator)
    return groups


def _marked(estimates: pd.DataFrame, inputs: Inputs, catalogue: Catalogue) -> pd.DataFrame:
    """Every city with results has a row per indicator; breaks and differences carry their mark."""
    units = estimates[["area", "period"]].drop_duplicates()
    wanted = units.merge(pd.DataFrame({"indicator": list(catalogue.indicators)}), how="cross")
    wanted = wanted.assign(disaggregation=TOTAL, category=TOTAL)
    key = ["indicator", "area", "period", "disaggregation", "category"]
    filled = estimates.merge(wanted, on=key, how="outer")
    filled["obs_status"] = filled["obs_status"].fillna("x")
    filled["conf_status"] = filled["conf_status"].fillna("")
    marks = inputs.differences.sort_values("obs_status").drop_duplicates(
        ["indicator", "area", "period"], keep="last"
    )
    marked = filled.merge(
        marks[["indicator", "area", "period", "obs_status"]],
        on=["indicator", "area", "period"],
        how="left",
        suffixes=("", "_marked"),
    )
    # What is too unsure to lean on stays so; that it differs is told by the comparisons.
    takes_mark = marked["obs_status_marked"].notna() & marked["value"].notna()
    takes_mark &= marked["obs_status"] != "u"
    marked["obs_status"] = marked["obs_status"].mask(takes_mark, marked["obs_status_marked"])
    order = {name: place for place, name in enumerate(catalogue.indicators)}
    ordered = marked.assign(order=marked["indicator"].map(order)).sort_values(
        ["area", "period", "order", "disaggregation", "category"], ignore_index=True
    )
    return ordered[list(Estimates.to_schema().columns)]


def _differing(
    estimates: pd.DataFrame, differences: pd.DataFrame, units: pd.DataFrame
) -> dict[str, NDArray[np.bool_]]:
    """For each indicator of which any value's definition differs, in which units it does."""
    key = ["indicator", "area", "period"]
    told = pd.concat(
        [table.loc[table["obs_status"] == "d", key] for table in (estimates, differences)]
    )
    pairs = pd.MultiIndex.from_frame(units[["area", "period"]])
    return {
        str(name): pairs.isin(pd.MultiIndex.from_frame(rows[["area", "period"]]))
        for name, rows in told.groupby("indicator")
    }


def _units(
    estimates: pd.DataFrame, areas: pd.DataFrame, imputed_within: str | None
) -> pd.DataFrame:
    """Area, period, country of everything scored; ranks belong to one country and period."""
    units = estimates[["area", "period"]].drop_duplicates().sort_values(["area", "period"])
    wanted = [name for name in areas.columns if name in ("country", imputed_within)]
    units = units.join(areas.set_index("area")[wanted], on="area").fillna({"country": ""})
    return units.assign(group=units["country"] + " " + units["period"]).reset_index(drop=True)
