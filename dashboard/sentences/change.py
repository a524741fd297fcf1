"""Numbers of a change in words: units, who is in it, the cards above it."""

from __future__ import annotations

from collections.abc import Callable

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan
from analysis.results import Comparison, Estimate, Finding
from analysis.surveys.findings import is_clear, last_contrasts, shared_change
from analysis.surveys.results import Outcome
from dashboard.text import Text


def is_share(measure: MeasurePlan) -> bool:
    """Whether a score is a share 0–1, shown in percentage points."""
    return measure.kind in ("binary", "knowledge") and measure.score == "mean"


def say_level(text: Text, value: float | None, *, share: bool) -> str:
    """Format a score in its unit."""
    return text.percent(value) if share else text.number(value)


def say_signed(text: Text, value: float | None, *, share: bool) -> str:
    """Format a change with its sign, shares in percentage points."""
    if value is None or not share:
        return text.signed(value)
    return text("{n} pp", n=text.signed(value * 100, 0))


def say_likely(text: Text, low: float | None, high: float | None, *, share: bool) -> str:
    """Format an interval in the unit of the change."""
    if low is None or high is None:
        return "–"
    return text.interval(low * 100, high * 100, 0) if share else text.interval(low, high)


def say_amount(text: Text, value: float | None, share: bool) -> str:
    """Say a size without its sign: percentage points for shares, else points."""
    if value is None:
        return "–"
    if share:
        return text("{n} percentage points", n=text.number(abs(value) * 100, 0))
    return text("{n} points", n=text.number(abs(value), 2))


def about_change(message: str) -> Callable[[Text, Finding], str]:
    """Give what says a finding about a change of a measure, or of a difference in it."""

    def say(text: Text, f: Finding) -> str:
        v, share = f.values, bool(f.values.get("share"))
        sentence = text(
            message,
            measure=text.of(v["label"]),
            change=say_amount(text, v.get("change"), share),
            range=say_size_range(text, v.get("low"), v.get("high"), share=share),
            important=say_amount(text, v.get("important"), share),
            n_tests=str(v.get("n_tests", "")),
        )
        lower = v.get("better") == "lower"
        return text.join([sentence, text("Here lower is better.")]) if lower else sentence

    return say


def say_size_range(text: Text, low: float | None, high: float | None, *, share: bool) -> str:
    """Limits in the direction that the sentence says: a fall is said without its sign."""
    if low is not None and high is not None and high < 0:
        low, high = -high, -low
    return say_likely(text, low, high, share=share)


def say_who(text: Text, outcome: Outcome) -> str:
    """Say who is in the change, and whether using everyone tells the same."""
    n = outcome.n
    parts = [text("People in the programme only.")] if outcome.among == "treated" else []
    if outcome.design == "anonymous":
        told = text("{a} answered before, {b} after; answers cannot be linked.")
        parts.append(told.format(a=text.number(n.from_wave, 0), b=text.number(n.to_wave, 0)))
        return text.join(parts)
    parts.append(
        text(
            "{matched} answered before and after; {left} only before, {new} only after.",
            matched=text.number(n.matched, 0),
            left=text.number(n.from_only, 0),
            new=text.number(n.to_only, 0),
        )
    )
    if outcome.agreement == "agree":
        parts.append(text("All analyses point the same way."))
    elif outcome.agreement == "disagree":
        parts.append(text("The analyses do not all agree."))
    return text.join(parts)


def list_change_cards(
    text: Text, evaluation: Evaluation, outcome: Outcome, measure: MeasurePlan
) -> list[tuple[str, str]]:
    """At most four numbers: the change, who improved, how many measures, who has both scores."""
    share, change = is_share(measure), outcome.change
    cards = []
    if isinstance(change, Comparison) and change.estimate is not None:
        likely = say_likely(text, change.ci_low, change.ci_high, share=share)
        value = say_signed(text, change.estimate, share=share)
        cards.append((value, text("change, likely between {likely}", likely=likely)))
    shared = shared_change(outcome)
    if shared is not None:
        value = say_signed(text, shared, share=share)
        n = text.number(outcome.n.matched, 0)
        cards.append((value, text("change of each of the {n} people, without spread", n=n)))
    cards += _improved_card(text, outcome, measure)
    counted = count_clear(text, evaluation)
    if counted:
        cards.append((counted, text("measures changed clearly, counting every test")))
    first = outcome.n.matched + outcome.n.from_only
    if outcome.design != "anonymous" and first:
        # Scores of one measure, of participants where there is a comparison group: another share
        # than that of everyone asked, on the attrition page.
        meaning = (
            text("of the participants with a score before have one after, too")
            if outcome.among == "treated"
            else text("of those with a score before have one after, too")
        )
        cards.append((text.percent(outcome.n.matched / first), meaning))
    return cards


def count_clear(text: Text, evaluation: Evaluation) -> str:
    """How many of the measures that can be tested changed clearly; empty where none can."""
    last = last_contrasts(evaluation.outcomes)
    tested = [one for one in last if isinstance(one.change, Comparison)]
    clear = sum(is_clear(one.change, one.p_adjusted) for one in tested)
    return text("{k} of {n}", k=clear, n=len(tested)) if tested else ""


def _improved_card(text: Text, outcome: Outcome, measure: MeasurePlan) -> list[tuple[str, str]]:
    found = outcome.improved
    if found is None or found.threshold is None or not isinstance(found.better, Estimate):
        return []
    value = f"{text.number(found.n_better, 0)} / {text.number(found.better.n, 0)}"
    worse = text.number(found.n_worse, 0)
    if measure.kind == "binary":
        return [(value, text("people changed for the better; {worse} for the worse", worse=worse))]
    share = is_share(measure)
    by = text.number(found.threshold * 100, 0) if share else text.number(found.threshold, 2)
    told = text(
        "people improved by {by} or more; {worse} got worse by as much",
        by=text("{n} pp", n=by) if share else by,
        worse=worse,
    )
    return [(value, told)]
