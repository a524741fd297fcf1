"""One activity table being typed: text, dates, numbers and flags, with every bad row listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from analysis.intake.model import Table
from analysis.intake.values.answers import propose_answer_rule
from analysis.intake.values.column_lookup import (
    column_texts,
    find_column,
    missing_column,
    normalise_name,
)
from analysis.intake.values.dates import names_month_only, read_dates
from analysis.intake.values.known_words import BLANKS, FLAG_WORDS, NOT_GIVEN, TOTALS
from analysis.intake.values.open_questions import tell_decimal_comma
from analysis.intake.values.parse_numbers import read_numbers
from analysis.intake.values.respondents import normalise_code
from analysis.issues import Issue, Severity
from analysis.plan import TABLES
from analysis.plan_tables import ColumnKind, TableSection, TableSpec
from analysis.study import Exclusion

_LISTED = 1_000
_YEARS_APART = 10
"""A date this much later than all before it is a slip (2206 for 2026)."""
_TOTAL = re.compile(
    r"^(?:\d{1,2}月(?:份)?|第?[一二三四1-4]季度|[本全上下半]{1,2}[月年季周]度?|年度|\d{4}年)?"
    r"(?:合计|总计|小计|累计|共计|合計|總計|小計)(?:金额|收入|支出|数|人数|元)?(?:[(（].*[)）])?$"
    r"|^(?:grand|sub|monthly|annual|yearly|quarterly)?[ -]?totals?"
    r"(?: (?:income|expenses?|amount|hours|so far|for .*))?$",
)


def _last_of_most(dates: pd.Series) -> pd.Timestamp | None:
    """Return the last date before a gap of ten years that most rows lie before; None without."""
    given = dates.dropna().sort_values(ignore_index=True)
    gaps = given.diff() > pd.Timedelta(days=_YEARS_APART * 365)
    found = [int(at) for at in given.index[gaps] if 2 * at >= len(given)]
    return pd.Timestamp(given.iloc[found[0] - 1]) if found else None


def _tomorrow() -> pd.Timestamp:
    """The last day that somewhere on earth may be today."""
    return pd.Timestamp.now().normalize() + pd.Timedelta(days=1)


def is_total(text: str) -> bool:
    """Tell whether a cell says that its row sums others.

    >>> [is_total(text) for text in ("3月小计：", "Grand total", "合计（元）", "Total Energies")]
    [True, True, True, False]
    """
    word = normalise_name(text).strip(":： ")
    return word.replace(" ", "") in TOTALS or bool(_TOTAL.match(word))


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTable:
    """A typed frame; ``target`` is the Study's field when it differs from the section's name.

    ``rows`` are the spreadsheet rows of the frame's rows, where one row came from one row.
    """

    frame: pd.DataFrame
    rows: tuple[int, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    issues: tuple[Issue, ...] = ()
    target: str = ""


@dataclass(slots=True, kw_only=True)
class TableDraft:
    """A table while its columns are typed and its rows are judged.

    Attributes
    ----------
    table, section, plan
        The recognised table, and the study file's section that names it: its name and itself.
    day_first, year
        A person's choices in the section; else decided by the column, then by the whole file.
    decimal_comma
        A person's choice; else decided by the column, then by the whole file.
    data
        Columns typed so far.
    """

    table: Table
    section: str
    plan: TableSection
    decimal_comma: bool | None = None
    day_first: bool | None = field(init=False)
    year: int | None = field(init=False)
    data: dict[str, pd.Series] = field(default_factory=dict)
    exclusions: list[Exclusion] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    left_out: pd.Series = field(init=False)
    located: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left_out = pd.Series(False, index=self.table.cells.index)
        self.day_first = getattr(self.plan, "day_first", None)
        self.year = getattr(self.plan, "year", None)

    @property
    def spec(self) -> TableSpec:
        """What is known of the section's table."""
        return TABLES[self.section]

    def add(self, *names: str) -> None:
        """Type the columns that the section names for these keys, each as what it holds.

        Raises
        ------
        MissingColumnError
            A column is declared by the person or needed, and is not there.
        """
        for name in names:
            self.add_as(name, getattr(self.plan, name), self.spec.columns[name].kind)

    def add_as(self, name: str, column: str | None, kind: ColumnKind) -> None:
        """Type any column under a key; errors as in :meth:`add`."""
        if column is None:
            return
        found = find_column(self.table, column)
        if found is not None:
            self.located[name] = found
            self.data[name] = self._typed(name, found, kind)
        elif name not in self.spec.columns or self.spec.must_have(name, column):
            raise missing_column(self.table, column, key=f"{self.section}.{name}")

    def texts(self, name: str) -> pd.Series:
        """Return the text cells behind a typed column."""
        return column_texts(self.table, self.located[name])

    def drop(self, bad: pd.Series, reason: str, *, severity: Severity = "error") -> None:
        """Leave rows out, listed as exclusion and issue under one code."""
        bad = bad.reindex(self.left_out.index, fill_value=False) & ~self.left_out
        if not bad.any():
            return
        rows = self._rows(bad)
        self.left_out |= bad
        listed = Exclusion(
            reason=reason, n=len(rows), table=self.section, file=self.table.file, rows=rows
        )
        self.exclusions.append(listed)
        self.note(reason, bad, severity=severity, effect="left_out")

    def note(
        self,
        code: str,
        bad: pd.Series,
        *,
        column: str = "",
        severity: Severity = "warning",
        **details: Any,  # noqa: ANN401
    ) -> None:
        """Say something about rows that stay."""
        if not bad.any():
            return
        rows = self._rows(bad)
        told = {"n": len(rows), "table": self.section, **details}
        self.issues.append(
            Issue(
                code=code,
                severity=severity,
                file=self.table.file,
                sheet=self.table.sheet,
                column=self.located.get(column, column),
                rows=rows[:_LISTED],
                details=told,
            )
        )

    def drop_totals(self) -> None:
        """Leave out rows that sum others (合计, 小计, Total): recognised, never added."""
        cells = self.table.cells
        found = pd.Series(False, index=cells.index)
        for column in cells.columns:
            texts = cells[column].dropna().unique()
            totals = [text for text in texts if is_total(str(text))]
            found |= cells[column].isin(totals)
        self.drop(found, "total_row", severity="info")

    def drop_future(self, name: str, limit: date | None) -> None:
        """Leave out rows dated after the end of observation; without one, after today.

        Without an end of observation rows years after all others are left out too. Where most
        rows lie after today, the clock is wrong and not the file.
        """
        if name not in self.data:
            return
        dates = self.data[name]
        last = pd.Timestamp(limit) if limit else _last_of_most(dates)
        if limit is None and (dates > _tomorrow()).sum() * 2 <= dates.notna().sum():
            last = min(_tomorrow(), last or _tomorrow())
        if last is not None:
            late = dates > last.normalize() + pd.Timedelta(days=1, seconds=-1)
            self.drop(late, "future_date")

    def finish(self, order: Sequence[str] = (), target: str = "") -> TypedTable:
        """Return the typed table of the rows kept."""
        frame = pd.DataFrame(self.data, index=self.table.cells.index)
        kept = frame[~self.left_out].reset_index(drop=True)
        names = [*(n for n in order if n in kept), *(n for n in kept if n not in order)]
        return TypedTable(
            frame=kept[names],
            rows=self._rows(~self.left_out),
            exclusions=tuple(self.exclusions),
            issues=tuple(self.issues),
            target=target,
        )

    def _rows(self, bad: pd.Series) -> tuple[int, ...]:
        return tuple(self.table.row_numbers[at] for at in bad.index[bad])

    def _typed(self, name: str, column: str, kind: ColumnKind) -> pd.Series:
        texts = column_texts(self.table, column)
        if kind == "text":
            return texts
        if kind == "code":
            return texts.map({t: normalise_code(t) for t in texts.dropna().unique()}).astype(object)
        empty = {text: text for text in texts.dropna().unique()}
        given = texts.map({t: None if normalise_name(t) in BLANKS else t for t in empty}).astype(
            object
        )
        if kind == "flag":
            blank = [text for text in empty if normalise_name(text) in NOT_GIVEN]
            return self._flags(name, texts.where(~texts.isin(blank), None))
        return self._dates(name, given) if kind == "date" else self._numbers(name, given)

    def _dates(self, name: str, texts: pd.Series) -> pd.Series:
        read = read_dates(texts, day_first=self.day_first, year=self.year)
        months = texts.map(names_month_only, na_action="ignore").eq(True) & read.values.notna()
        self.note("month_only", months, column=name, severity="info")
        if read.ambiguous:
            self.note("ambiguous_dates", texts.notna(), column=name, day_first=bool(read.day_first))
        self._unread(name, texts, read.unread, "unread_date")
        return read.values

    def _numbers(self, name: str, texts: pd.Series) -> pd.Series:
        chosen = self.decimal_comma
        file_comma = tell_decimal_comma(self.table, texts) if chosen is None else None
        read = read_numbers(texts, decimal_comma=chosen, file_comma=file_comma)
        no_number = [at for at in read.unread if at not in set(read.contradicting)]
        self._unread(name, texts, no_number, "unread_number")
        self._unread(name, texts, read.contradicting, "contradicting_decimals")
        self._unread(name, texts, read.grouped, "mixed_thousands")
        if read.unsure:
            bad = pd.Series(False, index=texts.index)
            bad.loc[list(read.unsure)] = True
            shown = [str(value) for value in texts.loc[list(read.unsure)].unique()[:5]]
            as_read = str(read.values.loc[read.unsure[0]])
            self.note("ambiguous_decimals", bad, column=name, values=shown, read_as=as_read)
        return read.values

    def _flags(self, name: str, texts: pd.Series) -> pd.Series:
        """Read yes/no words, ticks and numbers; words that are neither are listed."""
        values = [str(text) for text in texts.dropna().unique()]
        rule = propose_answer_rule(values, (0.0, 1.0), FLAG_WORDS)
        numbers = rule.apply(texts)
        odd = texts.index[texts.notna() & numbers.isna()]
        self._unread(name, texts, [int(at) for at in odd], "unread_flag")
        return (numbers > 0).astype(object).where(numbers.notna(), None)

    def _unread(self, name: str, texts: pd.Series, at: Sequence[int], code: str) -> None:
        bad = pd.Series(texts.index.isin(list(at)), index=texts.index) & ~self.left_out
        if bad.any():
            values = [str(value) for value in texts[bad].unique()[:20]]
            self.note(code, bad, column=name, values=values)
