"""From roster and service log to one team: who served when, and when did each one leave.

A volunteer is *present* on each day of service and on the day of joining. More than
``lapse_after_days`` without presence ends a stint (a lapse); presence after that is a return.
A recorded leaving ends it too. Days are whole numbers since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.study import Study

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]
NEVER = np.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Everybody who ever served, and each day on which they were present.

    Attributes
    ----------
    ids
        Volunteers, sorted; all other arrays by person follow this order.
    start, last
        First and last day present, or the day of joining where that is earlier.
    left
        Day of the recorded leaving; infinite where none stands.
    reason
        Reason recorded; "" where none.
    person, day
        Distinct presences, sorted by person and day.
    lapse_after
        Days without presence that count as a lapse; None for a roster without a service log.
    first_day, until
        First and last day of observation.
    opened
        First day of the service log; the first joining without one.
    roster
        The roster's other columns, one row per person; NaN for people only in the log.
    notes
        How many rows or people were set aside or contradict each other, by code.
    """

    ids: npt.NDArray[Any]
    start: FloatArray
    last: FloatArray
    left: FloatArray
    reason: npt.NDArray[Any]
    person: IntArray
    day: FloatArray
    lapse_after: int | None
    first_day: float
    until: float
    opened: float
    roster: pd.DataFrame
    notes: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """People."""
        return len(self.ids)

    @property
    def window(self) -> float:
        """Days a person counts as active after the last presence; 0 without a log."""
        return float(self.lapse_after or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stints:
    """Unbroken stretches in the team, sorted by person and start.

    ``stop`` is the first day at whose end the person is no longer in the team: the recorded day of
    leaving, or the day after the lapse window has closed; infinite when still there at the end of
    observation. ``again`` tells a return from the first stint.
    """

    person: IntArray
    start: FloatArray
    last: FloatArray
    stop: FloatArray
    again: BoolArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenures:
    """One tenure per person for the curve; arrays follow :attr:`Team.ids`.

    ``duration`` is NaN for those not yet observed long enough; ``entry`` is −inf unless the
    register started after the person had joined.
    """

    duration: FloatArray
    event: BoolArray
    entry: FloatArray
    lapsed: BoolArray


def as_day(moment: date) -> float:
    """Count days since 1970-01-01."""
    return float((moment - date(1970, 1, 1)).days)


def as_date(day: float) -> date:
    """Turn a day number back into a date."""
    return date.fromordinal(date(1970, 1, 1).toordinal() + int(day))


def days_of(column: pd.Series[Any]) -> FloatArray:
    """Turn a datetime column into day numbers; NaN where missing."""
    moments = column.to_numpy(dtype="datetime64[D]")
    days = moments.astype(np.int64).astype(np.float64)
    return np.where(np.isnat(moments), np.nan, days)


def collect_team(
    study: Study, lapse_after_days: int | None = None, until: date | None = None
) -> Team | None:
    """Put roster and service log together; None when neither holds anybody.

    Rules: rows without a volunteer or a date, and rows after the end of observation, are left
    out. Leaving before joining sets the person aside. Service after a recorded leaving sets the
    leaving aside; service before joining moves the joining. Each is counted in ``notes``.

    Parameters
    ----------
    study
        With ``volunteers``, ``service`` or both.
    lapse_after_days, until
        Instead of those of the plan (sensitivity, back-test).
    """
    notes: dict[str, int] = {}
    rule = study.plan.retention
    log = _clean_log(study.service, notes)
    roster = _clean_roster(study.volunteers, notes)
    end = _last_day(log, roster, until or rule.observed_until)
    if end is None:
        return None
    log, roster = _cut_after(log, roster, end, notes)
    lapse = None if log.empty else (lapse_after_days or rule.lapse_after_days)
    return _assemble(log, roster, lapse, end, notes)


def _clean_log(service: pd.DataFrame | None, notes: dict[str, int]) -> pd.DataFrame:
    if service is None or service.empty:
        return pd.DataFrame({"volunteer": [], "day": []})
    log = pd.DataFrame(
        {"volunteer": service["volunteer"].to_numpy(), "day": days_of(service["date"])}
    )
    if "attended" in service:
        log = log[(service["attended"].fillna(True).astype(bool)).to_numpy()]
    usable = log["volunteer"].notna() & log["day"].notna()
    _note(notes, "service_row_incomplete", int((~usable).sum()))
    return log[usable]


def _clean_roster(volunteers: pd.DataFrame | None, notes: dict[str, int]) -> pd.DataFrame:
    if volunteers is None or volunteers.empty:
        return pd.DataFrame({"volunteer": [], "joined_day": [], "left_day": []})
    roster = volunteers[volunteers["volunteer"].notna()].copy()
    for name in ("joined", "left"):
        days = days_of(roster[name]) if name in roster else np.full(len(roster), np.nan)
        roster[f"{name}_day"] = days
    wrong = roster["left_day"] < roster["joined_day"]
    _note(notes, "left_before_joined", int(wrong.sum()))
    roster = roster[~wrong]
    _note(notes, "roster_row_repeated", int(roster["volunteer"].duplicated().sum()))
    first = roster.groupby("volunteer", sort=False)["joined_day"].min()
    roster = roster.sort_values("joined_day", kind="stable").drop_duplicates(
        "volunteer", keep="last"
    )
    return roster.assign(joined_day=roster["volunteer"].map(first).to_numpy())


def _note(notes: dict[str, int], code: str, n: int) -> None:
    if n:
        notes[code] = notes.get(code, 0) + n


def _last_day(log: pd.DataFrame, roster: pd.DataFrame, asked: date | None) -> float | None:
    known = [log["day"], roster["joined_day"], roster["left_day"]]
    days = np.concatenate([column.to_numpy(dtype=np.float64) for column in known])
    days = days[np.isfinite(days)]
    if days.size == 0:
        return None
    return as_day(asked) if asked is not None else float(days.max())


def _cut_after(
    log: pd.DataFrame, roster: pd.DataFrame, end: float, notes: dict[str, int]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    late = log["day"] > end
    _note(notes, "service_after_observation", int(late.sum()))
    too_new = roster["joined_day"] > end
    _note(notes, "joined_after_observation", int(too_new.sum()))
    roster = roster[~too_new].copy()
    roster.loc[roster["left_day"] > end, "left_day"] = np.nan
    return log[~late], roster


def _assemble(
    log: pd.DataFrame, roster: pd.DataFrame, lapse: int | None, end: float, notes: dict[str, int]
) -> Team | None:
    names = np.concatenate([log["volunteer"].to_numpy(), roster["volunteer"].to_numpy()])
    codes, ids = pd.factorize(names, sort=True)
    n, n_log = len(ids), len(log)
    who, listed = codes[:n_log].astype(np.int64), codes[n_log:]
    joined, left = np.full(n, np.nan), np.full(n, np.nan)
    joined[listed], left[listed] = roster["joined_day"], roster["left_day"]
    if len(roster):
        on_roster = np.zeros(n, dtype=np.bool_)
        on_roster[listed] = True
        _note(notes, "service_not_on_roster", int(np.sum(~on_roster)))
    person, day = _presences(who, log["day"].to_numpy(dtype=np.float64), joined, left)
    seen = np.zeros(n, dtype=np.bool_)
    seen[person] = True
    _note(notes, "joined_unknown", int(np.sum(~seen)))
    if not bool(seen.any()):
        return None
    table = roster.set_index("volunteer").reindex(ids)
    first_service, last_service = _range_by_person(who, log["day"].to_numpy(np.float64), n)
    left = _check_against_log(joined, left, first_service, last_service, listed, lapse, notes)
    opened = float(first_service.min())
    return _finish(ids, table, seen, (person, day), (joined, left), (lapse, opened, end), notes)


def _presences(
    who: IntArray, served: FloatArray, joined: FloatArray, left: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Distinct (person, day): service days and days of joining.

    Who joined before the log opens, and had not left, is present on its first day.
    """
    known = np.flatnonzero(np.isfinite(joined))
    opened = float(served.min()) if served.size else -np.inf
    person = np.concatenate([who, known.astype(np.int64)])
    gone = left[known] < opened
    day = np.concatenate([served, np.where(gone, joined[known], np.maximum(joined[known], opened))])
    order = np.lexsort((day, person))
    person, day = person[order], day[order]
    fresh = np.ones(person.size, dtype=np.bool_)
    fresh[1:] = (np.diff(person) != 0) | (np.diff(day) != 0)
    return person[fresh], day[fresh]


def _range_by_person(who: IntArray, day: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    first, last = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(first, who, day)
    np.maximum.at(last, who, day)
    return first, last


def _check_against_log(
    joined: FloatArray,
    left: FloatArray,
    first_service: FloatArray,
    last_service: FloatArray,
    listed: npt.NDArray[np.intp],
    lapse: int | None,
    notes: dict[str, int],
) -> FloatArray:
    """Count contradictions; a leaving with later service does not stand."""
    if lapse is None:
        return np.where(np.isfinite(left), left, NEVER)
    _note(notes, "service_before_joined", int(np.sum(first_service < joined)))
    contradicted = last_service > left
    _note(notes, "service_after_left", int(np.sum(contradicted)))
    _note(notes, "never_served", int(np.sum(~np.isfinite(last_service[listed]))))
    return np.where(np.isfinite(left) & ~contradicted, left, NEVER)


def _finish(
    ids: npt.NDArray[Any],
    table: pd.DataFrame,
    seen: BoolArray,
    presence: tuple[IntArray, FloatArray],
    dates: tuple[FloatArray, FloatArray],
    limits: tuple[int | None, float, float],
    notes: dict[str, int],
) -> Team:
    """Leave out people without any date and number the others anew."""
    (person, day), (joined, left), (lapse, opened, end) = presence, dates, limits
    first, last = _range_by_person(person, day, len(ids))
    start = np.fmin(first, joined)
    renumber = np.cumsum(seen) - 1
    reason = table["reason"].fillna("").to_numpy() if "reason" in table else np.full(len(ids), "")
    return Team(
        ids=np.asarray(ids)[seen],
        start=start[seen],
        last=last[seen],
        left=left[seen],
        reason=reason[seen],
        person=renumber[person].astype(np.int64),
        day=day,
        lapse_after=lapse,
        first_day=float(start[seen].min()),
        until=end,
        opened=opened if np.isfinite(opened) else float(start[seen].min()),
        roster=table[seen],
        notes=dict(notes),
    )


def derive_stints(team: Team) -> Stints:
    """Split each person's presences where a gap is longer than the lapse window."""
    if team.lapse_after is None:
        return _roster_stints(team)
    opens = np.ones(team.person.size, dtype=np.bool_)
    same = np.diff(team.person) == 0
    opens[1:] = ~same | (np.diff(team.day) > team.lapse_after)
    first = np.flatnonzero(opens)
    final = np.append(first[1:], team.person.size) - 1
    person, last = team.person[first], team.day[final]
    stop = np.minimum(last + team.lapse_after + 1, np.maximum(team.left[person], last))
    again = np.zeros(first.size, dtype=np.bool_)
    again[1:] = np.diff(person) == 0
    return Stints(
        person=person,
        start=team.day[first],
        last=last,
        stop=np.where(stop > team.until, np.inf, stop),
        again=again,
    )


def _roster_stints(team: Team) -> Stints:
    return Stints(
        person=np.arange(team.n),
        start=team.start,
        last=team.last,
        stop=np.where(team.left <= team.until, team.left, np.inf),
        again=np.zeros(team.n, dtype=np.bool_),
    )


def active_on(stints: Stints, day: float) -> int:
    """Count the people in the team at the end of a day."""
    return int(np.sum((stints.start <= day) & (stints.stop > day)))


def derive_tenures(
    team: Team, censor_at: str = "window", register_since: date | None = None
) -> Tenures:
    """Derive time from joining to leaving, or to the end of observation, for each person.

    A recorded leaving counts on its day. Otherwise the person has left on the last day present
    when more than the lapse window has passed without presence by the end of observation, as in
    :func:`derive_stints`. With ``censor_at = "window"`` everybody is followed up to that end minus
    the window: who was last present on that very day is still there; people who joined later are
    not yet observed. With ``"last_service"`` those still there are censored on their last day
    present (a variant that shortens their time). Without a log everybody is followed up to the
    end.
    """
    recorded = team.left <= team.until
    horizon = team.until - team.window
    lapsed = ~recorded & (team.last < horizon) & (team.lapse_after is not None)
    ended = np.where(recorded, team.left, np.where(lapsed, team.last, NEVER))
    if censor_at == "last_service" and team.lapse_after is not None:
        event = recorded | (team.last < horizon)
        stop = np.where(recorded, team.left, team.last)
    else:
        event, stop = ended <= horizon, np.minimum(ended, horizon)
    duration = np.where(stop >= team.start, stop - team.start, np.nan)
    entry = np.full(team.n, -np.inf)
    if register_since is not None:
        late = as_day(register_since) - team.start
        entry = np.where(late > 0, late, -np.inf)
    return Tenures(duration=duration, event=event, entry=entry, lapsed=lapsed & event)
