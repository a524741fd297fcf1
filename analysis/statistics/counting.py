"""Values and counts: the one form in which paired statistics read their data.

A scale score takes few distinct values, so distinct values with their counts carry everything.
Missing values are left out and counted; values closer than 12 significant digits are one value
(4.2 − 3.2 and 3.2 − 2.2 must tie).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
SIGNIFICANT_DIGITS = 12
#: Times the largest value: what differs by less is one value.
ROUNDING = 10.0**-SIGNIFICANT_DIGITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Distinct values, ascending, with their counts.

    Attributes
    ----------
    values, counts
        Same length; counts are positive (weights allowed).
    n_missing
        Observations left out because the value is missing.
    """

    values: Floats
    counts: Floats
    n_missing: int

    @property
    def total(self) -> float:
        """Sum of the counts."""
        return float(self.counts.sum())

    @property
    def n(self) -> int:
        """Observations, rounded when weights are not whole."""
        return round(self.total)

    @property
    def mean(self) -> float:
        """Weighted mean; needs at least one value."""
        return float(self.values @ self.counts) / self.total

    @property
    def sum_squares(self) -> float:
        """Sum of squared deviations from the mean; 0 when there is one distinct value."""
        if self.values.size < 2:
            return 0.0
        return float((self.values - self.mean) ** 2 @ self.counts)

    @property
    def variance(self) -> float:
        """Variance with n − 1; needs n > 1."""
        return self.sum_squares / (self.total - 1.0)

    @property
    def skewness(self) -> float:
        """Third central moment over the cubed SD (with n); needs two distinct values."""
        cubed = float((self.values - self.mean) ** 3 @ self.counts) / self.total
        return cubed / math.sqrt(self.sum_squares / self.total) ** 3


@dataclass(frozen=True, slots=True, kw_only=True)
class PairTally:
    """Distinct (pre, post) pairs with their counts; a pair with a missing half is left out."""

    pre: Floats
    post: Floats
    counts: Floats
    n_missing: int

    @property
    def total(self) -> float:
        """Sum of the counts."""
        return float(self.counts.sum())

    @property
    def n(self) -> int:
        """Pairs, rounded when weights are not whole."""
        return round(self.total)

    def differences(self) -> Tally:
        """Return post − pre as a tally."""
        found = tally(self.post - self.pre, self.counts, like=(self.pre, self.post))
        return Tally(values=found.values, counts=found.counts, n_missing=self.n_missing)

    def margin(self, wave: str) -> Tally:
        """Return the tally of one wave, ``"pre"`` or ``"post"``, among the pairs."""
        return tally(self.pre if wave == "pre" else self.post, self.counts)

    def cross_products(self) -> float:
        """Sum of products of deviations of pre and post."""
        pre_mean = float(self.pre @ self.counts) / self.total
        post_mean = float(self.post @ self.counts) / self.total
        return float(((self.pre - pre_mean) * (self.post - post_mean)) @ self.counts)

    def correlation(self) -> float | None:
        """Pearson correlation of pre and post; None when one of them does not vary."""
        scale = self.margin("pre").sum_squares * self.margin("post").sum_squares
        if scale <= 0.0:
            return None
        return max(-1.0, min(1.0, self.cross_products() / math.sqrt(scale)))


def as_floats(values: ArrayLike | Any) -> Floats:  # noqa: ANN401
    """Read numbers as a flat float64 array; missing values (None, NA, NaN) become NaN."""
    if hasattr(values, "to_numpy"):
        values = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(values, dtype=np.float64).ravel()


def sample_variance(values: Floats) -> float:
    """Variance with n − 1 of two finite values or more; 0 when they are one value.

    Numpy alone gives equal scores a variance of about 1e-28, which would be a standard error, and
    a change of 1e-14 a p-value of 1e-5.

    Examples
    --------
    >>> sample_variance(np.array([0.3, 0.1 + 0.2])), sample_variance(np.array([1.0, 3.0]))
    (0.0, 2.0)
    """
    if float(np.ptp(values)) <= ROUNDING * float(np.abs(values).max()):
        return 0.0
    return float(values.var(ddof=1))


