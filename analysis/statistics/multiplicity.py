"""p-values adjusted for the number of tests; a test that gave none keeps none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import scipy.stats

FloatArray = npt.NDArray[np.float64]


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Holm's step-down adjustment: controls the chance of any false finding.

    Use for the confirmatory family. None stays None and is not counted as a test.

    Notes
    -----
    max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎). Holm 1979, Scand. J. Statist. 6, 65–70.

    Examples
    --------
    >>> holm([0.01, None, 0.04])
    (0.02, None, 0.04)
    """
    return _adjust(p_values, _step_down)


def benjamini_hochberg(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Benjamini–Hochberg step-up adjustment: controls the share of false findings.

    Use for the exploratory family. None stays None and is not counted as a test.

    Notes
    -----
    min over j ≥ i of min(1, m p₍ⱼ₎ / j). Benjamini & Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, None])
    (0.02, 0.04, None)
    """
    return _adjust(p_values, scipy.stats.false_discovery_control)


def adjust_by_family(
    p_values: Sequence[float | None], families: Sequence[str], *, confirmatory: str
) -> tuple[float | None, ...]:
    """Adjust each family within itself: Holm for the confirmatory one, Benjamini–Hochberg else.

    Parameters
    ----------
    p_values
        One per test; None where a test gave none.
    families
        The family of each test; only tests of one family count against each other.
    confirmatory
        The family named in advance.

    Examples
    --------
    >>> adjust_by_family([0.01, 0.04, 0.04], ["a", "a", "b"], confirmatory="a")
    (0.02, 0.04, 0.04)
    """
    adjusted: list[float | None] = [None] * len(p_values)
    for family in dict.fromkeys(families):
        rule = holm if family == confirmatory else benjamini_hochberg
        members = [i for i, name in enumerate(families) if name == family]
        values = rule([p_values[i] for i in members])
        for index, value in zip(members, values, strict=True):
            adjusted[index] = value
    return tuple(adjusted)


def _adjust(
    p_values: Sequence[float | None], rule: Callable[[FloatArray], FloatArray]
) -> tuple[float | None, ...]:
    """Apply a rule to the tests that gave a p-value; the others keep none."""
    given = np.array([p for p in p_values if p is not None], dtype=np.float64)
    adjusted = iter(rule(given).tolist() if given.size else ())
    return tuple(None if p is None else next(adjusted) for p in p_values)


def _step_down(p_values: FloatArray) -> FloatArray:
    # statsmodels' multipletests collects the garbage of the whole process each time it does this.
    order = np.argsort(p_values)
    steps = p_values[order] * np.arange(p_values.size, 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
