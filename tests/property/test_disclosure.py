"""An attacker who reads everything published cannot find what is withheld.

The attacker is written without the code under test: it reads published estimates, sets up all that
is known as linear equations, and solves for the least and the most that each secret can be. It is
told more than any reader is: that every record counts alike, values to the last digit, which
indicators are of the same people, and in which tables nobody is left over. Tables of many areas are
solved at a time, as blocks of one linear program.
"""

import itertools
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from scipy.sparse import coo_array

from tests.factories import SEX, catalogue, estimates, indicator, share
from urban_safety_monitor.pipeline.disclose import NUMBERS, disclose

GROUPS = [SEX, {"id": "age", "title": "Age", "column": "age"}]
SHARES = [
    indicator("safe", share("safe")),
    indicator("trust", share("trust")),
    indicator("harassed", share("harassed"), sensitive=True),
]
CATALOGUE = catalogue(*SHARES, groups=GROUPS)
NEEDED = {"safe": 10, "trust": 10, "harassed": 30}
PERSONS = 10
KEY = ["indicator", "area", "period", "disaggregation", "category"]
GROUP = ["indicator", "period", "disaggregation", "category"]
LEFT_OVER = "left over"
ELSEWHERE = "elsewhere"
SLACK = 1e-6
NOBODY_HAS_ASKED_SO_MANY = 1e6


