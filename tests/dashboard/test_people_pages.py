"""The pages about people, opened on the sample in both languages and without data."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis import evaluate, read_study
from analysis.results import Caution
from dashboard.text import Text
from dashboard.workspace.engine import VARIABLE, close_workspaces

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
VIEWS = ["delivery", "participation", "reach", "volunteers", "cohorts", "hours", "outlook"]
Open = Callable[[str, str], AppTest]


@pytest.fixture(scope="module")
def found(sample_folder):
    return evaluate(read_study(sample_folder / "study.toml"))


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open one page of the sample in a language, on a workspace of its own."""
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")

    def go(view: str, language: str) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=120)
        at.query_params["lang"] = language
        at.query_params["study"] = "sample"
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


@pytest.mark.parametrize("view", VIEWS)
def test_a_chinese_page_has_no_english_words(open_page: Open, view: str):
    at = open_page(view, "zh-Hans")
    assert not at.exception
    for line in told(at):
        words = set(re.findall(r"[A-Za-z]{3,}", line))
        assert words <= {"Levee", "README", "xlsx", "csv", "Sheet"}, line


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("view", VIEWS)
def test_each_page_has_a_finding_and_a_table(open_page: Open, view: str, language: str):
    at = open_page(view, language)
    assert not at.exception
    assert re.search(r"\d", at.main.title[0].value)
    assert len(tables(at)) >= 1
    assert "{" not in " ".join(told(at))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_numbers_on_the_pages_are_those_of_the_evaluation(open_page: Open, found, language: str):
    text = Text(language)
    title = open_page("hours", language).main.title[0].value
    assert str(found.volunteers.hours.bus_factor) in title
    said = " ".join(told(open_page("outlook", language)))
    assert text.number(sum(c.inside for c in found.volunteers.backtest), 0) in said
    assert text.number(len(found.volunteers.backtest), 0) in said
    title = open_page("delivery", language).main.title[0].value
    assert str(found.delivery.overall.held) in title


def test_the_list_of_whom_to_call_names_people_only_inside(open_page: Open, found):
    shown = tables(open_page("outlook", "en"))
    people = {one.volunteer for one in found.volunteers.overdue}
    listed = [t.value for t in shown if "Volunteer" in t.value.columns]
    assert {name for table in listed for name in table["Volunteer"]} == people


def test_months_and_groups_are_chosen_above_the_page_and_kept_in_the_url(open_page: Open):
    at = open_page("participation", "en")
    whole = at.main.title[0].value
    picker = next(one for one in at.main.multiselect if one.label == "Kind")
    picker.set_value([picker.options[0]]).run()
    assert not at.exception
    assert at.main.title[0].value != whole
    assert f"kind={picker.options[0]}" in at.query_params["people"]
    month = next(one for one in at.main.selectbox if one.label == "To")
    month.set_value("2025-06").run()
    assert not at.exception
    assert "2025-06" in at.query_params["to"]


def test_a_choice_of_too_few_says_so(open_page: Open):
    at = open_page("volunteers", "en")
    at.session_state["url_audience"] = ["funder"]
    picker = next(one for one in at.main.multiselect if one.label == "角色")
    picker.set_value(["骨干"]).run()
    assert not at.exception
    assert at.main.title[0].value == "Nothing to show for this choice"
    assert "fewer than 5 people" in at.main.info[0].value


@pytest.mark.parametrize("value", ["队长", "nobody"])
def test_a_value_of_few_is_told_like_a_value_of_nobody(open_page: Open, value: str):
    at = open_page("volunteers", "en")
    whole = at.main.title[0].value
    at.session_state["url_audience"] = ["funder"]
    at.session_state["url_people"] = [f"角色={value}"]
    at.run()
    assert not at.exception
    picker = next(one for one in at.main.multiselect if one.label == "角色")
    assert "队长" not in picker.options
    assert at.main.title[0].value == whole
    assert at.main.info[0].value == f"Not offered as a choice to this reader\\: {value}\\."


@pytest.mark.parametrize(
    ("view", "section", "said"),
    [("reach", "participation", "Attendance"), ("cohorts", "volunteers", "Volunteers")],
)
def test_a_section_left_out_for_a_reader_says_why(
    open_page: Open, found, monkeypatch: pytest.MonkeyPatch, view: str, section: str, said: str
):
    why = Caution(code=f"{section}_left_out", section=section, values={"least": 5})
    shown = replace(found, **{section: None}, cautions=(why,))
    monkeypatch.setattr(f"dashboard.views.{view}.show_people_filters", lambda _tables: shown)
    at = open_page(view, "en")
    assert not at.exception
    assert at.main.title[0].value == "Left out for this reader"
    assert at.main.info[0].value.startswith(said)


def test_what_was_noticed_in_the_files_stands_on_the_page(open_page: Open, sample_folder):
    study = read_study(sample_folder / "study.toml")
    noticed = [one for one in study.issues if one.file == study.plan.attendance.path]
    assert noticed
    for view in ("participation", "reach"):
        folded = next(one for one in open_page(view, "en").main.expander if "notes" in one.label)
        assert folded.label == f"{len(noticed)} notes on the files of this page"
        assert "1 repeated sign-in was left out" in folded.markdown[0].value.replace("\\", "")
