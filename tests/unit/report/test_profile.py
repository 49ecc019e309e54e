"""A profile says what the tables hold, in whole sentences, and never more."""

from dataclasses import replace

import pandas as pd
import pytest

from tests.unit.report import factory
from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.profile import city_profile, core_rows
from urban_safety_monitor.report.records import CityProfile, Row
from urban_safety_monitor.tables import Comparisons, Estimates, checked
from urban_safety_monitor.tables.run import Results


def row_of(profile: CityProfile, indicator: str) -> Row:
    return next(row for row in profile.rows if row.indicator == indicator)


def rewritten(results: Results, indicator: str, **changes: object) -> Results:
    """The results with some cells of c0's row for an indicator and the median changed."""
    table = results.comparisons.copy()
    chosen = (
        (table["component"] == indicator)
        & (table["area"] == factory.CITY)
        & (table["period"] == factory.PERIOD)
        & (table["benchmark"] == "country_median")
    )
    for column, value in changes.items():
        table.loc[chosen, column] = value
    return replace(results, comparisons=checked(Comparisons, table))


def test_counts_add_up_to_the_rows(profile: CityProfile) -> None:
    assert sum(profile.counts.values()) == len(profile.rows) == 68
    assert profile.counts["not_comparable"] == 2
    assert profile.counts["no_status"] == 4
    assert profile.counts["context"] == 3


def test_headline_says_the_counts(profile: CityProfile) -> None:
    counts = profile.counts
    assert profile.headline == (
        f"{counts['better']} indicators are better, {counts['worse']} are worse and none is "
        "similar to the country median. 2 cannot be compared. 4 have no status: too uncertain, "
        "withheld, not asked or without a benchmark."
    )


@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("en", "1 indicator is better, none is worse and none is similar to the country median."),
        (
            "es",
            "En comparación con la mediana del país, 1 indicador está mejor, ninguno está peor y "
            "ninguno es similar.",
        ),
    ],
)
def test_headline_has_singular_and_none(
    results: Results, catalogue: Catalogue, language: str, headline: str
) -> None:
    one = checked(Estimates, results.estimates[results.estimates["indicator"] == "bribery_prev"])
    profile = city_profile(
        replace(results, estimates=one), catalogue, "c0", factory.PERIOD, language=language
    )
    assert profile.headline == headline


def test_survey_facts(profile: CityProfile) -> None:
    assert profile.survey_facts == "812 interviews, face to face, 2 to 24 March 2026."


def test_rows_follow_domains_and_have_core_first_in_each_sub_domain(profile: CityProfile) -> None:
    domains = [row.domain for row in profile.rows]
    assert list(dict.fromkeys(domains)) == [line.component for line in profile.domains]
    lethal = [row.role for row in profile.rows[:2]]
    assert lethal == ["core", "extended"]


@pytest.mark.parametrize(
    ("indicator", "flag", "symbol", "word"),
    [
        ("safe_night", "d", "[d]", "Not comparable"),
        ("robbery_prev", "u", "[u]", "Too uncertain"),
        ("sexual_violence_prev", "c", "[c]", "Withheld"),
        ("ipv_prev_women", "x", "[x]", "Not collected"),
        ("burglary_prev", "p", "▲", "Better"),
        ("vehicle_theft_prev", "r", "▲", "Better"),
        ("unsafe_city", "b", "▲", "Better"),
        ("safe_day", "", "▼", "Worse"),
        ("police_officer_rate", "", "◇", "Lower"),
    ],
)
def test_each_flag_and_status_has_its_sign_and_word(
    profile: CityProfile, indicator: str, flag: str, symbol: str, word: str
) -> None:
    row = row_of(profile, indicator)
    assert "".join(row.figure.flags) == flag
    assert (row.verdict.symbol, row.verdict.word) == (symbol, word)


def test_what_cannot_exist_is_flagged_z(profile: CityProfile) -> None:
    assert row_of(profile, "gunshots_heard").figure.flags == ("z",)


def test_a_withheld_value_has_no_number_anywhere(profile: CityProfile) -> None:
    row = row_of(profile, "sexual_violence_prev")
    figure = row.figure
    assert (figure.value, figure.lower, figure.n, figure.standard_error) == (None,) * 4
    assert figure.text == figure.n_text == ""
    assert row.sentence == (
        "Adults who suffered sexual violence: Withheld to protect people: too few answers."
    )


