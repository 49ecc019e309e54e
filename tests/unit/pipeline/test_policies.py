"""Levels of policies from a city's own assessment and its reviewers'."""

import numpy as np
import pytest

from tests.factories import answers, catalogue, indicator
from urban_safety_monitor.pipeline.policies import estimate_policies

FORM = {
    "id": "city",
    "title": "City",
    "level": "city",
    "scored": True,
    "scales": {
        "maturity": {str(level): f"level {level}" for level in range(5)},
        "agreement": {str(level): f"level {level}" for level in range(1, 5)},
    },
    "items": [
        {"id": name, "question": "?", "scale": scale, "evidence": "a page", "answered_by": "city"}
        for name, scale in (("C1", "maturity"), ("C7a", "agreement"), ("C7b", "agreement"))
    ],
}
STRATEGY = indicator(
    "strategy",
    {"kind": "checklist", "checklist": "city", "items": ["C1"], "without_evidence_at_most": 1},
    evidence="policy",
)
VOICE = indicator(
    "voice",
    {"kind": "checklist", "checklist": "city", "items": ["C7a", "C7b"], "assessors_at_least": 3},
    evidence="policy",
)
CATALOGUE = catalogue(STRATEGY, VOICE, checklists=[FORM])
NUMBERS = ["value", "standard_error", "lower", "upper", "n"]


def graded(*rows):
    table = estimate_policies(answers(rows), CATALOGUE, [STRATEGY, VOICE])
    return table.set_index(["indicator", "area"])


def c1(assessor, answer, **given):
    return {"item": "C1", "assessor": assessor, "answer": answer, **given}


def voices(assessor, *levels):
    return [
        {"item": item, "assessor": assessor, "answer": level}
        for item, level in zip(("C7a", "C7b"), levels, strict=False)
    ]


def test_a_citys_own_assessment_alone_is_provisional():
    row = graded(c1("city", 3)).loc[("strategy", "A")]
    assert (row["value"], row["obs_status"], row["n"]) == (3, "p", 1)
    assert row["standard_error"] == pytest.approx(np.sqrt(1 / 12))


def test_a_review_replaces_the_citys_own_assessment():
    row = graded(c1("city", 4), c1("r1", 2), c1("r2", 3)).loc[("strategy", "A")]
    assert (row["value"], row["obs_status"], row["n"]) == (2.5, "A", 2)
    # spread between assessors 0.5, rounding 1/12, mean of two
    assert row["standard_error"] == pytest.approx(np.sqrt((0.5 + 1 / 12) / 2))
    assert row["lower"] == pytest.approx(2.5 - 1.959964 * row["standard_error"])


@pytest.mark.parametrize("evidence", [None, "", "  "])
def test_a_level_without_evidence_is_capped(evidence):
    rows = graded(c1("r1", 4, evidence=evidence), c1("r1", 0, evidence=evidence, area="B"))
    assert rows.loc[("strategy", "A"), "value"] == 1
    assert rows.loc[("strategy", "B"), "value"] == 0


def test_the_cap_is_for_the_one_who_shows_no_evidence():
    row = graded(c1("r1", 4, evidence=None), c1("r2", 4)).loc[("strategy", "A")]
    assert row["value"] == 2.5


@pytest.mark.parametrize("rows", [[c1("city", np.nan)], voices("r1", 2, 2)], ids=["blank", "none"])
def test_an_item_nobody_answered_is_missing_and_not_zero(rows):
    row = graded(*rows).loc[("strategy", "A")]
    assert row["obs_status"] == "x"
    assert row[NUMBERS].isna().all()


def test_a_blank_review_leaves_the_citys_own_assessment_in_place():
    row = graded(c1("city", 3), c1("r1", np.nan)).loc[("strategy", "A")]
    assert (row["value"], row["obs_status"]) == (3, "p")


def test_some_indicators_need_several_assessors():
    two = [*voices("r1", 2, 4), *voices("r2", 3, 3)]
    assert graded(*two).loc[("voice", "A"), "obs_status"] == "x"
    row = graded(*two, *voices("r3", 1, 2)).loc[("voice", "A")]
    assert row["value"] == pytest.approx((3 + 3 + 1.5) / 3)
    spread = np.var([3, 3, 1.5], ddof=1)
    assert row["standard_error"] == pytest.approx(np.sqrt((spread + 1 / 24) / 3))
    assert (row["n"], row["obs_status"]) == (3, "A")


def test_an_assessor_who_left_items_out_does_not_count():
    rows = [*voices("r1", 2, 4), *voices("r2", 3, 3), *voices("r3", 1)]
    assert graded(*rows).loc[("voice", "A"), "obs_status"] == "x"


def test_intervals_stay_on_the_scale():
    high = graded(c1("r1", 4), c1("r2", 4)).loc[("strategy", "A")]
    assert (high["upper"], high["value"]) == (4, 4)
    assert high["lower"] < 4
    low = graded(*voices("r1", 1, 1), *voices("r2", 1, 1), *voices("r3", 1, 2)).loc[("voice", "A")]
    assert low["lower"] == 1


def test_only_cities_that_handed_in_the_checklist_have_rows():
    rows = graded(c1("city", 3), c1("city", 2, area="B", checklist="member_state"))
    assert rows.index.get_level_values("area").unique().tolist() == ["A"]
    assert graded().empty
