"""Sentences about one ordered question asked of the same people in two waves."""

from __future__ import annotations

from analysis.results import Comparison, NotEstimable
from analysis.surveys.results import OrderedAnswers, Outcome
from analysis.thresholds import SIGNIFICANCE_LEVEL
from dashboard.sentences.statistics import say_reason
from dashboard.text import N_, Text


def say_ordered(text: Text, outcome: Outcome) -> list[str]:
    """Say the odds of a higher answer for the same person, and whether one odds ratio is enough."""
    found = outcome.ordered
    if found is None:
        return []
    change = found.change
    if not isinstance(change, Comparison):
        return [
            text("The odds of a higher answer cannot be estimated: {why}.", why=_why(text, change))
        ]
    details = change.details
    said = text(
        "For the same person, the odds of a higher score are {odds} times those of before "
        "(95% CI {range}; n = {n}).",
        odds=text.number(details["odds_ratio"]),
        range=text.interval(details["odds_ratio_ci_low"], details["odds_ratio_ci_high"]),
        n=text.number(change.n, 0),
    )
    return [said, _say_proportional(text, found)]


def _say_proportional(text: Text, found: OrderedAnswers) -> str:
    test = found.proportional_odds
    if not isinstance(test, Comparison) or test.p_value is None:
        return text("Whether one odds ratio fits every step of the scale cannot be tested.")
    message = (
        N_("One odds ratio does not fit every step of the scale ({p}): read the shares.")
        if test.p_value < SIGNIFICANCE_LEVEL
        else N_("One odds ratio fits every step of the scale ({p}).")
    )
    return text(message, p=text.p_value(test.p_value))


def _why(text: Text, refused: NotEstimable) -> str:
    return {
        "separation": text("the answers of the two waves do not overlap"),
        "everyone_alike": text("nearly everybody gave the same answer both times"),
        "no_convergence": text("the model found no stable solution"),
    }.get(str(refused.details.get("why", "")), say_reason(text, refused.reason))
