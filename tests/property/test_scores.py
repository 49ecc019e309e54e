"""Laws of scores and of their spans over random values."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories import catalogue, component, indicator, posts, share
from urban_safety_monitor.pipeline.robustness import robustness
from urban_safety_monitor.pipeline.score import score, score_table

DOMAINS = [f"d{n}" for n in range(4)]
NAMES = [f"i{n}" for n in range(8)]
SEEDS = st.integers(0, 2**32 - 1)
laws = settings(max_examples=4)
IMPUTED = {"method": "mean", "reason": "For a test."}


def declared(how="arithmetic", **framework):
    """Four domains of two indicators each; the whole needs three of them."""
    return catalogue(
        *(
            indicator(
                name,
                share("x"),
                component=DOMAINS[number // 2],
                goalposts=posts(100, 0) if number % 2 else posts(0, 100),
                status="extended" if number == 7 else "core",
            )
            for number, name in enumerate(NAMES)
        ),
        components=[
            component("all", "overall", aggregation=how, reason="Test.", coverage_at_least=0.75),
            *(component(name, "domain", parent="all", coverage_at_least=0.6) for name in DOMAINS),
        ],
        **framework,
    )


def drawn(seed, cities=12, draws=30):
    """Values beyond the goalposts too; some missing."""
    rng = np.random.default_rng(seed)
    values = {}
    for name in NAMES:
        point = rng.choice([rng.uniform(-20, 120, cities), np.full(cities, 100.0)])
        values[name] = point[:, None] + rng.normal(0, 5, (cities, 1 + draws))
        values[name][:, 0] = point
        values[name][rng.random(cities) < 0.2] = np.nan
    units = pd.DataFrame({"area": [f"A{n:02}" for n in range(cities)], "period": "2026"})
    return values, units.assign(group="MX 2026")


def scored(values, units, how="arithmetic", **framework):
    found = score(values, units, declared(how, **framework))
    return found, score_table(found, declared(how, **framework))


@laws
@given(seed=SEEDS, how=st.sampled_from(["arithmetic", "geometric", "harmonic"]))
def test_points_lie_in_their_intervals_and_all_from_0_to_100(seed, how):
    _, table = scored(*drawn(seed), how)
    known = table[table["score"].notna()]
    assert ((known["lower"] >= 0) & (known["lower"] <= known["score"])).all()
    assert ((known["score"] <= known["upper"]) & (known["upper"] <= 100)).all()
    ranked = known[known["rank"].notna()]
    assert (ranked["rank_lower"] <= ranked["rank"]).all()
    assert (ranked["rank"] <= ranked["rank_upper"]).all()
    assert table.loc[table["score"].isna(), ["lower", "upper", "rank"]].isna().all(axis=None)


@laws
@given(seed=SEEDS)
def test_coverage_decides_what_is_scored(seed):
    values, units = drawn(seed)
    _, table = scored(values, units)
    there = pd.DataFrame({name: ~np.isnan(v[:, 0]) for name, v in values.items()})
    wide = table.pivot(index="area", columns="component", values="score").notna()
    domains = pd.DataFrame(
        {name: there[f"i{2 * n}"] & there[f"i{2 * n + 1}"] for n, name in enumerate(DOMAINS)}
    )
    domains["d3"] = there["i6"]  # i7 is extended: not needed
    np.testing.assert_array_equal(wide[DOMAINS], domains)
    np.testing.assert_array_equal(wide["all"], domains.sum(axis=1) >= 3)
    named = table[table["component"] == "all"].set_index("area")["missing"].str.split()
    for area, (_, row) in zip(units["area"], there.iterrows(), strict=True):
        assert set(named[area]) == set(row.index[~row])


@laws
@given(seed=SEEDS, keep=st.sets(st.integers(0, 11), min_size=1))
def test_cities_come_and_go_without_moving_each_other(seed, keep):
    values, units = drawn(seed)
    rows = sorted(keep)
    some = {name: v[rows] for name, v in values.items()}
    columns = ["component", "area", "score", "lower", "upper", "coverage", "missing"]
    _, everybody = scored(values, units)
    _, fewer = scored(some, units.iloc[rows].reset_index(drop=True))
    expected = everybody[everybody["area"].isin(fewer["area"])]
    pd.testing.assert_frame_equal(
        fewer[columns], expected[columns].reset_index(drop=True), rtol=1e-12
    )


@laws
@given(seed=SEEDS, better=st.integers(0, 7), by=st.floats(0, 50))
def test_no_city_falls_by_doing_better(seed, better, by):
    values, units = drawn(seed)
    name = NAMES[better]
    improved = values | {name: values[name] + (-by if better % 2 else by)}
    before, after = (scored(v, units)[1] for v in (values, improved))
    rise = (after["score"] - before["score"]).dropna()
    assert (rise >= -1e-9).all()


@laws
@given(seed=SEEDS)
def test_spans_hold_the_score_and_ranks_stay_among_the_ranked(seed):
    found, table = scored(*drawn(seed))
    overall = table[table["component"] == "all"].set_index("area")["score"]
    spans = robustness(found, declared(), seed)
    whole = spans[spans["choice"] == "all"].set_index("area")
    known = overall.notna()
    assert (whole["lower"][known] <= overall[known] + 1e-9).all()
    assert (overall[known] <= whole["upper"][known] + 1e-9).all()
    assert whole[~known]["lower"].isna().all()
    assert ((spans["lower"].dropna() >= 0) & (spans["upper"].dropna() <= 100 + 1e-9)).all()
    if known.sum() > 1:
        assert whole["rank_lower"][known].min() == 1
        assert whole["rank_upper"][known].max() <= known.sum()


@laws
@given(seed=SEEDS)
def test_what_is_imputed_never_passes_for_measured(seed):
    values, units = drawn(seed)
    _, without = scored(values, units)
    _, filled = scored(values, units, imputation=IMPUTED)
    # Coverage and what is missing are of what is measured, and so are the indicators' own scores.
    for column in ("coverage", "missing"):
        np.testing.assert_array_equal(without[column], filled[column])
    measured = without["score"].notna() & (without["level"] == "indicator")
    np.testing.assert_array_equal(without["score"][measured], filled["score"][measured])
    estimated = filled["obs_status"] == "E"
    indicator_rows = filled["level"] == "indicator"
    gained = indicator_rows & without["score"].isna() & filled["score"].notna()
    np.testing.assert_array_equal(estimated[indicator_rows], gained[indicator_rows])
    assert filled["rank"][gained].isna().all()
    assert (estimated == (filled["imputed"] != "")).all()
    whole = filled["component"] == "all"
    touched = filled.loc[whole, "missing"] != ""
    assert (estimated[whole] <= touched).all()


@laws
@given(seed=SEEDS, moved=st.permutations(range(12)))
def test_the_order_of_cities_changes_nothing_about_them(seed, moved):
    values, units = drawn(seed)
    order = list(moved)
    _, table = scored(values, units)
    mixed = {name: v[order] for name, v in values.items()}
    _, other = scored(mixed, units.iloc[order].reset_index(drop=True))
    key = ["component", "area"]
    pd.testing.assert_frame_equal(
        table.sort_values(key, ignore_index=True), other.sort_values(key, ignore_index=True)
    )


@laws
@given(seed=SEEDS)
def test_draws_begin_with_the_point(seed):
    values, units = drawn(seed)
    points = {name: v[:, :1] for name, v in values.items()}
    found, alone = scored(values, units)[0], scored(points, units)[0]
    for name, scores in found.scores.items():
        np.testing.assert_allclose(scores[:, :1], alone.scores[name], rtol=1e-12)
