"""The course of every measure over three or more waves: levels, contrasts, who answered when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.plan import MeasurePlan
from analysis.results import Caution, Comparison, Severity
from analysis.statistics.multiplicity import adjust_by_family
from analysis.statistics.trajectory import WaveEstimates, mean_trajectory, separate_waves
from analysis.statistics.wave_shares import share_trajectory
from analysis.study import Study
from analysis.surveys.analyses import family_of
from analysis.surveys.groups import treated_people
from analysis.surveys.panel import Panel, build_panel
from analysis.surveys.results import Trajectory, WaveContrast, WavePattern, WavePoint
from analysis.surveys.scoring import FloatArray, outcome_measures

#: With two waves the change is on the page of outcomes.
MIN_WAVES = 3
#: Above this share of the baseline lost, the last level rests much on the model: our own rule.
MUCH_LOST = 0.4


def evaluate_trajectories(study: Study, panel: Panel | None = None) -> tuple[Trajectory, ...]:
    """Evaluate the course of each measure asked in three or more waves.

    Parameters
    ----------
    study
        With answers of everybody asked.
    panel
        Already built one, to save time.

    Returns
    -------
    tuple of Trajectory
        One per measure; with a comparison group two, each from its own people. Empty with fewer
        waves. Answers in categories have no level and no trajectory.
    """
    panel = build_panel(study) if panel is None else panel
    waves = trajectory_waves(panel)
    if len(waves) < MIN_WAVES:
        return ()
    treated = treated_people(study, panel)
    everyone = np.ones(len(panel.row), dtype=np.bool_)
    groups = (
        {"": everyone} if treated is None else {"treated": treated == 1, "comparison": treated == 0}
    )
    days = _days_of_waves(study, panel)
    courses = [
        course
        for measure in outcome_measures(study)
        if family_of(measure) != "category"
        for group, members in groups.items()
        if (course := _follow(panel, measure, waves, group, members, days)) is not None
    ]
    return _adjust(courses)


def trajectory_waves(panel: Panel) -> tuple[int, ...]:
    """Columns of the waves asked at their time, from the baseline on."""
    aside = panel.looked_back | panel.placebo
    return tuple(at for at, wave in enumerate(panel.waves) if wave not in aside)


def _follow(
    panel: Panel,
    measure: MeasurePlan,
    waves: Sequence[int],
    group: str,
    members: npt.NDArray[np.bool_],
    days: dict[str, date | None],
) -> Trajectory | None:
    """Follow one measure among some people; None when fewer than three waves have scores."""
    everywhere = panel.scores[measure.name]
    asked = [at for at in waves if np.isfinite(everywhere[:, at]).any()]
    scores = everywhere[members][:, asked]
    seen = np.isfinite(scores)
    if len(asked) < MIN_WAVES or not seen.any():
        return None
    last = len(asked) - 1
    pairs = [*((0, later) for later in range(1, len(asked))), (last - 1, last)]
    found = _estimate(scores, measure, pairs, anonymous=panel.anonymous)
    names = [panel.waves[at] for at in asked]
    lost = (seen[:, :1] & ~seen).sum(axis=0)
    course = Trajectory(
        measure=measure.name,
        role=measure.role,
        group=group,
        n=int(seen.any(axis=1).sum()),
        covariance=found.method,
        points=tuple(
            WavePoint(
                wave=name,
                answered_on=days[name],
                n=int(seen[:, at].sum()),
                lost=0 if panel.anonymous else int(lost[at]),
                level=found.levels[at],
            )
            for at, name in enumerate(names)
        ),
        contrasts=tuple(
            WaveContrast(
                from_wave=names[pair[0]],
                to_wave=names[pair[1]],
                against="previous" if place == len(pairs) - 1 else "baseline",
                change=change,
            )
            for place, (pair, change) in enumerate(zip(pairs, found.contrasts, strict=True))
        ),
        patterns=() if panel.anonymous else tuple(list_patterns(seen, names)),
        important_difference=measure.important_difference,
    )
    return replace(course, cautions=tuple(_guard(course)))


def _estimate(
    scores: FloatArray, measure: MeasurePlan, pairs: list[tuple[int, int]], *, anonymous: bool
) -> WaveEstimates:
    share = family_of(measure) == "binary"
    if anonymous:
        return separate_waves(scores, pairs, share=share)
    return share_trajectory(scores, pairs) if share else mean_trajectory(scores, pairs)


def list_patterns(seen: npt.NDArray[np.bool_], names: Sequence[str]) -> Iterator[WavePattern]:
    """List who answered which waves, the largest number of people first."""
    answered = seen[seen.any(axis=1)]
    patterns, counts = np.unique(answered, axis=0, return_counts=True)
    for at in np.argsort(-counts, kind="stable"):
        waves = tuple(name for name, here in zip(names, patterns[at], strict=True) if here)
        yield WavePattern(waves=waves, n=int(counts[at]))


def _days_of_waves(study: Study, panel: Panel) -> dict[str, date | None]:
    """Median day on which each wave was answered; None where no day is known."""
    keys = study.survey.keys if study.survey is not None else pd.DataFrame()
    given = next((keys[name] for name in ("finished", "started") if name in keys), None)
    days: dict[str, date | None] = dict.fromkeys(panel.waves)
    if given is None:
        return days
    for wave in panel.waves:
        known = given[(keys["wave"] == wave) & given.notna()]
        days[wave] = pd.Timestamp(known.median()).date() if len(known) else None
    return days


def _adjust(courses: Sequence[Trajectory]) -> tuple[Trajectory, ...]:
    """Adjust p-values: the contrasts of primary measures by Holm, the others by their like.

    The comparison group's own course is no test of the programme and a family of its own.
    """
    tests = [(course, one) for course in courses for one in course.contrasts]
    adjusted = iter(
        adjust_by_family(
            [c.change.p_value if isinstance(c.change, Comparison) else None for _, c in tests],
            [_family_of(course) for course, _ in tests],
            confirmatory="primary",
        )
    )
    return tuple(
        replace(
            course,
            contrasts=tuple(replace(one, p_adjusted=next(adjusted)) for one in course.contrasts),
        )
        for course in courses
    )


def _family_of(course: Trajectory) -> str:
    if course.group == "comparison":
        return "comparison"
    return "primary" if course.role == "primary" else "other"


def _guard(course: Trajectory) -> Iterator[Caution]:
    def caution(code: str, severity: Severity = "info", **values: object) -> Caution:
        return Caution(
            code=code,
            severity=severity,
            section="trajectory",
            measure=course.measure,
            values=values,
        )

    first, last = course.points[0], course.points[-1]
    if course.covariance == "separate_samples":
        yield caution("trajectory_separate")
    elif any(point.n < course.n for point in course.points):
        yield caution("trajectory_missing_at_random")
    if course.covariance == "compound_symmetry":
        yield caution("trajectory_equal_spread", "caution")
    if first.n and last.lost / first.n > MUCH_LOST:
        yield caution(
            "trajectory_many_lost", "caution", lost_share=last.lost / first.n, wave=last.wave
        )


def place_waves(course: Trajectory) -> list[float]:
    """Where the waves stand on a time axis: days since the first, in steps of 1 without dates.

    Waves whose median days are not in the plan's order stand in steps too.
    """
    days = [point.answered_on for point in course.points]
    known = [day for day in days if day is not None]
    if len(known) == len(days) and all(a < b for a, b in pairwise(known)):
        return [float((day - known[0]).days) for day in known]
    return [float(at) for at in range(len(days))]
