"""What the shipped catalogue promises: complete, sourced, bilingual, and with worked examples.

Whether references lead somewhere (columns, codes, components, items) is checked each time the
catalogue is loaded; whether the worked examples hold is computed in every engine elsewhere.
"""

from collections import Counter
from collections.abc import Iterator

import pytest

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.indicator import Indicator, Text
from urban_safety_monitor.catalogue.load import load_catalogue
from urban_safety_monitor.catalogue.measures import Checklist, Gap, Part, parts_of

EXAMPLE_KEYS = {"stratum", "psu", "weight"}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def missing_languages(text: Text | None) -> set[str]:
    given = text.model_dump() if text else {}
    return {language for language in ("en", "es") if not given.get(language, "").strip()}


def scored_survey_indicators(catalogue: Catalogue) -> list[Indicator]:
    return [i for i in catalogue.indicators.values() if i.from_survey and i.scored]


def test_sixty_eight_indicators_by_status(catalogue: Catalogue) -> None:
    assert Counter(i.status.value for i in catalogue.indicators.values()) == {
        "core": 49,
        "extended": 16,
        "context": 3,
    }


def test_every_indicator_but_the_context_ones_is_scored(catalogue: Catalogue) -> None:
    assert {i.id for i in catalogue.indicators.values() if not i.scored} == {
        "recorded_violent_rate",
        "recorded_property_rate",
        "police_officer_rate",
    }


def test_indicators_per_domain(catalogue: Catalogue) -> None:
    domains = Counter(
        domain.id for domain in map(catalogue.domain_of, catalogue.indicators) if domain
    )
    assert domains == {
        "violence_crime": 13,
        "perception_fear": 9,
        "public_space_mobility": 10,
        "social_inclusion_prevention": 10,
        "justice_police": 13,
        "governance_capacity": 13,
    }


def test_the_framework_is_a_tree_of_three_levels(catalogue: Catalogue) -> None:
    above = {"subdomain": "domain", "domain": "overall"}
    for component in catalogue.components.values():
        parent = catalogue.components.get(component.parent or "")
        assert (parent.level if parent else None) == above.get(component.level), component.id


def test_every_subdomain_holds_an_indicator(catalogue: Catalogue) -> None:
    used = {indicator.component for indicator in catalogue.indicators.values()}
    assert used == {c.id for c in catalogue.components.values() if c.level == "subdomain"}


def test_components_and_indicators_share_no_name(catalogue: Catalogue) -> None:
    assert not set(catalogue.components) & set(catalogue.indicators)


def test_codebook_holds_108_variables_with_their_missing_codes(catalogue: Catalogue) -> None:
    assert len(catalogue.codebook) == 108
    for variable in catalogue.codebook.values():
        no_answer = {
            int(code)
            for code, label in variable.codes.items()
            if label.en in ("Refused", "Does not know")
        }
        assert set(variable.missing) == no_answer, variable.name


def test_coded_variables_have_codes_and_numbers_have_bounds(catalogue: Catalogue) -> None:
    for variable in catalogue.codebook.values():
        if variable.kind == "code":
            assert variable.codes, variable.name
        if variable.kind == "integer":
            assert None not in (variable.minimum, variable.maximum), variable.name


def texts_of_indicators(catalogue: Catalogue) -> Iterator[tuple[str, Text | None]]:
    for indicator in catalogue.indicators.values():
        for field in ("title", "definition", "unit_of_measure", "statement", "missing_rule"):
            yield f"{indicator.id}.{field}", getattr(indicator, field)
        if indicator.goalposts:
            yield f"{indicator.id}.goalposts.reason", indicator.goalposts.reason
        if indicator.notes:
            yield f"{indicator.id}.notes", indicator.notes


def texts_of_groups_and_components(catalogue: Catalogue) -> Iterator[tuple[str, Text | None]]:
    for component in catalogue.components.values():
        yield component.id, component.title
    for group in catalogue.disaggregations.values():
        yield group.id, group.title
        yield from ((f"{group.id}.{part.id}", part.title) for part in group.categories)


def texts_of_questions(catalogue: Catalogue) -> Iterator[tuple[str, Text | None]]:
    for variable in catalogue.codebook.values():
        yield variable.name, variable.question
        yield from ((f"{variable.name}={code}", text) for code, text in variable.codes.items())
    for form in catalogue.checklists.values():
        yield form.id, form.title
        for item in form.items:
            for field in ("question", "evidence", "answered_by"):
                yield f"{form.id}.{item.id}.{field}", getattr(item, field)


def texts(catalogue: Catalogue) -> Iterator[tuple[str, Text | None]]:
    yield from texts_of_indicators(catalogue)
    yield from texts_of_groups_and_components(catalogue)
    yield from texts_of_questions(catalogue)


def test_every_text_is_there_in_english_and_spanish(catalogue: Catalogue) -> None:
    lacking = {where: missing_languages(text) for where, text in texts(catalogue)}
    assert {where: languages for where, languages in lacking.items() if languages} == {}


