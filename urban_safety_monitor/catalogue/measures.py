"""The handful of ways to measure: each measure says who is counted among whom.

Survey measures: proportion, mean, ratio, total, gap, average. Measures of records: rate,
rate_ratio, recorded_share, recorded_value. Measure of policies: checklist.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from urban_safety_monitor.catalogue.conditions import Condition, Declaration, Quantity


class Proportion(Declaration):
    """Share of the universe that fulfils a condition, times `times` (100 for percent)."""

    kind: Literal["proportion"]
    of: Condition
    among: tuple[Condition, ...] = ()
    weight: str = "weight_person"
    times: float = 100.0


class Mean(Declaration):
    """Mean of a quantity over the universe."""

    kind: Literal["mean"]
    of: Quantity
    among: tuple[Condition, ...] = ()
    weight: str = "weight_person"
    times: float = 1.0


class Ratio(Declaration):
    """One counted quantity per another, over the records of the universe.

    The numerator may carry a weight of its own (crimes per adult: crime weights over person
    weights); a record without that weight adds nothing to that side.
    """

    kind: Literal["ratio"]
    of: Quantity
    per: Quantity
    among: tuple[Condition, ...] = ()
    weight: str = "weight_person"
    weight_of: str | None = None
    times: float = 1.0


class Total(Declaration):
    """Weighted total of a quantity over the universe."""

    kind: Literal["total"]
    of: Quantity
    among: tuple[Condition, ...] = ()
    weight: str = "weight_person"
    times: float = 1.0


class Gap(Declaration):
    """Difference of one proportion between two categories of a disaggregation."""

    kind: Literal["gap"]
    of: Condition
    among: tuple[Condition, ...] = ()
    disaggregation: str
    category: str
    minus: str
    weight: str = "weight_person"
    times: float = 100.0


class Component(Declaration):
    """One proportion of an average."""

    of: Condition
    among: tuple[Condition, ...] = ()


class Average(Declaration):
    """Plain mean of several proportions estimated apart (SDG 16.7.2)."""

    kind: Literal["average"]
    components: tuple[Component, ...] = Field(min_length=2)
    weight: str = "weight_person"
    times: float = 100.0


class Standard(Declaration):
    """A population rates are standardised to: people, or shares, by category of the figures.

    `disaggregation` is that of the figures, such as age and sex crossed.
    """

    disaggregation: str
    population: dict[str, float] = Field(min_length=2)


class Rate(Declaration):
    """Recorded events per so many residents; events vary as a Poisson count.

    Residents with a standard error are an estimate themselves. With a `standard` the rate is what
    it would be if everywhere had that make-up.
    """

    kind: Literal["rate"]
    events: str
    residents: str = "population"
    per: float = 100_000.0
    standard: Standard | None = None


class RateRatio(Declaration):
    """The rate of recorded events in one category over that in another, `over`."""

    kind: Literal["rate_ratio"]
    events: str
    residents: str = "population"
    disaggregation: str
    category: str
    over: str


class RecordedShare(Declaration):
    """Recorded events of one kind among recorded events of a wider kind."""

    kind: Literal["recorded_share"]
    events: str
    among: str
    times: float = 100.0


class RecordedValue(Declaration):
    """A figure its holder has already computed, with the standard error its holder publishes."""

    kind: Literal["recorded_value"]
    series: str
    times: float = 1.0


class Checklist(Declaration):
    """Mean answer to checklist items over the assessors."""

    kind: Literal["checklist"]
    checklist: str
    items: tuple[str, ...] = Field(min_length=1)
    assessors_at_least: int = 1
    without_evidence_at_most: float | None = None


SurveyMeasure = Proportion | Mean | Ratio | Total | Gap | Average
Measure = Annotated[
    SurveyMeasure | Rate | RateRatio | RecordedShare | RecordedValue | Checklist,
    Field(discriminator="kind"),
]


Part = Condition | Quantity


def parts_of(measure: SurveyMeasure) -> Iterator[Part]:
    """Every condition and quantity a survey measure is made of."""
    if isinstance(measure, Average):
        for component in measure.components:
            yield component.of
            yield from component.among
        return
    yield measure.of
    yield from measure.among
    if isinstance(measure, Ratio):
        yield measure.per


def weights_of(measure: SurveyMeasure) -> set[str]:
    """The columns a survey measure takes its weights from."""
    own = measure.weight_of if isinstance(measure, Ratio) else None
    return {measure.weight, own or measure.weight}
