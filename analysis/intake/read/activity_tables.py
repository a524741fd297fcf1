"""Attendance, delivery, roster and service log."""

from __future__ import annotations

import pandas as pd

from analysis.errors import StudyFileError
from analysis.intake.model import Table
from analysis.intake.values.answers import read_number
from analysis.intake.values.column_lookup import find_column, normalise_name
from analysis.intake.values.dates import read_dates
from analysis.intake.values.known_words import FLAG_WORDS, HELD, SERVING, TICKS
from analysis.intake.values.respondents import normalise_code
from analysis.intake.values.typed_table import TableDraft, TypedTable
from analysis.plan import StudyPlan
from analysis.plan_tables import AttendancePlan, DeliveryPlan, ServicePlan, VolunteersPlan


def read_attendance(plan: AttendancePlan, table: Table, study: StudyPlan) -> TypedTable:
    """Read a sign-in sheet: long, a ticked matrix, or counts per session."""
    if plan.count is not None:
        return _counts(plan, table, study)
    if plan.person is None:
        raise StudyFileError(
            "study_file_value", where="attendance.person", problem="person or count is needed"
        )
    if plan.session is None or find_column(table, plan.session) is None:
        if plan.session is None and plan.date is None:
            return _matrix(plan, table)
        if plan.date is None:
            find_or_raise(table, plan.session or "", "attendance.session")
    return _signed_in(plan, table, study)


def find_or_raise(table: Table, column: str, key: str) -> str:
    """Return a column's name in the table; MissingColumnError when it is not there."""
    from analysis.intake.values.column_lookup import require_column

    return require_column(table, column, key=key)


def _signed_in(plan: AttendancePlan, table: Table, study: StudyPlan) -> TypedTable:
    draft = TableDraft(table=table, section="attendance", plan=plan)
    draft.drop_totals()
    draft.add("person", "session", "kind", "level", "household", "date")
    draft.add("attended", "registered", "invited")
    for name in plan.disaggregate:
        draft.add_as(name, name, "text")
    _follow_links(draft, plan)
    draft.drop(draft.data["person"].isna(), "no_person")
    if "session" not in draft.data:
        days = draft.data["date"].dt.strftime("%Y-%m-%d")
        draft.data["session"] = days.astype(object).where(days.notna(), None)
    draft.drop(draft.data["session"].isna(), "no_session")
    draft.drop_future("date", study.retention.observed_until)
    _attended(draft)
    _drop_repeated(draft)
    return draft.finish(("person", "session", "date", "kind", "level", "household"))


def _follow_links(draft: TableDraft, plan: AttendancePlan) -> None:
    links = {normalise_code(one.code): normalise_code(one.same_as) for one in plan.links}
    if links:
        draft.data["person"] = draft.data["person"].replace(links)


def _attended(draft: TableDraft) -> None:
    """Make flags plain: without a column each row is an attendance; blank means not attended."""
    index = draft.table.cells.index
    if "attended" in draft.data:
        blank = draft.data["attended"].isna()
        draft.note("blank_attendance", blank & ~draft.left_out, column="attended", severity="info")
        draft.data["attended"] = draft.data["attended"].eq(True)
    else:
        draft.data["attended"] = pd.Series(True, index=index)
    for name in ("registered", "invited"):
        if name in draft.data:
            draft.data[name] = draft.data[name].eq(True)


def _drop_repeated(draft: TableDraft) -> None:
    """Leave out a person's second sign-in to one session (and day, where dates are given)."""
    names = [name for name in ("person", "session", "date") if name in draft.data]
    frame = pd.DataFrame({name: draft.data[name] for name in names})
    frame["absent"] = ~draft.data["attended"]
    kept = frame[~draft.left_out].sort_values("absent", kind="stable")
    again = kept.duplicated(subset=names)
    draft.drop(again.reindex(frame.index, fill_value=False), "duplicate_sign_in")


