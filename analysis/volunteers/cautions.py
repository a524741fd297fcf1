"""What to know before quoting a number about volunteers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.results import Caution, Comparison, Estimate, Severity
from analysis.thresholds import (
    MAX_DIFFERENCE_BY_WINDOW,
    MIN_FOR_STAYS,
    MIN_FOR_UNEVENNESS,
    MIN_SHARE_OUTLOOKS_HELD,
)
from analysis.volunteers.groups import is_clear
from analysis.volunteers.results import RetentionByGroup, Volunteers
from analysis.volunteers.spells import Team, Tenures

FEW = 20
CONTRADICTIONS = (
    "left_before_joined",
    "service_after_left",
    "service_before_joined",
    "service_after_observation",
    "joined_after_observation",
    "service_not_on_roster",
    "service_row_incomplete",
    "roster_row_repeated",
    "joined_unknown",
    "never_served",
)


def volunteer_cautions(
    result: Volunteers, team: Team, tenures: Tenures, few_reliable: int | None = None
) -> Volunteers:
    """Add the cautions the numbers call for.

    Parameters
    ----------
    few_reliable
        How many people decide the reliability, where they are too few for its interval.
    """
    found = (
        *_of_curve(result, tenures),
        *_of_outlook(result),
        *_of_groups(result),
        *([] if few_reliable is None else [_caution("reliability_of_few", n=few_reliable)]),
        *_of_hours(result),
        *_of_data(team),
    )
    return replace(result, cautions=tuple(found))


def _caution(code: str, severity: Severity = "caution", **values: object) -> Caution:
    return Caution(code=code, severity=severity, section="volunteers", values=values)


def _of_hours(v: Volunteers) -> Iterator[Caution]:
    gini = v.hours.gini if v.hours is not None else None
    if isinstance(gini, Estimate) and gini.n < MIN_FOR_UNEVENNESS:
        yield _caution("hours_of_few", "info")


def _of_curve(v: Volunteers, tenures: Tenures) -> Iterator[Caution]:
    if v.curve.n < FEW:
        yield _caution("volunteers_few", n=v.curve.n)
    early = int(np.sum(np.isnan(tenures.duration)))
    if early:
        yield _caution("volunteers_too_recent", "info", n=early, days=v.lapse_after_days)
    late = int(np.sum(np.isfinite(tenures.entry)))
    if late:
        yield _caution("register_started_late", "info", n=late)
    if v.rule.endswith("last_service"):
        yield _caution("censored_at_last_service")
    known = [s.retention_365 for s in v.sensitivity if isinstance(s.retention_365, Estimate)]
    spread = [one.estimate for one in known]
    if spread and max(spread) - min(spread) > MAX_DIFFERENCE_BY_WINDOW:
        yield _caution("lapse_window_matters", low=min(spread), high=max(spread))


def _of_outlook(v: Volunteers) -> Iterator[Caution]:
    if v.backtest:
        share = sum(check.inside for check in v.backtest) / len(v.backtest)
        if share < MIN_SHARE_OUTLOOKS_HELD:
            yield _caution("outlook_missed", share=share, n=len(v.backtest))


def _of_groups(v: Volunteers) -> Iterator[Caution]:
    if v.by_group:
        yield _caution("groups_as_of_today", "info")
    crossing = [g.by for g in v.by_group if is_clear(g.proportional_hazards)]
    if crossing:
        yield _caution("hazards_not_proportional", by=crossing[0])
    compared = [*v.by_group, *([] if v.landmark is None else [v.landmark])]
    if any(_is_difference_of_few(one) for one in compared):
        yield _caution("stays_of_few", "info")
    if v.landmark is not None and len([g for g in v.landmark.groups if g.curve]) > 1:
        yield _caution("trained_not_random", days=v.landmark.landmark_days)


def _is_difference_of_few(one: RetentionByGroup) -> bool:
    if not isinstance(one.rmst_difference, Comparison):
        return False
    return any(isinstance(g.rmst, Estimate) and g.rmst.n < MIN_FOR_STAYS for g in one.groups)


def _of_data(team: Team) -> Iterator[Caution]:
    for code in CONTRADICTIONS:
        if team.notes.get(code):
            yield _caution(f"volunteers_{code}", "info", n=team.notes[code])
