"""Who was lost after the first wave, and how far that could move the result."""

from __future__ import annotations

import numpy as np

from analysis.results import Caution, Comparison
from analysis.statistics.attrition_standard import attrition_boundary, judge_attrition
from analysis.statistics.missing import ChangeBounds, lee_bounds, worst_best_bounds
from analysis.statistics.proportions import wilson
from analysis.statistics.two_samples import compare_shares
from analysis.study import Study
from analysis.surveys.analyses import family_of
from analysis.surveys.balance import balance_table
from analysis.surveys.groups import treated_people
from analysis.surveys.panel import BoolArray, Panel, build_panel
from analysis.surveys.results import AttritionRow, AttritionVerdict, Bounds
from analysis.surveys.scoring import FloatArray, outcome_measures, score_range
from analysis.thresholds import MAX_BASELINE_SMD, MAX_DIFFERENTIAL_ATTRITION, SIGNIFICANCE_LEVEL


def evaluate_attrition(study: Study, panel: Panel | None = None) -> tuple[AttritionRow, ...]:
    """Compare those who stayed to the last wave with those lost, on everything known at first.

    Returns
    -------
    tuple of AttritionRow
        ``smd`` is stayed minus left. With a comparison group the scores follow again per group.
        Empty when answers are anonymous, or nobody was lost.
    """
    panel = build_panel(study) if panel is None else panel
    lost = lost_people(panel)
    if lost is None:
        return ()
    stayed, left = lost
    rows = _rows(study, panel, stayed, left, "")
    treated = treated_people(study, panel)
    if treated is not None:
        for group, arm in (("treated", 1), ("comparison", 0)):
            here = treated == arm
            rows += [
                r for r in _rows(study, panel, stayed & here, left & here, group) if not r.level
            ]
    return tuple(rows)


def lost_people(panel: Panel) -> tuple[BoolArray, BoolArray] | None:
    """Who stayed and who left between first and last wave; None when nobody can be followed."""
    if panel.anonymous or len(panel.waves) < 2:
        return None
    first, last = (panel.row[:, at] >= 0 for at in panel.ends)
    stayed, left = first & last, first & ~last
    return (stayed, left) if stayed.any() and left.any() else None


def bound_changes(study: Study, panel: Panel | None = None) -> tuple[Bounds, ...]:
    """Bound the change if those lost had ended at the worst or best of the range.

    With a comparison group the change is that of treated people. Beside it stand the difference
    between the groups if one group's lost ended lowest and the other's highest, and Lee's trimming
    bounds of the difference in change. Lee 2009, doi:10.1111/j.1467-937X.2009.00536.x.
    """
    panel = build_panel(study) if panel is None else panel
    if lost_people(panel) is None:
        return ()
    treated = treated_people(study, panel)
    found = []
    for measure in outcome_measures(study):
        limits = score_range(measure)
        if limits is None or family_of(measure) == "category":
            continue
        pre, post = (panel.scores[measure.name][:, at] for at in panel.ends)
        own = np.ones(pre.size, bool) if treated is None else treated == 1
        told = worst_best_bounds(pre[own], post[own], *limits)
        found.append(_bounds(measure.name, "worst_best", told))
        if treated is not None:
            found.append(
                _bounds(
                    measure.name,
                    "did_worst_best",
                    _bounds_of_difference(pre, post, treated, limits),
                )
            )
            change = np.where(np.isfinite(pre), post - pre, np.nan)
            known = np.isfinite(pre) & np.isfinite(treated)
            found.append(
                _bounds(measure.name, "lee", lee_bounds(change[known], treated[known].astype(bool)))
            )
    return tuple(found)


