"""Tests by ranks, from distinct values and counts: signed rank, sign, Mann–Whitney."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.results import Comparison, ComparisonLike, NotEstimable, Reason
from analysis.statistics.counting import Floats, Tally, tally, tally_both
from analysis.statistics.pairwise_order import difference_at, walsh_average_at

EXACT_UP_TO = 50
ZeroMethod = Literal["wilcox", "pratt"]


def midranks(counts: Floats) -> Floats:
    """Average rank of each distinct value, from the counts in ascending order of value."""
    return np.asarray(np.cumsum(counts) - (counts - 1.0) / 2.0, dtype=np.float64)


def signed_ranks(diff: Tally, zero_method: ZeroMethod = "wilcox") -> tuple[Floats, Floats, Floats]:
    """Rank, number of positive and number of negative differences per distinct size.

    Zero differences are dropped before (``wilcox``) or after ranking (``pratt``).
    """
    size, place = np.unique(np.abs(diff.values), return_inverse=True)
    sides = (diff.values > 0, diff.values < 0, diff.values == 0)
    up, down, zero = (
        np.bincount(place, weights=np.where(side, diff.counts, 0.0)).astype(np.float64)
        for side in sides
    )
    ranks = midranks(up + down + (zero if zero_method == "pratt" else 0.0))
    kept = size > 0
    return ranks[kept], up[kept], down[kept]


def wilcoxon_signed_rank(
    diff: ArrayLike,
    counts: ArrayLike | None = None,
    zero_method: ZeroMethod = "wilcox",
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Signed-rank test of paired differences with the Hodges–Lehmann pseudo-median.

    Use for ordinal or heavy-tailed changes, beside the mean change.

    Parameters
    ----------
    diff
        Differences post − pre; missing ones are left out and counted.
    counts
        How often each difference occurs; default once.
    zero_method
        ``wilcox`` drops zero differences before ranking, ``pratt`` after it.
    ci_level
        Coverage of the interval, 0–1.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` is the median of the Walsh averages of all differences, those of 0 too: 90
        unchanged, 9 up by one and 1 down is a typical change of 0, not of 1. ``statistic`` is
        the sum of positive ranks; ``p_value`` exact given the ties up to 50 non-zero
        differences, else normal without continuity correction. ``details``: n_zero,
        n_pos, n_neg, p_normal, p_exact, z, zero_method. Limits are None when n is too small.

    Notes
    -----
    Conditional variance Σ rank²/4. Wilcoxon 1945, doi:10.2307/3001968; Pratt 1959,
    doi:10.1080/01621459.1959.10501526; Hodges & Lehmann 1963, doi:10.1214/aoms/1177704172.

    Examples
    --------
    >>> found = wilcoxon_signed_rank([1, 0, 1, 0, 1, 1, -1, 1, 1, 0, 1, 0])
    >>> found.details["p_exact"], round(found.details["p_normal"], 10)
    (0.0703125, 0.0338948535)
    """
    found = tally(diff, counts)
    ranks, up, down = signed_ranks(found, zero_method)
    used = float(up.sum() + down.sum())
    method = f"signed_rank;zeros={zero_method}"
    if found.total <= 0 or used <= 0:
        reason: Reason = "no_data" if found.total <= 0 else "no_variance"
        return NotEstimable(reason=reason, n=found.n, method=method, name="wilcoxon")
    positive, mean = float(ranks @ up), float(ranks @ (up + down)) / 2.0
    sd = math.sqrt(float(ranks**2 @ (up + down)) / 4.0)
    z = (positive - mean) / sd
    p_normal = float(2.0 * stats.norm.sf(abs(z)))
    exact = used <= EXACT_UP_TO and bool(np.all(up + down == np.round(up + down)))
    p_exact = _exact_p(ranks, up + down, positive) if exact else None
    low, middle, high = _pseudo_median(found, ci_level)
    return Comparison(
        name="wilcoxon",
        estimate=middle,
        ci_low=low,
        ci_high=high,
        ci_level=ci_level,
        statistic=positive,
        p_value=p_normal if p_exact is None else p_exact,
        n=found.n,
        n_missing=found.n_missing,
        method=f"{method};p={'exact_with_ties' if exact else 'normal'};correction=none",
        details={
            "n_zero": round(found.total - used),
            "n_pos": round(float(up.sum())),
            "n_neg": round(float(down.sum())),
            "z": z,
            "p_normal": p_normal,
            "p_exact": p_exact,
            "zero_method": zero_method,
        },
    )


