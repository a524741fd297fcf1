"""The course over the waves for an audience that may not see single people's answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.disclosure.cells import BoolArray
from analysis.disclosure.rules import is_small
from analysis.disclosure.survey import Survey
from analysis.results import SUPPRESSED, Comparison, NotEstimable
from analysis.surveys.groups import treated_people
from analysis.surveys.results import Trajectory


def protect_trajectory(survey: Survey, course: Trajectory) -> Trajectory:
    """Show a course only where every set of people with the same waves answered may be known.

    Levels and contrasts are functions of the sums of these sets, so that each set's sum in each of
    its waves is taken as released: what a reader could work out is never more than that.
    """
    waves = [point.wave for point in course.points]
    seen = np.column_stack([survey.scored(course.measure, wave) for wave in waves])
    seen &= _members(survey, course.group)[:, None]
    measure = survey.study.measure(course.measure)
    if survey.panel.anonymous:
        sets = [(wave, seen[:, at]) for at, wave in enumerate(waves)]
    else:
        codes = seen @ (1 << np.arange(len(waves)))
        sets = [
            (wave, codes == code)
            for code in np.unique(codes[codes > 0])
            for at, wave in enumerate(waves)
            if code >> at & 1
        ]
    if any(is_small(int(mask.sum()), survey.least) for _, mask in sets):
        return hide_trajectory(course)
    if not all(survey.is_fine_wave(measure, wave, mask) for wave, mask in sets):
        return hide_trajectory(course)
    label = f"trajectory.{course.measure}.{course.group}"
    cells = [
        cell
        for wave, mask in sets
        for cell in survey.sums(course.measure, f"{label}.{wave}", (wave, 1.0, mask))
    ]
    return course if survey.auditor.release(*cells) else hide_trajectory(course)


def _members(survey: Survey, group: str) -> BoolArray:
    treated = treated_people(survey.study, survey.panel)
    if not group or treated is None:
        return np.ones(len(survey.people), dtype=np.bool_)
    return np.asarray(treated == (1 if group == "treated" else 0))


def hide_trajectory(course: Trajectory) -> Trajectory:
    """Give a course of which nothing may be known but its waves."""
    return replace(
        course,
        n=SUPPRESSED,
        points=tuple(
            replace(
                point,
                n=SUPPRESSED,
                lost=SUPPRESSED,
                answered_on=None,
                level=NotEstimable(reason="suppressed", method=point.level.method, name="level"),
            )
            for point in course.points
        ),
        contrasts=tuple(
            replace(
                one,
                change=NotEstimable(
                    reason="suppressed", name=one.change.name, method=one.change.method
                ),
                p_adjusted=None if one.p_adjusted is None else SUPPRESSED,
            )
            if isinstance(one.change, Comparison)
            else one
            for one in course.contrasts
        ),
        patterns=(),
        cautions=(),
    )
