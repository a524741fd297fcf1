"""The export page: each format can be chosen in each language, and what is inside is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis import evaluate, read_study
from analysis.disclosure import protect
from dashboard.exports.report import build_report
from dashboard.text import LANGUAGES, Text
from dashboard.widgets.exports import list_formats, show_single_tables
from dashboard.workspace.engine import VARIABLE, close_workspaces

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
SAMPLE = APP.parents[1] / "data" / "sample" / "study.toml"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.query_params["lang"], at.query_params["study"] = "en", "sample"
    at._page_hash = calc_hash("export")
    yield at.run()
    close_workspaces()


def test_each_format_shows_what_is_inside_and_its_button(page: AppTest):
    assert not page.exception
    choice = page.radio(key="export_form")
    assert len(choice.options) == 7
    for ending in ("docx", "pptx", "xlsx", "html", "json", "sav", "pdf"):
        page.radio(key="export_form").set_value(ending).run()
        assert not page.exception
        assert page.get("download_button")
    assert any("levee" in one.value.lower() for one in page.caption)


def test_every_table_can_be_taken_on_its_own(page: AppTest):
    pick = page.selectbox(key="export_table")
    assert len(pick.options) > 15
    pick.set_value(pick.options[-1]).run()
    assert not page.exception
    assert len(page.get("download_button")) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_formats_are_named_in_each_language(language: str):
    formats = list_formats(Text(language))
    assert list(formats) == ["pdf", "docx", "pptx", "xlsx", "html", "json", "sav"]
    names = [one.name for one in formats.values()]
    assert len(set(names)) == 7
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in "".join(names))
    assert chinese == (language == "zh-Hans")


def test_a_table_on_its_own_is_entered_in_the_ledger_too(monkeypatch: pytest.MonkeyPatch):
    """Only whole reports were: a table of 30 people, then one of 31, gave the last one's answer."""
    study = read_study(SAMPLE)
    report = build_report(protect(evaluate(study), study, "funder"), study, Text("en"), "funder")
    files, entered = {}, []
    monkeypatch.setattr(st, "download_button", lambda _, **said: files.update({said["key"]: said}))
    show_single_tables(Text("en"), report, lambda: entered.append("release"))
    assert len(files) == 2
    for said in files.values():
        before = len(entered)
        assert said["data"]()
        assert len(entered) == before + 1


@pytest.mark.parametrize("audience", ["manager", "funder", "public"])
def test_pages_seen_as_others_offer_what_others_may_have(page: AppTest, audience: str):
    page.query_params["audience"] = audience
    page.run()
    assert not page.exception
    assert not [one for one in page.radio(key="export_form").options if "SPSS" in one]
    page._page_hash = calc_hash("targets")
    page.run()
    assert not page.exception
    assert not page.get("download_button"), "the indicator table was no release of the ledger"


def test_scores_of_people_are_offered_to_the_evaluator_only(page: AppTest):
    page.radio(key="export_form").set_value("sav").run()
    assert any("evaluator only" in one.value for one in page.warning)
    assert not [one for one in page.get("download_button") if one.key == "download_sav_en"]
    page.session_state["export_audience_evaluator"] = "evaluator"
    page.run()
    assert not page.exception
    assert [one for one in page.get("download_button") if one.key == "download_sav_en"]
