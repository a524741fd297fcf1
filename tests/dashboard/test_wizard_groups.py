"""The comparison group is asked in plain words and kept in the study."""

from dashboard.workspace.store import list_studies, open_study
from tests.dashboard.test_journeys import App, app, press, told, upload

__all__ = ["app"]
ROWS = [(n, "New" if n < 15 else "Old", 30 + n) for n in range(30)]


def answers(late: int) -> bytes:
    rows = [
        f"P{n:02},{arm},{age},{1 + (n + late) % 4},{2 + (n + late) % 3},{1 + n % 4 + late}"
        for n, arm, age in ROWS
    ]
    return "\n".join(["code,group,age,q1,q2,q3", *rows]).encode()


FILES = [(f"survey_{wave}.csv", answers(late)) for late, wave in enumerate(("pre", "post"))]


def box(boxes, start: str):
    return next(one for one in boxes if one.label.startswith(start))


def test_who_had_the_programme_and_how_that_was_decided(app: App):
    at = press(press(upload(app("data"), *FILES), "wizard_next"), "wizard_next")
    assert not at.exception
    assert "all people count as one group" in told(at)
    treated = box(at.multiselect, "Which of these groups")
    assert treated.options == ["New", "Old"]
    treated.set_value(["New"]).run()
    chosen = box(at.radio, "How did people come")
    assert chosen.value == "self_selected"
    chosen.set_value("random").run()
    box(at.multiselect, "Known before the start").set_value(["age"]).run()
    assert not at.exception
    draft = open_study(list_studies()[0].id).drafts["plan"]["survey"]
    assert (draft["treated"], draft["assignment"]) == (["New"], "random")
    assert draft["covariates"] == ["age"]
    press(press(press(at, "wizard_next"), "wizard_next"), "finish")
    assert not at.exception
    plan = open_study(list_studies()[0].id).plan.survey
    assert (plan.treated, plan.assignment, plan.covariates) == (["New"], "random", ["age"])
    page = app("comparison", study=list_studies()[0].id)
    assert not page.exception
    assert "assigned to the groups by lot" in told(page)


def test_without_groups_nothing_is_asked(app: App):
    files = [(name, data.replace(b"group", b"note")) for name, data in FILES]
    at = press(press(upload(app("data"), *files), "wizard_next"), "wizard_next")
    assert not [one for one in at.radio if one.label.startswith("How did people come")]
