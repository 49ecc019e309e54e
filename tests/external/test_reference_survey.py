"""Estimates, errors, design effects and degrees of freedom as R's package `survey` gives them.

Where R prints an error of 0 because all answers lie in one cluster, or because nothing varies,
no such error is shown here: that zero is an artefact, not precision. Nor is one where a group was
met in a single cluster of each stratum, which R estimates from the clusters without anybody.
"""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, indicator
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.pipeline.estimate import estimate

pytestmark = pytest.mark.external

DESIGNS = ["strat_fpc", "strat_nofpc", "clus1_fpc", "clus1_nofpc"]
NUMBERS = ["acs.46", "api00", "enroll", "meals", "target"]
TOTALS = ["one", "enroll", "awards.b"]
RATIOS = [("api.stu", "enroll"), ("api00", "api99")]
LEVELS = ["E", "H", "M"]
CROSSED = [(school, award) for school in LEVELS for award in ("Yes", "No")]
KEY = ["estimator", "variable", "denominator", "level", "domain_var", "domain_level"]


def is_in(column, code):
    return {"column": column, "is_in": [code]}


GROUPS = [
    *({"id": name, "title": name, "column": column}
      for name, column in (("stype", "stype"), ("sch_wide", "sch.wide"), ("cname", "cname"))),
    {
        "id": "stype_awards",
        "title": "Kind of school and award",
        "categories": [
            {
                "id": f"{school} & {award}",
                "title": f"{school} & {award}",
                "when": {"all_of": [is_in("stype", school), is_in("awards", award)]},
            }
            for school, award in CROSSED
        ],
    },
]  # fmt: skip
NAMES = [group["id"] for group in GROUPS]
DOMAINS = dict(zip(NAMES, ["stype", "sch.wide", "cname", "stype*awards"], strict=True))


def of(estimator, number, measure, *key):
    """An indicator with the row of R's table it stands for."""
    name = f"{estimator}_{number}"
    return indicator(name, measure, disaggregations=NAMES), (estimator, *key)


def indicators():
    for j, name in enumerate(NUMBERS):
        yield of("mean", j, {"kind": "mean", "of": {"value_of": name}}, name, "", "")
    for j, level in enumerate(LEVELS):
        share = {"kind": "proportion", "of": is_in("stype", level), "times": 1}
        yield of("mean", f"level_{j}", share, "stype", "", f"stype{level}")
    for j, name in enumerate(TOTALS):
        yield of("total", j, {"kind": "total", "of": {"value_of": name}}, name, "", "")
    for j, (above, below) in enumerate(RATIOS):
        ratio = {"kind": "ratio", "of": {"value_of": above}, "per": {"value_of": below}}
        yield of("ratio", j, ratio, above, below, "")


def schools(folder, design):
    """The file as records: one school a row, with the design the name stands for."""
    stratified = design.startswith("strat")
    file = folder / "data" / ("apistrat.csv" if stratified else "apiclus1.csv")
    table = pd.read_csv(file, keep_default_na=False, na_values=[""], dtype={"dnum": "str"})
    row = table.index.astype("str")
    table = table.assign(
        area="CA",
        period="2000",
        person=row,
        stratum=table["stype"] if stratified else "1",
        psu=row if stratified else table["dnum"],
        weight_person=table["pw"],
    )
    return table.assign(psus_in_stratum=table["fpc"]) if design.endswith("_fpc") else table


def estimated(folder, design):
    declared, keys = zip(*indicators(), strict=True)
    totals = psu_totals(
        schools(folder, design), catalogue(*declared, groups=GROUPS), declared, NAMES
    )
    found = estimate(totals, declared).estimates
    found = found.assign(weighed=found["indicator"].str.replace(r"ratio_\d", "total_0", regex=True))
    found = found.join(weights_of(totals), on=["disaggregation", "category", "weighed"])
    named = pd.DataFrame(keys, columns=KEY[:4], index=[i.id for i in declared])
    found = found.join(named, on="indicator")
    everybody = found["disaggregation"] == "total"
    return found.assign(
        domain_var=found["disaggregation"].map(DOMAINS).fillna(""),
        domain_level=found["category"].mask(everybody, ""),
    )