def _matrix(plan: AttendancePlan, table: Table) -> TypedTable:
    """Read a matrix: a row per person, a column per session, a tick where they came."""
    draft = TableDraft(table=table, section="attendance", plan=plan)
    draft.drop_totals()
    draft.add("person")
    for name in plan.disaggregate:
        draft.add_as(name, name, "text")
    draft.add("household")
    draft.drop(draft.data["person"].isna(), "no_person")
    again = draft.data["person"].duplicated() & ~draft.left_out
    draft.drop(again, "duplicate_person")
    sessions = list_sessions(plan, table)
    wide = draft.finish(("person",)).frame
    cells = table.cells.loc[~draft.left_out, sessions].reset_index(drop=True)
    long = wide.join(cells).melt(
        id_vars=list(wide.columns), value_vars=sessions, var_name="session", value_name="mark"
    )
    long["attended"] = long["mark"].map({m: _ticked(m) for m in long["mark"].dropna().unique()})
    long["attended"] = long["attended"].eq(True)
    # One header alone does not tell day from month; all of them together may.
    headers = pd.Series(sessions, dtype=object)
    read = read_dates(headers, day_first=plan.day_first, year=plan.year)
    if sessions and read.values.notna().all():
        long["date"] = long["session"].map(dict(zip(sessions, read.values, strict=True)))
        if read.ambiguous:
            everywhere = pd.Series(True, index=table.cells.index)
            draft.note(
                "ambiguous_dates", everywhere, column="session", day_first=bool(read.day_first)
            )
    frame = long.drop(columns="mark")
    frame["session"] = frame["session"].astype(object)
    return TypedTable(frame=frame, exclusions=tuple(draft.exclusions), issues=tuple(draft.issues))


def list_sessions(plan: AttendancePlan, table: Table) -> list[str]:
    """Return the columns of an attendance matrix that are sessions; none of a list of sign-ins."""
    if plan.session is not None or plan.date is not None or plan.count is not None:
        return []
    named = [plan.person, plan.household, *plan.disaggregate]
    keys = {find_column(table, name) for name in named if name}
    others = [str(name) for name in table.cells.columns if name not in keys]
    return [name for name in others if is_tick_column(table, name)]


def _ticked(mark: object) -> bool:
    word = normalise_name(str(mark))
    number = read_number(word)
    return number > 0 if number is not None else word in TICKS or FLAG_WORDS.get(word) == 1.0


def is_tick_column(table: Table, name: str) -> bool:
    """Tell whether a column holds nothing but ticks, yes/no words, 0 and 1."""
    values = {normalise_name(str(v)) for v in table.cells[name].dropna().unique()}
    known = TICKS | {"0", "n", "no", "否", "×", "✗", "-", "false", "0.0", "1.0"} | set(FLAG_WORDS)
    return values <= known


def _counts(plan: AttendancePlan, table: Table, study: StudyPlan) -> TypedTable:
    draft = TableDraft(table=table, section="attendance", plan=plan)
    draft.drop_totals()
    draft.add("session", "kind", "level", "date")
    draft.add_as("attended", plan.count, "number")
    draft.add_as("registered", plan.registered, "number")
    if "session" not in draft.data:
        names = [f"row {row}" for row in table.row_numbers]
        draft.data["session"] = pd.Series(names, index=table.cells.index, dtype=object)
    draft.drop(draft.data["attended"].isna(), "no_count")
    draft.drop(draft.data["attended"] < 0, "negative_count")
    draft.drop_future("date", study.retention.observed_until)
    if "registered" in draft.data:
        over = draft.data["attended"] > draft.data["registered"]
        draft.note("attended_over_registered", over & ~draft.left_out, column="attended")
    return draft.finish(("session", "date", "kind", "level"), target="attendance_counts")


def read_delivery(plan: DeliveryPlan, table: Table, study: StudyPlan) -> TypedTable:  # noqa: ARG001
    """Read planned sessions against what happened."""
    draft = TableDraft(table=table, section="delivery", plan=plan)
    draft.drop_totals()
    draft.add(*(name for name in draft.spec.columns if name != "status"))
    if "session" not in draft.data:
        names = [f"row {row}" for row in table.row_numbers]
        draft.data["session"] = pd.Series(names, index=table.cells.index, dtype=object)
    _held(draft, plan)
    draft.drop(draft.data["planned"].isna() & _empty(draft, "held"), "no_date")
    if "content_planned" in draft.data and "content_delivered" in draft.data:
        over = draft.data["content_delivered"] > draft.data["content_planned"]
        draft.note("delivered_over_planned", over & ~draft.left_out, column="content_delivered")
    return draft.finish(("session", "planned", "held", "status"))


