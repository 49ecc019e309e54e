"""The composite index beside R's package COINr 1.1.14, row by row, from its raw ASEM data.

51 countries, 49 indicators, four levels: denominated, imputed by the mean of Europe or Asia,
treated, normalised (0 to 100 and 1 to 100), aggregated (arithmetic and geometric). Nothing in
between is read from the reference; every row of its six tables is compared.
"""

from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from urban_safety_monitor.statistics.importance import effective_importance
from urban_safety_monitor.statistics.imputation import Imputed, impute_group_mean
from urban_safety_monitor.statistics.index import Index
from urban_safety_monitor.statistics.normalisation import min_max
from urban_safety_monitor.statistics.ranking import ranks
from urban_safety_monitor.statistics.treatment import (
    Treated,
    denominate,
    has_outliers,
    kurtosis,
    skewness,
    treat,
)

pytestmark = pytest.mark.external

DIGITS = 1e-8
ROWS = {
    "asem_steps_denominate_impute_treat": 7497,
    "asem_treat_details": 49,
    "asem_normalised_minmax": 4998,
    "asem_aggregated": 1683,
    "asem_index_table": 51,
    "asem_effective_weights": 60,
}
STEPS = {
    "minmax_0_100|a_amean": (0.0, "arithmetic"),
    "minmax_1_100|a_amean": (1.0, "arithmetic"),
    "minmax_1_100|a_gmean": (1.0, "geometric"),
}


@dataclass(frozen=True)
class Asem:
    """The raw data with every step of ours; units and indicators in the order of the data."""

    units: list[str]
    nodes: list[list[str]]
    parents: list[np.ndarray]
    importance: np.ndarray
    better: np.ndarray
    denominated: np.ndarray
    imputed: Imputed
    treated: Treated

    @property
    def indicators(self):
        return self.nodes[0]

    def index(self, lowest, how):
        """The index whose indicators' scores are those between the observed extremes."""
        scores = min_max(self.treated.values, self.better, lowest)
        goalposts = np.repeat([[0.0], [100.0]], len(self.indicators), axis=1)
        return Index(scores, goalposts, self.importance, self.parents, [how] * len(self.parents))

    def long(self, values, names, level):
        """Values (n, k) as COINr's rows."""
        table = pd.DataFrame(values, self.units, names).rename_axis(index="uCode", columns="iCode")
        return table.stack(future_stack=True).rename("ours").reset_index().assign(level=level)


@cache
def asem_of(folder: Path) -> Asem:
    meta = pd.read_csv(folder / "data/asem_imeta.csv").set_index("iCode")
    data = pd.read_csv(folder / "data/asem_idata.csv").set_index("uCode")
    levels = [meta[meta["Level"] == level] for level in (1, 2, 3, 4)]
    indicators = levels[0]
    below = list(meta.index[meta["Type"] == "Denominator"])
    of = np.array([below.index(d) if isinstance(d, str) else -1 for d in indicators["Denominator"]])
    denominated = denominate(data[indicators.index].to_numpy(), data[below].to_numpy(), of)
    imputed = impute_group_mean(denominated, pd.factorize(data["EurAsia_group"])[0])
    return Asem(
        units=list(data.index),
        nodes=[list(level.index) for level in levels],
        parents=[above.index.get_indexer(own["Parent"]) for own, above in pairwise(levels)],
        importance=pd.concat(levels[:-1])["Weight"].to_numpy(dtype=float),
        better=indicators["Direction"].to_numpy(dtype=float),
        denominated=denominated,
        imputed=imputed,
        treated=treat(imputed.values),
    )


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "reference"


@pytest.fixture(scope="module")
def asem(folder):
    return asem_of(folder)


@pytest.fixture
def theirs(folder):
    def table(name):
        rows = pd.read_csv(folder / f"{name}.csv")
        assert len(rows) == ROWS[name]
        return rows

    return table


def same(rows, key, ours):
    """Every row of theirs has one of ours, with the same value, or with none in both."""
    both = rows.merge(ours, on=key, how="outer", indicator="met", validate="one_to_one")
    assert (both["met"] == "both").all()
    np.testing.assert_allclose(both["ours"], both["value"], rtol=DIGITS)
    return both


def test_no_table_of_the_reference_is_left_out(folder):
    assert {path.stem for path in folder.glob("asem_*.csv")} == set(ROWS)