def test_a_value_of_another_definition_keeps_its_number_and_loses_the_benchmark(
    profile: CityProfile,
) -> None:
    row = row_of(profile, "safe_night")
    assert row.figure.value_text == "34.0%"
    assert (row.verdict.benchmark_value, row.verdict.benchmark_text) == (None, "")
    assert row.verdict.reason == "The question was about the city centre."
    assert "Not comparable." in row.sentence


def test_reasons_of_differences_are_noted_with_their_indicators(profile: CityProfile) -> None:
    assert any(
        note.startswith("[d] The question was about the city centre. (Feels safe")
        for note in profile.notes
    )


def test_flags_used_are_explained(profile_in: CityProfile) -> None:
    assert list(profile_in.flags_used) == ["p", "r", "b", "d", "u", "c", "x", "z"]
    assert all(profile_in.flags_used.values())


def test_sentence_gives_value_interval_and_benchmark(profile: CityProfile) -> None:
    assert row_of(profile, "safe_day").sentence == (
        "In San Almeda, 34% of adults feel safe walking alone in their neighbourhood by day "
        "(32 to 36). This is lower than the country median (42%); the difference is larger than "
        "chance would explain."
    )


def test_sentence_shows_a_decimal_where_whole_numbers_would_hide_the_difference(
    results: Results, catalogue: Catalogue
) -> None:
    near = rewritten(results, "safe_day", benchmark_value=34.4, difference=-0.4, z=-2.0)
    profile = city_profile(near, catalogue, "c0", factory.PERIOD)
    assert "34.0% of adults" in row_of(profile, "safe_day").sentence
    assert "(34.4%)" in row_of(profile, "safe_day").sentence


def test_similar_says_what_could_have_been_seen(results: Results, catalogue: Catalogue) -> None:
    similar = rewritten(
        results, "safe_day", status="similar", reason="difference_not_clear", z=-0.5
    )
    sentence = row_of(city_profile(similar, catalogue, "c0", factory.PERIOD), "safe_day").sentence
    assert "We cannot tell this apart from the country median" in sentence
    assert sentence.endswith(
        "With 800 interviews we could have seen a difference of about 3 points."
    )


def test_records_are_not_called_interviews(results: Results, catalogue: Catalogue) -> None:
    similar = rewritten(
        results, "firearm_homicide_share", status="similar", reason="difference_not_clear", z=0.1
    )
    profile = city_profile(similar, catalogue, "c0", factory.PERIOD)
    assert "interviews" not in row_of(profile, "firearm_homicide_share").sentence


def test_a_complete_count_says_nothing_of_chance(results: Results, catalogue: Catalogue) -> None:
    complete = rewritten(results, "public_space_share", z=float("inf"))
    row = row_of(city_profile(complete, catalogue, "c0", factory.PERIOD), "public_space_share")
    assert row.verdict.z is None
    assert "chance" not in row.sentence
    assert "lower than the country median" in row.sentence


def test_at_most_three_stand_out_and_one_is_a_strength(profile: CityProfile) -> None:
    chosen = [row_of(profile, name) for name in profile.stand_out_indicators]
    assert len(profile.stand_outs) == len(chosen) == 3
    assert "better" in {row.verdict.status for row in chosen}


def test_a_strength_stands_out_even_if_three_weaknesses_are_clearer(
    results: Results, catalogue: Catalogue
) -> None:
    weak = results
    for name in ("safe_day", "safe_places", "lighting_good"):
        weak = rewritten(weak, name, status="worse", z=-9.0)
    strong = city_profile(weak, catalogue, "c0", factory.PERIOD)
    statuses = [row_of(strong, name).verdict.status for name in strong.stand_out_indicators]
    assert statuses == ["worse", "worse", "better"]


def test_a_policy_never_stands_out(results: Results, catalogue: Catalogue) -> None:
    rated = rewritten(results, "policy_budget", status="better", z=99.0)
    profile = city_profile(rated, catalogue, "c0", factory.PERIOD)
    assert "policy_budget" not in profile.stand_out_indicators


def test_scores_have_interval_and_missing_parts_by_name(profile: CityProfile) -> None:
    scored, not_scored = profile.domains[0], profile.domains[4]
    assert scored.text == "50 (45 to 55)"
    assert not_scored.text == ""
    assert not_scored.note == "Not scored: only 40% of its core indicators are there."
    assert len(not_scored.missing) == 2
    assert all(" " in title for title in not_scored.missing)


def test_overall_score_comes_with_its_span_and_weights(profile: CityProfile) -> None:
    assert profile.overall is not None
    assert profile.overall.line.text == "50 (45 to 55)"
    assert profile.overall.sentence == (
        "With other reasonable weights it would be between 48 and 57."
    )
    assert len(profile.overall.importance) == 6