def tally(
    values: ArrayLike,
    counts: ArrayLike | None = None,
    *,
    like: tuple[Floats, ...] = (),
) -> Tally:
    """Count once: distinct values and how often each occurs.

    Parameters
    ----------
    values
        Numbers; missing ones are left out.
    counts
        How often each value occurs; default once. Negative counts are a ValueError.
    like
        Arrays whose size sets the rounding, for values that are differences of others.

    Examples
    --------
    >>> tally([3, 1, 3, None]).counts.tolist()
    [1.0, 2.0]
    """
    numbers, weights = as_floats(values), _weights(values, counts)
    kept = np.isfinite(numbers) & (weights > 0)
    n_missing = round(float(weights[~np.isfinite(numbers)].sum()))
    rounded = _rounded(numbers[kept], (numbers[kept], *like))
    distinct, place = np.unique(rounded, return_inverse=True)
    summed = np.bincount(place, weights=weights[kept], minlength=distinct.size)
    return Tally(values=distinct, counts=summed.astype(np.float64), n_missing=n_missing)


def tally_both(
    first: ArrayLike,
    second: ArrayLike,
    first_counts: ArrayLike | None = None,
    second_counts: ArrayLike | None = None,
) -> tuple[Tally, Tally]:
    """Count two samples with one rounding, so that equal scores tie across them.

    Examples
    --------
    >>> one, two = tally_both([100 / 3, 99.0], [100 / 3, 101.0])
    >>> bool(one.values[0] == two.values[0])
    True
    """
    both = tuple(numbers[np.isfinite(numbers)] for numbers in map(as_floats, (first, second)))
    return tally(first, first_counts, like=both), tally(second, second_counts, like=both)


def tally_pairs(pre: ArrayLike, post: ArrayLike, counts: ArrayLike | None = None) -> PairTally:
    """Count distinct (pre, post) pairs; pairs with a missing half are left out and counted.

    Examples
    --------
    >>> tally_pairs([1, 1, 2], [2, 2, None]).n_missing
    1
    """
    first, second, weights = as_floats(pre), as_floats(post), _weights(pre, counts)
    if first.size != second.size:
        raise ValueError(f"pre has {first.size} values and post {second.size}: pairs are needed")
    present = np.isfinite(first) & np.isfinite(second)
    kept = present & (weights > 0)
    pre_values, pre_place = np.unique(first[kept], return_inverse=True)
    post_values, post_place = np.unique(second[kept], return_inverse=True)
    width = max(1, post_values.size)
    cells, place = np.unique(pre_place * width + post_place, return_inverse=True)
    return PairTally(
        pre=pre_values[cells // width],
        post=post_values[cells % width],
        counts=np.bincount(place, weights=weights[kept], minlength=cells.size).astype(np.float64),
        n_missing=round(float(weights[~present].sum())),
    )


def _weights(values: ArrayLike, counts: ArrayLike | None) -> Floats:
    size = as_floats(values).size
    if counts is None:
        return np.ones(size)
    weights = as_floats(counts)
    if weights.size != size:
        raise ValueError(f"{size} values but {weights.size} counts: one count per value is needed")
    if bool((weights < 0).any()) or not bool(np.isfinite(weights).all()):
        raise ValueError("counts must be zero or more and never missing")
    return weights


def _rounded(values: Floats, scale_from: tuple[Floats, ...]) -> Floats:
    largest = max((float(np.abs(part).max()) for part in scale_from if part.size), default=0.0)
    if largest == 0.0:
        return values + 0.0
    decimals = SIGNIFICANT_DIGITS - math.ceil(math.log10(largest))
    return np.round(values, decimals) + 0.0 if decimals < 300 else values
