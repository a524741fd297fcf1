"""p-values adjusted for the number of tests; a test that gave none keeps none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from analysis.statistics.counting import Floats


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
    return _adjusted(p_values, _holm)


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
    return _adjusted(p_values, _benjamini_hochberg)


def adjust_by_role(
    p_values: Sequence[float | None], confirmatory: Sequence[bool]
) -> tuple[float | None, ...]:
    """Adjust each family within itself: Holm for confirmatory tests, Benjamini–Hochberg else.

    Examples
    --------
    >>> adjust_by_role([0.01, 0.04, 0.04], [True, True, False])
    (0.02, 0.04, 0.04)
    """
    adjusted: list[float | None] = [None] * len(p_values)
    for primary, rule in ((True, holm), (False, benjamini_hochberg)):
        family = [i for i, chosen in enumerate(confirmatory) if chosen is primary]
        values = rule([p_values[i] for i in family])
        for index, value in zip(family, values, strict=True):
            adjusted[index] = value
    return tuple(adjusted)


def _adjusted(
    p_values: Sequence[float | None], rule: Callable[[Floats], Floats]
) -> tuple[float | None, ...]:
    given = [index for index, p in enumerate(p_values) if p is not None]
    ordered = sorted(given, key=lambda index: p_values[index] or 0.0)
    sorted_p = np.array([p_values[index] for index in ordered], dtype=np.float64)
    values = rule(sorted_p)
    adjusted: list[float | None] = [None] * len(p_values)
    for index, value in zip(ordered, values, strict=True):
        adjusted[index] = float(value)
    return tuple(adjusted)


def _holm(sorted_p: Floats) -> Floats:
    factors = np.arange(sorted_p.size, 0, -1)
    return np.minimum(1.0, np.maximum.accumulate(sorted_p * factors))


def _benjamini_hochberg(sorted_p: Floats) -> Floats:
    scaled = sorted_p * sorted_p.size / np.arange(1, sorted_p.size + 1)
    return np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
