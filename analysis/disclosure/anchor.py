"""The important difference by a global question, and groups made alike by weights, for readers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.disclosure.rounding import COEFFICIENT, round_to
from analysis.disclosure.rules import is_small, withheld
from analysis.disclosure.sizes import hide_people
from analysis.results import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Collection

    from analysis.disclosure.survey import Survey
    from analysis.statistics.anchor import AnchorDifference
    from analysis.surveys.results import Outcome, Overlap


def protect_anchor(survey: Survey, o: Outcome) -> AnchorDifference | None:
    """Give what the question says of many: those a little better are a group like any other.

    The cut that separates best lies between two people's changes and is withheld.
    """
    found, data = o.anchor, survey.study.survey
    if found is None or data is None:
        return None
    first, last = o.contrast
    row = survey.panel.row[:, survey.panel.wave_index(last)]
    given = data.keys["anchor"].to_numpy(dtype=np.float64)
    answer = np.where((row >= 0) & survey.pairs(o.measure, o.contrast), given[row], np.nan)
    known, better = np.isfinite(answer), answer > 0
    worse = known & ~better
    sizes = (int(better.sum()), int(worse.sum()))
    if found.n != int(known.sum()) or found.n_better != sizes[0]:
        return None  # of other people than those whose change is given
    if found.n < 2 * survey.least or any(is_small(n, survey.least) for n in sizes):
        return None
    label = f"outcomes.{o.measure}.{first}.{last}.anchor"
    counted = survey.release_count(f"{label}.n", known, better, worse)
    little = better & (answer == answer[better].min(initial=np.inf))
    free = survey.release(
        o.measure, f"{label}.mean_change", (last, 1.0, little), (first, -1.0, little)
    )
    return replace(
        found,
        n=found.n if counted else SUPPRESSED,
        n_better=found.n_better if counted else SUPPRESSED,
        correlation=found.correlation if counted else hide_people(found.correlation),
        mean_change=found.mean_change if free else withheld(found.mean_change),
        predictive=found.predictive if counted else hide_people(found.predictive),
        roc=withheld(found.roc),
    )


def protect_overlap(
    found: Overlap, told: Collection[tuple[str, str]], least: int
) -> Overlap | None:
    """Give how alike the groups are once weighted, on what may be told of the people compared.

    A difference with all its digits is of one pair of counts only: two decimals are given.
    How many the weights leave counts people only as a whole; the difference itself is a sum in
    which each person has a weight of their own, and is withheld with its n.
    """
    if min(found.effective_treated, found.effective_comparison) < 2 * least:
        return None
    return replace(
        found,
        n=SUPPRESSED,
        effective_treated=float(round(found.effective_treated)),
        effective_comparison=float(round(found.effective_comparison)),
        balance=tuple(
            replace(row, before=_round(row.before), after=_round(row.after))
            for row in found.balance
            if (row.variable, row.level) in told
        ),
    )


def _round(value: float | None) -> float | None:
    return None if value is None else round_to(value, COEFFICIENT)
