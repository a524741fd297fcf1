"""Rounds whose order nothing tells are asked about before anything is saved."""

import pytest

from dashboard.workspace.store import list_studies, open_study
from tests.dashboard.test_journeys import App, app, name_scores, press, upload
from tests.intake.test_wave_order import long_table

__all__ = ["app"]


def draft():
    return open_study(list_studies()[0].id).drafts["plan"]["survey"]


def save(at):
    return next(one for one in at.button if one.key == "finish")


def rounds(at):
    return next(one for one in at.radio if "In which order" in one.label)


def test_the_order_of_rounds_is_asked_and_can_be_changed(app: App):
    at = upload(app("data"), ("long.csv", long_table(["spring", "autumn", "winter"])["long.csv"]))
    press(at, "to_checks")
    name_scores(at)
    assert rounds(at).value is None
    assert "spring” → “autumn” → “winter" in rounds(at).options[0].replace("\\", "")
    assert save(at).disabled
    assert "in which order" in save(at).help
    rounds(at).set_value(False).run()
    assert save(at).disabled
    pick = next(one for one in at.multiselect if "the earliest first" in one.label)
    pick.set_value(["winter", "spring", "autumn"]).run()
    assert not at.exception
    assert draft()["waves"] == ["winter", "spring", "autumn"]
    assert not save(at).disabled
    press(at, "finish")
    saved = open_study(list_studies()[0].id).plan.survey
    assert saved.waves == ["winter", "spring", "autumn"]


@pytest.mark.parametrize("names", [["spring", "autumn"], ["month 12", "baseline", "month 3"]])
def test_one_click_accepts_the_order_and_names_that_tell_it_are_not_asked(app: App, names):
    at = upload(app("data"), ("long.csv", long_table(names)["long.csv"]))
    press(at, "to_checks")
    name_scores(at)
    asked = [one for one in at.radio if "In which order" in one.label]
    assert bool(asked) == ("spring" in names)
    for one in asked:
        one.set_value(True).run()
    assert draft()["waves"] == (names if asked else ["baseline", "month 3", "month 12"])
    assert not save(at).disabled
