"""Load a catalogue folder: every problem of every file is found before anything is refused.

Layout: `framework.toml`, `codebook.toml`, `disaggregations.toml`, `checklists/*.toml`,
`recipes/*.toml`, `published/<name>/*.toml` (definitions a recipe brings with it), and one file
per indicator in any other folder.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.catalogue.checklist import ChecklistForm
from urban_safety_monitor.catalogue.codebook import Disaggregation, Variable
from urban_safety_monitor.catalogue.consistency import inconsistencies
from urban_safety_monitor.catalogue.framework import Framework
from urban_safety_monitor.catalogue.indicator import Indicator
from urban_safety_monitor.catalogue.recipe import Recipe
from urban_safety_monitor.errors import CatalogueError

Model = TypeVar("Model", bound=BaseModel)

PACKAGE = Path(__file__).resolve().parent.parent
NOT_INDICATORS = {"checklists", "recipes", "published"}


def shipped(name: str) -> Path:
    """A folder that lies beside the package in a checkout and inside it when installed."""
    inside = PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def load_catalogue(directory: Path | str | None = None) -> Catalogue:
    """Read a catalogue folder; the one this program ships where none is given.

    Raises:
        CatalogueError: naming every problem of every file.
    """
    folder = Path(directory) if directory is not None else shipped("indicators")
    if not folder.is_dir():
        raise CatalogueError(f"catalogue {folder}: no such folder")
    problems: list[str] = []
    read = {path: _read(path, problems) for path in sorted(folder.rglob("*.toml"))}
    files = {path: given for path, given in read.items() if given is not None}
    declared = _Declared(folder, files, problems)
    framework = declared.one("framework.toml", Framework)
    parts = declared.parts()
    if framework is None:
        raise CatalogueError(problems)
    catalogue = Catalogue(framework=framework, **parts, sha256=_digest(folder, files))
    _raise_if(problems + list(inconsistencies(catalogue)))
    return catalogue


def load_framework(path: Path, catalogue: Catalogue | None = None) -> Catalogue:
    """A composite index declared in one file: a framework with indicators of its own.

    Where a catalogue is given, its indicators are put together as the framework says.

    Raises:
        CatalogueError: naming every problem of the file.
    """
    problems: list[str] = []
    given = _read(path, problems)
    framework = None if given is None else _parsed(Framework, given, path.name, problems)
    if framework is None:
        raise CatalogueError(problems)
    if catalogue is None:
        nothing = _Declared(path.parent, {}, problems).parts()
        catalogue = Catalogue(framework=framework, **nothing, sha256="")
    digest = sha256(catalogue.sha256.encode() + path.read_bytes()).hexdigest()
    found = replace(catalogue, framework=framework, sha256=digest)
    _raise_if(list(inconsistencies(found)))
    return found


def load_recipe(name: str, catalogue: Catalogue) -> tuple[Recipe, Catalogue]:
    """The recipe of this id or in this file, and the catalogue with what the recipe brings along.

    Raises:
        CatalogueError: there is no such recipe, its file does not hold, or a definition it
            brings names a column, code or group unknown to the catalogue.
    """
    recipe = catalogue.recipes.get(name) or _recipe_file(name, catalogue)
    if recipe.indicators and recipe.indicators not in catalogue.published:
        raise CatalogueError(
            f"recipe {recipe.id}: indicators = {recipe.indicators!r} is no folder of published/"
        )
    extended = catalogue.with_recipe(recipe)
    _raise_if(list(inconsistencies(extended)))
    return recipe, extended


def _recipe_file(name: str, catalogue: Catalogue) -> Recipe:
    if not name.endswith(".toml"):
        known = ", ".join(sorted(catalogue.recipes))
        raise CatalogueError(f"recipe {name!r}: not known; known are {known}, or give a file")
    problems: list[str] = []
    given = _read(Path(name), problems)
    recipe = None if given is None else _parsed(Recipe, given, Path(name).name, problems)
    if recipe is None:
        raise CatalogueError(problems)
    return recipe


class _Declared:
    """The parsed files of one catalogue folder; problems are gathered, never raised here."""

    def __init__(self, root: Path, files: dict[Path, dict[str, Any]], problems: list[str]) -> None:
        self.root, self.files, self.problems = root, files, problems

    def one(self, name: str, model: type[Model]) -> Model | None:
        path = self.root / name
        if path in self.files:
            return _parsed(model, self.files[path], name, self.problems)
        if not path.exists():
            self.problems.append(f"{name}: missing in {self.root}")
        return None

    def parts(self) -> dict[str, Any]:
        """Everything of a catalogue but its framework."""
        return {
            "codebook": self.listed("codebook.toml", "variables", Variable, "name"),
            "disaggregations": self.listed(
                "disaggregations.toml", "disaggregations", Disaggregation, "id"
            ),
            "indicators": self.indicators(),
            "checklists": self.folder("checklists", ChecklistForm),
            "recipes": self.folder("recipes", Recipe),
            "published": self.published(),
        }

    def listed(self, name: str, key: str, model: type[Model], label: str) -> dict[str, Model]:
        given = self.files.get(self.root / name, {})
        entries = given.get(key, [])
        if set(given) - {key} or not isinstance(entries, list):
            self.problems.append(f"{name}: holds a list of entries, each headed [[{key}]]")
            return {}
        found = []
        for number, entry in enumerate(entries, 1):
            called = entry.get(label, number) if isinstance(entry, dict) else number
            found.append(_parsed(model, entry, f"{name}, {key} {called}", self.problems))
        return self._by_id(name, label, [entry for entry in found if entry is not None])

    def folder(self, name: str, model: type[Model]) -> dict[str, Model]:
        return self._of_paths(model, (p for p in self.files if p.parent == self.root / name))

    def indicators(self) -> dict[str, Indicator]:
        return self._of_paths(
            Indicator,
            (
                path
                for path in self.files
                if path.parent != self.root
                and path.relative_to(self.root).parts[0] not in NOT_INDICATORS
            ),
        )

    def published(self) -> dict[str, dict[str, Indicator]]:
        folders = sorted({p.parent for p in self.files if p.parent.parent.name == "published"})
        return {
            folder.name: self._of_paths(Indicator, (p for p in self.files if p.parent == folder))
            for folder in folders
        }

    def _of_paths(self, model: type[Model], paths: Iterator[Path]) -> dict[str, Model]:
        found = []
        for path in paths:
            where = str(path.relative_to(self.root))
            entry = _parsed(model, self.files[path], where, self.problems)
            found += [] if entry is None else [entry]
            if entry is not None and entry.id != path.stem:  # type: ignore[attr-defined]
                self.problems.append(f"{where}: id must be the file's name, {path.stem!r}")
        return self._by_id(model.__name__, "id", found)

    def _by_id(self, where: str, label: str, entries: list[Model]) -> dict[str, Model]:
        by_id: dict[str, Model] = {}
        for entry in entries:
            key = getattr(entry, label)
            if key in by_id:
                self.problems.append(f"{where}: {key!r} is declared twice")
            by_id[key] = entry
        return by_id


def _read(path: Path, problems: list[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        problems.append(f"{path.name}: cannot be read as TOML: {error}")
        return None


def _parsed(
    model: type[Model], given: dict[str, Any], where: str, problems: list[str]
) -> Model | None:
    if not given:
        problems.append(f"{where}: declares nothing")
        return None
    try:
        return model.model_validate(given)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            place = ".".join(str(step) for step in found["loc"])
            problems.append(f"{where}: {place or 'file'}: {found['msg']}")
        return None


def _digest(folder: Path, files: dict[Path, dict[str, Any]]) -> str:
    digest = sha256()
    for path in files:
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _raise_if(problems: list[str]) -> None:
    if problems:
        raise CatalogueError(problems)
