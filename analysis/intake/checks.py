"""The quality report: what in the survey data deserves a look, and what it does to results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import pandas as pd

from analysis.intake.lookup import column_texts, normalise_name
from analysis.intake.tables import Table
from analysis.issues import Issue
from analysis.study import Study

SPEED_SHARE = 0.30
"""Answers handed in faster than this share of the median time are flagged."""
LEAST_ITEMS = 4
"""Straight-lining is looked for in measures with at least this many items, one reversed."""

_EXCLUSIVE = ("none of", "以上都没有", "以上都不", "都没有", "都不", "none", "没有参加过")
_DEVICE = ("deviceid", "DeviceID", "IPAddress", "IP Address", "来自IP", "ipaddr", "simserial")
_EFFECTS: Mapping[str, str] = {
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
}


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
        ``unusable_key``, ``wrong_dates``, ``included``, ``not_read`` or ``look``.
    missing
        By measure, item and wave.
    """

    issues: tuple[Issue, ...] = ()
    missing: tuple[MissingShare, ...] = field(default_factory=tuple)


def check_quality(study: Study, tables: Sequence[Table] = ()) -> QualityReport:
    """Check a study's data.

    Parameters
    ----------
    study
        As read.
    tables
        The recognised survey tables, for devices, exclusive options and changed wording.
    """
    missing = _missing(study)
    found = [
        *study.issues,
        *_missing_issues(missing),
        *_speeders(study),
        *_straight_lining(study),
        *(issue for table in tables for issue in check_table(table)),
        *check_wording(tables),
    ]
    rank = {"error": 0, "warning": 1, "info": 2}
    told = sorted((_with_effect(issue) for issue in found), key=lambda i: rank[i.severity])
    return QualityReport(issues=tuple(told), missing=missing)


def check_table(table: Table) -> list[Issue]:
    """Check one table: one device for several rows, exclusive options ticked beside others."""
    return [*_same_device(table), *_contradictions(table)]


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


def _with_effect(issue: Issue) -> Issue:
    details = {"effect": _EFFECTS.get(issue.code, "look"), **issue.details}
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
        if measure.kind != "scale" or not measure.reversed or len(measure.items) < LEAST_ITEMS:
            continue
        numbers = study.survey.items[measure.name]
        same = numbers.notna().all(axis=1) & (numbers.nunique(axis=1) == 1)
        middle = sum(measure.range) / 2 if measure.range else 0.0
        odd = same & (numbers.iloc[:, 0] != middle)
        issues += _by_file(study.survey.keys, odd, "straight_lining", measure=measure.name)
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
        alone = [c.name for c in options if normalise_name(c.option).startswith(_EXCLUSIVE)]
        others = [c.name for c in options if c.name not in alone]
        if not alone or not others:
            continue
        ticked = table.cells.notna() & ~table.cells.isin(["0", "No", "N", "否"])
        both = ticked[alone].any(axis=1) & ticked[others].any(axis=1)
        rows = tuple(table.row_numbers[at] for at in both.index[both])
        if rows:
            issues.append(
                Issue(
                    code="contradictory_options",
                    file=table.file,
                    sheet=table.sheet,
                    column=stem,
                    rows=rows,
                    details={"n": len(rows), "options": alone},
                )
            )
    return issues
