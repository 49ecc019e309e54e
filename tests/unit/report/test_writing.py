"""Sentences for print: they say how sure the figure is; the wrong one says more than is known."""

import re
from dataclasses import replace

import pytest

from urban_safety_monitor.report.records import CityProfile, Row
from urban_safety_monitor.report.wording import translator
from urban_safety_monitor.report.writing import WRONG, _tempting, how_to_write


def row(profile: CityProfile, indicator: str) -> Row:
    return next(row for row in profile.rows if row.indicator == indicator)


def test_what_may_be_printed_names_value_interval_round_people_and_status(
    profile: CityProfile,
) -> None:
    asked = row(profile, "safe_day")
    said = " ".join(how_to_write(profile, asked).may)
    assert asked.sentence in said
    assert re.search(r"\(\d+ to \d+\)", said)
    assert "Household survey" in said and profile.period_text in said
    assert f"{asked.figure.n_text} answers" in said


def test_recorded_figures_are_not_called_a_survey(profile: CityProfile) -> None:
    said = " ".join(how_to_write(profile, row(profile, "homicide_rate")).may)
    assert "Recorded by authorities" in said and "survey" not in said


@pytest.mark.parametrize(
    ("indicator", "wrong"),
    [
        ("sexual_violence_prev", "nothing"),
        ("ipv_prev_women", "nothing"),
        ("safe_night", "not_comparable"),
        ("robbery_prev", "exactly"),
    ],
)
def test_the_likeliest_mistake_is_named(profile: CityProfile, indicator: str, wrong: str) -> None:
    asked = row(profile, indicator)
    assert _tempting(asked) == wrong
    writing = how_to_write(profile, asked)
    assert asked.title in writing.may_not and writing.why


def test_a_difference_that_is_not_clear_must_not_be_written_as_one(profile: CityProfile) -> None:
    asked = row(profile, "safe_day")
    similar = replace(asked, verdict=replace(asked.verdict, status="similar"))
    for difference, word in ((1.0, "higher"), (-1.0, "lower")):
        verdict = replace(similar.verdict, difference=difference)
        writing = how_to_write(profile, replace(similar, verdict=verdict))
        assert f"{word} than {profile.benchmark_name}" in writing.may_not
        assert "cannot tell the two apart" in writing.why


def test_every_row_can_be_written_about_in_each_language(profile_in: CityProfile) -> None:
    say = translator(profile_in.language).gettext
    begins = {say(text).split("{")[0] for text in WRONG.values()}
    for one in profile_in.rows:
        writing = how_to_write(profile_in, one)
        assert writing.may_not.startswith(tuple(begins)) and "{" not in writing.may_not
        assert writing.why and all(writing.may)
