"""Change of an ordinal answer between anonymous waves: cumulative logit of a 2 × K table."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from analysis.results import ComparisonLike, NotEstimable
from analysis.statistics.counting import tally
from analysis.statistics.cumulative_logit import fit_cumulative_logit
from analysis.statistics.wald import odds_ratio, wald_comparison

_METHOD = "cumulative_logit;wald;waves_as_independent"


def ordinal_change(
    pre_codes: ArrayLike,
    post_codes: ArrayLike,
    pre_counts: ArrayLike | None = None,
    post_counts: ArrayLike | None = None,
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Log odds ratio of a higher answer at post than at pre (proportional odds).

    For anonymous waves, whose answers cannot be linked. Where they can, use
    :func:`analysis.statistics.ordinal_mixed.ordered_change`.

    Parameters
    ----------
    pre_codes, post_codes
        Answer codes in their order; missing ones are left out and counted.
    pre_counts, post_counts
        How often each code occurs; default once.
    ci_level
        Coverage, 0–1.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` is the log odds ratio, positive when answers rise; ``details``: odds_ratio
        with limits, n_categories, n_pre, n_post. ``not_identified`` when the two waves do not
        overlap.

    Notes
    -----
    logit P(Y ≤ k) = α_k − β·post, maximum likelihood by Newton steps, Wald interval from the
    observed information. McCullagh 1980, doi:10.1111/j.2517-6161.1980.tb01109.x.

    Examples
    --------
    >>> round(ordinal_change([1, 2, 2, 3], [2, 3, 3, 3]).details["n_categories"])
    3
    """
    first, second = tally(pre_codes, pre_counts), tally(post_codes, post_counts)
    n = first.n + second.n
    if first.total <= 0 or second.total <= 0:
        return NotEstimable(reason="no_data", n=n, method=_METHOD, name="ordinal")
    codes = np.union1d(first.values, second.values)
    if codes.size < 2:
        return NotEstimable(reason="no_variance", n=n, method=_METHOD, name="ordinal")
    answer = np.searchsorted(codes, np.concatenate([first.values, second.values]))
    later = np.repeat([0.0, 1.0], [first.values.size, second.values.size])
    counts = np.concatenate([first.counts, second.counts])
    fitted = fit_cumulative_logit(answer, later[:, None], counts)
    if fitted is None:
        return NotEstimable(reason="not_identified", n=n, method=_METHOD, name="ordinal")
    slope, error = float(fitted.parameters[-1]), math.sqrt(float(fitted.covariance[-1, -1]))
    sizes = {"n_categories": codes.size, "n_pre": first.n, "n_post": second.n}
    return wald_comparison(
        name="ordinal",
        estimate=slope,
        std_error=error,
        ci_level=ci_level,
        n=n,
        n_missing=first.n_missing + second.n_missing,
        method=_METHOD,
        details={**odds_ratio(slope, error, ci_level), **sizes},
    )
