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
UNIT = ["indicator", *SURVEY]


def estimate_policies(
    answers: DataFrame[Checklist], catalogue: Catalogue, indicators: Sequence[Indicator]
) -> DataFrame[Estimates]:
    """Estimate checklist indicators for every area and period that handed in a checklist."""
    columns = list(Estimates.to_schema().columns)
    if not indicators or answers.empty:
        return checked(Estimates, pd.DataFrame(columns=columns))
    declared = pd.DataFrame([_declared(i, catalogue) for i in indicators])
    forms = answers[["checklist", *SURVEY]].drop_duplicates()
    wanted = forms.merge(declared[["indicator", "checklist"]], on="checklist")
    asked = _counted(answers, declared)
    reviewed = asked[asked["assessor"] != SELF_ASSESSMENT]
    own = asked[asked["assessor"] == SELF_ASSESSMENT]
    levels = pd.concat([_levels(reviewed, "A"), _levels(own, "p")], ignore_index=True)
    levels = levels.drop_duplicates(UNIT)  # a review, where there is one, replaces the city's own
    filled = wanted.merge(levels, on=UNIT, how="left").merge(
        declared[["indicator", "lowest", "highest"]], on="indicator"
    )
    half = normal_quantile() * filled["standard_error"]
    blank = dict.fromkeys(("degrees_of_freedom", "n_effective", "design_effect", "psus"), np.nan)
    filled = filled.assign(
        **blank,
        lower=(filled["value"] - half).clip(filled["lowest"], filled["highest"]),
        upper=(filled["value"] + half).clip(filled["lowest"], filled["highest"]),
        disaggregation=TOTAL,
        category=TOTAL,
        obs_status=filled["obs_status"].fillna("x"),
        conf_status="",
    )
    return checked(Estimates, filled[columns])


def _declared(indicator: Indicator, catalogue: Catalogue) -> dict[str, object]:
    """What the catalogue says of a checklist indicator, as one row."""
    measure = indicator.measure
    assert isinstance(measure, ChecklistMeasure)
    form = catalogue.checklists[measure.checklist]
    scale = next(item.scale for item in form.items if item.id == measure.items[0])
    codes = [float(code) for code in form.scales[scale]]
    return {
        "indicator": indicator.id,
        "checklist": measure.checklist,
        "item": list(measure.items),
        "items": len(measure.items),
        "assessors_at_least": measure.assessors_at_least,
        "cap": measure.without_evidence_at_most,
        "lowest": min(codes),
        "highest": max(codes),
    }


def _counted(answers: pd.DataFrame, declared: pd.DataFrame) -> pd.DataFrame:
    """Answers with the indicator they serve, capped where no evidence is given."""
    asked = answers.dropna(subset=["answer"]).merge(
        declared.explode("item"), on=["checklist", "item"]
    )
    bare = asked["evidence"].fillna("").str.strip() == ""
    cap = asked["cap"].astype(float).where(bare)
    return asked.assign(answer=asked["answer"].clip(upper=cap.fillna(np.inf)))


def _levels(asked: pd.DataFrame, obs_status: str) -> pd.DataFrame:
    """Mean over assessors of their mean over items; assessors who left items out do not count."""
    rule = ["items", "assessors_at_least"]
    each = asked.groupby([*UNIT, *rule, "assessor"])["answer"].agg(["mean", "size"]).reset_index()
    each = each[each["size"] == each["items"]]
    every = each.groupby([*UNIT, *rule])["mean"].agg(["mean", "var", "size"]).reset_index()
    every = every[every["size"] >= every["assessors_at_least"]]
    rounding = ROUNDING_VARIANCE / every["items"]
    variance = (every["var"].fillna(0) + rounding) / every["size"]
    return every[UNIT].assign(
        value=every["mean"],
        standard_error=np.sqrt(variance),
        n=every["size"].astype(float),
        obs_status=obs_status,
    )
