"""The catalogue as one value: everything declared, in the files' order."""

from dataclasses import dataclass, replace
from functools import cached_property

from urban_safety_monitor.catalogue.checklist import ChecklistForm
from urban_safety_monitor.catalogue.codebook import Disaggregation, Variable
from urban_safety_monitor.catalogue.framework import Component, Framework
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.members import Member, members_of
from urban_safety_monitor.catalogue.recipe import Recipe


@dataclass(frozen=True)
class Catalogue:
    """What is measured, and how it is put together.

    `published` holds, by folder, the definitions a recipe may bring along; they are no part of
    `indicators` until it does.
    """

    framework: Framework
    codebook: dict[str, Variable]
    disaggregations: dict[str, Disaggregation]
    indicators: dict[str, Indicator]
    checklists: dict[str, ChecklistForm]
    recipes: dict[str, Recipe]
    published: dict[str, dict[str, Indicator]]
    sha256: str

    @cached_property
    def components(self) -> dict[str, Component]:
        """Components of the framework by id."""
        return {component.id: component for component in self.framework.components}

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Scored indicators, each with all that its place in the index needs."""
        return members_of(self.framework, self.indicators)

    @cached_property
    def columns(self) -> dict[str, Variable]:
        """Variables by their column in the Microdata table."""
        return {variable.canonical: variable for variable in self.codebook.values()}

    def domain_of(self, indicator: str) -> Component | None:
        """The domain an indicator belongs to; none for definitions that came with a recipe."""
        component = self.components.get(self.indicators[indicator].component)
        while component is not None and component.level == "subdomain":
            component = self.components.get(component.parent or "")
        return component

    def with_recipe(self, recipe: Recipe) -> "Catalogue":
        """This catalogue with the variables, groups and definitions a recipe brings along."""
        return replace(
            self,
            codebook=self.codebook | {variable.name: variable for variable in recipe.variables},
            disaggregations=self.disaggregations | {d.id: d for d in recipe.disaggregations},
            indicators=self.indicators | self.published.get(recipe.indicators or "", {}),
        )
