"""Estimates of some of the people whose number is given: the others, when few, are not told.

Their number stands in more than n: only one n gives a correlation with its limits, or a mean with
its standard error and limits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from analysis.disclosure.rules import is_small
from analysis.results import SUPPRESSED, EstimateLike, NotEstimable


def leaves_few(n: float, given: Iterable[int], least: int) -> bool:
    """Whether so many people, beside numbers of people that are given, leave a few.

    Examples
    --------
    >>> leaves_few(38, [40], 5), leaves_few(40, [40], 5), leaves_few(30, [40], 5)
    (True, False, False)
    """
    return any(is_small(abs(n - other), least) for other in given)


def hide_people(found: EstimateLike) -> EstimateLike:
    """Leave out of how many an estimate is, and with it what tells it: limits and error."""
    if isinstance(found, NotEstimable):
        return replace(found, n=0, details={})
    names = ("ci_low", "ci_high", "std_error")
    hidden = {name: SUPPRESSED for name in names if getattr(found, name) is not None}
    missing = SUPPRESSED if found.n_missing else 0
    return replace(found, n=SUPPRESSED, n_missing=missing, **hidden)
