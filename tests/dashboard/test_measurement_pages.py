"""Whether questions mean the same, and one ordered question, as pages and documents say it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis.disclosure.protection import protect
from analysis.plan import plan_from_dict
from analysis.sections import evaluate
from benchmarks.coverage_measurement import draw_answers
from dashboard.exports.sections_survey import list_survey_sections
from dashboard.text import LANGUAGES, Text
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.store import create_study, save_file, save_version
from tests.studies import make_study

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
PEOPLE = 210
QUESTIONS = {
    "en": "I can count on people here",
    "zh-Hans": "街坊靠得住",
}
PLAN = {
    "study": {"title": "Street"},
    "survey": {"waves": ["pre", "post", "then"], "retrospective": ["then"]},
    "measures": [
        {
            "name": "trust",
            "label": {"en": "Trust", "zh-Hans": "信任"},
            "items": ["q1", "q2", "q3", "q4"],
            "range": [1, 5],
            "texts": {"q1": QUESTIONS},
        },
        {
            "name": "safe",
            "label": {"en": "Safety", "zh-Hans": "安全感"},
            "items": ["safe"],
            "range": [1, 5],
        },
    ],
}


@pytest.fixture(scope="module")
def waves() -> dict[str, pd.DataFrame]:
    """Answers in which the first question shifts, and people think less of their start later."""
    rng = np.random.default_rng(21)
    before, after = draw_answers(rng, PEOPLE, 4, 0.6, 2.0)
    asked = {"pre": before, "post": after, "then": np.maximum(before - 1, 1)}
    level = rng.normal(0, 1.4, PEOPLE)
    frames = {}
    for shift, (wave, answers) in zip((0.0, 0.8, -0.4), asked.items(), strict=True):
        frame = pd.DataFrame(answers.astype(int), columns=["q1", "q2", "q3", "q4"])
        latent = level + shift + rng.logistic(0, 1, PEOPLE)
        frame["safe"] = np.digitize(latent, [-1.8, -0.5, 0.9, 2.1]) + 1
        frame.insert(0, "code", [f"P{i:03}" for i in range(PEOPLE)])
        frames[wave] = frame
    return frames


@pytest.fixture(scope="module")
def study(waves):
    measures = PLAN["measures"]
    answers = {
        wave: {m["name"]: [frame[item].tolist() for item in m["items"]] for m in measures}
        for wave, frame in waves.items()
    }
    return make_study(answers, measures=measures, survey={"retrospective": ["then"]})


@pytest.fixture(scope="module")
def found(study):
    return evaluate(study)


@pytest.fixture
def open_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waves: dict[str, pd.DataFrame]
) -> Iterator[Callable[[str, str], AppTest]]:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    key = create_study("Street")
    for wave, frame in waves.items():
        save_file(key, f"{wave}.csv", frame.to_csv(index=False).encode())
    files = [{"path": f"{wave}.csv", "wave": wave} for wave in waves]
    asked = {**PLAN["survey"], "respondent": "code", "files": files}
    save_version(key, plan_from_dict(PLAN | {"survey": asked}))

    def go(view: str, language: str) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=120)
        at.query_params["lang"], at.query_params["study"] = language, key
        at.query_params["measure"] = "safe"
        at._page_hash = calc_hash(view)
        return at.run()

    yield go
    close_workspaces()


def said(at: AppTest) -> str:
    assert not at.exception
    return "\n".join(one.value for one in [*at.main.markdown, *at.main.caption, *at.main.header])


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_name_the_question_and_the_odds(language, open_page):
    reliability = said(open_page("reliability", language))
    assert QUESTIONS[language] in reliability
    assert {"en": "rated their baseline", "zh-Hans": "基线的评分"}[language] in reliability
    outcomes = said(open_page("outcomes", language))
    assert {"en": "the odds of a higher score", "zh-Hans": "得分更高的优势"}[language] in outcomes
    answers = said(open_page("items", language))
    assert {"en": "the odds of a higher score", "zh-Hans": "得分更高的优势"}[language] in answers


@pytest.mark.parametrize("language", LANGUAGES)
def test_documents_hold_the_same_tables(language, study, found):
    text = Text(language)
    sections = {s.key: s for s in list_survey_sections(found, study, text)}
    tables = {t.key: t.table for s in sections.values() for t in s.tables}
    wanted = {"one_factor", "invariance", "shifts_trust", "response_shift", "ordered_safe"}
    assert wanted <= set(tables)
    assert len(tables["shifts_trust"]) == 4
    yes, no = {"en": ("yes", "no"), "zh-Hans": ("是", "否")}[language]
    assert list(tables["shifts_trust"].iloc[:, -1]) == [yes, no, no, no]
    assert len(tables["response_shift"]) == 6
    assert len(tables["ordered_safe"]) == 5
    if language != "en":
        words = " ".join(" ".join(map(str, t.columns)) for k, t in tables.items() if k in wanted)
        assert not re.search(r"\b(?!KMO|CFI|RMSEA|SRMR)[A-Za-z]{4,}\b", words)


def test_a_funder_gets_the_answer_without_the_people(study, found):
    shown = protect(found, study, "funder")
    sections = {s.key: s for s in list_survey_sections(shown, study, Text("en"))}
    tables = {t.key: t.table for s in sections.values() for t in s.tables}
    assert "ordered_safe" not in tables
    assert "shifts_trust" in tables
    codes = {f.code for f in shown.findings}
    assert "meaning_item_shifted" in codes
