"""A part and the whole, or a summary and its rows, uploaded together: added up they count twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import pandas as pd

from analysis.intake.model import Table
from analysis.intake.values.parse_numbers import looks_like_numbers, read_numbers
from analysis.issues import Issue

MIN_ROWS = 3
"""Smaller tables are not looked for inside others."""
_MAX_ROWS = 200_000
_SAMPLED = 50


def check_overlap(tables: Sequence[Table]) -> list[Issue]:
    """List tables whose rows stand in another table, or sum up its rows.

    Returns
    -------
    list of Issue
        ``file_contained`` or ``file_summed`` at the smaller table, with the other one's name.
    """
    issues: list[Issue] = []
    for one, other in combinations(tables, 2):
        small, large = sorted((one, other), key=lambda table: len(table.cells))
        if not MIN_ROWS <= len(small.cells) <= len(large.cells) <= _MAX_ROWS:
            continue
        for code, count in (("file_contained", _shared_rows), ("file_summed", _summed_rows)):
            n = count(small, large)
            if n >= 0.9 * len(small.cells):
                issues.append(_issue(code, small, large, n))
                break
    return issues


def _issue(code: str, small: Table, large: Table, n: int) -> Issue:
    place = f"{large.file} {large.sheet}".strip()
    details = {"other_file": place, "n": n, "of": len(small.cells)}
    return Issue(code=code, file=small.file, sheet=small.sheet, details=details)


def _shared_rows(small: Table, large: Table) -> int:
    """Count the rows of the smaller table that the larger has, over the columns of both."""
    common = [name for name in small.cells.columns if name in large.cells]
    if len(common) < max(2, 0.8 * len(small.cells.columns)):
        return 0
    if not _may_hold(small, large, common):
        return 0
    return sum((Counter(_row_keys(small, common)) & Counter(_row_keys(large, common))).values())


def _may_hold(small: Table, large: Table, names: Sequence[str]) -> bool:
    """Tell by a sample of rows, column after column, whether a full comparison is worth it."""
    step = max(1, len(small.cells) // _SAMPLED)
    sample = small.cells[list(names)].iloc[::step]
    left = large.cells
    for name in names:
        left = left[left[name].isin(sample[name].unique())]
        if len(left) < 0.5 * len(sample):
            return False
    there = set(left[list(names)].fillna("").itertuples(index=False, name=None))
    rows = list(sample.fillna("").itertuples(index=False, name=None))
    return sum(row in there for row in rows) >= 0.5 * len(rows)


def _summed_rows(small: Table, large: Table) -> int:
    """Count the rows of the smaller table that are sums over the larger's, by shared words."""
    common = [name for name in small.cells.columns if name in large.cells]
    numbers = [n for n in common if all(_is_number(table, n) for table in (small, large))]
    words = [name for name in common if name not in numbers]
    if not words or not numbers or len(small.cells) == len(large.cells):
        return 0
    sums = _sums(large, words, numbers[0])
    told = read_numbers(small.cells[numbers[0]]).values
    keys = _row_keys(small, words)
    return sum(
        abs(sums.get(key, float("inf")) - value) <= 0.005 + 1e-9 * abs(value)
        for key, value in zip(keys, told, strict=True)
    )


def _sums(table: Table, words: Sequence[str], number: str) -> dict[tuple[str, ...], float]:
    sums: dict[tuple[str, ...], float] = {}
    values = read_numbers(table.cells[number]).values.fillna(0.0)
    for key, value in zip(_row_keys(table, words), values, strict=True):
        sums[key] = sums.get(key, 0.0) + float(value)
    return sums


def _is_number(table: Table, name: str) -> bool:
    given: pd.Series = table.cells[name].iloc[:500].dropna()
    return looks_like_numbers(given.iloc[:200])


def _row_keys(table: Table, names: Sequence[str]) -> list[tuple[str, ...]]:
    rows = table.cells[list(names)].fillna("").itertuples(index=False, name=None)
    return [tuple(str(cell).strip() for cell in row) for row in rows]
