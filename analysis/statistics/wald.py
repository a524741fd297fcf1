"""Wald's interval and test: an estimate with a standard error, read by the normal distribution."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from scipy import stats

from analysis.results import Comparison

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def wald_comparison(
    *,
    name: str,
    estimate: float,
    std_error: float,
    n: int,
    method: str,
    centre: float | None = None,
    limit: float = math.inf,
    ci_level: float = 0.95,
    n_missing: int = 0,
    details: Mapping[str, Any] = _NOTHING,
) -> Comparison:
    """Test an estimate against zero: centre ± z·SE, statistic, two-sided p.

    Use for large samples and for models fitted by maximum likelihood; for means of few people
    :func:`analysis.statistics.t_tests.t_comparison`.

    Parameters
    ----------
    std_error
        Above zero.
    centre
        Middle of the interval and of the test where it is not the estimate, as where half a
        person is added to each cell.
    limit
        Largest size the quantity can have, either side of zero; 1 for a difference of shares.

    Examples
    --------
    >>> found = wald_comparison(name="x", estimate=0.5, std_error=0.3, n=9, method="ml", limit=1.0)
    >>> round(found.ci_low, 3), round(found.ci_high, 3), round(found.p_value, 4)
    (-0.088, 1.0, 0.0956)
    """
    middle = estimate if centre is None else centre
    half = float(stats.norm.isf((1.0 - ci_level) / 2.0)) * std_error
    statistic = middle / std_error
    return Comparison(
        name=name,
        estimate=estimate,
        std_error=std_error,
        ci_low=max(-limit, middle - half),
        ci_high=min(limit, middle + half),
        ci_level=ci_level,
        statistic=statistic,
        p_value=float(2.0 * stats.norm.sf(abs(statistic))),
        n=n,
        n_missing=n_missing,
        method=method,
        details=details,
    )


def odds_ratio(log_odds: float, std_error: float, ci_level: float = 0.95) -> dict[str, float]:
    """Give the odds ratio and Wald's limits, for the details of a log odds ratio.

    Examples
    --------
    >>> {name: round(value, 3) for name, value in odds_ratio(0.0, 0.5).items()}
    {'odds_ratio': 1.0, 'odds_ratio_ci_low': 0.375, 'odds_ratio_ci_high': 2.664}
    """
    half = float(stats.norm.isf((1.0 - ci_level) / 2.0)) * std_error
    return {
        "odds_ratio": math.exp(log_odds),
        "odds_ratio_ci_low": math.exp(log_odds - half),
        "odds_ratio_ci_high": math.exp(log_odds + half),
    }
