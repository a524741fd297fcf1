"""Who stays longer: groups of volunteers, trained against untrained, reasons for leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.results import Comparison, ComparisonLike, Curve, NotEstimable
from analysis.statistics.cox import cox, proportional_hazards_test
from analysis.statistics.incidence import cumulative_incidence
from analysis.statistics.survival import kaplan_meier, median_time, rmst, survival_at
from analysis.statistics.survival_groups import logrank, rmst_difference
from analysis.thresholds import SIGNIFICANCE_LEVEL
from analysis.volunteers.results import Cause, GroupRetention, RetentionByGroup
from analysis.volunteers.spells import BoolArray, Team, Tenures, days_of

LANDMARK_DAYS = 90.0
YEAR = 365.0
LAPSED = "lapsed"
OTHER = "other"


def compare_groups(
    team: Team, tenures: Tenures, names: Sequence[str], min_group: int
) -> tuple[RetentionByGroup, ...]:
    """Compare time served between the groups of each named roster column.

    Groups below ``min_group`` take no part in the tests.
    """
    shown = [name for name in names if name in team.roster]
    return tuple(
        _by_group(name, team.roster[name].to_numpy(), tenures, min_group) for name in shown
    )


def compare_trained(team: Team, tenures: Tenures, min_group: int) -> RetentionByGroup | None:
    """Compare trained with untrained volunteers from a landmark day on.

    Only those still serving ``LANDMARK_DAYS`` after joining take part; trained means trained by
    that day; time counts from it. Without a landmark the trained would seem to stay longer for
    having stayed long enough to be trained (immortal time).

    References
    ----------
    Anderson, Cain & Gelber 1983, doi:10.1200/JCO.1983.1.11.710.
    """
    if "trained" not in team.roster:
        return None
    label = trained_labels(team, tenures)
    shifted = replace(
        tenures,
        duration=tenures.duration - LANDMARK_DAYS,
        entry=tenures.entry - LANDMARK_DAYS,
    )
    found = _by_group("trained", label, shifted, min_group)
    return replace(found, landmark_days=LANDMARK_DAYS)


def trained_labels(team: Team, tenures: Tenures) -> npt.NDArray[Any]:
    """Whether each was trained by the landmark; None for those no longer serving then."""
    trained_after = days_of(team.roster["trained"]) - team.start
    label = np.where(trained_after <= LANDMARK_DAYS, "trained", "untrained").astype(object)
    label[~(tenures.duration > LANDMARK_DAYS)] = None
    return label


def _by_group(
    by: str, label: npt.NDArray[Any], tenures: Tenures, min_group: int
) -> RetentionByGroup:
    known = np.array([isinstance(value, str) and value != "" for value in label])
    known &= np.isfinite(tenures.duration) & (tenures.duration >= 0)
    values, counts = np.unique(label[known].astype(str), return_counts=True)
    large = [str(v) for v, n in zip(values, counts, strict=True) if n >= min_group]
    text = np.where(known, label, "").astype(str)
    chosen = known & np.isin(text, large)
    horizon = _common_horizon(text, large, tenures)
    tests = _tests(text, chosen, large, tenures, horizon)
    return RetentionByGroup(
        by=by,
        logrank=tests[0],
        rmst_difference=tests[1],
        cox=tests[2],
        proportional_hazards=tests[3],
        groups=tuple(_one_group(str(v), text == v, tenures, horizon) for v in values),
        horizon_days=horizon,
    )


def _one_group(value: str, rows: BoolArray, tenures: Tenures, horizon: float) -> GroupRetention:
    curve = _curve(rows, tenures)
    return GroupRetention(
        value=value,
        n=int(rows.sum()),
        curve=curve if isinstance(curve, Curve) else None,
        median_days=median_time(curve),
        rmst=rmst(curve, horizon),
    )


def _curve(rows: BoolArray, tenures: Tenures) -> Curve | NotEstimable:
    return kaplan_meier(tenures.duration[rows], tenures.event[rows], entry=tenures.entry[rows])


def _common_horizon(text: npt.NDArray[Any], large: Sequence[str], tenures: Tenures) -> float:
    """Longest time up to a year that every group was followed, or was used up."""
    longest = YEAR
    for value in large:
        curve = _curve(text == value, tenures)
        if isinstance(curve, Curve) and curve.survival[-1] > 0:
            longest = min(longest, whole_months(curve.time_days[-1]))
    return longest


def whole_months(day: float) -> float:
    """Round a day down to months of 30 days, in the first month to weeks.

    The last day of a curve is one person's time; a horizon is said to everybody.

    Examples
    --------
    >>> whole_months(285.0), whole_months(365.0), whole_months(16.0)
    (270.0, 360.0, 14.0)
    """
    step = 30.0 if day >= 30 else 7.0
    return step * (day // step)


def _tests(
    text: npt.NDArray[Any],
    chosen: BoolArray,
    large: Sequence[str],
    tenures: Tenures,
    horizon: float,
) -> tuple[ComparisonLike, ComparisonLike, tuple[ComparisonLike, ...], ComparisonLike]:
    if len(large) < 2:
        none = NotEstimable(reason="too_few", name="logrank")
        return none, replace(none, name="rmst_difference"), (), replace(none, name="schoenfeld")
    spell = (tenures.duration[chosen], tenures.event[chosen])
    group, entry = text[chosen], tenures.entry[chosen]
    names = sorted(large, key=lambda value: -int(np.sum(group == value)))[1:]
    dummies = np.column_stack([(group == value).astype(np.float64) for value in names])
    return (
        logrank(*spell, group, entry=entry),
        rmst_difference(*spell, group, horizon, entry=entry),
        cox(*spell, dummies, names, entry=entry),
        proportional_hazards_test(*spell, dummies, names, entry=entry),
    )


def estimate_causes(team: Team, tenures: Tenures, min_group: int) -> tuple[Cause, ...]:
    """Estimate the share who left for each reason (Aalen–Johansen).

    People who lapsed without a word form the reason ``"lapsed"``; reasons given by fewer than
    ``min_group`` people are put together as ``"other"``. People who joined before the register
    started are left out here. Empty without recorded reasons.
    """
    reason, gone, usable = reasons_of(team, tenures, min_group)
    if not bool(np.any(team.reason.astype(str)[gone] != "")):
        return ()
    kept, numbers = np.unique(reason[gone], return_counts=True)
    code = np.where(gone, np.searchsorted(kept, reason).clip(0, len(kept) - 1) + 1, 0)
    order = np.argsort(-numbers, kind="stable")
    return tuple(
        found
        for i in order
        if (found := _cause(tenures.duration[usable], code[usable], kept[i], int(i) + 1))
    )


def reasons_of(
    team: Team, tenures: Tenures, min_group: int
) -> tuple[npt.NDArray[Any], BoolArray, BoolArray]:
    """Give everybody's reason for leaving, who has left, and who is followed from the start."""
    reason = np.where(tenures.lapsed, LAPSED, team.reason.astype(str))
    reason = np.where(reason == "", OTHER, reason)
    usable = np.isfinite(tenures.duration) & ~np.isfinite(tenures.entry)
    gone = tenures.event & usable
    names, counts = np.unique(reason[gone], return_counts=True)
    rare = names[(counts < min_group) & (names != LAPSED)]
    return np.where(np.isin(reason, rare), OTHER, reason), gone, usable


def _cause(
    duration: npt.NDArray[np.float64], code: npt.NDArray[np.intp], reason: str, number: int
) -> Cause | None:
    incidence = cumulative_incidence(duration, code, number)
    if not isinstance(incidence, Curve):
        return None
    return Cause(
        reason=str(reason),
        n=int(np.sum(code == number)),
        incidence=incidence,
        at_365=survival_at(incidence, YEAR),
    )


def is_clear(comparison: ComparisonLike, alpha: float = SIGNIFICANCE_LEVEL) -> bool:
    """Tell whether a test's p-value is below ``alpha``."""
    if not isinstance(comparison, Comparison) or comparison.p_value is None:
        return False
    return comparison.p_value < alpha
