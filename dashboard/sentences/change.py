"""Numbers of a change in words: units, and how many changed clearly."""

from __future__ import annotations

from collections.abc import Callable

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan
from analysis.results import Comparison, Finding
from analysis.surveys.findings import is_clear, last_contrasts
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


def count_clear(text: Text, evaluation: Evaluation) -> str:
    """How many of the measures that can be tested changed clearly; empty where none can."""
    last = last_contrasts(evaluation.outcomes)
    tested = [one for one in last if isinstance(one.change, Comparison)]
    clear = sum(is_clear(one.change, one.p_adjusted) for one in tested)
    return text("{k} of {n}", k=clear, n=len(tested)) if tested else ""
