"""One common factor by maximum likelihood: fit in a wave, equal loadings in several waves.

Covariances are compared, means left free. KMO says beforehand whether the items share enough.

References
----------
Jöreskog 1971, doi:10.1007/BF02291366; Kaiser 1974, doi:10.1007/BF02291575; fit indices: Bentler
1990, doi:10.1037/0033-2909.107.2.238; Browne & Cudeck 1992, doi:10.1177/0049124192021002005;
Hu & Bentler 1999, doi:10.1080/10705519909540118.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import optimize, stats

from analysis.results import Comparison, ComparisonLike, Estimate, NotEstimable
from analysis.statistics.risk_sets import FloatArray

METHOD = "one_factor_ml"
#: A unique variance below this share of an item's variance lies at the edge (Heywood case).
_EDGE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorFit:
    """How well one factor gives the covariances back.

    Attributes
    ----------
    chi2, df, p_value
        Test of exact fit.
    cfi, srmr
        Comparative fit index against items without correlation; standardised root mean residual.
    rmsea
        Root mean square error of approximation with its 90 % interval.
    loadings
        Correlation of each item with the factor, one row for each wave.
    n
        Rows used, all waves together.
    """

    chi2: float
    df: int
    p_value: float
    cfi: float
    rmsea: Estimate
    srmr: float
    loadings: tuple[tuple[float, ...], ...]
    n: int
    method: str = METHOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariance:
    """The same questions in two waves: one factor in each, then with equal loadings.

    ``equal_loadings`` tests them with errors robust to answers of the same people and to answers
    that are not normal; ``cfi_change`` is metric minus configural.
    """

    configural: FactorFit | NotEstimable
    metric: FactorFit | NotEstimable
    equal_loadings: ComparisonLike
    cfi_change: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solution:
    """Loadings and unique variances by group, factor variance in them; −2 log-likelihood ratio."""

    loadings: FloatArray
    uniques: FloatArray
    discrepancy: float


def sampling_adequacy(answers: npt.ArrayLike) -> tuple[float | None, tuple[float | None, ...]]:
    """Kaiser–Meyer–Olkin measure, overall and by item; None where correlations are singular.

    Σ r² / (Σ r² + Σ partial²) over pairs of items.

    Parameters
    ----------
    answers
        People × items, none missing.
    """
    given = np.asarray(answers, dtype=np.float64)
    k = given.shape[1]
    if k < 2 or len(given) <= k or bool(np.any(np.ptp(given, axis=0) <= 0)):
        return None, (None,) * k
    return adequacy_of(np.asarray(np.corrcoef(given, rowvar=False)))


def adequacy_of(r: FloatArray) -> tuple[float | None, tuple[float | None, ...]]:
    """As :func:`sampling_adequacy`, from the correlations of the items."""
    k = len(r)
    # Items without any correlation have no index; what rounding leaves of it would give one.
    r = np.where(np.abs(r) < 1e-12, 0.0, r)
    if float(np.linalg.eigvalsh(r)[0]) < 1e-8:
        return None, (None,) * k
    inverse = np.linalg.inv(r)
    scale = np.sqrt(np.diag(inverse))
    partial = inverse / np.outer(scale, scale)
    off = 1.0 - np.eye(k)
    simple, part = (r * off) ** 2, (partial * off) ** 2
    # An item related to no other has no index of its own.
    among = [(a, a + b) for a, b in zip(simple.sum(axis=0), part.sum(axis=0), strict=True)]
    by_item = tuple(float(a / whole) if whole > 0 else None for a, whole in among)
    whole = float(simple.sum() + part.sum())
    return (float(simple.sum()) / whole if whole > 0 else None), by_item


def fit_one_factor(answers: npt.ArrayLike) -> FactorFit | NotEstimable:
    """Fit one factor to the answers of one wave.

    Returns
    -------
    FactorFit or NotEstimable
        ``not_identified`` below four items (three give every covariance back exactly) or where a
        unique variance is zero; ``too_few`` with fewer than ten people more than items;
        ``no_variance`` when an item does not vary.
    """
    given = np.asarray(answers, dtype=np.float64)
    refusal = _refusal((given,), least_items=4)
    if refusal is not None:
        return refusal
    solution = _solve((given,), equal=False)
    if isinstance(solution, NotEstimable):
        return solution
    return _fit_of((given,), solution, _free((given,), equal=False))


def compare_loadings(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    persons: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
) -> Invariance:
    """Fit one factor in two waves, free (configural) and with equal loadings (metric).

    Parameters
    ----------
    first, second
        People × items of each wave, none missing.
    persons
        Number of the person in each row; the same number in both waves is the same person.

    Notes
    -----
    Equal loadings are tested at the fit that has them: the mean over people of what each person's
    summed scores ask of λ₂ⱼ Σλ₁ − λ₁ⱼ Σλ₂ against its spread, Hotelling's T². Boos 1992,
    doi:10.1080/00031305.1992.10475921. Wald's statistic at the free fit refused 7 to 9 % of
    questions that mean the same with 60 people; this one 4 % (docs/coverage.md).
    """
    waves = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    refusal = _refusal(waves, least_items=3)
    if refusal is not None:
        return _not_compared(refusal)
    free, equal = _solve(waves, equal=False), _solve(waves, equal=True)
    if isinstance(free, NotEstimable):
        return _not_compared(free)
    if isinstance(equal, NotEstimable):
        return _not_compared(equal)
    configural = _fit_of(waves, free, _free(waves, equal=False))
    metric = _fit_of(waves, equal, _free(waves, equal=True))
    return Invariance(
        configural=configural,
        metric=metric,
        equal_loadings=_test_loadings(waves, equal, persons),
        cfi_change=metric.cfi - configural.cfi,
    )


def _not_compared(refusal: NotEstimable) -> Invariance:
    untested = replace(refusal, name="equal_loadings")
    return Invariance(configural=refusal, metric=refusal, equal_loadings=untested, cfi_change=None)


def _refusal(waves: Sequence[FloatArray], least_items: int) -> NotEstimable | None:
    n, k = sum(map(len, waves)), waves[0].shape[1]
    if k < least_items:
        return NotEstimable(reason="not_identified", n=n, method=METHOD, details={"n_items": k})
    if min(map(len, waves)) < k + 10:
        return NotEstimable(reason="too_few", n=n, method=METHOD)
    if any(bool(np.any(np.ptp(one, axis=0) <= 0)) for one in waves):
        return NotEstimable(reason="no_variance", n=n, method=METHOD)
    if any(float(np.linalg.eigvalsh(_covariance(one))[0]) <= 1e-10 for one in waves):
        return NotEstimable(
            reason="not_identified", n=n, method=METHOD, details={"why": "singular"}
        )
    return None


def _covariance(answers: FloatArray) -> FloatArray:
    """Covariance over n, as the likelihood has it."""
    return np.asarray(np.cov(answers, rowvar=False, ddof=0))


def _free(waves: Sequence[FloatArray], *, equal: bool) -> int:
    """Number of free parameters."""
    groups, k = len(waves), waves[0].shape[1]
    return int(k + (groups - 1) + groups * k if equal else 2 * groups * k)


def _solve(waves: Sequence[FloatArray], *, equal: bool) -> _Solution | NotEstimable:
    """Minimise the discrepancy over loadings, log unique variances and log factor spreads."""
    sizes = np.array([len(one) for one in waves], dtype=np.float64)
    raw = np.array([_covariance(one) for one in waves])
    # One scale for an item in all waves: the fit does not depend on it, the search does.
    scale = np.sqrt(np.einsum("g,gkk->k", sizes / sizes.sum(), raw))
    s = raw / np.outer(scale, scale)
    groups, k = len(waves), s.shape[1]
    rows = 1 if equal else groups
    values, vectors = np.linalg.eigh(np.einsum("g,gij->ij", sizes / sizes.sum(), s))
    lead = vectors[:, -1] * math.sqrt(max(float(values[-1]) - 0.5, 0.1))
    lead = lead * (-1.0 if lead.sum() < 0 else 1.0)
    uniques = np.log(np.clip(1.0 - lead**2, 0.2, None))
    start = np.concatenate(
        [np.tile(lead, rows), np.tile(uniques, groups), np.zeros(groups - 1 if equal else 0)]
    )

    def unpack(x: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        loading = np.broadcast_to(x[: rows * k].reshape(rows, k), (groups, k))
        spread = np.concatenate([[0.0], x[rows * k + groups * k :]]) if equal else np.zeros(groups)
        unique = np.exp(x[rows * k : rows * k + groups * k].reshape(groups, k))
        return loading, unique, np.exp(spread)

    def discrepancy(x: FloatArray) -> tuple[float, FloatArray]:
        loading, unique, spread = unpack(x)
        lam = loading * spread[:, None]
        sigma = lam[:, :, None] * lam[:, None, :]
        sigma[:, np.arange(k), np.arange(k)] += unique
        inverse = np.linalg.inv(sigma)
        value = np.linalg.slogdet(sigma)[1] + np.einsum("gij,gji->g", s, inverse)
        slope = inverse @ (sigma - s) @ inverse * sizes[:, None, None]
        by_lam = 2.0 * np.einsum("gij,gj->gi", slope, lam)
        by_unique = np.einsum("gii->gi", slope) * unique
        by_loading = by_lam * spread[:, None]
        by_spread = np.einsum("gi,gi->g", by_lam, lam)
        parts = [by_loading.sum(axis=0) if equal else by_loading.ravel(), by_unique.ravel()]
        parts += [by_spread[1:]] if equal else []
        return float(sizes @ value) / sizes.sum(), np.concatenate(parts) / sizes.sum()

    found = optimize.minimize(
        discrepancy, start, jac=True, method="BFGS", options={"gtol": 1e-9, "maxiter": 2000}
    )
    loading, unique, spread = unpack(np.asarray(found.x))
    n = round(float(sizes.sum()))
    variance = np.einsum("gkk->gk", s)
    if bool((unique / variance < _EDGE).any()):
        return NotEstimable(reason="not_identified", n=n, method=METHOD, details={"why": "heywood"})
    if float(np.abs(found.jac).max()) > 1e-5:
        why = {"why": "no_convergence"}
        return NotEstimable(reason="not_identified", n=n, method=METHOD, details=why)
    saturated = float(sizes @ (np.linalg.slogdet(s)[1] + k))
    return _Solution(
        loadings=loading * spread[:, None] * scale,
        uniques=unique * scale**2,
        discrepancy=max(found.fun * sizes.sum() - saturated, 0.0),
    )


def _fit_of(waves: Sequence[FloatArray], solution: _Solution, n_free: int) -> FactorFit:
    """Fit indices of a solution; several waves as lavaan gives them for groups."""
    groups, k = len(waves), waves[0].shape[1]
    n = sum(map(len, waves))
    df = groups * k * (k + 1) // 2 - n_free
    chi2 = solution.discrepancy if df else 0.0
    base = -sum(
        len(one) * float(np.linalg.slogdet(np.corrcoef(one, rowvar=False))[1]) for one in waves
    )
    base_df = groups * k * (k - 1) // 2
    beyond, base_beyond = max(chi2 - df, 0.0), max(base - base_df, chi2 - df, 0.0)
    residuals, loadings = [], []
    for one, lam, unique in zip(waves, solution.loadings, solution.uniques, strict=True):
        covariance = _covariance(one)
        spread = np.sqrt(np.diag(covariance))
        gap = (covariance - np.outer(lam, lam) - np.diag(unique)) / np.outer(spread, spread)
        residuals.append(float(np.mean(gap[np.tril_indices(k)] ** 2)))
        loadings.append(tuple((lam / np.sqrt(lam**2 + unique)).tolist()))
    sizes = np.array([len(one) for one in waves])
    return FactorFit(
        chi2=chi2,
        df=df,
        p_value=float(stats.chi2.sf(chi2, df)) if df else 1.0,
        cfi=1.0 if base_beyond <= 0 else 1.0 - beyond / base_beyond,
        rmsea=_rmsea(chi2, df, n, groups),
        srmr=float(sizes @ np.sqrt(residuals) / n),
        loadings=tuple(loadings),
        n=n,
    )


def _rmsea(chi2: float, df: int, n: int, groups: int) -> Estimate:
    """RMSEA and the 90 % limits of its noncentrality."""

    def of(excess: float) -> float:
        return math.sqrt(max(excess, 0.0) / (df * n) * groups) if df else 0.0

    def limit(share: float) -> float:
        if not df or stats.chi2.cdf(chi2, df) <= share:
            return 0.0
        top = max(chi2 * 4.0, chi2 + 100.0)
        return float(optimize.brentq(lambda m: stats.ncx2.cdf(chi2, df, m) - share, 1e-12, top))

    return Estimate(
        estimate=of(chi2 - df),
        ci_low=of(limit(0.95)),
        ci_high=of(limit(0.05)),
        ci_level=0.90,
        n=n,
        method="noncentral_chi2",
        name="rmsea",
    )


def _test_loadings(
    waves: tuple[FloatArray, FloatArray],
    equal: _Solution,
    persons: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
) -> ComparisonLike:
    """Generalised score test of λ₂ⱼ Σλ₁ − λ₁ⱼ Σλ₂ = 0: what each person's answers ask of it."""
    k = waves[0].shape[1]
    people, place = np.unique(np.concatenate(persons), return_inverse=True)
    n_people, q = people.size, k - 1
    n = sum(map(len, waves))
    lower = n_people - q
    if lower < 10:
        return NotEstimable(reason="too_few", n=n, method=METHOD, name="equal_loadings")
    influence = np.zeros((n_people, 2 * k))
    start = 0
    for wave, (answers, lam, unique) in enumerate(
        zip(waves, equal.loadings, equal.uniques, strict=True)
    ):
        rows = place[start : start + len(answers)]
        start += len(answers)
        np.add.at(influence[:, wave * k : (wave + 1) * k], rows, _influence(answers, lam, unique))
    one, two = equal.loadings
    slopes = np.zeros((q, 2 * k))
    for j in range(q):
        slopes[j, :k], slopes[j, k:] = two[j], -one[j]
        slopes[j, j] -= two.sum()
        slopes[j, k + j] += one.sum()
    asked = influence @ slopes.T
    mean, spread = asked.mean(axis=0), np.atleast_2d(np.cov(asked, rowvar=False))
    hotelling = n_people * float(mean @ np.linalg.pinv(spread) @ mean)
    statistic = hotelling * lower / (q * (n_people - 1))
    return Comparison(
        name="equal_loadings",
        statistic=statistic,
        df=float(lower),
        p_value=float(stats.f.sf(statistic, q, lower)),
        n=n,
        method="generalised_score;robust_f_by_person",
        details={"df_upper": q, "n_people": n_people},
    )


def _influence(answers: FloatArray, loading: FloatArray, unique: FloatArray) -> FloatArray:
    """How far each row moves the loadings: its score times the inverse expected information."""
    k = loading.size
    inverse = np.linalg.inv(np.outer(loading, loading) + np.diag(unique))
    slopes = np.zeros((2 * k, k, k))
    for j in range(k):
        slopes[j, j, :] += loading
        slopes[j, :, j] += loading
        slopes[k + j, j, j] = 1.0
    turned = inverse @ slopes @ inverse
    information = 0.5 * len(answers) * np.einsum("aij,bji->ab", turned, slopes)
    centred = answers - answers.mean(axis=0)
    expected = np.einsum("aij,ji->a", inverse @ slopes, np.eye(k))
    scores = 0.5 * (np.einsum("ni,aij,nj->na", centred, turned, centred, optimize=True) - expected)
    return np.asarray((scores @ np.linalg.inv(information))[:, :k])
