"""The study as it would have looked half a year ago, and a quarter ago: where a trend comes from.

The same files are cut at an earlier day and evaluated by the same rules, so that "before" and
"now" differ in nothing but time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pandas as pd

from analysis.activity_filter import ActivityFilter, filter_activities
from analysis.participation.attendance import evaluate_participation
from analysis.participation.delivery import evaluate_delivery
from analysis.results import Estimate, EstimateLike
from analysis.scorecard.indicators import PERSON_LEVEL, ScorecardInputs, collect_indicators
from analysis.study import Study
from analysis.sustainability.consultation import evaluate_consultation
from analysis.sustainability.funding import evaluate_funding
from analysis.targets import data_date
from analysis.volunteers.retention import evaluate_volunteers

MONTHS_BACK = (6, 3)
_HAPPENED_LATER = ("agreed", "done", "told_back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was known at the end of an earlier month.

    Attributes
    ----------
    as_of
        Last day of that month.
    participants
        People who had taken part until then; None when unknown or fewer than ``min_group``.
    expense
        Spent until then, in the ledger's currency.
    values
        Measure of the scorecard → its value then; only what could be estimated.
    """

    as_of: date
    participants: int | None = None
    expense: float | None = None
    values: Mapping[str, EstimateLike] = field(default_factory=dict)


def past_snapshots(study: Study) -> tuple[Snapshot, ...]:
    """Evaluate the study as of half a year and of a quarter before its last day.

    A refusal in the consultation log has no date and counts as known from the start; earlier
    self-assessments are waves of their own and not part of this.
    """
    last = _last_day(study)
    if last is None:
        return ()
    days = [_month_end(last, months) for months in MONTHS_BACK]
    found = [_evaluate_at(study, day) for day in days]
    return tuple(one for one in found if one.values or one.participants is not None)


def _last_day(study: Study) -> date | None:
    talk = study.plan.consultation
    return data_date(study) or (talk.as_of if talk is not None else None)


def _month_end(last: date, months: int) -> date:
    start = pd.Timestamp(last) - pd.DateOffset(months=months)
    return (pd.Timestamp(start) + pd.offsets.MonthEnd(0)).date()


def _evaluate_at(study: Study, day: date) -> Snapshot:
    part = filter_activities(study, ActivityFilter(last=f"{day:%Y-%m}"))
    part = _cut_consultation(_cut_funding(part, day), day)
    people, funding = evaluate_participation(part), evaluate_funding(part)
    sections = ScorecardInputs(
        volunteers=evaluate_volunteers(part) if _has_rows(part) else None,
        participation=people,
        delivery=evaluate_delivery(part),
        funding=funding,
        consultation=evaluate_consultation(part),
    )
    least = study.plan.study.min_group
    known = {
        code: value
        for code, value in collect_indicators(sections).items()
        if isinstance(value, Estimate) and (code not in PERSON_LEVEL or value.n >= least)
    }
    came = people.participants if people else None
    return Snapshot(
        as_of=day,
        participants=came if came is not None and came >= least else None,
        expense=funding.expense if funding else None,
        values=known,
    )


def _has_rows(study: Study) -> bool:
    """Whether anybody had served or joined; a register without rows is not an empty team."""
    return any(t is not None and not t.empty for t in (study.volunteers, study.service))


def _cut_funding(study: Study, day: date) -> Study:
    """Keep the ledger until ``day``.

    The cash of then is what was counted; uncounted it is known only where no money is tied.
    """
    plan, ledger = study.plan.funding, study.funding
    if plan is None or ledger is None:
        return study
    later = ledger["date"] > pd.Timestamp(day)
    tied = "restricted" in ledger and bool(ledger["restricted"].fillna(False).any())
    balance = plan.balances.get(f"{day:%Y-%m}")
    if balance is None and plan.balance is not None and not tied:
        balance = plan.balance - float(ledger.loc[later, "amount"].sum())
    told = study.plan.model_copy(update={"funding": plan.model_copy(update={"balance": balance})})
    return replace(study, plan=told, funding=ledger[~later].reset_index(drop=True))


def _cut_consultation(study: Study, day: date) -> Study:
    """Keep what had been raised until ``day``; what happened later had not yet happened."""
    plan, log = study.plan.consultation, study.consultation
    if plan is None or log is None:
        return study
    raised = log[~(log["raised"] > pd.Timestamp(day))].reset_index(drop=True)
    for name in _HAPPENED_LATER:
        if name in raised:
            raised[name] = raised[name].where(raised[name] <= pd.Timestamp(day))
    told = study.plan.model_copy(update={"consultation": plan.model_copy(update={"as_of": day})})
    return replace(study, plan=told, consultation=raised)