def _null_distribution(doubled_ranks: NDArray[np.int64]) -> Floats:
    """Probability of each sum of doubled ranks when every sign is a fair coin."""
    chance = np.zeros(int(doubled_ranks.sum()) + 1)
    chance[0] = 1.0
    for rank in doubled_ranks:
        moved = np.zeros_like(chance)
        moved[rank:] = chance[: chance.size - rank]
        chance = (chance + moved) / 2.0
    return chance


def _exact_p(ranks: Floats, n_each: Floats, positive: float) -> float:
    doubled = np.repeat(np.rint(2.0 * ranks).astype(np.int64), np.rint(n_each).astype(np.int64))
    chance, observed = _null_distribution(doubled), round(2.0 * positive)
    below, above = float(chance[: observed + 1].sum()), float(chance[observed:].sum())
    return min(1.0, 2.0 * min(below, above))


def _pseudo_median(diff: Tally, ci_level: float) -> tuple[float | None, float, float | None]:
    """Hodges–Lehmann estimate and limits from the Walsh averages of every difference."""
    n, total = diff.total, diff.total * (diff.total + 1.0) / 2.0
    middle = (
        walsh_average_at(diff.values, diff.counts, math.ceil(total / 2.0))
        + walsh_average_at(diff.values, diff.counts, math.floor(total / 2.0) + 1.0)
    ) / 2.0
    depth = _depth_of_limits(n, ci_level)
    if depth < 1:
        return None, middle, None
    low = walsh_average_at(diff.values, diff.counts, depth)
    return low, middle, walsh_average_at(diff.values, diff.counts, total + 1.0 - depth)


def _depth_of_limits(n: float, ci_level: float) -> float:
    """Position of the lower limit among the Walsh averages, from the test without ties.

    Ties make the closed interval hold more than it promises, never less.
    """
    tail = (1.0 - ci_level) / 2.0
    if n <= EXACT_UP_TO:
        doubled = 2 * np.arange(1, round(n) + 1)
        cumulative = np.cumsum(_null_distribution(doubled)[::2])
        return float(np.searchsorted(cumulative, tail, side="right"))
    mean, sd = n * (n + 1.0) / 4.0, math.sqrt(n * (n + 1.0) * (2.0 * n + 1.0) / 24.0)
    # P(V ≤ k − 1) ≤ tail: the largest such k, one above the floor of the normal quantile.
    return float(math.floor(mean - float(stats.norm.isf(tail)) * sd)) + 1.0


def sign_test(diff: ArrayLike, counts: ArrayLike | None = None) -> ComparisonLike:
    """Exact sign test of whether more people go up than down.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` is share up minus share down among the non-zero differences; ``details``
        n_pos, n_neg, n_zero.

    Notes
    -----
    Two-sided binomial with probability 1/2 on the non-zero differences. Arbuthnott 1710,
    doi:10.1098/rstl.1710.0011.

    Examples
    --------
    >>> sign_test([-1] * 8 + [1] * 2).p_value
    0.109375
    """
    found = tally(diff, counts)
    up = float(found.counts[found.values > 0].sum())
    down = float(found.counts[found.values < 0].sum())
    if up + down <= 0:
        reason: Reason = "no_data" if found.total <= 0 else "no_variance"
        return NotEstimable(reason=reason, n=found.n, method="binomial_exact", name="sign")
    fewer, used = min(round(up), round(down)), round(up) + round(down)
    return Comparison(
        name="sign",
        estimate=(up - down) / (up + down),
        statistic=up,
        p_value=min(1.0, 2.0 * float(stats.binom.cdf(fewer, used, 0.5))),
        n=found.n,
        n_missing=found.n_missing,
        method="binomial_exact;zeros=dropped",
        details={"n_pos": round(up), "n_neg": round(down), "n_zero": round(found.total - used)},
    )


