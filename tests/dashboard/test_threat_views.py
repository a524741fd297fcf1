"""Comparison, who was lost, dose and methods, opened on the sample in both languages."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis import evaluate, read_study
from analysis.surveys.findings import find_dose, find_effect
from dashboard.content.topics.methods import say_methods
from dashboard.sentences import say_finding
from dashboard.text import LANGUAGES, Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.workspace.engine import VARIABLE, close_workspaces

ROOT = Path(__file__).resolve().parents[2]
VIEWS = ["comparison", "attrition", "dose", "methods"]
TERMS = "Levee|README|docs|glossary|methods|md|mid-p|McNemar|Newcombe|Holm|Benjamini|Hochberg|Lee"
TERMS += "|Python|pandas|SciPy|statsmodels|TREND|CR2|Satterthwaite|sex|age_group"
Open = Callable[[str, str], AppTest]


@pytest.fixture(scope="module")
def sample():
    return read_study(ROOT / "data" / "sample" / "study.toml")


@pytest.fixture(scope="module")
def found(sample):
    return evaluate(sample)


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open one page of the sample (or of no study) on a workspace of its own."""
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")

    def go(view: str, language: str, study: str = "sample") -> AppTest:
        at = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=120)
        at.query_params["lang"] = language
        at.query_params["study"] = study
        at._page_hash = calc_hash(view)
        return at.run()

    yield go
    close_workspaces()


def tables(at: AppTest) -> list[Any]:
    """Its tables, short ones and long ones."""
    return [*at.main.table, *at.main.dataframe]


def told(at: AppTest) -> list[str]:
    """Everything said on the page itself, and the heads of its tables."""
    said = [*at.main.title, *at.main.header, *at.main.markdown, *at.main.caption]
    said += [*at.main.info, *at.main.warning, *at.main.error]
    heads = [str(name) for table in tables(at) for name in table.value.columns]
    return [*(str(one.value) for one in said), *heads]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_each_page_opens_in_words_of_its_language(open_page: Open, view: str, language: str):
    at = open_page(view, language)
    assert not at.exception
    lines = [line.replace("\\", "") for line in told(at)]
    assert "{" not in " ".join(lines)
    if language == "zh-Hans":
        for line in lines:
            assert not re.findall(r"[A-Za-z]{3,}", re.sub(TERMS, "", line)), line


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_title_is_the_finding(open_page: Open, sample, found, language: str):
    text = Text(language)
    titles = {view: open_page(view, language).main.title[0].value for view in VIEWS[:3]}
    assert titles["comparison"] == escape_markdown(
        say_finding(text, find_effect(sample, found.comparison[0]))
    )
    assert titles["dose"] == escape_markdown(say_finding(text, find_dose(sample, found.dose[0])))
    assert text.number(found.flow.pre_only, 0) in titles["attrition"]


def test_each_analysis_and_bound_stands_in_a_table(open_page: Open, found):
    shown = tables(open_page("comparison", "en"))
    assert len(shown[0].value) == len(found.comparison[0].analyses)
    assert len(shown[1].value) == len(found.comparison[0].balance)
    sizes = [len(table.value) for table in tables(open_page("attrition", "en"))]
    assert len(found.bounds) in sizes
    assert len(found.sensitivity) in sizes
    assert len(found.attrition) in sizes


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paragraph_can_be_copied_as_it_is(open_page: Open, sample, found, language: str):
    at = open_page("methods", language)
    paragraph = "\n\n".join(say_methods(Text(language), found, sample.plan))
    assert [block.value for block in at.main.code] == [paragraph]
    assert len(at.main.table) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_without_data_the_page_says_what_is_needed(open_page: Open, view: str, language: str):
    at = open_page(view, language, "new")
    assert not at.exception
    assert at.main.info
    assert not tables(at)
