"""Survey files → linked answers, one row per respondent and wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.errors import MissingColumnError
from analysis.intake.model import Table
from analysis.intake.read.declared_values import check_declared_values
from analysis.intake.read.survey_items import MeasureAnswers, read_measure
from analysis.intake.read.survey_rows import RowsOfFile, read_rows
from analysis.intake.values.anchors import read_steps
from analysis.intake.values.column_lookup import missing_column
from analysis.intake.values.dates import read_dates
from analysis.intake.values.parse_numbers import read_numbers
from analysis.intake.values.respondents import normalise_code, strip_zeros
from analysis.issues import Issue, Severity
from analysis.plan import StudyPlan, SurveyFile, SurveyPlan
from analysis.study import Exclusion, SurveyData

_FILLED = ("group", "site", "cluster")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAnswers:
    """Linked answers with what was left out; ``listed`` counts sheet rows left out per file."""

    survey: SurveyData
    exclusions: tuple[Exclusion, ...] = ()
    issues: tuple[Issue, ...] = ()
    answers: Mapping[str, MeasureAnswers] | None = None
    parts: tuple[RowsOfFile, ...] = ()


def read_survey(plan: StudyPlan, tables: Sequence[tuple[SurveyFile, Table]]) -> LinkedAnswers:
    """Read and link the survey files of a study.

    Parameters
    ----------
    plan
        The study file; ``plan.survey`` must be given.
    tables
        Each survey file with its recognised table.

    Raises
    ------
    MissingColumnError
        Names file, sheet, column and the nearest one.
    StudyFileError
        A group or wave of the study file does not occur in the data; the values found are named.
    """
    survey = plan.survey or SurveyPlan()
    parts = tuple(read_rows(table, source, survey, plan.measures) for source, table in tables)
    _check_everywhere_absent(survey, tables, parts)
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    undeclared = check_declared_values(survey, rows, parts)
    rows, undated = _dated(rows.sort_index(axis=1), tables)
    anonymous = ("key", "respondent") not in rows
    exclusions = [one for part in parts for one in part.exclusions]
    issues = (
        [one for part in parts for one in part.issues]
        + _absences(plan, parts)
        + undated
        + undeclared
    )
    rows, left_out, found = _identified(rows, survey, anonymous)
    exclusions, issues = [*exclusions, *left_out], [*issues, *found]
    if not anonymous:
        rows, left_out, found = _without_duplicates(rows, survey)
        exclusions, issues = [*exclusions, *left_out], [*issues, *found]
        rows = _filled(rows, survey, parts)
    rows = _ordered(rows, survey)
    data, answers, found = _survey_data(rows, plan, _choices(parts), anonymous)
    return LinkedAnswers(
        survey=data,
        exclusions=tuple(exclusions),
        issues=(*issues, *found),
        answers=answers,
        parts=parts,
    )


def _dated(
    rows: pd.DataFrame, tables: Sequence[tuple[SurveyFile, Table]]
) -> tuple[pd.DataFrame, list[Issue]]:
    """Read the day of answering, in the order of day and month that each file has."""
    pair = ("key", "started_on")
    if pair not in rows:
        return rows, []
    values = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")
    issues: list[Issue] = []
    for source, table in tables:
        mine = rows.index[rows["key", "file"] == table.file]
        part = _section(rows.loc[mine], "key")[["row", "started_on"]]
        read = read_dates(part["started_on"], day_first=source.day_first, year=source.year)
        values.loc[mine] = read.values
        found = _unread(part, "started_on", read.unread, "unread_date")
        issues += [replace(issue, file=table.file, sheet=table.sheet) for issue in found]
    rows[pair] = values
    return rows, issues


def _check_everywhere_absent(
    survey: SurveyPlan,
    tables: Sequence[tuple[SurveyFile, Table]],
    parts: Sequence[RowsOfFile],
) -> None:
    """Raise for a declared column that no file has."""
    if not parts:
        return
    for pair in sorted(frozenset.intersection(*(part.absent for part in parts))):
        kind, name = pair
        told = getattr(survey, name, None) if kind == "key" else name
        column = told if isinstance(told, str) else name
        listed = "survey.covariates" if kind == "covariate" else "survey.disaggregate"
        key = f"survey.{name}" if kind == "key" else listed
        key = "measures" if kind == "item" else key
        error: MissingColumnError = missing_column(
            tables[0][1], column, tables[0][0].rename, key=key
        )
        raise error


def _absences(plan: StudyPlan, parts: Sequence[RowsOfFile]) -> list[Issue]:
    """Say which measures and columns one file lacks while another has them."""
    issues: list[Issue] = []
    for part in parts:
        missing = [m.name for m in plan.measures if ("item", m.items[0]) in part.absent]
        missing += [name for kind, name in sorted(part.absent) if kind != "item"]
        issues += [
            Issue(
                code="not_in_file",
                severity="info",
                file=part.table.file,
                sheet=part.table.sheet,
                details={"name": name},
            )
            for name in missing
        ]
    return issues


def _identified(
    rows: pd.DataFrame, survey: SurveyPlan, anonymous: bool
) -> tuple[pd.DataFrame, list[Exclusion], list[Issue]]:
    """Normalise respondent codes, follow accepted links, leave out rows without a code."""
    if anonymous:
        rows["key", "respondent"] = (
            rows["key", "file"].astype(str) + "#" + rows["key", "row"].astype(str)
        )
        return rows, [], []
    codes = rows["key", "respondent"]
    spelled = codes.map({code: normalise_code(str(code)) for code in codes.dropna().unique()})
    blank = spelled.isna() | (spelled == "")
    links = {normalise_code(one.code): normalise_code(one.same_as) for one in survey.links}
    spelled = spelled.map({code: _follow(code, links) for code in spelled.dropna().unique()})
    lost, issues = _left_out(rows[blank], "no_respondent", "error")
    kept = rows[~blank].copy()
    short = strip_zeros(spelled[~blank], kept["key", "wave"])
    # A pair was shown without its leading zeros: the accepted code may only exist from here on.
    followed = {code: _follow(code, links) for code in short.dropna().unique()}
    kept["key", "respondent"] = short.map(followed)
    return kept, lost, issues


def _follow(code: str, links: Mapping[str, str]) -> str:
    seen = {code}
    while code in links and links[code] not in seen:
        code = links[code]
        seen.add(code)
    return code


def _left_out(
    rows: pd.DataFrame, reason: str, severity: Severity
) -> tuple[list[Exclusion], list[Issue]]:
    exclusions: list[Exclusion] = []
    issues: list[Issue] = []
    places = pd.DataFrame({name: rows["key", name] for name in ("file", "sheet", "wave", "row")})
    for (file, sheet, wave), part in places.groupby(["file", "sheet", "wave"], sort=True):
        numbers = tuple(sorted(int(row) for row in part["row"]))
        exclusions.append(
            Exclusion(reason=reason, n=len(part), file=str(file), wave=str(wave), rows=numbers)
        )
        issues.append(
            Issue(
                code=reason,
                severity=severity,
                file=str(file),
                sheet=str(sheet),
                rows=numbers,
                details={"n": len(part), "wave": str(wave)},
            )
        )
    return exclusions, issues


def _without_duplicates(
    rows: pd.DataFrame, survey: SurveyPlan
) -> tuple[pd.DataFrame, list[Exclusion], list[Issue]]:
    pair = [("key", "respondent"), ("key", "wave")]
    twice = rows.duplicated(subset=pair, keep=False)
    if not twice.any():
        return rows, [], []
    contested = rows[twice]
    best = _preferred(contested, survey.duplicates)
    lost = contested.drop(index=best)
    exclusions, issues = _left_out(lost, "duplicate", "error")
    names = sorted(set(lost["key", "respondent"]))
    told = [
        Issue(
            code="duplicate",
            severity=issue.severity,
            file=issue.file,
            sheet=issue.sheet,
            rows=issue.rows,
            details={**issue.details, "policy": survey.duplicates, "respondents": names[:50]},
        )
        for issue in issues
    ]
    return rows.drop(index=lost.index), exclusions, told


def _preferred(contested: pd.DataFrame, policy: str) -> pd.Index:
    """Return the index of the row kept of each respondent and wave."""
    order = pd.DataFrame(
        {
            "respondent": contested["key", "respondent"],
            "wave": contested["key", "wave"],
            "when": _moment(contested),
            "place": range(len(contested)),
            "answered": _section(contested, "item").notna().sum(axis=1),
        },
        index=contested.index,
    )
    first = ["answered", "when", "place"] if policy == "most_complete" else ["when", "place"]
    ranked = order.sort_values(first, na_position="first", kind="stable")
    chosen = ranked.groupby(["respondent", "wave"], sort=False)
    kept = chosen.head(1) if policy == "first" else chosen.tail(1)
    return kept.index


def _moment(rows: pd.DataFrame) -> pd.Series:
    """Return when each row was handed in; empty where the file does not tell."""
    moment = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[s]")
    for name in ("finished", "started", "started_on"):
        if ("key", name) in rows and pd.api.types.is_datetime64_any_dtype(rows["key", name]):
            moment = moment.fillna(rows["key", name].astype("datetime64[s]"))
    return moment


def _filled(rows: pd.DataFrame, survey: SurveyPlan, parts: Sequence[RowsOfFile]) -> pd.DataFrame:
    """Carry a person's group, site and categories to a wave whose file does not have them."""
    lacking = frozenset().union(*(part.absent for part in parts))
    wanted = [("key", name) for name in _FILLED] + [("category", n) for n in survey.disaggregate]
    wanted += [("covariate", name) for name in survey.covariates]
    for pair in wanted:
        if pair in lacking and pair in rows:
            known = rows.groupby(("key", "respondent"))[[pair]].transform("first")[pair]
            rows[pair] = rows[pair].where(rows[pair].notna(), known)
    return rows