def test_denominated_imputed_and_treated(asem, theirs):
    ours = {
        "Denominated": asem.denominated,
        "Imputed": asem.imputed.values,
        "Treated": asem.treated.values,
    }
    frames = [asem.long(v, asem.indicators, 1).assign(step=step) for step, v in ours.items()]
    both = same(
        theirs("asem_steps_denominate_impute_treat"),
        ["step", "level", "iCode", "uCode"],
        pd.concat(frames),
    )
    missing = both["ours"].isna()
    assert missing.sum() == asem.imputed.filled.sum() == 65
    assert (both.loc[missing, "step"] == "Denominated").all()


def test_details_of_the_treatment(asem, theirs):
    rows = theirs("asem_treat_details").set_index("iCode").loc[asem.indicators]
    before, after = asem.imputed.values, asem.treated.values
    touched = rows["winsorise.nwin"].notna().to_numpy()
    assert (has_outliers(before) == ~rows["check_SkewKurt0.Pass"].to_numpy(dtype=bool)).all()
    assert not has_outliers(after).any()
    assert not asem.treated.logarithmic.any()
    assert rows["check_SkewKurt1.Pass"][touched].all()
    same_as = np.testing.assert_allclose
    same_as(asem.treated.winsorised, rows["winsorise.nwin"].fillna(0))
    same_as(skewness(before), rows["check_SkewKurt0.Skew"], rtol=DIGITS)
    same_as(kurtosis(before), rows["check_SkewKurt0.Kurt"], rtol=DIGITS)
    same_as(skewness(after)[touched], rows["check_SkewKurt1.Skew"][touched], rtol=DIGITS)
    same_as(kurtosis(after)[touched], rows["check_SkewKurt1.Kurt"][touched], rtol=DIGITS)


def test_normalised_scores_and_their_ranks(asem, theirs):
    frames = []
    for method, lowest in (("minmax_0_100", 0.0), ("minmax_1_100", 1.0)):
        scores = min_max(asem.treated.values, asem.better, lowest)
        ours = asem.long(scores, asem.indicators, 1).assign(method=method)
        place = asem.long(ranks(scores), asem.indicators, 1)["ours"]
        frames.append(ours.assign(place=place))
    key = ["method", "level", "iCode", "uCode"]
    both = same(theirs("asem_normalised_minmax"), key, pd.concat(frames))
    assert (both["place"] == both["rank"]).all()


def test_observed_goalposts_are_the_same_scores(asem):
    """Minimum and maximum as goalposts, in the order of the direction, are COINr's min-max."""
    values = asem.treated.values
    ends = np.stack([values.min(axis=0), values.max(axis=0)])
    goalposts = np.where(asem.better > 0, ends, ends[::-1])
    index = replace(asem.index(0.0, "arithmetic"), values=values, goalposts=goalposts)
    expected = asem.index(0.0, "arithmetic").levels()
    for ours, other in zip(index.levels(), expected, strict=True):
        np.testing.assert_allclose(ours, other, rtol=DIGITS)


def test_aggregated_scores_and_their_ranks(asem, theirs):
    frames = []
    for method, (lowest, how) in STEPS.items():
        levels = asem.index(lowest, how).levels()[1:]
        for level, (scores, names) in enumerate(zip(levels, asem.nodes[1:], strict=True), 2):
            ours = asem.long(scores, names, level).assign(method=method)
            place = asem.long(ranks(scores), names, level)["ours"]
            frames.append(ours.assign(place=place))
    key = ["method", "level", "iCode", "uCode"]
    both = same(theirs("asem_aggregated"), key, pd.concat(frames))
    assert (both["place"] == both["rank"]).all()


def test_index_table(asem, theirs):
    rows = theirs("asem_index_table").set_index("uCode").loc[asem.units]
    _, _, domains, overall = asem.index(0.0, "arithmetic").levels()
    np.testing.assert_allclose(overall[:, 0], rows["Index"], rtol=DIGITS)
    np.testing.assert_allclose(domains, rows[["Conn", "Sust"]], rtol=DIGITS)
    assert (ranks(overall[:, 0]) == rows["Rank"].to_numpy()).all()


def test_effective_weights(asem, theirs):
    rows = theirs("asem_effective_weights")
    found = [*effective_importance(asem.importance, asem.parents), 1.0]
    names = [name for level in asem.nodes for name in level]
    levels = [level for level, level_nodes in enumerate(asem.nodes, 1) for _ in level_nodes]
    ours = pd.DataFrame({"iCode": names, "Level": levels, "ours": found})
    same(rows.rename(columns={"EffWeight": "value"}), ["iCode", "Level"], ours)
