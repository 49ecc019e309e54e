"""Commands that start something a visitor looks at: the demonstration and the app."""

from itertools import product
from pathlib import Path
from typing import Annotated

import typer

from urban_safety_monitor.cli.options import DATA, DataFolder, Language
from urban_safety_monitor.cli.printing import say
from urban_safety_monitor.cli.surroundings import now

PILOT_CITIES = ("MX-GDL", "ZA-ETH")


def demo(
    data: DataFolder = DATA,
    output: Annotated[Path, typer.Option(help="Folder for the scorecards.")] = Path("scorecards"),
    port: Annotated[int, typer.Option(help="Port of the app on 127.0.0.1.")] = 8501,
    serve: Annotated[bool, typer.Option(help="Start the app when the results are there.")] = True,
) -> None:
    """Run the demonstration data, write scorecards, start the app.

    Example: `usm demo --no-serve`
    """
    from urban_safety_monitor.report.export import scorecard_files
    from urban_safety_monitor.workflow import demonstration
    from urban_safety_monitor.workflow.views import profile_of

    outcome = demonstration(data, now(), say)
    for city, language in product(PILOT_CITIES, Language):
        found = profile_of(outcome.results, city, None, "country_median", language)
        for path in scorecard_files(found, output):
            say(f"written: {path}")
    if serve:
        _serve(data, port)


def start_app(
    data: DataFolder = DATA,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8501,
    processes: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=64,
            help="Processes that make what pages show, from 240 MB each; 0: the server itself "
            "does. As many as there are processors, up to 4, where none is given.",
        ),
    ] = None,
) -> None:
    """Start the app on 127.0.0.1.

    Example: `usm app --port 8600`
    """
    _serve(data, port, processes)


def _serve(data: Path, port: int, processes: int | None = None) -> None:
    from urban_safety_monitor.ui.making import processes_here
    from urban_safety_monitor.ui.server import serve

    serve(data, port, processes_here() if processes is None else processes)