def _ordered(rows: pd.DataFrame, survey: SurveyPlan) -> pd.DataFrame:
    """Order by wave, then respondent: the order of files and rows does not matter."""
    rank = {wave: at for at, wave in enumerate(survey.waves)}
    order = pd.DataFrame(
        {
            "wave": rows["key", "wave"].map(rank).fillna(len(rank)),
            "respondent": rows["key", "respondent"],
            "file": rows["key", "file"],
            "row": rows["key", "row"],
        }
    )
    placed = order.sort_values(["wave", "respondent", "file", "row"], kind="stable").index
    return rows.loc[placed].reset_index(drop=True)


def _survey_data(
    rows: pd.DataFrame,
    plan: StudyPlan,
    choices: Mapping[str, Mapping[str, str]],
    anonymous: bool,
) -> tuple[SurveyData, dict[str, MeasureAnswers], list[Issue]]:
    survey = plan.survey or SurveyPlan()
    keys, issues = _typed_keys(_section(rows, "key"), survey)
    categories = _section(rows, "category").reindex(columns=list(survey.disaggregate))
    covariates = _section(rows, "covariate").reindex(columns=list(survey.covariates))
    items = _section(rows, "item")
    answers = {
        measure.name: read_measure(
            measure,
            items.reindex(columns=list(measure.items)).astype(object),
            keys,
            {c: w for item in measure.items for c, w in choices.get(item, {}).items()},
        )
        for measure in plan.measures
    }
    data = SurveyData(
        keys=keys,
        categories=categories,
        covariates=covariates,
        items={name: one.numbers for name, one in answers.items()},
        texts={name: one.texts for name, one in answers.items()},
        answer_labels={name: one.labels for name, one in answers.items() if one.labels},
        kinds=_section(rows, "kind"),
        anonymous=anonymous,
    )
    found = [issue for one in answers.values() for issue in one.issues]
    return data, answers, [*issues, *found]


