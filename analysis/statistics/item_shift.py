"""Whether an item means the same in two waves: ordinal logistic regression, item by item.

An item has shifted when people with the same total answer it differently in the two waves
(differential item functioning by wave).

References
----------
Zumbo 1999, *A Handbook on the Theory and Methods of Differential Item Functioning*; Crane et al.
2006, doi:10.1097/01.mlr.0000245183.28384.ed; effect sizes: Jodoin & Gierl 2001,
doi:10.1207/S15324818AME1404_2; Meade 2010, doi:10.1037/a0018966.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.results import Comparison, ComparisonLike, NotEstimable
from analysis.statistics.cumulative_logit import (
    CumulativeFit,
    IntArray,
    answer_chances,
    fit_cumulative_logit,
)
from analysis.statistics.multiplicity import holm
from analysis.statistics.risk_sets import FloatArray
from analysis.thresholds import SIGNIFICANCE_LEVEL

NAME = "item_shift"
METHOD = "cumulative_logit_on_total;robust_f_by_person"
#: Below both of these a shift is negligible: difference in standard deviations of the item (Meade
#: 2010, small), change of Nagelkerke's R² (Jodoin & Gierl 2001), which also sees a shift that goes
#: up for some totals and down for others.
MIN_DIFFERENCE, MIN_R2 = 0.2, 0.035
MAX_ANSWERS = 11
MIN_ITEMS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemShift:
    """Whether one item shifted.

    ``test`` holds the difference in points between the waves at the same total, its interval, and
    F and p of the wave and its interaction with the total together; ``shifted`` when clear after
    Holm and not negligible.
    """

    item: str
    test: ComparisonLike
    p_adjusted: float | None
    shifted: bool


def test_items(
    answers: FloatArray, later: FloatArray, person: IntArray, names: Sequence[str]
) -> tuple[ItemShift, ...]:
    """Test every item against the total of those not found to have shifted.

    The items that shifted leave the total one by one, the largest shift first, until no other is
    found: one large shift moves the total, and the other items against it.

    Parameters
    ----------
    answers
        Rows × items, oriented, none missing; a person may have a row in either wave.
    later
        1 for rows of the later wave, else 0.
    person
        Number of each row's person, for errors that allow for answers of the same people.
    names
        Of the items.
    """
    anchor = np.ones(answers.shape[1], dtype=bool)
    while True:
        found = _round(answers, later, person, names, anchor)
        sizes = [
            abs(float(one.test.details["standardised"]))
            if one.shifted and stays and isinstance(one.test, Comparison)
            else -1.0
            for one, stays in zip(found, anchor, strict=True)
        ]
        if max(sizes) < 0 or int(anchor.sum()) <= 2:
            return found
        anchor[int(np.argmax(sizes))] = False


def _round(
    answers: FloatArray,
    later: FloatArray,
    person: IntArray,
    names: Sequence[str],
    anchor: np.ndarray,
) -> tuple[ItemShift, ...]:
    tests = []
    for index, name in enumerate(names):
        # The total with the item itself: matched on the other items alone, every item of a
        # programme that works would seem to shift, because they measure with error.
        matched = anchor.copy()
        matched[index] = True
        total = answers[:, matched].mean(axis=1)
        tests.append((name, compare_item(answers[:, index], total, later, person)))
    adjusted = holm([t.p_value if isinstance(t, Comparison) else None for _, t in tests])
    return tuple(
        ItemShift(item=name, test=test, p_adjusted=p, shifted=_is_shifted(test, p))
        for (name, test), p in zip(tests, adjusted, strict=True)
    )


def _is_shifted(test: ComparisonLike, p_adjusted: float | None) -> bool:
    if not isinstance(test, Comparison) or p_adjusted is None:
        return False
    matters = (
        abs(float(test.details["standardised"])) >= MIN_DIFFERENCE
        or float(test.details["r2_change"]) >= MIN_R2
    )
    return p_adjusted < SIGNIFICANCE_LEVEL and matters


def compare_item(
    values: FloatArray, total: FloatArray, later: FloatArray, person: IntArray
) -> ComparisonLike:
    """Compare one item between waves among people with the same total.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate``: expected answer in the later wave minus in the earlier one, over everyone's
        totals, in points, its error by the delta method from the covariance robust to several
        rows of a person; ``statistic``, ``df``: F of wave and interaction and its lower degrees
        of freedom, as Hotelling's; ``details``: likelihood ratio with p (rows as independent),
        changes of McFadden's and Nagelkerke's R², its uniform part; ``standardised`` difference in
        standard deviations of the item.
    """
    n, n_people = int(values.size), int(np.unique(person).size)
    refusal = NotEstimable(reason="too_few", n=n, name=NAME, method=METHOD)
    levels, answer = np.unique(values, return_inverse=True)
    if levels.size < 2:
        return replace(refusal, reason="no_variance")
    if levels.size > MAX_ANSWERS:
        return replace(refusal, reason="not_asked")
    if n_people <= 12 + levels.size:
        return refusal
    centred = (total - total.mean()) / (total.std() or 1.0)
    # A fit takes as long as there are different rows: of thousands of people few remain.
    _, place = np.unique(total, return_inverse=True)
    key = (place * 2 + later.astype(np.int64)) * levels.size + answer
    _, first, row, counts = np.unique(
        key, return_index=True, return_inverse=True, return_counts=True
    )
    columns = np.column_stack([centred, later, centred * later])[first]
    weight = counts.astype(np.float64)
    fits = [fit_cumulative_logit(answer[first], columns[:, :k], weight) for k in range(4)]
    if any(fit is None for fit in fits):
        return replace(refusal, reason="not_identified")
    none, plain, uniform, full = (fit for fit in fits if fit is not None)
    covariance = robust_covariance(full, full.scores[row], person)
    slopes = full.parameters[-2:]
    wald = float(slopes @ np.linalg.pinv(covariance[-2:, -2:]) @ slopes)
    # As Hotelling's T²: the covariance is estimated from as many people as there are.
    lower = n_people - 2
    statistic = wald * lower / (2.0 * (n_people - 1))
    likelihood = 2.0 * (full.log_likelihood - plain.log_likelihood)
    estimate, error = _point_difference(full, covariance, centred, levels)
    half = float(stats.t.isf(0.025, n_people - 1)) * error
    base = none.log_likelihood
    return Comparison(
        name=NAME,
        estimate=estimate,
        std_error=error,
        ci_low=estimate - half,
        ci_high=estimate + half,
        statistic=statistic,
        df=float(lower),
        p_value=float(stats.f.sf(statistic, 2, lower)),
        n=n,
        method=METHOD,
        details={
            "likelihood_ratio": likelihood,
            "likelihood_ratio_p": float(stats.chi2.sf(likelihood, 2)),
            "mcfadden_change": (full.log_likelihood - plain.log_likelihood) / -base,
            "r2_change": _nagelkerke(full, base, n) - _nagelkerke(plain, base, n),
            "r2_change_uniform": _nagelkerke(uniform, base, n) - _nagelkerke(plain, base, n),
            "standardised": estimate / _spread(values, later),
            "n_people": n_people,
        },
    )


def _spread(values: FloatArray, later: FloatArray) -> float:
    """Standard deviation of the item within the waves."""
    parts = [values[later == wave] for wave in (0.0, 1.0)]
    return math.sqrt(sum(p.size * float(p.var()) for p in parts) / values.size) or 1.0


def robust_covariance(fit: CumulativeFit, scores: FloatArray, person: IntArray) -> FloatArray:
    """Sandwich covariance with the scores of each person's rows summed, times G/(G − 1).

    Liang & Zeger 1986, doi:10.1093/biomet/73.1.13.
    """
    _, group = np.unique(person, return_inverse=True)
    summed = np.zeros((int(group.max()) + 1, scores.shape[1]))
    np.add.at(summed, group, scores)
    bread, n_groups = fit.covariance, len(summed)
    meat = summed.T @ summed * (n_groups / (n_groups - 1))
    return np.asarray(bread @ meat @ bread)


def _nagelkerke(fit: CumulativeFit, base: float, n: int) -> float:
    """Nagelkerke's R² (1991, doi:10.1093/biomet/78.3.691)."""
    return float(-np.expm1(2.0 * (base - fit.log_likelihood) / n) / -np.expm1(2.0 * base / n))


def _point_difference(
    fit: CumulativeFit, covariance: FloatArray, total: FloatArray, levels: FloatArray
) -> tuple[float, float]:
    """Mean over everyone of the expected later minus the expected earlier answer, and its error."""
    n_cuts = levels.size - 1
    cuts, slopes = fit.parameters[:n_cuts], fit.parameters[n_cuts:]
    distinct, counts = np.unique(total, return_counts=True)
    share = counts / counts.sum()
    value, gradient = 0.0, np.zeros(fit.parameters.size)
    for sign, wave in ((1.0, 1.0), (-1.0, 0.0)):
        columns = np.column_stack([distinct, np.full_like(distinct, wave), distinct * wave])
        chances = answer_chances(cuts, columns @ slopes)
        value += sign * float(share @ chances @ levels)
        # E(Y) = top − Σ gap · P(Y ≤ k), so its slope by each cut is −gap times the density.
        below = np.cumsum(chances, axis=1)[:, :-1]
        by_cut = -below * (1.0 - below) * np.diff(levels)
        gradient[:n_cuts] += sign * (share @ by_cut)
        gradient[n_cuts:] -= sign * ((share * by_cut.sum(axis=1)) @ columns)
    return value, math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
