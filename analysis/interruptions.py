"""Monthly attendance and service before and after the dated events of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from analysis.participation.attendance import clean_sign_ins
from analysis.plan_tables import EventMark
from analysis.results import Caution, Comparison, ComparisonLike, Finding, NotEstimable
from analysis.statistics.interrupted import MIN_MONTHS, SegmentedFit, segmented_regression
from analysis.statistics.multiplicity import holm
from analysis.study import Study
from analysis.thresholds import MONTHS_FOR_WIDTH, SIGNIFICANCE_LEVEL

#: Days by which a first or last month may begin later or end earlier than the others do.
EDGE_DAYS = 7
#: An event up to this day of the month counts for the whole month.
MIDDLE_DAY = 15

SeriesName = Literal["attendance", "hours", "days"]
Refusal = Literal["", "too_few_before", "too_few_after", "close_to_other", "passing", "no_fit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesEvent:
    """One event in one series of months.

    ``first_month`` is the first counted as after. ``level`` is the change in that month, ``slope``
    that of the trend per month, ``gap`` the mean distance from the earlier trend continued until
    the next event or the end (``p_adjusted``: Holm over the events of the series). ``expected`` is
    the continued trend in these months. ``refused`` says why none of them is given.
    """

    on: date
    label: str | Mapping[str, str]
    first_month: str
    months_before: int
    months_after: int
    refused: Refusal
    level: ComparisonLike
    slope: ComparisonLike
    gap: ComparisonLike
    p_adjusted: float | None = None
    expected: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptedSeries:
    """Monthly totals and what the declared events go with.

    ``name`` is ``attendance`` (attendances), ``hours`` or ``days`` (of service). ``left_out`` are
    first and last months of which only a part was recorded; ``empty`` is the number of months
    without any. ``fitted`` is empty when no event can be estimated.
    """

    name: SeriesName
    months: tuple[str, ...]
    values: tuple[float, ...]
    fitted: tuple[float, ...]
    events: tuple[SeriesEvent, ...]
    left_out: tuple[str, ...] = ()
    empty: int = 0
    lag: int | None = None
    season: bool = False
    autocorrelation: float | None = None
    durbin_watson: float | None = None
    ljung_box_p: float | None = None
    ljung_box_lags: int | None = None
    cautions: tuple[Caution, ...] = ()


def evaluate_interruptions(study: Study) -> tuple[InterruptedSeries, ...]:
    """Evaluate each monthly series in which an event was declared; empty without events."""
    events = study.plan.list_events()
    series = (_of_series(name, rows, study, events) for name, rows in _list_rows(study))
    return tuple(one for one in series if one is not None)


def _list_rows(study: Study) -> Iterator[tuple[SeriesName, pd.DataFrame]]:
    """Give the dated amounts of each series: columns ``date`` and ``amount``."""
    if study.attendance is not None and not study.attendance.empty:
        came = clean_sign_ins(study.attendance).came
        yield "attendance", pd.DataFrame({"date": came["date"], "amount": 1.0})
    elif study.attendance_counts is not None and "date" in study.attendance_counts:
        counts = study.attendance_counts
        yield "attendance", pd.DataFrame({"date": counts["date"], "amount": counts["attended"]})
    service = study.service
    if service is None or service.empty:
        return
    if "attended" in service:
        service = service[service["attended"].fillna(True).astype(bool)]
    if "hours" in service:
        yield "hours", pd.DataFrame({"date": service["date"], "amount": service["hours"]})
    else:
        days = service.drop_duplicates(["volunteer", "date"])
        yield "days", pd.DataFrame({"date": days["date"], "amount": 1.0})


def _of_series(
    name: SeriesName, rows: pd.DataFrame, study: Study, events: Sequence[EventMark]
) -> InterruptedSeries | None:
    """Estimate one series; None when no event lies within it."""
    until = study.plan.retention.observed_until
    rows = rows[rows["date"].notna() & np.isfinite(rows["amount"].astype(np.float64))]
    if until is not None:
        rows = rows[rows["date"] <= pd.Timestamp(until)]
    if rows.empty:
        return None
    total, left_out = count_whole_months(rows)
    months = pd.PeriodIndex(total.index)
    inside = [event for event in events if len(months) and _starts_within(event, months)]
    if not inside:
        return None
    starts = [_first_after(event, months) for event in inside]
    refusals = _refuse(inside, starts, len(total))
    used = [start for start, refused in zip(starts, refusals, strict=True) if not refused]
    fit = segmented_regression(total.to_numpy(), used, months[0].month) if used else None
    found = InterruptedSeries(
        name=name,
        months=tuple(str(month) for month in months),
        values=tuple(total.astype(float).tolist()),
        fitted=fit.fitted if isinstance(fit, SegmentedFit) else (),
        events=_describe(inside, starts, refusals, fit, months),
        left_out=left_out,
        empty=int((total == 0).sum()),
    )
    if isinstance(fit, SegmentedFit):
        found = replace(
            found,
            lag=fit.lag,
            season=fit.season,
            autocorrelation=fit.autocorrelation,
            durbin_watson=fit.durbin_watson,
            ljung_box_p=fit.ljung_box_p,
            ljung_box_lags=fit.ljung_box_lags,
        )
    return replace(found, cautions=tuple(_guard(found)))


def count_whole_months(rows: pd.DataFrame) -> tuple[pd.Series, tuple[str, ...]]:
    """Sum amounts by month, months without any as 0; leave out edge months recorded in part.

    A first month that begins more than a week later than the others usually do, or a last one that
    ends so much earlier, was recorded in part: its total would look like a change.
    """
    day = pd.to_datetime(rows["date"])
    month = day.dt.to_period("M")
    amount = rows["amount"].astype(np.float64).groupby(month.to_numpy()).sum()
    every = pd.period_range(month.min(), month.max(), freq="M")
    total = amount.reindex(every, fill_value=0.0)
    ends = day.dt.day.groupby(month.to_numpy()).agg(["min", "max"])
    inner = ends.iloc[1:-1]
    left_out = []
    if len(inner):
        if ends["min"].iloc[0] > inner["min"].median() + EDGE_DAYS:
            left_out.append(every[0])
        if ends["max"].iloc[-1] < inner["max"].median() - EDGE_DAYS:
            left_out.append(every[-1])
    return total.drop(left_out), tuple(str(one) for one in left_out)


def _starts_within(event: EventMark, months: pd.PeriodIndex) -> bool:
    return bool(months[0] <= pd.Period(event.date, freq="M") <= months[-1])


def _first_after(event: EventMark, months: pd.PeriodIndex) -> int:
    """Index of the first month counted as after: the event's own when it came in its first half."""
    at = int((pd.Period(event.date, freq="M") - months[0]).n)
    return at if event.date.day <= MIDDLE_DAY else at + 1


