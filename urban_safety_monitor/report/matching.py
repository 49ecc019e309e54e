"""A matching of columns as a table: your column, examples, our question, how sure, why."""

from collections.abc import Sequence

import pandas as pd

from urban_safety_monitor.catalogue import Catalogue
from urban_safety_monitor.intake.matching import Match, questions

COLUMNS = ("column", "examples", "question", "match", "reason", "codes", "unknown_codes", "asks")


def matching_table(
    matches: Sequence[Match], catalogue: Catalogue, language: str = "en"
) -> pd.DataFrame:
    """One column of the file a row, in its order; COLUMNS, all of them text."""
    named = questions(catalogue)
    rows = [
        (
            match.column,
            " · ".join(match.examples),
            match.question,
            match.how_sure(language),
            match.why(language),
            ", ".join(f"{text} → {code}" for text, code in match.codes.items()),
            match.unknown_in_words(),
            named[match.question].question.in_language(language) if match.question else "",
        )
        for match in matches
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
