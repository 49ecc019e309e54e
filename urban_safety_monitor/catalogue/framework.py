"""The framework: how indicators make up components, how components are weighed and aggregated."""

from typing import Literal

from pydantic import Field

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.indicator import Text


class Component(Declaration):
    """A node of the index: sub-domain, domain or the whole.

    `importance` is its weight among its siblings; `coverage_at_least` the share of the importance
    below it (of core indicators) that must be there for it to be scored.
    """

    id: str
    title: Text
    question: Text | None = None
    level: Literal["subdomain", "domain", "overall"]
    parent: str | None = None
    importance: float = Field(default=1.0, gt=0)
    aggregation: Literal["arithmetic", "geometric", "harmonic"] = "arithmetic"
    coverage_at_least: float = Field(default=0.0, ge=0, le=1)


class Thresholds(Declaration):
    """When a value is withheld to protect people, and when it is flagged as unreliable."""

    persons: int = 10
    persons_sensitive: int = 30
    effective_persons: float = 50
    psus: int = 10
    half_width: float = 10.0
    coefficient_of_variation: float = 0.30


class Framework(Declaration):
    """Components, thresholds and the importance of extended indicators."""

    title: Text
    components: tuple[Component, ...]
    thresholds: Thresholds = Thresholds()
    importance_of_extended: float = 0.5
    peers_by: tuple[str, ...] = ()
    peers: int = 5
