"""The quality report: what in the survey data deserves a look, and what it does to results."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pandas as pd

from analysis.intake.check.overlap import check_overlap
from analysis.intake.model import Table
from analysis.intake.tables.choices import is_exclusive, option_splitter, propose_choices
from analysis.intake.values.column_lookup import column_texts, find_column, normalise_name
from analysis.intake.values.open_questions import find_open_dates
from analysis.intake.values.survey_times import list_survey_days
from analysis.issues import Issue
from analysis.plan import SurveyFile, SurveyPlan
from analysis.study import Study

SPEED_SHARE = 0.30
"""Answers handed in faster than this share of the median time are flagged."""
MIN_ITEMS = 4
"""Straight-lining is looked for in measures with at least this many items, one reversed."""

_NUMBERED = re.compile(r"^\s*(?:[Qq]?\d+\s*[、.．)）]|第\d+题)\s*")
_DEVICE = ("deviceid", "DeviceID", "IPAddress", "IP Address", "来自IP", "ipaddr", "simserial")
EFFECTS: Mapping[str, str] = {
    "missing_answers": "fewer_scores",
    "speeders": "noise",
    "straight_lining": "bias",
    "contradictory_options": "ambiguous",
    "same_device": "possible_duplicates",
    "changed_wording": "not_comparable",
    "duplicate": "left_out",
    "out_of_range": "left_out",
    "unmatched_answers": "left_out",
    "unknown_wave": "left_out",
    "no_respondent": "left_out",
    "precision_lost": "unusable_key",
    "ambiguous_dates": "wrong_dates",
    "hidden_rows": "included",
    "hidden_columns": "included",
    "hidden_sheets": "not_read",
    "totals_row": "left_out",
    "file_contained": "counted_twice",
    "file_summed": "counted_twice",
}
"""What each problem does to the results; the words are in ``dashboard/sentences/quality.py``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingShare:
    """Missing answers of one item in one wave: ``n`` rows, ``n_missing`` of them."""

    measure: str
    item: str
    wave: str
    n: int
    n_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityReport:
    """All that was noticed.

    Attributes
    ----------
    issues
        Most severe first; each has ``details["effect"]``: ``left_out``, ``fewer_scores``,
        ``noise``, ``bias``, ``ambiguous``, ``possible_duplicates``, ``not_comparable``,
        ``unusable_key``, ``wrong_dates``, ``included``, ``not_read``, ``counted_twice`` or
        ``look``.
    missing
        By measure, item and wave.
    """

    issues: tuple[Issue, ...] = ()
    missing: tuple[MissingShare, ...] = field(default_factory=tuple)


def check_quality(
    study: Study, tables: Sequence[Table] = (), others: Sequence[Table] = ()
) -> QualityReport:
    """Check a study's data.

    Parameters
    ----------
    study
        As read.
    tables
        The recognised survey tables in the order of the plan's files, for devices, exclusive
        options and changed wording.
    others
        The other tables, looked at for a part that stands in a whole.
    """
    missing = _missing(study)
    found = [
        *study.issues,
        *_missing_issues(missing),
        *_speeders(study),
        *_straight_lining(study),
        *(issue for table in tables for issue in check_table(table)),
        *(
            issue
            for source, table in _sources(study, tables)
            for issue in _unsure_dates(study.plan.survey or SurveyPlan(), source, table)
        ),
        *_without_known([*_item_wording(study, tables), *check_wording(tables)]),
        *check_overlap([*tables, *others]),
    ]
    rank = {"error": 0, "warning": 1, "info": 2}
    once = {(i.code, i.file, i.sheet, i.column, i.rows, i.details.get("wave")): i for i in found}
    told = sorted(map(_with_effect, once.values()), key=lambda issue: rank[issue.severity])
    return QualityReport(issues=tuple(told), missing=missing)


def check_table(table: Table) -> list[Issue]:
    """Check one table: one device for several rows, exclusive options ticked beside others."""
    return [*_same_device(table), *_contradictions(table)]


