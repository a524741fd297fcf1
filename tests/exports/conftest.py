"""The sample evaluated once; the same study with hostile words; a tiny one with small groups."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from analysis import evaluate, read_study
from analysis.evaluation import Evaluation
from analysis.study import Study

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "<script>alert(1)</script><b>x</b>",
    "![x](http://evil.example/x.png) **bold** $x^2$ #set page(width: 1cm)",
    "a\x00b\x07c\u202ed\u200be",
    "＝1+1",
    "-2+3",
    "\t=1+1",
)


@dataclass(frozen=True, slots=True)
class Evaluated:
    study: Study
    evaluation: Evaluation


@pytest.fixture(scope="session")
def sample() -> Evaluated:
    study = read_study(ROOT / "data" / "sample" / "study.toml")
    return Evaluated(study, evaluate(study))


def _swap(table: pd.DataFrame | None, columns: Mapping[str, int]) -> pd.DataFrame | None:
    """Put hostile words into text columns, one for each value there is."""
    if table is None:
        return None
    table = table.copy()
    for column, first in columns.items():
        values = table[column].dropna().unique()
        words = {v: f"{HOSTILE[(first + i) % len(HOSTILE)]} {i}" for i, v in enumerate(values)}
        table[column] = table[column].map(words)
    return table


@pytest.fixture(scope="session")
def hostile(sample: Evaluated) -> Evaluated:
    study = sample.study
    plan = study.plan.model_copy(
        update={
            "study": study.plan.study.model_copy(update={"title": HOSTILE[0]}),
            "measures": [
                measure.model_copy(update={"label": HOSTILE[i % len(HOSTILE)]})
                for i, measure in enumerate(study.plan.measures)
            ],
            "targets": [
                target.model_copy(update={"label": HOSTILE[(i + 3) % len(HOSTILE)]})
                for i, target in enumerate(study.plan.targets)
            ],
        }
    )
    poisoned = replace(
        study,
        plan=plan,
        attendance=_swap(study.attendance, {"session": 0, "kind": 2}),
        volunteers=_swap(study.volunteers, {"role": 1, "reason": 5}),
        funding=_swap(study.funding, {"source": 0}),
        consultation=_swap(study.consultation, {"issue": 0, "raised_by": 4}),
        capacity=_swap(study.capacity, {"domain": 2}),
    )
    return Evaluated(poisoned, evaluate(poisoned))
