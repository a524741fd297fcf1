"""The one place where the value of a table's cell becomes text, or a number of a spreadsheet."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from analysis.results import SUPPRESSED_MARK, Suppressed
from dashboard.content.model import Cell, Interval, Number
from dashboard.text import Text

_SHORT = 12


def say_cell(text: Text, cell: Cell) -> str:
    """Say a cell in the reader's language; a dash where there is nothing.

    Examples
    --------
    >>> say_cell(Text("en"), Interval(low=0.1, high=0.25, kind="points", digits=0)).split()
    ['10', 'to', '25']
    >>> say_cell(Text("en"), Interval(estimate=0.84, low=0.8, high=0.87))
    '0.84 (0.80 to 0.87)'
    """
    words = _say_value(text, cell)
    # A short cell stays on one line.
    return words.replace(" ", "\N{NO-BREAK SPACE}") if len(words) <= _SHORT else words


def _say_value(text: Text, cell: Cell) -> str:
    if isinstance(cell, Number):
        return _say_number(text, cell)
    if isinstance(cell, Interval):
        return _say_interval(text, cell)
    if cell is None or (isinstance(cell, float) and cell != cell):
        return "–"
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return str(cell)
    return text.number(cell, 0 if float(cell).is_integer() else 2)


def _say_interval(text: Text, cell: Interval) -> str:
    likely = "–"
    if cell.low is not None and cell.high is not None:
        unit = 100 if cell.kind in ("percent", "points") else 1
        likely = text.interval(cell.low * unit, cell.high * unit, cell.digits)
    if cell.estimate is None:
        return likely
    value = _say_number(text, Number(value=cell.estimate, kind=cell.kind, digits=cell.digits))
    return text("{value} ({likely})", value=value, likely=likely)


def _say_number(text: Text, cell: Number) -> str:
    match cell.kind:
        case "count":
            return text.number(cell.value, 0)
        case "number":
            return text.number(cell.value, cell.digits)
        case "signed":
            return text.signed(cell.value, cell.digits)
        case "percent":
            return text.percent(cell.value, cell.digits)
        case "p":
            return text.p_cell(cell.value)
        case "points":
            if cell.value is None:
                return "–"
            return text("{n} pp", n=text.signed(cell.value * 100, cell.digits))


def list_cells(table: pd.DataFrame, text: Text) -> list[list[str]]:
    """Header and rows of a table as words."""
    rows = table.itertuples(index=False, name=None)
    words = [[say_cell(text, cell) for cell in row] for row in rows]
    return [list(map(str, table.columns)), *words]


def spreadsheet_number(text: Text, cell: Number) -> tuple[float | str | None, str]:
    """Give a number and its format as a spreadsheet keeps them, rounded as it is written.

    Rounding is part of what protects small groups: no cell holds more than its words say.

    Examples
    --------
    >>> spreadsheet_number(Text("en"), Number(value=0.6234, kind="percent", digits=0))
    (0.62, '0%')
    >>> half = Number(value=0.075, kind="percent", digits=0)
    >>> spreadsheet_number(Text("en"), half)[0], say_cell(Text("en"), half).split()
    (0.08, ['8', '%'])
    >>> spreadsheet_number(Text("en"), Number(value=0.00002, kind="p"))
    (0.0, '[<0.001]"< 0.001";0.000')
    """
    if isinstance(cell.value, Suppressed):
        return SUPPRESSED_MARK, ""
    places = "." + "0" * cell.digits if cell.digits else ""
    if cell.value is None:
        return None, ""
    match cell.kind:
        case "count":
            return round(cell.value), "#,##0"
        case "number":
            return _round(cell.value, cell.digits), f"#,##0{places}"
        case "signed":
            form = f"+0{places};-0{places};0{places}"
            return _round(cell.value, cell.digits), form
        case "percent":
            return _round(cell.value * 100, cell.digits) / 100, f"0{places}%"
        case "p":
            return _round(cell.value, 3), '[<0.001]"< 0.001";0.000'
        case "points":
            unit = text("{n} pp", n="").strip()
            form = ";".join(f'{sign}0{places} "{unit}"' for sign in ("+", "-", ""))
            return _round(cell.value * 100, cell.digits), form


def _round(value: float, digits: int) -> float:
    """Round as words are rounded: by the decimals that are seen, halves to the even digit.

    ``round`` goes by the binary value: 0.075 lies a little below its half.
    """
    return float(round(Decimal(str(value)), digits))
