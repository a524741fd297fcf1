"""Result objects of the volunteers section; field names are the keys of the results file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from analysis.results import Caution, ComparisonLike, Curve, EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRetention:
    """Retention in one group of volunteers."""

    value: str
    n: int
    curve: Curve | None
    median_days: EstimateLike
    rmst: EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionByGroup:
    """Curves by one variable, with log-rank, restricted-mean difference and Cox.

    ``horizon_days`` is the end of the restricted means; ``landmark_days`` the day from which a
    landmark comparison counts.
    """

    by: str
    logrank: ComparisonLike
    rmst_difference: ComparisonLike
    cox: tuple[ComparisonLike, ...]
    proportional_hazards: ComparisonLike
    groups: tuple[GroupRetention, ...]
    horizon_days: float | None = None
    landmark_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Cumulative incidence of leaving for one reason (Aalen–Johansen)."""

    reason: str
    n: int
    incidence: Curve
    at_365: EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Those who joined in one quarter or month: share still active k periods later.

    ``active`` lists (period, n active or None when not yet observed, share or None).
    """

    label: str
    n: int
    active: tuple[tuple[int, int | None, float | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One calendar month of the team.

    ``active`` = served in the month = new + continuing + returning. ``team`` is who is in the
    team on the last day: the month before + new + returning − lapsed. ``retention``: share of
    the month before's active who are active again.
    """

    month: str
    active: int
    new: int
    returning: int
    lapsed: int
    hours: float | None = None
    retention: float | None = None
    team: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Who carries the work. ``bus_factor``: fewest people giving half the hours.

    ``lorenz`` as in participation; ``per_person`` sorted descending, no names.
    """

    unit: str
    total: float
    per_active: EstimateLike
    gini: EstimateLike
    top10_share: EstimateLike
    bus_factor: int
    reliability: EstimateLike
    lorenz: tuple[tuple[float, float], ...]
    per_person: tuple[float, ...]
    by_activity: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A person likely to lapse: for the organisation's eyes only, never in shared exports.

    ``rhythm_days`` is the person's median gap; ``ratio`` days since last service over it.
    """

    volunteer: str
    last_service: date
    days_since: int
    rhythm_days: float | None
    ratio: float | None
    survival_given_absence: float | None
    urgency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookPoint:
    """Active team expected at the end of one future month, with prediction interval."""

    month: str
    active: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookCheck:
    """What the forecast that is given said at an earlier month's end of a month now known.

    ``made`` and ``month`` as ``2026-03``; the rest counts people, ``today`` those in the team when
    it was made; ``inside`` tells whether the interval held what came.
    """

    made: str
    month: str
    months_ahead: int
    expected: float
    low: float
    high: float
    actual: int
    inside: bool
    today: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookChoice:
    """Which forecast the outlook gives, and how it did at earlier months' ends.

    ``basis``: ``flow`` (how long people stay and how many join) or ``as_today`` (the team as large
    as today), because the first missed by no less (``not_better``) or could not be tried
    (``untried``). Errors are mean absolute differences in people over ``n`` checks; ``inside`` is
    the share of the checks in which the interval of the forecast given held what came.
    """

    basis: Literal["flow", "as_today"]
    reason: Literal["better", "not_better", "untried"]
    n: int
    error_flow: float | None = None
    error_as_today: float | None = None
    inside: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseSensitivity:
    """Retention under another lapse window."""

    lapse_after_days: int
    left: int
    median_days: EstimateLike
    retention_365: EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteers:
    """Everything known of volunteers and how long they stay. Times in days, rates 0–1.

    ``retention`` maps "30", "90", "180", "365" to survival estimates;
    ``mean_cumulative_returns`` is (time_days, mean number of returns per volunteer);
    ``roles`` lists (role, n active) in pipeline order. ``returned`` maps "30", "90", "180",
    "365" to the share still seen that long after joining, of all who joined that long ago.
    ``events`` are dated happenings (from, until, label).
    ``notes`` counts rows and people set aside or contradictory, by code.
    """

    n: int
    active: int
    active_year_ago: int | None
    joined: int
    left: int
    rule: str
    lapse_after_days: int
    observed_from: date
    observed_until: date
    curve: Curve
    retention: Mapping[str, EstimateLike]
    median_days: EstimateLike
    rmst: EstimateLike
    rmst_horizon_days: float = 365.0
    returned: Mapping[str, EstimateLike] = field(default_factory=dict)
    sensitivity: tuple[LapseSensitivity, ...] = ()
    by_group: tuple[RetentionByGroup, ...] = ()
    landmark: RetentionByGroup | None = None
    causes: tuple[Cause, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    monthly: tuple[Month, ...] = ()
    period_retention: EstimateLike | None = None
    commitment_retention: EstimateLike | None = None
    mean_cumulative_returns: tuple[tuple[float, float, float, float], ...] = ()
    hours: Hours | None = None
    roles: tuple[tuple[str, int], ...] = ()
    #: None where it is withheld: it names people.
    overdue: tuple[Overdue, ...] | None = ()
    outlook: tuple[OutlookPoint, ...] = ()
    outlook_choice: OutlookChoice | None = None
    backtest: tuple[OutlookCheck, ...] = ()
    events: tuple[tuple[date, date | None, str | Mapping[str, str]], ...] = ()
    cautions: tuple[Caution, ...] = ()
    notes: Mapping[str, int] = field(default_factory=dict)
