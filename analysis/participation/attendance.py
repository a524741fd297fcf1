"""Who came, how often, to what: the section's entry point and its sessions and months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.participation.engagement import (
    count_return_by_person,
    estimate_completion,
    estimate_concentration,
    estimate_repeat,
    estimate_return,
    list_engagement,
    list_return,
)
from analysis.participation.reach import estimate_reach, list_funnel
from analysis.participation.representation import compare_to_population
from analysis.participation.results import (
    LISTED,
    Participation,
    PeriodParticipation,
    SessionAttendance,
)
from analysis.results import Caution, EstimateLike, NotEstimable, Severity
from analysis.statistics.control_chart import laney_limits
from analysis.statistics.proportions import few_people_behind, share_by_person, wilson
from analysis.study import Study
from analysis.thresholds import MIN_FOR_UNEVENNESS

_UNKNOWN = NotEstimable(reason="not_asked", method="wilson")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIns:
    """Cleaned attendance: one row per person and session.

    Attributes
    ----------
    rows
        Columns ``person``, ``session``, ``date``, ``kind``, ``level`` and the rest as given;
        ``attended`` and ``registered`` (bool); ``at`` numbers the sessions in time order, those
        without a date as listed.
    listed
        Whether those who did not come are listed too, so that a share of the listed exists.
    signed_up
        Whether a column says who had registered; else all on the list count.
    repeated
        Rows left out because the same person and session stood there before.
    """

    rows: pd.DataFrame
    listed: bool
    signed_up: bool
    repeated: int

    @property
    def came(self) -> pd.DataFrame:
        """Rows of those present."""
        return self.rows[self.rows["attended"]]


def evaluate_participation(study: Study) -> Participation | None:
    """Evaluate attendance; None without a sign-in sheet or counts.

    People and contacts are kept apart. A row without a person or session is left out; the same
    person twice in one session counts once. Shares have Wilson intervals, by person where one
    person counts several times, and name what they are a share of.
    """
    if study.attendance is None or study.attendance.empty:
        return _from_counts(study)
    sheet = clean_sign_ins(study.attendance)
    if sheet.rows.empty:
        return None
    return _from_people(study, sheet)


def clean_sign_ins(attendance: pd.DataFrame) -> SignIns:
    """Clean a sign-in sheet; see :class:`SignIns`."""
    rows = attendance[attendance["person"].notna() & attendance["session"].notna()].copy()
    listed = "attended" in rows and not bool(rows["attended"].fillna(True).all())
    signed_up = "registered" in rows
    rows["attended"] = _flag(rows, "attended", True)
    rows["registered"] = _flag(rows, "registered", True)
    if "date" not in rows:
        rows["date"] = pd.NaT
    for name in ("kind", "level"):
        rows[name] = rows[name].fillna("").astype(str) if name in rows else ""
    n = len(rows)
    rows = rows.sort_values("attended", ascending=False, kind="stable")
    rows = rows.drop_duplicates(["person", "session", "date"]).sort_index()
    rows["at"] = _number_sessions(rows)
    return SignIns(rows=rows, listed=listed, signed_up=signed_up, repeated=n - len(rows))


def _number_sessions(rows: pd.DataFrame) -> pd.Series[int]:
    """Number the sessions by date; those of one day, or without a date, as the sheet lists them."""
    told = pd.DataFrame({"date": rows["date"], "listed": pd.factorize(rows["session"])[0]})
    return told.groupby(["date", "listed"], dropna=False, sort=True).ngroup()


def _flag(rows: pd.DataFrame, name: str, otherwise: bool) -> pd.Series[bool]:
    if name not in rows:
        return pd.Series(otherwise, index=rows.index)
    return rows[name].fillna(otherwise).astype(bool)


def _from_people(study: Study, sheet: SignIns) -> Participation:
    plan = study.plan.attendance
    eligible = plan.eligible if plan else None
    came = sheet.came
    visits = came.groupby("person", sort=True).size().to_numpy().astype(np.int64)
    sessions, people = int(came["at"].nunique()), len(visits)
    representation = compare_to_population(came, plan.population if plan else {})
    spread = estimate_concentration(visits, study.plan.study.seed)
    return Participation(
        eligible=eligible,
        participants=people,
        contacts=len(came),
        sessions=sessions,
        households=_households(came),
        reach=estimate_reach(people, eligible),
        attendance_rate=_attendance_rate(sheet),
        repeat_rate=estimate_repeat(visits),
        completion_rate=estimate_completion(visits, sessions),
        return_rate=estimate_return(came),
        funnel=list_funnel(study, sheet.rows, visits, sessions, eligible),
        per_session=_list_sessions(sheet),
        per_period=_list_months(came, eligible),
        engagement=list_engagement(visits),
        lorenz=spread.lorenz,
        gini=spread.gini,
        top10_share=spread.top10_share,
        representation=representation,
        by_kind=_people_and_contacts(came, "kind"),
        by_level=_people_and_contacts(came, "level"),
        events=list_events(study),
        cautions=tuple(_cautions(sheet, eligible, people, representation != ())),
    )


def list_events(study: Study) -> tuple[tuple[date, date | None, str | Mapping[str, str]], ...]:
    """List the dated happenings of the study."""
    return tuple((e.date, e.until, e.label) for e in study.plan.list_events())


def _households(came: pd.DataFrame) -> int | None:
    return int(came["household"].nunique()) if "household" in came else None


def _attendance_rate(sheet: SignIns) -> EstimateLike:
    """Of those registered for (or listed at) a session, the share who came, over all sessions."""
    if not sheet.listed:
        return _UNKNOWN
    each = _visits_of_each(sheet)
    rate = share_by_person(each["sum"], each["size"])
    return rate if sheet.signed_up else replace(rate, name=LISTED)


def _visits_of_each(sheet: SignIns) -> pd.DataFrame:
    """Sessions each person came to, and was registered for."""
    asked = sheet.rows[sheet.rows["registered"]]
    return asked.groupby("person")["attended"].agg(["sum", "size"])


def _people_and_contacts(came: pd.DataFrame, by: str) -> tuple[tuple[str, int, int], ...]:
    known = came[came[by] != ""]
    grouped = known.groupby(by)["person"].agg(["nunique", "size"])
    grouped = grouped.sort_values("size", ascending=False)
    return tuple((str(name), int(p), int(c)) for name, p, c in grouped.itertuples())


def _list_sessions(sheet: SignIns) -> tuple[SessionAttendance, ...]:
    rows = sheet.rows.assign(kept=sheet.rows["registered"] & sheet.rows["attended"])
    first = rows.groupby("at")[["session", "date", "kind", "level"]].first()
    totals = rows.groupby("at")[["attended", "registered", "kept"]].sum()
    registered = totals["registered"].to_numpy() if sheet.listed else np.full(len(totals), np.nan)
    limits = laney_limits(totals["kept"].to_numpy(), registered)
    back = list_return(sheet.came)
    last = NotEstimable(reason="too_few", method="wilson")
    return tuple(
        replace(_session(about, numbers, band, sheet.listed), returned=back.get(at, last))
        for at, (about, numbers, band) in enumerate(
            zip(first.itertuples(index=False), totals.itertuples(index=False), limits, strict=True)
        )
    )


def _session(
    about: Any,  # noqa: ANN401
    numbers: Any,  # noqa: ANN401
    band: tuple[float | None, float | None],
    listed: bool,
) -> SessionAttendance:
    registered = int(numbers.registered)
    kept = int(numbers.kept)
    return SessionAttendance(
        session=str(about.session),
        date=as_day(about.date),
        kind=about.kind,
        level=about.level,
        attended=int(numbers.attended),
        registered=registered if listed else None,
        rate=wilson(kept, registered) if listed else _UNKNOWN,
        no_show=wilson(registered - kept, registered) if listed else _UNKNOWN,
        limit_low=band[0],
        limit_high=band[1],
        outside=_outside(kept, registered, band) if listed else False,
    )


def as_day(moment: Any) -> date | None:  # noqa: ANN401
    """Turn a pandas moment into a day; None where missing."""
    return None if pd.isna(moment) else pd.Timestamp(moment).date()


def _outside(came: float, of: float, band: tuple[float | None, float | None]) -> bool:
    low, high = band
    if low is None or high is None or of == 0:
        return False
    return not low <= came / of <= high


def _list_months(came: pd.DataFrame, eligible: int | None) -> tuple[PeriodParticipation, ...]:
    dated = came[came["date"].notna()]
    if dated.empty:
        return ()
    month = pd.to_datetime(dated["date"]).dt.strftime("%Y-%m")
    told = dated.groupby(month).agg({"person": ["nunique", "size"], "at": "nunique"})
    return tuple(
        PeriodParticipation(
            month=str(name),
            participants=int(people),
            contacts=int(contacts),
            sessions=int(sessions),
            rate=estimate_reach(int(people), eligible),
        )
        for name, people, contacts, sessions in told.itertuples()
    )


def _cautions(
    sheet: SignIns, eligible: int | None, people: int, compared: bool
) -> Iterator[Caution]:
    if eligible is None:
        yield _caution("participation_no_eligible", "info")
    elif people > eligible:
        yield _caution("participation_more_than_eligible", n=people, eligible=eligible)
    if not sheet.listed:
        yield _caution("attendance_only_present", "info")
    each = _visits_of_each(sheet) if sheet.listed else None
    few = None if each is None else few_people_behind(each["sum"], each["size"])
    if few is not None:
        yield _caution("attendance_of_few", n=few)
    few = few_people_behind(*count_return_by_person(sheet.came))
    if few is not None:
        yield _caution("return_of_few", n=few)
    if people < MIN_FOR_UNEVENNESS:
        yield _caution("unevenness_of_few", "info")
    if sheet.repeated:
        yield _caution("sign_ins_repeated", "info", n=sheet.repeated)
    walk_ins = int((sheet.rows["attended"] & ~sheet.rows["registered"]).sum())
    if walk_ins:
        yield _caution("attendance_walk_ins", "info", n=walk_ins)
    if not compared:
        yield _caution("participation_no_population", "info")


def _caution(code: str, severity: Severity = "caution", **values: object) -> Caution:
    return Caution(code=code, severity=severity, section="participation", values=values)


def _from_counts(study: Study) -> Participation | None:
    """Evaluate a sheet that only counts people per session: contacts, never unique people."""
    counts = study.attendance_counts
    if counts is None or counts.empty:
        return None
    nothing = NotEstimable(reason="not_asked")
    registered = read_column(counts, "registered")
    came = read_column(counts, "attended")
    usable = np.isfinite(registered) & (registered > 0) & (came <= registered)
    too_many = int(np.sum(came > registered))
    limits = laney_limits(came, np.where(usable, registered, np.nan))
    return Participation(
        eligible=study.plan.attendance.eligible if study.plan.attendance else None,
        participants=None,
        contacts=int(np.nansum(came)),
        sessions=len(counts),
        households=None,
        reach=nothing,
        # Who came to several sessions is unknown: the interval is that of sessions, not of people.
        attendance_rate=share_by_person(came[usable], registered[usable], unit="session"),
        fill_rate=_fill_rate(came, registered),
        repeat_rate=nothing,
        completion_rate=nothing,
        return_rate=nothing,
        funnel=(),
        per_session=tuple(
            _counted(counts.iloc[i], came[i], registered[i], bool(usable[i]), limits[i])
            for i in range(len(counts))
        ),
        per_period=(),
        engagement=(),
        lorenz=(),
        gini=nothing,
        top10_share=nothing,
        representation=(),
        events=list_events(study),
        cautions=tuple(_count_cautions(too_many)),
    )


def _fill_rate(came: np.ndarray, registered: np.ndarray) -> float | None:
    known = np.isfinite(came) & np.isfinite(registered) & (registered > 0)
    return float(came[known].sum() / registered[known].sum()) if known.any() else None


def _count_cautions(too_many: int) -> Iterator[Caution]:
    yield _caution("participation_counts_only", "info")
    if too_many:
        yield _caution("attended_above_registered", n=too_many)


def read_column(counts: pd.DataFrame, name: str) -> np.ndarray:
    """Read a column of a sheet of counts; all missing where there is none."""
    if name not in counts:
        return np.full(len(counts), np.nan)
    return counts[name].to_numpy(dtype=np.float64)


def _counted(
    row: pd.Series[Any],
    came: float,
    registered: float,
    usable: bool,
    band: tuple[float | None, float | None],
) -> SessionAttendance:
    attended = 0 if np.isnan(came) else int(came)
    return SessionAttendance(
        session=str(row["session"]),
        date=as_day(row.get("date")),
        kind=str(row.get("kind") or ""),
        level=str(row.get("level") or ""),
        attended=attended,
        registered=int(registered) if np.isfinite(registered) else None,
        rate=wilson(attended, int(registered)) if usable else _UNKNOWN,
        no_show=wilson(int(registered) - attended, int(registered)) if usable else _UNKNOWN,
        limit_low=band[0],
        limit_high=band[1],
        outside=usable and _outside(came, registered, band),
    )
