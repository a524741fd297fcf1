"""What the change would be had nobody been lost: multiple imputation and bounds.

Imputation needs rows (one per person), not counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.results import Comparison, ComparisonLike, NotEstimable
from analysis.statistics.risk_sets import FloatArray, as_counts

_SWEEPS = 10
#: Numbers held at once while filling gaps (8 bytes each).
_MOST_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBounds:
    """Lowest and highest value of a contrast that the data allow.

    Attributes
    ----------
    low, high
        Bounds in score units; None where not possible (then ``reason``).
    n, n_missing
        People behind it, and those of them without an answer.
    method
        ``worst_best`` or ``lee``.
    """

    low: float | None
    high: float | None
    n: int
    n_missing: int
    method: str
    reason: str = ""


def multiple_imputation_change(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    covariates: npt.ArrayLike | None = None,
    m: int = 20,
    seed: int = 20260101,
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Estimate the mean change of all who answered at least once, filling gaps m times.

    Chained Bayesian normal regressions (each incomplete column on all others, ten sweeps),
    pooled by Rubin's rules with Barnard–Rubin df. Holds when what is missing depends only on
    what is known.

    Parameters
    ----------
    pre, post
        Scores, NaN where missing; people with neither are left out.
    covariates
        Further numbers per person that help to predict; NaN allowed.
    m, seed
        Number of fillings; seed of the draws.

    Returns
    -------
    Comparison or NotEstimable
        ``details``: m and the share of missing information. ``too_few`` when fewer pairs than
        columns + 3 are complete.

    References
    ----------
    Rubin 1987, doi:10.1002/9780470316696; Barnard & Rubin 1999, doi:10.1093/biomet/86.4.948.
    """
    table = _columns(pre, post, covariates)
    seen = np.isfinite(table[:, :2]).any(axis=1)
    table, n_missing = table[seen], int((~seen).sum())
    spread = np.nanmax(table, axis=0) - np.nanmin(table, axis=0) if len(table) else np.zeros(2)
    table = table[:, (spread > 0) | (np.arange(spread.size) < 2)]
    pairs = int(np.isfinite(table[:, :2]).all(axis=1).sum())
    if pairs < table.shape[1] + 3:
        return NotEstimable(reason="too_few", n=pairs, name="multiple_imputation")
    if bool(np.any(spread[:2] <= 0)):
        return NotEstimable(reason="no_variance", n=pairs, name="multiple_imputation")
    rng = np.random.default_rng(seed)
    changes = _impute_many(table, m, rng)
    return pool_imputations(changes, n_missing, ci_level, f"chained_normal_m_{m}_seed_{seed}")


def _columns(
    pre: npt.ArrayLike, post: npt.ArrayLike, covariates: npt.ArrayLike | None
) -> FloatArray:
    table = np.column_stack([np.asarray(pre, float), np.asarray(post, float)])
    if covariates is None:
        return table
    extra = np.asarray(covariates, dtype=np.float64)
    extra = extra.reshape(len(table), -1)
    return np.hstack([table, extra[:, np.isfinite(extra).any(axis=0)]])


