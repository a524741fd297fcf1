"""What a file leaves open is asked in the wizard, with both readings, and kept in the study."""

import pytest
from streamlit.testing.v1 import AppTest

from analysis.intake.read.reader import read_study
from dashboard.workspace.store import list_studies, open_study, read_files, save_draft
from tests.dashboard.test_journeys import PRE, App, app, keys, press, told, upload

__all__ = ["app"]
LEDGER = "date,amount,source\n" + "".join(
    f"{month}/{day}/2026,{amount},Fund\n"
    for month, day, amount in [(3, 4, "1.200"), (2, 1, "350"), (5, 2, "2.500"), (1, 3, "10")]
)


def readings_of(box) -> list[str]:
    return [one.replace("\\", "").partition(":")[0] for one in box.options]


def radio(at: AppTest, start: str):
    return next(one for one in at.radio if start in one.label)


@pytest.fixture
def ledger(app: App) -> AppTest:
    at = upload(app("data"), ("ledger.csv", LEDGER.encode()))
    assert not at.exception
    return at


def draft():
    return open_study(list_studies()[0].id).drafts["plan"]["funding"]


def test_open_dates_and_amounts_are_asked_with_both_readings(ledger: AppTest):
    assert "needs a look" in told(ledger)
    press(ledger, "wizard_next")
    dates, amounts = radio(ledger, "Dates in"), radio(ledger, "Amounts in")
    assert dates.value is None
    assert "What does 3/4/2026 mean?" in dates.label.replace("\\", "")
    assert readings_of(dates) == ["3 Apr 2026", "4 Mar 2026"]
    assert readings_of(amounts) == ["1,200", "1.200"]
    rows = [row for shown in ledger.table for row in shown.value.to_numpy().tolist()]
    readings = [[cell.replace("\\", "").replace("\xa0", " ") for cell in row] for row in rows]
    assert ["3/4/2026", "3 Apr 2026", "4 Mar 2026"] in readings


def test_one_click_settles_it_and_it_can_be_changed(ledger: AppTest):
    press(ledger, "wizard_next")
    radio(ledger, "Dates in").set_value(True).run()
    radio(ledger, "Amounts in").set_value(",").run()
    assert (draft()["day_first"], draft()["decimal"]) == (True, ",")
    radio(ledger, "Dates in").set_value(False).run()
    assert draft()["day_first"] is False
    press(press(press(press(ledger, "wizard_next"), "wizard_next"), "wizard_next"), "finish")
    assert not ledger.exception
    plan = open_study(list_studies()[0].id).plan.funding
    assert (plan.day_first, plan.decimal) == (False, ",")


def test_the_checks_ask_too_until_it_is_answered(ledger: AppTest):
    press(ledger, "to_checks")
    radio(ledger, "Dates in").set_value(True).run()
    radio(ledger, "Amounts in").set_value(".").run()
    assert not ledger.exception
    assert list(ledger.radio) == []
    assert "finish" in keys(ledger)


def test_nothing_is_saved_before_dates_and_amounts_are_settled(ledger: AppTest):
    def save():
        return next(one for one in ledger.button if one.key == "finish")

    press(ledger, "to_checks")
    warned = " ".join(one.value for one in ledger.warning).replace("\\", "")
    assert "day or month comes first in “ledger.csv”" in warned
    assert "parts decimals in “ledger.csv”" in warned
    assert save().disabled
    radio(ledger, "Dates in").set_value(True).run()
    assert save().disabled
    assert "parts decimals" in save().help
    assert "comes first" not in save().help
    radio(ledger, "Amounts in").set_value(".").run()
    assert not save().disabled


def test_a_survey_that_decides_itself_is_not_asked_about(app: App):
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()))
    press(at, "wizard_next")
    assert list(at.radio) == []


def test_dates_in_a_column_that_nothing_reads_are_not_asked_about(app: App):
    """A survey with a question that is answered by a date, and without a day of its own."""
    days = ("3/4/2026", "9/6/2026", "1/2/2026", "5/8/2026")
    rows = [f"B{n:02},{days[n % 4]},3月{n + 1}日,{1 + n % 5},{1 + n % 4}" for n in range(20)]
    survey = "编号,上次演练日期,搬来的日子,我知道疏散路线,我家备有应急包\n" + "\n".join(rows)
    at = upload(app("data"), ("前测.csv", survey.encode()))
    press(at, "to_checks")
    assert not [one for one in at.radio if "Dates in" in one.label]
    assert not [one for one in at.number_input if "name no year" in one.label]
    assert "day or month comes first" not in told(at)
    # Said to be the day of answering, it is asked about.
    plan = open_study(list_studies()[0].id).drafts["plan"]
    plan["survey"]["started_on"] = "上次演练日期"
    save_draft(list_studies()[0].id, "plan", plan)
    at = app("data", study=list_studies()[0].id)
    assert [one for one in at.radio if "Dates in" in one.label]


def test_the_headers_of_an_attendance_matrix_are_days_too(app: App):
    sheet = "code,3/4/2026,4/4/2026,5/4/2026\n" + "".join(
        f"P{n:02},1,{n % 2},1\n" for n in range(12)
    )
    at = upload(app("data"), ("sign-in.csv", sheet.encode()))
    press(at, "wizard_next")
    dates = radio(at, "Dates in")
    assert "3/4/2026 … 5/4/2026" in dates.label.replace("\\", "")
    dates.set_value(True).run()
    press(press(press(press(at, "wizard_next"), "wizard_next"), "wizard_next"), "finish")
    saved = open_study(list_studies()[0].id)
    study = read_study(saved.plan, read_files(saved.id))
    days = sorted({str(day)[:10] for day in study.attendance["date"]})
    assert days == ["2026-04-03", "2026-04-04", "2026-04-05"]
