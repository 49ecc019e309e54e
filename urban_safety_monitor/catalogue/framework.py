"""The framework: how indicators make up components, and every choice of method on the way.

Each choice has a default; a framework that departs from one says why.
"""

from typing import ClassVar, Literal, Self, get_args

from pydantic import Field, model_validator

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.indicator import Evidence, Goalposts, Text

Level = Literal["subdomain", "domain", "overall"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""From the parts to the whole; a component's parent is of a level further on."""

Treatment = Literal["none", "winsorise", "log", "winsorise_or_log"]
Normalisation = Literal["goalposts", "min_max", "z_score", "rank", "percentile", "target", "best"]
Aggregation = Literal[
    "arithmetic",
    "geometric",
    "harmonic",
    "median",
    "mazziotta_pareto",
    "copeland",
    "benefit_of_the_doubt",
]


class Reasoned(Declaration):
    """A part of the framework that says why where it departs from the usual."""

    usual: ClassVar[dict[str, object]]
    reason: Text | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        for field, usual in self.usual.items():
            if getattr(self, field) != usual and self.reason is None:
                chosen = getattr(self, field)
                raise ValueError(f"{field} {chosen!r} departs from {usual!r}: give the reason")
        return self


class TreatmentRule(Reasoned):
    """What is done where a few extreme values of an indicator would rule it."""

    usual = {"method": "none"}
    method: Treatment = "none"
    most_winsorised: int = Field(default=5, ge=1)


class ImputationRule(Reasoned):
    """What stands for a missing value: nothing, or the mean of areas of the same group.

    `within` names the column that holds the groups; without it, all areas scored together.
    """

    usual = {"method": "none"}
    method: Literal["none", "mean"] = "none"
    within: str | None = None


class NormalisationRule(Reasoned):
    """How values become scores; `lowest` is the score of the lowest kind, `highest` the other.

    A `lowest` above 0 keeps a geometric mean from being 0 for one bad score.
    """

    usual = {"method": "goalposts", "lowest": 0, "highest": 100}
    method: Normalisation = "goalposts"
    lowest: float = Field(default=0, ge=0, lt=100)
    highest: float = Field(default=100, gt=0, le=100)

    @model_validator(mode="after")
    def _upwards(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("lowest must be below highest")
        return self


class Component(Reasoned):
    """A node of the index: sub-domain, domain or the whole.

    `importance` is its weight among its siblings; `coverage_at_least` the share of the importance
    below it (of core indicators) that must be there for it to be scored. `importance_of_parts` says
    whether its own parts count as given, all alike, or as their principal components suggest.
    """

    usual = {"aggregation": "arithmetic", "importance_of_parts": "given"}
    id: str
    title: Text
    question: Text | None = None
    level: Level
    parent: str | None = None
    importance: float = Field(default=1.0, gt=0)
    importance_of_parts: Literal["given", "equal", "pca"] = "given"
    aggregation: Aggregation = "arithmetic"
    coverage_at_least: float = Field(default=0.0, ge=0, le=1)


class Entry(Reasoned):
    """How one indicator enters the index, where that is not said by its own file.

    For an indicator of finished values, which has no file, this is all there is of it: it needs its
    component, and goalposts or at least which way is `better`, with the extremes observed as its
    goalposts. `denominator` names the column its values are divided by. An indicator left out of
    the imputation, or normalised unlike the others, says why.
    """

    usual = {"imputed": True, "normalisation": None}
    id: str
    title: Text | None = None
    component: str | None = None
    status: Literal["core", "extended"] | None = None
    evidence: Evidence | None = None
    importance: float | None = Field(default=None, gt=0)
    better: Literal["higher", "lower"] | None = None
    goalposts: Goalposts | None = None
    denominator: str | None = None
    treatment: TreatmentRule | None = None
    imputed: bool = True
    normalisation: Normalisation | None = None

    @model_validator(mode="after")
    def _one_direction(self) -> Self:
        if self.better and self.goalposts:
            raise ValueError("give better or goalposts, not both: goalposts carry the direction")
        return self


class Thresholds(Declaration):
    """When a value is withheld to protect people, and when it is flagged as unreliable.

    A total is withheld where its `largest` contributors hold more than `largest_share` of it, or
    where the second could tell the first to within `margin` of it. Published numbers of people are
    rounded to multiples of `round_counts_to`; 0 leaves them as they are.
    """

    persons: int = Field(default=10, ge=1)
    persons_sensitive: int = Field(default=30, ge=1)
    largest: int = Field(default=2, ge=1)
    largest_share: float = Field(default=0.85, gt=0, le=1)
    margin: float = Field(default=0.10, ge=0)
    round_counts_to: Literal[0, 5, 10] = 0
    effective_persons: float = 50
    psus: int = 10
    half_width: float = 10.0
    coefficient_of_variation: float = 0.30


class Uncertainty(Declaration):
    """What could reasonably have been chosen otherwise: the alternatives of the Monte Carlo.

    The framework's own choice is always among them. Importance is drawn around the one given (a
    share s has variance s (1 - s) / (1 + concentration)); goalposts move by up to `goalposts_by` of
    their distance; aggregations stand in at the components of the levels `aggregation_at`.
    """

    normalisation: tuple[Normalisation, ...] = ("goalposts", "min_max", "z_score")
    aggregation: tuple[Aggregation, ...] = ("arithmetic", "geometric", "harmonic")
    aggregation_at: tuple[Level, ...] = ("overall",)
    imputation: tuple[Literal["none", "mean"], ...] = ("none", "mean")
    importance_concentration: float = Field(default=20.0, gt=0)
    goalposts_by: float = Field(default=0.1, ge=0, lt=0.5)


class Comparing(Reasoned):
    """How many comparisons at once are told: `adjusted` is what p-values are adjusted for.

    Benjamini and Hochberg's keeps the share of false alarms among all alarms low, Holm's that of
    any false alarm. The smallest detectable difference is the one found with `power`.
    """

    usual = {"adjusted": "benjamini-hochberg", "power": 0.8}
    adjusted: Literal["benjamini-hochberg", "holm", "none"] = "benjamini-hochberg"
    power: float = Field(default=0.8, gt=0.5, lt=1)


class Framework(Declaration):
    """Components, thresholds and the importance of extended indicators; the choices of method."""

    title: Text
    components: tuple[Component, ...]
    thresholds: Thresholds = Thresholds()
    importance_of_extended: float = 0.5
    peers_by: tuple[str, ...] = ()
    peers: int = 5
    treatment: TreatmentRule = TreatmentRule()
    imputation: ImputationRule = ImputationRule()
    normalisation: NormalisationRule = NormalisationRule()
    uncertainty: Uncertainty = Uncertainty()
    comparing: Comparing = Comparing()
    indicators: tuple[Entry, ...] = ()
