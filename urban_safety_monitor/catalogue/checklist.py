"""Checklists: questions about policies, answered by a city and confirmed by its reviewers."""

from typing import Literal

from pydantic import Field

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.indicator import Text


class Item(Declaration):
    """One question with its answer scale."""

    id: str
    question: Text
    scale: str
    evidence: Text
    answered_by: Text
    indicator: str | None = None


class ChecklistForm(Declaration):
    """A file of `indicators/checklists/`; `scales` maps each scale to its codes in order."""

    id: str
    title: Text
    level: Literal["city", "national"]
    scored: bool
    scales: dict[str, dict[str, Text]]
    items: tuple[Item, ...] = Field(min_length=1)
