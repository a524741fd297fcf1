"""What stands in front: the numbers with their meaning, the targets, period and method."""

from __future__ import annotations

from analysis.evaluation import Evaluation
from analysis.funder_summary import FunderSummary
from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Comparison, Estimate
from analysis.surveys.findings import shared_change
from analysis.surveys.results import Flow, Outcome
from dashboard.content.format import say_cell
from dashboard.content.sanitize import safe_text
from dashboard.content.topics.targets import (
    actual_value,
    indicator_value,
    label_targets,
    say_status,
)
from dashboard.exports.content import TargetLine
from dashboard.sentences.change import is_share, say_level, say_likely, say_signed
from dashboard.sentences.names import value_name
from dashboard.status import STATUSES
from dashboard.text import N_, Text

Card = tuple[str, str]
MAX_TARGETS = 6
UNDER_REACHED = 0.8


def list_funder_cards(
    text: Text, evaluation: Evaluation, plan: StudyPlan, told: FunderSummary
) -> list[Card]:
    """At most four numbers: change, people, cost, targets; without money, who stays."""
    cards = [
        _change_card(text, evaluation, plan, told.main),
        _people_card(text, evaluation, plan, told),
        _cost_card(text, told),
        _targets_card(text, evaluation, told),
        _stay_card(text, evaluation),
    ]
    return [card for card in cards if card is not None][:4]


def _change_card(
    text: Text, evaluation: Evaluation, plan: StudyPlan, main: Outcome | None
) -> Card | None:
    if main is None:
        return None
    measure = next(m for m in plan.measures if m.name == main.measure)
    shared = shared_change(main)
    if shared is not None:
        told = text(
            "{measure}: change, the same for each of the {n} people.",
            measure=_name_with_unit(text, measure),
            n=text.number(main.n.matched, 0),
        )
        return say_signed(text, shared, share=is_share(measure)), told
    if not isinstance(main.change, Comparison) or main.change.estimate is None:
        return None
    share = is_share(measure)
    beyond = find_difference(evaluation, main)
    # The number of the title: with a comparison group, the change beyond it.
    told_of = main.change if beyond is None else beyond
    message = (
        N_("{measure}: change (95% CI {likely}).")
        if beyond is None
        else N_("{measure}: difference from the comparison group (95% CI {likely}).")
    )
    parts = [
        text(
            message,
            measure=_name_with_unit(text, measure),
            likely=say_likely(text, told_of.ci_low, told_of.ci_high, share=share),
        )
    ]
    start = main.levels[0] if main.levels else None
    level = say_level(text, start.estimate, share=share) if isinstance(start, Estimate) else "–"
    if beyond is not None:
        own = say_signed(text, main.change.estimate, share=share)
        parts.append(text("Participants: {change}, from {value}.", change=own, value=level))
    elif isinstance(start, Estimate):
        parts.append(text("Before: {value}.", value=level))
    return say_signed(text, told_of.estimate, share=share), text.join(parts)


def find_difference(evaluation: Evaluation, outcome: Outcome) -> Comparison | None:
    """The change beyond the comparison group; None when the design cannot tell."""
    same = (outcome.measure, outcome.contrast)
    effects = [one.effect for one in evaluation.comparison if (one.measure, one.contrast) == same]
    return next((effect for effect in effects if isinstance(effect, Comparison)), None)


def _name_with_unit(text: Text, measure: MeasurePlan) -> str:
    name = text.of(measure.label, measure.name)
    if is_share(measure):
        return text("{measure} (percentage points)", measure=name)
    if measure.kind == "scale" and measure.score == "mean" and measure.range is not None:
        low, high = (text.number(v, 0) for v in measure.range)
        return text("{measure} ({low} to {high})", measure=name, low=low, high=high)
    return name


def _people_card(
    text: Text, evaluation: Evaluation, plan: StudyPlan, told: FunderSummary
) -> Card | None:
    found = evaluation.participation
    if found is None or found.participants is None:
        return None
    parts = [text("people took part.")]
    if isinstance(found.reach, Estimate):
        reached, low, high = (
            text.percent(share)
            for share in (found.reach.estimate, found.reach.ci_low, found.reach.ci_high)
        )
        parts = [
            text(
                "took part, {share} ({low} to {high}) of those it was open to.",
                share=reached,
                low=low,
                high=high,
            )
        ]
    if told.before is not None:
        before, n = text.month(told.before), text.number(told.people_before, 0)
        parts.append(text("Until {month}: {value}.", month=before, value=n))
    known = [
        (r.ratio.estimate, r.value) for r in found.representation if isinstance(r.ratio, Estimate)
    ]
    if known and min(known)[0] < UNDER_REACHED:
        parts.append(text("Under-reached: {group}.", group=value_name(text, plan, min(known)[1])))
    return text.number(found.participants, 0), text.join(parts)


