"""`usm`: the Urban Safety Monitor on the command line."""

import os
import signal
import sys
from types import FrameType

import typer

from urban_safety_monitor.cli.estimates import estimate, totals, weights
from urban_safety_monitor.cli.exporting import export
from urban_safety_monitor.cli.index import score
from urban_safety_monitor.cli.matching import match
from urban_safety_monitor.cli.printing import complain
from urban_safety_monitor.cli.results import compare, indicators, profile, run, scorecard
from urban_safety_monitor.cli.start import demo, start_app
from urban_safety_monitor.cli.surveys import check, template
from urban_safety_monitor.errors import MonitorError

app = typer.Typer(
    name="usm",
    help="Urban Safety Monitor: from survey files to a city's safety profile.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for _command in (
    demo,
    template,
    match,
    check,
    estimate,
    totals,
    weights,
    run,
    profile,
    compare,
    scorecard,
    export,
    score,
    indicators,
):
    app.command()(_command)
app.command(name="app")(start_app)

ENDINGS = ("SIGTERM", "SIGHUP")
"""Signals on which the system would end the program at once, with files of others left behind."""


def main() -> None:
    """Run the command line; a user's problem ends in words and an exit code, never a traceback."""
    for name in ENDINGS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _end)
    try:
        app()
    except MonitorError as error:
        complain("", error)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output went away: nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _end(number: int, _: FrameType | None) -> None:
    """Leave in good order, so that copies of files of others are deleted."""
    sys.exit(128 + number)
