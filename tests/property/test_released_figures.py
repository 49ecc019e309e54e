"""An attacker who has nothing but the files of a release cannot find what they withhold.

Weights are all alike, so that values are counts, which is the worst case. One question was left
unanswered by a few, so that its people are nearly those of another.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from tests.attacker import SLACK, Counted, part_of_release
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
PERSONS, SENSITIVE = 10, 30
NEEDED = {"safe": PERSONS, "trust": PERSONS, "harassed": SENSITIVE, "gap": PERSONS}
CATALOGUE = catalogue(*INDICATORS, groups=[SEX, DISTRICT])
CITIES = [f"C{number}" for number in range(15)]
PROVENANCE = Provenance("run", "0", "0" * 64, {}, {}, False)


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
        "trust": rng.choice([1, 2, 9], n, p=[0.3, 0.69, 0.01]),
        "harassed": rng.choice([1, 2, 9], n, p=[0.15, 0.8, 0.05]),
    }
    units = np.arange(n) * 12 // n
    return survey(columns, area=name, psu=units, stratum=(units % 2).astype(str))


@dataclass(frozen=True)
class Release:
    """The files, and what only its maker knows: every estimate before anything was withheld."""

    files: dict[str, bytes]
    everything: pd.DataFrame
    shown: pd.DataFrame


@pytest.fixture(scope="module")
def records():
    return pd.concat(map(city, CITIES), ignore_index=True)


def released(records, indicators=INDICATORS, groups=GROUPS, before=(), *, protected=True):
    """A release out of estimates and of comparisons of groups; without its protection if asked."""
    declared = replace(CATALOGUE, indicators={i.id: i for i in indicators})
    totals = psu_totals(records, declared, indicators, groups)
    everything = estimate(totals, indicators).estimates
    if protected:
        shown = disclose(everything, declared, psu_totals=totals, released=before).estimates
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
        compare_groups(totals, shown, indicators, declared, "adjust"),
        empty(Robustness),
        quality=pd.DataFrame(),
        peers=pd.DataFrame(columns=["area", "period", "peer"]),
    )
    return Release(release_files(part_of(results, "MX", "2026"), declared), everything, shown)


@pytest.fixture(scope="module")
def release(records):
    return released(records)


def attack_on(*releases):
    return Counted([r.files for r in releases], CATALOGUE, releases[-1].everything)


@pytest.fixture(scope="module")
def attack(release):
    return attack_on(release)


def sizes_of(keys, attack):
    return np.array([attack.size(key) for key in keys])


def assert_protected(attack, needed=PERSONS):
    """No withheld cell is known to be small, nor anybody left over, or to within what protects."""
    least, most = attack.ends(attack.withheld)
    true = sizes_of(attack.withheld, attack)
    assert (least <= true + SLACK).all() and (true <= most + SLACK).all()
    assert (true < needed).sum() > 20 and (true >= needed).sum() > 5
    assert (most >= needed - SLACK).all()
    assert (most - least >= needed - SLACK).all()
    least, most = attack.ends(attack.left_over)
    nobody, enough = most <= SLACK, least >= needed - SLACK
    hidden = (most >= needed - SLACK) & (most - least >= needed - SLACK)
    assert hidden.any()
    assert (nobody | enough | hidden).all()


def test_nobody_withheld_or_in_no_group_is_known_to_within_what_protects_them(attack):
    assert_protected(attack)


def test_sensitive_answers_are_protected_by_more_people(release):
    """Other questions may tell how many were asked, but not what these few answered."""
    files = part_of_release(release.files, indicator=["harassed"])
    assert_protected(Counted([files], CATALOGUE, release.everything), SENSITIVE)


def test_other_questions_tell_nothing_of_what_sensitive_answers_were(attack, release):
    """Nobody is known to have said yes, nor fewer than the city's own figures leave possible."""
    files = part_of_release(release.files, indicator=["harassed"])
    alone = Counted([files], CATALOGUE, release.everything)
    few = [key for key in alone.withheld if alone.size(key) < SENSITIVE][::3]
    assert len(few) >= 8
    for key in few:
        least, most = np.ravel(attack.program.ends([attack.counted[key]]))
        assert least <= SLACK
        assert most >= np.ravel(alone.program.ends([alone.counted[key]]))[1] - SLACK


def test_two_releases_of_one_round_tell_no_more_together(records):
    """First without a question and a kind of groups, then with them."""
    first = released(records, INDICATORS[1:3], ["district"])
    assert_protected(attack_on(first, released(records, before=[first.shown])))


def test_no_gap_is_told_beside_one_of_its_sides_only(attack):
    seen = 0
    for key, (row,) in attack.rows.items():
        if key[0] == "gap" and key[2] == "total":
            sides = [attack.rows["safe", key[1], "sex", side][0] for side in ("woman", "man")]
            seen += bool(row.value)
            assert not row.value or all(side.value for side in sides)
    assert seen


def test_the_attack_succeeds_where_nothing_but_small_cells_is_withheld(records):
    attack = attack_on(released(records, protected=False))
    least, most = attack.ends(attack.withheld)
    true = sizes_of(attack.withheld, attack)
    assert (least <= true + SLACK).all() and (true <= most + SLACK).all()
    needed = np.array([NEEDED[key[0]] for key in attack.withheld])
    assert (most < needed - SLACK).mean() > 0.3