def _empty(draft: TableDraft, name: str) -> pd.Series:
    if name not in draft.data:
        return pd.Series(True, index=draft.table.cells.index)
    return draft.data[name].isna()


def _held(draft: TableDraft, plan: DeliveryPlan) -> None:
    """Bring the status to held, moved, cancelled or pending; held and moved also by the dates.

    A session neither held nor spoken of keeps no status: whether it is late or still to come
    depends on the end of observation.
    """
    known = {word: name for name, words in HELD.items() for word in words}
    unheld = _empty(draft, "held")
    told = pd.Series("held", index=unheld.index, dtype=object).where(~unheld, None)
    if "held" in draft.data:
        moved = draft.data["held"].dt.normalize() != draft.data["planned"].dt.normalize()
        told = told.mask(moved & ~unheld & draft.data["planned"].notna(), "moved")
    if plan.status is not None:
        draft.add("status")
        texts = draft.data["status"]
        words = texts.map(lambda t: known.get(normalise_name(t)), na_action="ignore")
        odd = texts.notna() & words.isna()
        draft.note("unknown_status", odd, column="status", values=sorted(set(texts[odd]))[:20])
        told = words.where(words.notna(), told).astype(object)
    draft.data["status"] = told


def read_volunteers(plan: VolunteersPlan, table: Table, study: StudyPlan) -> TypedTable:
    """Read the roster; impossible spells are listed and left out."""
    draft = TableDraft(table=table, section="volunteers", plan=plan)
    draft.drop_totals()
    draft.add("volunteer", "joined", "left", "trained", "reason", "role", "successor")
    for name in plan.groups:
        draft.add_as(name, name, "text")
    draft.drop(draft.data["volunteer"].isna(), "no_volunteer")
    _check_spells(draft, study)
    columns = [n for n in ("volunteer", "joined") if n in draft.data]
    frame = pd.DataFrame({name: draft.data[name] for name in columns})
    kept = frame[~draft.left_out]
    again = kept.duplicated().reindex(frame.index, fill_value=False)
    draft.drop(again, "duplicate_volunteer")
    return draft.finish(("volunteer", "joined", "left"))


def _check_spells(draft: TableDraft, study: StudyPlan) -> None:
    if "joined" not in draft.data:
        return
    joined = draft.data["joined"]
    texts = draft.texts("joined")
    draft.drop(joined.isna() & texts.notna(), "unread_joined")
    draft.drop(joined.isna(), "no_joined")
    draft.drop_future("joined", study.retention.observed_until)
    if "left" in draft.data:
        left = draft.data["left"]
        draft.drop(left < joined, "left_before_joined")
        unread = left.isna() & draft.texts("left").notna()
        words = draft.texts("left").map(normalise_name, na_action="ignore")
        serving = words.isin(SERVING)
        draft.drop(unread & ~serving, "unread_left")


def read_service(plan: ServicePlan, table: Table, study: StudyPlan) -> TypedTable:
    """Read the service log."""
    draft = TableDraft(table=table, section="service", plan=plan)
    draft.drop_totals()
    draft.add(*draft.spec.columns)
    for name in ("signed_up", "attended"):
        if name in draft.data:
            draft.data[name] = draft.data[name].eq(True)
    draft.drop(draft.data["volunteer"].isna(), "no_volunteer")
    draft.drop(draft.data["date"].isna(), "no_date")
    draft.drop_future("date", study.retention.observed_until)
    if "hours" in draft.data:
        hours = draft.data["hours"]
        draft.note("negative_hours", (hours < 0) & ~draft.left_out, column="hours")
        draft.data["hours"] = hours.mask(hours < 0)
        long = (hours > 24) & ~draft.left_out
        draft.note("long_day", long, column="hours")
    return draft.finish(("volunteer", "date", "hours", "activity"))
