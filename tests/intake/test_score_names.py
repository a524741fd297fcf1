"""Scores have names a person would use; slugs, codes, questions and instructions are refused."""

import pytest

from analysis import evaluate, read_study
from analysis.intake.propose.proposal import propose_study
from analysis.intake.propose.score_names import find_name_problem, name_internally, suggest_name

QUESTIONS = ["我知道最近的撤离路线", "我家备有应急包", "我能说出预警信号"]
TRUST = ["我信任居委会", "我信任邻居", "我信任志愿者"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "empty"),
        ("measure", "placeholder"),
        ("measure_2", "placeholder"),
        ("scale", "placeholder"),
        ("量表", "placeholder"),
        ("Q2", "code"),
        ("q1_3", "code"),
        ("i_know_the_nearest", "code"),
        ("group/item", "code"),
        ("How much do you agree?", "question"),
        ("您是否备有应急包？", "question"),
        ("请您对以下说法作出评价", "instruction"),
        ("Please rate each statement", "instruction"),
        ("Household preparedness", ""),
        ("家庭备灾", ""),
        ("COVID-19 vaccination", ""),
    ],
)
def test_what_cannot_name_a_score_is_refused(name, problem):
    assert find_name_problem(name) == problem


def test_a_column_code_is_refused_and_a_word_with_a_capital_is_not():
    assert find_name_problem("trust", {"trust"}) == "code"
    assert find_name_problem("Trust", {"trust"}) == ""


@pytest.mark.parametrize(
    ("stem", "labels", "name"),
    [
        ("4、家庭备灾情况", ["甲", "乙"], "家庭备灾情况"),
        ("请您对以下说法作出评价", QUESTIONS, "防灾备灾"),
        ("How much do you agree?", ["I trust the committee", "I trust my block"], "Social trust"),
        ("", ["Do you have an emergency kit at home?"], "Have an emergency kit at home"),
        ("", ["您家是否备有应急包？"], "备有应急包"),
        ("", ["q1", "q2", "q3"], ""),
        ("measure", ["q1", "q2"], ""),
        ("", ["Has the patient completed the course?"], "The patient has completed the course"),
        ("", ["Would you be willing to help again?"], "Willing to help again"),
        ("", ["How open are you to further visits?"], "Openness to further visits"),
        ("", ["How satisfied were you with the centre?"], "Satisfaction with the centre"),
        ("", ["Using the card, which level of pain do you feel now?"], "Level of pain"),
        ("", ["Discharge summary on file?"], "Discharge summary on file"),
        ("Was the patient...", ["nervous?"], "The patient was nervous"),
        ("您是否……", ["备有应急包？"], "备有应急包"),
        ("", ["How many pills did you take each day?"], ""),
        ("", ["Where do you live?"], ""),
    ],
)
def test_a_name_is_proposed_from_the_title_or_the_theme_never_from_a_code(stem, labels, name):
    assert suggest_name(stem, labels) == name


def test_chinese_scales_get_different_internal_names():
    one, other = (
        name_internally(t, "scale", w) for t, w in ((QUESTIONS[0], QUESTIONS), ("", TRUST))
    )
    assert one != other
    assert one == name_internally("", "scale", QUESTIONS)
    assert "measure" not in (one, other)


def survey(questions, options=("演练┋议事会", "演练", "以上都没有", "议事会"), shift=0):
    head = ",".join(["编号", *questions, "您参加过哪些活动？"])
    rows = [
        f"P{n:02},"
        + ",".join(str(1 + (n * (1 + shift) + k) % 5) for k in range(len(questions)))
        + f",{options[n % len(options)]}"
        for n in range(24)
    ]
    return "\n".join([head, *rows]).encode()


def two_waves(questions):
    return {"前测.csv": survey(questions), "后测.csv": survey(questions, shift=1)}


def test_two_different_chinese_surveys_share_no_measure_name():
    names = [
        {m.name for m in propose_study(two_waves(q)).measures if m.kind == "scale"}
        for q in (QUESTIONS, TRUST)
    ]
    assert not names[0] & names[1]


def test_check_all_options_are_described_and_not_tested():
    files = two_waves(QUESTIONS)
    plan = propose_study(files)
    options = [m for m in plan.measures if m.kind == "binary"]
    assert {m.label.rpartition(": ")[2] for m in options} == {"演练", "议事会"}
    assert {m.role for m in options} == {"descriptive"}
    evaluation = evaluate(read_study(plan, files))
    (outcome,) = evaluation.outcomes
    # One test, so nothing of the multiplicity correction is spent on the options.
    assert outcome.p_adjusted == outcome.change.p_value
    assert {o.measure for o in evaluation.items} >= {m.name for m in options}
    assert not {b.measure for b in evaluation.bounds} & {m.name for m in options}


def test_worry_about_a_disaster_is_worry_and_not_preparedness():
    asked = ["How worried are you about earthquakes?", "How worried are you about the flood?"]
    assert suggest_name("", asked) == "Stress and worry"


def test_a_question_about_the_household_becomes_a_statement():
    asked = "Have you or anyone in your household taken any precautions?"
    assert suggest_name("", [asked]) == "Have taken any precautions"


FORM = "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,Choices"
FORM = FORM.replace("Choices", '"Choices, Calculations, OR Slider Labels"')
YESNO = '"0, No | 1, Yes"'
STEPS = '"1, Strongly disagree | 2, Disagree | 3, Agree | 4, Strongly agree"'
DICTIONARY = f"""{FORM}
record_id,intake_form,,text,Record,
fear1,intake_form,Were you...,radio,nervous?,{YESNO}
fear2,intake_form,,radio,crying?,{YESNO}
sure1,intake_form,Contacts,radio,Confirmed?,{YESNO}
sure2,intake_form,,radio,Confirmed?,{YESNO}
open1,intake_form,,dropdown,How open are you to visits?,{STEPS}
open2,exit_form,,dropdown,How open are you to visits?,{STEPS}
mor1,morale_scale,,dropdown,Do things go the way you like?,{STEPS}
mor2,morale_scale,,dropdown,Where do you see yourself?,{STEPS}
mor3,morale_scale,,dropdown,Which of your days are good?,{STEPS}
"""


def test_a_redcap_project_names_its_scores_by_instrument_and_header():
    head = (
        "record_id,redcap_event_name,fear1,fear2,sure1,sure2,open1,intake_form_complete,open2,"
        "exit_form_complete,mor1,mor2,mor3,morale_scale_complete"
    )
    rows = [
        f"{k},{wave}_arm_1,{k % 2},{(k + 1) % 2},{k % 2},{k % 2},{1 + k % 4},2,"
        f"{1 + (k + at) % 4},2,{1 + k % 4},{1 + (k + 1) % 4},{1 + (k + at) % 4},2"
        for k in range(1, 25)
        for at, wave in enumerate(("baseline", "month_6", "month_12"))
    ]
    files = {"data.csv": "\n".join([head, *rows]).encode(), "form.csv": DICTIONARY.encode()}
    plan = propose_study(files)
    assert plan.survey.waves == ["baseline", "month_6", "month_12"]
    names = {"+".join(measure.items): measure.label for measure in plan.measures}
    assert names == {
        "fear1": "Nervous",
        "fear2": "Crying",
        # The same words twice in one instrument: only a person can tell them apart.
        "sure1": None,
        "sure2": None,
        "open1": "Openness to visits (Intake form)",
        "open2": "Openness to visits (Exit form)",
        "mor1+mor2+mor3": "Morale scale",
    }