def _choices(parts: Sequence[RowsOfFile]) -> dict[str, dict[str, str]]:
    """Return item → {code: wording} from all files."""
    told: dict[str, dict[str, str]] = {}
    for part in parts:
        for (_, item), name in part.columns.items():
            told.setdefault(item, {}).update(part.table.choices.get(name, {}))
    return told


def _section(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    pairs = [pair for pair in rows.columns if pair[0] == name]
    section = rows[pairs].copy()
    section.columns = pd.Index([pair[1] for pair in pairs], dtype=object)
    return section


def _typed_keys(keys: pd.DataFrame, survey: SurveyPlan) -> tuple[pd.DataFrame, list[Issue]]:
    issues: list[Issue] = []
    if "group" in keys:
        treated = {value.strip().casefold() for value in survey.treated}
        arm = keys["group"].map(lambda text: str(text).strip().casefold(), na_action="ignore")
        keys["treated"] = arm.isin(treated)
    if "weight" in keys:
        read = read_numbers(keys["weight"])
        issues += _unread(keys, "weight", read.unread, "unread_number")
        keys["weight"] = read.values
    if "anchor" in keys:
        steps, unread = read_steps(keys["anchor"], survey.anchor_values)
        issues += _unread(keys, "anchor", unread, "unread_anchor")
        keys["anchor"] = steps
    first = ["respondent", "wave", "file", "sheet", "row"]
    return keys[[*first, *(name for name in keys if name not in first)]], issues


def _unread(keys: pd.DataFrame, name: str, at: Sequence[int], code: str) -> list[Issue]:
    if not at:
        return []
    part = keys.loc[list(at)]
    rows = tuple(int(row) for row in part["row"])
    values = sorted({str(value) for value in part[name]})[:20]
    details = {"n": len(rows), "values": values}
    return [Issue(code=code, column=name, rows=rows, details=details)]
