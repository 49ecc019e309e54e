"""All rules on survey records, run in one pass."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from urban_safety_monitor.intake import answer_rules, design_rules, known_rules, pattern_rules
from urban_safety_monitor.intake.coded import give_back_memory
from urban_safety_monitor.intake.problems import Problem
from urban_safety_monitor.intake.records import Records
from urban_safety_monitor.intake.steps import Step, Tell, unheard


class Rule(NamedTuple):
    """A check and the codes of all problems it can find."""

    codes: tuple[str, ...]
    find: Callable[[Records], Iterator[Problem]]


RULES = (
    Rule(("USM-S01",), design_rules.empty_design),
    Rule(("USM-W01", "USM-W02", "USM-W03", "USM-W04"), design_rules.weights),
    Rule(("USM-I01",), design_rules.repeated_persons),
    Rule(("USM-I02",), design_rules.copied_rows),
    Rule(("USM-S02", "USM-S04"), design_rules.units_in_two_strata),
    Rule(("USM-S03", "USM-S08"), design_rules.strata_with_one_unit),
    Rule(("USM-S05",), design_rules.units_in_the_population),
    Rule(("USM-S07",), design_rules.units_of_one_person),
    Rule(("USM-N03",), design_rules.codes_rewritten),
    Rule(("USM-I05",), design_rules.interviews_of_the_training),
    Rule(("USM-G08",), design_rules.units_in_several_districts),
    Rule(("USM-G01",), design_rules.small_districts),
    Rule(("USM-G03",), design_rules.missing_districts),
    Rule(
        ("USM-V12", "USM-V13", "USM-K02", "USM-N01", "USM-N02", "USM-D01", "USM-D04"),
        answer_rules.cells_that_do_not_fit,
    ),
    Rule(("USM-P05", "USM-P06"), answer_rules.answers_to_skipped_questions),
    Rule(("USM-P07",), answer_rules.questions_left_out),
    Rule(("USM-C05",), answer_rules.empty_columns),
    Rule(("USM-D05",), answer_rules.odd_rounds),
    Rule(("USM-V14",), answer_rules.item_nonresponse),
    Rule(("USM-D02",), answer_rules.dates_outside_the_round),
    Rule(("USM-D06",), answer_rules.one_day_for_everybody),
    Rule(("USM-D03",), known_rules.dates_outside_fieldwork),
    Rule(("USM-W05",), known_rules.weights_and_population),
    Rule(("USM-S06",), known_rules.interviews_and_rows),
    Rule(("USM-G02",), known_rules.unknown_districts),
    Rule(("USM-G05",), known_rules.other_maps),
    Rule(("USM-G06", "USM-G07"), known_rules.unknown_areas),
    Rule(("USM-G09", "USM-D07"), known_rules.other_than_chosen),
    Rule(("USM-G04",), pattern_rules.small_groups),
    Rule(("USM-V17",), pattern_rules.one_group_for_everybody),
    Rule(("USM-I04",), pattern_rules.nearly_copied_interviews),
    Rule(("USM-Q01",), pattern_rules.one_answer_to_a_series),
)


def checked_records(records: Records, tell: Tell = unheard) -> tuple[list[Problem], list[str]]:
    """Every problem of every rule, and the codes examined; each rule is told before it runs."""
    found: list[Problem] = []
    for done, rule in enumerate(RULES):
        tell(Step("checking", rows=len(records.frame), done=done, of=len(RULES)))
        found += rule.find(records)
        give_back_memory()
    return found, [code for rule in RULES for code in rule.codes]
