"""The last check of each city's round, so that the next one can say what became of it.

What is kept is a text that the caller wrote; it holds no answers of persons.
"""

from pathlib import Path
from tempfile import NamedTemporaryFile

from urban_safety_monitor.errors import StoreError
from urban_safety_monitor.store.recipes import CODE, folder_of_city


class AttemptStore:
    """Last checks kept in one data folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made when something is kept."""
        self.folder = folder

    def keep(self, city: str, survey: str, text: str) -> None:
        """Keep a check in the place of the last one of this city and round.

        Raises:
            StoreError: the city's code or the round is none, or nothing can be written.
        """
        path = self._path(city, survey)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(
                "w", encoding="utf-8", dir=path.parent, prefix=".part-", delete=False
            ) as part:
                part.write(text)
            Path(part.name).replace(path)
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be written to: {error.strerror}") from error

    def last(self, city: str, survey: str) -> str | None:
        """The last check of this city and round; none for the first one.

        Raises:
            StoreError: the city's code or the round is none, or the file cannot be read.
        """
        path = self._path(city, survey)
        try:
            return path.read_text(encoding="utf-8") if path.exists() else None
        except OSError as error:
            raise StoreError(f"{path}: cannot be read: {error.strerror}") from error

    def _path(self, city: str, survey: str) -> Path:
        if not CODE.fullmatch(survey):
            raise StoreError(f"round {survey!r}: write it as 2026-Q1, or as a year")
        return folder_of_city(self.folder / "attempts", city) / f"{survey}.json"