def _unsure_dates(survey: SurveyPlan, source: SurveyFile, table: Table) -> list[Issue]:
    """List columns read as days of which nothing tells day from month, and nobody said."""
    if source.day_first is not None:
        return []
    columns = list_survey_days(table, survey, source)
    return [
        Issue(
            code="ambiguous_dates",
            file=table.file,
            sheet=table.sheet,
            column=one.column,
            rows=tuple(table.row_numbers[at] for at in one.at),
            details={"n": len(one.at), "example": str(table.cells[one.column].loc[one.at[0]])},
        )
        for one in find_open_dates({name: column_texts(table, name) for name in columns})
    ]


def check_wording(tables: Sequence[Table]) -> list[Issue]:
    """List columns that keep their name from file to file while the question's text changed."""
    issues: list[Issue] = []
    for earlier, later in pairwise(tables):
        before = {c.name: c for c in earlier.columns if not c.paradata}
        for column in later.columns:
            old = before.get(column.name)
            if old is None or normalise_name(old.label) == normalise_name(column.label):
                continue
            details = {"before": old.label, "after": column.label, "other_file": earlier.file}
            issues.append(
                Issue(
                    code="changed_wording",
                    file=later.file,
                    sheet=later.sheet,
                    column=column.name,
                    details=details,
                )
            )
    return issues


def _item_wording(study: Study, tables: Sequence[Table]) -> list[Issue]:
    """List items that a plan lines up although the files word them differently."""
    issues: list[Issue] = []
    for (first, table), (later, other) in pairwise(_sources(study, tables)):
        for item in [item for measure in study.plan.measures for item in measure.items]:
            here = find_column(table, item, first.rename)
            there = find_column(other, item, later.rename)
            if here is not None and there is not None and not (first.wide or later.wide):
                issues += _changed(table, here, other, there)
    return issues


def _sources(study: Study, tables: Sequence[Table]) -> list[tuple[SurveyFile, Table]]:
    """Each survey table with the plan's entry that reads it, in the order of the plan."""
    left, pairs = list(tables), []
    for source in study.plan.survey.files if study.plan.survey else ():
        name = source.path.rsplit("/", 1)[-1]
        named = [one for one in left if one.file.rsplit("/", 1)[-1] == name]
        mine = next((one for one in named if source.sheet in (None, one.sheet)), None)
        if mine is not None:
            pairs.append((source, mine))
            left = [one for one in left if one is not mine]
    return pairs


def _changed(table: Table, here: str, other: Table, there: str) -> list[Issue]:
    before, after = (
        next(_NUMBERED.sub("", c.label) for c in one.columns if c.name == name)
        for one, name in ((table, here), (other, there))
    )
    if normalise_name(before) == normalise_name(after):
        return []
    details = {"before": before, "after": after, "other_file": table.file}
    return [
        Issue(
            code="changed_wording",
            file=other.file,
            sheet=other.sheet,
            column=there,
            details=details,
        )
    ]


def _without_known(issues: Sequence[Issue]) -> list[Issue]:
    """Keep the first issue of each column."""
    first = {(issue.file, issue.sheet, issue.column): issue for issue in reversed(issues)}
    return list(reversed(first.values()))


def _with_effect(issue: Issue) -> Issue:
    details = {"effect": EFFECTS.get(issue.code, "look"), **issue.details}
    return Issue(
        code=issue.code,
        severity=issue.severity,
        file=issue.file,
        sheet=issue.sheet,
        column=issue.column,
        rows=issue.rows,
        details=details,
    )


def _missing(study: Study) -> tuple[MissingShare, ...]:
    if study.survey is None:
        return ()
    waves = study.survey.keys["wave"]
    told: list[MissingShare] = []
    for measure, numbers in study.survey.items.items():
        counts = numbers.isna().groupby(waves).agg(["sum", "size"])
        told += [
            MissingShare(
                measure=measure,
                item=str(item),
                wave=str(wave),
                n=int(counts.loc[wave, (item, "size")]),
                n_missing=int(counts.loc[wave, (item, "sum")]),
            )
            for item in numbers.columns
            for wave in counts.index
        ]
    return tuple(told)


def _missing_issues(missing: Sequence[MissingShare]) -> list[Issue]:
    """Flag items missing for more than a tenth of a wave, but not those nobody was asked."""
    return [
        Issue(
            code="missing_answers",
            column=one.item,
            details={"wave": one.wave, "n": one.n_missing, "of": one.n, "measure": one.measure},
        )
        for one in missing
        if 0.1 * one.n < one.n_missing < one.n
    ]


