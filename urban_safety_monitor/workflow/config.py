"""A run's configuration: which files are read by which recipes, and what is chosen."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, ValidationError

from urban_safety_monitor.catalogue.conditions import Declaration
from urban_safety_monitor.catalogue.sampling import Replicates
from urban_safety_monitor.catalogue.weighting import Weighting
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.pipeline.precision import AgainstSampling, Precision, ShareInterval
from urban_safety_monitor.statistics.linearisation import LonelyPsu


class Source(Declaration):
    """The files of one survey handed in, and the recipe that reads them.

    `given` says what every record has in a column the files lack: `given.period = "2026-Q1"`.
    `weighting` trims and calibrates the weights, `replicates` are made from the sampling units.
    """

    files: tuple[Path, ...] = Field(min_length=1)
    recipe: str
    given: dict[str, str] = {}
    weighting: Weighting | None = None
    replicates: Replicates | None = None

    @property
    def name(self) -> str:
        """The files as the configuration names them."""
        return ", ".join(file.as_posix() for file in self.files)


class RunConfig(Declaration):
    """A run's configuration file; paths are relative to it."""

    title: dict[str, str] = {}
    demonstration: bool = False
    areas: Path
    surveys: Path
    differences: Path | None = None
    administrative: tuple[Path, ...] = ()
    checklists: tuple[Path, ...] = ()
    boundaries: tuple[Path, ...] = ()
    microdata: tuple[Source, ...] = Field(min_length=1)
    draws: int = Field(default=1000, ge=1)
    seed: int = Field(default=0, ge=0)
    lonely_psu: LonelyPsu = "adjust"
    interval: ShareInterval = "settled"
    design_effect: AgainstSampling = "with-replacement"

    @property
    def tables(self) -> tuple[Path, ...]:
        """The tables beside the surveys."""
        single = [self.areas, self.surveys, *([self.differences] if self.differences else [])]
        weightings = [source.weighting for source in self.microdata if source.weighting]
        margins = dict.fromkeys(w.margins for w in weightings if w.margins)
        return (*single, *self.administrative, *self.checklists, *self.boundaries, *margins)

    @property
    def precision(self) -> Precision:
        """How precision is said; results and their reports are of the 95 % level."""
        return Precision(self.interval, design_effect=self.design_effect)


def read_config(path: Path) -> RunConfig:
    """Read a configuration and see that the tables it names are there.

    A survey's own files are looked for when it is read: it stands or falls alone.

    Raises:
        DataError: every entry that does not hold, every table that is missing.
    """
    try:
        config = RunConfig.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise DataError(f"configuration {path}: no such file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"configuration {path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"configuration {path}: not TOML: {error}") from error
    except ValidationError as error:
        raise DataError(
            f"configuration {path}: {'.'.join(map(str, e['loc']))}: {e['msg']}"
            for e in error.errors(include_url=False)
        ) from error
    missing = list(_missing(config, path))
    if missing:
        raise DataError(missing)
    return config


def _missing(config: RunConfig, path: Path) -> Iterator[str]:
    for table in config.tables:
        if not (path.parent / table).is_file():
            yield f"configuration {path}: {table}: no such file (paths start at the configuration)"
