"""One survey file → rows of one person and wave, cells still text, every row accounted for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from analysis.intake.model import Column, Table
from analysis.intake.tables.choices import with_options
from analysis.intake.values.column_lookup import (
    column_texts,
    find_column,
    missing_column,
    normalise_name,
    require_column,
)
from analysis.intake.values.known_words import STATUS_COLUMNS, WAVE_WORDS
from analysis.intake.values.respondents import propose_wave_rule, wave_family
from analysis.intake.values.survey_times import read_times
from analysis.issues import Issue
from analysis.plan import Fix, MeasurePlan, SurveyFile, SurveyPlan
from analysis.study import Exclusion

KEY_COLUMNS = ("group", "site", "cluster", "weight", "started_on", "anchor")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsOfFile:
    """Rows of one file.

    Attributes
    ----------
    rows
        Columns are pairs: ``("key", name)``, ``("category", name)``, ``("item", name)``.
    exclusions, issues
        What was left out and noticed.
    absent
        Pairs whose column this file does not have.
    table
        The table read, after fixes.
    n_listed
        Spreadsheet rows left out.
    wave_words
        Words of the file that name a wave; None where waves are columns side by side.
    """

    rows: pd.DataFrame
    table: Table
    exclusions: tuple[Exclusion, ...] = ()
    issues: tuple[Issue, ...] = ()
    absent: frozenset[tuple[str, str]] = frozenset()
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    wave_words: frozenset[str] | None = None


def read_rows(
    table: Table, source: SurveyFile, plan: SurveyPlan, measures: Sequence[MeasurePlan]
) -> RowsOfFile:
    """Read one survey file into rows of one person and wave.

    Raises
    ------
    MissingColumnError
        A column of the study file is not in the table.
    """
    table, dropped = _without_dropped(table, source, plan)
    wide = bool(source.wide or source.columns)
    keys, absent = _key_frame(table, source, plan)
    blocks = _wide_blocks if wide else _long_blocks
    made, lost, issues, columns, missing = blocks(table, source, plan, measures, keys)
    return RowsOfFile(
        rows=made,
        table=table,
        exclusions=(*dropped, *lost),
        issues=tuple(issues),
        absent=frozenset(absent | missing),
        columns=columns,
        wave_words=None if wide else _wave_words(table, source, plan),
    )


def apply_fixes(table: Table, fixes: Sequence[Fix]) -> tuple[Table, tuple[Exclusion, ...]]:
    """Apply recorded corrections; rows dropped by them are listed."""
    mine = [fix for fix in fixes if fix.file == table.file]
    if not mine:
        return table, ()
    cells = table.cells.copy()
    at = {row: index for index, row in enumerate(table.row_numbers)}
    gone: list[int] = []
    for fix in mine:
        if fix.row not in at:
            continue
        if fix.action == "drop_row":
            gone.append(fix.row)
        else:
            name = require_column(table, fix.column or "", key="survey.fixes")
            cells.loc[at[fix.row], name] = fix.value if fix.action == "set" else None
    return _without_rows(replace(table, cells=cells), gone, "dropped_by_fix")


def _without_dropped(
    table: Table, source: SurveyFile, plan: SurveyPlan
) -> tuple[Table, list[Exclusion]]:
    table, fixed = apply_fixes(table, plan.fixes)
    unwanted = {normalise_name(status) for status in plan.drop_status}
    name = next((found for c in STATUS_COLUMNS if (found := find_column(table, c))), None)
    if not unwanted or name is None:
        return table, _placed(fixed, source)
    statuses = column_texts(table, name).map(normalise_name, na_action="ignore")
    rows = [table.row_numbers[at] for at in statuses.index[statuses.isin(unwanted)]]
    table, dropped = _without_rows(table, rows, "dropped_status")
    return table, _placed((*fixed, *dropped), source)


def _placed(exclusions: Sequence[Exclusion], source: SurveyFile) -> list[Exclusion]:
    return [replace(one, wave=source.wave or "") for one in exclusions]


def _without_rows(
    table: Table, rows: Sequence[int], reason: str
) -> tuple[Table, tuple[Exclusion, ...]]:
    if not rows:
        return table, ()
    gone = set(rows)
    kept = [at for at, row in enumerate(table.row_numbers) if row not in gone]
    thinner = replace(
        table,
        cells=table.cells.iloc[kept].reset_index(drop=True),
        row_numbers=tuple(table.row_numbers[at] for at in kept),
    )
    listed = Exclusion(reason=reason, n=len(gone), file=table.file, rows=tuple(sorted(gone)))
    return thinner, (listed,)


def _key_frame(
    table: Table, source: SurveyFile, plan: SurveyPlan
) -> tuple[pd.DataFrame, set[tuple[str, str]]]:
    """Return the columns that describe the person, not the answers."""
    told: dict[tuple[str, str], pd.Series] = {}
    absent: set[tuple[str, str]] = set()
    wanted = [("key", name, getattr(plan, name)) for name in KEY_COLUMNS]
    wanted += [("category", name, name) for name in plan.disaggregate]
    wanted += [("covariate", name, name) for name in plan.covariates]
    for kind, name, column in wanted:
        fixed = getattr(source, name, None) if name in ("group", "site") else None
        found = find_column(table, column, source.rename) if column else None
        if fixed is not None:
            told[kind, name] = pd.Series(fixed, index=table.cells.index, dtype=object)
        elif found is not None:
            told[kind, name] = column_texts(table, found)
        elif column:
            absent.add((kind, name))
    told["key", "file"] = pd.Series(table.file, index=table.cells.index, dtype=object)
    told["key", "sheet"] = pd.Series(table.sheet, index=table.cells.index, dtype=object)
    told["key", "row"] = pd.Series(table.row_numbers, index=table.cells.index, dtype=int)
    respondent = _respondents(table, source, plan)
    if respondent is not None:
        told["key", "respondent"] = respondent
    told |= {("key", name): values for name, values in read_times(table, source).items()}
    return pd.DataFrame(told, index=table.cells.index), absent


def _respondents(table: Table, source: SurveyFile, plan: SurveyPlan) -> pd.Series | None:
    if not plan.respondent:
        return None
    names = [plan.respondent] if isinstance(plan.respondent, str) else plan.respondent
    parts = [
        column_texts(table, require_column(table, name, source.rename, key="survey.respondent"))
        for name in names
    ]
    joined = parts[0]
    for part in parts[1:]:
        joined = (joined + "|" + part).where(joined.notna() & part.notna(), None)
    return joined


Blocks = tuple[
    pd.DataFrame,
    list[Exclusion],
    list[Issue],
    dict[tuple[str, str], str],
    set[tuple[str, str]],
]


def _long_blocks(
    table: Table,
    source: SurveyFile,
    plan: SurveyPlan,
    measures: Sequence[MeasurePlan],
    keys: pd.DataFrame,
) -> Blocks:
    waves, exclusions, issues = _wave_column(table, source, plan)
    wanted = [item for measure in measures for item in measure.items]
    table = with_options(table, wanted, source.rename)
    columns, missing = _item_columns(table, source, measures)
    items = {
        ("item", item): item_texts(table, name, plan.missing_codes)
        for item, name in columns.items()
    }
    items |= _kinds(table, columns, plan.missing_codes)
    rows = pd.concat([keys, pd.DataFrame(items, index=keys.index)], axis=1)
    rows["key", "wave"] = waves
    located = {("item", item): name for item, name in columns.items()}
    return rows[waves.notna()], exclusions, issues, located, missing


def _wave_column(
    table: Table, source: SurveyFile, plan: SurveyPlan
) -> tuple[pd.Series, list[Exclusion], list[Issue]]:
    index = table.cells.index
    if source.wave or not plan.wave:
        wave = source.wave or (plan.waves[0] if plan.waves else "all")
        rule = propose_wave_rule([wave], plan.waves, plan.wave_values)
        return pd.Series(rule.get(wave, wave), index=index, dtype=object), [], []
    name = require_column(table, plan.wave, source.rename, key="survey.wave")
    texts = column_texts(table, name)
    values = [str(value) for value in texts.dropna().unique()]
    rule = propose_wave_rule(values, plan.waves, plan.wave_values)
    waves = texts.map(rule).astype(object).where(texts.isin(list(rule)), None)
    lost = waves.isna()
    if not lost.any():
        return waves, [], []
    rows = tuple(table.row_numbers[at] for at in index[lost])
    unknown = sorted(set(values) - set(rule))
    issue = Issue(
        code="unknown_wave",
        severity="error",
        file=table.file,
        sheet=table.sheet,
        column=name,
        rows=rows,
        details={"values": unknown, "n": len(rows), "waves": list(plan.waves)},
    )
    listed = Exclusion(reason="unknown_wave", n=len(rows), file=table.file, rows=rows)
    return waves, [listed], [issue]


def _wave_words(table: Table, source: SurveyFile, plan: SurveyPlan) -> frozenset[str]:
    if source.wave or not plan.wave:
        return frozenset([source.wave] if source.wave else [])
    name = require_column(table, plan.wave, source.rename, key="survey.wave")
    return frozenset(str(value) for value in column_texts(table, name).dropna().unique())


def _item_columns(
    table: Table, source: SurveyFile, measures: Sequence[MeasurePlan]
) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Locate the items; a measure asked in part is an error, one not asked at all is not."""
    columns: dict[str, str] = {}
    absent: set[tuple[str, str]] = set()
    for measure in measures:
        found = {item: find_column(table, item, source.rename) for item in measure.items}
        lacking = [item for item, name in found.items() if name is None]
        if lacking and len(lacking) < len(measure.items):
            raise missing_column(table, lacking[0], source.rename, key=f"measures.{measure.name}")
        absent |= {("item", item) for item in lacking}
        columns |= {item: name for item, name in found.items() if name is not None}
    return columns, absent


