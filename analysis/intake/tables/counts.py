"""A table of counts (answer × n) → one row per person, so that every method sees people.

Such a table is what a survey tool's summary or an old report holds: how many gave each answer,
by wave and perhaps by group. Who is who is lost, so the waves are independent samples.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import LimitExceededError, StudyFileError
from analysis.intake.model import Column, Table
from analysis.intake.tables.count_questions import (
    holds_questions,
    lay_side_by_side,
    split_questions,
)
from analysis.intake.values.column_lookup import column_texts, normalise_name, require_column
from analysis.intake.values.header_spellings import header_words
from analysis.intake.values.known_words import (
    ANSWERS,
    COUNTS,
    PERCENTS,
    QUESTIONS,
    TOTALS,
    split_words,
)
from analysis.intake.values.parse_numbers import read_numbers
from analysis.intake.values.respondents import propose_wave_rule, wave_family
from analysis.issues import Issue, Severity
from analysis.plan import CountsPlan, SurveyFile, SurveyPlan
from analysis.study import Exclusion

MAX_PEOPLE = 1_000_000
"""People that one table of counts may stand for."""
BASES = frozenset(
    split_words(
        "n|n =|base|sample size|respondents|answered|valid n|样本量|样本数|有效样本|人数"
        "|有效人数|填写人数|本题有效填写人次|有效填写人次"
    )
)
"""Words in the column of answers that name how many were asked."""
_HUNDRED = (98.5, 101.5)
"""Percentages of one question add up to this, rounding included."""
_COUNT_MARK = re.compile(
    # A letter before it makes the mark part of a word: “Women”, “Question”.
    r"[\s_\-:：,，(（\[]*(?<![a-zÀ-ɏ])"
    r"(?:(?:n|count|counts|freq|人数|频数)\s*[,，/]?\s*[(（\[]?\s*[%％]"
    r"|n|no|count|counts|freq|frequency|people|respondents|人数|频数|小计|[%％]|percent"
    r"|百分比|比例|占比)[.)）\]]*\s*$",
    re.IGNORECASE,
)
_SHARE = r"(?P<share>\d+(?:[.,]\d+)?)\s*%?"
_COUNT = r"(?:n\s*=\s*)?(?P<count>\d+(?:[ ,.']\d{3})*)"
_BOTH = (
    re.compile(rf"{_COUNT}\s*[(\[]\s*{_SHARE}\s*[)\]]", re.IGNORECASE),
    re.compile(rf"{_SHARE}\s*[(\[]\s*{_COUNT}\s*[)\]]", re.IGNORECASE),
)
"""A number of people with its percentage: ``5 (10%)``, ``10% (5)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsRead:
    """People of one table of counts: a source and table per column, and what was left out."""

    parts: tuple[tuple[SurveyFile, Table], ...]
    exclusions: tuple[Exclusion, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cells:
    """One column of counts: numbers of every row, and those of its answers; NaN = none.

    ``shares`` are the percentages written beside numbers of people, as text; None = none.
    """

    column: Column
    all: pd.Series
    numbers: pd.Series
    unread: tuple[int, ...]
    percent: bool
    shares: pd.Series


def read_counts(table: Table, source: SurveyFile, survey: SurveyPlan) -> CountsRead:
    """Turn a table of counts into rows of one person each.

    Parameters
    ----------
    table
        As recognised: rows are answers (of a wave or group), cells are numbers of people.
    source
        The study file's entry; ``counts`` must be given.
    survey
        For the names of the waves.

    Raises
    ------
    StudyFileError
        ``counts_with_people`` where the survey names respondents, ``counts_percent`` for
        percentages without the number of people asked, ``counts_percent_sum`` for those that do
        not add up to 100.
    LimitExceededError
        ``too_many_people``.
    MissingColumnError
        A column of the study file is not in the table.
    """
    plan = source.counts
    if plan is None:
        raise ValueError("not a table of counts")
    if survey.respondent:
        raise StudyFileError("counts_with_people", file=table.file)
    table = in_words(table)
    if holds_questions(plan):
        return _read_questions(table, source, plan, survey)
    answer = require_column(table, plan.answer, source.rename, key="survey.files.counts.answer")
    names = [
        require_column(table, name, source.rename, key="survey.files.counts.cells")
        for name in plan.cells
    ]
    answers = column_texts(table, answer)
    rows = _rows_of(table, answers)
    cells = [_read_cells(table, name, rows.answered) for name in names]
    issues = [*rows.issues, *_unread(table, cells)]
    facts = _facts(table, answer, survey, names)
    if is_percent(plan, cells, facts.loc[rows.answered] if facts is not None else None):
        cells, found = _from_percent(table, plan, cells, survey, rows)
        issues += found
    else:
        issues += _contradicting_shares(table, cells, facts, rows)
        cells, found = _whole(table, cells)
        issues += found
    exclusions, found = _without_counts(table, cells, rows)
    total = sum(float(one.numbers.sum()) for one in cells)
    if total > MAX_PEOPLE:
        raise LimitExceededError(
            "too_many_people", file=table.file, limit=MAX_PEOPLE, found=round(total)
        )
    kept = {column.name for column in table.columns} - set(names)
    named = _name_columns(plan, cells, survey)
    parts = tuple(
        (
            # A column of several says by its header which wave or group it is.
            source.model_copy(update={plan.across: named[one.column.name]})
            if len(names) > 1
            else source,
            _repeated(table, one, kept),
        )
        for one in cells
    )
    return CountsRead(
        parts=parts,
        exclusions=(*rows.exclusions, *exclusions),
        issues=(*issues, *found, _note(table, "counts_table", n=round(total), severity="info")),
    )


def in_words(table: Table) -> Table:
    """Put words in place of the codes of a statistics file, kinds of missing answers included.

    Rows of a table of counts are answers: codes of one column may mean different answers of
    different questions, and those who refused are counted too. Other tables stay as they are.
    """
    if table.format != "statistics_file":
        return table
    cells = table.cells.copy()
    for name in cells:
        labels = table.choices.get(str(name), {})
        words = cells[name].map({code: labels.get(code, code) for code in cells[name].dropna()})
        kinds = pd.Series(table.row_numbers, cells.index).map(table.kinds.get(str(name), {}))
        words = words.astype(object).where(kinds.isna(), kinds)
        cells[name] = words.where(words.notna(), None)
    kept = _without_repetitions(table.columns, cells)
    return replace(
        table,
        columns=kept,
        cells=cells[[column.name for column in kept]],
        choices={},
        kinds={},
        declared={},
    )


def _without_repetitions(columns: Sequence[Column], cells: pd.DataFrame) -> tuple[Column, ...]:
    """Leave out columns that say again, for one question only, what the column of answers says.

    Levee's own statistics file has the codes and scores of each question in columns of their own,
    beside the words of the answer.
    """
    asked = next((c for c in columns if header_words(c) & QUESTIONS), None)
    said = next((c for c in columns if header_words(c) & ANSWERS and c is not asked), None)
    if asked is None or said is None or cells[asked.name].nunique() < 2:
        return tuple(columns)
    kept = []
    for column in columns:
        here = cells[cells[column.name].notna()]
        differs = (here.groupby(said.name)[column.name].nunique() > 1).any()
        if column in (asked, said) or differs or here[asked.name].nunique() > 1:
            kept.append(column)
    return tuple(kept)


def _read_questions(
    table: Table, source: SurveyFile, plan: CountsPlan, survey: SurveyPlan
) -> CountsRead:
    """Read each question by itself, and lay those of one wave and group side by side."""
    labels = {column.name: bare_header(column.label) for column in table.columns}
    headers = {
        name: labels[require_column(table, name, source.rename, key="survey.files.counts.cells")]
        for name in plan.cells
    }
    split = split_questions(table, source, plan, headers)
    read = {question: read_counts(part, own, survey) for question, (own, part) in split.items()}
    together: dict[tuple[str | None, str | None], list[tuple[str, SurveyFile, Table]]] = {}
    for question, one in read.items():
        for own, part in one.parts:
            together.setdefault((own.wave, own.group), []).append((question, own, part))
    parts = tuple(
        (told[0][1], lay_side_by_side([part for *_, part in told], [name for name, *_ in told]))
        for told in together.values()
    )
    issues = [i for one in read.values() for i in one.issues if i.code != "counts_table"]
    exclusions = [e for one in read.values() for e in one.exclusions]
    if plan.across == "answer":
        # One row of a matrix holds all answers: it is used although one of its cells is blank.
        exclusions = [replace(one, rows=()) for one in exclusions]
    total = sum(len(part.cells) for _, part in parts)
    told = (
        _note(table, "counts_table", n=total, severity="info"),
        _note(table, "counts_several", n=len(read), severity="info"),
    )
    return CountsRead(parts=parts, exclusions=tuple(exclusions), issues=(*issues, *told))


def column_wave(label: str) -> str | None:
    """Return the wave a header of counts names: ``Baseline (n)`` → ``pre``; None for none."""
    return wave_family(label) or wave_family(bare_header(label))


def bare_header(label: str) -> str:
    """A header without the mark that its cells are counts or shares.

    Examples
    --------
    >>> bare_header("Baseline (n)"), bare_header("后测人数"), bare_header("New n (%)")
    ('Baseline', '后测', 'New')
    """
    return _COUNT_MARK.sub("", label).strip() or label


def is_base(answer: str | None) -> bool:
    """Whether a row is no answer but the number of people asked."""
    return answer is not None and _plain(answer) in BASES | TOTALS


def _plain(answer: str) -> str:
    return normalise_name(answer).strip("：: ")


def is_percent(plan: CountsPlan, cells: Sequence[_Cells], facts: pd.DataFrame | None) -> bool:
    """Whether cells are shares: marked so, fractions, or adding up to 100 in every column."""
    if any(one.shares.notna().any() for one in cells):
        return False
    if plan.unit is not None:
        return plan.unit == "percent"
    if plan.totals or any(one.percent for one in cells):
        return True
    given = [one.numbers.dropna() for one in cells]
    if any((numbers % 1 > 1e-9).any() for numbers in given):
        return True
    if any(_says_counts(one.column) for one in cells):
        return False
    sums = [float(total) for numbers in given for total in _sums(numbers, facts)]
    return bool(sums) and all(_HUNDRED[0] <= total <= _HUNDRED[1] for total in sums)


def _says_counts(column: Column) -> bool:
    words = {normalise_name(column.name), normalise_name(column.label)}
    return bool(words & COUNTS) or any(
        bare_header(word) != word and not word.endswith(PERCENTS) for word in words
    )


def _sums(numbers: pd.Series, facts: pd.DataFrame | None) -> Iterator[float]:
    if facts is None or facts.empty or not len(facts.columns):
        yield float(numbers.sum())
        return
    keys = [facts[name].loc[numbers.index].fillna("") for name in facts]
    yield from numbers.groupby(keys).sum()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Which rows of the table are answers (index labels), and which name the people asked."""

    answered: list[int]
    bases: list[int]
    exclusions: tuple[Exclusion, ...]
    issues: tuple[Issue, ...]


def _rows_of(table: Table, answers: pd.Series) -> _Rows:
    blank = [at for at in answers.index if answers[at] is None]
    aside = [at for at in answers.index if is_base(answers[at])]
    told = [
        _list(table, code, at)
        for code, at in (("no_answer_named", blank), ("base_row", aside))
        if at
    ]
    return _Rows(
        answered=[at for at in answers.index if at not in {*blank, *aside}],
        # A total of percentages is 100, not the number of people asked.
        bases=[at for at in aside if _plain(str(answers[at])) in BASES],
        exclusions=tuple(one for one, _ in told),
        issues=tuple(issue for _, issue in told),
    )


def _list(table: Table, code: str, at: Sequence[int]) -> tuple[Exclusion, Issue]:
    rows = tuple(table.row_numbers[one] for one in at)
    severity: Severity = "info" if code == "base_row" else "warning"
    return (
        Exclusion(reason=code, n=len(rows), table="counts", file=table.file, rows=rows),
        _note(table, code, n=len(rows), rows=rows, severity=severity),
    )


def _note(
    table: Table,
    code: str,
    *,
    rows: tuple[int, ...] = (),
    column: str = "",
    severity: Severity = "warning",
    **details: object,
) -> Issue:
    return Issue(
        code=code,
        severity=severity,
        file=table.file,
        sheet=table.sheet,
        column=column,
        rows=rows,
        details=details,
    )


def _read_cells(table: Table, name: str, answered: Sequence[int]) -> _Cells:
    column = next(one for one in table.columns if one.name == name)
    texts, shares = split_shares(column_texts(table, name))
    read = read_numbers(texts)
    here = set(answered)
    wrong = {*read.unread, *read.values.index[read.values < 0]} & here
    numbers = read.values.where(read.values.index.isin(here - wrong))
    marked = any("%" in str(text) or "％" in str(text) for text in texts.dropna())
    header = normalise_name(column.label).endswith(PERCENTS)
    return _Cells(
        column=column,
        all=read.values,
        numbers=numbers,
        unread=tuple(sorted(wrong)),
        # Beside a number of people its percentage says nothing more.
        percent=(marked or header) and not shares.notna().any(),
        shares=shares,
    )


def split_shares(texts: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Part cells that hold a number of people and its percentage.

    Parameters
    ----------
    texts
        Cells of one column, None where blank.

    Returns
    -------
    The cells with the number of people alone, and the percentages beside it (None = none). Cells
    of other kinds stay as they are.

    Examples
    --------
    >>> counts, shares = split_shares(pd.Series(["5(10%)", "12 （24.0 ％）", "64% (32)", "1"]))
    >>> counts.tolist(), shares.tolist()
    (['5', '12', '32', '1'], ['10', '24.0', '64', None])
    """
    known: dict[object, tuple[object, str | None]] = {}
    for text in texts.dropna().unique():
        word = unicodedata.normalize("NFKC", str(text)).strip()
        found = next((m for m in (one.fullmatch(word) for one in _BOTH) if m), None)
        # Two bare numbers, “5 (10)”, may be a number and its standard deviation.
        both = found is not None and "%" in word
        known[text] = (found["count"], found["share"]) if found and both else (text, None)
    counts = texts.map(lambda text: known[text][0], na_action="ignore")
    shares = texts.map(lambda text: known[text][1], na_action="ignore")
    return (
        counts.astype(object).where(counts.notna(), None),
        shares.astype(object).where(shares.notna(), None),
    )


def _contradicting_shares(
    table: Table, cells: Sequence[_Cells], facts: pd.DataFrame | None, rows: _Rows
) -> list[Issue]:
    """List cells whose percentage is not their number of people over any total of the table."""
    numbers = pd.DataFrame({one.column.name: one.numbers.loc[rows.answered] for one in cells})
    shares = pd.DataFrame({one.column.name: one.shares.loc[rows.answered] for one in cells})
    if not shares.notna().any(axis=None):
        return []
    told = shares.map(lambda text: float(text.replace(",", ".")), na_action="ignore").astype(float)
    decimals = shares.map(lambda text: len(re.sub(r"^\d+[.,]?", "", text)), na_action="ignore")
    # Half of the last digit shown: what rounding may hide.
    slack = 0.5 * 10.0 ** -decimals.astype(float) + 1e-9
    best = min(
        (
            (100.0 * numbers / total - told).abs() > slack
            for total in _totals(numbers, cells, facts, rows)
        ),
        key=lambda wrong: int(wrong.to_numpy().sum()),
    )
    return [
        _note(
            table,
            "share_contradicts_count",
            n=int(best[one.column.name].sum()),
            column=one.column.name,
            rows=tuple(table.row_numbers[at] for at in best.index[best[one.column.name]]),
            values=[
                str(table.cells[one.column.name][at]) for at in best.index[best[one.column.name]]
            ][:20],
        )
        for one in cells
        if best[one.column.name].any()
    ]


def _totals(
    numbers: pd.DataFrame, cells: Sequence[_Cells], facts: pd.DataFrame | None, rows: _Rows
) -> Iterator[pd.DataFrame]:
    """What percentages may be shares of: a column, a column's part, a row, the people asked."""
    one = pd.DataFrame(1.0, index=numbers.index, columns=numbers.columns)
    yield one * numbers.sum()
    yield one.mul(numbers.sum(axis=1), axis="index")
    yield one * numbers.to_numpy()[np.isfinite(numbers.to_numpy())].sum()
    asked = {c.column.name: [c.all[at] for at in rows.bases if c.all[at] >= 1] for c in cells}
    if all(asked.values()):
        yield one * pd.Series({name: found[0] for name, found in asked.items()})
    if facts is not None and len(facts.columns):
        keys = facts.loc[numbers.index].astype(object).fillna("")
        for by in (list(keys), *([name] for name in keys)):
            yield numbers.groupby([keys[name] for name in by]).transform("sum")


def _unread(table: Table, cells: Sequence[_Cells]) -> list[Issue]:
    return [
        _note(
            table,
            "unread_count",
            n=len(one.unread),
            column=one.column.name,
            rows=tuple(table.row_numbers[at] for at in one.unread),
            severity="error",
            values=sorted({str(table.cells[one.column.name][at]) for at in one.unread})[:20],
        )
        for one in cells
        if one.unread
    ]


def _facts(
    table: Table, answer: str, survey: SurveyPlan, cells: Sequence[str]
) -> pd.DataFrame | None:
    """The columns that say which wave and which people a row is about."""
    wanted = [survey.wave, survey.group, survey.site, *survey.disaggregate]
    there = [name for name in wanted if name and name in table.cells and name not in cells]
    there = [name for name in dict.fromkeys(there) if name != answer]
    return table.cells[there] if there else None


def _whole(table: Table, cells: Sequence[_Cells]) -> tuple[list[_Cells], list[Issue]]:
    """Leave out fractions of people in a table that a person called one of people."""
    kept, issues = [], []
    for one in cells:
        parts = one.numbers.index[one.numbers % 1 > 1e-9]
        kept.append(replace(one, numbers=one.numbers.drop(index=parts).reindex(one.all.index)))
        if len(parts):
            issues += _unread(table, [replace(one, unread=tuple(parts))])
    return kept, issues


def _from_percent(
    table: Table, plan: CountsPlan, cells: Sequence[_Cells], survey: SurveyPlan, rows: _Rows
) -> tuple[list[_Cells], list[Issue]]:
    """Rebuild numbers of people from percentages and the number of people asked."""
    rebuilt, issues = [], []
    for one in cells:
        numbers = one.numbers.copy()
        for total, at in _asked(table, plan, one, survey, rows):
            shares = numbers.loc[at].fillna(0.0).to_numpy()
            whole = float(shares.sum())
            scale = 100.0 if _HUNDRED[0] <= whole <= _HUNDRED[1] else 1.0
            if not _HUNDRED[0] <= whole * (100.0 / scale) <= _HUNDRED[1]:
                raise StudyFileError(
                    "counts_percent_sum",
                    file=table.file,
                    column=one.column.name,
                    found=round(whole, 2),
                )
            numbers.loc[at] = share_out(shares, total).astype(float)
            # Half of the last digit shown, in people: what rounding may have hidden.
            slack = total * 0.5 * 10.0 ** -_decimals(table, one, at) / scale
            issues.append(
                _note(
                    table,
                    "counts_from_percent",
                    column=one.column.name,
                    severity="info",
                    n=total,
                    slack=max(0, math.floor(slack + 1e-9)),
                )
            )
        rebuilt.append(replace(one, numbers=numbers))
    return rebuilt, issues


def share_out(shares: npt.NDArray[np.float64], total: int) -> npt.NDArray[np.int64]:
    """Divide ``total`` people by shares: rounded down, the rest to the largest remainders.

    Examples
    --------
    >>> share_out(np.array([33.3, 33.3, 33.4]), 10).tolist()
    [3, 3, 4]
    """
    exact = shares / shares.sum() * total
    people: npt.NDArray[np.int64] = np.floor(exact + 1e-9).astype(np.int64)
    rest = int(total - people.sum())
    order = np.argsort(-(exact - people), kind="stable")
    people[order[:rest]] += 1
    return people


def _asked(
    table: Table, plan: CountsPlan, cells: _Cells, survey: SurveyPlan, rows: _Rows
) -> Iterator[tuple[int, list[int]]]:
    """Yield the people asked and the rows of each sample in one column of percentages."""
    sample = _samples(table, plan, cells.column.name, survey)
    for key in sample.loc[rows.answered].dropna().unique():
        at = [row for row in rows.answered if sample[row] == key]
        named = [cells.all[row] for row in rows.bases if sample[row] == key]
        asked = plan.totals.get(str(key), next((n for n in named if n >= 1), None))
        if asked is None or asked < 1:
            raise StudyFileError("counts_percent", file=table.file, column=str(key))
        yield round(asked), at


def _samples(table: Table, plan: CountsPlan, column: str, survey: SurveyPlan) -> pd.Series:
    """The sample each row of a column is about: the column's own, or by its wave where one is."""
    if len(plan.cells) == 1 and survey.wave and survey.wave in table.cells:
        return column_texts(table, survey.wave)
    return pd.Series(column, index=table.cells.index, dtype=object)


def list_samples(table: Table, source: SurveyFile, survey: SurveyPlan) -> list[str]:
    """Return the samples whose number of people percentages need, as ``totals`` names them."""
    plan = source.counts
    if plan is None:
        return []
    if plan.across in ("answer", "question"):
        wave = survey.wave if survey.wave in table.cells else None
        return [str(v) for v in column_texts(table, wave).dropna().unique()] if wave else ["n"]
    found = [
        _samples(table, plan, require_column(table, name, source.rename), survey)
        for name in plan.cells
    ]
    return [str(key) for one in found for key in one.dropna().unique()]


def _decimals(table: Table, cells: _Cells, at: Sequence[int]) -> int:
    texts = column_texts(table, cells.column.name).loc[list(at)].dropna()
    tails = [re.search(r"[.,](\d+)\s*[%％]?$", str(text)) for text in texts]
    return max((len(found[1]) for found in tails if found), default=0)


def _without_counts(
    table: Table, cells: Sequence[_Cells], rows: _Rows
) -> tuple[list[Exclusion], list[Issue]]:
    """List the answers of which no column holds a number."""
    given = pd.concat([one.numbers for one in cells], axis=1).notna().any(axis=1)
    lost = [at for at in rows.answered if not given[at]]
    if not lost:
        return [], []
    exclusion, issue = _list(table, "no_count", lost)
    return [exclusion], [issue]


def _name_columns(
    plan: CountsPlan, cells: Sequence[_Cells], survey: SurveyPlan
) -> Mapping[str, str]:
    """Column → the wave or group its header names."""
    bare = {one.column.name: bare_header(one.column.label) for one in cells}
    if plan.across != "wave":
        return bare
    rule = propose_wave_rule(list(bare.values()), survey.waves, survey.wave_values)
    return {name: rule.get(header, header) for name, header in bare.items()}


def _repeated(table: Table, cells: _Cells, kept: set[str]) -> Table:
    """The table with each row as often as there are people, without the columns of counts."""
    times = np.rint(cells.numbers.fillna(0.0).to_numpy()).astype(np.int64)
    at = np.repeat(np.arange(len(times)), times)
    columns = tuple(column for column in table.columns if column.name in kept)
    numbers = np.asarray(table.row_numbers)[at]
    return replace(
        table,
        columns=columns,
        cells=table.cells[[c.name for c in columns]].iloc[at].reset_index(drop=True),
        row_numbers=tuple(int(number) for number in numbers),
        issues=(),
    )
