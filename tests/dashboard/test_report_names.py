"""Checks asks for the names of scores, and which check-all options are outcomes."""

from dashboard.text import Text
from dashboard.workspace.store import list_studies, open_study
from tests.dashboard import test_journeys as journeys
from tests.dashboard.test_journeys import POST, PRE, press, told, upload

app = journeys.app


def finish_button(at):
    return at.button(key="finish")


def test_a_score_without_a_name_cannot_be_saved(app):
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()), ("survey_post.csv", POST.encode()))
    press(at, "to_checks")
    (name,) = [one for one in at.text_input if one.key.startswith("report_name_")]
    assert name.value == ""
    assert finish_button(at).disabled
    for refused in ("measure", "q1", "How much do you agree?"):
        at.text_input(key=name.key).set_value(refused).run()
        assert finish_button(at).disabled, refused
    assert open_study(list_studies()[0].id).version == 0
    at.text_input(key=name.key).set_value("Household preparedness").run()
    assert not finish_button(at).disabled
    press(at, "finish")
    study = list_studies()[0].id
    assert [m.label for m in open_study(study).plan.measures] == ["Household preparedness"]
    assert "Household preparedness" in told(app("overview", study=study))


def test_check_all_options_become_outcomes_only_when_chosen(app):
    acts = ["Drill;Meeting", "Drill", "None of these", "Meeting"]
    files = []
    for name, text in (("survey_pre.csv", PRE), ("survey_post.csv", POST)):
        head, *rows = text.strip().split("\n")
        lines = [f"{head},Which activities did you join?"]
        lines += [f"{row},{acts[n % 4]}" for n, row in enumerate(rows)]
        files.append((name, "\n".join(lines).encode()))
    at = press(upload(app("data"), *files), "to_checks")
    (choice,) = [one for one in at.multiselect if "try to change" in one.label]
    assert choice.value == []
    assert not [option for option in choice.options if "None of these" in option]
    measures = open_study(list_studies()[0].id).drafts["plan"]["measures"]
    (drill,) = [m["name"] for m in measures if m.get("label", "").endswith("Drill")]
    choice.set_value([drill]).run()
    (field,) = [one for one in at.text_input if one.key == f"report_name_{drill}"]
    assert field.value == "Drill"
    # A reader could not tell two scores of one name apart.
    (other,) = [o for o in at.text_input if o.key.startswith("report_name_") and o is not field]
    kept = other.value
    at.text_input(key=other.key).set_value("ＤＲＩＬＬ ").run()
    assert finish_button(at).disabled
    assert [one for one in at.warning if "Two scores are called" in one.value]
    said = Text("zh-Hans")("Two scores are called “{name}”: give each a name of its own.", name="a")
    assert said.startswith("有两个得分")
    at.text_input(key=other.key).set_value(kept or "Preparedness").run()
    assert not finish_button(at).disabled
    press(at, "finish")
    plan = open_study(list_studies()[0].id).plan
    roles = {m.label: m.role for m in plan.measures}
    assert roles["Drill"] == "secondary"
    assert [role for label, role in roles.items() if label.endswith("Meeting")] == ["descriptive"]
    page = told(app("items", study=list_studies()[0].id))
    assert "Meeting" in page or "Preparedness" in page
