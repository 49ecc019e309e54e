"""An attacker who has nothing but the files of a release cannot find what they withhold.

The attacker reads the CSV files as anybody would and writes down every relation they show: groups
add up to everybody, with who is left over; a value is a share of the people asked, to the digits
told; what a group is compared with is everybody else; a gap has the size of its smaller side; a
value rests on at least as many people as sampling units. Weights are all alike, so that values
are counts, which is the worst case. Indicators whose printed sizes agree wherever both are printed
are taken to be of the same people.
"""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pandas as pd
import pytest

from tests.factories import (
    DISTRICT,
    SEX,
    areas,
    catalogue,
    differences,
    indicator,
    share,
    survey,
    surveys,
)
from tests.property.test_disclosure import Program
from urban_safety_monitor.engines import psu_totals
from urban_safety_monitor.pipeline.disclose import NUMBERS, disclose
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.pipeline.groups import compare_groups
from urban_safety_monitor.report.release import part_of, release_files
from urban_safety_monitor.tables import Robustness, Scores
from urban_safety_monitor.tables.checks import empty
from urban_safety_monitor.tables.run import Provenance, Results

GROUPS = ["district", "sex"]
BETWEEN_SEXES = {
    "kind": "gap",
    "of": {"column": "safe", "is_in": [1]},
    "among": [{"column": "safe", "is_in": [1, 2]}],
    "disaggregation": "sex",
    "category": "woman",
    "minus": "man",
}
INDICATORS = [
    indicator("safe", share("safe"), disaggregations=GROUPS),
    indicator("trust", share("trust"), disaggregations=GROUPS),
    indicator("harassed", share("harassed"), disaggregations=GROUPS, sensitive=True),
    indicator("gap", BETWEEN_SEXES, disaggregations=["district"]),
]
NEEDED = {"safe": 10, "trust": 10, "harassed": 30, "gap": 10}
CATALOGUE = catalogue(*INDICATORS, groups=[SEX, DISTRICT])
CITIES = [f"C{number}" for number in range(15)]
PROVENANCE = Provenance("run", "0", "0" * 64, {}, {}, False)
SLACK = 0.01


def city(name):
    """Districts of very different sizes, few people of another sex or without an answer."""
    rng = np.random.default_rng(int(name[1:]))
    sizes = np.r_[60, rng.integers(2, [14, 40, 120][int(name[1:]) % 3], rng.integers(2, 5))]
    districts = np.repeat([f"d{place}" for place in range(len(sizes))], sizes)
    n = len(districts)
    columns = {
        "district": districts,
        "sex": rng.choice([1, 2, 3, 9], n, p=[0.45, 0.49, 0.04, 0.02]),
        "safe": rng.choice([1, 2], n),
        "trust": rng.choice([1, 2], n, p=[0.3, 0.7]),
        "harassed": rng.choice([1, 2, 9], n, p=[0.15, 0.8, 0.05]),
    }
    units = np.arange(n) * 12 // n
    return survey(columns, area=name, psu=units, stratum=(units % 2).astype(str))


@dataclass(frozen=True)
class Release:
    """The files, and what only its maker knows: every estimate before anything was withheld."""

    files: dict[str, bytes]
    everything: pd.DataFrame


def released(*, protected=True):
    """A release out of estimates and of comparisons of groups; without its protection if asked."""
    records = pd.concat(map(city, CITIES), ignore_index=True)
    totals = psu_totals(records, CATALOGUE, INDICATORS, GROUPS)
    everything = estimate(totals, INDICATORS).estimates
    if protected:
        shown = disclose(everything, CATALOGUE, psu_totals=totals).estimates
    else:
        few = everything["n"] < everything["indicator"].map(NEEDED)
        shown = everything.assign(conf_status=np.where(few, "C", ""))
        shown.loc[few, NUMBERS] = np.nan
    asked = records.groupby("area").size()
    held = surveys([(name, "2026") for name in CITIES])
    results = Results(
        PROVENANCE,
        areas(CITIES),
        held.assign(interviews=held["area"].map(asked)),
        differences(),
        shown,
        empty(Scores),
        compare_groups(totals, shown, INDICATORS, CATALOGUE, "adjust"),
        empty(Robustness),
        quality=pd.DataFrame(),
        peers=pd.DataFrame(columns=["area", "period", "peer"]),
    )
    return Release(release_files(part_of(results, "MX", "2026"), CATALOGUE), everything)


