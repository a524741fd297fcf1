"""How much drop-out a comparison stands: the attrition boundary of the What Works Clearinghouse.

What Works Clearinghouse 2020, *Standards Handbook, Version 4.1*, table II.1, U.S. Department of
Education. The boundary keeps the bias that drop-out can cause below 0.05 standard deviations; the
model behind it: Deke & Chiang 2017, doi:10.1177/0193841X16670047.
"""

from __future__ import annotations

from typing import Literal

Verdict = Literal["low", "low_if_unrelated", "high"]

# Highest difference of the groups' losses, in percentage points, for overall losses of 0, 1, 2 …
# percent. Cautious: the programme may itself decide who is lost. Optimistic: it hardly can.
_CAUTIOUS = (
    5.7,
    5.8,
    5.9,
    5.9,
    6.0,
    6.1,
    6.2,
    6.3,
    6.3,
    6.3,
    6.3,
    6.2,
    6.2,
    6.1,
    6.0,
    5.9,
    5.9,
    5.8,
    5.7,
    5.5,
    5.4,
    5.3,
    5.2,
    5.1,
    4.9,
    4.8,
    4.7,
    4.5,
    4.4,
    4.3,
    4.1,
    4.0,
    3.8,
    3.6,
    3.5,
    3.3,
    3.2,
    3.1,
    2.9,
    2.8,
    2.6,
    2.5,
    2.3,
    2.1,
    2.0,
    1.8,
    1.6,
    1.5,
    1.3,
    1.2,
    1.0,
    0.9,
    0.7,
    0.6,
    0.4,
    0.3,
    0.2,
    0.0,
)
_OPTIMISTIC = (
    10.0,
    10.1,
    10.2,
    10.3,
    10.4,
    10.5,
    10.7,
    10.8,
    10.9,
    10.9,
    10.9,
    10.9,
    10.9,
    10.8,
    10.8,
    10.7,
    10.6,
    10.5,
    10.3,
    10.2,
    10.0,
    9.9,
    9.7,
    9.5,
    9.4,
    9.2,
    9.0,
    8.8,
    8.6,
    8.4,
    8.2,
    8.0,
    7.8,
    7.6,
    7.4,
    7.2,
    7.0,
    6.7,
    6.5,
    6.3,
    6.0,
    5.8,
    5.6,
    5.3,
    5.1,
    4.9,
    4.6,
    4.4,
    4.2,
    3.9,
    3.7,
    3.5,
    3.2,
    3.0,
    2.8,
    2.6,
    2.3,
    2.1,
    1.9,
    1.6,
    1.4,
    1.1,
    0.9,
    0.7,
    0.5,
    0.3,
)
_ROUNDING = 1e-9


def attrition_boundary(overall: float, *, cautious: bool) -> float | None:
    """Highest difference between the groups' losses that counts as low; None beyond the table.

    Parameters
    ----------
    overall
        Share of all people who were lost, 0–1; read at the nearest whole percent.
    cautious
        Whether the programme itself may decide who is lost.

    Examples
    --------
    >>> attrition_boundary(0.30, cautious=True), attrition_boundary(0.30, cautious=False)
    (0.041, 0.082)
    """
    table = _CAUTIOUS if cautious else _OPTIMISTIC
    percent = round(100 * overall)
    return round(table[percent] / 100, 3) if percent < len(table) else None


def judge_attrition(overall: float, differential: float) -> Verdict:
    """Judge losses by both boundaries.

    Returns
    -------
    str
        ``low`` under the cautious boundary; ``low_if_unrelated`` only under the optimistic one,
        where the programme can hardly decide who is lost; ``high`` under neither.

    Examples
    --------
    >>> judge_attrition(0.08, 0.03), judge_attrition(0.30, 0.06), judge_attrition(0.30, 0.10)
    ('low', 'low_if_unrelated', 'high')
    """
    limits = [attrition_boundary(overall, cautious=cautious) for cautious in (True, False)]
    low = [limit is not None and abs(differential) <= limit + _ROUNDING for limit in limits]
    if low[0]:
        return "low"
    return "low_if_unrelated" if low[1] else "high"
