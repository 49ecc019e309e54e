"""Releases: a country's round out of kept results, written whole or not at all."""

from pathlib import Path

from urban_safety_monitor.catalogue import load_catalogue
from urban_safety_monitor.errors import DataError
from urban_safety_monitor.report.release import part_of, release_files, zipped
from urban_safety_monitor.tables.run import Results


def release_of(
    results: Results, country: str, period: str | None, language: str
) -> dict[str, bytes]:
    """The files of a release by path; of the country's last period if none is named.

    Raises:
        DataError: the country is not in the results, or has no figures of the period.
    """
    cities = results.areas[results.areas["level"] == "city"]
    inside = set(cities.loc[cities["country"] == country, "area"])
    if not inside:
        there = ", ".join(sorted(cities["country"].unique())) or "none"
        raise DataError(f"country {country!r}: not in these results; there are {there}")
    surveyed = results.surveys.loc[results.surveys["area"].isin(inside), "period"]
    figures = results.estimates.loc[results.estimates["area"].isin(inside), "period"]
    last = max(surveyed if len(surveyed) else figures, default="")
    part = part_of(results, country, period or str(last))
    return release_files(part, load_catalogue(), language=language)


def write_release(files: dict[str, bytes], output: Path) -> list[Path]:
    """Write a release as a zip, or as a folder where the name does not end in .zip."""
    if output.suffix == ".zip":
        return [_written(output, zipped(files))]
    return [_written(output / path, content) for path, content in files.items()]


def _written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    return part.replace(path)
