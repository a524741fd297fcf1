"""Tables of activities and money of any content: listed, evaluated, said and exported."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from analysis import evaluate
from dashboard.exports.brief import write_brief
from dashboard.exports.document import write_document
from dashboard.exports.results_file import write_results
from dashboard.exports.slides import write_slides
from dashboard.exports.web_page import write_web_page
from dashboard.exports.workbook import write_workbook
from dashboard.sentences import say_finding, say_issue
from dashboard.sentences.cautions import say_cautions
from dashboard.text import Text
from tests.activities import read_tables
from tests.golden.results import SEEDS, find_differences

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "results-schema.json"
TEXTS = [Text("en"), Text("zh-Hans")]
Cell = Callable[[np.random.Generator], object]


def day(missing: float = 0.1) -> Cell:
    """A day of two and a half years; some missing, a few unreadable."""

    def draw(rng: np.random.Generator) -> str:
        chance = rng.random()
        if chance < missing:
            return ""
        if chance < missing + 0.03:
            return str(rng.choice(["someday", "2025-13-40", "31/02/2025", "0"]))
        return str(date(2024, 1, 1) + timedelta(int(rng.integers(0, 900))))

    return draw


def number(low: float, high: float) -> Cell:
    return lambda rng: "" if rng.random() < 0.1 else f"{rng.uniform(low, high):.1f}"


def one_of(*values: str) -> Cell:
    return lambda rng: str(rng.choice(values))


def code(letter: str, most: int) -> Cell:
    return lambda rng: f"{letter}{rng.integers(0, most)}"


YES = one_of("1", "0", "yes", "no", "", "√")
LEVELS = one_of("inform", "involve", "")
#: Section → columns that must be there; every column with its cells; settings beside them.
SECTIONS: dict[str, tuple[tuple[str, ...], dict[str, Cell], dict[str, object]]] = {
    "attendance": (
        ("person", "session"),
        {
            "person": code("P", 12),
            "session": code("S", 6),
            "date": day(),
            "kind": LEVELS,
            "level": LEVELS,
            "attended": YES,
            "household": code("H", 4),
            "sex": one_of("f", "m", ""),
        },
        {"eligible": 30, "disaggregate": ["sex"], "population": {"sex": {"f": 10, "m": 12}}},
    ),
    "delivery": (
        ("session", "planned", "held"),
        {
            "session": code("S", 99),
            "planned": day(),
            "held": day(0.3),
            "phase": LEVELS,
            "content_planned": number(0, 6),
            "content_delivered": number(0, 6),
            "staff_hours": number(0, 9),
            "volunteer_hours": number(0, 9),
        },
        {},
    ),
    "volunteers": (
        ("volunteer", "joined"),
        {
            "volunteer": code("V", 40),
            "joined": day(0.05),
            "left": day(0.6),
            "reason": one_of("moved", "work", ""),
            "role": one_of("lead", "core", ""),
            "trained": day(0.5),
            "successor": one_of("V1", ""),
        },
        {},
    ),
    "service": (
        ("volunteer", "date"),
        {
            "volunteer": code("V", 40),
            "date": day(0.03),
            "hours": number(0, 8),
            "activity": one_of("patrol", ""),
            "signed_up": YES,
            "attended": YES,
        },
        {},
    ),
    "funding": (
        ("date", "amount"),
        {
            "date": day(0.02),
            "amount": number(-5000, 9000),
            "source": one_of("Gov", "Fund", "合计", ""),
            "kind": one_of("grant", "gift", ""),
            "restricted": YES,
            "recurring": YES,
            "ends": day(0.6),
        },
        {"balance": 9000.0},
    ),
    "capacity": (
        ("rater", "domain", "score"),
        {
            "rater": code("R", 5),
            "domain": one_of("money", "team", ""),
            "score": number(1, 7),
            "wave": one_of("pre", "post"),
            "group": one_of("org", "staff"),
        },
        {"range": [1, 7], "target": 5},
    ),
    "strengths": (
        ("strength", "kind", "wave"),
        {
            "strength": code("T", 9),
            "kind": one_of("people", "places", ""),
            "wave": one_of("pre", "post"),
        },
        {},
    ),
    "consultation": (
        ("issue", "raised", "agreed"),
        {
            "issue": code("I", 60),
            "meeting": one_of("M1", "M2", ""),
            "raised_by": one_of("owners"),
            "parties": one_of("owners;office", "office", ""),
            "stage": one_of("raise", "decide", ""),
            "raised": day(),
            "agreed": day(0.3),
            "due": day(0.3),
            "done": day(0.5),
            "told_back": day(0.6),
            "declined": one_of("", "", "no money"),
            "promised_level": LEVELS,
            "delivered_level": LEVELS,
        },
        {},
    ),
}


def draw_tables(seed: int):
    """Any of the sections, of 1 to 60 rows and any of their columns, with their settings."""
    rng, tables = np.random.default_rng(seed), {}
    for name, (needed, columns, settings) in SECTIONS.items():
        if rng.random() < 0.35:
            continue
        n = int(rng.choice([1, 2, 5, 20, 60]))
        rows = [",".join(str(cell(rng)) for cell in columns.values()) for _ in range(n)]
        told = {c: c for c in columns if c in needed or (rng.random() < 0.6 and c != "sex")}
        told |= settings if rng.random() < 0.5 else {"range": [1, 7]} if name == "capacity" else {}
        tables[name] = ("\n".join([",".join(columns), *rows]) + "\n", told)
    return {"study": {"min_group": int(rng.choice([1, 5]))}, **tables}


def draw_study(seed: int):
    """A study of the tables drawn."""
    return read_tables(**draw_tables(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_any_activity_is_listed_evaluated_and_said(seed):
    study = draw_study(seed)
    evaluation = evaluate(study)
    told = json.loads(write_results(evaluation))
    assert find_differences(f"activities {seed}", evaluation) == []
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(told)
    for text in TEXTS:
        assert all(say_finding(text, finding) for finding in evaluation.findings)
        assert all(say_cautions(text, evaluation, evaluation.cautions))
        assert all(say_issue(text, issue) for issue in study.issues)


@pytest.mark.parametrize("seed", range(0, 60, 10))
@pytest.mark.parametrize(
    "write",
    [write_document, write_slides, write_workbook, write_web_page, write_brief],
    ids=lambda write: write.__name__,
)
def test_any_activity_is_exported(seed, write):
    study = draw_study(seed)
    assert len(write(evaluate(study), study, TEXTS[seed // 10 % 2])) > 1000
