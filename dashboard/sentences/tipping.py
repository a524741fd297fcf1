"""Sentences about how much worse those lost would have to be for a result to vanish.

The topic of attrition lists them; the page for funders says one of them as evidence.
"""

from __future__ import annotations

from analysis.evaluation import Evaluation
from analysis.plan import StudyPlan
from analysis.results import Comparison, Suppressed
from analysis.surveys.results import Sensitivity, TippingPoint
from dashboard.sentences.change import is_share, say_amount
from dashboard.text import N_, Text


def tipping_rows(evaluation: Evaluation) -> list[tuple[Sensitivity, TippingPoint]]:
    """Rows with a tipping point, of the contrast that speaks for each measure."""
    main = {(o.measure, *o.contrast) for o in evaluation.outcomes if o.main}
    return [
        (row, row.tipping)
        for row in evaluation.sensitivity
        if row.tipping is not None
        and (row.measure, row.details.get("from"), row.details.get("to")) in main
    ]


def say_tipping(text: Text, row: Sensitivity, found: TippingPoint, plan: StudyPlan) -> str:
    """Say how far those lost would have to be from people like them for the result to vanish."""
    measure = next(m for m in plan.measures if m.name == row.measure)
    name = text.of(measure.label, measure.name)
    lost = _name_lost(text, found)
    if found.status == "not_clear" or not isinstance(row.change, Comparison):
        message = (
            N_(
                "{measure}: with {lost} imputed there is no clear difference from the comparison "
                "group that they could overturn."
            )
            if row.name == "did_multiple_imputation"
            else N_(
                "{measure}: with {lost} imputed there is no clear result that they could overturn."
            )
        )
        return text(message, measure=name, lost=lost)
    rising = (row.change.estimate or 0.0) > 0
    result = _name_result(text, row, rising=rising)
    if found.status == "not_reached":
        message = (
            N_(
                "{measure}: {result} stays clear even if {lost} had all ended at the lowest "
                "possible score."
            )
            if rising
            else N_(
                "{measure}: {result} stays clear even if {lost} had all ended at the highest "
                "possible score."
            )
        )
        return text(message, measure=name, result=result, lost=lost)
    message = (
        N_(
            "{measure}: {result} stays clear unless {lost} ended {amount} or more below similar "
            "people who stayed."
        )
        if rising
        else N_(
            "{measure}: {result} stays clear unless {lost} ended {amount} or more above similar "
            "people who stayed."
        )
    )
    amount = say_amount(text, found.delta, is_share(measure))
    if found.delta_sd is not None:
        amount = text("{amount} ({sd} SD)", amount=amount, sd=text.number(abs(found.delta_sd)))
    return text(message, measure=name, result=result, lost=lost, amount=amount)


def _name_lost(text: Text, found: TippingPoint) -> str:
    """The people lost, with their number where it may be known."""
    if isinstance(found.n_lost, Suppressed):
        return text("the people lost")
    return text.count("the {n} person lost", "the {n} people lost", found.n_lost)


def _name_result(text: Text, row: Sensitivity, *, rising: bool) -> str:
    if row.name == "did_multiple_imputation":
        return text("the difference from the comparison group")
    return text("the rise") if rising else text("the fall")
