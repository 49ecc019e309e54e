"""The catalogue: what is measured, declared in files that a criminologist can review."""

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.load import load_catalogue, load_framework, load_recipe

__all__ = ["Catalogue", "load_catalogue", "load_framework", "load_recipe"]
