"""Answers → one score per person and wave, and how the scores are distributed.

A person's score never depends on other people: reversal uses the declared range, a missing
answer is never filled from others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.plan import MeasurePlan
from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.statistics.counting import sample_variance
from analysis.statistics.proportions import wilson
from analysis.statistics.t_tests import mean_t
from analysis.study import Study, SurveyData
from analysis.surveys.results import ScoreSummary

FloatArray = npt.NDArray[np.float64]


def oriented_items(survey: SurveyData, measure: MeasurePlan) -> FloatArray:
    """Give the answers of a measure with reversed items turned round: lo + hi − x.

    Returns
    -------
    ndarray
        Rows of ``survey.keys`` × items of the measure, NaN = not answered.
    """
    frame = survey.items[measure.name]
    answers = frame[measure.items].to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    flip = [index for index, item in enumerate(measure.items) if item in measure.reversed]
    if flip:
        answers[:, flip] = reverse(answers[:, flip], item_range(measure))
    return answers


def reverse(answers: FloatArray, limits: tuple[float, float]) -> FloatArray:
    """Turn answers round within the declared range: lo + hi − x; twice gives the answers back.

    Examples
    --------
    >>> reverse(np.array([1.0, 5.0]), (1, 5)).tolist()
    [5.0, 1.0]
    """
    turned: FloatArray = limits[0] + limits[1] - answers
    return turned


def item_range(measure: MeasurePlan) -> tuple[float, float]:
    """Declared range of one item; 0 to 1 for knowledge and yes/no."""
    if measure.kind in ("knowledge", "binary"):
        return 0.0, 1.0
    return measure.range if measure.range is not None else (math.nan, math.nan)


def score_range(measure: MeasurePlan, n_items: int | None = None) -> tuple[float, float] | None:
    """Range a score can take, in score units; None for numbers without one and categories."""
    low, high = item_range(measure)
    if measure.kind == "category" or math.isnan(low):
        return None
    if measure.score == "sum":
        k = len(measure.items) if n_items is None else n_items
        return low * k, high * k
    return (0.0, 100.0) if measure.score == "percent" else (low, high)


def answers_needed(min_answered: float, n_items: int) -> int:
    """Fewest answers for a score: a count, or a share when below 1; at least one.

    Examples
    --------
    >>> answers_needed(0.8, 4), answers_needed(3, 4)
    (4, 3)
    """
    needed = math.ceil(min_answered * n_items - 1e-9) if min_answered < 1 else int(min_answered)
    return min(max(needed, 1), n_items)


def score_answers(answers: FloatArray, measure: MeasurePlan) -> FloatArray:
    """Score oriented answers (people × items): mean, prorated sum, or percent of the range."""
    answered = np.isfinite(answers)
    if measure.kind == "category":
        return answers[:, 0].copy()
    total = np.where(answered, answers, 0.0).sum(axis=1)
    return score_totals(answered.sum(axis=1), total, answers.shape[1], measure)


def score_totals(
    n: npt.NDArray[np.int64], total: FloatArray, k: int, measure: MeasurePlan
) -> FloatArray:
    """Score people of whom only the number and the sum of their oriented answers are known.

    Parameters
    ----------
    n, total
        Answers given to the ``k`` items, and their sum.
    """
    scored = n >= answers_needed(measure.min_answered, k)
    unscored = np.full(len(n), np.nan)
    mean: FloatArray = np.divide(total, n, out=unscored, where=scored & (n > 0))
    if measure.score == "sum":
        return np.asarray(mean * k)
    if measure.score == "percent":
        low, high = item_range(measure)
        return np.asarray((mean - low) / (high - low) * 100.0)
    return mean


def score_measure(study: Study, measure: MeasurePlan) -> pd.DataFrame:
    """Score one measure for every person and wave.

    Parameters
    ----------
    study
        With linked answers.
    measure
        Its items, range, reversal and rule.

    Returns
    -------
    DataFrame
        ``respondent``, ``wave``, ``score`` (NaN below the minimum answered), ``n_answered``;
        index as in ``study.survey.keys``.
    """
    survey = study.survey
    if survey is None:
        return pd.DataFrame(columns=["respondent", "wave", "score", "n_answered"])
    answers = oriented_items(survey, measure)
    return pd.DataFrame(
        {
            "respondent": survey.keys["respondent"],
            "wave": survey.keys["wave"],
            "score": score_answers(answers, measure),
            "n_answered": np.isfinite(answers).sum(axis=1),
        },
        index=survey.keys.index,
    )


def summarise_scores(study: Study) -> tuple[ScoreSummary, ...]:
    """Summarise every measure in every wave that has answers."""
    return tuple(
        summarise_measure(study, measure, wave, scores)
        for measure in asked_measures(study)
        for scores in [score_measure(study, measure)]
        for wave in waves_of(study)
    )


def asked_measures(study: Study) -> list[MeasurePlan]:
    """Measures whose answers are in the study's tables."""
    known = study.survey.items if study.survey is not None else {}
    return [measure for measure in study.plan.measures if measure.name in known]


