"""Whether the parts of a catalogue fit together: columns, codes, groups, components, items."""

from collections.abc import Iterator
from difflib import get_close_matches

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.codebook import Variable
from urban_safety_monitor.catalogue.conditions import Code
from urban_safety_monitor.catalogue.framework import LEVELS, Component
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.measures import Checklist, Gap, Part, parts_of, weights_of
from urban_safety_monitor.catalogue.members import Member, faulty_entries

DESIGN_COLUMNS = {"weight_person", "weight_household", "district"}


def inconsistencies(catalogue: Catalogue) -> Iterator[str]:
    """Every reference from one declaration to another that leads nowhere, as a message."""
    yield from _framework(catalogue)
    for disaggregation in catalogue.disaggregations.values():
        where = f"disaggregation {disaggregation.id}"
        for category in disaggregation.categories:
            yield from _codes(where, category.when, catalogue)
        if disaggregation.column:
            yield from _column(where, disaggregation.column, catalogue)
        if bool(disaggregation.categories) == bool(disaggregation.column):
            yield f"{where}: give either categories or column"
    for variable in catalogue.codebook.values():
        if variable.asked_if:
            yield from _codes(f"codebook {variable.name}", variable.asked_if, catalogue)
    for indicator in catalogue.indicators.values():
        yield from _indicator(indicator, catalogue)


def _framework(catalogue: Catalogue) -> Iterator[str]:
    framework = catalogue.framework
    for component in framework.components:
        yield from _parent(component, catalogue)
    if len(catalogue.components) != len(framework.components):
        yield "framework.toml: two components have the same id"
    if sum(component.level == "overall" for component in framework.components) > 1:
        yield "framework.toml: there is one component of level overall at most"
    yield from faulty_entries(framework, catalogue.indicators)
    for member in catalogue.members:
        yield from _member(member, catalogue)


def _parent(component: Component, catalogue: Catalogue) -> Iterator[str]:
    where = f"framework.toml: {component.id}"
    if component.parent is None:
        return
    parent = catalogue.components.get(component.parent)
    if parent is None:
        yield f"{where}: parent {component.parent!r} is not declared"
    elif LEVELS.index(parent.level) <= LEVELS.index(component.level):
        yield (
            f"{where}: parent {parent.id!r} is a {parent.level} itself; the parent of a "
            f"{component.level} is of a level above"
        )


def _member(member: Member, catalogue: Catalogue) -> Iterator[str]:
    """Whether a member has its place, and its methods go together."""
    where = f"indicator {member.id}"
    if member.component not in catalogue.components:
        yield f"{where}: component {member.component!r} is not in framework.toml"
    if member.id in catalogue.components:
        yield f"{where}: a component has the same id"
    to_log = member.treatment.method in ("log", "winsorise_or_log")
    if to_log and member.normalisation in ("goalposts", "target"):
        yield (
            f"{where}: treatment {member.treatment.method!r} may take the values off the scale of "
            f"their {member.normalisation}; winsorise, or normalise by the values observed"
        )
    if member.normalisation == "target" and isinstance(member.goalposts.scores_100, str):
        yield f"{where}: normalised by its target, so goalposts.scores_100 must be a number"


def _indicator(indicator: Indicator, catalogue: Catalogue) -> Iterator[str]:
    where = f"indicator {indicator.id}"
    for name in indicator.disaggregations:
        if indicator.from_survey and name not in catalogue.disaggregations:
            yield f"{where}: disaggregation {name!r} is not declared"
    measure = indicator.measure
    if isinstance(measure, Checklist):
        yield from _items(where, measure, catalogue)
    if isinstance(measure, Gap):
        yield from _groups(where, measure, catalogue)
    if indicator.from_survey:
        yield from _answers(where, indicator, catalogue)


def _answers(where: str, indicator: Indicator, catalogue: Catalogue) -> Iterator[str]:
    for part in parts_of(indicator.survey_measure):
        yield from _codes(where, part, catalogue)
    for column in weights_of(indicator.survey_measure):
        yield from _column(where, column, catalogue)


def _groups(where: str, measure: Gap, catalogue: Catalogue) -> Iterator[str]:
    disaggregation = catalogue.disaggregations.get(measure.disaggregation)
    if disaggregation is None:
        yield f"{where}: disaggregation {measure.disaggregation!r} is not declared"
        return
    known = {category.id for category in disaggregation.categories}
    for name in (measure.category, measure.minus):
        if known and name not in known:
            yield f"{where}: disaggregation {disaggregation.id} has no category {name!r}"


def _items(where: str, measure: Checklist, catalogue: Catalogue) -> Iterator[str]:
    form = catalogue.checklists.get(measure.checklist)
    if form is None:
        yield f"{where}: checklist {measure.checklist!r} is not declared"
        return
    known = {item.id for item in form.items}
    for item in measure.items:
        if item not in known:
            yield f"{where}: item {item!r} is not in checklist {form.id}"


def _codes(where: str, part: Part, catalogue: Catalogue) -> Iterator[str]:
    for column, codes in part.codes_used():
        yield from _column(where, column, catalogue)
        variable = catalogue.columns.get(column)
        for code in codes:
            if variable and variable.codes and not _allowed(variable, code):
                known = ", ".join(variable.codes)
                yield f"{where}: {column} has no code {code!r}; codes are {known}"


def _allowed(variable: Variable, code: Code) -> bool:
    if str(code) in variable.codes:
        return True
    bounded = variable.minimum is not None or variable.maximum is not None
    low, high = variable.minimum or 0, variable.maximum
    return bounded and isinstance(code, int) and low <= code and (high is None or code <= high)


def _column(where: str, column: str, catalogue: Catalogue) -> Iterator[str]:
    if column in catalogue.columns or column in DESIGN_COLUMNS:
        return
    near = get_close_matches(column, catalogue.columns, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    yield f"{where}: no variable has the column {column!r}{hint}"
