"""The command on composite indices of finished values: score."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from urban_safety_monitor.cli.options import CatalogueFolder, Format, Shown
from urban_safety_monitor.cli.printing import print_table
from urban_safety_monitor.cli.surroundings import catalogue_in

if TYPE_CHECKING:
    import pandas as pd

    from urban_safety_monitor.catalogue import Catalogue
    from urban_safety_monitor.workflow.index import Doubt


class Asked(StrEnum):
    """What is shown of a composite index; each is one table."""

    SCORES = "scores"
    SPANS = "spans"
    SENSITIVITY = "sensitivity"
    LEFT_OUT = "left-out"
    ORDER = "order"
    COMPONENTS = "components"
    PARTS = "parts"
    CORRELATIONS = "correlations"


ASKED = (
    "scores; or of an analysis of uncertainty: spans (of scores and ranks, by source), sensitivity "
    "(Sobol indices), left-out (ranks without one component), order (how often two areas change "
    "it); or of a check of the framework: components (alpha, principal components), parts "
    "(effective importance), correlations."
)


def score(
    values: Annotated[Path, typer.Argument(help="CSV: a row per area, a column per indicator.")],
    *,
    framework: Annotated[
        Path | None,
        typer.Option(help="A framework file (.toml), with indicators of its own where it has any."),
    ] = None,
    catalogue: CatalogueFolder = None,
    errors: Annotated[
        Path | None,
        typer.Option(help="CSV laid out as the values: the standard errors of some or all."),
    ] = None,
    show: Annotated[Asked, typer.Option(help=ASKED)] = Asked.SCORES,
    replications: Annotated[
        int, typer.Option(min=1, help="How often the index is computed anew.")
    ] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="What all random draws depend on.")] = 0,
    shown: Shown = Format.TABLE,
) -> None:
    """Compute a composite index from finished values, analyse it, or check its framework.

    Example: `usm score values.csv --framework my_index.toml --show sensitivity --seed 1`
    """
    from urban_safety_monitor.workflow.index import Doubt

    found = _declared(framework, catalogue)
    print_table(_table(values, found, show, Doubt(errors, replications, seed)), shown)


def _declared(framework: Path | None, folder: Path | None) -> "Catalogue":
    """A framework file stands alone, or puts together the indicators of a folder given too."""
    from urban_safety_monitor.catalogue import load_framework

    if framework is None:
        return catalogue_in(folder)
    return load_framework(framework, catalogue_in(folder) if folder else None)


def _table(values: Path, catalogue: "Catalogue", show: Asked, doubt: "Doubt") -> "pd.DataFrame":
    from urban_safety_monitor.workflow.index import analyse_values, check_framework, score_values

    match show:
        case Asked.SCORES:
            scores = score_values(values, catalogue, doubt)
            return scores.sort_values(["level", "component", "rank", "area"], ignore_index=True)
        case Asked.SPANS | Asked.SENSITIVITY | Asked.LEFT_OUT | Asked.ORDER:
            analysed = analyse_values(values, catalogue, doubt)
            table = {"left-out": "left_out", "order": "order_changes"}.get(show, show)
            return getattr(analysed, table)
        case Asked.COMPONENTS | Asked.PARTS | Asked.CORRELATIONS:
            return getattr(check_framework(values, catalogue), show)
