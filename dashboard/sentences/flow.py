"""Sentences about who is in the survey and who was lost."""

from __future__ import annotations

from analysis.evaluation import Evaluation
from analysis.results import Suppressed
from analysis.surveys.findings import last_contrasts
from analysis.surveys.results import AttritionRow, AttritionVerdict, Flow
from dashboard.text import Text


def say_left_out(text: Text, flow: Flow, wave: str) -> str:
    """Say how many rows of a wave were left out, and why; each reason on its own line."""
    parts = [
        f"{text.number(one.n, 0)} {name_exclusion(text, one.reason)}"
        for one in flow.excluded
        if one.table == "survey" and one.wave == wave
    ]
    return "<br>".join(parts)


def name_exclusion(text: Text, reason: str) -> str:
    """Name why a row was left out."""
    return {
        "duplicate": text("answered twice"),
        "no_answers": text("without an answer"),
        "no_respondent": text("without a code"),
        "unknown_wave": text("of an unknown wave"),
        "no_answer_named": text("naming no answer"),
        "no_count": text("without a number of people"),
        "base_row": text("holding the number of people asked"),
        "dropped_by_fix": text("left out by a recorded decision"),
        "dropped_status": text("left out by their status"),
    }.get(reason, reason)


def say_followed(text: Text, evaluation: Evaluation) -> str:
    """Say how many were followed."""
    flow = evaluation.flow
    if flow is None:
        return ""
    first = flow.matched + flow.pre_only
    return text(
        "{matched} of {first} people asked before answered again; {new} answered only after.",
        matched=text.number(flow.matched, 0),
        first=text.number(first, 0),
        new=text.number(flow.post_only, 0),
    )


def say_verdict(text: Text, found: AttritionVerdict) -> str:
    """Judge the losses of both groups by the standard of the What Works Clearinghouse."""
    lost = text(
        "{overall} of all were lost; the groups differ by {points} percentage points.",
        overall=text.percent(found.overall),
        points=text.number(abs(found.differential) * 100, 1),
    )
    judged = {
        "low": text("By the What Works Clearinghouse standard this is low attrition."),
        "low_if_unrelated": text(
            "By the What Works Clearinghouse standard this is low only if the programme itself "
            "hardly decides who is lost."
        ),
        "high": text(
            "By the What Works Clearinghouse standard this is high attrition: alike baselines of "
            "those analysed are needed."
        ),
    }[found.verdict]
    return text.join([lost, judged])


def list_attrition_cards(text: Text, evaluation: Evaluation) -> list[tuple[str, str]]:
    """Share found again, share lost, and the largest difference at the start."""
    flow = evaluation.flow
    if flow is None or not flow.matched + flow.pre_only:
        return []
    first = flow.matched + flow.pre_only
    cards = [
        (text.percent(flow.matched / first), text("of everyone asked before were found again")),
        (text.number(flow.pre_only, 0), text("people were lost")),
    ]
    worst = largest_difference(evaluation.attrition)
    if worst is not None and worst.smd is not None:
        told = text("largest difference at the start, in standard deviations")
        cards.append((text.number(abs(worst.smd)), told))
    return cards


def count_analysed(evaluation: Evaluation) -> tuple[int, int, bool] | None:
    """Count the least and the most people in any change, and whether of the programme only.

    None without a change.
    """
    last = last_contrasts(evaluation.outcomes)
    sizes = [one.change.n for one in last]
    programme = any(one.among == "treated" for one in last)
    return (min(sizes), max(sizes), programme) if sizes else None


def largest_difference(rows: tuple[AttritionRow, ...]) -> AttritionRow | None:
    """The variable on which those who stayed and those lost differed most, of those shown."""
    known = [row for row in rows if not row.group and row.smd is not None]
    shown = [row for row in known if not isinstance(row.smd, Suppressed)]
    return max(shown or known, key=lambda row: abs(row.smd or 0.0), default=None)
