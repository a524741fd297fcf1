"""Internal consistency of each measure in each wave."""

from __future__ import annotations

import numpy as np

from analysis.plan import MeasurePlan
from analysis.statistics.factor_model import fit_one_factor, sampling_adequacy
from analysis.statistics.reliability import (
    alpha_if_dropped,
    cronbach_alpha,
    first_factor_share,
    item_rest,
    omega_total,
    unreversed_suspects,
)
from analysis.study import Study
from analysis.surveys.results import Reliability
from analysis.surveys.scoring import FloatArray, asked_measures, oriented_items, waves_of


def evaluate_reliability(study: Study) -> tuple[Reliability, ...]:
    """Estimate reliability of every measure of two or more items in every wave."""
    survey = study.survey
    if survey is None:
        return ()
    wave = survey.keys["wave"].to_numpy()
    found = []
    for measure in asked_measures(study):
        if measure.kind in ("scale", "knowledge") and len(measure.items) > 1:
            answers = oriented_items(survey, measure)
            found += [
                measure_reliability(measure, one, answers[wave == one]) for one in waves_of(study)
            ]
    return tuple(found)


def measure_reliability(measure: MeasurePlan, wave: str, answers: FloatArray) -> Reliability:
    """Estimate reliability from the people who answered every item asked in the wave.

    Parameters
    ----------
    answers
        People × items after reversal; an item nobody answered in this wave is left out.
    """
    asked = np.asarray(np.isfinite(answers).any(axis=0))
    names = [item for item, one in zip(measure.items, asked, strict=True) if one]
    complete = answers[:, asked]
    complete = complete[np.isfinite(complete).all(axis=1)]
    distinct, counts = np.unique(complete, axis=0, return_counts=True)
    kmo, by_item = sampling_adequacy(complete)
    return Reliability(
        measure=measure.name,
        wave=wave,
        n=len(complete),
        n_items=len(names),
        alpha=cronbach_alpha(distinct, counts=counts),
        omega=omega_total(distinct, counts=counts),
        item_rest=item_rest(distinct, names, counts=counts),
        alpha_if_dropped=alpha_if_dropped(distinct, names, counts=counts),
        first_factor_share=first_factor_share(distinct, counts=counts),
        unreversed_suspects=unreversed_suspects(distinct, names, counts=counts),
        kmo=kmo,
        kmo_items=dict(zip(names, by_item, strict=True)),
        # Right or wrong is no quantity with a covariance of its own: a factor of such answers
        # would be one of difficulty.
        one_factor=fit_one_factor(complete) if measure.kind == "scale" else None,
    )
