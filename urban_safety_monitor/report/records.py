"""What a page, a picture and a file show: frozen records, with every number also as its text.

A missing number is None and its text empty. Pages, charts and files read these and compute
nothing, so all of them say the same.
"""

from dataclasses import dataclass

from urban_safety_monitor.tables.run import Provenance

CLEAR = ("better", "worse", "higher", "lower")
"""Statuses of values that differ by more than chance would explain."""

TESTED = (*CLEAR, "similar")
"""Also where difference and test are withheld, because with them another figure could be found."""


@dataclass(frozen=True)
class Figure:
    """A value with its uncertainty; `flags` are letters explained by `wording.FLAGS`."""

    value: float | None
    lower: float | None
    upper: float | None
    standard_error: float | None
    n: float | None
    n_effective: float | None
    obs_status: str
    conf_status: str
    flags: tuple[str, ...]
    value_text: str
    interval_text: str
    n_text: str

    @property
    def flag_text(self) -> str:
        """The flags as shown, "[d] [u]"."""
        return " ".join(f"[{letter}]" for letter in self.flags)

    @property
    def text(self) -> str:
        """Value and interval, "14.1% (11.6 to 16.8)"."""
        return (
            f"{self.value_text} ({self.interval_text})" if self.interval_text else self.value_text
        )


@dataclass(frozen=True)
class Verdict:
    """The status the pipeline gave a value against a benchmark, with the words for it."""

    benchmark: str
    benchmark_value: float | None
    benchmark_text: str
    difference: float | None
    z: float | None
    status: str
    symbol: str
    word: str
    reason_key: str
    reason: str


@dataclass(frozen=True)
class Spread:
    """How the comparable cities' values spread; `cities` is how many there are."""

    lowest: float
    quartile_1: float
    median: float
    quartile_3: float
    highest: float
    cities: int


@dataclass(frozen=True)
class Row:
    """One indicator of a city: what, how much, how sure, compared with what, and so what."""

    indicator: str
    title: str
    unit: str
    domain: str
    domain_title: str
    role: str
    evidence: str
    percent: bool
    higher_is_better: bool | None
    figure: Figure
    verdict: Verdict
    spread: Spread | None
    sentence: str


@dataclass(frozen=True)
class ScoreLine:
    """A score from 0 to 100 with its interval, what it covers and what is missing."""

    component: str
    title: str
    question: str
    score: float | None
    lower: float | None
    upper: float | None
    text: str
    coverage: float | None
    note: str
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Overall:
    """The overall score, never without its interval and its span under other choices."""

    line: ScoreLine
    weights_lower: float | None
    weights_upper: float | None
    sentence: str
    importance: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class GroupRow:
    """One group of people against the rest of the city; withheld groups have no numbers."""

    indicator: str
    title: str
    disaggregation: str
    disaggregation_title: str
    category: str
    category_title: str
    figure: Figure
    verdict: Verdict
    sentence: str


@dataclass(frozen=True)
class ChangeRow:
    """One indicator in two rounds; `detectable` is the smallest change the survey could see."""

    indicator: str
    title: str
    domain_title: str
    unit: str
    before: Figure
    after: Figure
    verdict: Verdict
    detectable: float | None
    sentence: str


@dataclass(frozen=True)
class Peer:
    """A similar city and why it is one."""

    area: str
    title: str
    reasons: str


@dataclass(frozen=True)
class CityProfile:
    """All there is to show of one city, one period and one benchmark, in one language.

    `counts` has better, worse, similar, not_comparable, no_status and context, and adds up to
    the number of rows.
    """

    language: str
    area: str
    title: str
    country: str
    period: str
    period_text: str
    previous_text: str
    benchmark: str
    benchmark_name: str
    headline: str
    survey_facts: str
    counts: dict[str, int]
    rows: tuple[Row, ...]
    domains: tuple[ScoreLine, ...]
    overall: Overall | None
    evidence: tuple[ScoreLine, ...]
    stand_outs: tuple[str, ...]
    stand_out_indicators: tuple[str, ...]
    groups_line: str
    changes: tuple[ChangeRow, ...]
    changes_line: str
    flags_used: dict[str, str]
    chance_line: str
    missing_line: str
    notes: tuple[str, ...]
    peers: tuple[Peer, ...]
    demonstration: str
    method: str
    citation: str
    licence: str
    provenance: Provenance

    def with_groups(self, groups: tuple[GroupRow, ...]) -> "FullProfile":
        """The same, and every group."""
        return FullProfile(**vars(self), groups=groups)


@dataclass(frozen=True)
class FullProfile(CityProfile):
    """A profile with every group of people: what files hold, and a page shows little of."""

    groups: tuple[GroupRow, ...]


@dataclass(frozen=True)
class CityRow:
    """One city's value of one indicator; ranks only as intervals."""

    area: str
    title: str
    figure: Figure
    verdict: Verdict
    comparable: bool
    rank_lower: float | None
    rank_upper: float | None


@dataclass(frozen=True)
class CityComparison:
    """One indicator over the cities of a country, in alphabetical order.

    `benchmark_value` is there only where it is the same for every city.
    """

    language: str
    indicator: str
    title: str
    definition: str
    unit: str
    percent: bool
    higher_is_better: bool | None
    country: str
    country_title: str
    period: str
    period_text: str
    benchmark: str
    benchmark_name: str
    benchmark_value: float | None
    benchmark_text: str
    rows: tuple[CityRow, ...]
    headline: str
    comparability: str
    chance_line: str
    order_line: str
    flags_used: dict[str, str]
    demonstration: str
    provenance: Provenance


@dataclass(frozen=True)
class OrderRow:
    """Between which ranks a city may lie: by sampling, and under other weights."""

    area: str
    title: str
    rank_lower: float | None
    rank_upper: float | None
    weights_lower: float | None
    weights_upper: float | None


@dataclass(frozen=True)
class CityOrder:
    """Rank intervals of the cities of a country for a score.

    `together` says that the intervals by sampling hold for all cities at once.
    """

    language: str
    component: str
    title: str
    country_title: str
    period_text: str
    rows: tuple[OrderRow, ...]
    pairs_line: str
    together: bool
    demonstration: str
    provenance: Provenance
