"""Declared covariates as numbers: what groups are adjusted for beside the score at the start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.study import Study
from analysis.surveys.panel import Panel, has_column, person_values
from analysis.surveys.scoring import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariates:
    """Columns of a model, one row per person; NaN where a covariate is not known.

    ``names`` are (column, level); the level is empty for a number.
    """

    names: tuple[tuple[str, str], ...]
    values: FloatArray


def numbers_of(values: np.ndarray) -> FloatArray | None:
    """Read a column as numbers; None when a known value is none."""
    known = ~pd.isna(values)
    if not known.any():
        return None
    read = pd.to_numeric(pd.Series(values), errors="coerce").to_numpy(dtype=np.float64)
    return read if np.isfinite(read[known]).all() else None


def read_covariates(study: Study, panel: Panel) -> Covariates | None:
    """Read the declared covariates of each person; None when there are none.

    A column of numbers is one column; words are an indicator for each level but the commonest.
    """
    plan = study.plan.survey
    names: list[tuple[str, str]] = []
    columns: list[FloatArray] = []
    for name in plan.covariates if plan is not None else ():
        if not has_column(study, name):
            continue
        values = person_values(study, panel, name)
        numbers = numbers_of(values)
        if numbers is not None:
            names.append((name, ""))
            columns.append(numbers)
            continue
        known = ~pd.isna(values)
        levels = pd.Series(values[known].astype(str)).value_counts()
        for level in levels.index[1:]:
            names.append((name, str(level)))
            columns.append(np.where(known, values.astype(str) == level, np.nan).astype(np.float64))
    if not columns:
        return None
    return Covariates(names=tuple(names), values=np.column_stack(columns))
