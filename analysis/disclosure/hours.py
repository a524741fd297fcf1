"""Who carries the work: sums of hours, and the people who gave them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import itemgetter

import numpy as np
import pandas as pd

from analysis.disclosure.cells import Cell, rows_cell
from analysis.disclosure.rounding import COEFFICIENT, find_unit, round_to
from analysis.disclosure.rules import (
    is_safe_share,
    is_small,
    round_gini,
    sort_given,
    withheld,
)
from analysis.disclosure.team import Volunteering, keep, whole_percent
from analysis.results import SUPPRESSED, EstimateLike, NotEstimable
from analysis.study import Study
from analysis.volunteers.hours import usable_service
from analysis.volunteers.results import Hours

#: What tells an entry of the log from others.
_ROW = ("volunteer", "day", "activity", "hours")


def protect_hours(v: Volunteering, found: Hours, study: Study) -> Hours:
    """Protect who carries the work: sums of hours are cells on the people who gave them."""
    if study.service is None:
        raise ValueError("the study has no service log")
    log = usable_service(study.service, v.team)
    came = log[log["attended"]].assign(activity=log["activity"].fillna("").astype(str))
    each = came
    if found.unit == "days":
        # A day counts once in all, and once in each activity.
        each = came.drop_duplicates(["volunteer", "day", "activity"])
        came = each.drop_duplicates(["volunteer", "day"])
    amount = came.groupby("volunteer", observed=True)["hours"].sum(min_count=1).dropna()
    order = amount.sort_values(kind="stable").index

    def free(label: str, people: Iterable[object], activity: str | None = None) -> bool:
        """Whether the hours of some people, perhaps in one activity, may be given."""
        rows = came if activity is None else each[each["activity"] == activity]
        rows = rows[(rows["hours"] > 0) & rows["volunteer"].isin(list(people))]
        if is_small(rows["volunteer"].nunique(), v.least):
            return False
        return v.auditor.release(_rows(v, "hours", f"volunteers.hours.{label}", rows))

    n = len(order)
    givers = np.isin(v.team.ids, order)
    # Of days, those beyond one for each person are days of no more people than days.
    again = found.unit == "days" and is_small(found.total - n, v.least)
    whole = not again and v.free("hours.n", givers) and free("total", order)
    # Rounded to the hours of the smallest group: exact ones tell the hours of one person.
    unit = max(COEFFICIENT, v.least / found.total) if found.total > 0 else 1.0
    kept = [
        (x, y if k == n else min(1.0, round_to(y, unit)))
        for (x, y), k in _lorenz_points(found.lorenz, v.least)
        if whole and free(f"lorenz.{k}", order[:k])
    ]
    top = whole and n >= 10 * v.least and free("top10", order[n - max(n // 10, 1) :])
    half = whole and not is_small(found.bus_factor, v.least)
    half = half and free("half", order[n - found.bus_factor :])
    return replace(
        found,
        total=keep(found.total, whole),
        per_active=_mean_hours(found.per_active) if whole else withheld(found.per_active),
        gini=round_gini(found.gini, n, v.least) if whole else withheld(found.gini),
        top10_share=found.top10_share if top else withheld(found.top10_share),
        bus_factor=keep(found.bus_factor, half),
        reliability=_reliability(v, found.reliability, log),
        lorenz=tuple(kept) if len(kept) > 2 else (),
        per_person=(),
        by_activity=sort_given(
            [
                (name, keep(hours, whole and free(f"by_activity.{name}", order, name)))
                for name, hours in found.by_activity
            ],
            itemgetter(0),
            itemgetter(1),
        ),
    )


def _mean_hours(mean: EstimateLike) -> EstimateLike:
    """Give the mean, its limits in a tenth of their distance: exact ones tell the largest sum."""
    if isinstance(mean, NotEstimable) or mean.ci_low is None or mean.ci_high is None:
        return mean
    unit = find_unit((mean.ci_high - mean.ci_low) / 10 or 1.0, 1)
    low, high = (round_to(end, unit) for end in (mean.ci_low, mean.ci_high))
    return replace(mean, ci_low=low, ci_high=high, std_error=SUPPRESSED)


def _rows(v: Volunteering, family: str, label: str, rows: pd.DataFrame) -> Cell:
    """One number over rows of the log: a later release may have more rows of the same people."""
    return rows_cell(family, label, v.people, rows[list(_ROW)], "volunteer")


def _reliability(v: Volunteering, found: EstimateLike, log: pd.DataFrame) -> EstimateLike:
    """Give the share of promises kept where many broke one: what few did is not told in rows."""
    promised = log[log["signed_up"]]
    broke = set(promised.loc[~promised["attended"], "volunteer"])
    asked = np.isin(v.team.ids, list(set(promised["volunteer"])))
    some = asked & np.isin(v.team.ids, list(broke))
    if isinstance(found, NotEstimable) or not is_safe_share(found, v.least):
        return withheld(found)
    label = "hours.reliability"
    rows = [
        _rows(v, "promises", f"volunteers.{label}", one)
        for one in (promised, promised[promised["attended"]])
    ]
    if not v.free(label, asked, some, asked & ~some) or not v.auditor.release(*rows):
        return withheld(found)
    return whole_percent(found)


def _lorenz_points(
    points: Sequence[tuple[float, float]], least: int
) -> list[tuple[tuple[float, float], int]]:
    """Choose points of a Lorenz curve ``least`` people, and a tenth, apart from the top."""
    n = len(points) - 1
    if n < 2 * least:
        return []
    step = max(least, -(-n // 10))
    kept = [i for i in range(n, 0, -step) if i >= least or i == n]
    return [(points[i], i) for i in (0, *sorted(kept))]
