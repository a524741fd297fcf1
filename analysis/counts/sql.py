"""The same tables in SQL: written for DuckDB, transpiled for Spark.

Only what means the same on both is used: whole numbers, comparisons, CASE, GROUP BY and one window.
No division, no float, no quantile, no regular expression, no date arithmetic, no list. A sum stays
below 64 bits because an answer stays below a million whole units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from analysis.counts.questionnaire import Item, Questionnaire, Scale
from analysis.counts.tables import ABSENT
from analysis.errors import StudyFileError

FUNCTIONS = frozenset({"count", "sum", "max", "coalesce", "case", "cast"})
"""What statements may call; a test reads every statement and holds it to this."""


def transpile(statement: str, dialect: str = "spark") -> str:
    """Give a statement in another dialect; the answer is kept, as writing it takes milliseconds."""
    return _transpile(statement, dialect)


@cache
def _transpile(statement: str, dialect: str) -> str:
    import sqlglot

    (told,) = sqlglot.transpile(statement, read="duckdb", write=dialect, unsupported_level=3)
    return str(told)


def name_of(column: str) -> str:
    """Quote a name as SQL; quotes inside it are doubled."""
    return '"' + column.replace('"', '""') + '"'


def text_of(value: str) -> str:
    """Quote a text as SQL.

    Raises
    ------
    StudyFileError
        ``study_file_value`` with a backslash: Spark reads it as an escape, DuckDB as itself.
        Texts are names of waves and answers that are numbers.
    """
    if "\\" in value or "\x00" in value:
        raise StudyFileError(
            "study_file_value", file="study.toml", where="survey.waves", problem=repr(value)
        )
    return "'" + value.replace("'", "''") + "'"


# From cells to whole answers.


def select_distinct(table: str, columns: Sequence[str]) -> str:
    """Distinct texts of columns, with how often each occurs: typed once, in Python."""
    parts = [
        f"select {place} as place, {_text(column)} as value, count(*) as n from {table} "
        f"where {_text(column)} is not null group by {_text(column)}"
        for place, column in enumerate(columns)
    ]
    return " union all ".join(parts)


def _text(column: str) -> str:
    return f"cast({name_of(column)} as varchar)"


def case_of(column: str, numbers: Mapping[str, int]) -> str:
    """Map the texts of a column to whole numbers; any other text to null."""
    if not numbers:
        return "cast(null as bigint)"
    whens = " ".join(f"when {text_of(text)} then {n}" for text, n in sorted(numbers.items()))
    return f"cast(case {_text(column)} {whens} end as bigint)"


def select_staged(
    table: str, waves: Mapping[str, int], answers: Sequence[tuple[str, Mapping[str, int]]]
) -> str:
    """Rows with whole answers from staged rows, whose duplicates were left out when staged.

    Parameters
    ----------
    answers
        Column of each item, and what its texts are.
    """
    typed = [f"{case_of(column, told)} as a{at}" for at, (column, told) in enumerate(answers)]
    fields = ["community", "person", f"{case_of('wave', waves)} as wave", "programme", *typed]
    return f"select {', '.join(fields)} from {table}"


# From whole answers to counts.


def select_waves(rows: str) -> str:
    """Count rows: :data:`analysis.counts.tables.WAVES`."""
    by = "community, wave, programme"
    return f"select {by}, count(*) as n from {rows} group by {by}"


def select_presence(rows: str, waves: int) -> str:
    """Count people by the waves in which they have a row."""
    power = " ".join(f"when {wave} then {2**wave}" for wave in range(waves))
    people = (
        f"select community, person, sum(case wave {power} end) as pattern "
        f"from {rows} group by community, person"
    )
    return (
        "select community, pattern, count(*) as n "
        f"from ({people}) as people group by community, pattern"
    )


def select_answers(rows: str, place: int, item: Item) -> str:
    """Count the answers to one item."""
    column = item.column
    return (
        f"select community, wave, {place} as item, {column} as answer, count(*) as n from {rows} "
        f"where programme = 1 and {column} is not null group by community, wave, {column}"
    )


def select_scores(rows: str, place: int, scale: Scale) -> str:
    """Count people by number answered and sum of one scale."""
    scored = f"select community, wave, {_scored(scale)} from {rows}"
    return (
        f"select community, wave, {place} as scale, answered, total, count(*) as n "
        f"from ({scored}) as scored group by community, wave, answered, total"
    )


def select_panel(rows: str, questionnaire: Questionnaire) -> str:
    """One row of each person who received the programme, with both parts of every score."""
    scored = ", ".join(
        f"{_answered(scale)} as n{at}, {_total(scale)} as t{at}"
        for at, scale in enumerate(questionnaire.linked_scales)
    )
    spread = ", ".join(
        f"coalesce(max(case when wave = {wave} then n{at} end), {ABSENT}) as n{at}_{wave}, "
        f"coalesce(max(case when wave = {wave} then t{at} end), 0) as t{at}_{wave}"
        for at in range(len(questionnaire.linked_scales))
        for wave in range(len(questionnaire.waves))
    )
    inner = f"select community, person, wave, {scored} from {rows} where programme = 1"
    return f"select community, person, {spread} from ({inner}) as scored group by community, person"


def select_pairs(panel: str, scale: int, waves: tuple[int, int]) -> str:
    """Count people by their scores of one measure in two waves."""
    first, second = waves
    by = f"n{scale}_{first}, t{scale}_{first}, n{scale}_{second}, t{scale}_{second}"
    return (
        f"select community, {scale} as scale, {first} as first_wave, {second} as second_wave, "
        f"n{scale}_{first} as first_answered, t{scale}_{first} as first_total, "
        f"n{scale}_{second} as second_answered, t{scale}_{second} as second_total, count(*) as n "
        f"from {panel} where n{scale}_{first} > {ABSENT} or n{scale}_{second} > {ABSENT} "
        f"group by community, {by}"
    )


def select_moments(rows: str, scale: Scale) -> str:
    """Sum the answers of one measure, and their products, over the people who answered all of it.

    An item that nobody of a community was asked in a wave is not missing there.
    """
    names = range(len(scale.items))
    given = ", ".join(f"{_oriented(item)} as o{at}" for at, item in enumerate(scale.items))
    asked = ", ".join(
        f"max(case when o{at} is null then 0 else 1 end) over (partition by community, wave) "
        f"as asked_{at}"
        for at in names
    )
    whole = " and ".join(f"(asked_{at} = 0 or o{at} is not null)" for at in names)
    sums = [f"max(asked_{at}) as asked_{at}" for at in names]
    sums += [_sum(f"o{at}", whole, f"sum_{at}") for at in names]
    sums += [
        _sum(f"o{one} * o{two}", whole, f"product_{one}_{two}")
        for one in names
        for two in names
        if one <= two
    ]
    values = ", ".join(f"o{at}" for at in names)
    oriented = f"select community, wave, {given} from {rows}"
    marked = f"select community, wave, {values}, {asked} from ({oriented}) as oriented"
    complete = f"coalesce(sum(case when {whole} then 1 end), 0) as n"
    return (
        f"select community, wave, {complete}, {', '.join(sums)} "
        f"from ({marked}) as marked group by community, wave"
    )


def _sum(value: str, condition: str, name: str) -> str:
    return f"coalesce(sum(case when {condition} then {value} end), 0) as {name}"


def _scored(scale: Scale) -> str:
    return f"{_answered(scale)} as answered, {_total(scale)} as total"


def _score_items(scale: Scale) -> tuple[Item, ...]:
    """Items of a score; of a category, whose codes are no quantities, the first."""
    return scale.items[:1] if scale.measure.kind == "category" else scale.items


def _answered(scale: Scale) -> str:
    items = _score_items(scale)
    return " + ".join(f"case when {one.column} is null then 0 else 1 end" for one in items) or "0"


def _total(scale: Scale) -> str:
    return " + ".join(f"coalesce({_oriented(one)}, 0)" for one in _score_items(scale)) or "0"


def _oriented(item: Item) -> str:
    return item.column if item.turned is None else f"({item.turned} - {item.column})"


def list_statements(rows: str, panel: str, asked: Questionnaire) -> Iterator[tuple[str, str]]:
    """Every statement that counts, with the table that it is a part of."""
    yield "waves", select_waves(rows)
    yield "presence", select_presence(rows, len(asked.waves))
    for place, item in enumerate(asked.items):
        yield "answers", select_answers(rows, place, item)
    for place, scale in enumerate(asked.scales):
        yield "scores", select_scores(rows, place, scale)
    for place in range(len(asked.linked_scales)):
        for pair in asked.wave_pairs:
            yield "pairs", select_pairs(panel, place, pair)
    for scale in asked.consistent:
        yield f"moments of {scale.measure.name}", select_moments(rows, scale)
