"""Find the column a study file names: by short name, name or label, forgiving width and spaces."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.errors import MissingColumnError
from analysis.intake.model import Table

_TELLS_APART = 0.9
"""Share of rows in which a column must be different to identify people."""
_LONGEST_CODE = 40
_SPACES = re.compile(r"[\s\u200b\u200c\u200d\ufeff]+")


def normalise_name(name: str) -> str:
    """Fold width, case and spaces of a column name."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", name)).strip().casefold()


def find_column(table: Table, wanted: str, rename: Mapping[str, str] | None = None) -> str | None:
    """Return the table's name of the column called ``wanted``, or None.

    Looked up in this order: short names given by ``rename``, exact names, names and labels after
    folding, then ``stem label`` together.
    """
    for exported, short in (rename or {}).items():
        if normalise_name(short) == normalise_name(wanted):
            return _by_name(table, exported)
    return _by_name(table, wanted)


def require_column(
    table: Table, wanted: str, rename: Mapping[str, str] | None = None, *, key: str = ""
) -> str:
    """Return the column called ``wanted``.

    Raises
    ------
    MissingColumnError
        ``missing_column`` with file, sheet, column, nearest and the study file's key.
    """
    found = find_column(table, wanted, rename)
    if found is None:
        raise missing_column(table, wanted, rename, key=key)
    return found


def missing_column(
    table: Table, wanted: str, rename: Mapping[str, str] | None = None, *, key: str = ""
) -> MissingColumnError:
    """Return the error for a column that is not there, with the nearest one that is."""
    exported = next((e for e, short in (rename or {}).items() if short == wanted), wanted)
    names = [column.name for column in table.columns]
    return MissingColumnError(
        "missing_column",
        file=table.file,
        sheet=table.sheet,
        column=exported,
        nearest=nearest_name(exported, [*names, *(column.label for column in table.columns)]),
        key=key,
    )


def nearest_name(wanted: str, names: Iterable[str]) -> str:
    """Return the name most like ``wanted``; "" when there are none."""
    folded = {normalise_name(name): name for name in reversed(list(names))}
    close = difflib.get_close_matches(normalise_name(wanted), list(folded), n=1, cutoff=0.0)
    return folded[close[0]] if close else ""


def column_texts(table: Table, name: str) -> pd.Series:
    """Return a column's cells trimmed; blank ones are None."""
    cells = table.cells[name]
    trimmed = {text: _trim(text) for text in cells.dropna().unique()}
    return cells.map(trimmed).astype(object).where(cells.notna(), None)


def _trim(text: object) -> str | None:
    bare = str(text).strip().strip("\u200b\u200c\u200d\ufeff\u3000")
    return bare or None


def _by_name(table: Table, wanted: str) -> str | None:
    names = [column.name for column in table.columns]
    if wanted in names:
        return wanted
    folded = normalise_name(wanted)
    for told in (
        lambda c: c.name,
        lambda c: c.label,
        lambda c: f"{c.stem} [{c.label}]",
        lambda c: f"{c.stem}—{c.label}",
        lambda c: f"{c.stem} {c.label}",
        lambda c: f"{c.stem}/{c.label}",
    ):
        for column in table.columns:
            if normalise_name(told(column)) == folded:
                return column.name
    return None


def list_identifiers(table: Table) -> list[str]:
    """Columns of short texts that are all but different in every row, the best first."""
    scored = []
    for column in table.columns:
        texts = column_texts(table, column.name).dropna()
        share = texts.nunique() / max(1, len(table.row_numbers))
        if share >= _TELLS_APART and not column.option and texts.str.len().max() <= _LONGEST_CODE:
            scored.append((-share, column.name))
    return [name for _, name in sorted(scored)]
