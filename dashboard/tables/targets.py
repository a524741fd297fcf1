"""Names of targets, their periods, and the indicator table as it leaves in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.intake.propose.indicators import INDICATOR_HEADERS, INDICATOR_WORDS, PERIOD_HEADERS
from analysis.plan import StudyPlan, TargetPlan
from analysis.results import Estimate
from analysis.targets import TargetProgress
from dashboard.sentences.targets import format_indicator, say_status
from dashboard.text import Text


def label_targets(
    plan: StudyPlan, targets: Sequence[TargetProgress], text: Text
) -> list[tuple[str, TargetProgress]]:
    """Pair each target with its label in the reader's language."""
    labels = [text.of(target.label, target.indicator) for target in plan.targets]
    return list(zip(labels, targets, strict=True))


def list_periods(targets: Sequence[tuple[str, TargetProgress]], text: Text) -> pd.DataFrame:
    """Periodic targets with the value of each period; empty when no target has periods."""
    rows = [
        (label, period, format_indicator(text, t, wanted), format_indicator(text, t, actual))
        for label, t in targets
        for period, wanted, actual in t.periods
    ]
    names = [text("Indicator"), text("Period"), text("Target"), text("Actual")]
    return pd.DataFrame(rows, columns=names)


def list_indicators(plan: StudyPlan, targets: Sequence[TargetProgress], text: Text) -> pd.DataFrame:
    """The indicator table as a spreadsheet: what can be edited and read back, then the results.

    The columns "Measured", "Progress" and "Status" are for reading; an import passes over them.
    """
    chinese = text.language != "en"
    periods = sorted({p for t in plan.targets for p in (*t.periods, *t.actuals)})
    rows = [
        {**_editable(one, periods, chinese), **_results(found, text)}
        for one, found in zip(plan.targets, targets, strict=True)
    ]
    empty = TargetPlan(indicator="", target=0.0)
    columns = list(rows[0] if rows else _editable(empty, periods, chinese))
    return pd.DataFrame(rows, columns=columns)


def _editable(one: TargetPlan, periods: Sequence[str], chinese: bool) -> dict[str, object]:
    told = one.model_dump(mode="python")
    label = one.label if isinstance(one.label, dict) else {"en": one.label or ""}
    told |= {"label_en": label.get("en", ""), "label_zh": label.get("zh-Hans", "")}
    place = int(chinese)
    row: dict[str, object] = {}
    for key, names in INDICATOR_HEADERS.items():
        words = {word: shown for shown, word in INDICATOR_WORDS.get(key, {}).items()}
        row[names[place]] = words.get(str(told[key]), told[key]) if chinese else told[key]
    for kind, names in PERIOD_HEADERS.items():
        row |= {f"{names[place]} {period}": told[kind].get(period) for period in periods}
    return row


def _results(found: TargetProgress, text: Text) -> dict[str, object]:
    actual = found.actual.estimate if isinstance(found.actual, Estimate) else None
    return {
        text("Measured"): actual,
        text("Progress"): found.progress,
        text("Status"): say_status(text, found),
    }
