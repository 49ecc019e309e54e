"""Whole runs on small cities: one survey, some records, a checklist."""

import io

import numpy as np
import pandas as pd
import pytest

from tests.factories import (
    DISTRICT,
    SEX,
    administrative,
    answers,
    areas,
    catalogue,
    component,
    differences,
    indicator,
    posts,
    share,
    survey,
    surveys,
)
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.errors import DesignError
from urban_safety_monitor.pipeline.run import Inputs, Options, run
from urban_safety_monitor.tables.run import Provenance

FORM = {
    "id": "city",
    "title": "City",
    "level": "city",
    "scored": True,
    "scales": {"level": {str(n): str(n) for n in range(5)}},
    "items": [
        {"id": "C1", "question": "?", "scale": "level", "evidence": "?", "answered_by": "city"}
    ],
}
LENIENT = {"persons": 5, "effective_persons": 1, "psus": 2, "half_width": 90}
LENIENT |= {"coefficient_of_variation": 90}
CATALOGUE = catalogue(
    indicator(
        "safe",
        share("safe"),
        component="felt",
        evidence="subjective_survey",
        goalposts=posts(0, 100),
        disaggregations=["sex"],
    ),
    indicator("robbed", share("robbed"), component="crime", goalposts=posts(50, 0)),
    indicator("counted", share("robbed"), component="crime", status="context"),
    indicator(
        "homicides",
        {"kind": "rate", "events": "homicides", "residents": "population"},
        component="crime",
        evidence="administrative",
        goalposts=posts(80, 0.3, scale="log"),
    ),
    indicator(
        "strategy",
        {"kind": "checklist", "checklist": "city", "items": ["C1"]},
        component="policy",
        evidence="policy",
        goalposts=posts(0, 4),
    ),
    groups=[SEX, DISTRICT],
    components=[
        component("all", "overall", coverage_at_least=0.6),
        component("felt", "domain", parent="all", coverage_at_least=0.6),
        component("crime", "domain", parent="all", coverage_at_least=0.6),
        component("policy", "domain", parent="all", coverage_at_least=0.6),
    ],
    checklists=[FORM],
    thresholds=LENIENT,
    peers_by=["population"],
)
INDICATORS = list(CATALOGUE.indicators.values())
SURVEYED = [i for i in INDICATORS if i.from_survey]
PROVENANCE = Provenance("run", "0", "0" * 64, {}, {}, True)


