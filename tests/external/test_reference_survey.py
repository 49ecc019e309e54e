"""Estimates, errors, design effects and degrees of freedom as R's package `survey` gives them.

Where R prints an error of 0 because all answers lie in one cluster, or because nothing varies,
no such error is shown here: that zero is an artefact, not precision. Nor is one where a group was
met in a single cluster of each stratum, which R estimates from the clusters without anybody.
"""

import numpy as np
import pandas as pd
import pytest

from tests.factories import catalogue, indicator
from urban_safety_monitor.engines.replicates import Summed
from urban_safety_monitor.engines.stages import staged
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.precision import Precision

pytestmark = pytest.mark.external

DESIGNS = [
    "strat_fpc", "strat_nofpc", "clus1_fpc", "clus1_nofpc", "clus2_2stage_fpc", "clus2_nofpc",
]  # fmt: skip
FILES = {"strat": "apistrat", "clus1": "apiclus1", "clus2": "apiclus2"}
SHARES = ["sch.wide.b", "awards.b", "yr.rnd.b"]
# R's method of `svyciprop` -> ours, and how far both may be apart (see test_reference_kernels).
METHODS = {
    "wilson": ("wilson", 0.0), "beta": ("korn-graubard", 0.0), "xlogit": ("logit", 0.0),
    "logit": ("logit", 1e-6), "mean": ("symmetric", 0.0), "likelihood": ("likelihood", 1e-3),
    "asin": ("arcsine", 0.0),
}  # fmt: skip
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

    for j, name in enumerate(SHARES):
        share = {"kind": "proportion", "of": is_in(name, 1), "times": 1}
        known = [{"column": name, "is_in": [0, 1]}]
        yield of("prop", j, share | {"among": known}, name, "", "")


def schools(folder, design):
    """The file as records: one school a row, with the design the name stands for."""
    stratified = design.startswith("strat")
    file = folder / "data" / f"{FILES[design.split('_')[0]]}.csv"
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
    if design.endswith("2stage_fpc"):
        return table.assign(psus_in_stratum=table["fpc1"], ssu=row, ssus_in_psu=table["fpc2"])
    return table.assign(psus_in_stratum=table["fpc"]) if design.endswith("_fpc") else table


def summed(folder, design):
    """Totals of a design and its indicators, with the row of R's table each stands for."""
    declared, keys = zip(*indicators(), strict=True)
    sample = staged(schools(folder, design))
    asked = Summed(catalogue(*declared, groups=GROUPS), declared, NAMES)
    named = pd.DataFrame(keys, columns=KEY[:4], index=[i.id for i in declared])
    return sample.told(asked.totals(sample.records)), declared, named


def estimated(folder, design, precision):
    totals, declared, named = summed(folder, design)
    found = estimate(totals, declared, precision=precision).estimates
    # A ratio's denominator is no weight: that of a total over the same records is.
    alike = {"ratio_0": "total_1", "ratio_1": "total_0"}
    found = found.assign(weighed=found["indicator"].replace(alike))
    found = found.join(weights_of(totals), on=["disaggregation", "category", "weighed"])
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
    rows = table[table["design"] == design]
    usual = ["wald_normal", "mean_df_domain"]
    plain = rows[rows["ci_method"].isin(usual)].drop(columns=["ci_low", "ci_high"])
    student = rows["ci_method"].isin(["wald_t_domain_complete", "mean_df_domain"])
    return plain.merge(rows.loc[student, [*KEY, "ci_low", "ci_high"]], on=KEY, how="left")


@pytest.fixture(scope="module", params=DESIGNS)
def pairs(request, shared):
    """Every estimate of R's table beside ours."""
    folder = shared / "reference"
    theirs = expected(folder, request.param)
    ours = estimated(folder, request.param, Precision("symmetric"))
    both = theirs.merge(ours, on=KEY, how="left", indicator="met")
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
    # Nobody's answer is missing, or R's own degrees of freedom are those of complete cases.
    whole = ~pairs["variable"].isin(["acs.46", "target"]) & (pairs["denominator"] != "enroll")
    whole &= (pairs["variable"] != "enroll") | (pairs["dataset"] != "apiclus2")
    same(pairs.loc[whole, "degrees_of_freedom"], pairs.loc[whole, "df_domain"], 0)


def test_design_effects(pairs):
    """Against sampling with replacement; R's other one is that over 1 less the share sampled."""
    rows = shown(pairs)
    rows = rows[rows["estimator"] != "prop"]  # R gives none with `svyciprop`
    sampled = rows["n_obs"] / rows["weights"]
    expected = rows["deff_wr"].fillna(rows["deff"] * (1 - sampled))
    finite = np.isfinite(expected)
    assert finite.mean() > 0.9
    same(rows.loc[finite, "design_effect"], expected[finite])


def test_students_intervals(pairs):
    known = shown(pairs)
    known = known[known["ci_low"].notna()]
    assert len(known) > 50
    size = 1e-12 * known["value"].abs()  # a limit near 0 is the difference of far larger numbers
    for ours, theirs in (("lower", "ci_low"), ("upper", "ci_high")):
        assert (np.abs(known[ours] - known[theirs]) <= 1e-8 * known[theirs].abs() + size).all()


@pytest.mark.parametrize("method", METHODS)
def test_intervals_of_shares_and_the_other_design_effect(shared, method):
    """Each way to ask for an interval, over the designs together."""
    folder, (ours, apart) = shared / "reference", METHODS[method]
    table = pd.read_csv(folder / "survey_estimates.csv", dtype=dict.fromkeys(KEY, "str"))
    table[[*KEY, "flag"]] = table[[*KEY, "flag"]].fillna("")
    asked = table[(table["ci_method"] == f"{method}_df_domain") & (table["flag"] == "")]
    precision = Precision(ours, design_effect="without-replacement")
    compared = 0
    for design, rows in asked.groupby("design"):
        both = rows.merge(estimated(folder, str(design), precision), on=KEY)
        assert len(both) == len(rows)
        for limit, of_r in (("lower", "ci_low"), ("upper", "ci_high")):
            inside = ~both[limit].isin([0.0, 1.0])  # arcsine limits, which in R turn back there
            assert inside.mean() > 0.5
            pair = both.loc[inside, limit], both.loc[inside, of_r]
            np.testing.assert_allclose(*pair, rtol=1e-8, atol=apart)
        finite = both["deff"].notna()
        same(both.loc[finite, "design_effect"], both.loc[finite, "deff"], 1e-8)
        compared += len(both)
    assert compared > 80
