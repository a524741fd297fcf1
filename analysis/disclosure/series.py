"""Monthly series for an audience that may not see months of few people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.interruptions import InterruptedSeries
from analysis.participation.results import Participation
from analysis.results import NotEstimable, Suppressed
from analysis.volunteers.results import Volunteers


def protect_series(
    series: Sequence[InterruptedSeries],
    participation: Participation | None,
    volunteers: Volunteers | None,
    least: int,
) -> tuple[InterruptedSeries, ...]:
    """Show a series only where every one of its months is shown, as one value or as people.

    Estimates are sums over all months: with one month hidden they would give it back. So would the
    edge months left out, whose values stand beside the others in the section they belong to.
    """
    return tuple(
        one if _is_shown(one, participation, volunteers, least) else hide_series(one)
        for one in series
    )


def _is_shown(
    series: InterruptedSeries,
    participation: Participation | None,
    volunteers: Volunteers | None,
    least: int,
) -> bool:
    if series.name != "attendance":
        monthly = {m.month: m.hours for m in volunteers.monthly} if volunteers is not None else {}
        known = [monthly.get(month) for month in series.months]
        # Days of service have no monthly total of their own: each is a person's.
        return series.name == "hours" and not any(
            hours is None or isinstance(hours, Suppressed) for hours in known
        )
    if participation is None:
        return False
    if not participation.per_period:  # counts of sessions, of nobody in particular
        sessions = participation.per_session
        return not any(isinstance(session.attended, Suppressed) for session in sessions)
    people = {p.month: (p.participants, p.contacts) for p in participation.per_period}
    # A month without anybody is not in the table; its 0 is about nobody.
    return not any(
        isinstance(number, Suppressed) or 0 < number < least
        for month, value in zip(series.months, series.values, strict=True)
        for number in people.get(month, (value, value))
    )


def hide_series(series: InterruptedSeries) -> InterruptedSeries:
    """Give a series of which nothing may be known but its months and events."""
    none = NotEstimable(reason="suppressed", method="segmented_ols", name="segmented")
    return replace(
        series,
        values=(),
        fitted=(),
        empty=0,
        autocorrelation=None,
        durbin_watson=None,
        ljung_box_p=None,
        events=tuple(
            replace(event, level=none, slope=none, gap=none, p_adjusted=None, expected=())
            for event in series.events
        ),
        cautions=(),
    )
