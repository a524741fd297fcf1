"""Part of what people did: by month and by group; never so few that someone shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analysis.interruptions import InterruptedSeries, evaluate_interruptions
from analysis.participation.attendance import evaluate_participation
from analysis.participation.delivery import evaluate_delivery
from analysis.participation.results import Delivery, Participation
from analysis.plan import TABLES
from analysis.study import Study
from analysis.volunteers.results import Volunteers
from analysis.volunteers.retention import evaluate_volunteers

MAX_VALUES = 40
_DAYS = {
    "attendance": TABLES["attendance"].day,
    "attendance_counts": TABLES["attendance"].day,
    "delivery": TABLES["delivery"].day,
    "service": TABLES["service"].day,
    "volunteers": TABLES["volunteers"].day,
}


#: Who a row of a table is about.
_PERSONS = {"attendance": "person", "volunteers": "volunteer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFilter:
    """What to keep.

    Attributes
    ----------
    first, last
        Months as ``2026-03``; empty means no limit. Volunteers are shown as known at the end of
        ``last``; ``first`` does not cut them, since time served counts from joining.
    values
        Column → values kept; a column keeps everything in tables that lack it.
    """

    first: str = ""
    last: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivitySubset:
    """The sections of one part; ``suppressed`` when it stands for too few people to be shown."""

    participation: Participation | None
    delivery: Delivery | None
    volunteers: Volunteers | None
    time_series: tuple[InterruptedSeries, ...] = ()
    suppressed: bool = False


def evaluate_subset(study: Study, chosen: ActivityFilter, *, refuse: bool = True) -> ActivitySubset:
    """Evaluate participation, delivery and volunteers of a part of the activities.

    Too small a part is refused unless the reader holds the data anyway.
    """
    if refuse and _too_few(study, chosen.values):
        return ActivitySubset(participation=None, delivery=None, volunteers=None, suppressed=True)
    part = filter_activities(study, chosen)
    return ActivitySubset(
        participation=evaluate_participation(part),
        delivery=evaluate_delivery(part),
        volunteers=evaluate_volunteers(part),
        time_series=evaluate_interruptions(part),
    )


def filter_activities(study: Study, chosen: ActivityFilter) -> Study:
    """Keep the rows of the months and groups chosen; the end of observation follows."""
    tables: dict[str, Any] = {
        name: _cut_table(name, getattr(study, name), chosen) for name in _DAYS
    }
    if tables["volunteers"] is not None and tables["service"] is not None:
        named = set(tables["volunteers"]["volunteer"])
        if _concerns(study.volunteers, chosen.values):
            tables["service"] = tables["service"][tables["service"]["volunteer"].isin(named)]
    return replace(study, plan=_end_at(study, chosen.last), **tables)


def list_months(study: Study, names: Sequence[str]) -> list[str]:
    """List the months from the first to the last with a row in the named tables."""
    days = [table[_DAYS[name]] for name, table in _tables(study, names) if _DAYS[name] in table]
    known = pd.concat(days).dropna() if days else pd.Series(dtype="datetime64[ns]")
    if known.empty:
        return []
    return [str(month) for month in pd.period_range(known.min(), known.max(), freq="M")]


def list_group_columns(study: Study, names: Sequence[str]) -> list[str]:
    """List the columns of these tables that a choice can be made by, whatever they hold."""
    tables = _tables(study, names)
    found = [c for name, table in tables for c in _columns(study, name) if c in table]
    return list(dict.fromkeys(found))


def list_groups(study: Study, names: Sequence[str], least: int = 1) -> dict[str, list[str]]:
    """List the columns to choose by and their values; single ones and too many are left out.

    Values that fewer than ``least`` people have are not among them: that a value occurs at all is
    known of the few who have it. Sessions counted or planned are no people.
    """
    found: dict[str, list[str]] = {}
    for name, table in _tables(study, names):
        for column in _columns(study, name):
            if column in table:
                known = _list_values(table, column, _PERSONS.get(name), least)
                if 1 < len(known) <= MAX_VALUES:
                    found[column] = known
    return found


def _list_values(table: pd.DataFrame, column: str, person: str | None, least: int) -> list[str]:
    told = table[column].dropna().astype(object).map(str)
    told = told[told != ""]
    if person is None or person not in table:
        return sorted(set(told))
    having = table.loc[told.index, person].groupby(told).nunique()
    return sorted(having.index[having >= least])


def _tables(study: Study, names: Iterable[str]) -> list[tuple[str, pd.DataFrame]]:
    found = [(name, getattr(study, name)) for name in names]
    return [(name, table) for name, table in found if table is not None and len(table)]


def _columns(study: Study, name: str) -> list[str]:
    if name == "attendance" and study.plan.attendance is not None:
        return ["kind", "level", *study.plan.attendance.disaggregate]
    if name == "volunteers" and study.plan.volunteers is not None:
        groups = study.plan.volunteers.groups
        return [*groups, *(["role"] if study.plan.volunteers.role not in groups else [])]
    return {"attendance_counts": ["kind", "level"], "delivery": ["phase"]}.get(name, [])


def _cut_table(
    name: str, table: pd.DataFrame | None, chosen: ActivityFilter
) -> pd.DataFrame | None:
    if table is None:
        return None
    kept = _in_groups(table, chosen.values)
    if _DAYS[name] in table:
        month = table[_DAYS[name]].dt.strftime("%Y-%m")
        if chosen.last:
            kept &= ~(month > chosen.last).to_numpy()
        if chosen.first and name not in ("service", "volunteers"):
            kept &= ~(month < chosen.first).to_numpy()
    return table[kept].reset_index(drop=True)


def _in_groups(
    table: pd.DataFrame, values: Mapping[str, tuple[str, ...]]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    kept = np.ones(len(table), dtype=np.bool_)
    for column, wanted in values.items():
        if column in table and wanted:
            kept &= table[column].astype(object).map(str).isin(wanted).to_numpy()
    return kept


def _concerns(table: pd.DataFrame | None, values: Mapping[str, tuple[str, ...]]) -> bool:
    return table is not None and any(column in table and values[column] for column in values)


def _end_at(study: Study, last: str) -> Any:  # noqa: ANN401
    """The plan, observed until the end of the last month chosen at the latest."""
    if not last:
        return study.plan
    year, month = int(last[:4]), int(last[5:7])
    end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    declared = study.plan.retention.observed_until
    until = end if declared is None else min(end, declared)
    rule = study.plan.retention.model_copy(update={"observed_until": until})
    return study.plan.model_copy(update={"retention": rule})


def _too_few(study: Study, values: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether those kept by group, or those left out, are some but fewer than the smallest."""
    least = study.plan.study.min_group
    for table, person in ((study.attendance, "person"), (study.volunteers, "volunteer")):
        if table is None or not _concerns(table, values):
            continue
        kept = set(table[person][_in_groups(table, values)].dropna())
        rest = set(table[person].dropna()) - kept
        if len(kept) < least or 0 < len(rest) < least:
            return True
    return False
