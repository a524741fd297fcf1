"""How consistently items or raters measure: alpha, omega, item–rest, intraclass correlation.

Rows with a missing item are left out and counted. A row may stand for many people
(``counts``), except for raters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.statistics.one_factor import one_factor_loadings
from analysis.statistics.risk_sets import FloatArray, as_counts

#: Different rows up to which each is left out once: their matrices still fit into memory.
_JACKKNIFE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class _Complete:
    """Complete rows: items, people per row, their number and that of those left out."""

    items: FloatArray
    counts: FloatArray
    n: int
    n_missing: int

    @property
    def k(self) -> int:
        """Number of items."""
        return int(self.items.shape[1])

    @property
    def varies(self) -> bool:
        """Whether the sum of the items does."""
        return float(np.ptp(self.items.sum(axis=1))) > 1e-12

    @property
    def covariance(self) -> FloatArray:
        """Covariances of the items, with n − 1."""
        return _covariance(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMoments:
    """Sums over the complete rows of whole-numbered answers, in place of the rows themselves.

    Attributes
    ----------
    n
        Complete rows.
    sums
        Sum of each item.
    products
        Sum of the products of each two items.
    unit
        By what the whole numbers are divided to be answers: 10 where one decimal was given.
    """

    n: int
    sums: tuple[int, ...]
    products: tuple[tuple[int, ...], ...]
    unit: int = 1
    n_missing: int = 0

    @property
    def k(self) -> int:
        """Number of items."""
        return len(self.sums)

    @property
    def varies(self) -> bool:
        """Whether the sum of the items does."""
        return self.n * sum(map(sum, self.products)) != sum(self.sums) ** 2

    @property
    def covariance(self) -> FloatArray:
        """Covariances of the items, with n − 1; exact until the one division."""
        bottom = self.n * (self.n - 1) * self.unit**2
        return np.array(
            [
                [(self.n * p - a * b) / bottom for p, b in zip(row, self.sums, strict=True)]
                for row, a in zip(self.products, self.sums, strict=True)
            ]
        ).reshape(self.k, self.k)


def cronbach_alpha(
    items: npt.ArrayLike | ItemMoments, ci_level: float = 0.95, counts: npt.ArrayLike | None = None
) -> EstimateLike:
    """Estimate Cronbach's alpha with Feldt's interval.

    α = k/(k−1)·(1 − Σs²/s²_total); limits 1 − (1−α)·F with n−1 and (n−1)(k−1) df.

    Parameters
    ----------
    items
        People × items, already reversed; rows with a missing item are left out. Or their sums.
    ci_level, counts
        Coverage; people per row.

    Returns
    -------
    Estimate or NotEstimable
        ``not_identified`` with fewer than two items, ``too_few`` below three people,
        ``no_variance`` when the total does not vary.

    References
    ----------
    Cronbach 1951, doi:10.1007/BF02310555; Feldt, Woodruff & Salih 1987,
    doi:10.1177/014662168701100107.
    """
    given = _complete(items, counts)
    refusal = _refusal(given, "cronbach_alpha")
    if refusal is not None:
        return refusal
    k = given.k
    alpha = _alpha(given.covariance)
    df = given.n - 1, (given.n - 1) * (k - 1)
    f = np.asarray(stats.f.ppf([(1 + ci_level) / 2, (1 - ci_level) / 2], *df))
    return Estimate(
        estimate=alpha,
        ci_low=float(1 - (1 - alpha) * f[0]),
        ci_high=float(1 - (1 - alpha) * f[1]),
        ci_level=ci_level,
        n=given.n,
        n_missing=given.n_missing,
        method="alpha_feldt",
        name="cronbach_alpha",
    )


def omega_total(
    items: npt.ArrayLike | ItemMoments, ci_level: float = 0.95, counts: npt.ArrayLike | None = None
) -> EstimateLike:
    """Estimate omega total of one factor: the share of the sum score's variance it explains.

    ω = (Σλ)² / ((Σλ)² + Σψ), loadings by minimum residuals on the correlations, back in item
    units. The interval is that of log(1 − ω) ± t·SE with n − 1 degrees of freedom. Its error is
    the jackknife's up to 500 different rows, which holds 95 % also with a dozen people, and by
    influence functions above, where both agree (docs/coverage.md).

    Parameters
    ----------
    items
        People × items, already reversed; rows with a missing item are left out. Or their sums,
        which give no interval.
    ci_level, counts
        Coverage; people per row.

    Returns
    -------
    Estimate or NotEstimable
        ``std_error`` is that of ω. ``not_identified`` with fewer than three items; ``too_few`` with
        no more people than items. Without an interval when the items leave no residual.

    References
    ----------
    McDonald 1999, doi:10.4324/9781410601087; Harman & Jones 1966, doi:10.1007/BF02289468;
    jackknife and influence functions: Efron & Stein 1981, doi:10.1214/aos/1176345462.
    """
    given = _complete(items, counts)
    refusal = _refusal(given, "omega_total", least_items=3)
    if refusal is not None:
        return refusal
    covariance = given.covariance
    if bool(np.any(np.diag(covariance) <= 0)):
        return NotEstimable(reason="no_variance", n=given.n, name="omega_total")
    omega = float(_omega(covariance[None], steps=500)[0])
    if isinstance(given, ItemMoments):
        method = "one_factor_minres_sums"
        return Estimate(estimate=omega, n=given.n, name="omega_total", method=method)
    error, method = _omega_error(given, covariance, omega)
    # On this scale the distribution is nearly even, and the limit stays below 1.
    half = float(stats.t.isf((1 - ci_level) / 2, given.n - 1)) * error
    known = math.isfinite(half)
    return Estimate(
        estimate=omega,
        ci_low=1 - (1 - omega) * math.exp(half) if known else None,
        ci_high=1 - (1 - omega) * math.exp(-half) if known else None,
        ci_level=ci_level,
        std_error=(1 - omega) * error if known else None,
        n=given.n,
        n_missing=given.n_missing,
        name="omega_total",
        method=f"one_factor_minres_{method}",
    )


def item_rest(
    items: npt.ArrayLike | ItemMoments, names: Sequence[str], counts: npt.ArrayLike | None = None
) -> dict[str, float | None]:
    """Correlate each item with the sum of the others; None without variance.

    References
    ----------
    Nunnally & Bernstein 1994, *Psychometric Theory*, ch. 8.
    """
    given = _complete(items, counts)
    if given.n < 3 or given.k < 2:
        return dict.fromkeys(names)
    covariance = given.covariance
    own = np.diag(covariance)
    with_rest = covariance.sum(axis=1) - own
    rest = covariance.sum() - 2 * covariance.sum(axis=1) + own
    scale = own * rest
    return {
        name: float(c / np.sqrt(s)) if s > 1e-18 else None
        for name, c, s in zip(names, with_rest, scale, strict=True)
    }


def alpha_if_dropped(
    items: npt.ArrayLike | ItemMoments, names: Sequence[str], counts: npt.ArrayLike | None = None
) -> dict[str, float | None]:
    """Give alpha of the other items when one is left out; None with fewer than three items."""
    given = _complete(items, counts)
    if given.n < 3 or given.k < 3:
        return dict.fromkeys(names)
    covariance = given.covariance
    found: dict[str, float | None] = {}
    for index, name in enumerate(names):
        rest = np.delete(np.delete(covariance, index, 0), index, 1)
        found[name] = _alpha(rest) if rest.sum() > 1e-18 else None
    return found


def first_factor_share(
    items: npt.ArrayLike | ItemMoments, counts: npt.ArrayLike | None = None
) -> float | None:
    """Give the share of variance on the first principal component, 0–1; None if not known."""
    given = _complete(items, counts)
    if given.n < 3 or given.k < 2:
        return None
    covariance = given.covariance
    if bool(np.any(np.diag(covariance) <= 1e-18)):
        return None
    largest = float(np.linalg.eigvalsh(_correlation(covariance))[-1])
    return largest / float(given.k)


def unreversed_suspects(
    items: npt.ArrayLike | ItemMoments, names: Sequence[str], counts: npt.ArrayLike | None = None
) -> tuple[str, ...]:
    """Name the items that run against the rest (negative item–rest r): ask, never flip."""
    return tuple(
        name
        for name, r in item_rest(items, names, counts).items()
        # Zero but for the last digit is no direction.
        if r is not None and r < -1e-12
    )


def icc_average(ratings: npt.ArrayLike, ci_level: float = 0.95) -> EstimateLike:
    """Estimate how well the raters' average would agree with another panel's: ICC(2,k).

    Two-way random effects, absolute agreement, average of k raters:
    (MSR − MSE) / (MSR + (MSC − MSE)/n), with the F interval of McGraw & Wong.

    Parameters
    ----------
    ratings
        Things rated × raters; rows with a missing rating are left out.

    Returns
    -------
    Estimate or NotEstimable
        ``too_few`` below two rows or two raters; ``no_variance`` when all ratings are equal.

    References
    ----------
    Shrout & Fleiss 1979, doi:10.1037/0033-2909.86.2.420; McGraw & Wong 1996,
    doi:10.1037/1082-989X.1.1.30.
    """
    given = _complete_rows(ratings, None)
    n, k = given.items.shape
    if n < 2 or k < 2:
        return NotEstimable(reason="too_few", n=n, name="icc_average", method="icc_2k")
    rows, columns, error = _mean_squares(given.items)
    bottom = rows + (columns - error) / n
    if bottom <= 1e-15:
        return NotEstimable(reason="no_variance", n=n, name="icc_average", method="icc_2k")
    low, high = _icc_limits(rows, columns, error, (n, k), ci_level)
    return Estimate(
        estimate=(rows - error) / bottom,
        ci_low=low,
        ci_high=high,
        ci_level=ci_level,
        n=n,
        n_missing=given.n_missing,
        method="icc_2k",
        name="icc_average",
    )


def _mean_squares(ratings: FloatArray) -> tuple[float, float, float]:
    n, k = ratings.shape
    row, column = ratings.mean(axis=1), ratings.mean(axis=0)
    rest = ratings - row[:, None] - column + ratings.mean()
    between_rows = k * float(row.var(ddof=1))
    between_columns = n * float(column.var(ddof=1))
    return between_rows, between_columns, float(np.sum(rest**2)) / ((n - 1) * (k - 1))


def _icc_limits(
    rows: float, columns: float, error: float, shape: tuple[int, int], ci_level: float
) -> tuple[float | None, float | None]:
    n, k = shape
    if error <= 1e-15:
        return None, None
    rho = (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)
    f = columns / error
    inner = n * (1 + (k - 1) * rho) - k * rho
    bottom = (n - 1) * (k * rho * f) ** 2 + inner**2
    df = (n - 1) * (k - 1) * (k * rho * f + inner) ** 2 / bottom
    upper = float(stats.f.ppf((1 + ci_level) / 2, n - 1, df))
    lower = float(stats.f.ppf((1 + ci_level) / 2, df, n - 1))
    spread = k * columns + (k * n - k - n) * error
    low = n * (rows - upper * error) / (upper * spread + n * rows)
    high = n * (lower * rows - error) / (spread + n * lower * rows)
    return _step_up(low, k), _step_up(high, k)


def _step_up(rho: float, k: int) -> float | None:
    """Agreement of the average of k raters from that of one (Spearman–Brown); None at its pole.

    Where all things have the same mean, that of one can be as low as −1/(k − 1).
    """
    bottom = 1 + rho * (k - 1)
    return None if bottom <= 1e-6 else rho * k / bottom


def _complete(
    items: npt.ArrayLike | ItemMoments, counts: npt.ArrayLike | None
) -> _Complete | ItemMoments:
    return items if isinstance(items, ItemMoments) else _complete_rows(items, counts)


def _complete_rows(items: npt.ArrayLike, counts: npt.ArrayLike | None) -> _Complete:
    given = np.asarray(items, dtype=np.float64)
    weight = as_counts(counts, given.shape[0])
    whole = np.isfinite(given).all(axis=1) & (weight > 0)
    n_all = round(float(weight.sum()))
    n = round(float(weight[whole].sum()))
    return _Complete(items=given[whole], counts=weight[whole], n=n, n_missing=n_all - n)


def _refusal(
    given: _Complete | ItemMoments, name: str, least_items: int = 2
) -> NotEstimable | None:
    k = given.k
    if k < least_items:
        return NotEstimable(reason="not_identified", n=given.n, name=name, details={"n_items": k})
    if given.n < 3 or (least_items > 2 and given.n <= k):
        return NotEstimable(reason="too_few", n=given.n, name=name)
    if not given.varies:
        return NotEstimable(reason="no_variance", n=given.n, name=name)
    return None


def _covariance(given: _Complete) -> FloatArray:
    centred = given.items - (given.counts @ given.items) / given.counts.sum()
    return np.asarray((centred * given.counts[:, None]).T @ centred / (given.counts.sum() - 1))


def _correlation(covariance: FloatArray) -> FloatArray:
    sd = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
    return np.asarray(covariance / (sd[..., :, None] * sd[..., None, :]))


def _alpha(covariance: FloatArray) -> float:
    k = covariance.shape[0]
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _omega(covariances: FloatArray, steps: int) -> FloatArray:
    """Omega of each of a stack of covariance matrices; NaN where an item does not vary."""
    variance = np.diagonal(covariances, axis1=1, axis2=2)
    varied = (variance > 1e-18).all(axis=1)
    omega = np.full(covariances.shape[0], np.nan)
    if bool(varied.any()):
        loading = one_factor_loadings(_correlation(covariances[varied]), steps)
        loading = loading * np.sqrt(variance[varied])
        common = loading.sum(axis=1) ** 2
        omega[varied] = common / (common + (variance[varied] - loading**2).sum(axis=1))
    return omega


def _omega_error(given: _Complete, covariance: FloatArray, omega: float) -> tuple[float, str]:
    """Standard error of log(1 − ω), and how it was made; infinite without any residual."""
    if 1 - omega < 1e-9:
        return math.inf, "exact"
    n, centred = given.n, given.items - given.counts @ given.items / given.n
    if len(centred) <= _JACKKNIFE:
        left_out = centred[:, :, None] * centred[:, None, :] * (n / (n - 1))
        without = _omega((covariance * (n - 1) - left_out) / (n - 2), steps=60)
        # An item that only one person answers differently has no correlation without that person.
        if bool(np.all(without < 1)):
            logs = np.log(1 - without)
            spread = given.counts @ (logs - given.counts @ logs / n) ** 2
            return math.sqrt((n - 1) / n * float(spread)), "jackknife"
    influence = _omega_influence(centred, covariance) / (1 - omega)
    return math.sqrt(float(given.counts @ influence**2) / (n * (n - 1))), "influence"


def _omega_influence(centred: FloatArray, covariance: FloatArray) -> FloatArray:
    """Derivative of ω by the weight of each row.

    The loadings l solve Σⱼ (r_ij − l_i l_j) l_j = 0 over j ≠ i; a change of the correlations
    changes them by the inverse of the derivative of that sum.
    """
    variance = np.diag(covariance)
    deviation = np.sqrt(variance)
    correlation = _correlation(covariance)
    loading = one_factor_loadings(correlation[None])[0]
    score = centred / deviation
    square = score**2
    # A person adds z_i z_j − r_ij (z_i² + z_j²)/2 to the correlation of two items.
    weighted = square * loading
    others = correlation @ loading - loading
    pull = score * (score @ loading)[:, None] - weighted
    pull -= 0.5 * (square * others + weighted @ correlation - weighted)
    slope = correlation - 2 * np.outer(loading, loading)
    np.fill_diagonal(slope, loading**2 - loading @ loading)
    # A loading at its limit of 1 stays there.
    free = np.abs(loading) < 1 - 1e-9
    change = np.zeros_like(score)
    change[:, free] = -pull[:, free] @ np.linalg.pinv(slope[np.ix_(free, free)]).T
    loadings = loading * deviation
    by_loading = change * deviation + loadings * (square - 1) / 2
    common, unique = loadings.sum(), float((variance - loadings**2).sum())
    by_unique = (variance * (square - 1) - 2 * loadings * by_loading).sum(axis=1)
    by_common = 2 * common * unique * by_loading.sum(axis=1)
    return np.asarray((by_common - common**2 * by_unique) / (common**2 + unique) ** 2)
