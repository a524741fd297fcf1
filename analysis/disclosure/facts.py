"""Facts of people that are numbers, such as age or 1 for disabled, side by side at the start.

A mean of few different values counts who has each: 0.1 of ten people is one of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.disclosure.cells import BoolArray
from analysis.disclosure.rules import is_small
from analysis.disclosure.survey import Survey
from analysis.surveys.covariates import numbers_of
from analysis.surveys.panel import has_column, person_values
from analysis.surveys.scoring import FloatArray

#: Different values up to which a mean and its interval are taken to tell how often each stands.
FEW_VALUES = 7


def compare_numbers(survey: Survey, variable: str, sides: Sequence[BoolArray], label: str) -> bool:
    """Whether the means of a fact may be put side by side.

    Of few different values, how many have each must be releasable. Of more, a mean and its
    interval still single out the few who differ where all others have one value.
    """
    numbers = _read(survey, variable)
    if numbers is None:
        return False
    known = [side & np.isfinite(numbers) for side in sides]
    if any(is_small(int(side.sum()), survey.least) for side in known):
        return False
    values, counts = np.unique(numbers[np.isfinite(numbers)], return_counts=True)
    if values.size <= FEW_VALUES:
        masks = [side & (numbers == value) for side in known for value in values]
        return survey.release_count(label, *masks)
    usual = values[np.argmax(counts)]
    if any(is_small(int((side & (numbers != usual)).sum()), survey.least) for side in known):
        return False
    return survey.release_count(label, *known)


def usual_gap(survey: Survey, variable: str) -> float:
    """How far the values of a fact lie apart on average."""
    numbers = _read(survey, variable)
    values = np.unique(numbers[np.isfinite(numbers)]) if numbers is not None else np.zeros(0)
    return float(np.ptp(values)) / (values.size - 1) if values.size > 1 else 1.0


def _read(survey: Survey, variable: str) -> FloatArray | None:
    if not has_column(survey.study, variable):
        return None
    return numbers_of(person_values(survey.study, survey.panel, variable))
