"""SPSS, Stata or SAS: variable labels are questions, value labels answers, missing kinds apart."""

from __future__ import annotations

from dataclasses import replace

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.sandbox.statistics_files import Variable, read_variable
from analysis.intake.tables.layout import ColumnHeader, TableLayout, build_table
from analysis.issues import Issue


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return 1 for a sheet that came from a statistics file."""
    head = sheet.rows[0] if sheet.rows else ()
    return 1.0 if head and all(read_variable(cell) for cell in head) else 0.0


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read cases; codes of missing answers become blanks, counted by kind."""
    variables = [one for cell in sheet.rows[0] if (one := read_variable(cell)) is not None]
    heads = [ColumnHeader(name=one.name, label=" ".join(one.label.split())) for one in variables]
    layout = TableLayout(
        format="statistics_file",
        header_rows=(1,),
        heads=heads,
        choices={one.name: dict(one.values) for one in variables if one.values},
        issues=tuple(_missing_kinds(workbook, sheet, variables)),
    )
    table = build_table(workbook, sheet, layout)
    kinds: dict[str, dict[int, str]] = {}
    for one in variables:
        if one.name in table.cells and one.missing:
            column = table.cells[one.name]
            coded = column.isin(list(one.missing))
            kinds[one.name] = {
                table.row_numbers[at]: one.missing[str(column[at])] for at in column.index[coded]
            }
            table.cells[one.name] = column.where(~coded, None)
    # A labelled variable is a question with one answer: its codes are the researcher's scale.
    declared = {one.name: "one" for one in variables if len(one.values) > 1}
    told = {n: k for n, k in declared.items() if n in table.cells}
    return replace(table, declared=told, kinds={n: k for n, k in kinds.items() if k})


def _missing_kinds(workbook: Workbook, sheet: Sheet, variables: list[Variable]) -> list[Issue]:
    issues = []
    for at, variable in enumerate(variables):
        cells = [row[at] for row in sheet.rows[1:]]
        kinds = {label: cells.count(code) for code, label in variable.missing.items()}
        kinds = {label: n for label, n in kinds.items() if n}
        if kinds:
            rows = (number for number, cell in enumerate(cells, 2) if cell in variable.missing)
            issues.append(
                Issue(
                    code="user_missing",
                    severity="info",
                    file=workbook.name,
                    sheet=sheet.name,
                    column=variable.name,
                    rows=tuple(rows)[:1000],
                    details={"n": sum(kinds.values()), "kinds": kinds},
                )
            )
    return issues
