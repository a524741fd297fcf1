"""Makes what came from an upload safe to print: formulas, control and invisible characters."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

from analysis.results import SUPPRESSED_MARK, Suppressed
from dashboard.content.model import Interval, Number
from dashboard.text import INVISIBLE

Cell = str | int | float | bool | date | datetime | None
_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠﹢﹣﹦﹫")
_PLAIN_NUMBER = re.compile(
    r"[+-][0-9][0-9.,\s]*%?(\s?[^\W\d_]{1,8})?\s*([(（][^=+*/^&|!@'\"\\()（）]*[)）])?"
)
LONGEST_CELL = 32_000
_ALIVE_IN_CHARTS = (
    "{=",
    "http:",
    "https:",
    "ftp:",
    "mailto:",
    "internal:",
    "external:",
    "file:",
)


def safe_text(value: object) -> str:
    r"""Make text printable: no control, direction or zero-width characters; line ends as spaces.

    Examples
    --------
    >>> safe_text("a\x00b\u202ec\nd")
    'abc d'
    """
    shown = [
        " " if letter in "\t\r\n\x0b\x0c\u2028\u2029\x85" else letter
        for letter in INVISIBLE.sub("", str(value))
        if letter in "\t\r\n\x0b\x0c\x85" or unicodedata.category(letter) not in ("Cc", "Cs")
    ]
    return "".join(shown)[:LONGEST_CELL]


def safe_cell(value: object) -> Cell:
    """Make one cell safe: numbers and dates stay, text never starts a formula.

    A text that begins with ``= + - @``, their full-width forms, a tab or a line end gets an
    apostrophe before it. A plain signed number, with its unit in letters and its interval in
    brackets, cannot be a formula and stays.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("+0.69 (0.5 to 0.9)"), safe_cell(2.0)
    ("'=1+1", '+0.69 (0.5 to 0.9)', 2.0)
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Suppressed):
        return SUPPRESSED_MARK
    if isinstance(value, bool | int | datetime | date):
        return None if isinstance(value, NaTType) else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or value is pd.NA:
        return None
    told = str(value)
    shown = safe_text(told)
    starts = told[:1] in _FORMULA_STARTS or shown.lstrip()[:1] in _FORMULA_STARTS
    return f"'{shown}" if starts and not _PLAIN_NUMBER.fullmatch(shown) else shown


def safe_chart_name(name: str) -> str:
    """Make a name safe for the data sheet inside a chart, whose writer takes more for alive.

    Examples
    --------
    >>> safe_chart_name("http://example.org"), safe_chart_name("=1"), safe_chart_name("Kits")
    ("'http://example.org", "'=1", 'Kits')
    """
    shown = str(safe_cell(name))
    return f"'{shown}" if shown.lower().startswith(_ALIVE_IN_CHARTS) else shown


def safe_table(table: pd.DataFrame) -> pd.DataFrame:
    """Make every name and cell of a table safe; numbers keep their kind.

    The table itself is left as it was.
    """
    columns = [str(safe_cell(name)) for name in table.columns]
    cells = [
        [cell if isinstance(cell, Number | Interval) else safe_cell(cell) for cell in row]
        for row in table.itertuples(index=False, name=None)
    ]
    return pd.DataFrame(cells, columns=columns, dtype=object)


def safe_records(value: Any) -> Any:  # noqa: ANN401
    """Make nested plain values safe to print: control characters leave every text."""
    if isinstance(value, Mapping):
        return {safe_text(key): safe_records(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [safe_records(item) for item in value]
    return safe_text(value) if isinstance(value, str) else value
