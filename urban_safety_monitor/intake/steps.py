"""What a long check is doing, for people who wait: told step by step, in words of any language."""

from collections.abc import Callable
from typing import NamedTuple

from urban_safety_monitor.intake.messages import phrase


class Step(NamedTuple):
    """One step: `reading`, `searching`, `checking` or `estimating`, with what its words need."""

    key: str
    file: str = ""
    rows: int = 0
    done: int = 0
    of: int = 0

    def in_words(self, language: str = "en") -> str:
        """What is being done."""
        numbers = {"rows": f"{self.rows:,}", "done": self.done, "of": self.of}
        return phrase(f"step_{self.key}", language, file=self.file, **numbers)


Tell = Callable[[Step], None]


def unheard(step: Step) -> None:
    """Nobody waits."""
