"""Table of answers: each item, wave and answer with its count and share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.surveys.results import ItemAnswers
from dashboard.sentences.few import mark_cell, mark_few
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text


def list_answers(
    items: Sequence[ItemAnswers], labels: Mapping[str, str], text: Text, least: int
) -> pd.DataFrame:
    """One row per item and wave: n, missing, mean, and each answer's share; few people marked."""
    rows = []
    for one in items:
        shares = {
            answer: mark_cell(text, text.percent(count / one.n), count, least) if one.n else "–"
            for answer, count in one.counts.items()
        }
        head = {
            text("Question"): labels.get(one.item, one.item),
            text("Wave"): say_wave(text, one.wave),
            text("n"): one.n,
            text("Missing"): one.n_missing,
            text("Mean"): text.number(one.mean),
        }
        rows.append(head | shares)
    return pd.DataFrame(rows)


def list_group_answers(
    groups: Mapping[str, Sequence[ItemAnswers]], labels: Mapping[str, str], text: Text, least: int
) -> pd.DataFrame:
    """One row per item and group, a question's groups below each other; few people marked."""
    tables = []
    for name, items in groups.items():
        table = list_answers(items, labels, text, least).drop(columns=text("Wave"))
        marked = [mark_few(text, name, one.n, least) for one in items]
        table.insert(1, text("Group"), marked)
        tables.append(table)
    # Sorting by the place of the item keeps each question's groups together, in their order.
    return pd.concat(tables).sort_index(kind="stable").fillna("–").reset_index(drop=True)
