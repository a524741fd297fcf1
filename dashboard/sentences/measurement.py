"""Sentences about what the questions measure: the same at both times; the retrospective baseline.

The plain answer comes first; numbers stand in the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.results import Comparison, Finding, NotEstimable
from analysis.statistics.factor_model import FactorFit
from analysis.surveys.measurement import Measurement
from analysis.surveys.results import Reliability
from dashboard.sentences.change import say_likely, say_signed
from dashboard.sentences.outcomes import say_amount, say_wave
from dashboard.text import N_, Text

#: Fit that is usually called good (Hu & Bentler 1999, doi:10.1080/10705519909540118).
GOOD_CFI, GOOD_SRMR = 0.95, 0.08
#: Beginnings of the codes that answer whether questions mean the same.
MEANING = ("meaning_", "response_shift")


def _measure(text: Text, f: Finding) -> str:
    return text.of(f.values["label"])


def _say_same(message: str) -> Callable[[Text, Finding], str]:
    return lambda text, f: text(
        message, measure=_measure(text, f), n=text.number(f.values["limit"], 0)
    )


def _say_shifted(text: Text, f: Finding) -> str:
    items = [text.of(item) for item in f.values["items"]]
    if len(items) > 1:
        return text.count(
            "{measure}: {n} question was answered differently at the same total score.",
            "{measure}: {n} questions were answered differently at the same total score.",
            len(items),
            measure=_measure(text, f),
        )
    change = f.values.get("change") or 0.0
    message = (
        N_("{measure}: “{item}” was answered {points} higher later at the same total score.")
        if change > 0
        else N_("{measure}: “{item}” was answered {points} lower later at the same total score.")
    )
    points = say_amount(text, change, bool(f.values.get("share")))
    return text(message, measure=_measure(text, f), item=items[0], points=points)


def _say_response_shift(text: Text, f: Finding) -> str:
    v, share = f.values, bool(f.values.get("share"))
    change, low, high = v["change"], v.get("low"), v.get("high")
    if change < 0 and low is not None and high is not None:
        low, high = -high, -low
    message = (
        N_(
            "{measure}: looking back, people rated their baseline {points} higher than they had at "
            "the time (95% CI {range})."
        )
        if change > 0
        else N_(
            "{measure}: looking back, people rated their baseline {points} lower than they had at "
            "the time (95% CI {range})."
        )
    )
    return text(
        message,
        measure=_measure(text, f),
        points=say_amount(text, change, share),
        range=say_likely(text, low, high, share=share),
    )


def _say_no_response_shift(text: Text, f: Finding) -> str:
    v, share = f.values, bool(f.values.get("share"))
    return text(
        "{measure}: looking back, people did not rate their start clearly differently "
        "({change}, 95% CI {range}).",
        measure=_measure(text, f),
        change=say_signed(text, v["change"], share=share),
        range=say_likely(text, v.get("low"), v.get("high"), share=share),
    )


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "meaning_same": _say_same("{measure}: the questions measure the same thing at both times."),
    "meaning_same_few": _say_same(
        "{measure}: no question shifted noticeably; with fewer than {n} people in a wave a "
        "moderate shift can be missed."
    ),
    "meaning_item_shifted": _say_shifted,
    "meaning_loadings_differ": _say_same(
        "{measure}: the questions hang together differently at the two times: compare the scores "
        "with care."
    ),
    "meaning_not_estimable": _say_same(
        "{measure}: too few complete or too similar answers to tell whether the questions measure "
        "the same at both times."
    ),
    "response_shift": _say_response_shift,
    "response_shift_unclear": _say_no_response_shift,
}


def say_compared(text: Text, found: Measurement) -> str:
    """Say who is compared, and who is left out."""
    said = [
        text(
            "{a} people {first} and {b} {last} answered every question asked both times.",
            a=text.number(found.n_from, 0),
            b=text.number(found.n_to, 0),
            first=say_wave(text, found.contrast[0]),
            last=say_wave(text, found.contrast[1]),
        )
    ]
    if found.n_incomplete:
        said.append(
            text(
                "{n} sets of incomplete answers are left out.", n=text.number(found.n_incomplete, 0)
            )
        )
    if found.n_drawn is not None:
        said.append(text("{n} people were drawn at random.", n=text.number(found.n_drawn, 0)))
    return text.join(said)


def say_loadings(text: Text, found: Measurement) -> str:
    """Say whether the questions load alike on one factor in both waves."""
    if found.invariance is None:
        why = text("not for right and wrong answers")
        return text("Loadings in the two waves cannot be compared: {why}.", why=why)
    equal, fall = found.invariance.equal_loadings, found.invariance.cfi_change
    if not isinstance(equal, Comparison) or fall is None:
        return text("Loadings in the two waves cannot be compared: {why}.", why=_why(text, equal))
    return text(
        "Equal loadings in both waves: CFI changes by {fall}, {p} (errors allow for the same "
        "people).",
        fall=text.signed(fall, 3),
        p=text.p_value(equal.p_value),
    )


def say_fit_rule(text: Text) -> str:
    """Say what counts as a good fit of one factor."""
    return text(
        "Good: CFI at least {cfi} and SRMR at most {srmr}. KMO: share of what the questions have "
        "in common, wanted at least 0.60.",
        cfi=text.number(GOOD_CFI),
        srmr=text.number(GOOD_SRMR),
    )


def say_one_factor(text: Text, row: Reliability) -> str:
    """Say in a word how well one factor describes the answers."""
    fit = row.one_factor
    if fit is None:
        return text("not for right and wrong answers")
    if isinstance(fit, NotEstimable):
        return _why(text, fit)
    return text("good") if fit.cfi >= GOOD_CFI and fit.srmr <= GOOD_SRMR else text("weak")


def _why(text: Text, refused: Comparison | NotEstimable | FactorFit) -> str:
    if not isinstance(refused, NotEstimable):
        return ""
    known = {
        "heywood": text("one question alone carries the factor"),
        "singular": text("two questions have the same answers"),
        "no_convergence": text("the model found no stable solution"),
    }
    if refused.details.get("why") in known:
        return known[str(refused.details["why"])]
    if "n_items" in refused.details:
        return text("needs four or more questions")
    return {
        "too_few": text("too few answers"),
        "no_variance": text("no variation"),
        "suppressed": text("hidden: group too small"),
    }.get(refused.reason, text("the design cannot tell"))
