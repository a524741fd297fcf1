"""Result objects of the sustainability sections; field names are keys of the results file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.results import Caution, ComparisonLike, Curve, EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """How far income hangs on few sources, at one granularity (``source`` or ``kind``).

    ``shares`` are (name, amount, share of all income); income that names none is one source with
    an empty name. ``largest`` is the largest with a name. Shares and HHI are 0–1;
    ``effective_sources`` = 1 / HHI.
    """

    by: str
    n_sources: int
    shares: tuple[tuple[str, float, float], ...]
    largest: str
    largest_share: float
    hhi: float
    hhi_normalised: float | None
    effective_sources: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingPeriod:
    """Income, expense and surplus of one month or year, in the ledger's currency."""

    period: str
    income: float
    expense: float
    surplus: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StressTest:
    """Runway when something is lost: ``largest_leaves`` or ``income_down_30``."""

    name: str
    income_left: float
    runway_months: EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantExpiry:
    """A grant with an end date; months from the end of the ledger."""

    source: str
    ends: date
    amount: float
    months_left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WaterfallStep:
    """Change of one source's income between two years."""

    year_from: str
    year_to: str
    source: str
    change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Funding:
    """The money. Amounts in ``currency``; shares 0–1; runway in months.

    ``programme_cost`` is the declared cost of the programme, where the ledger holds more than it.
    ``months_counted``: calendar months behind ``monthly_expense`` and the stress tests.
    ``unnamed_share``: share of the income whose source is not named.
    """

    currency: str
    first_date: date
    last_date: date
    income: float
    expense: float
    surplus: float
    by_month: tuple[FundingPeriod, ...]
    by_year: tuple[FundingPeriod, ...]
    concentration: tuple[Concentration, ...]
    hhi: float | None
    effective_sources: float | None
    largest_share: float | None
    recurring_share: float | None
    community_share: float | None
    restricted_share: float | None
    balance: float | None
    monthly_expense: float | None
    runway_months: EstimateLike
    stress: tuple[StressTest, ...]
    expiries: tuple[GrantExpiry, ...]
    waterfall: tuple[WaterfallStep, ...]
    n_rows: int
    n_left_out: int
    programme_cost: float | None = None
    months_counted: float | None = None
    unnamed_share: float | None = None
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainCapacity:
    """One capacity domain in one wave, averaged over raters (t interval)."""

    domain: str
    wave: str
    group: str
    mean: EstimateLike
    change: ComparisonLike | None
    target: float | None
    gap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Self-assessed capacity of the organisation or its workers.

    ``agreement`` is (wave, group, ICC of the average rating).
    """

    range: tuple[float, float]
    n_raters: int
    domains: tuple[DomainCapacity, ...]
    agreement: tuple[tuple[str, str, EstimateLike], ...]
    leadership: tuple[tuple[str, int, int], ...] = ()
    resident_led: EstimateLike | None = None
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StrengthsByKind:
    """Strengths of one kind between two waves."""

    kind: str
    before: int
    after: int
    kept: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strengths:
    """What the community has: kept, gained, lost."""

    wave_from: str
    wave_to: str
    kinds: tuple[StrengthsByKind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """One consultation issue: status done, declined, overdue, open or not_agreed."""

    issue: str
    raised_by: str
    raised: date | None
    agreed: date | None
    due: date | None
    done: date | None
    status: str
    days_open: int | None
    days_overdue: int | None
    told_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """Whether talk becomes action.

    ``follow_through``: share of agreed issues done or declined with a reason (Wilson).
    ``matrix`` rows are (stakeholder, stage, meetings present). ``lacking`` names what the log does
    not record, of agreed, done, due and told_back: the counts of these say nothing then.
    """

    raised: int
    agreed: int
    done: int
    declined: int
    open: int
    overdue: int
    follow_through: EstimateLike
    done_share: EstimateLike
    on_time: EstimateLike
    told_back: EstimateLike
    curve: Curve | None
    median_days: EstimateLike
    matrix: tuple[tuple[str, str, int], ...]
    level_gaps: tuple[tuple[str, str, int], ...]
    issues: tuple[IssueRow, ...]
    as_of: date
    cautions: tuple[Caution, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardRow:
    """One measure a manager watches.

    ``status`` is good, watch, act or no_data; ``trend`` up, down, flat or unknown against
    ``previous``, the value at ``previous_at`` (a day as 2026-02-28, or a wave); ``bands`` are the
    thresholds used and ``rule_source`` says where they come from. ``status`` is that of the value;
    ``status_range`` the worst and the best that the 95 % interval reaches, equal to it both times
    where the interval lies within one band or there is none.
    """

    code: str
    value: EstimateLike
    unit: str
    previous: float | None
    trend: str
    status: str
    bands: tuple[float, float]
    higher_is_better: bool
    rule_source: str
    next_step: str
    urgency: float
    status_range: tuple[str, str]
    previous_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyWarning:
    """An early warning, sorted by urgency (days until it bites; 0 = now)."""

    code: str
    days: float
    values: tuple[tuple[str, str | float | int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sustainability:
    """All of it; parts are None when the study has no such table."""

    funding: Funding | None = None
    capacity: Capacity | None = None
    strengths: Strengths | None = None
    consultation: Consultation | None = None
    scorecard: tuple[ScorecardRow, ...] = ()
    warnings: tuple[EarlyWarning, ...] = ()
