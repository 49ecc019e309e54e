"""The printed report: every problem in words, whatever letters a user's file holds."""

from dataclasses import replace
from functools import cache
from io import BytesIO

import pypdf
import pytest

from tests.unit.report.checks import DAY, PRACTICE, problem_at, report_of
from urban_safety_monitor.catalogue import load_catalogue, load_recipe
from urban_safety_monitor.intake import CheckReport, apply_recipe
from urban_safety_monitor.report.check_report import UNPRINTABLE, check_report_pdf


@cache
def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(BytesIO(pdf)).pages
    joined = " ".join(page.extract_text() for page in pages)
    return "".join(joined.replace("ﬁ", "fi").replace("ﬂ", "fl").split())


def holds(pdf: bytes, words: str) -> bool:
    return "".join(words.split()) in text_of(pdf)


@pytest.fixture(scope="module")
def report() -> CheckReport:
    recipe, catalogue = load_recipe("usm-questionnaire", load_catalogue())
    return apply_recipe(recipe, catalogue, [PRACTICE / "example_ten_faults.csv"]).report


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_problem_is_there_in_the_readers_language(report, language):
    pdf = check_report_pdf(report, DAY, language, progress="1 of 2.")
    for row in report.table(language).itertuples():
        assert holds(pdf, row.title)
        assert holds(pdf, row.repair)
        assert holds(pdf, row.code)
    assert holds(pdf, "1 of 2.")
    assert holds(pdf, ", ".join(report.passed[:5]))
    reader = pypdf.PdfReader(BytesIO(pdf))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == language
    assert reader.metadata.title in ("Check of a survey file", "Revisión de un archivo de encuesta")


def test_no_value_of_a_sensitive_column_is_printed():
    found = problem_at(
        "USM-P06",
        {"A": "a"},
        [3],
        sensitive=True,
        found="secret",
        params={"gate": "b", "question": "private_sensitive"},
    )
    assert not holds(check_report_pdf(report_of(found), DAY), "secret")


def test_nothing_to_report_is_a_report_too():
    pdf = check_report_pdf(report_of(passed=("USM-F01",)), DAY)
    assert holds(pdf, "Your files can be used.")
    assert holds(pdf, "1 check found nothing: USM-F01.")
    assert check_report_pdf(replace(report_of(), passed=()), DAY)


@pytest.mark.parametrize(
    ("found", "printed"),
    [
        ("#eval(1) *b* $x$ <t> @r // \\", "#eval(1) *b* $x$ <t> @r // \\"),
        ("Ñandú ñ Ωμέγα Привет", "Ñandú ñ Ωμέγα Привет"),
        ("北京 7", f"{UNPRINTABLE}{UNPRINTABLE} 7"),
        ("a\x00b\x07c", f"a{UNPRINTABLE}b{UNPRINTABLE}c"),
        ("x\ue000y", f"x{UNPRINTABLE}y"),
        ("e\ud800f", "e?f"),
        ("ne\U0001f600xt", f"ne{UNPRINTABLE}xt"),
    ],
)
def test_any_text_of_a_user_is_printed_as_text_or_replaced(found, printed):
    problem = problem_at("USM-V12", {"A": found}, [3], found=found)
    pdf = check_report_pdf(report_of(problem), DAY)
    assert holds(pdf, printed)
    assert holds(pdf, "cannot be printed here") == (UNPRINTABLE in printed)


def test_many_problems_run_over_many_pages():
    problems = [problem_at("USM-W02", {"A": f"column_{n}"}, [3]) for n in range(80)]
    pdf = check_report_pdf(report_of(*problems), DAY)
    assert len(pypdf.PdfReader(BytesIO(pdf)).pages) > 5
    assert holds(pdf, "column_79")


def test_the_same_check_gives_the_same_bytes(report):
    assert check_report_pdf(report, DAY) == check_report_pdf(report, DAY)
