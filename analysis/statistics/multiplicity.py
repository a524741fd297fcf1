"""p-values adjusted for the number of tests; a test that gave none keeps none."""

from __future__ import annotations

from collections.abc import Sequence


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
    return _adjusted(p_values, "holm")


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
    return _adjusted(p_values, "fdr_bh")


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


def _adjusted(p_values: Sequence[float | None], method: str) -> tuple[float | None, ...]:
    from statsmodels.stats.multitest import multipletests  # slow to import

    given = [index for index, p in enumerate(p_values) if p is not None]
    adjusted: list[float | None] = [None] * len(p_values)
    if given:
        # multipletests fails on an empty family.
        values = multipletests([p_values[index] for index in given], method=method)[1]
        for index, value in zip(given, values, strict=True):
            adjusted[index] = float(value)
    return tuple(adjusted)
