"""Rounds whose order nothing tells are asked about before anything is saved."""

import pytest

from dashboard.workspace.store import list_studies, open_study
from tests.dashboard.test_journeys import App, app, choose_scales, name_scores, press, upload
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
    rounds(at).set_value("other").run()
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
        one.set_value("proposed").run()
    assert draft()["waves"] == (names if asked else ["baseline", "month 3", "month 12"])
    assert not save(at).disabled


def csv(gain: int) -> bytes:
    rows = "".join(f"P{n:02},{1 + n % 3 + gain},{2 + n % 3},{1 + n % 4}\n" for n in range(24))
    return ("code,ready,know,join\n" + rows).encode()


def test_the_order_of_files_that_nothing_tells_is_asked(app: App):
    at = upload(app("data"), ("north.csv", csv(0)), ("hall.csv", csv(1)))
    press(at, "to_checks")
    choose_scales(at)
    name_scores(at)
    assert rounds(at).value is None
    assert rounds(at).options[0].replace("\\", "") == "hall.csv → north.csv"
    assert save(at).disabled
    assert "in which order" in save(at).help
    rounds(at).set_value("other").run()
    pick = next(one for one in at.multiselect if "the earliest first" in one.label)
    pick.set_value(["north.csv", "hall.csv"]).run()
    assert not at.exception
    assert {one["path"]: one["wave"] for one in draft()["files"]} == {
        "north.csv": "pre",
        "hall.csv": "post",
    }
    assert not save(at).disabled
    press(at, "finish")
    saved = open_study(list_studies()[0].id).plan.survey
    assert {one.path: one.wave for one in saved.files} == {"north.csv": "pre", "hall.csv": "post"}


def test_files_can_be_one_round_of_several_groups(app: App):
    at = upload(app("data"), ("north.csv", csv(0)), ("hall.csv", csv(1)))
    press(at, "to_checks")
    rounds(at).set_value("joined").run()
    assert not at.exception
    assert {one["path"]: one["wave"] for one in draft()["files"]} == {
        "north.csv": "pre",
        "hall.csv": "pre",
    }
    assert [one.label for one in at.radio if "In which order" in one.label] == []


@pytest.mark.parametrize("names", [("pre.csv", "post.csv"), ("round 2.csv", "round 10.csv")])
def test_files_that_tell_their_order_are_not_asked(app: App, names: tuple[str, str]):
    at = upload(app("data"), (names[0], csv(0)), (names[1], csv(1)))
    press(at, "to_checks")
    assert [one.label for one in at.radio if "In which order" in one.label] == []
    assert [one["wave"] for one in draft()["files"]] == ["pre", "post"]


def test_what_was_said_of_the_files_stays_when_another_comes(app: App):
    at = upload(app("data"), ("north.csv", csv(0)), ("hall.csv", csv(1)))
    press(at, "to_checks")
    choose_scales(at)
    name_scores(at)
    rounds(at).set_value("other").run()
    pick = next(one for one in at.multiselect if "the earliest first" in one.label)
    pick.set_value(["north.csv", "hall.csv"]).run()
    press(at, "finish")
    at = app("data", study=list_studies()[0].id)
    upload(at, ("attic.csv", csv(2)))
    assert not at.exception
    assert rounds(at).value is None
    assert rounds(at).options[0].replace("\\", "") == "north.csv → hall.csv → attic.csv"
