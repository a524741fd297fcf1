"""Result objects of the participation section; field names are the keys of the results file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analysis.results import Caution, EstimateLike, NotEstimable

_NOT_ASKED = NotEstimable(reason="not_asked", method="wilson")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelStep:
    """One step: community, invited, came, came_again, completed, volunteer.

    ``of`` names the denominator's step; ``share`` is n over it (Wilson).
    """

    step: str
    n: int | None
    of: str
    share: EstimateLike


LISTED = "listed"
"""Name of an attendance rate of everybody on the list, where no column says who registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAttendance:
    """One session: people present, share of those registered, p-chart limits (shares 0–1).

    ``returned``: of those present, the share who came to the next session too (Wilson).
    """

    session: str
    date: date | None
    kind: str
    level: str
    attended: int
    registered: int | None
    rate: EstimateLike
    no_show: EstimateLike
    limit_low: float | None
    limit_high: float | None
    outside: bool
    returned: EstimateLike = _NOT_ASKED


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodParticipation:
    """One month: unique people and contacts kept apart, with the period's denominator."""

    month: str
    participants: int
    contacts: int
    sessions: int
    rate: EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Representation:
    """Share of participants in one group against the population's share; ratio 1 = equal."""

    by: str
    value: str
    n: int
    share: EstimateLike
    population_share: float
    ratio: EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """Everything known of attendance. Rates are 0–1 with Wilson intervals.

    ``engagement`` lists (sessions attended, people), each up to the next; for funders and the
    public in steps of many people, rounded to the smallest group, the last one without an end.
    ``lorenz`` lists (share of people, share of attendances), both cumulative.
    ``events`` are dated happenings (from, until, label).
    ``fill_rate`` is known where only counts are: all present over all registered (or places), so
    that it may pass 1 and has no interval; ``attendance_rate`` leaves out the sessions with more
    present than registered.
    """

    eligible: int | None
    participants: int | None
    contacts: int
    sessions: int
    households: int | None
    reach: EstimateLike
    attendance_rate: EstimateLike
    repeat_rate: EstimateLike
    completion_rate: EstimateLike
    return_rate: EstimateLike
    funnel: tuple[FunnelStep, ...]
    per_session: tuple[SessionAttendance, ...]
    per_period: tuple[PeriodParticipation, ...]
    engagement: tuple[tuple[int, int], ...]
    lorenz: tuple[tuple[float, float], ...]
    gini: EstimateLike
    top10_share: EstimateLike
    representation: tuple[Representation, ...]
    fill_rate: float | None = None
    by_kind: tuple[tuple[str, int, int], ...] = ()
    by_level: tuple[tuple[str, int, int], ...] = ()
    events: tuple[tuple[date, date | None, str | Mapping[str, str]], ...] = ()
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseDelivery:
    """Plan against what happened in one phase ("" = whole intervention)."""

    phase: str
    planned: int
    held: int
    moved: int
    cancelled: int
    pending: int
    held_share: EstimateLike
    on_time: EstimateLike
    fidelity: EstimateLike
    staff_hours: float | None
    volunteer_hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Was it done? Overall and by phase."""

    overall: PhaseDelivery
    phases: tuple[PhaseDelivery, ...]
    sessions: tuple[tuple[str, str, date | None, date | None, str], ...]
    cautions: tuple[Caution, ...] = ()
