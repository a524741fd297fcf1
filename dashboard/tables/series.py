"""Table of what each event goes with in a monthly series."""

from __future__ import annotations

import pandas as pd

from analysis.interruptions import InterruptedSeries
from analysis.results import Comparison, ComparisonLike, NotEstimable
from dashboard.sentences.series import is_estimated, say_refusal, say_untested_slope
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text


def list_events(found: InterruptedSeries, text: Text) -> pd.DataFrame:
    """Level, slope and mean distance from the earlier trend, event by event."""
    quantities = (
        (text("distance from the earlier trend, mean a month"), "gap", 1),
        (text("change of the level in the first month"), "level", 1),
        (text("change of the trend, per month"), "slope", 2),
    )
    rows = []
    for event in found.events:
        if event.refused:
            rows.append(
                (text.of(event.label), text.date(event.on), say_refusal(text, event), *("–",) * 5)
            )
            continue
        for name, field, digits in quantities:
            change: ComparisonLike = getattr(event, field)
            numbers = _numbers(text, change, digits)
            if field == "slope" and is_estimated(event) and isinstance(change, NotEstimable):
                numbers = (say_untested_slope(text), "–", "–")
            adjusted = event.p_adjusted if field == "gap" and is_estimated(event) else None
            rows.append(
                (
                    text.of(event.label),
                    text.date(event.on),
                    name,
                    *numbers,
                    text.p_cell(adjusted),
                    f"{event.months_before} + {event.months_after}",
                )
            )
    names = [
        text("Event"),
        text("Date"),
        text("What"),
        text("Change"),
        text("95 % interval"),
        text("p"),
        text("p, all events counted"),
        text("Months before + after"),
    ]
    return pd.DataFrame(rows, columns=names)


def list_series(found: InterruptedSeries, text: Text) -> pd.DataFrame:
    """Each month's value, what the model expects, and the earlier trend continued."""
    expected: dict[str, float] = {}
    for event in found.events:
        start = found.months.index(event.first_month) if event.expected else 0
        expected |= dict(zip(found.months[start:], event.expected, strict=False))
    return pd.DataFrame(
        [
            (
                text.month(month),
                text.number(value, 0),
                text.number(found.fitted[at] if found.fitted else None, 1),
                text.number(expected.get(month), 1),
            )
            for at, (month, value) in enumerate(zip(found.months, found.values, strict=True))
        ],
        columns=[text("Month"), text("Counted"), text("Model"), text("Earlier trend continued")],
    )


def _numbers(text: Text, change: ComparisonLike, digits: int) -> tuple[str, str, str]:
    if not isinstance(change, Comparison):
        return say_reason(text, change.reason), "–", "–"
    return (
        text.signed(change.estimate, digits),
        text.interval(change.ci_low, change.ci_high, digits),
        text.p_cell(change.p_value),
    )
