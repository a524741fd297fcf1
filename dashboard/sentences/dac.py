"""What the study says under each of the six OECD-DAC criteria: an optional frame for funders."""

from __future__ import annotations

from collections.abc import Callable

from analysis.evaluation import Evaluation
from analysis.funder_summary import FunderSummary, main_outcome
from analysis.results import Comparison, Estimate, EstimateLike
from analysis.surveys.contrasts import main_rows
from dashboard.sentences.funder import say_answer
from dashboard.text import Text

Say = Callable[[Text, Evaluation, FunderSummary], str]


def say_criteria(
    text: Text, evaluation: Evaluation, told: FunderSummary
) -> list[tuple[str, str, str]]:
    """Say (criterion, its question, what the data say) for the six criteria of 2019.

    OECD/DAC Network on Development Evaluation (2019), Better Criteria for Better Evaluation.
    Relevance and coherence are judgements that no table of numbers can make; what bears on them
    is named, and what is missing is said.
    """
    rows: list[tuple[str, str, Say]] = [
        (text("Relevance"), text("Is it doing the right things?"), _relevance),
        (text("Coherence"), text("How well does it fit?"), _coherence),
        (text("Effectiveness"), text("Is it achieving its objectives?"), _effectiveness),
        (text("Efficiency"), text("How well are resources used?"), _efficiency),
        (text("Impact"), text("What difference does it make?"), _impact),
        (text("Sustainability"), text("Will the benefits last?"), _sustainability),
    ]
    return [
        (name, asked, say(text, evaluation, told) or text("These data do not tell."))
        for name, asked, say in rows
    ]


def _relevance(text: Text, evaluation: Evaluation, told: FunderSummary) -> str:  # noqa: ARG001
    found = evaluation.sustainability
    talk = found.consultation if found else None
    if talk is None:
        return ""
    return text(
        "Residents raised {raised} issues and {agreed} were agreed; whether the aims are the right "
        "ones is for them to say.",
        raised=talk.raised,
        agreed=talk.agreed,
    )


def _coherence(text: Text, evaluation: Evaluation, told: FunderSummary) -> str:  # noqa: ARG001
    found = evaluation.sustainability
    matrix = found.consultation.matrix if found and found.consultation else ()
    parties = {party for party, _, _ in matrix}
    if not parties:
        return ""
    return text("{n} parties sat at the table.", n=len(parties))


def _effectiveness(text: Text, evaluation: Evaluation, told: FunderSummary) -> str:
    if not told.targets:
        return say_answer(text, evaluation) if evaluation.outcomes else ""
    on_track = sum(t.status in ("ahead", "on_track") for t in evaluation.targets)
    return text(
        "{met} of {n} targets are met and {on_track} are on track.",
        met=told.targets_met,
        n=told.targets,
        on_track=on_track,
    )


def _efficiency(text: Text, evaluation: Evaluation, told: FunderSummary) -> str:
    parts = []
    if isinstance(told.cost_per_participant, Estimate):
        cost = text.money(told.cost_per_participant.estimate, told.currency)
        parts.append(text("{cost} spent per participant.", cost=cost))
    if evaluation.delivery is not None:
        held = _percent(text, evaluation.delivery.overall.held_share)
        if held:
            parts.append(text("{share} of planned sessions were held.", share=held))
    return text.join(parts)


def _impact(text: Text, evaluation: Evaluation, told: FunderSummary) -> str:  # noqa: ARG001
    main = main_outcome(evaluation)
    if main is None:
        return ""
    compared = [
        a
        for one in main_rows(evaluation.comparison)
        if one.measure == main.measure
        for a in one.analyses
        if isinstance(a, Comparison)
    ]
    if not compared:
        return text("Without a comparison group the change cannot be put down to the programme.")
    return say_answer(text, evaluation)


def _sustainability(text: Text, evaluation: Evaluation, told: FunderSummary) -> str:  # noqa: ARG001
    parts = []
    found = evaluation.sustainability
    runway = found.funding.runway_months if found and found.funding else None
    if isinstance(runway, Estimate):
        parts.append(text("Cash lasts {months} months.", months=text.number(runway.estimate, 1)))
    year = evaluation.volunteers.retention.get("365") if evaluation.volunteers else None
    stay = _percent(text, year)
    if stay:
        parts.append(text("{share} of volunteers stay a year.", share=stay))
    return text.join(parts)


def _percent(text: Text, rate: EstimateLike | None) -> str:
    return text.percent(rate.estimate) if isinstance(rate, Estimate) else ""
