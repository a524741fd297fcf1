"""Sentences of the funder's page: the answer, how sure, limits, next."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.evaluation import Evaluation
from analysis.funder_summary import EvidenceRule, main_outcome
from analysis.plan import StudyPlan
from analysis.results import Finding
from analysis.surveys.results import Outcome
from dashboard.sentences import say_finding
from dashboard.sentences.assignment import say_assignment
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.sustainability import say_next_step
from dashboard.sentences.tipping import say_tipping, tipping_rows
from dashboard.text import Text


def say_answer(text: Text, evaluation: Evaluation) -> str:
    """Say in a sentence what became of the main measure, against the comparison group if any."""
    main = main_outcome(evaluation)
    ranked = [
        *(f for f in evaluation.findings if f.section == "comparison" and _is_of(f, main)),
        *(f for f in evaluation.findings if f.section == "outcomes" and _is_of(f, main)),
        *evaluation.findings,
    ]
    return say_finding(text, ranked[0]) if ranked else text("There is nothing to report yet.")


def _is_of(finding: Finding, main: Outcome | None) -> bool:
    return main is not None and finding.measure == main.measure


def say_evidence(text: Text, rule: EvidenceRule) -> str:
    """Say one rule of the strength of evidence."""
    mark = "✓" if rule.met else "✗"
    if rule.code == "comparison_group":
        told = (
            text("Compared with people who took no part.")
            if rule.met
            else text("Nobody outside the programme was asked: a change, not proof of its cause.")
        )
    elif rule.code.startswith("assignment_"):
        told = say_assignment(text, rule.code.removeprefix("assignment_"), causal=rule.met)
    elif rule.code == "found_again":
        told = text(
            "{share} of all found again (wanted {wanted}).",
            share=text.percent(rule.value),
            wanted=text.percent(rule.wanted),
        )
    elif rule.code == "matched":
        told = text(
            "{n} of all answered twice (wanted {wanted}).",
            n=text.number(rule.value, 0),
            wanted=text.number(rule.wanted, 0),
        )
    elif rule.code == "lost_alike_shown":
        told = text(
            "Those lost resembled those who stayed, as far as groups are large enough to show."
        )
    else:
        told = (
            text("Those lost resembled those who stayed.")
            if rule.met
            else text("Those lost differed from those who stayed.")
        )
    return f"{mark} {told}"


def list_evidence(
    text: Text, evaluation: Evaluation, rules: Sequence[EvidenceRule], plan: StudyPlan
) -> list[str]:
    """Say each rule, then what the people lost would need for the main result to vanish."""
    main = main_outcome(evaluation)
    tipping = {
        row.name: (row, found)
        for row, found in tipping_rows(evaluation)
        if main is not None and row.measure == main.measure
    }
    # Where there is a comparison group, the answer is the difference from it.
    row, found = tipping.get(
        "did_multiple_imputation", tipping.get("multiple_imputation", (None, None))
    )
    said = [say_evidence(text, rule) for rule in rules]
    if row is not None and found is not None and found.status != "not_clear":
        said.append(say_tipping(text, row, found, plan))
    return said


def say_limits(text: Text, evaluation: Evaluation, most: int = 3) -> list[str]:
    """Say the most serious cautions, each once."""
    return say_cautions(text, evaluation, evaluation.cautions)[:most]


def say_next(text: Text, evaluation: Evaluation, most: int = 3) -> list[str]:
    """Say the next steps of the most urgent scorecard rows."""
    rows = evaluation.sustainability.scorecard if evaluation.sustainability else ()
    return [say_next_step(text, row) for row in rows if row.status in ("act", "watch")][:most]