def item_texts(table: Table, name: str, missing_codes: Sequence[str] = ()) -> pd.Series:
    """Return an item's answers as text; boxes become ``1`` and ``0``, missing codes None."""
    column = next(column for column in table.columns if column.name == name)
    texts = column_texts(table, name)
    if missing_codes:
        texts = texts.where(~texts.isin(list(missing_codes)), None)
    if not column.option:
        return texts
    return _ticks(table, column, texts)


def _kinds(
    table: Table, columns: Mapping[str, str], missing_codes: Sequence[str]
) -> dict[tuple[str, str], pd.Series]:
    """Why answers are missing, where the file or the plan says so."""
    found: dict[tuple[str, str], pd.Series] = {}
    for item, name in columns.items():
        told = table.kinds.get(name, {})
        kinds = pd.Series([told.get(row) for row in table.row_numbers], table.cells.index, object)
        if missing_codes:
            texts = column_texts(table, name)
            kinds = kinds.where(~texts.isin(list(missing_codes)), texts)
        if kinds.notna().any():
            found["kind", item] = kinds
    return found


def _ticks(table: Table, column: Column, texts: pd.Series) -> pd.Series:
    """Tell ticked from not ticked; an unanswered question is missing, not unticked."""
    siblings = [c.name for c in table.columns if c.option and c.stem == column.stem]
    names = set(table.cells.columns)
    answered = table.cells[siblings].notna().any(axis=1)
    if column.stem in names:
        answered = table.cells[column.stem].notna()
    unticked = texts.isna() | texts.isin(["0", "No", "no", "N", "False", "否"])
    ticks = pd.Series("1", index=texts.index, dtype=object).where(~unticked, "0")
    return ticks.where(answered, None)


