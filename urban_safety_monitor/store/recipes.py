"""Recipes of single cities: every version is kept, the newest is used.

A version is a TOML file of its own under `recipes/<city>/`, so a recipe kept here is read like
any other: `--recipe data/recipes/MX-GDL/0001.toml`. A version is never changed; a file is linked
into place whole, so that two programs at once make two versions and a crash makes none.
"""

import os
import re
from pathlib import Path
from tempfile import NamedTemporaryFile

import tomlkit

from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.errors import StoreError

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class RecipeStore:
    """Recipes kept in one data folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when something is kept."""
        self.folder = folder

    def keep(self, city: str, recipe: Recipe) -> Path:
        """Keep a recipe as the city's newest; the same as the newest is not kept again.

        Raises:
            StoreError: the city's code is none, or the folder cannot be written to.
        """
        text, newest = recipe_toml(recipe), self.newest(city)
        try:
            if newest and newest.read_text(encoding="utf-8") == text:
                return newest
            folder = folder_of_city(self.folder / "recipes", city)
            folder.mkdir(parents=True, exist_ok=True)
            return _added(folder, text)
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be written to: {error.strerror}") from error

    def newest(self, city: str) -> Path | None:
        """File of the city's newest recipe; none where it has none.

        Raises:
            StoreError: the city's code is none.
        """
        return max(self.versions(city), default=None)

    def versions(self, city: str) -> list[Path]:
        """Files of all recipes of a city, the oldest first.

        Raises:
            StoreError: the city's code is none.
        """
        return sorted(folder_of_city(self.folder / "recipes", city).glob("[0-9]*.toml"))


def recipe_toml(recipe: Recipe) -> str:
    """The recipe as the text of a file that reads as the same recipe."""
    given = recipe.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return tomlkit.dumps(given)


def folder_of_city(folder: Path, city: str) -> Path:
    """The folder a city's files are kept in.

    Raises:
        StoreError: the code could name something else than a folder of its own.
    """
    if not CODE.fullmatch(city):
        raise StoreError(
            f"city {city!r}: give its code, such as MX-GDL: letters, digits and hyphens"
        )
    return folder / city


def _added(folder: Path, text: str) -> Path:
    """Write a file under the next free number."""
    with NamedTemporaryFile("w", encoding="utf-8", dir=folder, prefix=".part-") as part:
        part.write(text)
        part.flush()
        os.fsync(part.fileno())
        number = 1 + max((int(path.stem) for path in folder.glob("[0-9]*.toml")), default=0)
        while True:
            path = folder / f"{number:04}.toml"
            try:
                os.link(part.name, path)
            except FileExistsError:
                number += 1
            else:
                return path
