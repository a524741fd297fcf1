"""One study open in two windows: nothing either of them did is lost silently."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.workspace.store import list_studies, open_study
from tests.dashboard.test_journeys import POST, PRE, App, app, keys, press, told, upload

__all__ = ["app"]
CLUSTER, SITE = "Cluster (building, class)", "Community"


@pytest.fixture
def windows(app: App) -> tuple[AppTest, AppTest]:
    """Two windows at step 3 of one study."""
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()), ("survey_post.csv", POST.encode()))
    press(press(at, "wizard_next"), "wizard_next")
    return at, app("data", study=list_studies()[0].id)


def choose(at: AppTest, label: str, value: str) -> AppTest:
    next(one for one in at.selectbox if one.label == label).set_value(value).run()
    assert not at.exception
    return at


def survey():
    return open_study(list_studies()[0].id).drafts["plan"]["survey"]


def test_different_changes_are_both_kept_and_it_is_said(windows):
    one, other = windows
    choose(one, CLUSTER, "sex")
    choose(other, SITE, "group")
    assert (survey()["cluster"], survey()["site"]) == ("sex", "group")
    assert "Both changes were kept" in told(other)
    assert "Both changes were kept" not in told(other.run())
    assert next(box for box in other.selectbox if box.label == CLUSTER).value == "sex"


@pytest.mark.parametrize(("key", "stays"), [("keep_theirs", "sex"), ("use_mine", "q1")])
def test_a_contradiction_is_asked_about_and_nothing_is_lost_meanwhile(windows, key, stays):
    one, other = windows
    choose(one, CLUSTER, "sex")
    choose(other, CLUSTER, "q1")
    assert survey()["cluster"] == "sex"
    assert "not saved yet" in told(other)
    frame = next(f.value for f in other.table if "Other window" in f.value)
    assert frame.map(lambda cell: cell.replace("\\", "")).to_numpy().tolist() == [
        ["survey › Cluster (building, class)", "sex", "q1"]
    ]
    press(other, key)
    assert not other.exception
    assert survey()["cluster"] == stays
    assert "keep_theirs" not in keys(other)
    press(press(other, "wizard_next"), "wizard_next")
    press(other, "finish")
    assert open_study(list_studies()[0].id).plan.survey.cluster == stays


def test_a_form_sent_late_does_not_undo_what_the_other_window_set(windows):
    one, other = windows
    for at in (one, other):
        if "save_measure_0" not in keys(at.run()):
            press(at, "wizard_next")
    choice = next(one_ for one_ in one.selectbox if one_.label == "Better is")
    choice.set_value("lower")
    press_form(one, 0)
    role = next(one_ for one_ in other.selectbox if one_.label == "Importance")
    role.set_value("exploratory")
    press_form(other, 0)
    measure = open_study(list_studies()[0].id).drafts["plan"]["measures"][0]
    assert (measure["better"], measure["role"]) == ("lower", "exploratory")


def press_form(at: AppTest, n: int) -> None:
    next(b for b in at.button if b.key == f"save_measure_{n}").click().run()
    assert not at.exception


def test_saving_in_one_window_does_not_lose_the_other_windows_change(windows):
    one, other = windows
    press(press(one, "wizard_next"), "wizard_next")
    press(one, "finish")
    choose(other, CLUSTER, "sex")
    saved = open_study(list_studies()[0].id)
    assert (saved.version, saved.drafts["plan"]["survey"]["cluster"]) == (1, "sex")
    assert saved.drafts["plan"]["study"]["title"] == saved.plan.study.title


def test_a_correction_made_elsewhere_reaches_the_unsaved_plan(app: App):
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()), ("survey_post.csv", POST.encode()))
    press(press(at, "to_checks"), "finish")
    study = list_studies()[0].id
    odd = POST.replace("P00,B,2,", "P00,B,90,")
    at = upload(app("data", study=study), ("survey_post.csv", odd.encode()))
    press(press(at, "wizard_back"), "wizard_back")
    choose(at, CLUSTER, "sex")
    quality = app("quality", study=study)
    assert not quality.exception
    next(one for one in quality.selectbox if one.label == "What to do").set_value("clear")
    next(one for one in quality.button if one.label == "Record the decision").click().run()
    saved = open_study(study)
    assert [fix.row for fix in saved.plan.survey.fixes] == [2]
    assert saved.drafts["plan"]["survey"]["cluster"] == "sex"
    assert len(saved.drafts["plan"]["survey"]["fixes"]) == 1
