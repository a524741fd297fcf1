"""Change against sessions attended, adjusted for baseline: an association, not an effect."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.plan import MeasurePlan
from analysis.results import (
    Caution,
    Comparison,
    ComparisonLike,
    Estimate,
    EstimateLike,
    NotEstimable,
)
from analysis.statistics.group_change import least_squares
from analysis.study import Study
from analysis.surveys.analyses import family_of
from analysis.surveys.contrasts import main_contrast
from analysis.surveys.groups import both_waves, treated_people
from analysis.surveys.panel import BoolArray, Panel, build_panel, person_values
from analysis.surveys.results import Dose
from analysis.surveys.scoring import FloatArray, mean_of, outcome_measures

MIN_LINKED = 5
LINE_POINTS = 9
#: With fewer, 97.0 to 97.4 % of its 95 % intervals hold (docs/coverage.md).
MIN_PEOPLE = 40


def evaluate_dose(study: Study, panel: Panel | None = None) -> tuple[Dose, ...]:
    """Relate the change to the sessions attended, for everyone answering both waves.

    People of the survey who never signed in count as zero sessions; with a comparison group only
    treated people are used. Empty when fewer than five codes occur in both tables.
    """
    panel = build_panel(study) if panel is None else panel
    dose, sessions = dose_of_people(study, panel), count_sessions(study)
    if dose is None or sessions is None:
        return ()
    codes = pd.Series(person_values(study, panel, "respondent"))
    linked = codes.isin(sessions.index).to_numpy()
    unlinked = int((~sessions.index.isin(codes)).sum())
    return tuple(
        _dose(study, panel, measure, waves, dose, (int(linked.sum()), unlinked))
        for measure in outcome_measures(study)
        if family_of(measure) != "category"
        for waves in [main_contrast(study, panel, measure.name)]
        if waves is not None
    )


def dose_of_people(study: Study, panel: Panel) -> FloatArray | None:
    """Give the sessions each person attended, NaN = not treated; None when too few are linked."""
    sessions = count_sessions(study)
    if study.survey is None or panel.anonymous or sessions is None or not len(panel.row):
        return None
    codes = pd.Series(person_values(study, panel, "respondent"))
    if int(codes.isin(sessions.index).sum()) < MIN_LINKED:
        return None
    dose = codes.map(sessions).fillna(0.0).to_numpy(dtype=np.float64)
    treated = treated_people(study, panel)
    return dose if treated is None else np.where(treated == 1, dose, np.nan)


def count_sessions(study: Study) -> pd.Series | None:
    """Number of different sessions each person attended; None without attendance by person."""
    table = study.attendance
    if table is None or "person" not in table or "session" not in table:
        return None
    came = table[table["attended"].astype(bool)] if "attended" in table else table
    sessions = came.drop_duplicates(["person", "session"]).groupby("person").size()
    absent = pd.Index(table["person"].dropna().unique()).difference(sessions.index)
    return pd.concat([sessions, pd.Series(0, index=absent)]).astype(np.float64)


def _dose(
    study: Study,
    panel: Panel,
    measure: MeasurePlan,
    waves: tuple[str, str],
    dose: FloatArray,
    linked: tuple[int, int],
) -> Dose:
    pre, post = panel.pair(measure.name, waves)
    used = both_waves(pre, post) & np.isfinite(dose)
    change, start, sessions = (post - pre)[used], pre[used], dose[used]
    slope: ComparisonLike
    if used.any() and float(np.ptp(sessions)) == 0:
        slope = NotEstimable(reason="no_variance", n=int(used.sum()), name="dose_slope")
    else:
        design = np.column_stack([np.ones_like(sessions), sessions, start])
        slope = least_squares(change, design, 1, "dose_slope")
    return Dose(
        measure=measure.name,
        slope=slope,
        points=_points(sessions, change, study.plan.study.min_group),
        line=_line(sessions, start, change) if isinstance(slope, Comparison) else (),
        n_linked=linked[0],
        n_unlinked=linked[1],
        cautions=_cautions(measure, slope),
    )


def _cautions(measure: MeasurePlan, slope: ComparisonLike) -> tuple[Caution, ...]:
    """An association always; with few people the few who came often decide, and the test waits."""
    codes: list[tuple[str, dict[str, object]]] = [("dose_association", {})]
    if isinstance(slope, Comparison) and slope.n < MIN_PEOPLE:
        codes.append(("dose_of_few", {"n": slope.n}))
    return tuple(
        Caution(code=code, section="dose", measure=measure.name, values=values)
        for code, values in codes
    )


def _line(
    sessions: FloatArray, start: FloatArray, change: FloatArray
) -> tuple[tuple[float, EstimateLike], ...]:
    """Fitted change along the sessions: the intercept once sessions and start are shifted."""
    places = line_places(float(sessions.min()), float(sessions.max()))
    one, level = np.ones_like(sessions), start - start.mean()
    fitted = [
        (float(x), least_squares(change, np.column_stack([one, sessions - x, level]), 0, "fitted"))
        for x in places
    ]
    return tuple(
        (
            x,
            Estimate(
                estimate=f.estimate,
                ci_low=f.ci_low,
                ci_high=f.ci_high,
                std_error=f.std_error,
                n=f.n,
                n_missing=f.n_missing,
                method=f.method,
            ),
        )
        for x, f in fitted
        if isinstance(f, Comparison) and f.estimate is not None
    )


def line_places(low: float, high: float) -> list[float]:
    """Choose the fewest and the most sessions and round numbers between, at most LINE_POINTS.

    Equal steps from end to end would tell the ends also where only the middle is shown.

    Examples
    --------
    >>> line_places(0, 9), line_places(3, 41)
    ([0, 2, 4, 6, 8, 9], [3, 5, 10, 15, 20, 25, 30, 35, 40, 41])
    """
    round_steps = (k * 10**power for power in range(9) for k in (1, 2, 5))
    step = next(s for s in round_steps if (high - low) / s <= LINE_POINTS - 1)
    return sorted({low, high, *np.arange(step * (low // step + 1), high, step).tolist()})


def _points(
    sessions: FloatArray, change: FloatArray, min_group: int
) -> tuple[tuple[float, int, EstimateLike], ...]:
    """Mean change at each number of sessions; numbers of too few people are joined."""
    return tuple(
        (float(sessions[here].mean()), int(here.sum()), mean_of(change[here]))
        for here in join_doses(sessions, min_group)
    )


def join_doses(sessions: FloatArray, least: int) -> list[BoolArray]:
    """Join neighbouring numbers of sessions until at least ``least`` people are in each set.

    The last ones join the set before them: left out, they would be what the mean change of all
    has more than the sets. Empty when there are fewer people altogether.
    """
    sets: list[BoolArray] = []
    waiting = np.zeros(sessions.size, dtype=bool)
    for dose in np.unique(sessions):
        waiting = waiting | (sessions == dose)
        if int(waiting.sum()) >= least:
            sets.append(waiting)
            waiting = np.zeros(sessions.size, dtype=bool)
    if sets:
        sets[-1] = sets[-1] | waiting
    return sets