def mann_whitney(
    pre: ArrayLike,
    post: ArrayLike,
    pre_counts: ArrayLike | None = None,
    post_counts: ArrayLike | None = None,
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Mann–Whitney test of two independent samples with the Hodges–Lehmann shift.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` is the median of all differences post − pre; ``statistic`` is U of post.
        ``details``: z, superiority = P(post > pre) + P(equal)/2 with its Brunner–Munzel
        interval and p-value, n_pre, n_post.

    Notes
    -----
    Normal approximation with the tie-corrected variance, no continuity correction. Mann &
    Whitney 1947, doi:10.1214/aoms/1177730491; Brunner & Munzel 2000,
    doi:10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U.

    Examples
    --------
    >>> mann_whitney([1, 2, 3, 4], [3, 4, 5, 6]).statistic
    14.0
    """
    first, second = tally_both(pre, post, pre_counts, post_counts)
    method = "mann_whitney;p=normal;correction=none"
    n, n1, n2 = first.n + second.n, first.total, second.total
    if n1 <= 0 or n2 <= 0:
        return NotEstimable(reason="no_data", n=n, method=method, name="mann_whitney")
    pooled = tally(
        np.concatenate([first.values, second.values]),
        np.concatenate([first.counts, second.counts]),
    )
    if pooled.values.size < 2:
        return NotEstimable(reason="no_variance", n=n, method=method, name="mann_whitney")
    u = float(second.counts @ _placements(second, first))
    ties = float((pooled.counts**3 - pooled.counts).sum()) / ((n1 + n2) * (n1 + n2 - 1.0))
    sd = math.sqrt(n1 * n2 / 12.0 * ((n1 + n2 + 1.0) - ties))
    z = (u - n1 * n2 / 2.0) / sd
    low, middle, high = _shift(first, second, sd, ci_level)
    return Comparison(
        name="mann_whitney",
        estimate=middle,
        ci_low=low,
        ci_high=high,
        ci_level=ci_level,
        statistic=u,
        p_value=float(2.0 * stats.norm.sf(abs(z))),
        n=n,
        n_missing=first.n_missing + second.n_missing,
        method=method,
        details={
            "z": z,
            "n_pre": first.n,
            "n_post": second.n,
            **_brunner_munzel(first, second, ci_level),
        },
    )


def _placements(of: Tally, among: Tally) -> Floats:
    """For each distinct value: how many of the other sample lie below, ties half."""
    cumulative = np.concatenate([[0.0], np.cumsum(among.counts)])
    below = cumulative[np.searchsorted(among.values, of.values, side="left")]
    upto = cumulative[np.searchsorted(among.values, of.values, side="right")]
    return np.asarray((below + upto) / 2.0, dtype=np.float64)


def _shift(
    first: Tally, second: Tally, sd: float, ci_level: float
) -> tuple[float | None, float, float | None]:
    total = first.total * second.total
    depth = math.floor(total / 2.0 - float(stats.norm.isf((1.0 - ci_level) / 2.0)) * sd)
    middle = (
        difference_at(first, second, math.ceil(total / 2.0))
        + difference_at(first, second, math.floor(total / 2.0) + 1.0)
    ) / 2.0
    if depth < 1:
        return None, middle, None
    low, high = (difference_at(first, second, k) for k in (depth, total + 1.0 - depth))
    return low, middle, high


def _brunner_munzel(first: Tally, second: Tally, ci_level: float) -> dict[str, float | None]:
    n1, n2 = first.total, second.total
    in_second, in_first = _placements(first, second), _placements(second, first)
    share = float(second.counts @ in_first) / (n1 * n2)
    nothing: dict[str, float | None] = {
        "superiority": share,
        "superiority_ci_low": None,
        "superiority_ci_high": None,
        "brunner_munzel_p": None,
    }
    if n1 < 2 or n2 < 2:
        return nothing
    v1 = Tally(values=in_second / n2, counts=first.counts, n_missing=0).variance / n1
    v2 = Tally(values=in_first / n1, counts=second.counts, n_missing=0).variance / n2
    if v1 + v2 <= 0:
        return nothing
    df = (v1 + v2) ** 2 / (v1**2 / (n1 - 1.0) + v2**2 / (n2 - 1.0))
    half = float(stats.t.isf((1.0 - ci_level) / 2.0, df)) * math.sqrt(v1 + v2)
    return {
        "superiority": share,
        "superiority_ci_low": max(0.0, share - half),
        "superiority_ci_high": min(1.0, share + half),
        "brunner_munzel_p": float(2.0 * stats.t.sf(abs(share - 0.5) / math.sqrt(v1 + v2), df)),
    }
