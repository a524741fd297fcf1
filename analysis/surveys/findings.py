"""Which sentences the surveys deserve: codes and values, no words.

Codes that say the programme did something (``effect_clear_…``) exist only beside a comparison group
whose design earns them: see :attr:`GroupComparison.causal`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from analysis.issues import Issue
from analysis.results import (
    Comparison,
    ComparisonLike,
    Estimate,
    Finding,
    NotEstimable,
    Suppressed,
)
from analysis.study import Study
from analysis.surveys.comparison import compare_methods
from analysis.surveys.contrasts import main_rows
from analysis.surveys.measurement import ENOUGH, Measurement
from analysis.surveys.response_shift import list_response_shifts
from analysis.surveys.results import (
    AttritionRow,
    Dose,
    Flow,
    GroupComparison,
    Outcome,
    Reliability,
    ScoreSummary,
    Trajectory,
    WaveContrast,
)
from analysis.thresholds import MAX_BASELINE_SMD, MIN_RELIABILITY, SIGNIFICANCE_LEVEL


class SurveySections(Protocol):
    """The sections that findings read. An ``Evaluation`` has them, and computes each when asked."""

    @property
    def flow(self) -> Flow | None:
        """Who answered in which wave; None without a survey."""

    @property
    def scoring(self) -> tuple[ScoreSummary, ...]:
        """Means of the scores, by wave."""

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Changes, one for each measure and contrast."""

    @property
    def trajectory(self) -> tuple[Trajectory, ...]:
        """Courses over three or more waves."""

    @property
    def comparison(self) -> tuple[GroupComparison, ...]:
        """Differences between the groups."""

    @property
    def attrition(self) -> tuple[AttritionRow, ...]:
        """Those lost beside those followed."""

    @property
    def reliability(self) -> tuple[Reliability, ...]:
        """Whether the items of a measure hang together."""

    @property
    def measurement(self) -> tuple[Measurement, ...]:
        """Whether items mean the same in both waves."""

    @property
    def dose(self) -> tuple[Dose, ...]:
        """Change by sessions attended."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """What is wrong in the data."""


def find_study(study: Study, survey: SurveySections) -> Iterator[Finding]:
    """What the survey says as a whole; the comparison answers more than the plain changes."""
    if survey.flow is None or not survey.scoring:
        return
    last = last_contrasts(survey.outcomes)
    effects = tuple(find_effects(study, survey))
    # Differences that nobody could estimate, or that are withheld, are not zero of so many.
    compared = last and any(f.code != "effect_not_estimable" for f in effects)
    yield find_compared_summary(last, effects) if compared else find_summary(survey, last)


def find_effects(study: Study, survey: SurveySections) -> Iterator[Finding]:
    """The difference between the groups, measure by measure."""
    return (find_effect(study, compared) for compared in main_rows(survey.comparison))


def find_main_changes(study: Study, survey: SurveySections) -> Iterator[Finding]:
    """The change of each measure between its main waves."""
    last = last_contrasts(survey.outcomes)
    return (find_change(study, outcome, len(last)) for outcome in last)


def find_trajectories(study: Study, survey: SurveySections) -> Iterator[Finding]:
    """The course of each measure over three or more waves, the comparison group's aside."""
    return (find_trajectory(study, t) for t in survey.trajectory if t.group != "comparison")


