"""Everything Levee raises on purpose.

::

    LeveeError                  code and details; str(error) is a sentence
    ├── StudyFileError          the study file cannot be understood
    ├── IntakeError             a file cannot be opened
    │   ├── UnreadableFileError     damaged, protected, empty, or not a spreadsheet
    │   ├── HostileFileError        built to do harm: bombs, entities, escapes
    │   └── LimitExceededError      larger than the stated limits
    ├── MissingColumnError      a column the study file names is not in the file
    ├── WorkspaceError          saving or opening a study failed
    ├── PullError               data could not be fetched from a survey server
    └── ExportError             a file cannot be made for this reader or of this study

In a notebook ``str(error)`` says in English what is wrong and what to do; pages and the command
line say the same sentence in the reader's language.
"""

from __future__ import annotations

from typing import Any

from analysis.error_words import say_error


class LeveeError(Exception):
    """Base of all deliberate errors.

    Parameters
    ----------
    code
        Stable identifier, for example ``"unknown_key"``.
    details
        Values for the message: file, sheet, column, limit, nearest, and so on.

    Examples
    --------
    >>> print(UnreadableFileError("password_protected", file="a.xlsx", remedy="export_table"))
    a.xlsx is protected by a password. Save it as .xlsx or .csv and upload that.
    """

    def __init__(self, code: str, **details: Any) -> None:  # noqa: ANN401
        self.code = code
        self.details: dict[str, Any] = details
        super().__init__(code, details)

    def __str__(self) -> str:
        return say_error(self.code, self.details)


class StudyFileError(LeveeError):
    """The study file is missing, malformed or contradicts itself."""


class IntakeError(LeveeError):
    """A file could not be opened."""


class UnreadableFileError(IntakeError):
    """The file is damaged, protected, empty, or not a spreadsheet."""


class HostileFileError(IntakeError):
    """The file is built to exhaust or to escape: refused before parsing."""


class LimitExceededError(IntakeError):
    """The file passes a stated limit of memory, time, rows or columns."""


class MissingColumnError(LeveeError):
    """A column the study file names does not exist; ``nearest`` is offered."""


class WorkspaceError(LeveeError):
    """A study could not be saved, opened or restored."""


class ExportError(LeveeError):
    """A file cannot be made for this reader, or of this study."""


class PullError(LeveeError):
    """Data could not be fetched from a survey server; details never hold a token."""