def read(release, name):
    content = BytesIO(release.files[f"data/{name}.csv"])
    return pd.read_csv(content, dtype=str, keep_default_na=False)


class Attack:
    """All that a release shows, as a linear program over people and over who is counted."""

    def __init__(self, release):
        self.program, self.people, self.counted = Program(), {}, {}
        figures = read(release, "figures")
        self.rows = {
            (r.indicator, r.area, r.disaggregation, r.category): r for r in figures.itertuples()
        }
        asked = read(release, "surveys").set_index("area")["interviews"].astype(float)
        self.alike = {area: self._same_people(area) for area in asked.index}
        shared = {}
        for key, row in self.rows.items():
            if key[0] == "gap":
                continue
            of = (self.alike[row.area][row.indicator], *key[1:])
            self.people[key] = shared.setdefault(of, self.program.unknown())
            self._cell(key, row)
        for name, area, by in {key[:3] for key in self.people if key[2] != "total"}:
            self._table(name, area, by)
        for key in [key for key in self.people if key[2] == "total"]:
            self._no_more(self.people[key], asked[key[1]])
        self._gaps()
        for row in read(release, "comparisons").itertuples():
            self._rest(row)

    def _same_people(self, area):
        """Each indicator's first one with the same sizes wherever both are printed."""
        sizes = {
            name: {k[2:]: r.n for k, r in self.rows.items() if k[:2] == (name, area) and r.n}
            for name in ("safe", "trust", "harassed")
        }

        def agree(one, other):
            both = sizes[one].keys() & sizes[other].keys()
            return bool(both) and all(sizes[one][key] == sizes[other][key] for key in both)

        return {name: next((o for o in sizes if agree(o, name)), name) for name in sizes}

    def _cell(self, key, row):
        x, y = self.people[key], self.program.unknown()
        self.counted[key] = y
        self.program.at_most(y, x)
        if row.n:
            self.program.equal([(x, 1.0)], float(row.n))
        elif row.design_effect and row.n_effective:
            self.program.equal([(x, 1.0)], float(row.n_effective) * float(row.design_effect))
        if row.psus:
            self._no_less(x, float(row.psus))
        if row.value:
            self._is_share(y, [(x, 1.0)], row.value, 0.0 if row.n else _half_of_last_digit(row))

    def _is_share(self, y, people, percent, margin=0.0):
        """Who is counted is this share of the people, more or less."""
        share_of, margin = float(percent) / 100, margin / 100
        if not margin:
            self.program.equal([(y, 1.0), *((x, -share_of * k) for x, k in people)], 0.0)
            return
        for sign in (1.0, -1.0):
            over = self.program.unknown()
            ends = [(x, -sign * (share_of + sign * margin) * k) for x, k in people]
            self.program.equal([(y, sign), (over, 1.0), *ends], 0.0)

    def _table(self, name, area, by):
        whole = (name, area, "total", "total")
        parts = [key for key in self.people if key[:3] == (name, area, by)]
        left = (name, area, by, "left over")
        self.people[left], self.counted[left] = self.program.unknown(), self.program.unknown()
        self.program.at_most(self.counted[left], self.people[left])
        for unknowns in (self.people, self.counted):
            terms = [(unknowns[key], 1.0) for key in [*parts, left]]
            self.program.equal([*terms, (unknowns[whole], -1.0)], 0.0)

    def _no_more(self, x, limit):
        self.program.equal([(x, 1.0), (self.program.unknown(), 1.0)], limit)

    def _no_less(self, x, limit):
        self.program.equal([(x, 1.0), (self.program.unknown(), -1.0)], limit)

    def _gaps(self):
        for (name, area, by, _), row in self.rows.items():
            if name == "gap" and by == "total" and row.n:
                sides = [("safe", area, "sex", side) for side in ("woman", "man")]
                for side in sides:
                    if side in self.people:
                        self._no_less(self.people[side], float(row.n))

    def _rest(self, row):
        by, _, category = row.benchmark.partition(":")
        key = (row.indicator, row.area, by, category)
        if key not in self.people or not row.benchmark_value:
            return
        whole = (row.indicator, row.area, "total", "total")
        rest = self.program.unknown()
        self.program.equal(
            [(rest, 1.0), (self.counted[key], 1.0), (self.counted[whole], -1.0)], 0.0
        )
        both = [(self.people[whole], 1.0), (self.people[key], -1.0)]
        self._is_share(rest, both, row.benchmark_value)

    def ends(self, keys):
        """Least and most people of some cells; those of one city are asked for one by one."""
        turn = pd.Series([key[1] for key in keys]).groupby([k[1] for k in keys]).cumcount()
        found = np.empty((2, len(keys)))
        for now in turn.unique():
            rows = np.flatnonzero(turn == now)
            found[:, rows] = self.program.ends([self.people[keys[row]] for row in rows])
        return found

    @property
    def withheld(self):
        return [key for key in self.people if key[3] != "left over" and self.rows[key].conf_status]

    @property
    def left_over(self):
        return [key for key in self.people if key[3] == "left over"]


