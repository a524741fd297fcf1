"""The indicator table as a spreadsheet: what can be edited and read back, then the results."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.evaluation import Evaluation
from analysis.intake.propose.indicators import INDICATOR_HEADERS, INDICATOR_WORDS, PERIOD_HEADERS
from analysis.plan import StudyPlan, TargetPlan
from analysis.study import Study
from analysis.targets import TargetProgress
from dashboard.content.topics.targets import actual_value, say_status
from dashboard.exports.gateway import join_stamp, stamp_export
from dashboard.exports.workbook import write_table
from dashboard.text import Text


def write_indicators(text: Text, evaluation: Evaluation, study: Study) -> bytes:
    """Write the indicator table as a workbook."""
    table = list_indicators(study.plan, evaluation.targets, text)
    stamp = join_stamp(text, stamp_export(evaluation, study))
    return write_table(table, text("Indicators"), text, stamp)


def list_indicators(plan: StudyPlan, targets: Sequence[TargetProgress], text: Text) -> pd.DataFrame:
    """List the indicators with their settings and results.

    The columns "Measured", "Progress" and "Status" are for reading; an import passes over them.
    """
    chinese = text.language != "en"
    periods = sorted({p for t in plan.targets for p in (*t.periods, *t.actuals)})
    rows = [
        {**_settings(one, periods, chinese), **_results(found, text)}
        for one, found in zip(plan.targets, targets, strict=True)
    ]
    empty = TargetPlan(indicator="", target=0.0)
    columns = list(rows[0] if rows else _settings(empty, periods, chinese))
    return pd.DataFrame(rows, columns=columns)


def _settings(target: TargetPlan, periods: Sequence[str], chinese: bool) -> dict[str, object]:
    values = target.model_dump(mode="python")
    label = target.label if isinstance(target.label, dict) else {"en": target.label or ""}
    values |= {"label_en": label.get("en", ""), "label_zh": label.get("zh-Hans", "")}
    place = int(chinese)
    row: dict[str, object] = {}
    for key, names in INDICATOR_HEADERS.items():
        words = {word: shown for shown, word in INDICATOR_WORDS.get(key, {}).items()}
        row[names[place]] = words.get(str(values[key]), values[key]) if chinese else values[key]
    for kind, names in PERIOD_HEADERS.items():
        row |= {f"{names[place]} {period}": values[kind].get(period) for period in periods}
    return row


def _results(found: TargetProgress, text: Text) -> dict[str, object]:
    return {
        text("Measured"): actual_value(found),
        text("Progress"): found.progress,
        text("Status"): say_status(text, found),
    }
