"""How long people stay: curves, medians, restricted means, comparisons, incidence by cause.

Times are in days from joining. A row may stand for many people (``counts``); answers are the
same as from expanded rows. This module gathers the functions of its neighbours
``survival_curve``, ``survival_groups``, ``cox`` and ``incidence``.
"""

from analysis.statistics.cox import cox, proportional_hazards_test
from analysis.statistics.incidence import cumulative_incidence, mean_cumulative_function
from analysis.statistics.survival_curve import (
    CurveLike,
    kaplan_meier,
    median_time,
    rmst,
    survival_at,
)
from analysis.statistics.survival_groups import logrank, rmst_difference

__all__ = [
    "CurveLike",
    "cox",
    "cumulative_incidence",
    "kaplan_meier",
    "logrank",
    "mean_cumulative_function",
    "median_time",
    "proportional_hazards_test",
    "rmst",
    "rmst_difference",
    "survival_at",
]