def last_contrasts(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """One outcome per measure: that of its main contrast, see :func:`main_contrast`."""
    return main_rows(outcomes)


def find_summary(survey: SurveySections, last: Sequence[Outcome]) -> Finding:
    """How many of the measures that can be estimated changed clearly, among how many people."""
    if not last:
        wave, flow = next(iter(survey.flow.waves.items())) if survey.flow else ("", None)
        values = {"n": flow.respondents if flow else 0, "wave": wave}
        return Finding(code="study_one_wave", section="outcomes", values=values)
    estimable = sum(isinstance(o.change, Comparison) or shared_change(o) is not None for o in last)
    if not estimable:
        return find_what_is_missing(survey, last)
    flow_ = survey.flow
    clear = [o for o in last if is_clear(o.change, o.p_adjusted)]
    known = flow_ is not None and not flow_.anonymous
    linked = flow_ is not None and known and flow_.matched > 0
    alike = sum(shared_change(o) is not None for o in last)
    apart = "study_summary_unmatched" if known else "study_summary_anonymous"
    return Finding(
        code=("study_summary_alike" if alike else "study_summary") if linked else apart,
        section="outcomes",
        values={
            "clear": len(clear),
            "alike": alike,
            "n": estimable,
            "not_estimable": len(last) - estimable,
            "matched": flow_.matched if flow_ is not None else 0,
            "from": last[0].contrast[0],
            "to": last[0].contrast[1],
        },
    )


def find_what_is_missing(survey: SurveySections, last: Sequence[Outcome]) -> Finding:
    """Why no measure's change can be estimated: what the data lack for it."""
    anonymous = survey.flow is None or survey.flow.anonymous
    reasons = {o.change.reason for o in last if isinstance(o.change, NotEstimable)}
    most = max(min(o.n.from_wave, o.n.to_wave) if anonymous else o.n.matched for o in last)
    if "suppressed" in reasons:
        reason = "suppressed"
    elif all(o.n.from_wave == 0 or o.n.to_wave == 0 for o in last):
        reason = "no_second_wave"
    elif most == 0:
        reason = "no_pairs"
    elif "too_few" in reasons and anonymous:
        reason = "too_few"
    else:
        reason = "no_variance" if reasons == {"no_variance"} else "several"
    values = {"reason": reason, "n": most, "from": last[0].contrast[0]}
    return Finding(code="study_not_estimable", section="outcomes", values=values)


def find_compared_summary(last: Sequence[Outcome], effects: Sequence[Finding]) -> Finding:
    """How many measures moved in the hoped direction beyond the comparison group."""
    hoped = {"higher": "up", "lower": "down"}
    known = [f for f in effects if f.code != "effect_not_estimable"]
    ahead = [f for f in known if f.code.endswith(f"_{hoped[str(f.values['better'])]}")]
    values = {
        "clear": len(ahead),
        "n": len(known),
        "not_estimable": len(effects) - len(known),
        "matched": last[0].n.matched,
    }
    return Finding(code="study_summary_compared", section="comparison", values=values)


def is_clear(change: ComparisonLike, p_adjusted: float | None) -> bool:
    """Whether a change is clear at 5 % after counting the tests run."""
    if not isinstance(change, Comparison) or change.p_value is None:
        return False
    return (change.p_value if p_adjusted is None else p_adjusted) < SIGNIFICANCE_LEVEL


def shared_change(outcome: Outcome) -> float | None:
    """Change of every single person where all changed by the same amount; else None.

    No spread means no test: neither "clear" nor "unclear" is true of it.
    """
    alike = isinstance(outcome.change, NotEstimable) and outcome.change.reason == "no_variance"
    if not alike or outcome.design == "anonymous":
        return None
    levels = [one.estimate for one in outcome.levels if isinstance(one, Estimate)]
    if len(levels) != 2 or levels[0] is None or levels[1] is None:
        return None
    return round(levels[1] - levels[0], 9)


def find_change(study: Study, outcome: Outcome, n_tests: int) -> Finding:
    """What to say of one measure's change."""
    values = _facts(study, outcome.measure) | {
        "from": outcome.contrast[0],
        "to": outcome.contrast[1],
        "n_tests": n_tests,
        "important": outcome.important_difference,
    }
    change, shared = outcome.change, shared_change(outcome)
    if shared is not None:
        values |= {"change": shared, "n": outcome.n.matched}
        move = "unchanged" if shared == 0 else "rose" if shared > 0 else "fell"
        return _finding(f"all_{move}", outcome.measure, values)
    if not isinstance(change, Comparison):
        values["reason"] = change.reason
        return _finding("not_estimable", outcome.measure, values)
    values |= {"change": change.estimate, "low": change.ci_low, "high": change.ci_high}
    values |= {"n": change.n, "p_value": change.p_value}
    return _finding(_change_code(outcome, change), outcome.measure, values)


def _change_code(outcome: Outcome, change: Comparison) -> str:
    clear = is_clear(change, outcome.p_adjusted)
    if change.estimate is None:
        return "categories_changed" if clear else "categories_no_clear_change"
    if clear:
        direction = "up" if change.estimate > 0 else "down"
        return f"change_clear_{direction}{_size(change, outcome.important_difference)}"
    same = outcome.equivalence
    if (
        isinstance(same, Comparison)
        and same.p_value is not None
        and same.p_value < SIGNIFICANCE_LEVEL
    ):
        return "no_change_shown"
    return "change_unclear_many_tests" if is_clear(change, None) else "no_clear_change"


def _size(change: Comparison, important: float | None) -> str:
    """How the interval lies to the important difference: beyond, below, or across it."""
    if important is None or change.ci_low is None or change.ci_high is None:
        return ""
    ends = sorted((abs(change.ci_low), abs(change.ci_high)))
    if ends[0] >= important:
        return "_important"
    return "_small" if ends[1] < important else ""


def find_trajectory(study: Study, course: Trajectory) -> Finding:
    """What to say of a measure's course: how far it had moved, and where the last wave stands."""
    values = _facts(study, course.measure) | {"n": course.n, "to": course.points[-1].wave}
    base = [c for c in course.contrasts if c.against == "baseline"]
    last, previous = base[-1], course.contrasts[-1]
    if any(isinstance(c.change, NotEstimable) for c in (last, previous)):
        values["reason"] = next(
            c.change.reason for c in (last, previous) if isinstance(c.change, NotEstimable)
        )
        return _finding("trajectory_not_estimable", course.measure, values, "trajectory")
    # The turning point: of the waves between, the one clearly furthest from baseline.
    turning = max(
        (c for c in base[:-1] if _way(c)),
        key=lambda c: abs(c.change.estimate or 0.0) if isinstance(c.change, Comparison) else 0.0,
        default=None,
    )
    final = last if turning is None else turning
    for name, one in (("", final), ("last_", last), ("step_", previous)):
        if isinstance(one.change, Comparison):
            values |= {f"{name}change": one.change.estimate}
            values |= {f"{name}low": one.change.ci_low, f"{name}high": one.change.ci_high}
    values |= {"turning": final.to_wave, "step_from": previous.from_wave}
    code = _course_code(turning, last, previous, course.important_difference)
    return _finding(code, course.measure, values, "trajectory")


def _way(contrast: WaveContrast) -> int:
    """1 = clearly higher, −1 = clearly lower, 0 = no clear difference."""
    change = contrast.change
    if not is_clear(change, contrast.p_adjusted) or not isinstance(change, Comparison):
        return 0
    return 1 if (change.estimate or 0.0) > 0 else -1


def _course_code(
    turning: WaveContrast | None,
    last: WaveContrast,
    previous: WaveContrast,
    important: float | None,
) -> str:
    """Which sentence the course deserves; ``previous`` is the last wave minus the one before."""
    end = _way(last)
    if turning is None:
        return {1: "trajectory_late_up", -1: "trajectory_late_down", 0: "trajectory_flat"}[end]
    first = _way(turning)
    direction = "up" if first > 0 else "down"
    if end == -first:
        return f"trajectory_{direction}_reversed"
    if end == 0:
        return f"trajectory_{direction}_lost"
    step = _way(previous)
    if step == first:
        return f"trajectory_{direction}_further"
    if step == -first:
        return f"trajectory_{direction}_part"
    change = previous.change
    low, high = (change.ci_low, change.ci_high) if isinstance(change, Comparison) else (None, None)
    back = low if first > 0 else None if high is None else -high
    # Held is a claim of no loss: the interval must exclude one that would matter.
    held = important is not None and back is not None and back > -important
    return f"trajectory_{direction}_held" if held else f"trajectory_{direction}_kept"


def find_effect(study: Study, compared: GroupComparison) -> Finding:
    """What to say of one measure against the comparison group."""
    values, effect = _facts(study, compared.measure), compared.effect
    if not isinstance(effect, Comparison) or effect.estimate is None:
        values["reason"] = effect.reason if isinstance(effect, NotEstimable) else ""
        return _finding("effect_not_estimable", compared.measure, values, "comparison")
    values |= {"change": effect.estimate, "low": effect.ci_low, "high": effect.ci_high}
    values |= {"n": effect.n, "p_value": effect.p_value, "method": effect.name}
    values |= {"assignment": compared.assignment, "agreement": compared.agreement}
    pair = compare_methods(compared.analyses)
    values |= {"own": _own_change(compared)}
    values |= {"did": pair[0].estimate, "ancova": pair[1].estimate} if pair is not None else {}
    return _finding(_effect_code(compared, effect), compared.measure, values, "comparison")


def _effect_code(compared: GroupComparison, effect: Comparison) -> str:
    """Which sentence the difference from the comparison group deserves.

    A causal verb (``effect_clear``) only where the design earns it. Where difference in
    differences and ANCOVA disagree no direction is claimed, unless people were drawn by lot: then
    the more precise of the two speaks, and the disagreement is in the values.
    """
    by_lot = compared.assignment == "random"
    if compared.agreement == "disagree" and not by_lot:
        return "effect_methods_disagree"
    if not is_clear(effect, compared.p_adjusted):
        return "effect_unclear_many_tests" if is_clear(effect, None) else "effect_no_clear"
    stem = "effect_clear" if compared.causal else "more_than_comparison"
    return f"{stem}_up" if (effect.estimate or 0.0) > 0 else f"{stem}_down"


def _own_change(compared: GroupComparison) -> float | None:
    """Change of the programme's means between the two waves, for the verb of the sentence."""
    level = {
        w: m.estimate for g, w, m in compared.means if g == "treated" and isinstance(m, Estimate)
    }
    start, end = (level.get(wave) for wave in compared.contrast)
    return None if start is None or end is None else end - start


def _facts(study: Study, name: str) -> dict[str, object]:
    """Name, label, kind and direction of a measure, for its sentence."""
    measure = study.measure(name)
    share = measure.kind in ("binary", "knowledge") and measure.score == "mean"
    return {"label": measure.label or name, "share": share, "better": measure.better}


def _finding(
    code: str, measure: str, values: Mapping[str, object], section: str = "outcomes"
) -> Finding:
    return Finding(code=code, section=section, measure=measure, values=values)


def find_attrition(study: Study, survey: SurveySections) -> list[Finding]:  # noqa: ARG001 - as all of them
    """Whether those lost differ from those followed."""
    flow = survey.flow
    if flow is None or flow.anonymous or not survey.attrition:
        return []
    rows = [r for r in survey.attrition if not r.group and r.smd is not None]
    near = next((i.details.get("n", 0) for i in survey.issues if i.code == "near_codes"), 0)
    if near:
        # Two spellings of one person count as one lost and one new: not a finding but a typo.
        values = {"near": near, "lost": flow.pre_only, "n": flow.pre_only + flow.matched}
        return [Finding(code="lost_unsettled", section="attrition", values=values)]
    values = {"lost": flow.pre_only, "n": flow.pre_only + flow.matched}
    differ = any(abs(r.smd or 0.0) > MAX_BASELINE_SMD for r in rows)
    # For other readers than the evaluator the differences of small groups are withheld.
    withheld = any(isinstance(r.smd, Suppressed) for r in rows)
    code = "lost_differ" if differ else "lost_alike_shown" if withheld else "lost_alike"
    return [Finding(code=code, section="attrition", values=values)]


def find_reliability(study: Study, survey: SurveySections) -> list[Finding]:  # noqa: ARG001
    """Whether the questions of each measure hang together."""
    known = [r.alpha.estimate for r in survey.reliability if isinstance(r.alpha, Estimate)]
    if not known:
        return []
    low = sum(alpha < MIN_RELIABILITY for alpha in known)
    code = "reliability_low" if low else "reliability_good"
    values = {"low": low, "n": len(known), "least": min(known), "limit": MIN_RELIABILITY}
    return [Finding(code=code, section="reliability", values=values)]


def find_meanings(study: Study, survey: SurveySections) -> Iterator[Finding]:
    """Whether each measure's questions mean the same in its waves."""
    return (find_meaning(study, one) for one in survey.measurement)


def find_meaning(study: Study, found: Measurement) -> Finding:
    """Whether a measure's questions mean the same in its two waves."""
    measure, values = study.measure(found.measure), _facts(study, found.measure)
    shifted = [one for one in found.items if one.shifted]
    values |= {"limit": ENOUGH, "k": len(shifted)}
    values["items"] = tuple(measure.texts.get(one.item, one.item) for one in shifted)
    if shifted and isinstance(shifted[0].test, Comparison):
        values["change"] = shifted[0].test.estimate
    return _finding(f"meaning_{found.verdict}", found.measure, values, "reliability")


def find_response_shifts(study: Study, survey: SurveySections) -> list[Finding]:
    """How people see their start afterwards; never a part of the change itself."""
    plan = study.plan.survey
    if plan is None or not plan.retrospective:
        return []
    told = list_response_shifts(survey.outcomes, plan.retrospective)
    return [
        _finding(
            "response_shift" if is_clear(one.shift, None) else "response_shift_unclear",
            one.measure,
            _facts(study, one.measure)
            | {"change": one.shift.estimate, "low": one.shift.ci_low, "high": one.shift.ci_high},
            "reliability",
        )
        for one in told
        if isinstance(one.shift, Comparison) and one.shift.estimate is not None
    ]


def find_subgroups(study: Study, survey: SurveySections) -> list[Finding]:
    """Whether any group changed differently, after Holm over all interaction tests."""
    from analysis.statistics.multiplicity import holm

    tests = [
        (o.measure, s.by, s.interaction.p_value)
        for o in last_contrasts(survey.outcomes)
        for s in o.subgroups
        if isinstance(s.interaction, Comparison)
    ]
    if not tests:
        return []
    adjusted = holm([p for _, _, p in tests])
    p, (measure, by, _) = min(
        ((p, t) for p, t in zip(adjusted, tests, strict=True) if p is not None),
        key=lambda pair: pair[0],
        default=(1.0, ("", "", None)),
    )
    values: dict[str, object] = {"n_tests": len(tests), "by": by, "p_value": p}
    values["by_label"] = study.plan.label_of(by)
    if p >= SIGNIFICANCE_LEVEL:
        return [Finding(code="subgroups_alike", section="subgroups", values=values)]
    values |= _facts(study, measure)
    return [_finding("subgroups_differ", measure, values, "subgroups")]


def find_doses(study: Study, survey: SurveySections) -> list[Finding]:
    """What to say of the primary measure's dose, else of the first."""
    found = [d for d in survey.dose if isinstance(d.slope, Comparison)]
    chosen = next((d for d in found if study.measure(d.measure).role == "primary"), None)
    return [find_dose(study, one) for one in ([chosen] if chosen else found[:1])]


def find_dose(study: Study, dose: Dose) -> Finding:
    """Whether people who came more often changed more."""
    slope, values = dose.slope, _facts(study, dose.measure)
    if not isinstance(slope, Comparison):
        # Everyone at the same number of sessions, as after a one-day workshop, gives no slope.
        values |= {"reason": slope.reason, "n": slope.n}
        return _finding("dose_not_estimable", dose.measure, values, "dose")
    clear = slope.p_value is not None and slope.p_value < SIGNIFICANCE_LEVEL
    up = (slope.estimate or 0.0) > 0
    code = ("dose_up" if up else "dose_down") if clear else "dose_unclear"
    values |= {"slope": slope.estimate, "n": slope.n}
    return _finding(code, dose.measure, values, "dose")
