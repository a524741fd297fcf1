"""Changes to a plan: one table of several, parts of columns, links, corrections."""

from analysis.plan import StudyPlan, parse_plan, plan_from_dict
from dashboard.workspace.column_parts import BREAKDOWN, MEASURE, list_parts, part_of, with_part
from dashboard.workspace.link_edit import with_links
from dashboard.workspace.plan_edit import (
    Place,
    column_of,
    use_of,
    with_choices,
    with_column,
    with_fixes,
    with_label,
    with_use,
    with_wave,
    without_fix,
    without_respondent,
)

PRE, POST = Place(file="pre.csv"), Place(file="post.csv")
ROSTER = Place(file="book.xlsx", sheet="名册", main=False)
MAIN = Place(file="book.xlsx", sheet="签到", main=True)


def make_plan() -> StudyPlan:
    return parse_plan("""
        [survey]
        respondent = "code"
        disaggregate = ["sex"]
        files = [
          { path = "pre.csv", wave = "pre" },
          { path = "post.csv", wave = "post", rename = { "编号" = "code" } },
        ]
        [[measures]]
        name = "ready"
        items = ["q1", "q2"]
        reversed = ["q2"]
        range = [1, 5]
    """)


def test_a_table_is_told_from_other_sheets_of_its_workbook():
    plan = with_use(make_plan(), ROSTER, "volunteers", ["id", "joined"])
    plan = with_use(plan, MAIN, "attendance", ["who"])
    assert (use_of(plan, ROSTER), use_of(plan, MAIN)) == ("volunteers", "attendance")
    assert plan.volunteers.sheet == "名册"
    assert plan.volunteers.volunteer == "id"
    assert use_of(with_use(plan, ROSTER, "", []), ROSTER) == ""
    assert use_of(with_use(plan, ROSTER, "", []), MAIN) == "attendance"


def test_a_column_named_differently_in_one_file_is_renamed_there_only():
    plan = make_plan()
    assert column_of(plan, POST, "respondent") == "编号"
    changed = with_column(plan, POST, "respondent", "号码")
    assert column_of(changed, POST, "respondent") == "号码"
    assert column_of(changed, PRE, "respondent") == "code"


def test_a_new_wave_becomes_the_last():
    plan = with_wave(make_plan(), POST, "follow_up")
    assert plan.survey.waves == ["pre", "post", "follow_up"]
    assert plan.survey.files[1].wave == "follow_up"


def test_each_part_can_be_given_and_is_taken_from_the_old_one():
    plan = make_plan()
    for part in list_parts(plan):
        if part == "":
            continue
        changed = with_part(plan, PRE, "extra", part)
        assert part_of(changed, PRE, "extra") == part
        assert part_of(with_part(changed, PRE, "extra", ""), PRE, "extra") == ""


def test_an_item_made_a_breakdown_leaves_its_measure():
    plan = with_part(make_plan(), PRE, "q2", BREAKDOWN)
    assert plan.measures[0].items == ["q1"]
    assert plan.measures[0].reversed == []
    assert plan.survey.disaggregate == ["sex", "q2"]
    gone = with_part(plan, PRE, "q1", "")
    assert gone.measures == []
    assert part_of(make_plan(), PRE, "q1") == MEASURE + "ready"


def test_choices_of_sheet_and_encoding_reach_the_plan():
    plan = with_choices(make_plan(), {"pre.csv": "S2"}, {"post.csv": "gb18030"})
    assert plan.survey.files[0].sheet == "S2"
    assert plan.survey.files[1].encoding == "gb18030"


def test_anonymous_answers_have_neither_respondent_nor_links():
    plan = with_links(make_plan(), [{"code": "B1", "same_as": "b01", "similarity": 0.8}])
    assert plan.survey.links[0].same_as == "b01"
    assert without_respondent(plan).survey.links == []
    assert without_respondent(plan).survey.respondent is None


def test_a_correction_takes_the_place_of_the_older_and_can_be_taken_back():
    fix = {"file": "pre.csv", "row": 4, "column": "q1", "action": "set", "value": "3"}
    plan = with_fixes(make_plan(), [fix, {**fix, "row": 5}])
    plan = with_fixes(plan, [{**fix, "value": "4"}])
    assert [(one.row, one.value) for one in plan.survey.fixes] == [(5, "3"), (4, "4")]
    assert [one.row for one in without_fix(plan, 0).survey.fixes] == [4]


def test_a_column_is_given_words_language_by_language():
    plan = plan_from_dict({"study": {"labels": {"sex": {"en": "Sex", "zh-Hans": "性别"}}}})
    renamed = with_label(plan, "sex", "Gender", "en")
    assert renamed.study.labels["sex"] == {"en": "Gender", "zh-Hans": "性别"}
    named = with_label(renamed, "楼栋", "Building", "en")
    assert named.label_of("楼栋") == "Building"
    assert with_label(named, "楼栋", "", "en").label_of("楼栋") is None
