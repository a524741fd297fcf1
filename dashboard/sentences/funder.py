"""Sentences of the funder's page: the answer, how sure, limits, next."""

from __future__ import annotations

from analysis.evaluation import Evaluation
from analysis.summary import EvidenceRule
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.sustainability import say_next_step
from dashboard.text import Text


def say_answer(text: Text, evaluation: Evaluation) -> str:
    """Say in a sentence or two whether it did what it set out to do, and whether it lasts."""
    order = ("outcomes", "comparison", "volunteers", "participation", "funding")
    for section in order[:2]:
        found = [f for f in evaluation.findings if f.section == section]
        if found:
            break
    else:
        found = [f for s in order for f in evaluation.findings if f.section == s]
    return say_finding(text, found[0]) if found else text("There is nothing to report yet.")


def say_evidence(text: Text, rule: EvidenceRule) -> str:
    """Say one rule of the strength of evidence."""
    mark = "✓" if rule.met else "✗"
    if rule.code == "comparison_group":
        told = (
            text("Compared with people who did not take part.")
            if rule.met
            else text("Nobody outside the programme was asked: a change, not proof of its cause.")
        )
    elif rule.code == "found_again":
        told = text(
            "{share} of those asked first were found again (wanted {wanted}).",
            share=text.percent(rule.value),
            wanted=text.percent(rule.wanted),
        )
    elif rule.code == "matched":
        told = text(
            "{n} people answered both times (wanted {wanted}).",
            n=text.number(rule.value, 0),
            wanted=text.number(rule.wanted, 0),
        )
    else:
        told = (
            text("Those lost resembled those who stayed.")
            if rule.met
            else text("Those lost differed from those who stayed.")
        )
    return f"{mark} {told}"


def say_limits(text: Text, evaluation: Evaluation, most: int = 3) -> list[str]:
    """Say the most serious cautions, each once."""
    order = {"serious": 0, "caution": 1, "info": 2}
    ranked = sorted(evaluation.cautions, key=lambda c: order[c.severity])
    said = list(dict.fromkeys(say_caution(text, caution) for caution in ranked))
    return said[:most]


def say_next(text: Text, evaluation: Evaluation, most: int = 3) -> list[str]:
    """Say the next steps of the most urgent scorecard rows."""
    rows = evaluation.sustainability.scorecard if evaluation.sustainability else ()
    return [say_next_step(text, row) for row in rows if row.status in ("act", "watch")][:most]
