"""Tables of counts that hold several questions: in rows, in columns, or as a matrix of answers.

Nobody knows which answers to two questions came from one person. The questions stand side by side,
so that the number of respondents is right, but no score may join them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis.intake.model import Column, Table
from analysis.intake.values.column_lookup import column_texts, require_column
from analysis.plan import CountsPlan, SurveyFile

_ANSWER, _NUMBER = "answer", "n"
"""Columns of a matrix once its cells stand below each other."""


def holds_questions(plan: CountsPlan) -> bool:
    """Whether a table of counts holds several questions."""
    return plan.question is not None or plan.across in ("question", "answer")


def split_questions(
    table: Table, source: SurveyFile, plan: CountsPlan, headers: Mapping[str, str]
) -> dict[str, tuple[SurveyFile, Table]]:
    """Return question → a table of its answers alone, and the entry that reads it.

    Parameters
    ----------
    table
        As recognised.
    source, plan
        The study file's entry, and how it reads the table as counts.
    headers
        Column of counts → the question or answer its header names.
    """
    if plan.across == "question":
        others = [c.name for c in table.columns if c.name not in plan.cells]
        return {
            headers[name]: _part(table, source, plan, headers[name], [*others, name], [name])
            for name in plan.cells
        }
    if plan.across == "answer":
        table, plan = _below(table, source, plan, headers)
    asked = require_column(
        table, plan.question or "", source.rename, key="survey.files.counts.question"
    )
    texts = column_texts(table, asked)
    kept = [column.name for column in table.columns if column.name != asked]
    return {
        str(question): _part(
            _rows(table, texts == question), source, plan, str(question), kept, plan.cells
        )
        for question in texts.dropna().unique()
    }


def _part(
    table: Table,
    source: SurveyFile,
    plan: CountsPlan,
    question: str,
    kept: Sequence[str],
    cells: Sequence[str],
) -> tuple[SurveyFile, Table]:
    """One question's table: its column of answers gets the question's name."""
    answer = require_column(table, plan.answer, source.rename, key="survey.files.counts.answer")
    named = {answer: question}
    if plan.across == "question":  # every question has as many people, and is asked about once
        named[cells[0]], cells = _NUMBER, [_NUMBER]
    columns = tuple(
        replace(one, name=named[one.name], label=named[one.name]) if one.name in named else one
        for one in table.columns
        if one.name in kept
    )
    frame = table.cells[[one for one in table.cells.columns if one in kept]]
    across = plan.across if plan.across == "group" else "wave"
    alone = plan.model_copy(
        update={"question": None, "answer": question, "cells": list(cells), "across": across}
    )
    return (
        source.model_copy(update={"counts": alone, "rename": {}}),
        replace(table, columns=columns, cells=frame.rename(columns=named), issues=()),
    )


def _rows(table: Table, wanted: pd.Series) -> Table:
    at = [n for n, here in enumerate(wanted) if here]
    return replace(
        table,
        cells=table.cells.iloc[at].reset_index(drop=True),
        row_numbers=tuple(table.row_numbers[n] for n in at),
    )


def _below(
    table: Table, source: SurveyFile, plan: CountsPlan, headers: Mapping[str, str]
) -> tuple[Table, CountsPlan]:
    """Put the cells of a matrix below each other: a row for each question and answer."""
    key = "survey.files.counts.cells"
    cells = [require_column(table, name, source.rename, key=key) for name in plan.cells]
    facts = [column for column in table.columns if column.name not in cells]
    names = [column.name for column in facts]
    parts = []
    for given, name in zip(plan.cells, cells, strict=True):
        part = table.cells[names].copy()
        part[_ANSWER], part[_NUMBER] = headers[given], table.cells[name]
        parts.append(part.assign(_row=table.row_numbers))
    # Each question's answers in the order of the columns.
    long = pd.concat(parts).sort_values("_row", kind="stable").reset_index(drop=True)
    rows = tuple(int(row) for row in long.pop("_row"))
    added = (Column(name=name, label=name, position=len(facts)) for name in (_ANSWER, _NUMBER))
    told = replace(table, columns=(*facts, *added), cells=long, row_numbers=rows, issues=())
    return told, plan.model_copy(update={"answer": _ANSWER, "cells": [_NUMBER], "across": "wave"})


def lay_side_by_side(tables: Sequence[Table], questions: Sequence[str]) -> Table:
    """Join the rows of several questions of one wave and group, one beside the other.

    The first row of each meets, then the second, within the same facts (sex, age group). Who of
    them gave which answers together is not known.
    """
    facts = [one for one in tables[0].columns if one.name not in questions]
    names = [column.name for column in facts]
    joined: pd.DataFrame | None = None
    for table, question in zip(tables, questions, strict=True):
        keys = table.cells[names].astype(object).where(table.cells[names].notna(), "")
        place = keys.groupby(names).cumcount() if names else pd.Series(range(len(keys)))
        part = keys.assign(_place=place.to_numpy(), _row=table.row_numbers)
        part[question] = table.cells[question].to_numpy()
        if joined is None:
            joined = part
            continue
        joined = joined.merge(part, on=[*names, "_place"], how="outer", suffixes=("", "_other"))
        joined["_row"] = joined["_row"].fillna(joined.pop("_row_other"))
    if joined is None:
        raise ValueError("no question")
    rows = tuple(int(row) for row in joined["_row"])
    cells = joined[[*names, *questions]].astype(object)
    cells = cells.where(cells.notna() & (cells != ""), None).reset_index(drop=True)
    asked = [
        next(c for c in one.columns if c.name == q)
        for one, q in zip(tables, questions, strict=True)
    ]
    return replace(tables[0], columns=(*facts, *asked), cells=cells, row_numbers=rows)
