"""Who received the intervention, who is the comparison."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.study import Study
from analysis.surveys.filters import keep_rows
from analysis.surveys.panel import BoolArray, Panel, has_column, person_values
from analysis.surveys.scoring import FloatArray


def treated_people(study: Study, panel: Panel) -> FloatArray | None:
    """Give 1 (treated), 0 (comparison) or NaN (unknown) per person; None without two groups."""
    if not has_column(study, "treated"):
        return None
    given = pd.to_numeric(pd.Series(person_values(study, panel, "treated")), errors="coerce")
    treated = given.to_numpy(dtype=np.float64)
    return treated if len(set(treated[np.isfinite(treated)])) == 2 else None


def assignment_of(study: Study) -> str:
    """How people came into the groups: ``random``, ``whole_sites`` or ``self_selected``."""
    plan = study.plan.survey
    return plan.assignment if plan is not None else "self_selected"


def is_one_community(study: Study, panel: Panel, treated: FloatArray) -> bool:
    """Whether the programme was in one whole community: nobody there is compared.

    Only then other local events cannot be told apart from it. The group column names communities
    only where whole communities were assigned; people assigned one by one, or who live beside
    those compared, share the local events of both groups.
    """
    whole = assignment_of(study) == "whole_sites"
    if has_column(study, "site"):
        place = person_values(study, panel, "site")
    elif whole and has_column(study, "group"):
        place = person_values(study, panel, "group")
    else:
        return False
    sides = [{str(v) for v in place[treated == arm] if not pd.isna(v)} for arm in (1, 0)]
    return len(sides[0]) == 1 and not sides[0] & sides[1]


def clusters_compared(study: Study, panel: Panel, treated: FloatArray) -> np.ndarray | None:
    """Give the cluster of each person for the comparison; None when none is declared.

    The community where the programme was given to whole communities, two or more on either side:
    people are compared at the level at which it was assigned. Otherwise the declared cluster.
    """
    by_lot = assignment_of(study) == "random"
    if has_column(study, "site"):
        site = person_values(study, panel, "site")
        arms = [set(site[(treated == arm) & ~pd.isna(site)]) for arm in (1, 0)]
        if min(map(len, arms)) > 1 and not arms[0] & arms[1]:
            return site
    if not has_column(study, "cluster"):
        return None
    # "Building 1" of either group is another building, unless people were drawn within buildings.
    return _told_apart(study, panel, None if by_lot else treated)


def _told_apart(study: Study, panel: Panel, treated: FloatArray | None) -> np.ndarray:
    """Cluster of each person with its community and, where given, its group; None = unknown."""
    cluster = person_values(study, panel, "cluster")
    parts: list[np.ndarray] = [cluster]
    if has_column(study, "site"):
        parts.insert(0, person_values(study, panel, "site"))
    if treated is not None:
        parts.insert(0, treated)
    labels = np.full(cluster.size, None, dtype=object)
    for at in np.flatnonzero(~pd.isna(cluster)):
        labels[at] = "|".join(str(part[at]) for part in parts)
    return labels


def clusters_within(study: Study, panel: Panel) -> np.ndarray | None:
    """Give the cluster of each person: the declared one, else the community, when there are two."""
    if has_column(study, "cluster"):
        cluster = _told_apart(study, panel, None)
    elif has_column(study, "site"):
        cluster = person_values(study, panel, "site")
    else:
        return None
    return cluster if len(set(cluster[~pd.isna(cluster)])) > 1 else None


def has_comparison(study: Study) -> bool:
    """Whether the survey holds both treated and comparison people."""
    survey = study.survey
    if survey is None or "treated" not in survey.keys:
        return False
    return int(survey.keys["treated"].dropna().astype(bool).nunique()) == 2


def programme_part(study: Study) -> Study:
    """Give the study with the answers of treated people only; unchanged without two groups.

    A change pooled over people who received the intervention and people who did not answers no
    question of the evaluation; :mod:`analysis.surveys.comparison` sets the two side by side.
    """
    survey = study.survey
    if survey is None or not has_comparison(study):
        return study
    treated = survey.keys["treated"].fillna(False).astype(bool).to_numpy()
    return replace(study, survey=keep_rows(survey, treated))


def start_dates(study: Study, panel: Panel, treated: FloatArray) -> list[str]:
    """Distinct starts of the intervention among the treated; two or more = staggered."""
    if not has_column(study, "started_on"):
        return []
    given = person_values(study, panel, "started_on")[treated == 1]
    return sorted({str(v) for v in given if v is not None})


def both_waves(pre: FloatArray, post: FloatArray) -> BoolArray:
    """People with a score in both waves."""
    both: BoolArray = np.isfinite(pre) & np.isfinite(post)
    return both
