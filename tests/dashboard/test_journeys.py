"""Journeys through the dashboard without a browser: sample, upload, bad input, hostile text."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.navigation import SECTIONS, has_page
from dashboard.state import set_study_id
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.store import list_studies, open_study

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
VIEWS = [e.view for entries in SECTIONS.values() for e in entries if has_page(e.view)]
PRE = "code,group,q1,q2,q3,sex\n" + "".join(
    f"P{n:02},B,{1 + n % 3},{2 + n % 3},{1 + n % 4},{'f' if n % 2 else 'm'}\n" for n in range(24)
)
POST = "code,group,q1,q2,q3,sex\n" + "".join(
    f"P{n:02},B,{2 + n % 3},{3 + n % 3},{2 + n % 3},{'f' if n % 2 else 'm'}\n" for n in range(20)
)

App = Callable[..., AppTest]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """Open a page of the app on a workspace of its own."""
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")

    def open_app(view: str = "home", language: str = "en", study: str = "new") -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=60)
        at.query_params["lang"] = language
        at.query_params["study"] = study
        at._page_hash = calc_hash(view)
        return at.run()

    yield open_app
    close_workspaces()


def told(at: AppTest) -> str:
    """All words on the page, as Markdown."""
    shown = [*at.title, *at.header, *at.markdown, *at.caption, *at.info, *at.warning, *at.error]
    return "\n".join(str(one.value) for one in shown)


def upload(at: AppTest, *files: tuple[str, bytes]) -> AppTest:
    at.file_uploader[0].set_value([(name, data, "text/csv") for name, data in files]).run()
    return at


def press(at: AppTest, key: str) -> AppTest:
    if key == "finish":
        choose_scales(at)
        name_scores(at)
    return at.button(key=key).click().run()


def choose_scales(at: AppTest, scale: tuple[int, int] = (1, 5)) -> AppTest:
    """Say on which scale questions were answered, where Checks asks."""
    for key in [one.key for one in at.radio if str(one.key).startswith("scale_")]:
        if at.radio(key=key).value is None:
            at.radio(key=key).set_value(scale).run()
    return at


def name_scores(at: AppTest, name: str = "Preparedness") -> AppTest:
    """Name each score that has no name yet, as Checks asks."""
    boxes = [one for one in at.text_input if str(one.key).startswith("report_name_")]
    for number, key in enumerate([one.key for one in boxes if not one.value]):
        # Two scores of one name are refused.
        at.text_input(key=key).set_value(f"{name}{' again' * number}").run()
    return at


def interrupt_reading(study: str, chosen: object, cancel: Callable[[], None] | None) -> None:
    """In place of the first reading of files: the person presses Cancel while it goes on."""
    (cancel or partial(set_study_id, None))()
    st.rerun()


def test_cancelling_the_first_reading_takes_the_upload_back(app, monkeypatch):
    monkeypatch.setattr("dashboard.cache._read_tables", interrupt_reading)
    at = upload(app("data"), ("long.csv", PRE.encode()))
    assert not at.exception
    assert len(at.file_uploader) == 1
    assert list_studies() == []


def test_cancelling_a_later_reading_keeps_the_study(app, monkeypatch):
    upload(app("data"), ("long.csv", PRE.encode()))
    (saved,) = list_studies()
    monkeypatch.setattr("dashboard.cache._read_tables", interrupt_reading)
    at = app("data", study=saved.id)
    assert not at.exception
    assert [one.id for one in list_studies()] == [saved.id]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("view", VIEWS)
def test_each_page_of_the_sample_opens(app: App, view: str, language: str):
    at = app(view, language, "sample")
    assert not at.exception
    assert not at.error
    assert at.title
    simulated = "Simulated data" if language == "en" else "模拟数据"
    assert simulated in at.caption[-1].value or any(simulated in one.value for one in at.caption)


@pytest.mark.parametrize("view", VIEWS)
def test_each_page_without_a_study_says_what_to_do(app: App, view: str):
    at = app(view)
    assert not at.exception
    assert not at.error
    assert at.title


def test_one_click_from_home_to_the_sample(app: App):
    at = press(app(), "open_sample")
    assert not at.exception
    assert at.query_params["study"] in ("sample", ["sample"])


def test_upload_check_save_gives_results_in_four_clicks(app: App):
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()), ("survey_post.csv", POST.encode()))
    saved = open_study(list_studies()[0].id)
    assert set(saved.files) == {"survey_pre.csv", "survey_post.csv"}
    press(at, "to_checks")
    assert "20 people were found in every wave" in told(at)
    press(at, "finish")
    assert not at.exception
    assert not at.error
    plan = open_study(saved.id).plan
    assert plan is not None
    assert [one.wave for one in plan.survey.files] == ["pre", "post"]
    assert plan.survey.respondent == "code"


def test_the_next_wave_takes_two_clicks(app: App):
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()))
    press(press(at, "to_checks" if "to_checks" in keys(at) else "wizard_next"), "finish")
    study = list_studies()[0].id
    assert open_study(study).version == 1
    at = app("data", study=study)
    upload(at, ("survey_post.csv", POST.encode()))
    press(at, "finish")
    saved = open_study(study)
    assert saved.version == 2
    assert [one.wave for one in saved.plan.survey.files] == ["pre", "post"]


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button}


def test_back_never_loses_a_choice(app: App):
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()), ("survey_post.csv", POST.encode()))
    press(press(at, "wizard_next"), "wizard_next")
    box = next(one for one in at.selectbox if one.label == "Cluster (building, class)")
    box.set_value("sex").run()
    press(press(at, "wizard_back"), "wizard_next")
    box = next(one for one in at.selectbox if one.label == "Cluster (building, class)")
    assert box.value == "sex"


def test_a_column_is_named_for_readers(app: App):
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()), ("survey_post.csv", POST.encode()))
    press(press(at, "wizard_next"), "wizard_next")
    at.text_input(key="label_sex").set_value("Gender").run()
    press(press(at, "wizard_back"), "wizard_next")
    assert at.text_input(key="label_sex").value == "Gender"
    press(press(press(at, "wizard_next"), "wizard_next"), "finish")
    study = list_studies()[0].id
    assert open_study(study).plan.label_of("sex") == "Gender"
    assert "By Gender" in told_headings(app("subgroups", study=study))


def told_headings(at: AppTest) -> list[str]:
    return [str(one.value) for one in at.header]


def test_nobody_matched_offers_the_anonymous_design(app: App):
    other = POST.replace("P", "X9Z")
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()), ("survey_post.csv", other.encode()))
    press(at, "to_checks")
    assert "Nobody was found" in told(at)
    press(at, "anonymous")
    press(at, "finish")
    assert not at.exception
    plan = open_study(list_studies()[0].id).plan
    assert plan.survey.respondent is None


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("broken.xlsx", b"PK\x03\x04 not a workbook", "broken.xlsx"),
        ("empty.csv", b"", "empty"),
        ("header.csv", b"a,b,c\n", "no rows"),
    ],
)
def test_a_bad_file_is_told_and_the_good_one_still_works(
    app: App, name: str, data: bytes, says: str
):
    at = upload(app("data"), (name, data), ("survey_pre.csv", PRE.encode()))
    assert not at.exception
    assert len(at.error) == 1
    assert says in at.error[0].value.replace("\\", "")
    assert "24 rows" in told(at)


def test_a_missing_column_is_named_with_the_nearest(app: App):
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()), ("survey_post.csv", POST.encode()))
    press(press(at, "to_checks"), "finish")
    study = list_studies()[0].id
    at = app("data", study=study)
    upload(at, ("survey_post.csv", POST.replace("code,", "codes,").encode()))
    shown = app("overview", study=study)
    assert not shown.exception
    assert "code" in shown.error[0].value.replace("\\", "")


def finish(app: App, *files: tuple[str, bytes]) -> str:
    """Bring files in, save them as they are proposed, and return the study's id."""
    press(press(upload(app("data"), *files), "to_checks"), "finish")
    return list_studies()[0].id


