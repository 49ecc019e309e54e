"""Method and limits: how figures are made, with the framework's own thresholds in the text."""

from babel.numbers import format_percent

from urban_safety_monitor.report.numbers import number_text
from urban_safety_monitor.report.wording import locale_of
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.prose import prose
from urban_safety_monitor.ui.sources import catalogue
from urban_safety_monitor.ui.visit import Visit


def render(visit: Visit) -> None:
    """Show the page; its numbers are those the pipeline uses."""
    show("prose_head", visit, page=prose("method"))
    show("prose", visit, page=prose("method"), values=_values(visit.language))


def _values(language: str) -> dict[str, str]:
    framework = catalogue().framework
    limits = framework.thresholds
    domains = [c for c in framework.components if c.level == "domain"]
    locale = locale_of(language)
    return {
        "indicators": str(len(catalogue().indicators)),
        "domains": str(len(domains)),
        "coverage": format_percent(max(c.coverage_at_least for c in domains), locale=locale),
        "persons": str(limits.persons),
        "persons_sensitive": str(limits.persons_sensitive),
        "effective_persons": number_text(limits.effective_persons, 0, language),
        "psus": str(limits.psus),
        "half_width": number_text(limits.half_width, 0, language),
        "coefficient_of_variation": format_percent(limits.coefficient_of_variation, locale=locale),
    }
