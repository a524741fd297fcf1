"""What the change would be had nobody been lost: multiple imputation of scores.

Imputation needs rows (one per person), not counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.results import ComparisonLike, NotEstimable
from analysis.statistics.risk_sets import FloatArray
from analysis.statistics.t_tests import t_comparison

_SWEEPS = 10
#: Numbers held at once while filling gaps (8 bytes each).
_MAX_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImputedScores:
    """Changes of everyone over the fillings, with what a shift of those lost would do to them.

    Attributes
    ----------
    means, variances
        Of the change in each filling, over people.
    covariances
        Of the change with being lost (0 or 1), in each filling.
    n, n_missing
        People filled, and people left out because they answered in neither wave.
    n_lost, lost_mean
        People without a follow-up score, and their mean follow-up over all fillings.
    method
        Model, number of fillings and seed.
    """

    means: FloatArray
    variances: FloatArray
    covariances: FloatArray
    n: int
    n_missing: int
    n_lost: int
    lost_mean: float
    method: str

    @property
    def complete_df(self) -> float:
        """Degrees of freedom had nobody been lost."""
        return self.n - 1.0

    def moments(self, delta: float = 0.0) -> tuple[FloatArray, FloatArray]:
        """Mean change and its squared error per filling, the lost ending ``delta`` higher."""
        share = self.n_lost / self.n
        spread = self.n / (self.n - 1) * share * (1 - share)
        variances = self.variances + 2 * delta * self.covariances + delta**2 * spread
        return self.means + delta * share, variances / self.n


def impute_scores(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    auxiliary: npt.ArrayLike | None = None,
    m: int = 20,
    seed: int = 20260101,
) -> ImputedScores | NotEstimable:
    """Fill the gaps of all who answered at least once, m times.

    Chained Bayesian normal regressions (each incomplete column on all others, ten sweeps). Holds
    when what is missing depends only on what is known.

    Parameters
    ----------
    pre, post
        Scores, NaN where missing; people with neither are left out.
    auxiliary
        Further numbers per person that help to predict; NaN allowed.
    m, seed
        Number of fillings; seed of the draws.

    Returns
    -------
    ImputedScores or NotEstimable
        ``too_few`` when fewer pairs than columns + 3 are complete.

    References
    ----------
    Rubin 1987, doi:10.1002/9780470316696; van Buuren 2018, *Flexible Imputation of Missing Data*,
    2nd ed., ch. 4 (chained equations), doi:10.1201/9780429492259.
    """
    table, n_missing = _seen_rows(pre, post, auxiliary)
    refusal = _refusal(table)
    if refusal is not None:
        return refusal
    table = _telling_columns(table)
    lost = ~np.isfinite(table[:, 1])
    parts = [_moments(filled, lost) for filled in _fillings(table, m, seed)]
    means, variances, covariances, ends = (np.concatenate(one) for one in zip(*parts, strict=True))
    return ImputedScores(
        means=means,
        variances=variances,
        covariances=covariances,
        n=len(table),
        n_missing=n_missing,
        n_lost=int(lost.sum()),
        lost_mean=float(ends.mean()),
        method=f"chained_normal_m_{m}_seed_{seed}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledChanges:
    """The change of each person in each filling.

    Attributes
    ----------
    changes
        Fillings × people.
    rows
        Of the people given, those who answered at least once, in the order of ``changes``.
    lost, lost_mean
        Who of them has no follow-up score, and their mean follow-up over all fillings.
    method
        Model, number of fillings and seed.
    """

    changes: FloatArray
    rows: npt.NDArray[np.bool_]
    lost: npt.NDArray[np.bool_]
    lost_mean: float
    method: str


def fill_changes(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    auxiliary: npt.ArrayLike | None = None,
    m: int = 20,
    seed: int = 20260101,
) -> FilledChanges | NotEstimable:
    """Fill the gaps as :func:`impute_scores` does, and give each person's change.

    Use where errors depend on who belongs together: moments over people do not tell.
    """
    table, _ = _seen_rows(pre, post, auxiliary)
    refusal = _refusal(table)
    if refusal is not None:
        return refusal
    table = _telling_columns(table)
    lost = ~np.isfinite(table[:, 1])
    changes, ends = [], []
    for filled in _fillings(table, m, seed):
        changes.append(filled[:, :, 1] - filled[:, :, 0])
        ends.append(filled[:, lost, 1].mean(axis=1) if lost.any() else np.zeros(len(filled)))
    return FilledChanges(
        changes=np.concatenate(changes),
        rows=np.asarray(np.isfinite(_columns(pre, post, None)).any(axis=1)),
        lost=lost,
        lost_mean=float(np.concatenate(ends).mean()),
        method=f"chained_normal_m_{m}_seed_{seed}",
    )


def _seen_rows(
    pre: npt.ArrayLike, post: npt.ArrayLike, auxiliary: npt.ArrayLike | None
) -> tuple[FloatArray, int]:
    """Rows of those who answered at least once, and how many did not."""
    table = _columns(pre, post, auxiliary)
    seen = np.isfinite(table[:, :2]).any(axis=1)
    return table[seen], int((~seen).sum())


def _refusal(table: FloatArray) -> NotEstimable | None:
    pairs = int(np.isfinite(table[:, :2]).all(axis=1).sum())
    too_few = NotEstimable(reason="too_few", n=pairs, name="multiple_imputation")
    if pairs < 2 or pairs < _telling_columns(table).shape[1] + 3:
        return too_few
    if bool(np.any(np.nanmax(table[:, :2], axis=0) <= np.nanmin(table[:, :2], axis=0))):
        return NotEstimable(reason="no_variance", n=pairs, name="multiple_imputation")
    return None


def _telling_columns(table: FloatArray) -> FloatArray:
    """Leave out what is unknown, or the same, for all: it tells these people apart from nobody."""
    table = table[:, np.isfinite(table).any(axis=0)]
    spread = np.nanmax(table, axis=0) - np.nanmin(table, axis=0)
    return table[:, (spread > 0) | (np.arange(spread.size) < 2)]


def _fillings(table: FloatArray, m: int, seed: int) -> Iterator[FloatArray]:
    """Fill ``m`` copies, as many at once as fit in memory."""
    rng = np.random.default_rng(seed)
    at_once = max(1, min(m, _MAX_CELLS // max(table.size, 1)))
    for done in range(0, m, at_once):
        yield _impute(table, min(at_once, m - done), rng)


def _moments(
    filled: FloatArray, lost: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Mean, variance, covariance with being lost, and mean follow-up of those lost, per copy."""
    change = filled[:, :, 1] - filled[:, :, 0]
    centred = change - change.mean(axis=1, keepdims=True)
    ends = filled[:, lost, 1].mean(axis=1) if lost.any() else np.zeros(len(filled))
    covariance = centred @ lost.astype(np.float64) / (lost.size - 1)
    return change.mean(axis=1), change.var(axis=1, ddof=1), covariance, ends