class Program:
    """Unknown numbers of people, what is known of them, and how far that goes."""

    def __init__(self):
        self.unknowns = 0
        self.equations, self.values, self.orders = [], [], []
        self.limits = cache(self._limits)

    def unknown(self):
        self.unknowns += 1
        return self.unknowns - 1

    def equal(self, terms, value):
        self.equations += [(len(self.values), *term) for term in terms]
        self.values.append(value)

    def at_most(self, smaller, larger):
        row = len(self.orders) // 2
        self.orders += [(row, smaller, 1.0), (row, larger, -1.0)]

    def ends(self, wanted):
        """Least and most of some unknowns that do not hang together."""
        given = self.limits(len(self.values), len(self.orders) // 2)
        found = []
        for sign in (1.0, -1.0):
            aim = np.zeros(self.unknowns)
            aim[wanted] = sign
            solved = linprog(aim, **given, method="highs")
            assert solved.status == 0, solved.message
            found.append(solved.x[wanted])
        return found

    def _limits(self, equations, orders):
        return {
            "A_ub": _matrix(self.orders, orders, self.unknowns),
            "b_ub": np.full(orders, SLACK),
            "A_eq": _matrix(self.equations, equations, self.unknowns),
            "b_eq": np.array(self.values),
            "bounds": (0, NOBODY_HAS_ASKED_SO_MANY),
        }


def _matrix(entries, rows, columns):
    row, column, value = np.array(entries, dtype=float).reshape(-1, 3).T
    return coo_array((value, (row.astype(int), column.astype(int))), (rows, columns)).tocsr()


def attacked(truth, *published, same_people=(), needed=None):
    """What can be worked out of every cell of too few people, from all that was published.

    Args:
        truth: every cell there is, with n and counted; those left over in a table, too.
        published: estimates of one or more releases.
        same_people: groups of indicators known to be of the same people.
        needed: how many people each indicator's cells need, if not as usual.
    """
    program, people, counted, shared = Program(), {}, {}, {}
    alike = {name: group[0] for group in same_people for name in group}
    shown = [{key_of(row): row for row in rows.itertuples()} for rows in published]
    for cell in truth.itertuples():
        key = key_of(cell)
        one = (alike.get(cell.indicator, cell.indicator), *key[1:])
        x = people[key] = shared.setdefault(one, program.unknown())
        y = counted[key] = program.unknown()
        program.at_most(y, x)
        told = [rows[key] for rows in shown if key in rows and rows[key].value == rows[key].value]
        if told:
            program.equal([(y, 1.0), (x, -cell.counted / cell.n)], 0.0)
        if any(row.n == row.n for row in told):
            program.equal([(x, 1.0)], cell.n)
    for whole, parts in tables_of(truth):
        for unknowns in (people, counted):
            signed = [(unknowns[part], 1.0) for part in parts]
            program.equal([*signed, (unknowns[whole], -1.0)], 0.0)
    secrets = truth[truth["n"] < truth["indicator"].map(needed or NEEDED)].copy()
    turn = secrets.groupby(country_of(secrets["area"])).cumcount().to_numpy()
    keys = [key_of(row) for row in secrets.itertuples()]
    for name, unknowns in (("people", people), ("counted", counted)):
        ends = np.empty((2, len(keys)))
        for now in np.unique(turn):
            rows = np.flatnonzero(turn == now)
            ends[:, rows] = program.ends([unknowns[keys[row]] for row in rows])
        secrets[f"least_{name}"], secrets[f"most_{name}"] = ends
    return secrets


def key_of(row):
    return tuple(getattr(row, name) for name in KEY)


def country_of(areas):
    return areas.str.replace("/.*", "", regex=True)


def tables_of(truth):
    """Every table: its whole and its parts, as keys. Area A/1 is a part of area A."""
    inside = truth[truth["area"].str.contains("/")]
    for key, rows in inside.groupby([country_of(inside["area"]), *GROUP], sort=False):
        area, name, *group = key
        yield (name, area, *group), [(name, part, *group) for part in rows["area"]]
    parts = truth[truth["disaggregation"] != "total"]
    for (name, area, period, group), rows in parts.groupby(KEY[:4], sort=False):
        cells = [(name, area, period, group, category) for category in rows["category"]]
        if "*" not in group:
            yield (name, area, period, "total", "total"), cells
            continue
        for place, margin in enumerate(group.split("*")):
            by = lambda cell, place=place: cell[4].split("*")[place]  # noqa: E731
            for category, inside in itertools.groupby(sorted(cells, key=by), by):
                yield (name, area, period, margin, category), list(inside)


def assert_protected(secrets, truth, published):
    """No secret is known to be small, nor its size or count to within what protects it."""
    needed = secrets["indicator"].map(NEEDED)
    assert (secrets["most_people"] >= needed - 0.01).all(), secrets
    assert (secrets["most_people"] - secrets["least_people"] >= needed - 0.01).all(), secrets
    wide = np.minimum(PERSONS, counted_among_hidden(secrets, truth, published))
    known = secrets["most_counted"] - secrets["least_counted"]
    assert (known >= wide - 0.01).all(), secrets.assign(wide=wide)[known < wide - 0.01]


def counted_among_hidden(secrets, truth, published):
    """Who was counted, or was not, among the hidden cells of a secret's table: whichever is fewer.

    More cannot be withheld: how many of them all were counted is a figure of enough people.
    """
    shown = published.loc[published["n"].notna(), KEY]
    hidden = truth.merge(shown, on=KEY, how="left", indicator="found")
    hidden = hidden[hidden["found"] == "left_only"]
    table = ["indicator", "area", "period", "disaggregation"]
    sums = hidden.groupby(table)[["n", "counted"]].sum()
    found = secrets[table].merge(sums, left_on=table, right_index=True, how="left")
    return np.minimum(found["counted"], found["n"] - found["counted"]).to_numpy()


def flat(seed, areas, names=("safe",)):
    """Areas with age groups and sexes of random sizes, small ones among them.

    All indicators of an area are of the same people.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(areas):
        ages = rng.integers(1, [12, 60, 400][number % 3], rng.integers(2, 6))
        left = rng.integers(0, [2, 12, 40][number % 3])
        total = ages.sum() + left
        others = min(rng.integers(0, 14), total)
        women = rng.integers(0, total - others + 1)
        away = rng.integers(0, 4) if women > 10 else 0
        groups = [("total", "total", total), ("age", LEFT_OVER, left)]
        groups += [("age", str(place), n) for place, n in enumerate(ages)]
        groups += [("sex", "man", total - others - women), ("sex", "woman", women - away)]
        groups += [("sex", "other", others), ("sex", LEFT_OVER, away)]
        for name in names:
            share_of = rng.choice([0.0, 0.02, 0.3, 0.6, 1.0])
            rows += counted_in(rng, name, f"A{number}", groups, share_of)
    return told(rows)


def counted_in(rng, name, area, groups, share_of):
    """Random counts in groups, alike in sum over age and sex."""
    total = groups[0][2]
    who = rng.random(total) < share_of
    rows = [(name, area, "total", "total", total, who.sum())]
    for disaggregation in ("age", "sex"):
        order, start = rng.permutation(total), 0
        for group, category, n in groups[1:]:
            if group == disaggregation:
                rows.append((name, area, group, category, n, who[order[start : start + n]].sum()))
                start += n
    return rows


def told(rows):
    frame = pd.DataFrame(
        rows, columns=["indicator", "area", "disaggregation", "category", "n", "counted"]
    )
    return frame[frame["n"] > 0].assign(period="2026").astype({"n": float, "counted": float})


def crossed(seed, areas):
    """Areas with every sex and age crossed, nobody left over."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(areas):
        shape = (2, rng.integers(2, 5))
        n = rng.integers(0, [12, 40, 200][number % 3], shape)
        counted = rng.binomial(n, rng.choice([0.02, 0.3, 0.6], shape))
        area = f"A{number}"
        rows.append(("safe", area, "total", "total", n.sum(), counted.sum()))
        for sex, name in enumerate(("man", "woman")):
            rows.append(("safe", area, "sex", name, n[sex].sum(), counted[sex].sum()))
            rows += [
                ("safe", area, "sex*age", f"{name}*{age}", n[sex, age], counted[sex, age])
                for age in range(shape[1])
            ]
        rows += [
            ("safe", area, "age", str(age), n[:, age].sum(), counted[:, age].sum())
            for age in range(shape[1])
        ]
    return told(rows)


def countries(seed, areas):
    """Countries of two to four cities, some with people elsewhere."""
    cities = flat(seed, areas)
    rng = np.random.default_rng(seed)
    of = rng.integers(0, max(areas // 3, 1), areas)
    elsewhere = rng.random(areas) < 0.3
    names = {
        f"A{city}": f"C{of[city]}/" + (f"{ELSEWHERE}{city}" if elsewhere[city] else str(city))
        for city in range(areas)
    }
    inside = cities.assign(area=cities["area"].map(names))
    country = inside.assign(area=country_of(inside["area"]))
    sums = country.groupby(KEY, as_index=False)[["n", "counted"]].sum()
    return pd.concat([sums, inside], ignore_index=True)


def as_estimates(truth):
    """Estimates of these cells as a run makes them; who is left over or elsewhere has no row."""
    without = truth["category"].str.contains(LEFT_OVER) | truth["area"].str.contains(ELSEWHERE)
    named = truth[~without]
    sure = {"standard_error": 2.0, "lower": 36.0, "upper": 44.0, "psus": 40.0}
    rows = named.assign(value=100 * named["counted"] / named["n"], n_effective=named["n"], **sure)
    return estimates(rows.drop(columns="counted").to_dict("records"))


def parents_of(truth):
    return {area: area.partition("/")[0] for area in truth["area"].unique() if "/" in area}


def published(truth, declared=CATALOGUE, **given):
    return disclose(as_estimates(truth), declared, parents=parents_of(truth), **given).estimates


def with_thresholds(**given):
    framework = CATALOGUE.framework
    thresholds = framework.thresholds.model_copy(update=given)
    return replace(CATALOGUE, framework=framework.model_copy(update={"thresholds": thresholds}))


def test_no_cell_of_a_table_can_be_found():
    truth = flat(0, 240)
    shown = published(truth)
    assert_protected(attacked(truth, shown), truth, shown)


def test_the_attacker_finds_what_is_not_protected():
    """Small cells withheld and nothing else: nearly all that have one table to be in are found."""
    truth = flat(1, 60)
    rows = as_estimates(truth)
    rows.loc[rows["n"] < 10, NUMBERS] = np.nan
    found = attacked(truth, rows)
    exact = found["most_people"] - found["least_people"] < 0.01
    assert exact.mean() > 0.1
    assert np.allclose(found["least_people"][exact], found["n"][exact])
    assert np.allclose(found["least_counted"][exact], found["counted"][exact], atol=0.01)


def test_indicators_of_the_same_people_do_not_tell_of_each_other():
    names = ("safe", "trust", "harassed")
    truth = flat(2, 36, names)
    shown = published(truth)
    found = attacked(truth, shown, same_people=[names])
    assert_sizes_protected(found[found["n"] < PERSONS])
    wide = np.minimum(PERSONS, counted_among_hidden(found, truth, shown))
    known = found["most_counted"] - found["least_counted"]
    assert (known >= np.minimum(wide, found["n"]) - 0.01).all()


def assert_sizes_protected(found):
    """Each cell may be of enough people, and its size is not known to within as many."""
    assert (found["most_people"] >= PERSONS - 0.01).all()
    assert (found["most_people"] - found["least_people"] >= PERSONS - 0.01).all()


def test_crossed_tables_do_not_tell_of_each_other():
    truth = crossed(3, 30)
    assert_sizes_protected(attacked(truth, published(truth)))


@pytest.mark.parametrize(("seed", "areas"), [(4, 18), (4, 12)])
def test_areas_that_add_up_do_not_tell_of_each_other(seed, areas):
    """In the second all cells of the tables at risk are hidden: others have to help."""
    truth = countries(seed, areas)
    found = attacked(truth, published(truth))
    # Who is neither in a city nor in a group has no table to be in.
    nowhere = found["area"].str.contains(ELSEWHERE) & (found["category"] == LEFT_OVER)
    assert_sizes_protected(found[~nowhere])


def test_a_later_release_does_not_tell_what_an_earlier_one_withheld():
    """First only some groups are asked for, under a stricter threshold; then all."""
    truth = flat(5, 90)
    some = truth[truth["disaggregation"].ne("age") | (truth["n"] % 3 > 0)]
    first = published(some, with_thresholds(persons=15))
    later = published(truth, released=[first])
    found = attacked(truth, first, later, needed={"safe": 15})
    told = found.merge(first.loc[first["conf_status"] == "C", KEY], on=KEY)
    assert (told["n"] >= PERSONS).sum() > 5 and (told["n"] < PERSONS).sum() > 50
    assert_sizes_protected(told)
    alone = published(truth)
    forgetful = attacked(truth, first, alone, needed={"safe": 15}).merge(told[KEY], on=KEY)
    assert (forgetful["most_people"] - forgetful["least_people"] < PERSONS).any()


def test_rounded_numbers_protect_as_well():
    truth = flat(6, 60)
    shown = published(truth, with_thresholds(round_counts_to=10))
    assert (shown["n"].dropna() % 10 == 0).all()
    exact = truth.merge(shown.loc[shown["n"].notna(), KEY], on=KEY)
    assert_protected(attacked(truth, shown), truth, shown)
    assert len(exact) > 100


def test_no_more_is_withheld_than_the_tables_need():
    """A table without few people loses nothing; in one with them, one further cell at most."""
    truth = flat(7, 150)
    shown = published(truth)
    needed = truth.assign(few=truth["n"] < truth["indicator"].map(NEEDED))
    rows = shown.merge(needed, on=KEY, suffixes=("", "_true"))
    rows["added"] = ~rows["few"] & (rows["n"].isna())
    table = ["indicator", "area", "disaggregation"]
    few = needed[needed["disaggregation"] != "total"].groupby(table)["few"].sum()
    added = rows[rows["disaggregation"] != "total"].groupby(table)["added"].sum()
    assert (added <= few.reindex(added.index).clip(upper=1)).all()


def test_neither_order_nor_names_decide_what_is_withheld():
    truth = flat(8, 90)
    rows = as_estimates(truth)
    shown = disclose(rows, CATALOGUE).estimates
    pd.testing.assert_frame_equal(shown, disclose(rows, CATALOGUE).estimates)
    shuffled = disclose(rows.sample(frac=1, random_state=3), CATALOGUE).estimates
    pd.testing.assert_frame_equal(
        shuffled.sort_values(KEY, ignore_index=True), shown.sort_values(KEY, ignore_index=True)
    )
    other = {f"A{number}": f"Z{number * 7919 % 1000:03}" for number in range(90)}
    renamed = disclose(rows.assign(area=rows["area"].map(other)), CATALOGUE).estimates
    renamed = renamed.assign(area=renamed["area"].map({new: old for old, new in other.items()}))
    pd.testing.assert_frame_equal(renamed, shown)


def test_every_small_cell_is_without_numbers():
    truth = flat(9, 60, ("safe", "harassed"))
    shown = published(truth)
    sizes = shown.merge(truth, on=KEY, suffixes=("", "_true"))
    small = sizes["n_true"] < sizes["indicator"].map(NEEDED)
    hidden = sizes["conf_status"] == "C"
    assert (hidden | ~small).all()
    assert sizes.loc[hidden, NUMBERS].isna().all(axis=None)
    assert sizes.loc[~hidden, NUMBERS[:4]].notna().all(axis=None)
