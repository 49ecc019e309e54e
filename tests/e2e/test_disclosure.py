"""What the demonstration publishes, read by an attacker: every cell of every table and export."""

import json

import numpy as np
import pandas as pd
import pytest

from tests.attacker import SLACK, Counted, People, part_of_release
from tests.property.test_disclosure import KEY, PERSONS, Program
from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.catalogue.load import shipped
from urban_safety_monitor.engines.replicates import Summed
from urban_safety_monitor.pipeline.disclose import NUMBERS, persons_needed
from urban_safety_monitor.pipeline.estimate import estimate
from urban_safety_monitor.report.export import profile_csv, profile_json
from urban_safety_monitor.report.release import files_on_demand, part_of
from urban_safety_monitor.store import RunStore
from urban_safety_monitor.workflow.sampling import sample_of, totals_of
from urban_safety_monitor.workflow.surveys import check_files
from urban_safety_monitor.workflow.views import latest_results, profile_of

pytestmark = pytest.mark.e2e

CATALOGUE = load_catalogue()
UNIT = ["indicator", "area", "period"]
TABLE = [*UNIT, "disaggregation"]
COUNTRY, PERIOD = "MX", "2024-Q1"
OF_WOMEN = ["harassment_prev", "sexual_harassment_public_women", "ipv_prev_women"]
ATTACKED = {
    "MX-D01": list(CATALOGUE.indicators),
    "MX-GDL": [*OF_WOMEN, "sexual_violence_prev", "violent_victim_prev", "safe_night"],
}


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
    cells = cells[cells["people"].notna()]
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


@pytest.fixture(scope="module")
def released(results):
    """The tables that are published of a country's round, as files."""
    files = files_on_demand(part_of(results, COUNTRY, PERIOD), CATALOGUE)
    return {path: made() for path, made in files.items() if path.startswith("data/")}


def answers(city):
    """A city's records of the round, as a run reads them."""
    file = shipped("sample_data") / "microdata" / f"{city}.parquet"
    intake = check_files([file], "usm-questionnaire", CATALOGUE)
    return intake.frame[intake.frame["period"] == PERIOD], intake.recipe


@pytest.fixture(scope="module")
def microdata():
    return {city: answers(city) for city in ATTACKED}


@pytest.fixture(scope="module")
def everything(microdata):
    """Every estimate before anything was withheld."""
    asked = [i for i in CATALOGUE.indicators.values() if i.from_survey]
    samples = [sample_of(*read, CATALOGUE) for read in microdata.values()]
    totals = totals_of(samples, Summed(CATALOGUE, asked, tuple(CATALOGUE.disaggregations)))
    return estimate(totals, asked).estimates


def assert_few_are_hidden_among_enough(attack, at_least):
    """Nobody of a cell of too few people, withheld or left over, is known to be one of few."""
    few = [key for key in [*attack.withheld, *attack.left_over] if 0 < attack.size(key) < PERSONS]
    least, most = attack.ends(few)
    true = np.array([attack.size(key) for key in few])
    assert len(few) >= at_least
    assert (least <= true + SLACK).all() and (true <= most + SLACK).all()
    assert (most >= PERSONS - SLACK).all()
    assert (most - least >= PERSONS - SLACK).all()


def few_hidden_in(attack):
    """How many cells of few people are hidden, none of which can be found out."""
    few = [key for key in [*attack.withheld, *attack.left_over] if 0 < attack.size(key) < PERSONS]
    least, most = attack.ends(few)
    true = np.array([attack.size(key) for key in few])
    assert (least <= true + SLACK).all() and (true <= most + SLACK).all()
    assert (most >= PERSONS - SLACK).all()
    assert (most - least >= PERSONS - SLACK).all()
    return len(few)


@pytest.mark.parametrize(("city", "at_least"), [("MX-D01", 75), ("MX-GDL", 10)])
def test_nobody_can_be_found_in_a_release_by_all_its_sizes(released, everything, city, at_least):
    """Indicators are of nearly the same people, some of women only, and tell of each other."""
    files = part_of_release(released, area=[city], indicator=ATTACKED[city])
    attack = People([files], CATALOGUE, everything[everything["area"] == city])
    assert few_hidden_in(attack) >= at_least


@pytest.mark.parametrize("name", ["sexual_violence_prev", "violence_reporting", "safe_night"])
def test_nobody_can_be_found_in_a_release_by_its_values(released, everything, microdata, name):
    """By shares of weights that the attacker knows the smallest and the largest of."""
    city = "MX-D01"
    weights = microdata[city][0]["weight_person"]
    middle = np.sqrt(weights.min() * weights.max())
    limits = weights.min() / middle, weights.max() / middle
    files = part_of_release(released, area=[city], indicator=[name])
    attack = Counted([files], CATALOGUE, everything[everything["area"] == city], limits)
    assert few_hidden_in(attack) >= 2


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
