"""The error tree: everything a user can cause, each with the exit code the command line ends on.

    MonitorError
    ├── CatalogueError    10   a declaration in the catalogue or a recipe does not hold
    ├── DataError         11   a file or a table is not what it should be
    ├── DesignError       12   the sampling design cannot carry the estimate asked for
    ├── StoreError        13   results cannot be kept or found
    └── PermissionDenied  14   the person may not do this now

An error collects every problem found, so that a user repairs a file once and not line by line.
Anything else that is raised is a fault of this program.
"""

from collections.abc import Iterable, Sequence


class MonitorError(Exception):
    """Something a user can mend; shown as plain text without a traceback."""

    exit_code = 1

    def __init__(self, problems: str | Iterable[str]) -> None:
        """Keep one problem or many; each says where, what is wrong and what would be right."""
        self.problems: Sequence[str] = [problems] if isinstance(problems, str) else list(problems)
        super().__init__("\n".join(self.problems))


class CatalogueError(MonitorError):
    """A declaration in the catalogue or a recipe does not hold."""

    exit_code = 10


class DataError(MonitorError):
    """A file or a table is not what it should be."""

    exit_code = 11


class DesignError(MonitorError):
    """The sampling design cannot carry the estimate asked for."""

    exit_code = 12


class StoreError(MonitorError):
    """Results cannot be kept or found."""

    exit_code = 13


class PermissionDenied(MonitorError):
    """The person may not do this now."""

    exit_code = 14
