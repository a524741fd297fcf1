"""Tables of counts (answer × n): recognised by their shape, and proposed as a study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.intake.model import Column, Table
from analysis.intake.propose.score_names import name_internally, suggest_name
from analysis.intake.propose.wave_order import USUAL
from analysis.intake.tables.count_questions import holds_questions
from analysis.intake.tables.counts import (
    bare_header,
    column_wave,
    in_words,
    is_base,
    split_shares,
)
from analysis.intake.values.answers import propose_range
from analysis.intake.values.column_lookup import column_texts, normalise_name
from analysis.intake.values.header_spellings import header_words
from analysis.intake.values.known_words import (
    ANSWERS,
    COUNTS,
    GROUP,
    PERCENTS,
    QUESTIONS,
    RATINGS,
    SITE,
    WAVE_HEADERS,
)
from analysis.intake.values.parse_numbers import read_numbers
from analysis.intake.values.respondents import wave_family
from analysis.plan import CountsPlan, MeasurePlan, SurveyFile, SurveyPlan

_MAX_ROWS, _MAX_COLUMNS, _MAX_FACTS = 500, 24, 4
_MIN_HAN, _MIN_WORDS = 7, 4
_NAMED = (QUESTIONS, ANSWERS, COUNTS)
_FORMATS = ("plain", "statistics_file")


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
    question
        Column of questions where a table holds several in its rows.
    """

    answer: str
    cells: tuple[str, ...]
    across: Literal["wave", "group", "question", "answer"] = "wave"
    wave: str | None = None
    group: str | None = None
    site: str | None = None
    facts: tuple[str, ...] = ()
    percent: bool = False
    question: str | None = None

    def plan(self) -> CountsPlan:
        """The entry of a study file."""
        return CountsPlan(
            answer=self.answer,
            question=self.question,
            cells=list(self.cells),
            across=self.across,
            unit="percent" if self.percent else None,
        )


def recognise_counts(table: Table) -> CountsShape | None:
    """Tell what the columns of a table of counts are; None for every other table.

    One row for each answer (of each wave and group), and numbers of people beside it. A table of
    people never has that shape: two people give the same answer.
    """
    table = in_words(table)
    columns = [column for column in table.columns if not column.paradata]
    # Columns named for all three are no coincidence, however many questions were counted.
    named = all(any(header_words(c) & words for c in columns) for words in _NAMED)
    small = 2 <= len(columns) <= _MAX_COLUMNS and (len(table.cells) <= _MAX_ROWS or named)
    if table.format not in _FORMATS or not small or len(table.cells) < 2:
        return None
    numeric = [column for column in columns if _holds_numbers(table, column)]
    shares = [column for column in numeric if _is_share(table, column)]
    counted = [c for c in numeric if header_words(c) & COUNTS and c not in shares]
    counted = counted or [c for c in numeric if _holds_both(table, c)][:1]
    waves = [column for column in numeric if column_wave(column.label)]
    free = [column for column in columns if column not in (*counted, *shares, *waves)]
    answer = next((c for c in free if _is_answer(table, c)), None)
    if answer is None:
        return _matrix_of_answers(table, numeric, [c for c in columns if c not in numeric])
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
        # A header long enough to be a question names no group of people.
        asked = all(_is_wording(column.label) for column in groups)
        across: Literal["group", "question"] = "question" if asked else "group"
        return _shape(table, answer, groups, across, [c for c in rest if c not in numeric])
    return None


def _matrix_of_answers(
    table: Table, numeric: Sequence[Column], others: Sequence[Column]
) -> CountsShape | None:
    """The shape of a matrix: a row for each question, a column for each answer of one scale."""
    labels = [bare_header(column.label) for column in numeric]
    words = [label for label in labels if not label[:1].isdigit()]
    if len(numeric) < 2 or len(words) < len(labels) or propose_range(labels) is None:
        return None
    question = next((c for c in others if header_words(c) & QUESTIONS), None)
    question = question or next((c for c in others if _are_wordings(table, c)), None)
    if question is None:
        return None
    return _shape(table, question, numeric, "answer", [c for c in others if c is not question])


def _shape(
    table: Table,
    answer: Column,
    cells: Sequence[Column],
    across: Literal["wave", "group", "question", "answer"],
    others: Sequence[Column],
) -> CountsShape | None:
    """The shape, if each answer stands once for every wave and group."""
    names = [answer.name, *(column.name for column in others)]
    if len(others) > _MAX_FACTS or table.cells[names].duplicated().any():
        return None
    question = next((c for c in others if header_words(c) & QUESTIONS), None)
    question = question or next((c for c in others if _are_wordings(table, c)), None)
    if across == "answer":
        question = answer
    # A column that differs from row to row names people or things, not groups of them.
    if any(table.cells[column.name].nunique() == len(table.cells) for column in others):
        return None
    facts = [column for column in others if column is not question]
    wave = next((c.name for c in facts if _says_waves(table, c)), None)
    group = next((c.name for c in facts if c.name != wave and header_words(c) & set(GROUP)), None)
    site = next((c.name for c in facts if header_words(c) & set(SITE)), None)
    return CountsShape(
        answer="" if across == "answer" else answer.name,
        question=None if question is None else question.name,
        cells=tuple(column.name for column in cells),
        across=across,
        wave=wave,
        group=group,
        site=site,
        facts=tuple(c.name for c in facts if c.name not in (wave, group, site)),
        percent=all(_is_share(table, column) for column in cells),
    )


