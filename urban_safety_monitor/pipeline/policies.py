"""Estimates from checklists: the mean level over assessors, with the error of grading.

Reviewers' answers count; a city's own assessment stands, marked provisional, until there are
any. A level without evidence is capped, and an item nobody answered is missing, not 0. Levels
are whole numbers, so each answer carries the rounding variance 1/12 (Sheppard 1898) beside the
spread between assessors.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Checklist as ChecklistMeasure
from urban_safety_monitor.statistics.intervals import normal_quantile
from urban_safety_monitor.tables import Checklist, Estimates, checked
from urban_safety_monitor.tables.inputs import TOTAL

SELF_ASSESSMENT = "city"
ROUNDING_VARIANCE = 1 / 12
SURVEY = ["area", "period"]


def estimate_policies(
    answers: DataFrame[Checklist], catalogue: Catalogue, indicators: Sequence[Indicator]
) -> DataFrame[Estimates]:
    """Estimate checklist indicators for every area and period that handed in a checklist."""
    columns = list(Estimates.to_schema().columns)
    frames = [pd.DataFrame(columns=columns)]
    for indicator in indicators:
        assert isinstance(indicator.measure, ChecklistMeasure)
        frame = _levels(answers, indicator.measure, catalogue)
        frames.append(frame.assign(indicator=indicator.id)[columns])
    return checked(Estimates, pd.concat(frames, ignore_index=True))


def _levels(answers: pd.DataFrame, measure: ChecklistMeasure, catalogue: Catalogue) -> pd.DataFrame:
    form = answers[answers["checklist"] == measure.checklist]
    surveys = form[SURVEY].drop_duplicates()
    asked = form[form["item"].isin(measure.items)].dropna(subset=["answer"])
    if measure.without_evidence_at_most is not None:
        bare = asked["evidence"].fillna("").str.strip() == ""
        capped = asked["answer"].clip(upper=measure.without_evidence_at_most)
        asked = asked.assign(answer=asked["answer"].where(~bare, capped))
    reviewed = asked[asked["assessor"] != SELF_ASSESSMENT]
    own = asked[asked["assessor"] == SELF_ASSESSMENT].merge(
        reviewed[SURVEY].drop_duplicates(), how="left", indicator="there"
    )
    own = own[own["there"] == "left_only"].drop(columns="there")
    levels = pd.concat(
        [_summed_up(reviewed, measure, "A"), _summed_up(own, measure, "p")], ignore_index=True
    )
    low, high = _scale(measure, catalogue)
    half = normal_quantile() * levels["standard_error"]
    levels = levels.assign(
        lower=(levels["value"] - half).clip(low, high),
        upper=(levels["value"] + half).clip(low, high),
    )
    filled = surveys.merge(levels, on=SURVEY, how="left")
    blank = dict.fromkeys(("degrees_of_freedom", "n_effective", "design_effect", "psus"), np.nan)
    return filled.assign(
        **blank,
        disaggregation=TOTAL,
        category=TOTAL,
        obs_status=filled["obs_status"].fillna("x"),
        conf_status="",
    )


def _summed_up(asked: pd.DataFrame, measure: ChecklistMeasure, obs_status: str) -> pd.DataFrame:
    """Mean over assessors of their mean over items; assessors who left items out do not count."""
    each = asked.groupby([*SURVEY, "assessor"])["answer"].agg(["mean", "size"]).reset_index()
    each = each[each["size"] == len(measure.items)]
    every = each.groupby(SURVEY)["mean"].agg(["mean", "var", "size"]).reset_index()
    every = every[every["size"] >= measure.assessors_at_least]
    rounding = ROUNDING_VARIANCE / len(measure.items)
    variance = (every["var"].fillna(0) + rounding) / every["size"]
    return every[SURVEY].assign(
        value=every["mean"],
        standard_error=np.sqrt(variance),
        n=every["size"].astype(float),
        obs_status=obs_status,
    )


def _scale(measure: ChecklistMeasure, catalogue: Catalogue) -> tuple[float, float]:
    form = catalogue.checklists[measure.checklist]
    scale = next(item.scale for item in form.items if item.id == measure.items[0])
    codes = [float(code) for code in form.scales[scale]]
    return min(codes), max(codes)