def test_evidence_is_shown_apart(profile: CityProfile) -> None:
    assert [line.component for line in profile.evidence] == [
        "evidence:objective_survey",
        "evidence:policy",
    ]


def test_groups_are_tested_or_withheld_clearest_first(profile: CityProfile) -> None:
    tested = [row for row in profile.groups if row.verdict.z is not None]
    withheld = [row for row in profile.groups if row.verdict.z is None]
    sizes = [abs(row.verdict.z or 0) for row in tested if row.verdict.status != "similar"]
    assert sizes == sorted(sizes, reverse=True)
    assert profile.groups[: len(tested)] == tuple(tested)
    assert {row.category_title for row in tested} == {"Women"}
    assert {row.figure.flags for row in withheld} == {("c",)}
    assert f"{len(withheld)} figures are withheld" in profile.groups_line


def test_changes_are_between_rounds_and_a_break_is_not_one(profile: CityProfile) -> None:
    changes = {change.indicator: change for change in profile.changes}
    assert profile.previous_text == "2024 Q1"
    assert changes["unsafe_city"].verdict.status == "not_comparable"
    assert changes["unsafe_city"].sentence == "The question was about the city centre."
    assert changes["safe_day"].sentence == (
        "Between 2024 Q1 and 2026 Q1 there was no change that the survey can confirm."
    )
    assert changes["safe_day"].detectable == pytest.approx(2.8 * 1.2 * 2**0.5)
    assert "ipv_prev_women" not in changes


def test_first_round_says_that_there_is_none_before(results: Results, catalogue: Catalogue) -> None:
    profile = city_profile(results, catalogue, "c0", "2024-Q1", benchmark="previous")
    assert profile.changes == ()
    assert profile.changes_line == "There is no earlier round to compare with."
    assert profile.headline == "No indicator can be compared with the last round."


def test_chance_line_covers_the_tests_made(profile: CityProfile) -> None:
    tests = sum(row.verdict.z is not None for row in profile.rows)
    assert profile.chance_line == f"About 3 to 4 of {tests} would be flagged by chance alone."


def test_spread_leaves_out_what_is_not_comparable(profile: CityProfile) -> None:
    assert row_of(profile, "safe_day").spread.cities == 8
    assert row_of(profile, "safe_night").spread.cities == 7


def test_peers_say_why(profile: CityProfile) -> None:
    assert [peer.title for peer in profile.peers] == ["Ágave", "Bahía Nueva"]
    assert profile.peers[0].reasons == (
        "428,000 residents, 3,100 residents per square kilometre, "
        "4.4% of households in informal housing"
    )


def test_core_rows_are_measured_not_rated(profile: CityProfile) -> None:
    assert {row.role for row in core_rows(profile)} == {"core"}
    assert "policy" not in {row.evidence for row in core_rows(profile)}


def test_real_data_carry_no_demonstration_mark(catalogue: Catalogue) -> None:
    real = factory.make_results(demonstration=False)
    assert city_profile(real, catalogue, "c0", factory.PERIOD).demonstration == ""


def test_a_name_from_right_to_left_is_kept_apart(results: Results, catalogue: Catalogue) -> None:
    arabic = factory.with_title(results, "ميناء ميرو")
    profile = city_profile(arabic, catalogue, "c0", factory.PERIOD)
    assert "In \u2068ميناء ميرو\u2069, 34%" in row_of(profile, "safe_day").sentence


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("c99", factory.PERIOD, "en"), "city 'c99': not in this run; there are c0, c1"),
        (("c0", "1999", "en"), "no results for '1999'; there are 2024-Q1, 2026-Q1"),
        (("c0", factory.PERIOD, "xx"), "language 'xx'"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(
    results: Results, catalogue: Catalogue, asked: tuple[str, str, str], message: str
) -> None:
    area, period, language = asked
    with pytest.raises(DataError, match=message):
        city_profile(results, catalogue, area, period, language=language)


def test_an_indicator_without_a_row_was_not_collected(
    results: Results, catalogue: Catalogue
) -> None:
    table = results.estimates
    gone = (table["indicator"] == "safe_day") & (table["area"] == factory.CITY)
    fewer = replace(results, estimates=checked(Estimates, pd.DataFrame(table[~gone])))
    row = row_of(
        city_profile(fewer, catalogue, "c0", factory.PERIOD, benchmark="target"), "safe_day"
    )
    assert row.figure.flags == ("x",)
    assert row.verdict.reason == "Not asked or not collected in this round."