def _columns(
    pre: npt.ArrayLike, post: npt.ArrayLike, auxiliary: npt.ArrayLike | None
) -> FloatArray:
    table = np.column_stack([np.asarray(pre, float), np.asarray(post, float)])
    if auxiliary is None:
        return table
    extra = np.asarray(auxiliary, dtype=np.float64)
    return np.hstack([table, extra.reshape(len(table), -1)])


def _impute(table: FloatArray, m: int, rng: np.random.Generator) -> FloatArray:
    """Fill ``m`` copies (copies × people × columns) side by side."""
    gap = ~np.isfinite(table)
    filled = np.repeat(np.where(gap, np.nanmean(table, axis=0), table)[None], m, axis=0)
    incomplete = np.flatnonzero(gap.any(axis=0))
    # With a single incomplete column the first draw is final: nothing it stands on changes.
    for _ in range(_SWEEPS if incomplete.size > 1 else 1):
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


def pool_estimates(
    estimates: npt.ArrayLike,
    variances: npt.ArrayLike,
    complete_df: float,
    n: int,
    *,
    n_missing: int = 0,
    ci_level: float = 0.95,
    method: str = "rubin",
    name: str = "multiple_imputation",
) -> ComparisonLike:
    """Pool an estimate and its squared standard error over fillings by Rubin's rules.

    Q̄ ± t·√(Ū + (1 + 1/m)·B), df by :func:`barnard_rubin_df`. Rubin 1987,
    doi:10.1002/9780470316696.

    Parameters
    ----------
    estimates, variances
        One of each per filling.
    complete_df
        Degrees of freedom had nothing been missing.
    n, n_missing
        People behind it, and left out.

    Examples
    --------
    >>> pooled = pool_estimates([0.2, 0.3, 0.4], [0.01, 0.01, 0.01], 99, 100)
    >>> round(pooled.std_error, 4), round(pooled.df, 4)
    (0.1528, 5.3389)
    """
    each, squares = np.asarray(estimates, float), np.asarray(variances, float)
    m, estimate, within = each.size, float(each.mean()), float(squares.mean())
    between = (1 + 1 / m) * float(each.var(ddof=1)) if m > 1 else 0.0
    total = within + between
    if total <= 0:
        return NotEstimable(reason="no_variance", n=n, name=name)
    df = barnard_rubin_df(between / total, m, complete_df)
    std_error = float(np.sqrt(total))
    return t_comparison(
        name=name,
        estimate=estimate,
        std_error=std_error,
        df=df,
        ci_level=ci_level,
        n=n,
        n_missing=n_missing,
        method=method,
        details={"m": m, "missing_information": between / total},
    )


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
