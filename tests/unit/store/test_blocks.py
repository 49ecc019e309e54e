"""Files of blocks: the rows wanted and no others, and no block is read that cannot hold one."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from urban_safety_monitor.store import blocks as blocks_module
from urban_safety_monitor.store.blocks import Blocks, write_blocks

AREAS = ("a", "b", "c", "é", "zz")
PERIODS = ("2024", "2025-Q1", "2026")
GROUPS = ("total", "sex", "age_band")


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks_module, "BLOCK", 3)


@st.composite
def tables(draw):
    """Rows that can be told apart, in any order."""
    keys = st.tuples(*map(st.sampled_from, (AREAS, PERIODS, GROUPS)))
    rows = draw(st.lists(keys, max_size=40))
    table = pd.DataFrame(rows, columns=["area", "period", "disaggregation"], dtype="str")
    return table.assign(value=pd.Series(range(len(rows)), dtype="float"))


some_of = {"area": (*AREAS, "nowhere"), "period": (*PERIODS, "1999")}
wishes = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.sampled_from(values), min_size=1, unique=True).map(tuple)
        for name, values in some_of.items()
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(), wanted=wishes, groups=st.booleans(), earlier=st.booleans())
def test_the_rows_wanted_are_found_and_no_others(tmp_path, table, wanted, groups, earlier):
    path = tmp_path / "table.parquet"
    if earlier:  # versions before wrote one order, and nothing about it
        table.to_parquet(path, index=False, row_group_size=4)
    else:
        write_blocks(table, path)
    found = Blocks(path).rows(wanted, groups=groups)
    chosen = pd.Series(True, table.index)
    for name, values in wanted.items():
        chosen &= table[name].isin(values)
    if not groups:
        chosen &= table["disaggregation"] == "total"
    in_order = table[chosen].sort_values("value", ignore_index=True)
    pd.testing.assert_frame_equal(found.sort_values("value", ignore_index=True), in_order)


def test_blocks_that_cannot_hold_what_is_wanted_stay_unread(tmp_path):
    path = tmp_path / "table.parquet"
    keys = [(area, "2026", group) for area in AREAS for group in GROUPS for _ in range(6)]
    table = pd.DataFrame(keys, columns=["area", "period", "disaggregation"], dtype="str")
    write_blocks(table.assign(value=1.0), path)
    about = pq.read_metadata(path)
    content = bytearray(path.read_bytes())
    for number in range(about.num_row_groups):
        column = about.row_group(number).column(0)
        if column.statistics.min != "c":
            begin = column.dictionary_page_offset
            content[begin : begin + column.total_compressed_size] = bytes(
                column.total_compressed_size
            )
    path.write_bytes(content)
    assert len(Blocks(path).rows({"area": ("c",)})) == 18
    assert len(Blocks(path).rows({"area": ("c",)}, groups=False)) == 6
    with pytest.raises((OSError, pa.ArrowException)):
        Blocks(path).rows({"area": ("b",)})


def test_only_the_columns_asked_for_are_read(tmp_path):
    path = tmp_path / "table.parquet"
    keys = [(area, "2026", group) for area in AREAS for group in GROUPS]
    table = pd.DataFrame(keys, columns=["area", "period", "disaggregation"], dtype="str")
    write_blocks(table.assign(value=1.0), path)
    found = Blocks(path).rows({}, groups=False, columns=("area", "disaggregation"))
    assert list(found.columns) == ["area", "disaggregation"]
    assert sorted(found["area"]) == sorted(AREAS)
