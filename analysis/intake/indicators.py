"""The indicator table as a spreadsheet → targets of the study file."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ValidationError

from analysis.errors import StudyFileError
from analysis.intake.workbook import open_workbook
from analysis.study_file import TargetPlan

INDICATOR_COLUMNS = (
    "indicator", "label", "level", "baseline", "target", "actual", "start", "due", "direction",
    "cumulation", "frequency", "band", "evidence",
)  # fmt: skip


def read_indicators(data: bytes, name: str) -> list[TargetPlan]:
    """Read targets from a sheet with the columns of :data:`INDICATOR_COLUMNS`.

    Raises
    ------
    StudyFileError
        ``indicator_columns`` when ``indicator`` or ``target`` is missing; ``indicator_value``
        (details ``file``, ``row``, ``column``, ``problem``) for a cell that cannot be used.
    IntakeError
        When the file cannot be opened.
    """
    rows = open_workbook(data, name).sheets[0].rows
    header = [(cell or "").strip().lower() for cell in rows[0]] if rows else []
    missing = sorted({"indicator", "target"} - set(header))
    if missing:
        raise StudyFileError("indicator_columns", file=name, missing=", ".join(missing))
    found = []
    for number, cells in enumerate(rows[1:], start=2):
        told = {
            column: cell.strip()
            for column, cell in zip(header, cells, strict=False)
            if column in INDICATOR_COLUMNS and cell is not None and cell.strip()
        }
        if told:
            found.append(_target(told, name, number))
    return found


def _target(told: Mapping[str, str], file: str, row: int) -> TargetPlan:
    dated = {key: cell[:10] if key in ("start", "due") else cell for key, cell in told.items()}
    try:
        return TargetPlan.model_validate(dated)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = str(first["loc"][0]) if first["loc"] else ""
        raise StudyFileError(
            "indicator_value", file=file, row=row, column=column, problem=first["msg"]
        ) from error
