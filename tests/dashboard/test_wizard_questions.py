"""What a file leaves open is asked in the wizard, with both readings, and kept in the study."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.workspace.store import list_studies, open_study
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