def test_texts_are_single_lines(catalogue: Catalogue) -> None:
    broken = [
        w for w, t in texts(catalogue) if t and any("\n" in s for s in t.model_dump().values())
    ]
    assert broken == []


def test_every_indicator_has_a_reference_and_a_theme(catalogue: Catalogue) -> None:
    assert [i.id for i in catalogue.indicators.values() if not i.references or not i.theme] == []


def test_every_scored_survey_indicator_has_a_worked_example(catalogue: Catalogue) -> None:
    survey = scored_survey_indicators(catalogue)
    assert len(survey) == 42
    for indicator in survey:
        assert indicator.examples, indicator.id
        for example in indicator.examples:
            assert example.standard_error and example.working, indicator.id
            assert len(example.rows) <= 10, indicator.id


def test_examples_use_columns_and_codes_of_the_codebook(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        for row in (row for example in indicator.examples for row in example.rows):
            assert set(row) >= EXAMPLE_KEYS, indicator.id
            for column in set(row) - EXAMPLE_KEYS:
                variable = catalogue.columns[column]
                within = variable.maximum is not None and row[column] <= variable.maximum
                assert within or str(row[column]) in variable.codes, (indicator.id, column)


def test_examples_have_no_stratum_with_a_single_psu(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        for example in indicator.examples:
            sampled = {(row["stratum"], row["psu"]) for row in example.rows}
            assert min(Counter(stratum for stratum, _ in sampled).values()) > 1, indicator.id


def test_codes_in_conditions_stand_in_the_codebook(catalogue: Catalogue) -> None:
    conditions: list[tuple[str, Part]] = [
        (group.id, part.when)
        for group in catalogue.disaggregations.values()
        for part in group.categories
    ]
    conditions += [(v.name, v.asked_if) for v in catalogue.codebook.values() if v.asked_if]
    for indicator in catalogue.indicators.values():
        if indicator.from_survey:
            conditions += [(indicator.id, p) for p in parts_of(indicator.measure)]  # type: ignore[arg-type]
    used = [(where, *use) for where, condition in conditions for use in condition.codes_used()]
    assert len(used) > 200
    for where, column, codes in used:
        unknown = {str(code) for code in codes} - set(catalogue.columns[column].codes)
        assert not unknown, (where, column)


def test_who_is_counted_is_explicit_in_every_survey_measure(catalogue: Catalogue) -> None:
    for indicator in scored_survey_indicators(catalogue):
        among = getattr(indicator.measure, "among", None)
        parts = [c.among for c in getattr(indicator.measure, "components", ())] or [among]
        assert all(parts), indicator.id


def test_the_gap_is_between_declared_categories(catalogue: Catalogue) -> None:
    gaps = [i.measure for i in catalogue.indicators.values() if isinstance(i.measure, Gap)]
    assert len(gaps) == 1
    for gap in gaps:
        groups = {part.id for part in catalogue.disaggregations[gap.disaggregation].categories}
        assert {gap.category, gap.minus} <= groups


def test_indicators_name_declared_disaggregations(catalogue: Catalogue) -> None:
    named = {name for i in catalogue.indicators.values() for name in i.disaggregations}
    assert named == set(catalogue.disaggregations)


def test_sensitive_indicators(catalogue: Catalogue) -> None:
    assert {i.id for i in catalogue.indicators.values() if i.sensitive} == {
        "sexual_violence_prev",
        "ipv_prev_women",
        "harassment_prev",
        "sexual_harassment_public_women",
    }


def test_checklist_items_and_indicators_point_at_each_other(catalogue: Catalogue) -> None:
    asked = {
        (i.id, item)
        for i in catalogue.indicators.values()
        if isinstance(i.measure, Checklist)
        for item in i.measure.items
    }
    city = catalogue.checklists["city"]
    assert {(item.indicator, item.id) for item in city.items} == asked
    assert len({indicator for indicator, _ in asked}) == 15


def test_checklist_goalposts_span_the_scale(catalogue: Catalogue) -> None:
    forms = catalogue.checklists
    items = {(form.id, item.id): item for form in forms.values() for item in form.items}
    for indicator in catalogue.indicators.values():
        if not isinstance(indicator.measure, Checklist) or indicator.goalposts is None:
            continue
        form = forms[indicator.measure.checklist]
        scales = {items[form.id, item].scale for item in indicator.measure.items}
        codes = [float(code) for scale in scales for code in form.scales[scale]]
        posts = (indicator.goalposts.scores_0, indicator.goalposts.scores_100)
        assert posts == (min(codes), max(codes)), indicator.id


def test_the_member_state_survey_is_not_scored(catalogue: Catalogue) -> None:
    form = catalogue.checklists["member_state"]
    assert (form.level, form.scored, len(form.items)) == ("national", False, 10)
    assert set(form.scales["national"]) == {"0", "1", "2", "9"}