def test_a_filter_that_would_show_too_few_is_told_and_shows_nothing(app: App):
    few = PRE.replace("P01,B,", "P01,X,"), POST.replace("P01,B,", "P01,X,")
    named = [one.replace("code,group", "code,site").encode() for one in few]
    study = finish(app, ("survey_pre.csv", named[0]), ("survey_post.csv", named[1]))
    for view in VIEWS:
        at = AppTest.from_file(str(APP), default_timeout=60)
        chosen = {"lang": "en", "study": study, "site": "X", "audience": "funder"}
        for key, value in chosen.items():
            at.query_params[key] = value
        at._page_hash = calc_hash(view)
        at.run()
        assert not at.exception, view
        assert not at.error, (view, at.error[0].value)
        assert "P01" not in told(at)
        if view == "overview":
            assert "fewer than 5" in told(at)


def test_a_correction_is_recorded_changes_the_results_and_can_be_taken_back(app: App):
    study = finish(app, ("survey_pre.csv", PRE.encode()), ("survey_post.csv", POST.encode()))
    odd = POST.replace("P00,B,2,", "P00,B,90,")
    press(upload(app("data", study=study), ("survey_post.csv", odd.encode())), "finish")
    at = app("quality", study=study)
    assert "outside the declared range" in " ".join(at.table[0].value["Problem"])
    next(one for one in at.selectbox if one.label == "What to do").set_value("set")
    next(one for one in at.text_input if one.label.startswith("Right answer")).set_value("4")
    next(one for one in at.button if one.label == "Record the decision").click().run()
    assert not at.exception
    saved = open_study(study)
    assert [(f.row, f.value) for f in saved.plan.survey.fixes] == [(2, "4")]
    assert saved.version == 3
    at = app("quality", study=study)
    press(at, next(key for key in keys(at) if key.startswith("take_back_")))
    assert open_study(study).plan.survey.fixes == []
    assert open_study(study).version == 4
    at = press(app("data", study=study), "revert_3")
    assert not at.exception
    assert len(open_study(study).plan.survey.fixes) == 1


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_template_needs_no_mapping(app: App, language: str):
    from analysis.intake.template import write_template

    study = finish(app, ("levee.xlsx", write_template(language)))
    plan = open_study(study).plan
    sections = ("survey", "attendance", "volunteers", "service", "funding", "capacity")
    assert all(getattr(plan, name) is not None for name in (*sections, "consultation"))


def test_a_study_is_renamed_and_deleted_on_home(app: App):
    study = finish(app, ("survey_pre.csv", PRE.encode()), ("survey_post.csv", POST.encode()))
    at = app("home")
    at.text_input(key=f"title_{study}").set_value("Floods, east side").run()
    press(at, f"rename_{study}")
    assert open_study(study).title == "Floods, east side"
    at.checkbox(key=f"sure_{study}").check().run()
    press(at, f"delete_{study}")
    assert list_studies() == []