def _cost_card(text: Text, told: FunderSummary) -> Card | None:
    if not isinstance(told.cost_per_participant, Estimate):
        return None
    value = text.money(told.cost_per_participant.estimate, told.currency)
    better = told.cost_per_improved
    parts = [text("per participant.")]
    if told.cost_before is not None:
        before = text.money(told.cost_before, told.currency)
        parts.append(text("Until {month}: {value}.", month=text.month(told.before), value=before))
    if isinstance(better, Estimate):
        amount, low = text.money(better.estimate, told.currency), text.number(better.ci_low, 0)
        if better.ci_high is None:  # the net share may be 0
            said = text(
                "{amount} (at least {low}) per person better off, net of those worse off.",
                amount=amount,
                low=low,
            )
        else:
            said = text(
                "{amount} ({low} to {high}) per person better off, net of those worse off.",
                amount=amount,
                low=low,
                high=text.number(better.ci_high, 0),
            )
        parts.append(said)
    return value, text.join(parts)


def _targets_card(text: Text, evaluation: Evaluation, told: FunderSummary) -> Card | None:
    if not told.targets:
        return None
    on_track = sum(t.status in ("ahead", "on_track") for t in evaluation.targets)
    behind = sum(t.status == "behind" for t in evaluation.targets)
    meaning = text(
        "targets met; {on_track} on track, {behind} behind", on_track=on_track, behind=behind
    )
    return text("{met} of {n}", met=told.targets_met, n=told.targets), meaning


def _stay_card(text: Text, evaluation: Evaluation) -> Card | None:
    year = evaluation.volunteers.retention.get("365") if evaluation.volunteers else None
    if not isinstance(year, Estimate):
        return None
    meaning = text(
        "of those who joined stay a year ({low} to {high})",
        low=text.percent(year.ci_low),
        high=text.percent(year.ci_high),
    )
    return text.percent(year.estimate), meaning


def list_target_lines(
    text: Text, evaluation: Evaluation, plan: StudyPlan
) -> tuple[TargetLine, ...]:
    """Targets with baseline, actual and target value."""
    lines = []
    for label, t in label_targets(plan, evaluation.targets, text)[:MAX_TARGETS]:
        baseline, actual, target = (
            say_cell(text, indicator_value(t, value))
            for value in (t.baseline, actual_value(t), t.target)
        )
        lines.append(
            TargetLine(
                cells=(safe_text(label), baseline, actual, target),
                status=say_status(text, t),
                colour=STATUSES[t.status].colour,
            )
        )
    return tuple(lines)


def say_period(text: Text, evaluation: Evaluation) -> str:
    """First and last month of what was recorded; empty where nothing is dated."""
    people, team = evaluation.participation, evaluation.volunteers
    months = [p.month for p in people.per_period] if people else []
    months += [m.month for m in team.monthly] if team else []
    if not months:
        return ""
    first, last = text.month(min(months)), text.month(max(months))
    return text("{first} to {last}", first=first, last=last)


def say_method(text: Text, flow: Flow | None) -> str:
    """Say how we know: who answered, and what an interval is."""
    interval = text(
        "Ranges are 95 % intervals: over many studies they hold the true value 19 times in 20."
    )
    if flow is None or not flow.waves:
        return interval
    waves = list(flow.waves.values())
    asked = text(
        "How we know: {before} people answered at the start, {after} at the end.",
        before=text.number(waves[0].respondents, 0),
        after=text.number(waves[-1].respondents, 0),
    )
    linked = (
        text("Answers were anonymous.")
        if flow.anonymous
        else text("{n} answered both times.", n=text.number(flow.matched, 0))
    )
    each = all(wave.respondents for wave in waves)  # one row may hold every wave of a person
    return text.join([*([asked] if each else []), linked, interval])
