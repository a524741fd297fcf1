"""The reporting checklist as a table."""

from __future__ import annotations

import pandas as pd

from analysis.evaluation import Evaluation
from analysis.plan import StudyPlan
from dashboard.sentences.methods import list_trend
from dashboard.sentences.names import column_name, wave_name
from dashboard.text import Text


def list_checklist(evaluation: Evaluation, plan: StudyPlan, text: Text) -> pd.DataFrame:
    """One row per item: number and topic, what the data say or who must write it."""
    yours = text("yours to write")
    rows = [
        (f"{number} {topic}", told or yours)
        for number, topic, told in list_trend(text, evaluation, plan)
    ]
    return pd.DataFrame(rows, columns=[text("Topic"), text("From the data")])


def list_settings(plan: StudyPlan, text: Text) -> pd.DataFrame:
    """The settings the numbers depend on, with what was chosen in this study."""
    survey, none = plan.survey, text("none")
    duplicates = {
        "latest": text("the latest answer counts"),
        "first": text("the first answer counts"),
        "most_complete": text("the most complete answer counts"),
    }

    def named(column: str | None) -> str:
        return column_name(text, plan, column) if column else none

    rows = [
        (text("Seed of random numbers"), str(plan.study.seed)),
        (text("Smallest group shown"), text.number(plan.study.min_group, 0)),
    ]
    if survey is not None:
        rows += [
            (text("Waves"), ", ".join(wave_name(text, wave) for wave in survey.waves)),
            (text("Who answered twice"), duplicates[survey.duplicates]),
            (text("Answers read as missing"), ", ".join(survey.missing_codes) or none),
            (text("Column of the groups"), named(survey.group)),
            (text("Column of the clusters"), named(survey.cluster)),
            (text("Column of the weights"), named(survey.weight)),
        ]
    return pd.DataFrame(rows, columns=[text("Setting"), text("In this study")])
