"""The composite index beside R's package COINr 1.1.14, row by row, from its raw ASEM data.

51 countries, 49 indicators, four levels: denominated, imputed by the mean of Europe or Asia,
treated, normalised (0 to 100 and 1 to 100), aggregated (arithmetic and geometric). Nothing in
between is read from the reference; every row of its six tables is compared. The kernels are held
against it first, then `usm score` as its user runs it, with a framework file alone.
"""

import json
from dataclasses import dataclass, replace
from functools import cache
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from urban_safety_monitor.cli import app
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
    parent: np.ndarray
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
        return Index(scores, goalposts, self.importance, self.parent, how)

    def levels(self, lowest, how):
        """Scores of each level of the index."""
        ends = np.cumsum([len(nodes) for nodes in self.nodes])[:-1]
        return np.split(self.index(lowest, how).nodes(), ends, axis=1)

    def long(self, values, names, level):
        """Values (n, k) as COINr's rows."""
        table = pd.DataFrame(values, self.units, names).rename_axis(index="uCode", columns="iCode")
        return table.stack(future_stack=True).rename("ours").reset_index().assign(level=level)


@cache
def asem_of(folder: Path) -> Asem:
    meta = pd.read_csv(folder / "data/asem_imeta.csv").set_index("iCode")
    data = pd.read_csv(folder / "data/asem_idata.csv").set_index("uCode")
    levels = [meta[meta["Level"] == level] for level in (1, 2, 3, 4)]
    nodes, indicators = pd.concat(levels), levels[0]
    below = list(meta.index[meta["Type"] == "Denominator"])
    of = np.array([below.index(d) if isinstance(d, str) else -1 for d in indicators["Denominator"]])
    denominated = denominate(data[indicators.index].to_numpy(), data[below].to_numpy(), of)
    imputed = impute_group_mean(denominated, pd.factorize(data["EurAsia_group"])[0])
    return Asem(
        units=list(data.index),
        nodes=[list(level.index) for level in levels],
        parent=nodes.index.get_indexer(nodes["Parent"]),
        importance=nodes["Weight"].to_numpy(dtype=float),
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
    expected = asem.index(0.0, "arithmetic").nodes()
    np.testing.assert_allclose(index.nodes(), expected, rtol=DIGITS)


def test_aggregated_scores_and_their_ranks(asem, theirs):
    frames = []
    for method, (lowest, how) in STEPS.items():
        levels = asem.levels(lowest, how)[1:]
        for level, (scores, names) in enumerate(zip(levels, asem.nodes[1:], strict=True), 2):
            ours = asem.long(scores, names, level).assign(method=method)
            place = asem.long(ranks(scores), names, level)["ours"]
            frames.append(ours.assign(place=place))
    key = ["method", "level", "iCode", "uCode"]
    both = same(theirs("asem_aggregated"), key, pd.concat(frames))
    assert (both["place"] == both["rank"]).all()


def test_index_table(asem, theirs):
    rows = theirs("asem_index_table").set_index("uCode").loc[asem.units]
    _, _, domains, overall = asem.levels(0.0, "arithmetic")
    np.testing.assert_allclose(overall[:, 0], rows["Index"], rtol=DIGITS)
    np.testing.assert_allclose(domains, rows[["Conn", "Sust"]], rtol=DIGITS)
    assert (ranks(overall[:, 0]) == rows["Rank"].to_numpy()).all()


def test_effective_weights(asem, theirs):
    rows = theirs("asem_effective_weights")
    found = effective_importance(asem.importance, asem.parent)
    names = [name for level in asem.nodes for name in level]
    levels = [level for level, level_nodes in enumerate(asem.nodes, 1) for _ in level_nodes]
    ours = pd.DataFrame({"iCode": names, "Level": levels, "ours": found})
    same(rows.rename(columns={"EffWeight": "value"}), ["iCode", "Level"], ours)


COMPONENT = """
[[components]]
id = "{code}"
title = {title}
level = "{level}"
{parent}
importance = {weight}
aggregation = "{how}"
reason = "As COINr."
"""
INDICATOR = """
[[indicators]]
id = "{code}"
component = "{component}"
better = "{better}"
importance = {weight}
{denominator}
"""
METHODS = """
title = "ASEM"
[imputation]
method = "mean"
within = "EurAsia_group"
reason = "As COINr."
[treatment]
method = "winsorise_or_log"
reason = "As COINr."
[normalisation]
method = "min_max"
lowest = {lowest}
reason = "As COINr."
"""
LEVELS = {2: "subdomain", 3: "domain", 4: "overall"}


def framework_of(meta, lowest, how):
    """COINr's table of the nodes, written as a framework file."""
    text = METHODS.format(lowest=lowest)
    for code, row in meta[meta["Level"] > 1].iterrows():
        parent = f'parent = "{row["Parent"]}"' if isinstance(row["Parent"], str) else ""
        text += COMPONENT.format(
            code=code,
            title=json.dumps(row["iName"]),
            level=LEVELS[row["Level"]],
            parent=parent,
            weight=row["Weight"],
            how=how,
        )
    for code, row in meta[meta["Type"] == "Indicator"].iterrows():
        below = row["Denominator"]
        text += INDICATOR.format(
            code=code,
            component=row["Parent"],
            better="higher" if row["Direction"] > 0 else "lower",
            weight=row["Weight"],
            denominator=f'denominator = "{below}"' if isinstance(below, str) else "",
        )
    return text


def shown(*arguments):
    """What `usm score` prints as CSV."""
    done = CliRunner().invoke(app, ["score", *map(str, arguments), "--format", "csv"])
    assert done.exit_code == 0, done.output
    return pd.read_csv(StringIO(done.stdout))


@pytest.fixture(scope="module")
def as_user(folder, tmp_path_factory):
    """The files a statistician would have: the raw data as they are, and a framework file each."""
    meta = pd.read_csv(folder / "data/asem_imeta.csv").set_index("iCode")

    def files(lowest, how):
        path = tmp_path_factory.mktemp("asem") / "framework.toml"
        path.write_text(framework_of(meta, lowest, how), encoding="utf-8")
        return folder / "data/asem_idata.csv", "--framework", path

    return files


def test_the_command_line_gives_every_score_and_rank(folder, as_user, asem, theirs):
    codes = pd.read_csv(folder / "data/asem_idata.csv").set_index("uName")["uCode"]
    tables = [shown(*as_user(*step)).assign(method=method) for method, step in STEPS.items()]
    ours = pd.concat(tables).rename(columns={"component": "iCode", "score": "ours"})
    ours = ours.assign(uCode=ours["area"].map(codes))
    components = ours[ours["level"] != "indicator"]
    key = ["method", "iCode", "uCode"]
    keep = [*key, "ours", "rank"]
    both = same(theirs("asem_aggregated").rename(columns={"rank": "place"}), key, components[keep])
    assert (both["place"] == both["rank"]).all()

    scores = ours[(ours["level"] == "indicator") & ours["method"].str.endswith("a_amean")]
    normalised = theirs("asem_normalised_minmax")
    normalised["method"] += "|a_amean"
    both = same(normalised.drop(columns="rank"), key, scores[[*key, "ours", "obs_status"]])
    # What was missing is scored but never passes for measured.
    assert (both["obs_status"] == "E").sum() == 2 * asem.imputed.filled.sum()


def test_the_command_line_gives_effective_weights(as_user, theirs):
    found = shown(*as_user(0, "arithmetic"), "--show", "parts")
    rows = theirs("asem_effective_weights").rename(columns={"EffWeight": "value"})
    ours = found.rename(columns={"part": "iCode", "effective_importance": "ours"})
    same(rows[rows["iCode"] != "Index"], ["iCode"], ours[["iCode", "ours"]])
