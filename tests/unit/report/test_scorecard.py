"""Two pages, always; the same bytes for the same run; nothing a city's name could command."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pypdf
import pytest
from pypdf.generic import ContentStream, DictionaryObject, StreamObject

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.charts.spine import has_ranges
from urban_safety_monitor.report.charts.style import FONTS
from urban_safety_monitor.report.paper import Paper, Size
from urban_safety_monitor.report.profile import city_profile
from urban_safety_monitor.report.records import CityProfile
from urban_safety_monitor.report.scorecard import MOST_ROWS, scorecard_data, scorecard_pdf
from urban_safety_monitor.report.wording import SYMBOLS

MARKS = {
    "en": "Demonstration data, not a description of any real city",
    "es": "Datos de demostración; no describen a ninguna ciudad real",
}


def pages(pdf: bytes) -> list[str]:
    """The text of each page in one line, as ligatures and line breaks fall anywhere."""
    reader = pypdf.PdfReader(BytesIO(pdf))
    return [" ".join(page.extract_text().replace("ﬁ", "fi").split()) for page in reader.pages]


def test_two_pages_hold_everything(profile_in: CityProfile, pdf_in: bytes) -> None:
    first, second = pages(pdf_in)
    assert profile_in.headline in first
    assert profile_in.survey_facts in first
    for row in profile_in.rows:
        assert row.title in second
        assert row.figure.value_text in second
        assert row.figure.interval_text in second
    assert profile_in.method in second
    assert profile_in.changes_line in second
    for page in (first, second):
        assert MARKS[profile_in.language] in page
        assert "DEMO" in page.split()
        assert "0123456789abcdef" in page


def test_real_data_carry_no_mark(catalogue: Catalogue) -> None:
    real = factory.make_results(number=2, demonstration=False)
    profile = city_profile(real, catalogue, "c0", factory.PERIOD)
    text = " ".join(pages(scorecard_pdf(replace(profile, rows=profile.rows[:6]))))
    assert "DEMO" not in text
    assert "emonstration" not in text


def test_the_same_run_gives_the_same_bytes(profile_in: CityProfile, pdf_in: bytes) -> None:
    assert scorecard_pdf(profile_in) == pdf_in


def test_the_file_is_tagged_titled_and_in_its_language(
    profile_in: CityProfile, pdf_in: bytes
) -> None:
    reader = pypdf.PdfReader(BytesIO(pdf_in))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == profile_in.language
    assert profile_in.title in reader.metadata.title


@pytest.mark.parametrize(
    "title",
    [
        "Santa Irelia de los Nueve Arroyos y la Ciénega Grande del Poniente y de San Almeda",
        '#eval("1") *bold* $x$ @ref <tag> \\ #read("/etc/passwd")',
        "ميناء ميرو (Port Merrow)",
        "አዲስ ከተማ",
        "X",
    ],
)
def test_any_name_is_printed_as_it_is(short: CityProfile, title: str) -> None:
    pdf = scorecard_pdf(replace(short, title=title))
    assert len(pages(pdf)) == 2
    if title.isascii():
        assert title.replace(" ", "") in pages(pdf)[0].replace(" ", "")


def test_a_name_no_font_can_show_is_an_error_and_never_a_gap(short: CityProfile) -> None:
    with pytest.raises(DataError, match="no shipped font"):
        scorecard_pdf(replace(short, title="北京"))


@pytest.mark.parametrize("rows", [1, 20, 68, 300])
def test_two_pages_for_few_and_many_indicators(profile: CityProfile, rows: int) -> None:
    some = (profile.rows * 5)[:rows]
    changed = replace(profile, rows=some, notes=profile.notes * 4)
    first, second = pages(scorecard_pdf(changed))
    assert first
    assert ("further indicators" in second) == (rows > MOST_ROWS)


def test_each_row_has_a_line_of_its_own_above_the_notes(
    profile_in: CityProfile, pdf_in: bytes
) -> None:
    """A table too long for its room would run into itself or into the notes."""
    page = pypdf.PdfReader(BytesIO(pdf_in)).pages[1]
    text = page.extract_text(extraction_mode="layout").replace("ﬁ", "fi")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    notes = next(i for i, line in enumerate(lines) if profile_in.method[:30] in line)
    places = [
        next(i for i, line in enumerate(lines) if line.startswith(row.title))
        for row in profile_in.rows
    ]
    assert len(set(places)) == len(places)
    assert max(places) < notes


def test_few_cities_get_dots_instead_of_a_spine(catalogue: Catalogue) -> None:
    few = factory.make_results(number=3)
    profile = city_profile(few, catalogue, "c0", factory.PERIOD)
    assert not has_ranges(profile.rows)
    assert len(pages(scorecard_pdf(profile))) == 2
    assert "San Almeda" in scorecard_data(profile)["picture"]["alt"]


def test_the_code_holds_the_address_or_the_run(short: CityProfile) -> None:
    address = "https://example.org/x"
    assert scorecard_data(short)["code"] != scorecard_data(short, address)["code"]
    assert address in pages(scorecard_pdf(short, address))[1]


def test_fonts_are_small_and_have_their_licence() -> None:
    files = list(FONTS.glob("*.ttf"))
    assert files
    assert sum(path.stat().st_size for path in files) < 3_000_000
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")


SIZES = {Size.A4: (210, 297), Size.LETTER: (215.9, 279.4)}


@pytest.mark.parametrize("size", Size)
def test_each_paper_holds_the_two_pages(profile: CityProfile, size: Size) -> None:
    pdf = scorecard_pdf(profile, paper=Paper(size))
    sheets = [page.mediabox for page in pypdf.PdfReader(BytesIO(pdf)).pages]
    assert len(sheets) == 2
    for sheet in sheets:
        millimetres = [float(side) / 72 * 25.4 for side in (sheet.width, sheet.height)]
        assert millimetres == pytest.approx(SIZES[size], abs=0.1)


@pytest.mark.parametrize("colour", [True, False])
def test_grey_paper_has_no_colour_and_every_status_its_sign(
    short: CityProfile, colour: bool
) -> None:
    pdf = scorecard_pdf(short, paper=Paper(colour=colour))
    painted = {tuple(values) for values in colours_of(pdf)}
    assert painted
    assert all(len(set(values)) == 1 for values in painted) != colour
    for row in short.rows:
        if row.verdict.status in SYMBOLS:
            assert f"{SYMBOLS[row.verdict.status]} {row.verdict.word}" in pages(pdf)[1]


def colours_of(pdf: bytes) -> Iterator[list[float]]:
    """What each operator that sets a colour sets it to, in pages and in their pictures."""
    reader = pypdf.PdfReader(BytesIO(pdf))
    for page in reader.pages:
        for stream in [page.get_contents(), *forms_of(page["/Resources"])]:
            for operands, operator in ContentStream(stream, reader).operations:
                if operator.lower() in {b"sc", b"scn", b"rg", b"g", b"k"}:
                    yield [float(value) for value in operands]


def forms_of(resources: DictionaryObject) -> Iterator[StreamObject]:
    for item in resources.get("/XObject", {}).values():
        form = item.get_object()
        if form["/Subtype"] == "/Form":
            yield form
            yield from forms_of(form.get("/Resources", {}))