def outcome_measures(study: Study) -> list[MeasurePlan]:
    """Measures whose change is estimated; descriptive ones are only counted.

    A question such as "Which activities did you join?" describes participation. Tested as an
    outcome, each of its options would also take a share of the multiplicity correction.
    """
    return [measure for measure in asked_measures(study) if measure.role != "descriptive"]


def waves_of(study: Study) -> tuple[str, ...]:
    """Waves present, in the plan's order; any other wave after them."""
    if study.survey is None:
        return ()
    present = list(dict.fromkeys(study.survey.keys["wave"].dropna().astype(str)))
    planned = study.plan.survey.waves if study.plan.survey is not None else []
    extra = study.plan.survey.retrospective if study.plan.survey is not None else []
    order = list(dict.fromkeys([*planned, *extra, *present]))
    return tuple(wave for wave in order if wave in present)


def summarise_measure(
    study: Study, measure: MeasurePlan, wave: str, scores: pd.DataFrame
) -> ScoreSummary:
    """Summarise one measure in one wave; floor and ceiling are the shares at the range's ends."""
    here = scores["wave"].eq(wave).to_numpy()
    given = scores["score"].to_numpy(dtype=np.float64)[here]
    values = given[np.isfinite(given)]
    return describe_scores(
        measure, wave, values, given.size - values.size, _subscales(study, measure, here)
    )


def describe_scores(
    measure: MeasurePlan,
    wave: str,
    values: FloatArray,
    n_missing: int,
    subscales: Mapping[str, EstimateLike],
) -> ScoreSummary:
    """Describe the finite scores of one wave, in any order; ``n_missing`` people have none."""
    distinct, counts = np.unique(values, return_counts=True)
    numeric = measure.kind != "category" and values.size > 0
    low, high = _end_shares(measure, values)
    return ScoreSummary(
        measure=measure.name,
        wave=wave,
        n=int(values.size),
        n_missing=n_missing,
        mean=mean_of(values, measure.kind, n_missing),
        sd=math.sqrt(sample_variance(values)) if numeric and values.size > 1 else None,
        median=float(np.median(values)) if numeric else None,
        min=float(values.min()) if numeric else None,
        max=float(values.max()) if numeric else None,
        floor=low,
        ceiling=high,
        counts=tuple(zip(distinct.tolist(), counts.tolist(), strict=True)),
        subscales=subscales,
    )


def mean_of(values: FloatArray, kind: str = "scale", n_missing: int = 0) -> EstimateLike:
    """Mean with its t interval; for yes/no the share with Wilson's interval.

    Parameters
    ----------
    values
        Finite scores.
    kind
        Kind of the measure; a category has no mean (``not_asked``).
    n_missing
        People without a score.
    """
    n = int(values.size)
    if kind == "category":
        return NotEstimable(reason="not_asked", n=n, method="mean")
    if n == 0:
        return NotEstimable(reason="no_data", method="mean")
    if kind == "binary":
        return wilson(float(values.sum()), n, n_missing=n_missing)
    if n == 1:
        return Estimate(estimate=float(values[0]), n=1, n_missing=n_missing, method="mean")
    return mean_t(values, n_missing=n_missing)


def _end_shares(measure: MeasurePlan, values: FloatArray) -> tuple[float | None, float | None]:
    limits = score_range(measure)
    if limits is None or measure.kind == "binary" or values.size == 0:
        return None, None
    low, high = (float(np.mean(np.abs(values - end) < 1e-9)) for end in limits)
    return low, high


def _subscales(
    study: Study, measure: MeasurePlan, here: npt.NDArray[np.bool_]
) -> dict[str, EstimateLike]:
    if study.survey is None or not measure.subscales:
        return {}
    answers = oriented_items(study.survey, measure)[here]
    return {
        name: mean_of(_finite(score_answers(_columns(answers, measure, items), measure)))
        for name, items in measure.subscales.items()
    }


def _columns(answers: FloatArray, measure: MeasurePlan, items: Sequence[str]) -> FloatArray:
    return answers[:, [measure.items.index(item) for item in items if item in measure.items]]


def _finite(values: FloatArray) -> FloatArray:
    return values[np.isfinite(values)]
