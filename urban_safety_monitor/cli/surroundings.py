"""What commands take from and leave in their surroundings: catalogue, clock, files."""

from datetime import UTC, datetime
from pathlib import Path

from urban_safety_monitor.catalogue.catalogue import Catalogue
from urban_safety_monitor.errors import DataError


def catalogue_in(folder: Path | None) -> Catalogue:
    """The catalogue of a folder, or the shipped one."""
    from urban_safety_monitor.catalogue import load_catalogue

    return load_catalogue(folder)


def now() -> datetime:
    """The time, read here and passed on."""
    return datetime.now(UTC)


def given_by(period: str | None) -> dict[str, str]:
    """What options say of every record, by canonical column."""
    return {"period": period} if period else {}


def write_file(path: Path, content: bytes) -> None:
    """Write under a temporary name and rename: a file is whole or not there.

    Raises:
        DataError: it cannot be written there.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror}") from error


def refuse_output(path: Path | None, ending: str, files: list[Path]) -> None:
    """Refuse a file to write to whose ending is another, or that is one of the files to read."""
    if path is None:
        return
    if path.suffix.lower() != ending:
        raise DataError(f"{path}: what is written here is a {ending} file; let its name end so")
    if path.resolve() in {file.resolve() for file in files}:
        raise DataError(f"{path}: this is one of your own files; give another name to write to")