def _wide_blocks(
    table: Table,
    source: SurveyFile,
    plan: SurveyPlan,
    measures: Sequence[MeasurePlan],
    keys: pd.DataFrame,
) -> Blocks:
    located = {wave: _wide_columns(table, source, plan, measures, wave) for wave in plan.waves}
    _check_wide(table, source, measures, located)
    parts: list[pd.DataFrame] = []
    used = pd.Series(False, index=keys.index)
    if ("key", "respondent") not in keys:
        names = pd.Series([f"row {row}" for row in table.row_numbers], index=keys.index)
        keys["key", "respondent"] = names.astype(object)
    for wave, columns in located.items():
        items = pd.DataFrame(
            {("item", i): item_texts(table, c, plan.missing_codes) for i, c in columns.items()},
            index=keys.index,
        )
        answered = items.notna().any(axis=1)
        kinds = pd.DataFrame(_kinds(table, columns, plan.missing_codes), index=keys.index)
        rows = pd.concat([keys, items, kinds], axis=1)
        rows["key", "wave"] = wave
        parts.append(rows[answered])
        used |= answered
    told = pd.concat(parts, ignore_index=True) if parts else keys.iloc[:0]
    lost = tuple(row for row, kept in zip(table.row_numbers, used, strict=True) if not kept)
    listed = [Exclusion(reason="no_answers", n=len(lost), file=table.file, rows=lost)]
    issue = Issue(code="no_answers", severity="info", file=table.file, sheet=table.sheet, rows=lost)
    names_of = {("item", i): c for columns in located.values() for i, c in columns.items()}
    return told, listed if lost else [], [issue] if lost else [], names_of, set()


def _wide_columns(
    table: Table,
    source: SurveyFile,
    plan: SurveyPlan,
    measures: Sequence[MeasurePlan],
    wave: str,
) -> dict[str, str]:
    if source.wide:
        told = source.wide.get(wave, {})
        return {
            item: require_column(table, column, source.rename, key="survey.files.wide")
            for item, column in told.items()
        }
    pattern = source.columns or ""
    family = wave_family(wave)
    names = [wave, *plan.wave_values.get(wave, []), *(WAVE_WORDS[family] if family else ())]
    found: dict[str, str] = {}
    for item in dict.fromkeys(item for measure in measures for item in measure.items):
        spelled = [pattern.replace("{wave}", name).replace("{item}", item) for name in names]
        columns = (find_column(table, one, source.rename) for one in spelled)
        column = next((one for one in columns if one is not None), None)
        if column is not None:
            found[item] = column
    return found


def _check_wide(
    table: Table,
    source: SurveyFile,
    measures: Sequence[MeasurePlan],
    located: Mapping[str, Mapping[str, str]],
) -> None:
    for measure in measures:
        for wave, columns in located.items():
            lacking = [item for item in measure.items if item not in columns]
            nowhere = all(item not in other for other in located.values() for item in lacking)
            if lacking and (len(lacking) < len(measure.items) or nowhere):
                pattern = source.columns or "{item}"
                spelled = pattern.replace("{wave}", wave).replace("{item}", lacking[0])
                raise missing_column(table, spelled, key=f"measures.{measure.name}")