def weights_of(totals):
    """What the answers of each cell weigh together; only a ratio's denominator is not that."""
    terms = totals.long().groupby(["disaggregation", "category", "indicator"])
    return terms["denominator"].sum().rename("weights")


def expected(folder, design):
    """R's rows, one for each estimate, with the interval of complete cases where it has one."""
    table = pd.read_csv(folder / "survey_estimates.csv")
    texts = [*KEY, "flag", "ci_method"]
    table[texts] = table[texts].fillna("")
    rows = table[(table["design"] == design) & table["estimator"].isin(["mean", "total", "ratio"])]
    plain = rows[rows["ci_method"] == "wald_normal"].drop(columns=["ci_low", "ci_high"])
    student = rows.loc[rows["ci_method"] == "wald_t_domain_complete", [*KEY, "ci_low", "ci_high"]]
    return plain.merge(student, on=KEY, how="left")


@pytest.fixture(scope="module", params=DESIGNS)
def pairs(request, shared):
    """Every estimate of R's table beside ours."""
    folder = shared / "reference"
    theirs = expected(folder, request.param)
    both = theirs.merge(estimated(folder, request.param), on=KEY, how="left", indicator="met")
    assert (both["met"] == "both").all(), both.loc[both["met"] != "both", KEY]
    assert len(both) > 150
    return both


def same(found, expected, digits=1e-9):
    np.testing.assert_allclose(found, expected, rtol=digits)


def test_every_estimate(pairs):
    same(pairs["value"], pairs["estimate"])
    same(pairs["n"], pairs["n_obs"], 0)


def shown(pairs):
    """Rows whose error can be shown: R's zeros and groups without degrees of freedom are not."""
    ordinary = pairs[(pairs["flag"] == "") & (pairs["n_psu"] > pairs["n_strata"])]
    assert len(ordinary) > 100
    return ordinary


def test_every_standard_error(pairs):
    same(shown(pairs)["standard_error"], shown(pairs)["se"])


def test_no_error_is_shown_without_degrees_of_freedom(pairs):
    none = pairs[pairs["n_psu"] <= pairs["n_strata"]]
    assert none["standard_error"].isna().all()
    assert (none["obs_status"] == "u").all()


def test_an_error_of_zero_is_never_shown(pairs):
    artefact = pairs[pairs["flag"] != ""]
    assert (artefact["se"] == 0).all()
    assert not (artefact["standard_error"] == 0).any()
    assert (artefact["obs_status"] == "u").all()
    single = artefact["flag"] == "se_zero_single_psu"
    assert artefact.loc[single, "standard_error"].isna().all()


def test_degrees_of_freedom_are_psus_less_strata_of_complete_cases(pairs):
    same(pairs["degrees_of_freedom"], np.maximum(pairs["n_psu"] - pairs["n_strata"], 0), 0)
    same(pairs["psus"], pairs["n_psu"], 0)
    whole = ~pairs["variable"].isin(["acs.46", "target"])  # nobody's answer is missing
    same(pairs.loc[whole, "degrees_of_freedom"], pairs.loc[whole, "df_domain"], 0)


def test_design_effects(pairs):
    """Against sampling with replacement; R's other one is that over 1 less the share sampled."""
    rows = shown(pairs)
    sampled = rows["n_obs"] / rows["weights"]
    expected = rows["deff_wr"].fillna(rows["deff"] * (1 - sampled))
    finite = np.isfinite(expected)
    assert finite.mean() > 0.9
    same(rows.loc[finite, "design_effect"], expected[finite])


def test_intervals_of_means_totals_and_ratios(pairs):
    known = shown(pairs)
    known = known[(known["level"] == "") & known["ci_low"].notna()]
    assert len(known) > 50
    same(known["lower"], known["ci_low"], 1e-8)
    same(known["upper"], known["ci_high"], 1e-8)
