"""Mean changes in which people have weights: what their groups changed by follows from two of them.

The shares of a population are public. Beside the plain mean change, one raked to them gives the
change of the two men among forty people, whose group is withheld.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.disclosure.cells import BoolArray, FloatArray, cell_of
from analysis.disclosure.rules import is_small
from analysis.disclosure.survey import Survey
from analysis.surveys.groups import clusters_within
from analysis.surveys.results import Sensitivity
from analysis.surveys.sensitivity import given_weights, rake_people, raked_people

#: Changes by another rule that are means of the matched, of all or of some, with weights.
WEIGHTED = frozenset({"raking", "survey_weights", "mean_cr2"})


def release_weighted(survey: Survey, found: Sensitivity) -> bool:
    """Release a mean change of the matched in which people have weights, or some are left out.

    Judged are the sum with its weights and how many are in it; of raking each level's change, too,
    which follows where one variable is raked, and nearly where several are.
    """
    first, last = str(found.details["from"]), str(found.details["to"])
    label = f"sensitivity.{found.measure}.{first}.{last}.{found.name}"
    weights, groups = _weigh(survey, found.name, survey.pairs(found.measure, (first, last)))
    used = weights > 0
    sets = [used, *(used & group for group in groups)]
    if any(is_small(int(mask.sum()), survey.least) for mask in sets):
        return False
    alike = [(weight, weights == weight) for weight in np.unique(weights[used])]
    terms = [
        term
        for weight, mask in alike
        for term in ((last, float(weight), mask), (first, -float(weight), mask))
    ]
    return survey.auditor.release(
        cell_of(f"score:{found.measure}", label, survey.people, *terms),
        *(
            cell
            for mask in sets
            for cell in survey.sums(found.measure, label, (last, 1.0, mask), (first, -1.0, mask))
        ),
    )


def _weigh(survey: Survey, name: str, both: BoolArray) -> tuple[FloatArray, list[BoolArray]]:
    """Weight of each person, 0 of who is left out, and the groups whose shares are public."""
    study, panel = survey.study, survey.panel
    weights = both.astype(np.float64)
    if name == "raking":
        used, levels = raked_people(study, panel, both)
        weights = np.zeros(both.size)
        # Equal up to rounding is equal: people of the same levels are alike.
        weights[used] = np.round(rake_people(study, used, levels).weights, 9)
        return weights, [one == level for one in levels.values() for level in np.unique(one[used])]
    if name == "survey_weights":
        given = given_weights(study, panel)
        return np.where(both & np.isfinite(given) & (given > 0), given, 0.0), []
    cluster = clusters_within(study, panel) if name == "mean_cr2" else None
    return weights if cluster is None else weights * ~pd.isna(cluster), []
