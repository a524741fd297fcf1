"""Does talk become action? Follow-through of what was raised in consultation meetings."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd

from analysis.results import Caution, Curve, EstimateLike, NotEstimable
from analysis.statistics.proportions import wilson
from analysis.statistics.survival import kaplan_meier, median_time
from analysis.study import Study
from analysis.sustainability.results import Consultation, IssueRow

_PARTIES = re.compile(r"[,;、，；|/\n]+")


def evaluate_consultation(study: Study) -> Consultation | None:
    """Evaluate the log of issues; None without one.

    Follow-through is the share of agreed issues that were done, among agreed issues that are done
    or past due (an agreed issue not yet due is still open and says nothing). An issue declined
    with a reason counts as closed.
    Time to done runs from agreement; open issues are censored at ``as_of``.
    """
    plan, table = study.plan.consultation, study.consultation
    if plan is None or table is None or table.empty:
        return None
    as_of = plan.as_of or _last_day(table)
    rows = tuple(_issue_row(row, as_of) for row in _padded(table).itertuples(index=False))
    agreed = [row for row in rows if row.agreed or row.done or row.status in _AGREED]
    lacking = _lacking(table)
    curve = _time_to_done(agreed, as_of)
    done = [row for row in agreed if row.status == "done"]
    ripe = [r for r in agreed if r.status in ("done", "declined") or (r.due and r.due <= as_of)]
    closed = sum(r.status in ("done", "declined") for r in ripe)
    return Consultation(
        raised=len(rows),
        agreed=len(agreed),
        done=len(done),
        declined=sum(row.status == "declined" for row in rows),
        open=sum(row.status in ("open", "overdue") for row in rows),
        overdue=sum(row.status == "overdue" for row in rows),
        # Without due dates only what was done or declined is known to be ripe: always 100 %.
        follow_through=wilson(closed, len(ripe)) if "due" not in lacking else _NO_DATA,
        done_share=wilson(len(done), len(agreed)),
        on_time=_on_time(done),
        told_back=wilson(sum(row.told_back for row in done), len(done))
        if "told_back" not in lacking
        else _NO_DATA,
        curve=curve if isinstance(curve, Curve) else None,
        median_days=median_time(curve) if isinstance(curve, Curve) else curve,
        matrix=_matrix(table),
        level_gaps=_level_gaps(table),
        issues=tuple(sorted(rows, key=_urgency)),
        as_of=as_of,
        cautions=_cautions(rows, len(ripe), lacking),
        lacking=lacking,
    )


_NO_DATA = NotEstimable(reason="no_data", method="wilson")
_AGREED = frozenset({"done", "open", "overdue"})
_COLUMNS = (
    "issue",
    "raised_by",
    "raised",
    "agreed",
    "due",
    "done",
    "told_back",
    "declined",
    "status",
)


def _lacking(table: pd.DataFrame) -> tuple[str, ...]:
    """Return what the log does not record; a status word stands for agreement and completion."""
    found = [name for name in ("due", "told_back") if name not in table]
    recorded = {"agreed", "done", "status"} & set(table)
    settled = {"done", "status"} & set(table)
    return (*([] if recorded else ["agreed"]), *([] if settled else ["done"]), *found)


def _padded(table: pd.DataFrame) -> pd.DataFrame:
    return table.reindex(columns=list(_COLUMNS))


def _last_day(table: pd.DataFrame) -> date:
    dated = table.select_dtypes(include=["datetime"])
    actual = dated[[c for c in dated if c != "due"]].max().max()
    return date.today() if pd.isna(actual) else pd.Timestamp(actual).date()


def _day(value: object) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()  # type: ignore[call-overload,arg-type]


def _issue_row(row: object, as_of: date) -> IssueRow:
    told = {name: getattr(row, name) for name in _COLUMNS}
    raised, agreed, due, done = (_day(told[k]) for k in ("raised", "agreed", "due", "done"))
    refused = not pd.isna(told["declined"]) and str(told["declined"]).strip() != ""
    word = "" if pd.isna(told["status"]) else str(told["status"])
    status = _status(agreed, due, done, refused or word == "declined", as_of, word)
    late = (as_of - due).days if due and status == "overdue" else None
    until = done or as_of
    return IssueRow(
        issue="" if pd.isna(told["issue"]) else str(told["issue"]),
        raised_by="" if pd.isna(told["raised_by"]) else str(told["raised_by"]),
        raised=raised,
        agreed=agreed,
        due=due,
        done=done,
        status=status,
        days_open=(until - raised).days if raised else None,
        days_overdue=late,
        told_back=not pd.isna(told["told_back"]),
    )


def _status(
    agreed: date | None,
    due: date | None,
    done: date | None,
    refused: bool,
    as_of: date,
    word: str = "",
) -> str:
    if (done is not None and done <= as_of) or (done is None and word == "done"):
        return "done"
    if refused:
        return "declined"
    if agreed is None and word != "open":
        return "not_agreed"
    return "overdue" if due is not None and due < as_of else "open"


def _urgency(row: IssueRow) -> tuple[int, int]:
    order = {"overdue": 0, "open": 1, "not_agreed": 2, "declined": 3, "done": 4}
    return order[row.status], -(row.days_overdue or row.days_open or 0)


def _time_to_done(agreed: list[IssueRow], as_of: date) -> Curve | NotEstimable:
    if any(row.status == "done" for row in agreed) and not any(row.done for row in agreed):
        return NotEstimable(reason="no_data", method="kaplan_meier")
    # An issue done on an unknown day has no time to count.
    timed = [row for row in agreed if row.status != "done" or row.done is not None]
    started = [row for row in timed if row.agreed is not None and row.agreed <= as_of]
    if not started:
        return NotEstimable(reason="no_data", method="kaplan_meier")
    end = [row.done if row.status == "done" else as_of for row in started]
    days = [(e - r.agreed).days for e, r in zip(end, started, strict=True) if e and r.agreed]
    happened = [row.status == "done" for row in started]
    return kaplan_meier(np.maximum(np.asarray(days, float), 0.0), np.asarray(happened))


def _on_time(done: list[IssueRow]) -> EstimateLike:
    dated = [row for row in done if row.due is not None and row.done is not None]
    kept = sum(row.done <= row.due for row in dated if row.done and row.due)
    return wilson(kept, len(dated))


def _matrix(table: pd.DataFrame) -> tuple[tuple[str, str, int], ...]:
    if "parties" not in table:
        return ()
    stage = table["stage"].fillna("") if "stage" in table else pd.Series("", index=table.index)
    meeting = table["meeting"] if "meeting" in table else pd.Series(table.index, index=table.index)
    told = pd.DataFrame({"stage": stage, "meeting": meeting, "party": table["parties"]}).dropna()
    told["party"] = told["party"].map(lambda cell: [p.strip() for p in _PARTIES.split(str(cell))])
    each = told.explode("party")
    each = each[each["party"] != ""].drop_duplicates()
    counts = each.groupby(["party", "stage"], sort=False).size().reset_index(name="n")
    return _triples(counts)


def _level_gaps(table: pd.DataFrame) -> tuple[tuple[str, str, int], ...]:
    if not {"promised_level", "delivered_level"} <= set(table):
        return ()
    keys = ["promised_level", "delivered_level"]
    return _triples(table.groupby(keys, sort=False).size().reset_index(name="n"))


def _triples(counts: pd.DataFrame) -> tuple[tuple[str, str, int], ...]:
    return tuple((str(a), str(b), int(n)) for a, b, n in counts.itertuples(index=False))


def _cautions(
    rows: tuple[IssueRow, ...], n_ripe: int, lacking: tuple[str, ...]
) -> tuple[Caution, ...]:
    found = []
    if lacking:
        values = {"columns": list(lacking)}
        found.append(Caution(code="consultation_lacking", section="consultation", values=values))
    if n_ripe < 10 and "due" not in lacking:
        found.append(
            Caution(code="consultation_few_issues", section="consultation", values={"n": n_ripe})
        )
    undated = sum(row.status == "open" and row.due is None for row in rows)
    undated = 0 if "due" in lacking else undated
    if undated:
        found.append(
            Caution(code="consultation_no_due_date", section="consultation", values={"n": undated})
        )
    return tuple(found)
