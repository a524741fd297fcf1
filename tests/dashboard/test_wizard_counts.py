"""A table of counts through the wizard: percentages asked about, results that say so."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.workspace.store import list_studies, open_study
from tests.dashboard.test_journeys import App, app, press, told, upload

__all__ = ["app"]
ANSWERS = ("非常不同意", "比较不同意", "一般", "比较同意", "非常同意")
COUNTS = "选项,前测人数,后测人数\n" + "".join(
    f"{answer},{n},{m}\n"
    for answer, n, m in zip(ANSWERS, (10, 20, 30, 15, 5), (4, 8, 25, 30, 18), strict=True)
)
PERCENT = "Answer,Before,After\nNo,38%,10%\nYes,62%,90%\n"


def draft():
    return open_study(list_studies()[0].id).drafts["plan"]["survey"]


def find(boxes, start: str):
    return next(one for one in boxes if one.label.replace("\\", "").startswith(start))


def test_a_table_of_counts_goes_straight_to_results_that_say_nobody_was_matched(app: App):
    at = upload(app("data"), ("summary.csv", COUNTS.encode()))
    assert "Numbers of people" in told(at)
    press(at, "to_checks")
    assert "5 of 5 rows are used." in told(at)
    press(at, "finish")
    assert not at.exception
    shown = told(app("outcomes", study=list_studies()[0].id))
    assert "nobody could be matched between the waves" in shown
    assert "about 30% narrower" in shown
    effects = app("outcomes", study=list_studies()[0].id).table[-1].value
    assert effects.iloc[0, 0] == "Hedges g, waves as separate samples"


def test_percentages_are_asked_for_the_people_behind_them(app: App):
    at = upload(app("data"), ("summary.csv", PERCENT.encode()))
    press(press(at, "wizard_next"), "wizard_next")
    assert any("how many people were asked" in one.value for one in at.error)
    # Columns of counts say themselves which wave they are.
    assert not [one for one in at.selectbox if one.label == "All rows belong to"]
    asked = [one.label.replace("\\", "") for one in at.number_input]
    assert asked == ["People asked: Before", "People asked: After"]
    find(at.number_input, "People asked: Before").set_value(50).run()
    find(at.number_input, "People asked: After").set_value(60).run()
    assert not at.exception
    assert not list(at.error)
    assert draft()["files"][0]["counts"]["totals"] == {"Before": 50, "After": 60}


def test_rows_can_be_declared_answers_or_people(app: App):
    at = upload(app("data"), ("summary.csv", COUNTS.encode()))
    press(press(at, "wizard_next"), "wizard_next")
    toggle = find(at.toggle, "Each row is an answer")
    toggle.set_value(False).run()
    assert "counts" not in draft()["files"][0]
    find(at.toggle, "Each row is an answer").set_value(True).run()
    assert draft()["files"][0]["counts"]["cells"] == ["前测人数", "后测人数"]
    assert not at.exception


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_settings_are_named_in_each_language(app: App, language: str):
    at: AppTest = upload(app("data", language=language), ("summary.csv", COUNTS.encode()))
    press(press(at, "wizard_next"), "wizard_next")
    labels = [one.label for one in (*at.toggle, *at.multiselect)]
    assert not at.exception
    assert ("每行是一个选项及选择该选项的人数" in labels) == (language == "zh-Hans")
