"""When survey answers were given, and how long they took."""

from __future__ import annotations

import pandas as pd

from analysis.intake.model import Table
from analysis.intake.values.column_lookup import column_texts, find_column, normalise_name
from analysis.intake.values.dates import read_dates
from analysis.intake.values.known_words import DURATION, FINISHED, STARTED
from analysis.intake.values.parse_numbers import read_numbers
from analysis.plan import SurveyFile, SurveyPlan


def find_time_columns(table: Table) -> dict[str, str]:
    """Return the columns of a survey tool: ``started``, ``finished``, ``duration``."""
    own = {column.name for column in table.columns if column.paradata} or set(table.cells.columns)
    names = {normalise_name(name): name for name in table.cells.columns if name in own}
    found = {
        key: next((names[n] for w in words if (n := normalise_name(w)) in names), None)
        for key, words in (("started", STARTED), ("finished", FINISHED), ("duration", DURATION))
    }
    return {key: name for key, name in found.items() if name is not None}


def list_survey_days(table: Table, survey: SurveyPlan, source: SurveyFile) -> list[str]:
    """Return the columns of a survey table that are read as days: its own times, and the plan's."""
    if source.counts is not None:
        return []
    named = find_column(table, survey.started_on, source.rename) if survey.started_on else None
    times = find_time_columns(table)
    found = [named, times.get("started"), times.get("finished")]
    return list(dict.fromkeys(name for name in found if name is not None))


def read_times(table: Table, source: SurveyFile) -> dict[str, pd.Series]:
    """Read when each answer was started and finished, and how long it took in seconds."""
    found = find_time_columns(table)
    told: dict[str, pd.Series] = {}
    for key in ("started", "finished"):
        name = found.get(key)
        if name is not None:
            dates = read_dates(
                column_texts(table, name), day_first=source.day_first, year=source.year
            ).values
            if dates.notna().any():
                told[key] = dates
    duration = found.get("duration")
    if duration is not None:
        told["duration_seconds"] = _seconds(column_texts(table, duration))
    elif "started" in told and "finished" in told:
        told["duration_seconds"] = (told["finished"] - told["started"]).dt.total_seconds()
    return told


def _seconds(texts: pd.Series) -> pd.Series:
    """Read ``207秒``, ``3分27秒``, ``1:02:03`` and plain seconds."""
    return texts.map({text: _one_duration(text) for text in texts.dropna().unique()}).astype(float)


def _one_duration(text: str) -> float:
    plain = text.replace("小时", "h").replace("时", "h").replace("分钟", "m").replace("分", "m")
    plain = plain.replace("秒", "s").replace(" ", "").casefold()
    if ":" in plain:
        parts = read_numbers(pd.Series(plain.split(":"), dtype=object)).values
        return float(sum(part * 60**power for power, part in enumerate(reversed(list(parts)))))
    total, number = 0.0, ""
    for char in plain:
        if char.isdigit() or char == ".":
            number += char
        elif char in "hms" and number:
            total += float(number) * {"h": 3600, "m": 60, "s": 1}[char]
            number = ""
        else:
            return float("nan")
    return total + float(number) if number.count(".") < 2 and number != "." and number else total
