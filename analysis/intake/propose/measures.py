"""Items that belong together are proposed as one measure: range, direction, reversed items."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
import pandas as pd

from analysis.intake.model import Column, Table
from analysis.intake.propose.column_roles import ColumnProfile, propose_roles
from analysis.intake.propose.open_scales import stated_range
from analysis.intake.propose.score_names import name_internally, suggest_name, tell_apart
from analysis.intake.tables.choices import is_exclusive, propose_choices
from analysis.intake.values.answers import propose_answer_rule
from analysis.intake.values.column_lookup import column_texts, find_column
from analysis.intake.values.scales import code_letters, family_of
from analysis.plan import MeasurePlan

_MAX_OPTIONS = 12
_NEGATIVE = re.compile(
    r"\b(?:not|never|waste|wasted|no point|useless|difficult|unable|afraid|hard|nothing)\b"
    r"|不值|没用|没有用|白费|不可能|无法|不会|很难|不想|没必要|无用",
    re.IGNORECASE,
)
_WORSE = re.compile(
    r"error|mistake|worr|fear|stress|loss|fail|depress|错误|担心|压力|焦虑|损失", re.I
)


def propose_measures(
    table: Table, profiles: Sequence[ColumnProfile] | None = None
) -> tuple[MeasurePlan, ...]:
    """Propose measures from the item columns of a table, items named by their columns.

    Items are put together when they stand side by side with one stem, or one range and one
    prefix of their code, in one instrument; a lone yes/no question becomes a binary measure. So
    does every option of a check-all question, in split columns or joined in one cell: descriptive,
    no outcome unless a person chooses it. "None of these" is no measure.
    """
    roles = {one.name: one for one in profiles or propose_roles(table)}
    items = [column for column in table.columns if roles[column.name].role == "item"]
    groups = [
        list(group)
        for _, group in groupby(items, key=lambda c: (*family_of(c), c.form, roles[c.name].type))
    ]
    measures: list[MeasurePlan] = []
    for group in groups:
        wordings = [group[0].stem, *(column.label for column in group)]
        bounds = _joint_range([roles[column.name].range for column in group], wordings)
        binary = roles[group[0].name].type == "binary"
        for part in [[one] for one in group] if binary else [group]:
            kind = "answer" if binary else "scale"
            name = _name(part, [measure.name for measure in measures], kind)
            measures.append(_measure(table, name, part, bounds, binary))
    measures = _tell_names_apart(table, measures)
    measures += _choice_measures(table, roles, [measure.name for measure in measures])
    first = next((m.name for m in measures if m.kind == "scale"), None)
    return tuple(
        m.model_copy(update={"role": "primary"}) if m.name == first else m for m in measures
    )


def _tell_names_apart(table: Table, measures: Sequence[MeasurePlan]) -> list[MeasurePlan]:
    """Give the measures of a table names of their own, or none where only a person can."""
    forms = {column.name: column.form for column in table.columns}
    names = tell_apart(
        [measure.label if isinstance(measure.label, str) else "" for measure in measures],
        [forms[measure.items[0]] for measure in measures],
        [len(measure.items) for measure in measures],
    )
    return [
        measure.model_copy(update={"label": name or None})
        for measure, name in zip(measures, names, strict=True)
    ]


def propose_number_measures(
    table: Table, profiles: Sequence[ColumnProfile]
) -> tuple[MeasurePlan, ...]:
    """Propose one measure per column of numbers: for people measured before and after."""
    numbers = {one.name for one in profiles if one.role == "number"}
    measures: list[MeasurePlan] = []
    for column in table.columns:
        if column.name in numbers:
            measures.append(
                MeasurePlan(
                    name=_name([column], [measure.name for measure in measures], "number"),
                    label=suggest_name(column.stem, [column.label], numbers) or None,
                    kind="number",
                    items=[column.name],
                    better="lower" if _WORSE.search(column.label) else "higher",
                    role="secondary" if measures else "primary",
                )
            )
    return tuple(measures)


def with_later_options(
    measures: Sequence[MeasurePlan], waves: Sequence[tuple[Table, Mapping[str, str]]]
) -> list[MeasurePlan]:
    """Add the options of joined check-all questions that only a later wave's answers hold.

    Parameters
    ----------
    measures
        As proposed from the first wave's table.
    waves
        Every wave's table, with its columns that go by another name in the plan.
    """
    told = list(measures)
    labels = {column.name: column.label for column in waves[0][0].columns} if waves else {}
    for question in dict.fromkeys(_joined_question(measure, labels) for measure in measures):
        for table, rename in waves[1:] if question else ():
            name = find_column(table, question, rename)
            choices = propose_choices(table, name) if name is not None else None
            items = {item for measure in told for item in measure.items}
            new = {f"{question}/{one}": one for one in (choices.options if choices else ())}
            new = {item: option for item, option in new.items() if item not in items}
            told += _options(labels[question], new, [measure.name for measure in told])
    return told


def _joined_question(measure: MeasurePlan, labels: Mapping[str, str]) -> str:
    """Return the column whose joined answers hold a measure's option; "" for other measures."""
    item = measure.items[0]
    question = item.rpartition("/")[0]
    while question and question not in labels:
        question = question.rpartition("/")[0]
    return question if item not in labels else ""


