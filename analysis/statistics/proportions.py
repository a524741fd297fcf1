"""Shares with an interval: one share, or the difference of two independent ones."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from analysis.results import Estimate, EstimateLike, NotEstimable


def wilson_limits(x: float, n: float, ci_level: float = 0.95) -> tuple[float, float]:
    """Wilson score limits of x out of n, n > 0 (see :func:`wilson`)."""
    z = -float(special.ndtri((1.0 - ci_level) / 2.0))
    share, centre = x / n, (x + z * z / 2.0) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(n * share * (1.0 - share) + z * z / 4.0)
    low = 0.0 if x <= 0 else max(0.0, centre - half)
    high = 1.0 if x >= n else min(1.0, centre + half)
    return low, high


def wilson(x: float, n: float, ci_level: float = 0.95, n_missing: int = 0) -> EstimateLike:
    """Share of x out of n with the Wilson score interval.

    Use for every share; it keeps its coverage at small n and near 0 and 1.

    Parameters
    ----------
    x, n
        Successes and trials; ``x > n`` is a ValueError.
    ci_level
        Coverage, 0–1.
    n_missing
        Observations left out, carried into the result.

    Notes
    -----
    (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). Wilson 1927,
    doi:10.1080/01621459.1927.10502953. With n = 0: ``no_data``.

    Examples
    --------
    >>> found = wilson(218, 1006)
    >>> round(found.ci_low, 6), round(found.ci_high, 6)
    (0.192344, 0.243211)
    """
    if not _valid(x, n):
        return NotEstimable(reason="no_data", method="wilson", name="proportion")
    low, high = wilson_limits(x, n, ci_level)
    return _share(x, n, (low, high), ci_level, n_missing, "wilson")


def share_by_person(
    successes: npt.ArrayLike, trials: npt.ArrayLike, ci_level: float = 0.95, unit: str = "person"
) -> EstimateLike:
    """Share of all trials that succeeded, where each person has several: interval by person.

    Use for attendance, return and reliability: what one person does at twelve sessions are not
    twelve independent observations, and Wilson's interval over them covers 65 % instead of 95 %.

    Parameters
    ----------
    successes, trials
        Numbers per person (or other cluster); those without a trial are left out. More successes
        than trials is a ValueError.
    ci_level
        Coverage, 0–1.
    unit
        What a cluster is, for the name of the method.

    Returns
    -------
    Estimate or NotEstimable
        ``n`` counts trials. ``no_data`` without any.

    Notes
    -----
    p = Σx/Σm, Var p = k/(k − 1) · Σ(x − p·m)²/(Σm)² over k people (ratio estimator, linearised).
    Limits: Wilson's with the effective number of trials p(1 − p)/Var p, at most Σm, times
    (z/t)². t has 2k/(κ − (k − 3)/(k − 1)) df, at most k − 1, with κ the kurtosis of x − p·m: where
    nearly everybody succeeds and a few rarely do, these few decide the variance (O'Neill 2014,
    doi:10.1080/00031305.2014.966589). Where people do not differ at all, or there is only one, each
    person counts as one trial. Korn & Graubard 1998, Survey Methodology 24, 193–201; Dean & Pagano
    2015, doi:10.1093/jssam/smv024.

    Examples
    --------
    >>> found = share_by_person([12, 0, 6, 9], [12, 12, 12, 12])
    >>> round(found.estimate, 4), round(found.ci_low, 3), round(found.ci_high, 3)
    (0.5625, 0.119, 0.924)
    """
    x, m = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    if bool(np.any((x < 0) | (x > m))):
        raise ValueError("successes: want between 0 and the trials of the same person")
    method = f"wilson_by_{unit}"
    x, m = x[m > 0], m[m > 0]
    people, total = x.size, float(m.sum())
    if people == 0:
        return NotEstimable(reason="no_data", method=method, name="proportion")
    share = float(x.sum()) / total
    apart = x - share * m
    squares = float(np.sum(apart**2))
    variance, df = 0.0, people - 1.0
    if people > 1:
        variance = people / (people - 1) * squares / total**2
    if squares > 0:
        kurtosis = people * float(np.sum(apart**4)) / squares**2
        df = min(df, 2.0 * people / (kurtosis - (people - 3.0) / (people - 1.0)))
    # Alike people say nothing about how people vary: then each stands for one observation.
    effective = min(total, share * (1 - share) / variance) if variance > 0 else float(people)
    if people > 1:
        z, t = stats.norm.ppf((1 + ci_level) / 2), stats.t.ppf((1 + ci_level) / 2, df)
        effective *= float(z / t) ** 2
    low, high = wilson_limits(share * effective, effective, ci_level)
    return Estimate(
        estimate=share,
        ci_low=low if x.sum() > 0 else 0.0,
        ci_high=high if x.sum() < total else 1.0,
        ci_level=ci_level,
        std_error=math.sqrt(variance) if people > 1 else None,
        n=round(total),
        method=method,
        name="proportion",
    )


#: With fewer people, or fewer who ever failed or succeeded, the interval of a share by person may
#: be too narrow: where one in twenty never comes, 91 % of 95 % intervals hold (docs/coverage.md).
MIN_PEOPLE = 20
MIN_EACH_WAY = 15


def few_people_behind(successes: npt.ArrayLike, trials: npt.ArrayLike) -> int | None:
    """Give how many people decide a share by person, where they are too few; else None.

    Parameters
    ----------
    successes, trials
        As in :func:`share_by_person`.

    Examples
    --------
    >>> few_people_behind([5, 5, 4], [5, 5, 5])
    3
    >>> few_people_behind([9] * 57 + [0, 1, 2], [10] * 60) is None
    True
    >>> few_people_behind([10] * 57 + [0, 1, 2], [10] * 60)
    3
    """
    x, m = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    x, m = x[m > 0], m[m > 0]
    if 0 < x.size < MIN_PEOPLE:
        return int(x.size)
    ways = min(int((x < m).sum()), int((x > 0).sum()))
    return ways if 0 < ways < MIN_EACH_WAY else None


def clopper_pearson(x: float, n: float, ci_level: float = 0.95, n_missing: int = 0) -> EstimateLike:
    """Share of x out of n with the exact (conservative) Clopper–Pearson interval.

    Notes
    -----
    Quantiles of Beta(x, n−x+1) and Beta(x+1, n−x). Clopper & Pearson 1934,
    doi:10.1093/biomet/26.4.404.

    Examples
    --------
    >>> round(clopper_pearson(0, 10).ci_high, 6)
    0.308497
    """
    if not _valid(x, n):
        return NotEstimable(reason="no_data", method="clopper_pearson", name="proportion")
    tail = (1.0 - ci_level) / 2.0
    low = 0.0 if x == 0 else float(stats.beta.ppf(tail, x, n - x + 1.0))
    high = 1.0 if x == n else float(stats.beta.isf(tail, x + 1.0, n - x))
    return _share(x, n, (low, high), ci_level, n_missing, "clopper_pearson")


def newcombe_independent(
    x1: float, n1: float, x2: float, n2: float, ci_level: float = 0.95
) -> EstimateLike:
    """Difference of two independent shares, second minus first, with Newcombe's interval.

    Notes
    -----
    Square-and-add of the two Wilson intervals (method 10 of Newcombe 1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I).

    Examples
    --------
    >>> found = newcombe_independent(48, 80, 56, 70)
    >>> round(found.ci_low, 4), round(found.ci_high, 4)
    (0.0524, 0.3339)
    """
    if not (_valid(x1, n1) and _valid(x2, n2)):
        return NotEstimable(reason="no_data", method="newcombe", name="risk_difference")
    p1, p2 = x1 / n1, x2 / n2
    (low1, high1), (low2, high2) = wilson_limits(x1, n1, ci_level), wilson_limits(x2, n2, ci_level)
    return Estimate(
        estimate=p2 - p1,
        ci_low=p2 - p1 - math.hypot(p2 - low2, high1 - p1),
        ci_high=p2 - p1 + math.hypot(high2 - p2, p1 - low1),
        ci_level=ci_level,
        std_error=math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2),
        n=round(n1 + n2),
        method="newcombe",
        name="risk_difference",
    )


def _valid(x: float, n: float) -> bool:
    if x < 0 or x > n:
        raise ValueError(f"{x} out of {n} is not a share")
    return n > 0


def _share(
    x: float,
    n: float,
    limits: tuple[float, float],
    ci_level: float,
    n_missing: int,
    method: str,
) -> Estimate:
    share = x / n
    return Estimate(
        estimate=share,
        ci_low=limits[0],
        ci_high=limits[1],
        ci_level=ci_level,
        std_error=math.sqrt(share * (1.0 - share) / n),
        n=round(n),
        n_missing=n_missing,
        method=method,
        name="proportion",
    )
