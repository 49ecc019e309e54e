"""What a document is printed on."""

from dataclasses import dataclass
from enum import StrEnum


class Size(StrEnum):
    """Of the paper in the reader's printer."""

    A4 = "a4"
    LETTER = "letter"


@dataclass(frozen=True)
class Paper:
    """Size, and whether the printer has colours; without them every tint and mark is grey."""

    size: Size = Size.A4
    colour: bool = True


PLAIN = Paper()
