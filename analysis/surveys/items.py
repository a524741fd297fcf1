"""How each item was answered in each wave."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.study import Study, SurveyData
from analysis.study_file import MeasurePlan
from analysis.surveys.results import ItemAnswers
from analysis.surveys.scoring import asked_measures, item_range, waves_of

MOST_ANSWERS = 30


def count_items(study: Study) -> tuple[ItemAnswers, ...]:
    """Count the answers to every item in every wave, as given (before reversal)."""
    survey = study.survey
    if survey is None:
        return ()
    rows = {w: survey.keys["wave"].eq(w).to_numpy() for w in waves_of(study)}
    return tuple(
        count_item(survey, measure, item, wave, here)
        for measure in asked_measures(study)
        for item in measure.items
        for wave, here in rows.items()
    )


def count_item(
    survey: SurveyData, measure: MeasurePlan, item: str, wave: str, here: np.ndarray
) -> ItemAnswers:
    """Count the answers to one item in one wave.

    Parameters
    ----------
    here
        Rows of the wave.

    Notes
    -----
    Every whole number of a declared range of at most 30 answers is listed, chosen or not.
    Numbers without a range are not listed one by one.
    """
    values = survey.items[measure.name][item].to_numpy(dtype=np.float64, na_value=np.nan)[here]
    known = values[np.isfinite(values)]
    return ItemAnswers(
        measure=measure.name,
        item=item,
        wave=wave,
        n=int(known.size),
        n_missing=int(values.size - known.size),
        counts=_counts(survey, measure, item, here, known),
        mean=float(known.mean()) if known.size and measure.kind != "category" else None,
        reversed=item in measure.reversed,
    )


def _counts(
    survey: SurveyData, measure: MeasurePlan, item: str, here: np.ndarray, known: np.ndarray
) -> dict[str, int]:
    if measure.kind == "knowledge" and measure.name in survey.texts:
        texts = survey.texts[measure.name]
        if item in texts:
            given = texts[item][here].dropna()
            return {str(answer): int(n) for answer, n in given.value_counts().items()}
    distinct, counts = np.unique(known, return_counts=True)
    found = dict(zip(distinct.tolist(), counts.tolist(), strict=True))
    listed = _listed(measure, len(found))
    if measure.kind == "number" and not listed:
        return {}
    labels = survey.answer_labels.get(measure.name, {})
    values = sorted(set(listed) | set(found))
    named = pd.Series([labels.get(v) or _plain(v) for v in values])
    return {
        f"{name} ({_plain(v)})" if twice else name: int(found.get(v, 0))
        for v, name, twice in zip(values, named, named.duplicated(keep=False), strict=True)
    }


def _listed(measure: MeasurePlan, n_found: int) -> list[float]:
    """Answers of the declared range, to be listed whether chosen or not."""
    if measure.kind == "category":
        return [float(i) for i in range(len(measure.order))]
    low, high = item_range(measure)
    if not (np.isfinite(low) and float(low).is_integer() and float(high).is_integer()):
        return []
    if high - low >= MOST_ANSWERS or n_found > MOST_ANSWERS:
        return []
    return [float(v) for v in range(int(low), int(high) + 1)]


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:g}"
