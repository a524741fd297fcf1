"""Answers to the global question "how has it changed?" → steps: 0 the same, above it better."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

#: Common wordings; other ones are declared by ``anchor_values``.
STEPS: Mapping[str, int] = {
    "very much better": 3,
    "much better": 2,
    "better": 1,
    "a little better": 1,
    "somewhat better": 1,
    "slightly better": 1,
    "the same": 0,
    "about the same": 0,
    "no change": 0,
    "unchanged": 0,
    "same": 0,
    "a little worse": -1,
    "somewhat worse": -1,
    "slightly worse": -1,
    "worse": -1,
    "much worse": -2,
    "very much worse": -3,
    "好很多": 2,
    "好多了": 2,
    "明显变好": 2,
    "变好": 1,
    "好一点": 1,
    "好一些": 1,
    "稍微好一点": 1,
    "略有好转": 1,
    "一样": 0,
    "差不多": 0,
    "没有变化": 0,
    "没变化": 0,
    "不变": 0,
    "差一点": -1,
    "差一些": -1,
    "变差": -1,
    "稍微差一点": -1,
    "略有变差": -1,
    "差很多": -2,
    "差多了": -2,
    "明显变差": -2,
}


def read_steps(given: pd.Series, declared: Mapping[str, float]) -> tuple[pd.Series, list[int]]:
    """Read the answers of a global question.

    Numbers count as steps only where some are 0 or below: on a scale 1 to 5 nothing says which
    answer means "the same", and such answers need ``anchor_values``.

    Parameters
    ----------
    given
        Cells as text.
    declared
        ``survey.anchor_values``: answer → step; where given, it alone decides.

    Returns
    -------
    tuple
        Steps (float, NaN = blank or unread), and index labels of the cells not read.
    """
    text = given.map(lambda cell: str(cell).strip().casefold(), na_action="ignore")
    if declared:
        known = {answer.strip().casefold(): float(step) for answer, step in declared.items()}
        steps = text.map(known)
    else:
        numbers = pd.to_numeric(text, errors="coerce")
        signed = bool((numbers <= 0).any())
        steps = text.map({word: float(step) for word, step in STEPS.items()})
        steps = steps.fillna(numbers) if signed else steps
    steps = steps.astype(np.float64)
    filled = text.notna() & text.ne("")
    return steps, [int(label) for label in steps.index[filled & steps.isna()]]
