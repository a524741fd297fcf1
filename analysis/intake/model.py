"""What the reader hands on: a workbook of text cells, and a recognised table of answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from analysis.issues import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet, every cell as text exactly as stored ("001" stays "001").

    Attributes
    ----------
    name
        Sheet name; "" for text files.
    rows
        Cells as text or None, ragged rows padded; row i is spreadsheet row ``i + 1``.
    hidden
        The sheet itself is hidden.
    hidden_rows, hidden_columns
        1-based spreadsheet numbers.
    merged
        Merged ranges as 1-based (top, left, bottom, right).
    """

    name: str
    rows: tuple[tuple[str | None, ...], ...]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """One opened file. ``kind`` is one of xlsx, xls, xlsb, ods, csv, odk_zip, html."""

    name: str
    sha256: str
    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a recognised table.

    Attributes
    ----------
    name
        The key people use in a study file: the header as exported (variable name where the tool
        has one, else the question text); made unique by position (``name``, ``name [2]``).
    label
        Question text in full; equals ``name`` where the tool exports only one of them.
    stem
        Grid or multiple-choice question the column belongs to; "" when alone.
    option
        For one-hot columns the option's text or code; "" otherwise.
    paradata
        True for the tool's own columns (start, end, IP, device …).
    position
        0-based column in the sheet.
    form
        Instrument the column belongs to, in words, where the tool tells.
    """

    name: str
    label: str
    position: int
    stem: str = ""
    option: str = ""
    paradata: bool = False
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of answers of one sheet, headers understood, cells still text.

    Attributes
    ----------
    file, sheet, format
        Where from; ``format`` is the module name in ``formats`` (``plain`` when none matched).
    confidence
        0–1, that the format is right.
    header_rows
        Spreadsheet rows used as header (1-based), e.g. ``(3,)`` below two title lines.
    columns
        In order.
    cells
        Text frame (object dtype, None = missing, tool's missing codes already None); columns are
        the names in ``columns``; RangeIndex.
    row_numbers
        Spreadsheet row (1-based) of each frame row.
    choices
        Column name → {stored code: label} where the export or a dictionary tells.
    issues
        What was noticed while reading.
    dictionary, declared
        File name of the XLSForm or REDCap dictionary that supplied labels and choices, and
        column name → kind it declares (``one``, ``several``, ``number``, ``personal`` …).
    kinds
        Column name → spreadsheet row → kind of missing answer (refused, don't know …).
    """

    file: str
    sheet: str
    format: str
    confidence: float
    header_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    cells: pd.DataFrame
    row_numbers: tuple[int, ...]
    sha256: str = ""
    encoding: str = ""
    delimiter: str = ""
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    dictionary: str = ""
    declared: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
