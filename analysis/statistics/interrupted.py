"""Interrupted time series: level and slope of monthly values before and after dated events."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from analysis.results import Comparison, ComparisonLike, NotEstimable
from analysis.statistics.counting import Floats, as_floats
from analysis.statistics.t_tests import t_comparison

#: Fewer months on either side of an event give no trend to continue.
MIN_MONTHS = 8
#: Two full years are needed to part a season from a trend.
SEASON_MONTHS = 24
#: With fewer months on either side 8 % of slopes are called clear that do not change, at an AR(1)
#: of .6 (docs/coverage.md): the slope is not tested.
MIN_FOR_SLOPE = 12
_MAX_CORRELATED = 0.9
_SLOPE_METHOD = "segmented_ols;averaged_over_ar1"
#: Gauss–Legendre nodes and weights of the correlation, between -1 and 1.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_METHOD = "segmented_ols;newey_west_lag_{lag};adjusted_at_ar1;df=satterthwaite"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChange:
    """What one event goes with, against the trend before it continued.

    Attributes
    ----------
    start
        Index of the first month counted as after.
    level
        Change of the level in that month.
    slope
        Change of the slope, per month; ``too_few`` with fewer than ``MIN_FOR_SLOPE`` months on
        either side.
    gap
        Mean distance from the continued trend over the months until the next event or the end.
    expected
        The continued trend in these months.
    """

    start: int
    level: ComparisonLike
    slope: ComparisonLike
    gap: ComparisonLike
    expected: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentedFit:
    """A segmented regression of monthly values.

    Attributes
    ----------
    fitted
        Expected value of each month.
    events
        In order of time.
    lag
        Months over which Newey and West's errors reach.
    season
        Whether a yearly wave (sine and cosine of the month) is in the model.
    autocorrelation
        Of the errors from month to month, by REML; 0 where none is found.
    durbin_watson, ljung_box_p, ljung_box_lags
        Checks of the residuals: 2 = none from one month to the next; p over several months.
    """

    fitted: tuple[float, ...]
    events: tuple[EventChange, ...]
    lag: int
    season: bool
    autocorrelation: float
    durbin_watson: float
    ljung_box_p: float
    ljung_box_lags: int


def newey_west_lag(n: int) -> int:
    """Months over which errors may go together: ¾ n^⅓, rounded up.

    Stock & Watson 2020, *Introduction to Econometrics*, 4th ed., ch. 16.

    Examples
    --------
    >>> newey_west_lag(24), newey_west_lag(60)
    (3, 3)
    """
    return math.ceil(0.75 * math.pow(n, 1 / 3))


def segmented_regression(
    values: ArrayLike,
    starts: Sequence[int],
    first_month: int = 1,
    ci_level: float = 0.95,
    *,
    adjust: bool = True,
) -> SegmentedFit | NotEstimable:
    """Fit level and slope before and after each event.

    Use for one value a month without gaps. An association in time: something else may have
    happened in the same month.

    Parameters
    ----------
    values
        One per month, shape (n,).
    starts
        Index of the first month after each event, ascending, ``MIN_MONTHS`` or more apart and
        from both ends.
    first_month
        Month of the year, 1–12, of the first value.
    ci_level
        Coverage, 0–1.
    adjust
        Whether to adjust Newey and West's errors for small samples; without it they are as
        published, with t on n − k degrees of freedom.

    Returns
    -------
    SegmentedFit or NotEstimable
        ``too_few`` months, or ``no_variance`` around the lines.

    Notes
    -----
    Least squares on month, step and slope of each event and, from ``SEASON_MONTHS`` on, one yearly
    wave (a Fourier pair). Errors by Newey & West 1987, doi:10.2307/1913610, Bartlett weights, times
    n/(n − k). Their estimate is too small and too variable in short series. Each variance is
    therefore divided by its expectation over the true variance, and t has Satterthwaite's degrees
    of freedom, both worked out exactly under errors of an AR(1) whose correlation is estimated by
    REML, not below 0: the approach of Bell & McCaffrey 2002 (*Survey Methodology* 28, 169–181), for
    clusters, with months. Bernal, Cummins & Gasparrini 2017, doi:10.1093/ije/dyw098.

    The error of a slope depends on the correlation of the months more than theirs, and a short
    series hardly tells it: at any one estimate 12 to 14 % of slopes would be called clear that do
    not change. Its t distribution is therefore averaged over every correlation between −1 and 1,
    each with its restricted likelihood as weight. Zellner & Tiao 1964,
    doi:10.1080/01621459.1964.10480726.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> values = 10 + 5 * (np.arange(20) >= 10) + rng.normal(0, 1, 20)
    >>> round(segmented_regression(values, [10]).events[0].gap.estimate, 1)
    4.7
    """
    from statsmodels.regression.linear_model import OLS  # slow to import
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.stats.stattools import durbin_watson

    y = as_floats(values)
    n = y.size
    edges = [0, *starts, n]
    name, lag = "segmented", newey_west_lag(n)
    method = _METHOD.format(lag=lag)
    if not starts or min(np.diff(edges)) < MIN_MONTHS or not np.isfinite(y).all():
        return NotEstimable(reason="too_few", n=n, method=method, name=name)
    season = n >= SEASON_MONTHS
    design = _design(n, starts, first_month, season)
    fit = OLS(y, design).fit()
    residual = np.asarray(fit.resid)
    if float(residual @ residual) <= 1e-20 * max(float(y @ y), 1e-300):
        return NotEstimable(reason="no_variance", n=n, method=method, name=name)
    coefficients = np.asarray(fit.params)
    robust = fit.get_robustcov_results("HAC", maxlags=lag, use_correction=True, use_t=True)
    covariance = np.asarray(robust.cov_params())
    correlation = _autocorrelation(y, design)

    def contrast(direction: Floats) -> ComparisonLike:
        estimate = float(direction @ coefficients)
        variance, df = float(direction @ covariance @ direction), float(n - design.shape[1])
        if adjust:
            factor, df = _small_sample(design, direction, lag, correlation)
            variance *= factor
        return t_comparison(
            name=name,
            estimate=estimate,
            std_error=math.sqrt(variance),
            df=df,
            ci_level=ci_level,
            n=n,
            method=method,
        )

    def slope_of(direction: Floats, months: int) -> ComparisonLike:
        if not adjust:
            return contrast(direction)
        if months < MIN_FOR_SLOPE:
            return NotEstimable(reason="too_few", n=n, method=_SLOPE_METHOD, name=name)
        return _averaged_slope(y, design, direction, ci_level, name)

    lags = min(10, n // 5)
    changes = []
    sides = np.diff(edges)
    for at, (start, end) in enumerate(zip(starts, edges[2:], strict=True)):
        level, slope = np.eye(design.shape[1])[[2 + 2 * at, 3 + 2 * at]]
        without = np.where(level + slope > 0, 0.0, coefficients)
        changes.append(
            EventChange(
                start=start,
                level=contrast(level),
                slope=slope_of(slope, int(sides[at : at + 2].min())),
                gap=contrast(level + slope * float(np.mean(np.arange(end - start)))),
                expected=tuple((design[start:end] @ without).tolist()),
            )
        )
    return SegmentedFit(
        fitted=tuple((design @ coefficients).tolist()),
        events=tuple(changes),
        lag=lag,
        season=season,
        autocorrelation=correlation,
        durbin_watson=float(durbin_watson(residual)),
        ljung_box_p=float(acorr_ljungbox(residual, lags=[lags])["lb_pvalue"].iloc[0]),
        ljung_box_lags=lags,
    )


def _design(n: int, starts: Sequence[int], first_month: int, season: bool) -> Floats:
    """Columns: one, month, a step and a slope for each event, sine and cosine of the year."""
    month = np.arange(n, dtype=np.float64)
    columns = [np.ones(n), month]
    for start in starts:
        after = month >= start
        columns += [after.astype(np.float64), np.where(after, month - start, 0.0)]
    if season:
        angle = 2.0 * np.pi * (month + first_month - 1) / 12.0
        columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def _autocorrelation(y: Floats, design: Floats) -> float:
    """Correlation of AR(1) errors by REML, between 0 and .9: that of residuals is too small."""
    n, k = design.shape
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))

    def deviance(rho: float) -> float:
        inverse = np.linalg.inv(rho**apart)
        weighted = design.T @ inverse
        information = weighted @ design
        residual = y - design @ np.linalg.solve(information, weighted @ y)
        logs = (n - 1) * math.log1p(-(rho**2)) + float(np.linalg.slogdet(information)[1])
        return float((n - k) * math.log(float(residual @ inverse @ residual)) + logs)

    found = optimize.minimize_scalar(
        deviance, bounds=(0.0, _MAX_CORRELATED), method="bounded", options={"xatol": 1e-10}
    )
    return float(found.x) if float(found.fun) < deviance(0.0) else 0.0


def _small_sample(
    design: Floats, direction: Floats, lag: int, correlation: float
) -> tuple[float, float]:
    """Factor that takes the bias out of Newey and West's variance, and Satterthwaite's df.

    The variance is a quadratic form of the errors, so that its mean and spread are traces.
    """
    n, k = design.shape
    apart = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    inverse = np.linalg.inv(design.T @ design)
    weights = design @ inverse @ direction
    maker = np.eye(n) - design @ inverse @ design.T
    bartlett = np.clip(1.0 - apart / (lag + 1.0), 0.0, None)
    form = n / (n - k) * maker @ (np.outer(weights, weights) * bartlett) @ maker
    spread = correlation**apart
    product = form @ spread
    mean = float(np.trace(product))
    df = mean**2 / float(np.sum(product * product.T))
    return float(weights @ spread @ weights) / mean, df


def _averaged_slope(
    y: Floats, design: Floats, direction: Floats, ci_level: float, name: str
) -> Comparison:
    """Least-squares contrast with its t distribution averaged over the AR(1) correlation."""
    n, k = design.shape
    estimate = float(direction @ np.linalg.lstsq(design, y, rcond=None)[0])
    # Whitened by the AR(1): each month less ρ times the one before, the first shrunk.
    rows = np.column_stack([design, y])
    before = np.vstack([np.zeros(k + 1), rows[:-1]])
    white = rows - _NODES[:, None, None] * before
    white[:, 0] *= np.sqrt(1.0 - _NODES**2)[:, None]
    triangle = np.abs(np.diagonal(np.linalg.qr(white, mode="r"), axis1=1, axis2=2))
    rest = triangle[:, k] ** 2
    logs = np.log(_WEIGHTS) + 0.5 * np.log(1.0 - _NODES**2)
    logs -= np.log(triangle[:, :k]).sum(axis=1) + 0.5 * (n - k) * np.log(rest)
    share = np.exp(logs - logs.max())
    share /= share.sum()
    # a'Va of the least-squares weights a, with V of an AR(1) whose shocks have variance 1.
    weights = design @ np.linalg.solve(design.T @ design, direction)
    products = np.correlate(weights, weights, "full")[n - 1 :]
    products[1:] *= 2.0
    spread = (_NODES[:, None] ** np.arange(n)) @ products / (1.0 - _NODES**2)
    errors = np.sqrt(spread * rest / (n - k))

    def beyond(distance: float) -> float:
        return float(share @ (2.0 * stats.t.sf(distance / errors, n - k)))

    top = float(stats.t.isf((1.0 - ci_level) / 2.0, n - k)) * float(errors.max())
    half = float(
        optimize.brentq(lambda x: beyond(x) - (1.0 - ci_level), 0.0, top, xtol=1e-12 * top)
    )
    return Comparison(
        name=name,
        estimate=estimate,
        std_error=math.sqrt(float(share @ errors**2)),
        ci_low=estimate - half,
        ci_high=estimate + half,
        ci_level=ci_level,
        p_value=beyond(abs(estimate)),
        n=n,
        method=_SLOPE_METHOD,
    )
