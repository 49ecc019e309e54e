"""Help: the tour, how to do what people come for, and what the words mean."""

from urban_safety_monitor.ui import tour
from urban_safety_monitor.ui.parts import show
from urban_safety_monitor.ui.prose import prose
from urban_safety_monitor.ui.visit import Visit


def render(visit: Visit) -> None:
    """Show the page."""
    show("prose_head", visit, page=prose("help"))
    tour.offer(visit)
    show("prose", visit, page=prose("help"), values={})
