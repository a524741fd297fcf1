"""The funder's summary: cost, strength of evidence, each by a stated rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.evaluation import Evaluation
from analysis.results import Comparison, Estimate, EstimateLike, NotEstimable, Suppressed
from analysis.scorecard.history import Snapshot
from analysis.surveys.contrasts import main_rows
from analysis.surveys.results import Outcome
from analysis.thresholds import MIN_PEOPLE_FOUND_AGAIN, MIN_SHARE_FOUND_AGAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRule:
    """One rule of the strength of evidence: what is, what is wanted, whether it is met."""

    code: str
    value: float | None
    wanted: float | None
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FunderSummary:
    """What a funder asks: main outcome, cost, evidence.

    Costs are in the ledger's currency: the declared cost of the programme, else all expense.
    ``cost_per_improved`` takes participants to improve as often as the survey's matched
    respondents did, net of those who got worse: measurement error alone moves people both ways.
    Its interval is that of the net share; without an upper limit when that may be 0.
    ``people_before`` and ``cost_before`` (per participant) are what was known at the day
    ``before``; None where the data do not reach back.
    """

    main: Outcome | None
    cost: float | None
    currency: str
    cost_per_participant: EstimateLike
    cost_per_improved: EstimateLike
    evidence: tuple[EvidenceRule, ...]
    targets_met: int
    targets: int
    before: date | None = None
    people_before: int | None = None
    cost_before: float | None = None


def summarise_for_funder(evaluation: Evaluation) -> FunderSummary:
    """Summarise an evaluation for a funder; parts without data are NotEstimable."""
    funding = evaluation.sustainability.funding if evaluation.sustainability else None
    cost = None
    if funding is not None:
        cost = funding.expense if funding.programme_cost is None else funding.programme_cost
    earlier = next((e for e in evaluation.earlier if e.participants is not None), None)
    people = evaluation.participation.participants if evaluation.participation else None
    main = main_outcome(evaluation)
    return FunderSummary(
        main=main,
        cost=cost,
        currency=funding.currency if funding else "",
        cost_per_participant=_cost_per(cost, people),
        cost_per_improved=_cost_per_improved(cost, people, main),
        evidence=weigh_evidence(evaluation),
        targets_met=sum(t.status == "met" for t in evaluation.targets),
        targets=len(evaluation.targets),
        before=earlier.as_of if earlier else None,
        people_before=earlier.participants if earlier else None,
        cost_before=_cost_before(earlier) if funding and funding.programme_cost is None else None,
    )


def _cost_before(earlier: Snapshot | None) -> float | None:
    if earlier is None or not earlier.expense or not earlier.participants:
        return None
    return earlier.expense / earlier.participants


def main_outcome(evaluation: Evaluation) -> Outcome | None:
    """The primary measure's main contrast, else that of the first measure."""
    main = main_rows(evaluation.outcomes)
    chosen = [o for o in main if o.role == "primary"] or main
    return chosen[0] if chosen else None


def _cost_per(cost: float | None, people: int | None) -> EstimateLike:
    if cost is None or not people:
        return NotEstimable(reason="no_data", method="cost_per_participant")
    return Estimate(estimate=cost / people, n=people, method="cost_per_participant")


def _cost_per_improved(
    cost: float | None, people: int | None, main: Outcome | None
) -> EstimateLike:
    net = main.improved.net if main and main.improved else None
    if cost is None or not people or not isinstance(net, Estimate):
        return NotEstimable(reason="no_data", method="cost_per_improved")
    if net.estimate <= 0:
        return NotEstimable(reason="not_identified", n=net.n, method="cost_per_improved")
    low, high = net.ci_low, net.ci_high
    return Estimate(
        estimate=cost / (people * net.estimate),
        ci_low=cost / (people * high) if high is not None and high > 0 else None,
        ci_high=cost / (people * low) if low is not None and low > 0 else None,
        n=net.n,
        method="cost_per_improved",
    )


def weigh_evidence(evaluation: Evaluation) -> tuple[EvidenceRule, ...]:
    """Weigh the evidence by stated rules; no grade is made of them.

    Beside a comparison group a rule says how the groups were formed, and whether their likeness,
    the agreement of the methods and drop-out let the difference be called an effect.
    """
    flow = evaluation.flow
    if flow is None:
        return ()
    before = flow.matched + flow.pre_only
    again = flow.matched / before if before and not flow.anonymous else None
    compared = any(isinstance(a, Comparison) for c in evaluation.comparison for a in c.analyses)
    lost_differ = any(abs(row.smd or 0.0) > 0.25 for row in evaluation.attrition)
    withheld = any(isinstance(row.smd, Suppressed) for row in evaluation.attrition)
    main = main_outcome(evaluation)
    groups = [c for c in main_rows(evaluation.comparison) if main and c.measure == main.measure]
    return (
        EvidenceRule(code="comparison_group", value=None, wanted=None, met=compared),
        *(
            EvidenceRule(code=f"assignment_{c.assignment}", value=None, wanted=None, met=c.causal)
            for c in groups
        ),
        EvidenceRule(
            code="found_again",
            value=again,
            wanted=MIN_SHARE_FOUND_AGAIN,
            met=again is not None and again >= MIN_SHARE_FOUND_AGAIN,
        ),
        EvidenceRule(
            code="matched",
            # Not float(): a number that is withheld stays withheld.
            value=flow.matched + 0.0,
            wanted=float(MIN_PEOPLE_FOUND_AGAIN),
            met=flow.matched >= MIN_PEOPLE_FOUND_AGAIN,
        ),
        EvidenceRule(
            code="lost_alike_shown" if withheld and not lost_differ else "lost_alike",
            value=None,
            wanted=None,
            met=not lost_differ,
        ),
    )
