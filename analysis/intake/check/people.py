"""One person in two tables: what roster, service log, sign-ins and survey say of each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.intake.check.linkage import ProposedLink, propose_links
from analysis.intake.values.typed_table import TypedTable
from analysis.issues import Issue, Severity
from analysis.plan import StudyPlan
from analysis.study import Study, SurveyData

SIMILAR = 0.75
_LISTED = 1_000
_NAMED = 20


def check_people(
    plan: StudyPlan, survey: SurveyData | None, tables: Mapping[str, TypedTable]
) -> tuple[Issue, ...]:
    """Check people across tables; nobody is left out here, every finding names its rows.

    Listed: service of someone not on the roster; service before joining or after leaving;
    sign-ins of people whom no wave of the survey knows.
    """
    found: list[Issue] = []
    service, roster = tables.get("service"), tables.get("volunteers")
    if service is not None and roster is not None:
        found += _against_roster(plan, service, roster.frame)
    sheet = tables.get("attendance")
    if sheet is not None and survey is not None and not survey.anonymous:
        found += _against_survey(plan, sheet, survey)
    return tuple(found)


def propose_sign_in_links(study: Study) -> tuple[ProposedLink, ...]:
    """Propose links between sign-in names and survey codes that differ by a slip.

    The same linking as between waves of the survey; a person accepts, nothing merges silently.
    """
    if study.survey is None or study.survey.anonymous or study.attendance is None:
        return ()
    asked = study.survey.keys["respondent"].dropna().astype(str).unique()
    came = study.attendance["person"].dropna().astype(str).unique()
    return propose_links(list(asked), list(came), threshold=SIMILAR)


def _against_roster(plan: StudyPlan, service: TypedTable, roster: pd.DataFrame) -> Iterator[Issue]:
    path = plan.service.path if plan.service else ""
    who, day = service.frame["volunteer"], service.frame["date"]
    unknown = ~who.isin(set(roster["volunteer"]))
    yield from _issue("service_not_on_roster", path, service, unknown, who, table="service")
    for name, code in (("joined", "service_before_joined"), ("left", "service_after_left")):
        if name not in roster:
            continue
        dates = roster.groupby("volunteer")[name].agg("min" if name == "joined" else "max")
        theirs = dates.reindex(who).set_axis(who.index).dt.normalize()
        wrong = day < theirs if name == "joined" else day.dt.normalize() > theirs
        yield from _issue(code, path, service, wrong, who, table="service")


def _against_survey(plan: StudyPlan, sheet: TypedTable, survey: SurveyData) -> Iterator[Issue]:
    if "person" not in sheet.frame:
        return
    path = plan.attendance.path if plan.attendance else ""
    who = sheet.frame["person"]
    unknown = ~who.isin(set(survey.keys["respondent"].dropna().astype(str)))
    if unknown.all():
        return
    yield from _issue(
        "sign_in_not_in_survey", path, sheet, unknown, who, table="attendance", severity="info"
    )


def _issue(
    code: str,
    path: str,
    typed: TypedTable,
    bad: pd.Series[Any],
    who: pd.Series[Any],
    *,
    table: str,
    severity: Severity = "warning",
) -> Iterator[Issue]:
    if not bool(bad.any()):
        return
    people = list(dict.fromkeys(str(one) for one in who[bad]))
    rows = _rows(typed.rows, bad.to_numpy())
    details = {"n": len(people), "table": table, "values": people[:_NAMED], "effect": "look"}
    yield Issue(code=code, severity=severity, file=path, rows=rows, details=details)


def _rows(rows: Sequence[int], bad: Any) -> tuple[int, ...]:  # noqa: ANN401
    return tuple(row for row, wrong in zip(rows, bad, strict=False) if wrong)[:_LISTED]
