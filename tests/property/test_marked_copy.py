"""Whatever stands in a user's file stays what it is: a text never becomes a formula or a link."""

import zipfile
from io import BytesIO

from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.report.checks import DAY, opened, problem_at, report_of, table_of
from urban_safety_monitor.report.marked_copy import marked_copy

BEGINNINGS = ["=", "+", "-", "@", "\t", "\r", "{=", "http://", "internal:", "mailto:", "'", ""]
READABLE = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
)
TEXTS = st.builds(str.__add__, st.sampled_from(BEGINNINGS), st.text(READABLE, max_size=20))
CELLS = TEXTS.map(str.strip).filter(bool)


@given(cells=st.lists(CELLS, min_size=1, max_size=5), name=CELLS, found=TEXTS)
@example(cells=["=1+1"], name='=HYPERLINK("http://x.example")', found="@SUM(A1)")
@example(cells=["007", "1e5", "12345678901234", "-0", "+5", "1_000", "nan"], name="x", found="")
def test_text_stays_text(cells: list[str], name: str, found: str) -> None:
    table = table_of({name: list(cells)}, name=f"{name[:20]}.csv".replace("/", "_"))
    problem = problem_at("USM-V12", {"A": name}, [2], found=found)
    content = marked_copy(report_of(problem), [table], DAY)
    for sheet in opened(content).worksheets:
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert kinds <= {"s", "n", "inlineStr"}
    values = [row[1] for row in opened(content).worksheets[1].iter_rows(values_only=True)]
    assert values[0] == name
    shown = [f"{v:.15g}" if isinstance(v, int | float) else v for v in values[1:]]
    assert shown == cells
    with zipfile.ZipFile(BytesIO(content)) as book:
        assert not [n for n in book.namelist() if "externalLink" in n]
        sheets = [book.read(n) for n in book.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet for sheet in sheets)
