"""Parts of a kept run: the rows asked for and no others, read when they are asked for."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from tests.unit.report import factory
from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store import Part, RunStore
from urban_safety_monitor.store import kept as kept_module

RESULTS = factory.make_results(number=2)


@pytest.fixture
def folder(tmp_path):
    """A folder whose name would be a pattern, were it not a name."""
    return tmp_path / "data [1] of *"


@pytest.fixture(params=["small files", "large files"], autouse=True)
def size(request, monkeypatch):
    if request.param == "large files":
        monkeypatch.setattr(kept_module, "SMALL", 0)


@pytest.fixture
def kept(folder):
    store = RunStore(folder)
    store.keep(RESULTS, datetime(2026, 1, 1, tzinfo=UTC))
    return store.open(RESULTS.provenance.run_id)


def keys(table):
    return sorted(map(tuple, table.iloc[:, :5].astype(str).to_numpy()))


@pytest.mark.parametrize("name", ["estimates", "scores", "comparisons", "robustness", "surveys"])
def test_a_part_has_the_rows_asked_for_and_no_others(kept, name):
    whole = RESULTS.tables()[name]
    area, period = whole[["area", "period"]].iloc[0]
    found = getattr(kept.part(Part(areas=(area,), periods=(period,))), name)
    assert keys(found) == keys(whole[(whole["area"] == area) & (whole["period"] == period)])
    assert 0 < len(found) < len(whole)
    pd.testing.assert_series_equal(found.dtypes, whole.dtypes)


def test_an_indicator_s_part_can_leave_groups_out(kept):
    name = RESULTS.estimates["indicator"].iloc[0]
    part = kept.part(Part(indicators=(name,), groups=False))
    estimates, compared = RESULTS.estimates, RESULTS.comparisons
    of_all = (estimates["indicator"] == name) & (estimates["disaggregation"] == "total")
    assert keys(part.estimates) == keys(estimates[of_all])
    of_all = (compared["component"] == name) & ~compared["benchmark"].str.contains(":")
    assert keys(part.comparisons) == keys(compared[of_all])


def test_a_part_knows_the_places_and_what_is_held_of_the_whole(kept):
    part = kept.part(Part(areas=("nowhere",)))
    assert part.estimates.empty
    assert list(part.areas["area"]) == list(RESULTS.areas["area"])
    pd.testing.assert_frame_equal(part.held, RESULTS.held)
    assert part.indicators == RESULTS.indicators


def test_a_table_nobody_asks_for_is_not_read(kept, folder):
    path = folder / "runs" / RESULTS.provenance.run_id / "scores.parquet"
    path.write_bytes(b"damaged")
    assert len(kept.part(Part()).estimates) == len(RESULTS.estimates)
    with pytest.raises(StoreError, match="its files cannot be read"):
        _ = kept.part(Part()).scores