def _half_of_last_digit(row):
    """Values without a size are told to the second digit of their error."""
    error = float(row.standard_error or 0)
    return 0.5 * 10.0 ** (np.floor(np.log10(error)) - 1) if error > 0 else 0.05


@pytest.fixture(scope="module")
def release():
    return released()


@pytest.fixture(scope="module")
def attack(release):
    return Attack(release)


def sizes_of(keys, release):
    columns = ["indicator", "area", "disaggregation", "category"]
    true = release.everything.set_index(columns)["n"]
    return np.array([true[key] for key in keys])


def test_no_withheld_cell_is_known_to_be_small_or_to_within_what_protects_it(attack, release):
    least, most = attack.ends(attack.withheld)
    needed = np.array([NEEDED[key[0]] for key in attack.withheld])
    true = sizes_of(attack.withheld, release)
    assert (least <= true + SLACK).all() and (true <= most + SLACK).all()
    assert (true < needed).sum() > 20 and (true >= needed).sum() > 5
    assert (most >= needed - SLACK).all()
    assert (most - least >= needed - SLACK).all()


def test_who_is_in_no_group_is_nobody_or_enough_people_or_not_known(attack):
    least, most = attack.ends(attack.left_over)
    needed = np.array([NEEDED[key[0]] for key in attack.left_over])
    nobody, enough = most <= SLACK, least >= needed - SLACK
    hidden = (most >= needed - SLACK) & (most - least >= needed - SLACK)
    assert hidden.any()
    assert (nobody | enough | hidden).all()


def test_no_gap_is_told_beside_one_of_its_sides_only(attack):
    seen = 0
    for key, row in attack.rows.items():
        if key[0] == "gap" and key[2] == "total":
            sides = [attack.rows[("safe", key[1], "sex", side)].value for side in ("woman", "man")]
            seen += bool(row.value)
            assert not row.value or all(sides)
    assert seen


def test_the_attack_succeeds_where_nothing_but_small_cells_is_withheld():
    release = released(protected=False)
    attack = Attack(release)
    least, most = attack.ends(attack.withheld)
    true, needed = sizes_of(attack.withheld, release), [NEEDED[k[0]] for k in attack.withheld]
    assert (least <= true + SLACK).all() and (true <= most + SLACK).all()
    assert (most < np.array(needed) - SLACK).mean() > 0.3
