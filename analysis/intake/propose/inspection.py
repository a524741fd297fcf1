"""What each file is, before any study exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.errors import IntakeError
from analysis.intake.check.overlap import check_overlap
from analysis.intake.model import Table
from analysis.intake.propose.column_roles import ColumnProfile, propose_roles
from analysis.intake.tables.survey_tool import read_tables
from analysis.issues import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One file explained; an unreadable one has ``format`` "" and an issue of severity error.

    Attributes
    ----------
    file, format, confidence, encoding, delimiter, sheet, header_rows, n_rows
        As recognised; ``confidence`` is 0–1, ``header_rows`` are 1-based.
    columns
        Proposed roles.
    issues
        What was noticed.
    error
        The error that stopped the reading, else None.
    """

    file: str
    format: str = ""
    confidence: float = 0.0
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header_rows: tuple[int, ...] = ()
    n_rows: int = 0
    columns: tuple[ColumnProfile, ...] = ()
    issues: tuple[Issue, ...] = ()
    error: IntakeError | None = None


def inspect_files(files: Mapping[str, bytes]) -> tuple[Inspection, ...]:
    """Explain each file; one that cannot be read does not stop the others."""
    read = read_tables(files)
    overlaps = check_overlap([one for one in read.values() if not isinstance(one, IntakeError)])
    told = (_inspection(name, table) for name, table in read.items())
    return tuple(
        replace(one, issues=(*one.issues, *(i for i in overlaps if i.file == one.file)))
        for one in told
    )


def inspect_table(table: Table) -> Inspection:
    """Explain a table that is already read."""
    profiles = propose_roles(table)
    return Inspection(
        file=table.file,
        format=table.format,
        confidence=table.confidence,
        encoding=table.encoding,
        delimiter=table.delimiter,
        sheet=table.sheet,
        header_rows=table.header_rows,
        n_rows=len(table.row_numbers),
        columns=profiles,
        issues=(*table.issues, *_personal(table, profiles)),
    )


def _inspection(name: str, table: Table | IntakeError) -> Inspection:
    if isinstance(table, IntakeError):
        issue = Issue(code=table.code, severity="error", file=name, details=table.details)
        return Inspection(file=name, issues=(issue,), error=table)
    return inspect_table(table)


def _personal(table: Table, profiles: tuple[ColumnProfile, ...]) -> list[Issue]:
    return [
        Issue(
            code="personal_data",
            file=table.file,
            sheet=table.sheet,
            column=profile.name,
            details={"kind": profile.personal, "n": len(table.row_numbers) - profile.n_missing},
        )
        for profile in profiles
        if profile.is_personal and profile.n_unique
    ]