def _impute_many(table: FloatArray, m: int, rng: np.random.Generator) -> FloatArray:
    """Changes (fillings × people), filling as many copies at once as fit in memory."""
    at_once = max(1, min(m, _MOST_CELLS // max(table.size, 1)))
    sizes = [min(at_once, m - done) for done in range(0, m, at_once)]
    filled = (_impute(table, size, rng) for size in sizes)
    return np.concatenate([f[:, :, 1] - f[:, :, 0] for f in filled])


def _impute(table: FloatArray, m: int, rng: np.random.Generator) -> FloatArray:
    """Fill ``m`` copies (copies × people × columns) side by side."""
    gap = ~np.isfinite(table)
    filled = np.repeat(np.where(gap, np.nanmean(table, axis=0), table)[None], m, axis=0)
    incomplete = np.flatnonzero(gap.any(axis=0))
    for _ in range(_SWEEPS if incomplete.size else 0):
        for column in incomplete:
            filled[:, gap[:, column], column] = _draw(filled, gap[:, column], int(column), rng)
    return filled


def _draw(
    filled: FloatArray, gap: npt.NDArray[np.bool_], column: int, rng: np.random.Generator
) -> FloatArray:
    """Draw missing values from the posterior predictive of a normal regression in each copy."""
    x = np.delete(filled, column, axis=2)
    x = (x - x.mean(axis=1, keepdims=True)) / np.maximum(x.std(axis=1, keepdims=True), 1e-12)
    x = np.concatenate([np.ones((*x.shape[:2], 1)), x], axis=2)
    known, y = x[:, ~gap], filled[:, ~gap, column, None]
    ridge = 1e-8 * known.shape[1] * np.eye(x.shape[2])
    gram = np.linalg.inv(known.mT @ known + ridge)
    beta = gram @ (known.mT @ y)
    rest = ((y - known @ beta) ** 2).sum(axis=1, keepdims=True)
    df = max(known.shape[1] - x.shape[2], 1)
    sigma = np.sqrt(rest / rng.chisquare(df, rest.shape))
    drawn = beta + sigma * (np.linalg.cholesky(gram) @ rng.standard_normal(beta.shape))
    noise = rng.standard_normal((len(filled), int(gap.sum()), 1))
    return np.asarray((x[:, gap] @ drawn + sigma * noise)[:, :, 0])


def pool_imputations(
    changes: FloatArray, n_missing: int = 0, ci_level: float = 0.95, method: str = "rubin"
) -> ComparisonLike:
    """Pool the mean change over fillings (fillings × people).

    Q̄ ± t·√(Ū + (1 + 1/m)·B), df by :func:`barnard_rubin_df`. Rubin 1987,
    doi:10.1002/9780470316696.
    """
    m, n = changes.shape
    each = changes.mean(axis=1)
    estimate, within = float(each.mean()), float(changes.var(axis=1, ddof=1).mean()) / n
    between = (1 + 1 / m) * float(each.var(ddof=1)) if m > 1 else 0.0
    total = within + between
    if total <= 0:
        return NotEstimable(reason="no_variance", n=n, name="multiple_imputation")
    df = barnard_rubin_df(between / total, m, n - 1)
    std_error = float(np.sqrt(total))
    half = float(stats.t.ppf((1 + ci_level) / 2, df)) * std_error
    return Comparison(
        name="multiple_imputation", estimate=estimate, std_error=std_error,
        ci_low=estimate - half, ci_high=estimate + half, ci_level=ci_level,
        statistic=estimate / std_error, df=df,
        p_value=float(2 * stats.t.sf(abs(estimate / std_error), df)), n=n, n_missing=n_missing,
        method=method, details={"m": m, "missing_information": between / total},
    )  # fmt: skip


def barnard_rubin_df(missing_information: float, m: int, complete_df: float) -> float:
    """Give the degrees of freedom after imputation, never above those of complete data.

    1/(1/ν_m + 1/ν_obs), ν_m = (m − 1)/λ², ν_obs = (ν + 1)/(ν + 3)·ν·(1 − λ).

    References
    ----------
    Barnard & Rubin 1999, doi:10.1093/biomet/86.4.948.
    """
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - missing_information)
    if missing_information <= 0 or m < 2:
        return observed
    return 1 / (missing_information**2 / (m - 1) + 1 / observed)


def worst_best_bounds(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    low: float,
    high: float,
    counts: npt.ArrayLike | None = None,
) -> ChangeBounds:
    """Bound the mean change of all with a baseline: those lost end at the range's ends.

    Parameters
    ----------
    pre, post
        Scores; ``post`` NaN for those lost.
    low, high
        Declared range of the score.
    counts
        People per row.

    References
    ----------
    Manski 1990, https://www.jstor.org/stable/2006592.
    """
    before, after = np.asarray(pre, dtype=np.float64), np.asarray(post, dtype=np.float64)
    known = np.isfinite(before)
    weight = as_counts(counts, before.size)[known]
    n = round(float(weight.sum()))
    lost = ~np.isfinite(after[known])
    if n == 0:
        return ChangeBounds(
            low=None, high=None, n=0, n_missing=0, method="worst_best", reason="no_data"
        )
    ends = [
        float(weight @ (np.where(lost, end, after[known]) - before[known])) / n
        for end in (low, high)
    ]
    return ChangeBounds(
        low=ends[0], high=ends[1], n=n, n_missing=round(float(weight[lost].sum())),
        method="worst_best",
    )  # fmt: skip


def lee_bounds(
    values: npt.ArrayLike, treated: npt.ArrayLike, counts: npt.ArrayLike | None = None
) -> ChangeBounds:
    """Bound treated minus comparison among those who would always answer (Lee trimming).

    The group that answers more often loses its surplus share, from the top and from the bottom;
    a row at the edge counts in part. Assumes treatment moves answering one way only.

    Parameters
    ----------
    values
        Outcome, NaN for those lost.
    treated
        Whether each person was treated.

    References
    ----------
    Lee 2009, doi:10.1111/j.1467-937X.2009.00536.x.
    """
    y, arm = np.asarray(values, dtype=np.float64), np.asarray(treated, dtype=np.bool_)
    weight, there = as_counts(counts, y.size), np.isfinite(np.asarray(values, dtype=np.float64))
    n, lost = round(float(weight.sum())), round(float(weight[~there].sum()))
    total = [float(weight[arm == side].sum()) for side in (True, False)]
    stayed = [float(weight[(arm == side) & there].sum()) for side in (True, False)]
    if min(stayed) == 0:
        return ChangeBounds(
            low=None, high=None, n=n, n_missing=lost, method="lee", reason="no_data"
        )
    kept = [stayed[0] / total[0], stayed[1] / total[1]]
    ends = [
        [_trimmed(y[m], weight[m], min(kept) / rate, top) for top in (False, True)]
        for rate, m in zip(kept, ((arm & there), (~arm & there)), strict=True)
    ]
    return ChangeBounds(
        low=ends[0][0] - ends[1][1], high=ends[0][1] - ends[1][0], n=n, n_missing=lost,
        method="lee",
    )  # fmt: skip


def _trimmed(y: FloatArray, weight: FloatArray, share: float, top: bool) -> float:
    """Mean of the lowest (or highest) ``share`` of people."""
    order = np.argsort(-y if top else y, kind="stable")
    sorted_weight = weight[order]
    before = np.cumsum(sorted_weight) - sorted_weight
    taken = np.clip(weight.sum() * share - before, 0, sorted_weight)
    return float(taken @ y[order] / taken.sum())