def people(area, n=60, period="2026"):
    rng = np.random.default_rng([ord(letter) for letter in area + period])
    return survey(
        {
            "safe": rng.integers(1, 3, n),
            "robbed": np.where(rng.random(n) < 0.2, 1, 2),
            "sex": rng.integers(1, 3, n),
        },
        area=area,
        period=period,
        stratum=np.repeat(["1", "2"], n // 2),
        psu=np.repeat(np.arange(12), n // 12),
        weight_person=rng.uniform(1, 2, n),
    )


def inputs(names, *, marks=(), records=True, checklists=True, frames=None):
    microdata = pd.concat(frames or [people(name) for name in names], ignore_index=True)
    figures = [
        {"area": name, "series": series, "value": value}
        for name in names
        for series, value in (("homicides", float(ord(name) % 7)), ("population", 1e5))
    ]
    graded = [
        {"area": name, "item": "C1", "assessor": assessor, "answer": answer}
        for name in names
        for assessor, answer in (("r1", 2), ("r2", 3))
    ]
    return Inputs(
        psu_totals=psu_totals(microdata, CATALOGUE, SURVEYED, ("sex",)),
        administrative=administrative(figures if records else []),
        checklists=answers(graded if checklists else []),
        areas=areas(names, population=np.linspace(1e5, 1e6, len(names))),
        surveys=surveys([(name, "2026") for name in names]),
        differences=differences(marks),
        quality=pd.DataFrame(),
    )


def results(names, seed=1, rule="adjust", **given):
    options = Options(draws=200, seed=seed, lonely_psu=rule)
    return run(inputs(names, **given), CATALOGUE, options, PROVENANCE)


def bytes_of(found):
    """All tables as they would be kept."""
    written = {}
    for name, table in found.tables().items():
        file = io.BytesIO()
        table.to_parquet(file)
        written[name] = file.getvalue()
    return written


CITIES = list("ABCDE")
PAIR = list("AB")


@pytest.fixture(scope="module")
def five():
    return results(CITIES)


def test_every_city_has_a_row_for_every_indicator(five):
    total = five.estimates[five.estimates["disaggregation"] == "total"]
    assert total.groupby("area")["indicator"].apply(list).map(tuple).unique().tolist() == [
        tuple(CATALOGUE.indicators)
    ]
    assert five.estimates["value"].notna().all()


def test_the_same_seed_gives_the_same_bytes(five):
    assert bytes_of(results(CITIES)) == bytes_of(five)


def of_a(found):
    columns = ["component", "period", "score", "lower", "upper", "coverage", "missing"]
    scores = found.scores
    return scores.loc[scores["area"] == "A", columns].reset_index(drop=True)


def test_another_seed_moves_intervals_and_no_point(five):
    other, own = of_a(results(["A"], seed=2)), of_a(five)
    pd.testing.assert_series_equal(other["score"], own["score"])
    assert (other["lower"] != own["lower"]).any()


@pytest.mark.parametrize("others", [["A"], ["0", "A", "Z"]])
def test_no_citys_score_or_interval_depends_on_other_cities(five, others):
    pd.testing.assert_frame_equal(of_a(results(others)), of_a(five), rtol=1e-9)


def test_nor_does_what_counts_as_missing():
    with_others = inputs(["A", "B"])
    only_b = with_others.checklists[with_others.checklists["area"] == "B"]
    both = run(
        Inputs(**{**vars(with_others), "checklists": only_b}), CATALOGUE, Options(50), PROVENANCE
    )
    alone = results(["A"], checklists=False)
    for found in (both, alone):
        row = found.scores[(found.scores["area"] == "A") & (found.scores["component"] == "all")]
        assert row["coverage"].tolist() == pytest.approx([2 / 3])
        assert row["missing"].tolist() == ["strategy"]


def test_points_lie_inside_their_intervals_and_ranks_inside_theirs(five):
    scores = five.scores
    assert (scores["lower"] <= scores["score"]).all()
    assert (scores["score"] <= scores["upper"]).all()
    assert (scores["rank_lower"] <= scores["rank"]).all()
    assert (scores["rank"] <= scores["rank_upper"]).all()
    assert scores["rank_upper"].max() <= len(CITIES)


def test_context_is_shown_and_never_scored(five):
    assert "counted" in set(five.estimates["indicator"])
    assert "counted" not in set(five.scores["component"])
    assert five.scores["missing"].eq("").all()


def test_spans_hold_the_score(five):
    whole = five.robustness[five.robustness["choice"] == "all"]
    overall = five.scores[five.scores["component"] == "all"]
    both = whole.merge(overall, on=["area", "period"], suffixes=("_span", ""))
    assert (both["lower_span"] <= both["score"]).all()
    assert (both["score"] <= both["upper_span"]).all()


def test_what_is_uncertain_is_kept_with_the_run(five):
    assert {"sampling", "everything"} <= set(five.robustness["choice"])
    assert len(five.order_changes) == 5 * 4 / 2
    assert set(five.left_out["level"]) <= {"indicator", "subdomain", "domain"}
    assert five.sensitivity["country"].eq("MX").all()
    assert {"sampling", "importance"} <= set(five.sensitivity["factor"])


@pytest.fixture(scope="module")
def surveyed_only():
    """Neither records nor checklists; a mark on what is not there."""
    marks = [("homicides", "A", "2026", "b")]
    return results(PAIR, records=False, checklists=False, marks=marks)


def test_without_records_and_checklists_a_run_stands_on_its_survey(surveyed_only):
    found = surveyed_only
    rows = found.estimates[found.estimates["indicator"].isin(["homicides", "strategy"])]
    assert rows["obs_status"].eq("x").all()
    assert rows["value"].isna().all()
    assert len(rows) == 2 * len(PAIR)
    overall = found.scores[found.scores["component"] == "all"]
    assert overall["score"].isna().all()
    assert overall["missing"].str.contains("strategy").all()


@pytest.fixture(scope="module")
def odd():
    """Cities A and B where everybody is safe, C where few answered, D without robberies."""
    frames = {name: people(name) for name in "ABCDEFGH"}
    frames["A"]["safe"] = frames["B"]["safe"] = 1
    frames["C"]["safe"] = pd.array([1, 2, 1, 2] + [None] * 56, dtype="Int64")
    frames["D"]["robbed"] = 2
    marks = [("safe", "A", "2026", "b"), ("safe", "B", "2026", "d")]
    marks += [("safe", "E", "2026", "d"), ("robbed", "F", "2026", "b")]
    return results(list(frames), frames=list(frames.values()), marks=marks)


def test_marks_are_put_on_the_values_they_concern(odd):
    rows = odd.estimates.set_index(["indicator", "area", "category"])["obs_status"]
    assert rows["safe", "E", "total"] == "d"
    assert rows["safe", "E", "woman"] == "d"
    assert rows["robbed", "F", "total"] == "b"
    assert rows["safe", "F", "total"] == "A"


@pytest.mark.parametrize("area", ["A", "B"], ids=["b", "d"])
def test_a_mark_does_not_make_an_unreliable_value_reliable(odd, area):
    rows = odd.estimates[odd.estimates["area"] == area].set_index("indicator")
    assert rows.loc["safe", "obs_status"].unique().tolist() == ["u"]
    compared = odd.comparisons[odd.comparisons["component"] == "safe"].set_index("area")["status"]
    decided = ["better", "worse", "similar"]
    assert not compared[[area]].isin(decided).any()
    assert compared[["G"]].isin(decided).any()


def test_a_city_marked_d_is_not_counted_among_the_ranked(odd):
    """B and E differ, C has no value: five of eight are ranked."""
    rows = odd.scores[odd.scores["component"] == "safe"].set_index("area")
    assert rows.loc[["B", "E"], "obs_status"].eq("d").all()
    assert rows.loc[["B", "E"], "rank"].isna().all()
    assert rows["score"].drop("C").notna().all()
    assert rows["rank"].max() <= 5
    assert rows["rank_upper"].max() <= 5


def test_a_withheld_value_is_not_scored(odd):
    rows = odd.estimates[odd.estimates["area"] == "C"].set_index("indicator")
    assert rows.loc["safe", "conf_status"].eq("C").all()
    scores = odd.scores[odd.scores["area"] == "C"].set_index("component")
    assert scores.loc[["safe", "felt"], ["score", "lower", "upper"]].isna().all(axis=None)
    assert scores.loc["safe", "missing"] == "safe"


def test_a_share_of_none_is_not_scored_as_certain(odd):
    robbed = odd.scores[odd.scores["component"] == "robbed"].set_index("area")
    assert robbed.loc["D", "score"] == 100
    assert robbed.loc["D", "lower"] < 98


def test_a_mark_on_a_value_that_is_not_there_changes_nothing(surveyed_only):
    rows = surveyed_only.estimates[surveyed_only.estimates["indicator"] == "homicides"]
    assert rows["obs_status"].eq("x").all()


def test_comparisons_between_cities_and_within_them_stand_in_one_table(five):
    benchmarks = set(five.comparisons["benchmark"])
    assert benchmarks == {"country_median", "peers", "previous", "sex:man", "sex:woman"}


def test_single_psus_are_refused_if_so_chosen():
    lonely = people("A").assign(psu="1")
    with pytest.raises(DesignError, match="stratum 1 has one PSU"):
        results(["A"], frames=[lonely], rule="fail")
