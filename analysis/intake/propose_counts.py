"""Tables of counts (answer × n): recognised by their shape, and proposed as a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.intake.answers import propose_range
from analysis.intake.counts import bare_header, column_wave, is_base
from analysis.intake.lookup import column_texts, normalise_name
from analysis.intake.numbers import read_numbers
from analysis.intake.respondents import wave_family
from analysis.intake.score_names import name_internally
from analysis.intake.spellings import header_words
from analysis.intake.tables import Column, Table
from analysis.intake.words import ANSWERS, COUNTS, GROUP, PERCENTS, RATINGS, SITE, WAVE_HEADERS
from analysis.study_file import CountsPlan, MeasurePlan, SurveyFile, SurveyPlan

_MOST_ROWS, _MOST_COLUMNS, _MOST_FACTS = 500, 24, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsShape:
    """What the columns of a table of counts are.

    Attributes
    ----------
    answer, cells, across
        As in :class:`CountsPlan`.
    wave, group, site
        Columns beside the answer that say when and of whom; None where there is none.
    facts
        Further such columns: sex, age group.
    percent
        The cells are shares.
    """

    answer: str
    cells: tuple[str, ...]
    across: str = "wave"
    wave: str | None = None
    group: str | None = None
    site: str | None = None
    facts: tuple[str, ...] = ()
    percent: bool = False

    def plan(self) -> CountsPlan:
        """The entry of a study file."""
        unit = "percent" if self.percent else None
        return CountsPlan(
            answer=self.answer,
            cells=list(self.cells),
            across="group" if self.across == "group" else "wave",
            unit=unit,
        )


def recognise_counts(table: Table) -> CountsShape | None:
    """Tell what the columns of a table of counts are; None for every other table.

    One row for each answer (of each wave and group), and numbers of people beside it. A table of
    people never has that shape: two people give the same answer.
    """
    columns = [column for column in table.columns if not column.paradata]
    small = 2 <= len(table.cells) <= _MOST_ROWS and 2 <= len(columns) <= _MOST_COLUMNS
    if table.format != "plain" or not small:
        return None
    numeric = [column for column in columns if _holds_numbers(table, column)]
    shares = [column for column in numeric if _is_share(table, column)]
    counted = [c for c in numeric if header_words(c) & COUNTS and c not in shares]
    waves = [column for column in numeric if column_wave(column.label)]
    free = [column for column in columns if column not in (*counted, *shares, *waves)]
    answer = next((c for c in free if _is_answer(table, c)), None)
    if answer is None:
        return None
    rest = [column for column in columns if column is not answer]
    waves = [column for column in waves if column not in shares] or waves
    groups = [c for c in numeric if c not in shares and c is not answer] or shares
    if len(waves) > 1:
        return _shape(table, answer, waves, "wave", [c for c in rest if c not in numeric])
    if counted or len(shares) == 1:
        # Beside the numbers of people their shares say nothing more.
        aside = (*counted, *shares)
        cells = counted[:1] or shares
        return _shape(table, answer, cells, "wave", [c for c in rest if c not in aside])
    if len(groups) > 1:
        return _shape(table, answer, groups, "group", [c for c in rest if c not in numeric])
    return None


def _shape(
    table: Table, answer: Column, cells: Sequence[Column], across: str, others: Sequence[Column]
) -> CountsShape | None:
    """The shape, if each answer stands once for every wave and group."""
    names = [answer.name, *(column.name for column in others)]
    if len(others) > _MOST_FACTS or table.cells[names].duplicated().any():
        return None
    # A column that differs from row to row names people or things, not groups of them.
    if any(table.cells[column.name].nunique() == len(table.cells) for column in others):
        return None
    wave = next((c.name for c in others if _says_waves(table, c)), None)
    group = next((c.name for c in others if c.name != wave and header_words(c) & set(GROUP)), None)
    site = next((c.name for c in others if header_words(c) & set(SITE)), None)
    return CountsShape(
        answer=answer.name,
        cells=tuple(column.name for column in cells),
        across=across,
        wave=wave,
        group=group,
        site=site,
        facts=tuple(c.name for c in others if c.name not in (wave, group, site)),
        percent=all(_is_share(table, column) for column in cells),
    )


def _is_answer(table: Table, column: Column) -> bool:
    """Whether a column holds answers: named so, or the words (or numbers) of one scale."""
    words = header_words(column)
    if words & ANSWERS:
        return True
    return _scale(table, column.name, words=not words & RATINGS) is not None


def _scale(table: Table, name: str, *, words: bool = False) -> tuple[float, float] | None:
    values = answers_of(table, name)
    if len(values) < 2 or (words and any(value[:1].isdigit() for value in values)):
        return None
    if words and all(wave_family(value) for value in values):
        return None
    return propose_range(values)


def answers_of(table: Table, name: str) -> list[str]:
    """Answers of a table of counts in their order, without the row of people asked."""
    given = column_texts(table, name).dropna()
    return [str(value) for value in dict.fromkeys(given) if not is_base(str(value))]


def _holds_numbers(table: Table, column: Column) -> bool:
    texts = column_texts(table, column.name)
    read = read_numbers(texts)
    given = read.values.dropna()
    return len(given) >= 0.6 * len(texts) > 0 and bool((given >= 0).all())


def _is_share(table: Table, column: Column) -> bool:
    texts = column_texts(table, column.name).dropna()
    marked = sum(str(text).rstrip().endswith(("%", "％")) for text in texts)
    header = normalise_name(column.label).rstrip(")）")
    return header.endswith(PERCENTS) or marked > 0.5 * len(texts)


def _says_waves(table: Table, column: Column) -> bool:
    values = [str(value) for value in table.cells[column.name].dropna().unique()]
    return bool(header_words(column) & set(WAVE_HEADERS)) or all(map(wave_family, values))


def propose_counts(
    tables: Sequence[tuple[Table, CountsShape, str | None]], several: Sequence[str]
) -> tuple[SurveyPlan, list[MeasurePlan]]:
    """Propose a survey of tables of counts.

    Parameters
    ----------
    tables
        In order of time, with what their columns are and the wave their names tell. Tables of
        another question than the first's are left out.
    several
        File of every table; of workbooks with more than one the sheet is named.
    """
    first, shape, _ = tables[0]
    question = normalise_name(shape.answer)
    asked = [one for one in tables if normalise_name(one[1].answer) == question]
    asked = [one for one in asked if (one[1].wave is None) == (shape.wave is None)]
    if len(shape.cells) > 1 or shape.wave is not None:
        asked = asked[:1]
    waves = _waves(first, shape, [wave for _, _, wave in asked])
    files = [
        SurveyFile(
            path=table.file,
            sheet=table.sheet if several.count(table.file) > 1 else None,
            wave=waves[at] if len(asked) > 1 else None,
            rename={} if one.answer == shape.answer else {one.answer: shape.answer},
            counts=one.plan(),
        )
        for at, (table, one, _) in enumerate(asked)
    ]
    survey = SurveyPlan(
        waves=waves,
        wave=shape.wave,
        group=shape.group,
        site=shape.site,
        disaggregate=list(shape.facts),
        files=files,
    )
    answers = list(
        dict.fromkeys(a for table, one, _ in asked for a in answers_of(table, one.answer))
    )
    return survey, [_measure(shape.answer, answers)]


def _waves(table: Table, shape: CountsShape, named: Sequence[str | None]) -> list[str]:
    if shape.wave is not None:
        given = [str(v) for v in column_texts(table, shape.wave).dropna().unique()]
    elif len(shape.cells) > 1 and shape.across == "wave":
        labels: Mapping[str, str] = {c.name: c.label for c in table.columns}
        given = [bare_header(labels[name]) for name in shape.cells]
    else:
        known = [wave for wave in named if wave is not None]
        unnamed = ["pre", "post", *(f"follow_up_{n}" for n in range(1, len(named)))]
        told = len(named) > 1 and len(known) == len(named) == len(set(known))
        return known if told else unnamed[: max(2, len(named))]
    families = [wave_family(value) for value in given]
    known = [name for name in ("pre", "mid", "post", "follow_up") if name in families]
    return known if len(known) == len(given) else given


def _measure(answer: str, answers: Sequence[str]) -> MeasurePlan:
    bounds = propose_range(answers)
    name = name_internally(answer, "answer", [answer])
    if bounds is None:
        return MeasurePlan(
            name=name, kind="category", items=[answer], order=list(answers), role="primary"
        )
    if bounds == (0.0, 1.0):
        return MeasurePlan(name=name, kind="binary", items=[answer], role="primary")
    return MeasurePlan(name=name, items=[answer], range=bounds, role="primary")
