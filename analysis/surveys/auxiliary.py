"""What else is known of a person and helps to fill a missing score: auxiliary variables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.study import Study
from analysis.surveys.covariates import numbers_of
from analysis.surveys.panel import Panel, has_column, person_values
from analysis.surveys.scoring import FloatArray

#: More columns add noise rather than knowledge; one for every ten pairs at most.
MAX_AUXILIARY = 10
PAIRS_EACH = 10
#: Fewer people than this of a level say nothing about others of it.
MIN_OF_LEVEL = 5
#: A column that the others explain to this share adds nothing, and makes the regression unstable.
EXPLAINED = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Auxiliary:
    """Columns beside the two scores, one row per person, NaN where unknown.

    ``names`` are the variables they come from, each once, the most telling first.
    """

    names: tuple[str, ...]
    values: FloatArray


def choose_auxiliary(
    study: Study, panel: Panel, measure: str, waves: tuple[str, str]
) -> Auxiliary | None:
    """Choose what helps most to fill the scores of one measure; None when nothing can.

    Demographics, community, declared covariates and the other measures of both waves, in the order
    of their correlation with either score; at most one for every ten pairs, and ten in all.
    """
    pre, post = panel.pair(measure, waves)
    pairs = int((np.isfinite(pre) & np.isfinite(post)).sum())
    most = min(MAX_AUXILIARY, pairs // PAIRS_EACH)
    found = list_candidates(study, panel, measure, waves)
    ranked = sorted(
        (
            (max(_correlation(values, pre), _correlation(values, post)), name, values)
            for name, values in found
        ),
        key=lambda one: -one[0],
    )
    chosen: list[tuple[str, FloatArray]] = []
    basis = [_centred(one) for one in (np.ones(pre.size), pre, post)]
    for strength, name, values in ranked:
        if len(chosen) == most or strength == 0.0:
            break
        if _is_new(values, basis):
            basis.append(_centred(values))
            chosen.append((name, values))
    if not chosen:
        return None
    names = tuple(dict.fromkeys(name for name, _ in chosen))
    return Auxiliary(names=names, values=np.column_stack([values for _, values in chosen]))


def list_candidates(
    study: Study, panel: Panel, measure: str, waves: tuple[str, str]
) -> list[tuple[str, FloatArray]]:
    """Every column that might help, with the variable it comes from."""
    survey = study.survey
    if survey is None:
        return []
    found: list[tuple[str, FloatArray]] = []
    facts = ["site"] if has_column(study, "site") else []
    facts += [*map(str, survey.categories), *map(str, survey.covariates)]
    for name in dict.fromkeys(facts):
        values = person_values(study, panel, name)
        numbers = numbers_of(values)
        if numbers is not None:
            found.append((name, numbers))
            continue
        known = ~pd.isna(values)
        levels = pd.Series(values[known].astype(str)).value_counts()
        for level in levels.index[levels >= MIN_OF_LEVEL][1:]:
            here = np.where(known, values.astype(str) == level, np.nan).astype(np.float64)
            found.append((name, here))
    kinds = {one.name: one.kind for one in study.plan.measures}
    for name, scores in panel.scores.items():
        if name != measure and kinds.get(name) != "category":
            found += [(name, scores[:, panel.wave_index(wave)]) for wave in waves]
    return found


def _correlation(a: FloatArray, b: FloatArray) -> float:
    """Size of the correlation over the people in both; 0 where there is none."""
    both = np.isfinite(a) & np.isfinite(b)
    if int(both.sum()) < PAIRS_EACH or np.ptp(a[both]) == 0.0 or np.ptp(b[both]) == 0.0:
        return 0.0
    return abs(float(np.corrcoef(a[both], b[both])[0, 1]))


def _centred(values: FloatArray) -> FloatArray:
    """Deviations from the mean, unknown ones at the mean."""
    known = np.isfinite(values)
    return np.where(known, values - values[known].mean(), 0.0) if known.any() else np.zeros(0)


def _is_new(values: FloatArray, basis: list[FloatArray]) -> bool:
    """Whether a column is not explained by those before it."""
    y = _centred(values)
    x = np.column_stack(basis)
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return float(rest @ rest) > (1.0 - EXPLAINED) * float(y @ y) > 0.0