def _choice_measures(
    table: Table, roles: Mapping[str, ColumnProfile], taken: Sequence[str]
) -> list[MeasurePlan]:
    """One binary measure per option of each check-all question."""
    measures: list[MeasurePlan] = []
    for question, options in _check_all(table, roles).items():
        if len(options) <= _MAX_OPTIONS:
            names = [*taken, *(measure.name for measure in measures)]
            measures += _options(question, options, names)
    return measures


def _options(question: str, options: Mapping[str, str], taken: Sequence[str]) -> list[MeasurePlan]:
    measures: list[MeasurePlan] = []
    for item, option in options.items():
        if is_exclusive(option):
            continue
        told = f"{question} {option}" if option.isdigit() else option
        named = name_internally(told, "option", [question, option])
        measures.append(
            MeasurePlan(
                name=_free_name(named, [*taken, *(measure.name for measure in measures)]),
                label=f"{question}: {option}",
                kind="binary",
                items=[item],
                role="descriptive",
            )
        )
    return measures


def _check_all(table: Table, roles: Mapping[str, ColumnProfile]) -> dict[str, dict[str, str]]:
    """Return question → {item: option} of split columns, and of joined cells without them."""
    labels = {column.name: column.label for column in table.columns}
    found: dict[str, dict[str, str]] = {}
    for column in table.columns:
        if column.option and roles[column.name].role == "multiple_choice":
            question = labels.get(column.stem, column.stem)
            found.setdefault(question, {})[column.name] = column.label
    for column in table.columns:
        alone = not column.option and column.label not in found and column.name not in found
        if alone and roles[column.name].role == "multiple_choice":
            told = propose_choices(table, column.name)
            words = table.choices.get(column.name, {})
            for option in told.options if told else ():
                word = words.get(option, option)
                found.setdefault(column.label, {})[f"{column.name}/{option}"] = word
    return found


def propose_reversed(numbers: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    """Propose which items run against the others.

    The signs of the first principal axis of the items' correlations part them in two; the side
    with more negative wording, else the smaller side, is reversed.
    """
    if numbers.shape[1] < 3 or len(numbers.dropna()) < 10:
        worded = [bool(_NEGATIVE.search(label)) for label in labels]
        told = [name for name, bad in zip(numbers.columns, worded, strict=True) if bad]
        return told if len(told) < numbers.shape[1] else []
    correlations = numbers.corr().to_numpy()
    if not np.isfinite(correlations).all():
        return []
    axis = np.linalg.eigh(correlations)[1][:, -1]
    places = range(len(axis))
    sides = [[n for n in places if axis[n] >= 0.1], [n for n in places if axis[n] <= -0.1]]
    if not all(len(side) for side in sides):
        return []
    negative = [
        sum(bool(_NEGATIVE.search(labels[at])) for at in side) / len(side) for side in sides
    ]
    if negative[0] != negative[1]:
        chosen = sides[int(negative[1] > negative[0])]
    else:
        chosen = min(sides, key=len)
    return [str(numbers.columns[at]) for at in chosen]


def _joint_range(
    ranges: Sequence[tuple[float, float] | None], wordings: Sequence[str]
) -> tuple[float, float]:
    """Return the range the wording states where it holds the answers, else that of the answers."""
    known = [one for one in ranges if one is not None]
    stated = stated_range(wordings)
    if stated and all(stated[0] <= low and high <= stated[1] for low, high in known):
        return stated
    return min(one[0] for one in known), max(one[1] for one in known)


def _name(group: Sequence[Column], taken: Sequence[str], kind: str) -> str:
    told = group[0].stem or code_letters(group[0].name) or group[0].name
    wordings = [f"{column.stem}|{column.label}" for column in group]
    return _free_name(name_internally(told, kind, wordings), taken)


def _free_name(base: str, taken: Sequence[str]) -> str:
    tried = [base, *(f"{base}_{number}" for number in range(2, 500))]
    return next(name for name in tried if name not in taken)


def _measure(
    table: Table, name: str, group: Sequence[Column], bounds: tuple[float, float], binary: bool
) -> MeasurePlan:
    names = [column.name for column in group]
    labels = [column.label for column in group]
    texts = {name: column_texts(table, name) for name in names}
    values = [str(v) for one in texts.values() for v in one.dropna()]
    rule = propose_answer_rule(values, bounds)
    numbers = pd.DataFrame({column: rule.apply(one) for column, one in texts.items()})
    texts_told = {c.name: c.label for c in group if c.label != c.name}
    worse = any(_WORSE.search(told) for told in (*labels, group[0].stem))
    return MeasurePlan(
        name=name,
        label=suggest_name(group[0].stem, labels, names) or None,
        texts=dict(texts_told),
        kind="binary" if binary else "scale",
        items=names,
        reversed=[] if binary else propose_reversed(numbers, labels),
        range=None if binary else bounds,
        better="lower" if worse and not binary else "higher",
        # Four fifths of three or four questions would let none stay open.
        min_answered=float(len(names) - 1) if len(names) in (3, 4) and not binary else 0.8,
    )
