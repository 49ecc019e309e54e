"""What the demonstration publishes, read by an attacker: every cell of every table and export."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.property.test_disclosure import KEY, Program
from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.pipeline.disclose import NUMBERS, persons_needed
from urban_safety_monitor.report.export import profile_csv, profile_json
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.workflow.views import latest_results, profile_of

pytestmark = pytest.mark.e2e

CATALOGUE = load_catalogue()
UNIT = ["indicator", "area", "period"]
TABLE = [*UNIT, "disaggregation"]


@pytest.fixture(scope="module")
def results(demonstration_data):
    return latest_results(demonstration_data)


@pytest.fixture(scope="module")
def cells(results):
    """Shares and means of the surveys, with what protects each and their city's people."""
    limits = CATALOGUE.framework.thresholds
    surveyed = {
        name: persons_needed(i, limits)
        for name, i in CATALOGUE.indicators.items()
        if i.from_survey and i.measure.kind in ("proportion", "mean", "ratio")
    }
    rows = results.estimates[results.estimates["indicator"].isin(surveyed)]
    rows = rows[(rows["n"] > 0) | rows["value"].notna() | (rows["conf_status"] == "C")]
    everybody = rows[rows["disaggregation"] == "total"].set_index(UNIT)["n"].rename("people")
    groups = rows[rows["disaggregation"] != "total"].join(everybody, on=UNIT)
    return groups.assign(needed=groups["indicator"].map(surveyed)).reset_index(drop=True)


def test_no_withheld_cell_and_nobody_left_over_can_be_found(cells):
    """Sizes alone, over all tables: weighted values fit no counts of people."""
    known = cells["n"].fillna(0).groupby([cells[name] for name in TABLE]).sum()
    tables = cells.groupby(TABLE).agg(
        people=("people", "first"), hidden=("n", lambda n: n.isna().sum()), needed=("needed", "max")
    )
    left = tables["people"] - known
    closed = tables["hidden"] == 0
    assert ((left[closed] == 0) | (left[closed] >= tables["needed"][closed])).all()
    program, secrets = Program(), []
    of_table = dict(list(cells[cells["n"].isna()].groupby(TABLE)))
    for key, rows in of_table.items():
        unknowns = [program.unknown() for _ in range(len(rows) + 1)]  # and who is left over
        program.equal([(unknown, 1.0) for unknown in unknowns], left[key])
        program.at_most(unknowns[0], unknowns[0])
        secrets.append(unknowns)
    needed = np.array([tables.loc[key, "needed"] for key in of_table])
    for turn in range(max(map(len, secrets))):
        asked = [place for place, unknowns in enumerate(secrets) if len(unknowns) > turn]
        least, most = program.ends([secrets[place][turn] for place in asked])
        assert (most >= needed[asked] - 0.01).all()
        assert (most - least >= needed[asked] - 0.01).all()


def test_a_withheld_cell_has_no_number_anywhere(results):
    estimates = results.estimates
    withheld = estimates["conf_status"] == "C"
    assert withheld.sum() > 100
    assert estimates.loc[withheld, NUMBERS].isna().all(axis=None)
    said = results.comparisons.assign(indicator=results.comparisons["component"])
    pair = said["benchmark"].str.partition(":")
    said = said.assign(disaggregation=pair[0], category=pair[2])
    assert said.merge(estimates.loc[withheld, KEY], on=KEY).empty
    sizeless = estimates[estimates["n"].isna() & (estimates["psus"] > 0)]
    told = said.merge(sizeless[KEY], on=KEY)
    assert len(told) > 100
    assert told[["benchmark_value", "difference"]].isna().all(axis=None)


def test_the_log_agrees_with_what_is_published(results, demonstration_data):
    log = results.withheld.merge(results.estimates, on=KEY, how="left")
    assert (log.loc[log["figures"] == "all", "conf_status"] == "C").all()
    assert log.loc[log["figures"] == "size", "n"].isna().all()
    assert log.loc[log["figures"] == "size", "value"].notna().all()
    assert log.loc[log["figures"] == "row", "conf_status"].isna().all()
    assert (results.withheld["figures"] == "all").sum() == (
        results.estimates["conf_status"] == "C"
    ).sum()
    store = RunStore(demonstration_data)
    path = store.folder / "runs" / store.latest() / "withheld.parquet"
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("city", ["MX-GDL", "ZA-D05"])
def test_exports_tell_no_more_than_the_estimates(results, city):
    profile = profile_of(results, city, None, "country_median", "en")
    read = json.loads(profile_json(profile))
    hidden = results.estimates[
        (results.estimates["area"] == city)
        & (results.estimates["period"] == read["period"])
        & results.estimates["n"].isna()
    ]
    rows = {(row.indicator, row.disaggregation, row.category): row for row in hidden.itertuples()}
    seen = 0
    for group in read["groups"]:
        row = rows.get((group["indicator"], group["disaggregation"], group["category"]))
        if row is not None:
            seen += 1
            assert group["figure"]["n"] is None
            assert group["verdict"]["benchmark_value"] is None
            assert (group["figure"]["value"] is None) == (row.conf_status == "C")
    assert seen > 0
    assert "protects" not in profile_json(profile).decode()
    table = pd.read_csv(pd.io.common.BytesIO(profile_csv(profile)))
    withheld = table["conf_status"] == "C"
    assert table.loc[withheld, ["value", "n", "lower", "upper"]].isna().all(axis=None)
