"""A mapping made once serves the next wave."""

from analysis import evaluate, read_study
from analysis.intake.propose.next_wave import reuse_plan
from analysis.intake.propose.proposal import propose_study, read_sheets

QUESTIONS = "编号,性别,我知道疏散路线,我家备有应急包,我知道洪水时联系谁"


def export(rows: int, questions: str = QUESTIONS) -> bytes:
    lines = [
        f"B{n:03},{'女' if n % 2 else '男'},{1 + n % 5},{1 + n % 4},{1 + n % 3}"
        for n in range(rows)
    ]
    return "\n".join([questions, *lines]).encode()


def test_the_next_file_becomes_the_next_wave_with_the_same_settings():
    first = {"调查.csv": export(30)}
    plan = propose_study(first)
    items = plan.measures[0].items
    reused = reuse_plan(plan, read_sheets({**first, "第二次.csv": export(25)}))
    assert [(one.path, one.wave) for one in reused.survey.files] == [
        ("调查.csv", "pre"),
        ("第二次.csv", "post"),
    ]
    assert reused.measures[0].items == items
    third = reuse_plan(
        reused, read_sheets({**first, "第二次.csv": export(25), "半年后追踪.csv": export(20)})
    )
    assert third.survey.waves == ["pre", "post", "follow_up"]


def test_columns_worded_a_little_differently_are_lined_up():
    first = {"前测.csv": export(30)}
    other = QUESTIONS.replace("我知道疏散路线", "我知道疏散的路线").replace("编号", "您的编号")
    reused = reuse_plan(propose_study(first), read_sheets({**first, "后测.csv": export(25, other)}))
    rename = reused.survey.files[1].rename
    assert rename["我知道疏散的路线"] == "我知道疏散路线"
    assert reused.survey.files[1].wave == "post"


def test_another_survey_is_not_taken_for_a_wave():
    first = {"调查.csv": export(30)}
    other = "号,喜欢的颜色,身高,最爱的菜,鞋码"
    plan = propose_study(first)
    reused = reuse_plan(plan, read_sheets({**first, "别的.csv": export(20, other)}))
    assert [one.path for one in reused.survey.files] == ["调查.csv"]


def test_a_file_taken_out_leaves_and_its_replacement_serves():
    first = {"调查.csv": export(30)}
    plan = propose_study(first)
    reused = reuse_plan(plan, read_sheets({"新文件.csv": export(28)}))
    assert [one.path for one in reused.survey.files] == ["新文件.csv"]
    assert reused.measures == plan.measures


def test_a_roster_added_later_gets_its_own_section():
    first = {"调查.csv": export(30)}
    roster = "志愿者编号,加入日期,离开日期\nV1,2025-01-03,\nV2,2025-02-01,2025-09-01\n".encode()
    reused = reuse_plan(propose_study(first), read_sheets({**first, "志愿者名册.csv": roster}))
    assert reused.volunteers.path == "志愿者名册.csv"
    assert [one.path for one in reused.survey.files] == ["调查.csv"]


def test_a_second_baseline_is_no_later_wave():
    """“south pre” beside a saved “north pre” was taken for the round after it."""
    rows = "\n".join(f"P{n},{n % 5 + 1},{n % 4 + 1},{n % 3 + 2}" for n in range(12))
    files = {
        name: f"code,q1,q2,q3\n{rows}".encode()
        for name in ("north pre.csv", "north post.csv", "south pre.csv")
    }
    south = files.pop("south pre.csv")
    plan = propose_study(files)
    renewed = reuse_plan(plan, read_sheets({**files, "south pre.csv": south}))
    waves = {one.path: one.wave for one in renewed.survey.files}
    assert waves == {"north pre.csv": "pre", "north post.csv": "post", "south pre.csv": "pre"}


def test_a_round_that_only_the_new_file_holds_is_a_later_wave():
    """Its rows belonged to no wave that the study knew."""

    def rows(wave: str, gain: int) -> str:
        return "".join(
            f"P{n},{wave},{n % 3 + gain},{n % 4 + gain},{n % 2 + 2}\n" for n in range(12)
        )

    head = "code,wave,q1,q2,q3\n"
    first = {"answers.csv": (head + rows("pre", 1) + rows("post", 2)).encode()}
    files = {**first, "more.csv": (head + rows("month 12", 2)).encode()}
    plan = propose_study(first)
    assert plan.survey.waves == ["pre", "post"]
    reused = reuse_plan(plan, read_sheets(files))
    assert [one.path for one in reused.survey.files] == ["answers.csv", "more.csv"]
    assert reused.survey.waves == ["pre", "post", "month 12"]
    assert list(evaluate(read_study(reused, files)).flow.waves) == ["pre", "post", "month 12"]