def _is_wording(text: str) -> bool:
    """Whether a text is long enough to be a question: four words, or seven Han characters."""
    han = sum("\u4e00" <= char <= "\u9fff" for char in text)
    return han >= _MIN_HAN or len(text.split()) >= _MIN_WORDS or text.endswith(("?", "？"))


def _are_wordings(table: Table, column: Column) -> bool:
    values = [str(value) for value in table.cells[column.name].dropna().unique()]
    values = [value for value in values if not is_base(value)]
    return bool(values) and all(map(_is_wording, values))


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


def _holds_both(table: Table, column: Column) -> bool:
    """Whether cells hold a number of people and its percentage: ``5 (10%)``."""
    return bool(split_shares(column_texts(table, column.name))[1].notna().any())


def _holds_numbers(table: Table, column: Column) -> bool:
    texts, _ = split_shares(column_texts(table, column.name))
    read = read_numbers(texts)
    given = read.values.dropna()
    return len(given) >= 0.6 * len(texts) > 0 and bool((given >= 0).all())


def _is_share(table: Table, column: Column) -> bool:
    texts = column_texts(table, column.name).dropna()
    marked = sum(str(text).rstrip().endswith(("%", "％")) for text in texts)
    header = normalise_name(column.label).rstrip(")）")
    if _holds_both(table, column):
        return False
    return header.endswith(PERCENTS) or marked > 0.5 * len(texts)


def _says_waves(table: Table, column: Column) -> bool:
    values = [str(value) for value in table.cells[column.name].dropna().unique()]
    return bool(header_words(column) & set(WAVE_HEADERS)) or all(map(wave_family, values))


def propose_counts(
    tables: Sequence[tuple[Table, CountsShape, str | None]],
    several: Sequence[str],
    shared: Sequence[str] = (),
) -> tuple[SurveyPlan, list[MeasurePlan]]:
    """Propose a survey of tables of counts.

    Parameters
    ----------
    tables
        In order of time, with what their columns are and the wave their names tell. Tables of
        another question than the first's are left out.
    several
        File of every table; of workbooks with more than one the sheet is named.
    shared
        Wave of each table where several are of one wave: see
        :func:`~analysis.intake.propose.proposal.share_waves`.
    """
    tables = [(in_words(table), shape, wave) for table, shape, wave in tables]
    first, shape, _ = tables[0]
    question = normalise_name(shape.answer)
    asked = [one for one in tables if normalise_name(one[1].answer) == question]
    asked = [one for one in asked if (one[1].wave is None) == (shape.wave is None)]
    asked = [one for one in asked if one[1].across == shape.across]
    columns_differ = len(shape.cells) > 1 and shape.across in ("wave", "group")
    if columns_differ or shape.wave is not None:
        asked = asked[:1]
    waves = by_file = _waves(first, shape, [wave for _, _, wave in asked])
    if shared and len(asked) == len(tables):
        by_file = list(shared)
        waves = [wave for wave in USUAL if wave in {*shared, "pre", "post"}]
    files = [
        SurveyFile(
            path=table.file,
            sheet=table.sheet if several.count(table.file) > 1 else None,
            wave=by_file[at] if len(asked) > 1 else None,
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
    if shape.question is None and shape.across != "question":
        answers = list(
            dict.fromkeys(a for table, one, _ in asked for a in answers_of(table, one.answer))
        )
        return survey, [_measure(shape.answer, answers)]
    return survey, propose_count_measures(first, shape.plan())


def propose_count_measures(table: Table, counts: CountsPlan) -> list[MeasurePlan]:
    """Propose a measure for each question of a table of counts."""
    measures: list[MeasurePlan] = []
    for question, answers in _answers_by_question(in_words(table), counts).items():
        told = _measure(question, answers, first=not measures)
        taken = any(told.name == one.name for one in measures)
        name = f"{told.name}_{len(measures) + 1}" if taken else told.name
        measures.append(told.model_copy(update={"name": name}))
    return measures


def _answers_by_question(table: Table, shape: CountsPlan) -> dict[str, list[str]]:
    """Questions of a table, each with its answers in their order."""
    labels = {column.name: bare_header(column.label) for column in table.columns}
    headers = [labels[name] for name in shape.cells if name in labels]
    if not holds_questions(shape):
        return {shape.answer: answers_of(table, shape.answer)}
    if shape.across == "question":
        answers = answers_of(table, shape.answer)
        return {header: answers for header in headers}
    texts = column_texts(table, shape.question or "")
    questions = [str(one) for one in texts.dropna().unique() if not is_base(str(one))]
    if shape.across == "answer":
        return {question: headers for question in questions}
    given = column_texts(table, shape.answer)
    return {
        question: [
            str(one) for one in given[texts == question].dropna().unique() if not is_base(str(one))
        ]
        for question in questions
    }


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
    known = [name for name in USUAL if name in families]
    return known if len(known) == len(given) else given


def _measure(answer: str, answers: Sequence[str], *, first: bool = True) -> MeasurePlan:
    bounds = propose_range(answers)
    name = name_internally(answer, "answer", [answer])
    label = suggest_name("", [answer]) or None
    role: Literal["primary", "secondary"] = "primary" if first else "secondary"
    if bounds is None:
        return MeasurePlan(
            name=name, label=label, kind="category", items=[answer], order=list(answers), role=role
        )
    if bounds == (0.0, 1.0):
        return MeasurePlan(name=name, label=label, kind="binary", items=[answer], role=role)
    return MeasurePlan(name=name, label=label, items=[answer], range=bounds, role=role)
