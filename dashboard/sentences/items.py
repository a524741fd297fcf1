"""Sentences about single questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.disclosure.items import JOINED
from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import SUPPRESSED, Suppressed
from analysis.surveys.results import ItemAnswers
from dashboard.sentences.names import value_name
from dashboard.text import Text


def say_items(
    text: Text, measure: MeasurePlan, items: Sequence[ItemAnswers], labels: Mapping[str, str]
) -> str:
    """Say which question moved most; with a withheld mean among them nobody can tell which."""
    name = text.of(measure.label, measure.name)
    moved = {
        item: means[-1] - means[0]
        for item in measure.items
        if len(means := [o.mean for o in items if o.item == item and o.mean is not None]) > 1
        and SUPPRESSED not in (means[0], means[-1])  # what is withheld cannot be ranked
    }
    if not moved or any(isinstance(change, Suppressed) for change in moved.values()):
        return text("{measure}: how the questions were answered.", measure=name)
    most = max(moved, key=lambda item: abs(moved[item]))
    share = measure.kind in ("knowledge", "binary")
    change = moved[most] * 100 if share else moved[most]
    told = (
        text("{n} pp", n=text.signed(change, 0))
        if share
        else text("{n} points", n=text.signed(change))
    )
    return text(
        "{measure}: “{item}” moved most, by {change}.",
        measure=name,
        item=labels.get(most, most),
        change=told,
    )


def say_extremes(
    text: Text, measure: MeasurePlan, items: Sequence[ItemAnswers], labels: Mapping[str, str]
) -> str:
    """Say which question of one wave has the highest and which the lowest mean; "" below two.

    Reversed items are left out: their answers run the other way; withheld means cannot be ranked.
    """
    means = {
        one.item: one.mean
        for one in items
        if one.mean is not None and not isinstance(one.mean, Suppressed) and not one.reversed
    }
    if len(means) < 2:
        return ""
    top, bottom = max(means, key=lambda i: means[i]), min(means, key=lambda i: means[i])
    share = measure.kind in ("knowledge", "binary")

    def value(item: str) -> str:
        return text.percent(means[item]) if share else text.number(means[item], 2)

    return text(
        "Highest: “{top}” ({high}). Lowest: “{bottom}” ({low}).",
        top=labels.get(top, top),
        bottom=labels.get(bottom, bottom),
        high=value(top),
        low=value(bottom),
    )


def name_answers(text: Text, plan: StudyPlan, items: Sequence[ItemAnswers]) -> list[ItemAnswers]:
    """The same items with their answers in the reader's words, where the study file has them."""
    found = []
    for one in items:
        named = {_name_answer(text, plan, answer): n for answer, n in one.counts.items()}
        alike = len(named) < len(one.counts)  # two answers of one name stay two answers
        found.append(one if alike else replace(one, counts=named))
    return found


def _name_answer(text: Text, plan: StudyPlan, answer: str) -> str:
    """Name an answer, or the first and the last of answers that were joined."""
    return JOINED.join(value_name(text, plan, part) for part in answer.split(JOINED))


def say_item_counts(text: Text, items: Sequence[ItemAnswers]) -> str:
    """Say how many answers there are, and how many are missing."""
    answered = sum(one.n for one in items)
    missing = sum(one.n_missing for one in items)
    return text(
        "{n} answers to {k} questions; {missing} missing.",
        n=text.number(answered, 0),
        k=text.number(len({one.item for one in items}), 0),
        missing=text.number(missing, 0),
    )


def title_answers(text: Text, waves: int) -> str:
    """Title the picture of all answers: answers of one wave did not move."""
    return text("How the answers moved") if waves > 1 else text("How the questions were answered")


def describe_answers(text: Text, waves: int) -> str:
    """Describe the picture of all answers to those who do not see it."""
    if waves > 1:
        return text("Stacked bars of answers to each question, before above after.")
    return text("Stacked bars of the answers to each question.")


def label_items(text: Text, measure: MeasurePlan) -> dict[str, str]:
    """Item → question in the reader's language; the column's name when there is no text."""
    return {item: text.of(measure.texts.get(item), item) for item in measure.items}
