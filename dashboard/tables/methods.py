"""The reporting checklist as a table."""

from __future__ import annotations

import pandas as pd

from analysis.evaluation import Evaluation
from analysis.study_file import StudyPlan
from dashboard.sentences.methods import list_trend
from dashboard.text import Text


def list_checklist(evaluation: Evaluation, plan: StudyPlan, text: Text) -> pd.DataFrame:
    """One row per item: number, topic, what the data say or who must write it."""
    yours = text("yours to write")
    rows = [
        (number, topic, told or yours) for number, topic, told in list_trend(text, evaluation, plan)
    ]
    columns = [text("No."), text("Topic"), text("From the data")]
    return pd.DataFrame(rows, columns=columns)
