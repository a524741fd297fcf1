"""How each item was answered in each wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.plan import MeasurePlan
from analysis.study import Study, SurveyData
from analysis.surveys.results import ItemAnswers
from analysis.surveys.scoring import FloatArray, asked_measures, item_range, waves_of

#: Longer lists of answers are told in bands of the declared range.
MAX_ANSWERS = 30
N_BANDS = 10


def count_items(study: Study) -> tuple[ItemAnswers, ...]:
    """Count the answers to every item in every wave, as given (before reversal)."""
    survey = study.survey
    if survey is None:
        return ()
    rows = {w: survey.keys["wave"].eq(w).to_numpy() for w in waves_of(study)}
    return tuple(
        count_item(survey, measure, item, wave, here, answers)
        for measure in asked_measures(study)
        for answers in (list_answers(survey, measure),)
        for item in measure.items
        for wave, here in rows.items()
    )


def count_items_by_group(
    study: Study, measure: MeasurePlan, groups: pd.Series
) -> dict[str, tuple[ItemAnswers, ...]]:
    """Count the answers to every item of a measure in every group and wave.

    Parameters
    ----------
    groups
        Group of each row of the survey; rows without one are in none.
    """
    survey = study.survey
    if survey is None:
        return {}
    answers = list_answers(survey, measure)
    known = groups.astype("string").fillna("")
    rows = {w: survey.keys["wave"].eq(w).to_numpy() for w in waves_of(study)}
    return {
        value: tuple(
            count_item(survey, measure, item, wave, here & member, answers)
            for item in measure.items
            for wave, here in rows.items()
        )
        for value in sorted(known[known != ""].unique())
        for member in (known.eq(value).to_numpy(dtype=bool),)
    }


def list_answers(survey: SurveyData, measure: MeasurePlan) -> tuple[float, ...]:
    """Answers to list for every item of a measure: those of its range, and others given.

    Returns
    -------
    tuple of float
        Sorted; empty when there are more than 30, or for numbers without a range.
    """
    frame = survey.items[measure.name][measure.items]
    values = frame.to_numpy(dtype=np.float64, na_value=np.nan)
    return choose_answers(measure, np.unique(values[np.isfinite(values)]).tolist())


def choose_answers(measure: MeasurePlan, given: Sequence[float]) -> tuple[float, ...]:
    """Choose the answers to list, as :func:`list_answers`, from the distinct ones given."""
    declared = declared_answers(measure)
    if measure.kind == "number" and not declared:
        return ()
    found = sorted({*declared, *given})
    return tuple(found) if len(found) <= MAX_ANSWERS else ()


def count_item(
    survey: SurveyData,
    measure: MeasurePlan,
    item: str,
    wave: str,
    here: np.ndarray,
    answers: Sequence[float],
) -> ItemAnswers:
    """Count the answers to one item in one wave.

    Parameters
    ----------
    here
        Rows of the wave.
    answers
        Answers listed for every item of the measure, chosen or not; when empty, ten bands of the
        declared range stand for them.
    """
    values = survey.items[measure.name][item].to_numpy(dtype=np.float64, na_value=np.nan)[here]
    known = values[np.isfinite(values)]
    texts = survey.texts.get(measure.name)
    if measure.kind == "knowledge" and texts is not None and item in texts:
        given = texts[item][here].dropna().value_counts()
        counts = {str(answer): int(n) for answer, n in given.items()}
    else:
        labels = survey.answer_labels.get(measure.name, {})
        counts = count_answers(measure, labels, answers, known)
    return describe_item(measure, item, wave, known, values.size - known.size, counts)


def count_answers(
    measure: MeasurePlan, labels: Mapping[float, str], answers: Sequence[float], known: FloatArray
) -> dict[str, int]:
    """Count the listed answers by their words; by bands of the range where none are listed."""
    return _count_listed(labels, answers, known) if answers else _count_bands(measure, known)


def describe_item(
    measure: MeasurePlan,
    item: str,
    wave: str,
    known: FloatArray,
    n_missing: int,
    counts: Mapping[str, int],
) -> ItemAnswers:
    """Describe the answers known of one item in one wave, in any order."""
    return ItemAnswers(
        measure=measure.name,
        item=item,
        wave=wave,
        n=int(known.size),
        n_missing=n_missing,
        counts=counts,
        mean=float(known.mean()) if known.size and measure.kind != "category" else None,
        reversed=item in measure.reversed,
    )


def _count_listed(
    labels: Mapping[float, str], answers: Sequence[float], known: FloatArray
) -> dict[str, int]:
    names = answer_names(labels, answers)
    return {name: int((known == value).sum()) for name, value in zip(names, answers, strict=True)}


def answer_names(labels: Mapping[float, str], answers: Sequence[float]) -> tuple[str, ...]:
    """Name answers by their words, with the number where two have the same words."""
    named = pd.Series([labels.get(v) or _plain(v) for v in answers])
    return tuple(
        f"{name} ({_plain(v)})" if twice else name
        for v, name, twice in zip(answers, named, named.duplicated(keep=False), strict=True)
    )


def _count_bands(measure: MeasurePlan, known: FloatArray) -> dict[str, int]:
    """Count by tenths of the declared range, the last with its upper end; none without a range."""
    low, high = item_range(measure)
    if not (np.isfinite(low) and np.isfinite(high)):
        return {}
    edges = np.linspace(low, high, N_BANDS + 1)
    counts = np.histogram(known, edges)[0]
    pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
    return {f"{_plain(start)}–{_plain(end)}": int(n) for start, end, n in pairs}


def declared_answers(measure: MeasurePlan) -> list[float]:
    """Whole answers of the declared range; none when it has more than can be listed."""
    if measure.kind == "category":
        return [float(i) for i in range(len(measure.order))]
    low, high = item_range(measure)
    whole = np.isfinite(low) and float(low).is_integer() and float(high).is_integer()
    if not whole or high - low >= MAX_ANSWERS:
        return []
    return [float(v) for v in range(int(low), int(high) + 1)]


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:g}"
