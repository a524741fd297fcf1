"""The plan against what happened, so that "not done" is told from "did not work"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from analysis.participation.attendance import as_day
from analysis.participation.results import Delivery, PhaseDelivery
from analysis.results import Caution, EstimateLike, NotEstimable
from analysis.statistics.proportions import wilson
from analysis.study import Study

_STATUSES = ("held", "moved", "cancelled", "pending")


def evaluate_delivery(study: Study) -> Delivery | None:
    """Evaluate planned against held sessions, overall and by phase; None without a plan.

    None too for a plan that has neither a day of being held nor a status: nothing tells what became
    of it.

    ``held`` counts every session that took place, ``moved`` those of them on another day;
    planned = held + cancelled + pending. A session without status and without a day of being
    held counts as cancelled when its day has passed by the end of observation (the plan's, else
    the last day in any of the study's activity tables), else as pending.
    """
    if study.delivery is None or study.delivery.empty or not records_holding(study):
        return None
    plan = _with_status(study.delivery, _last_day(study))
    phase = plan["phase"].fillna("").astype(str) if "phase" in plan else pd.Series("", plan.index)
    names = [name for name in phase.unique() if name]
    return Delivery(
        overall=_phase("", plan),
        phases=tuple(_phase(name, plan[phase == name]) for name in names),
        sessions=tuple(_sessions(plan, phase)),
        cautions=tuple(_cautions(plan)),
    )


def records_holding(study: Study) -> bool:
    """Tell whether the plan of activities says what became of its sessions."""
    plan = study.delivery
    if plan is None:
        return False
    return "held" in plan or ("status" in plan and bool(plan["status"].notna().any()))


def _last_day(study: Study) -> pd.Timestamp | None:
    """Give the end of observation: declared, else the last day of anything that happened."""
    declared = study.plan.retention.observed_until
    if declared is not None:
        return pd.Timestamp(declared)
    tables = (study.delivery, study.attendance, study.attendance_counts, study.service)
    days = [t[name] for t in tables if t is not None for name in ("held", "date") if name in t]
    return max((pd.Timestamp(d.max()) for d in days if d.notna().any()), default=None)


def _with_status(delivery: pd.DataFrame, last: pd.Timestamp | None) -> pd.DataFrame:
    plan = delivery.copy()
    for name in ("planned", "held"):
        plan[name] = pd.to_datetime(plan[name]).dt.normalize() if name in plan else pd.NaT
    if "status" not in plan:
        plan["status"] = None
    took_place = plan["held"].notna()
    moved = took_place & plan["planned"].notna() & (plan["held"] != plan["planned"])
    due = plan["planned"].isna()
    if last is not None:
        due |= plan["planned"] <= last
    guess = np.where(took_place, "held", np.where(due, "cancelled", "pending"))
    guess = np.where(moved, "moved", guess)
    known = plan["status"].isin(_STATUSES)
    plan["status"] = np.where(known, plan["status"], guess)
    return plan


def _phase(phase: str, plan: pd.DataFrame) -> PhaseDelivery:
    counts = {status: int((plan["status"] == status).sum()) for status in _STATUSES}
    took_place = plan[plan["status"].isin(["held", "moved"])]
    due = len(plan) - counts["pending"]
    return PhaseDelivery(
        phase=phase,
        planned=len(plan),
        held=len(took_place),
        moved=counts["moved"],
        cancelled=counts["cancelled"],
        pending=counts["pending"],
        held_share=wilson(len(took_place), due),
        on_time=_on_time(took_place),
        fidelity=_fidelity(took_place),
        staff_hours=_total(plan, "staff_hours"),
        volunteer_hours=_total(plan, "volunteer_hours"),
    )


def _on_time(took_place: pd.DataFrame) -> EstimateLike:
    """Of the sessions that took place, the share held on the planned day or before."""
    known = took_place[took_place["planned"].notna() & took_place["held"].notna()]
    if known.empty:
        return NotEstimable(reason="no_data", method="wilson")
    return wilson(int((known["held"] <= known["planned"]).sum()), len(known))


def _fidelity(took_place: pd.DataFrame) -> EstimateLike:
    """Of the content planned for sessions that took place, the share delivered."""
    if "content_planned" not in took_place or "content_delivered" not in took_place:
        return NotEstimable(reason="not_asked", method="wilson")
    parts = took_place[["content_planned", "content_delivered"]].dropna().astype(np.float64)
    delivered = np.minimum(parts["content_delivered"], parts["content_planned"])
    total, missing = float(parts["content_planned"].sum()), len(took_place) - len(parts)
    if total <= 0:
        return NotEstimable(reason="no_data", method="wilson")
    return wilson(float(delivered.sum()), total, n_missing=missing)


def _total(plan: pd.DataFrame, name: str) -> float | None:
    if name not in plan or not bool(plan[name].notna().any()):
        return None
    return float(plan[name].sum())


def _sessions(
    plan: pd.DataFrame, phase: pd.Series[str]
) -> Iterator[tuple[str, str, date | None, date | None, str]]:
    names = plan["session"] if "session" in plan else pd.Series("", plan.index)
    for i in plan.index:
        planned, held = (as_day(plan.at[i, name]) for name in ("planned", "held"))
        yield str(names[i]), str(phase[i]), planned, held, str(plan.at[i, "status"])


def _cautions(plan: pd.DataFrame) -> Iterator[Caution]:
    both = {"content_planned", "content_delivered"} <= set(plan.columns)
    if both:
        over = int((plan["content_delivered"] > plan["content_planned"]).sum())
        if over:
            yield _caution("content_above_plan", n=over)
    else:
        yield _caution("delivery_no_content")
    undated = int(plan["planned"].isna().sum())
    if undated:
        yield _caution("delivery_undated", n=undated)


def _caution(code: str, **values: object) -> Caution:
    return Caution(code=code, severity="info", section="delivery", values=values)