def _by_file(keys: pd.DataFrame, odd: pd.Series, code: str, **details: object) -> list[Issue]:
    """Return one issue per file with the rows marked."""
    return [
        Issue(
            code=code,
            file=str(file),
            sheet=str(sheet),
            rows=tuple(sorted(int(row) for row in part["row"])),
            details={"n": len(part), **details},
        )
        for (file, sheet), part in keys[odd].groupby(["file", "sheet"], sort=True)
    ]


def _speeders(study: Study) -> list[Issue]:
    if study.survey is None or "duration_seconds" not in study.survey.keys:
        return []
    keys = study.survey.keys
    seconds = keys["duration_seconds"].where(keys["duration_seconds"] > 0)
    median = seconds.groupby(keys["file"]).transform("median")
    return _by_file(keys, seconds < SPEED_SHARE * median, "speeders", share=SPEED_SHARE)


def _straight_lining(study: Study) -> list[Issue]:
    """Flag the same answer to every item of a measure that has a reversed one, off the middle."""
    if study.survey is None:
        return []
    issues: list[Issue] = []
    for measure in study.plan.measures:
        if measure.kind != "scale" or not measure.reversed or len(measure.items) < MIN_ITEMS:
            continue
        numbers = study.survey.items[measure.name]
        same = numbers.notna().all(axis=1) & (numbers.nunique(axis=1) == 1)
        middle = sum(measure.range) / 2 if measure.range else 0.0
        odd = same & (numbers.iloc[:, 0] != middle)
        told = {"measure": measure.name, "label": measure.label}
        issues += _by_file(study.survey.keys, odd, "straight_lining", **told)
    return issues


def _same_device(table: Table) -> list[Issue]:
    name = next((one for one in _DEVICE if one in table.cells), None)
    if name is None:
        return []
    texts = column_texts(table, name)
    shared = texts.notna() & texts.duplicated(keep=False)
    if not shared.any() or texts.nunique() == 1:
        return []
    rows = tuple(table.row_numbers[at] for at in texts.index[shared])
    details = {"n": len(rows), "devices": int(texts[shared].nunique())}
    return [
        Issue(
            code="same_device",
            severity="info",
            file=table.file,
            sheet=table.sheet,
            column=name,
            rows=rows,
            details=details,
        )
    ]


def _contradictions(table: Table) -> list[Issue]:
    """Find "none of these" ticked together with another option of the same question."""
    issues: list[Issue] = []
    stems = dict.fromkeys(column.stem for column in table.columns if column.option)
    for stem in stems:
        options = [c for c in table.columns if c.option and c.stem == stem]
        alone = [c.name for c in options if is_exclusive(c.label)]
        others = [c.name for c in options if c.name not in alone]
        if not alone or not others:
            continue
        ticked = table.cells.notna() & ~table.cells.isin(["0", "No", "N", "否"])
        both = ticked[alone].any(axis=1) & ticked[others].any(axis=1)
        rows = tuple(table.row_numbers[at] for at in both.index[both])
        if rows:
            issues.append(_contradiction(table, stem, rows, alone))
    return [*issues, *_joined_contradictions(table)]


def _joined_contradictions(table: Table) -> list[Issue]:
    """Find "none of these" among several options joined in one cell."""
    issues: list[Issue] = []
    stems = {column.stem for column in table.columns if column.option}
    for column in table.columns:
        if column.paradata or column.option or column.name in stems:
            continue
        told = propose_choices(table, column.name)
        alone = [one for one in told.options if is_exclusive(one)] if told else []
        if told is None or not alone:
            continue
        texts = column_texts(table, column.name).dropna()
        split = option_splitter(told.mark, told.options)
        cells = {text: split(text) for text in texts.unique()}
        odd = [text for text, got in cells.items() if len(got) > 1 and set(got) & set(alone)]
        rows = tuple(table.row_numbers[at] for at in texts.index[texts.isin(odd)])
        if rows:
            issues.append(_contradiction(table, column.name, rows, alone))
    return issues


def _contradiction(
    table: Table, column: str, rows: tuple[int, ...], options: Sequence[str]
) -> Issue:
    return Issue(
        code="contradictory_options",
        file=table.file,
        sheet=table.sheet,
        column=column,
        rows=rows,
        details={"n": len(rows), "options": list(options)},
    )