def _refuse(events: Sequence[EventMark], starts: Sequence[int], n: int) -> list[Refusal]:
    """Say of each event why it cannot be estimated; of two close ones the earlier is taken."""
    refusals: list[Refusal] = []
    before = 0
    for event, start in zip(events, starts, strict=True):
        lasted = n if event.until is None else _months_between(event.date, event.until)
        if lasted < MIN_MONTHS:
            refusals.append("passing")
        elif start - before < MIN_MONTHS:
            refusals.append("close_to_other" if before else "too_few_before")
        elif n - start < MIN_MONTHS:
            refusals.append("too_few_after")
        else:
            refusals.append("")
            before = start
    return refusals


def _months_between(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def _describe(
    events: Sequence[EventMark],
    starts: Sequence[int],
    refusals: Sequence[Refusal],
    fit: SegmentedFit | NotEstimable | None,
    months: pd.PeriodIndex,
) -> tuple[SeriesEvent, ...]:
    none = NotEstimable(reason="too_few", n=len(months), method="segmented_ols", name="segmented")
    changes = {one.start: one for one in fit.events} if isinstance(fit, SegmentedFit) else {}
    described = []
    for event, start, refused in zip(events, starts, refusals, strict=True):
        change = changes.get(start) if not refused else None
        described.append(
            SeriesEvent(
                on=event.date,
                label=event.label,
                first_month=str(months[0] + start),
                months_before=start,
                months_after=max(len(months) - start, 0),
                refused=refused or ("" if change is not None else "no_fit"),
                level=change.level if change is not None else none,
                slope=change.slope if change is not None else none,
                gap=change.gap if change is not None else none,
                expected=change.expected if change is not None else (),
            )
        )
    p = holm([e.gap.p_value if isinstance(e.gap, Comparison) else None for e in described])
    return tuple(replace(e, p_adjusted=one) for e, one in zip(described, p, strict=True))


def section_of(name: SeriesName) -> str:
    """Section of the results that a series belongs to."""
    return "participation" if name == "attendance" else "volunteers"


def _guard(found: InterruptedSeries) -> Iterator[Caution]:
    def caution(
        code: str, severity: Literal["info", "caution"] = "info", **values: object
    ) -> Caution:
        about = {"series": found.name} | values
        return Caution(code=code, severity=severity, section=section_of(found.name), values=about)

    if found.left_out:
        yield caution("series_partial_months", months=found.left_out)
    if not found.fitted:
        return
    yield caution("series_no_comparison", "caution")
    if not found.season:
        yield caution("series_no_season")
    if found.ljung_box_p is not None and found.ljung_box_p < SIGNIFICANCE_LEVEL:
        yield caution("series_correlated", "caution", p_value=found.ljung_box_p)
    if any(not e.refused and isinstance(e.slope, NotEstimable) for e in found.events):
        yield caution("series_slope_short")
    known = [e for e in found.events if not e.refused]
    if any(min(e.months_before, e.months_after) < MONTHS_FOR_WIDTH for e in known):
        yield caution("series_wide")
    if found.empty:
        yield caution("series_empty_months", n=found.empty)


def find_interruptions(series: Sequence[InterruptedSeries]) -> Iterator[Finding]:
    """What to say of each event that can be estimated: the mean distance from the earlier trend."""
    for found in series:
        for event in found.events:
            yield from find_interruption(found, event)


def find_interruption(found: InterruptedSeries, event: SeriesEvent) -> Iterator[Finding]:
    """Say how far the months after an event lie from the earlier trend; nothing where refused."""
    gap = event.gap
    if not isinstance(gap, Comparison) or gap.estimate is None:
        return
    p = event.p_adjusted if event.p_adjusted is not None else gap.p_value
    clear = p is not None and p < SIGNIFICANCE_LEVEL
    code = "series_unclear" if not clear else "series_up" if gap.estimate > 0 else "series_down"
    values = {
        "series": found.name,
        "label": event.label,
        "months": len(event.expected),
        "change": gap.estimate,
        "low": gap.ci_low,
        "high": gap.ci_high,
        "p_value": gap.p_value,
    }
    yield Finding(code=code, section=section_of(found.name), values=values)