def _bounds_of_difference(
    pre: FloatArray, post: FloatArray, treated: FloatArray, limits: tuple[float, float]
) -> ChangeBounds:
    """Treated minus comparison if the lost of one group ended worst and of the other best."""
    sides = [
        worst_best_bounds(pre[treated == arm], post[treated == arm], *limits) for arm in (1, 0)
    ]
    a, b = sides
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return ChangeBounds(
            low=None, high=None, n=a.n + b.n, n_missing=0, method="worst_best", reason="no_data"
        )
    return ChangeBounds(
        low=a.low - b.high,
        high=a.high - b.low,
        n=a.n + b.n,
        n_missing=a.n_missing + b.n_missing,
        method="worst_best",
    )


def judge_losses(study: Study, panel: Panel) -> AttritionVerdict | None:
    """Judge the losses of both groups by the boundary of the What Works Clearinghouse.

    None without two groups of linked people asked first.
    """
    treated = treated_people(study, panel)
    if treated is None or panel.anonymous or len(panel.waves) < 2:
        return None
    (x1, n1), (x0, n0) = losses_by_group(panel, treated)
    if min(n1, n0) == 0:
        return None
    overall, differential = (x1 + x0) / (n1 + n0), x1 / n1 - x0 / n0
    return AttritionVerdict(
        overall=overall,
        differential=differential,
        treated=wilson(x1, n1),
        comparison=wilson(x0, n0),
        cautious_limit=attrition_boundary(overall, cautious=True),
        optimistic_limit=attrition_boundary(overall, cautious=False),
        verdict=judge_attrition(overall, differential),
    )


def attrition_cautions(
    study: Study, panel: Panel, rows: tuple[AttritionRow, ...]
) -> tuple[Caution, ...]:
    """Cautions: those lost differed at the start; one group lost more people than the other."""
    differ = [
        r for r in rows if not r.group and r.smd is not None and abs(r.smd) > MAX_BASELINE_SMD
    ]
    found = []
    if differ:
        worst = max(differ, key=lambda r: abs(r.smd or 0.0))
        values: dict[str, object] = {
            "variable": worst.variable,
            "level": worst.level,
            "smd": worst.smd,
        }
        values["label"] = study.plan.label_of(worst.variable)
        found.append(Caution(code="attrition_differs", section="attrition", values=values))
    treated, lost = treated_people(study, panel), lost_people(panel)
    if treated is not None and lost is not None and is_differential(panel, treated):
        (x1, n1), (x0, n0) = losses_by_group(panel, treated)
        shares = {"treated": x1 / n1, "comparison": x0 / n0}
        found.append(Caution(code="differential_attrition", section="attrition", values=shares))
    return tuple(found)


def losses_by_group(panel: Panel, treated: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """(lost, asked first) of treated and of comparison people, between first and last wave."""
    first, last = (panel.row[:, at] >= 0 for at in panel.ends)
    (x1, n1), (x0, n0) = (
        (int((first & ~last & (treated == arm)).sum()), int((first & (treated == arm)).sum()))
        for arm in (1, 0)
    )
    return (x1, n1), (x0, n0)


def is_differential(panel: Panel, treated: np.ndarray) -> bool:
    """Whether one group lost clearly more people: over 10 points apart, or clearly at 5 %."""
    if panel.anonymous or len(panel.waves) < 2:
        return False
    (x1, n1), (x0, n0) = losses_by_group(panel, treated)
    test = compare_shares(x0, n0, x1, n1)
    if not isinstance(test, Comparison) or test.estimate is None or test.p_value is None:
        return False
    return abs(test.estimate) > MAX_DIFFERENTIAL_ATTRITION or test.p_value < SIGNIFICANCE_LEVEL


def _rows(
    study: Study, panel: Panel, stayed: BoolArray, left: BoolArray, group: str
) -> list[AttritionRow]:
    return [
        AttritionRow(
            variable=variable, level=level, stayed=a, left=b, smd=difference, p_value=p, group=group
        )
        for variable, level, a, b, difference, p in balance_table(study, panel, stayed, left)
    ]


def _bounds(measure: str, name: str, found: ChangeBounds) -> Bounds:
    return Bounds(
        measure=measure,
        name=name,
        low=found.low,
        high=found.high,
        n=found.n,
        method=found.method,
        reason=found.reason,
    )
