"""A visit: which run is shown, and in which language."""

from dataclasses import dataclass
from functools import cached_property

from urban_safety_monitor.report.coverage import Coverage
from urban_safety_monitor.report.wording import demonstration_text, translator
from urban_safety_monitor.ui.sources import coverage_of, results_of


@dataclass(frozen=True)
class Visit:
    """What every page needs to know; `run_id` is empty as long as nothing has been computed."""

    language: str
    run_id: str

    def say(self, text: str, **values: object) -> str:
        """A text of the app in the visitor's language, with the values put in."""
        translated = translator(self.language).gettext(text)
        return translated.format(**values) if values else translated

    def count(self, one: str, many: str, n: int) -> str:
        """A text with a number in it, in the form the language has for that number."""
        return translator(self.language).ngettext(one, many, n).format(n=n)

    @cached_property
    def coverage(self) -> Coverage:
        """The cities and rounds of the run."""
        return coverage_of(self.run_id, self.language)

    @cached_property
    def demonstration(self) -> str:
        """The demonstration mark, or nothing."""
        shown = bool(self.run_id) and results_of(self.run_id).provenance.demonstration
        return demonstration_text(shown, self.language)
