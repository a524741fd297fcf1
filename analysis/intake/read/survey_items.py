"""Answers of each measure: text → numbers in the declared range, oddities listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.intake.values.answer_ladders import normalise_answer, strip_letter
from analysis.intake.values.answers import AnswerRule, propose_answer_rule, read_number
from analysis.intake.values.column_lookup import normalise_name
from analysis.intake.values.known_words import NOT_GIVEN
from analysis.intake.values.parse_numbers import read_numbers
from analysis.issues import Issue
from analysis.plan import MeasurePlan

_LISTED = 1_000
#: What is said where answers are none that the study file declares, by kind of measure.
_UNLIKE = {"category": "answers_outside_order", "knowledge": "never_correct"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureAnswers:
    """Answers of one measure: numbers, texts, labels of the numbers, and issues."""

    numbers: pd.DataFrame
    texts: pd.DataFrame
    labels: Mapping[float, str]
    rule: AnswerRule
    issues: tuple[Issue, ...] = ()


def read_measure(
    measure: MeasurePlan,
    texts: pd.DataFrame,
    keys: pd.DataFrame,
    choices: Mapping[str, str] | None = None,
) -> MeasureAnswers:
    """Read the answers of one measure.

    Parameters
    ----------
    measure
        Its plan.
    texts
        Answers as given, one column per item.
    keys
        ``file``, ``sheet`` and ``row`` of each answer, same index.
    choices
        Code → wording of the items' answers, where a dictionary tells.
    """
    numbers, rule = _READERS[measure.kind](measure, texts, choices or {})
    issues: list[Issue] = []
    for item in texts.columns:
        odd = texts[item].notna() & numbers[item].isna()
        blank = [t for t in texts.loc[odd, item].unique() if normalise_name(str(t)) in NOT_GIVEN]
        odd &= ~texts[item].isin(blank)
        issues += _listed("unmatched_answers", item, texts[item], odd, keys, measure)
        outside = _outside(measure, numbers[item])
        issues += _listed("out_of_range", item, texts[item], outside, keys, measure)
        numbers[item] = numbers[item].mask(outside)
        unlike = _unlike_declared(measure, texts[item], numbers[item])
        issues += _listed(_UNLIKE.get(measure.kind, ""), item, texts[item], unlike, keys, measure)
    return MeasureAnswers(
        numbers=numbers, texts=texts, labels=rule.labels, rule=rule, issues=tuple(issues)
    )


def _scale(
    measure: MeasurePlan, texts: pd.DataFrame, choices: Mapping[str, str]
) -> tuple[pd.DataFrame, AnswerRule]:
    rule = propose_answer_rule(
        _all_values(texts), measure.range, measure.answers, order=measure.order, labels=choices
    )
    return _apply(rule, texts), rule


def _binary(
    measure: MeasurePlan, texts: pd.DataFrame, choices: Mapping[str, str]
) -> tuple[pd.DataFrame, AnswerRule]:
    rule = propose_answer_rule(
        _all_values(texts), (0.0, 1.0), measure.answers, order=measure.order, labels=choices
    )
    return _apply(rule, texts), rule


def _number(
    measure: MeasurePlan, texts: pd.DataFrame, choices: Mapping[str, str]
) -> tuple[pd.DataFrame, AnswerRule]:
    declared = propose_answer_rule(
        _all_values(texts), measure.range, measure.answers, labels=choices
    )
    columns = {}
    for item in texts.columns:
        read = read_numbers(texts[item]).values
        columns[item] = read.fillna(declared.apply(texts[item]))
        chosen = texts[item].isin([t for t, s in declared.sources.items() if s == "declared"])
        columns[item] = columns[item].mask(chosen, declared.apply(texts[item]))
    return pd.DataFrame(columns, index=texts.index, columns=texts.columns), declared


def _knowledge(
    measure: MeasurePlan, texts: pd.DataFrame, choices: Mapping[str, str]
) -> tuple[pd.DataFrame, AnswerRule]:
    columns = {
        item: texts[item].map(_marks(texts[item], measure.correct[item], choices)).astype(float)
        for item in texts.columns
    }
    marked = pd.DataFrame(columns, index=texts.index, columns=texts.columns)
    return marked, AnswerRule(numbers={}, sources={})


def _marks(texts: pd.Series, correct: str, choices: Mapping[str, str]) -> dict[str, float]:
    """Mark each answer: equal after folding, with or without an option letter, or by letter."""
    right = _spellings(correct)
    return {
        text: float(bool((_spellings(text) | _spellings(choices.get(text, text))) & right))
        for text in (str(value) for value in texts.dropna().unique())
    }


def _spellings(text: str) -> set[str]:
    folded = normalise_answer(text)
    bare = strip_letter(folded)
    letter = {folded[0]} if bare != folded else set()
    number = read_number(text) if folded[:1].isdigit() else None
    plain = {str(number)} if number is not None and normalise_answer(text).isdigit() else set()
    return {folded, bare} | letter | plain


def _category(
    measure: MeasurePlan, texts: pd.DataFrame, choices: Mapping[str, str]
) -> tuple[pd.DataFrame, AnswerRule]:
    values = _all_values(texts)
    known = list(measure.order) or sorted(measure.answers, key=lambda text: measure.answers[text])
    known = known or [code for code in choices if code in values]
    folded = {normalise_answer(text) for text in known}
    extra = sorted({text for text in values if normalise_answer(text) not in folded}, key=_by_value)
    order = [*known, *extra]
    rule = propose_answer_rule(values, None, measure.answers or _ranks(order))
    labels = {float(at): text for at, text in enumerate(order)}
    labels = {measure.answers.get(text, at): choices.get(text, text) for at, text in labels.items()}
    return _apply(rule, texts), AnswerRule(
        numbers=rule.numbers, sources=rule.sources, unmatched=rule.unmatched, labels=labels
    )


def _ranks(order: Sequence[str]) -> dict[str, float]:
    return {text: float(at) for at, text in reversed(list(enumerate(order)))}


def _by_value(text: str) -> tuple[bool, float, str]:
    number = read_number(text)
    return number is None, number or 0.0, text


_READERS = {
    "scale": _scale,
    "binary": _binary,
    "number": _number,
    "knowledge": _knowledge,
    "category": _category,
}


def _all_values(texts: pd.DataFrame) -> list[str]:
    """Return each distinct answer once, most frequent first."""
    counts: Counter[str] = Counter()
    for item in texts.columns:
        counts.update({str(text): int(n) for text, n in texts[item].value_counts().items()})
    return [text for text, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def _apply(rule: AnswerRule, texts: pd.DataFrame) -> pd.DataFrame:
    columns = {item: rule.apply(texts[item]) for item in texts.columns}
    return pd.DataFrame(columns, index=texts.index, columns=texts.columns)


def _outside(measure: MeasurePlan, numbers: pd.Series) -> pd.Series:
    bounds = {"binary": (0.0, 1.0), "knowledge": (0.0, 1.0)}.get(measure.kind, measure.range)
    if bounds is None or measure.kind == "category":
        return pd.Series(False, index=numbers.index)
    return (numbers < bounds[0]) | (numbers > bounds[1])


def _unlike_declared(measure: MeasurePlan, texts: pd.Series, numbers: pd.Series) -> pd.Series:
    """Answers beside the declared order; all answers where nobody gave the declared right one."""
    given = texts.notna() & numbers.notna()
    if measure.kind == "knowledge":
        return given & (float(numbers.max()) == 0.0) if given.any() else given
    if measure.kind == "category" and measure.order:
        named = {normalise_answer(text) for text in measure.order}
        return given & ~texts.map(lambda text: normalise_answer(str(text)) in named)
    return given & False


def _listed(
    code: str,
    item: str,
    texts: pd.Series,
    odd: pd.Series,
    keys: pd.DataFrame,
    measure: MeasurePlan,
) -> list[Issue]:
    """Return one issue per file and sheet with the rows and texts concerned."""
    if not odd.any():
        return []
    issues = []
    where = keys.loc[odd]
    for (file, sheet), part in where.groupby(["file", "sheet"], sort=True):
        told = texts.loc[part.index].value_counts()
        details = {
            "measure": measure.name,
            "label": measure.label,
            "n": len(part),
            "values": [str(value) for value in told.index[:20]],
            "range": list(measure.range) if measure.range else None,
        }
        rows = tuple(sorted(int(row) for row in part["row"]))[:_LISTED]
        issues.append(
            Issue(
                code=code,
                severity="warning",
                file=str(file),
                sheet=str(sheet),
                column=item,
                rows=rows,
                details=details,
            )
        )
    return issues
