"""Downloads of what is on the screen: the picture and the data behind it, made when asked for."""

from collections.abc import Callable

import streamlit as st

from urban_safety_monitor.report.charts.style import Picture, to_png, to_svg
from urban_safety_monitor.ui.visit import Visit


def downloads(
    visit: Visit, name: str, picture: Callable[[], Picture] | None, data: Callable[[], bytes]
) -> None:
    """Offer a view's files behind one button; see `files_of_view`."""
    with st.popover(visit.say("Download"), key=f"download-{name}"):
        files_of_view(visit, name, picture, data)


def files_of_view(
    visit: Visit, name: str, picture: Callable[[], Picture] | None, data: Callable[[], bytes]
) -> None:
    """Offer a view as PNG and SVG, which carry title, source and marks, and its data as CSV.

    Args:
        visit: whose words the labels are in.
        name: the files' name without its ending; each button's key begins with it.
        picture: draws the view; none where there is no picture of it.
        data: the CSV of every value shown.
    """
    offered: list[tuple[str, str, Callable[[], bytes]]] = []
    if picture is not None:
        offered = [
            (visit.say("Picture (PNG)"), "png", lambda: to_png(picture().chart)),
            (visit.say("Picture (SVG)"), "svg", lambda: to_svg(picture().chart).encode()),
        ]
    offered.append((visit.say("Data shown (CSV)"), "csv", data))
    for label, ending, content in offered:
        st.download_button(
            label,
            content,
            file_name=f"{name}.{ending}",
            mime=MIME[ending],
            key=f"{name}-{ending}",
            on_click="ignore",
            width="stretch",
        )


MIME = {"png": "image/png", "svg": "image/svg+xml", "csv": "text/csv"}
