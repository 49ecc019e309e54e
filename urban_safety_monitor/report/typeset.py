"""Documents to print: a Typst template filled with data, as tagged PDF (PDF/A-2a and PDF/UA-1).

Data go to the template as JSON and never as markup, so no name or text can become a command. The
accessibility standard is enforced while compiling: a picture without words is an error.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst

from urban_safety_monitor.report.charts.style import FONTS
from urban_safety_monitor.report.palette import LIGHT
from urban_safety_monitor.report.paper import PLAIN, Paper

FOLDER = Path(__file__).resolve().parent


class MissingLetter(Exception):
    """A text has a letter that none of the shipped fonts can show."""


def typeset(template: str, data: dict[str, Any], paper: Paper = PLAIN) -> bytes:
    """The template of this name filled with data: the same bytes for the same data.

    The template also finds the paper and the palette in the data.

    Raises:
        MissingLetter: a text has a letter that none of the shipped fonts can show.
    """
    whole = data | {"paper": asdict(paper), "palette": LIGHT}
    payload = json.dumps(whole, ensure_ascii=False, sort_keys=True)
    try:
        pdf, warnings = typst.compile_with_warnings(
            FOLDER / template,
            root=FOLDER,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            sys_inputs={"data": payload.encode("utf-8", "replace").decode()},
            pdf_standards=["a-2a", "ua-1"],
        )
    except typst.TypstError as error:
        if "font" in str(error) or "codepoint" in str(error):
            raise MissingLetter(str(error)) from error
        raise
    if warnings:
        raise RuntimeError(f"{template}: {[str(warning) for warning in warnings]}")
    return bytes(pdf)
