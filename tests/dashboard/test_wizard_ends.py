"""No dead end: every file opens in every step, and what is missing is said instead of 0."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.workspace.store import list_studies, open_study
from tests.dashboard.test_journeys import (
    App,
    app,
    choose_scales,
    keys,
    name_scores,
    press,
    upload,
)
from tests.dashboard.test_journeys import told as words_of

__all__ = ["app"]
SECTORS, STAGES, SPONSORS = ("Law", "Tech"), ("Won", "Research"), ("?", "No", "Maybe")
PIPELINE = b"id,sector,stage,sponsor\n" + b"".join(
    f"{n},{SECTORS[n % 2]},{STAGES[n % 2]},{SPONSORS[n % 3]}\n".encode() for n in range(30)
)
GERMAN = b"rownames,student,when,errors\n" + b"".join(
    f"{n},{n % 10 + 1},{'Before' if n < 10 else 'After'},{12 - n // 2}\n".encode()
    for n in range(20)
)
CHECK_ALL = "编号,我知道疏散路线,我家备有应急包,参加过哪些活动\n"


def check_all(n: int) -> bytes:
    """A survey with a check-all question in one cell."""
    joined = ("疏散演练┋急救培训", "疏散演练", "急救培训┋巡查", "巡查")
    rows = [f"B{k:03},{1 + k % 5},{1 + k % 4},{joined[k % 4]}" for k in range(n)]
    return (CHECK_ALL + "\n".join(rows)).encode()


def told(at: AppTest) -> str:
    """All words of the page, without the marks that keep Markdown from reading them."""
    return words_of(at).replace("\\", "")


def draft() -> dict:
    return open_study(list_studies()[0].id).drafts["plan"]


def walk(at: AppTest) -> AppTest:
    """Go through all five steps."""
    press(at, "wizard_next")
    for _ in range(3):
        assert not at.exception
        press(at, "wizard_next")
    assert not at.exception
    return at


def test_a_file_of_which_nothing_is_proposed_opens(app: App):
    at = upload(app("data"), ("pipeline.csv", PIPELINE))
    assert not at.exception
    assert "No column of this table is used" in told(at)
    assert "wizard_next" in keys(at)
    reopened = app("data", study=list_studies()[0].id)
    assert not reopened.exception
    assert "wizard_next" in keys(reopened)


def test_numbers_of_people_before_and_after_are_proposed(app: App):
    at = upload(app("data"), ("german.csv", GERMAN))
    plan = draft()
    assert (plan["survey"]["respondent"], plan["survey"]["wave"]) == ("student", "when")
    assert plan["measures"][0]["kind"] == "number"
    assert plan["measures"][0]["better"] == "lower"
    press(at, "to_checks")
    assert "10 people were found in every wave" in told(at)


def test_the_first_column_may_be_unsure(app: App):
    rows = "".join(f"K{n:04}x,{1 + n % 5},{1 + n % 3},{1 + n % 4}\n" for n in range(20))
    at = upload(app("data"), ("codes.csv", ("mark,q1,q2,q3\n" + rows).encode()))
    walk(at)


def test_the_next_wave_of_a_survey_with_a_check_all_question(app: App):
    at = upload(app("data"), ("前测.csv", check_all(30)), ("后测.csv", check_all(28)))
    press(press(at, "to_checks"), "finish")
    at = app("data", study=list_studies()[0].id)
    upload(at, ("半年后追踪.csv", check_all(20)))
    assert [one["wave"] for one in draft()["survey"]["files"]] == ["pre", "post", "follow_up"]


def test_a_file_refused_as_the_next_wave_says_what_it_lacks(app: App):
    at = upload(app("data"), ("前测.csv", check_all(30)), ("后测.csv", check_all(28)))
    press(press(at, "to_checks"), "finish")
    lame = b"\xef\xbb\xbf" + "编号,我知道疏散路线\n".encode() + b"B001,3\nB002,4\nB003,1\n"
    at = app("data", study=list_studies()[0].id)
    upload(at, ("追踪.csv", lame))
    press(at, "wizard_step_0") if "wizard_step_0" in keys(at) else None
    said = told(at)
    assert "questions are missing" in said
    assert "我家备有应急包" in said


LEDGER = "日期,凭证号,摘要,对方单位,借方,贷方,余额\n" + "".join(
    f"2026-0{n}-05,{n},支付,社区{n % 2},{100 * n if n % 2 else ''},{'' if n % 2 else 300 * n},{n}\n"
    for n in range(1, 9)
)


def test_a_running_balance_settles_which_side_is_income(app: App):
    book = "日期,摘要,借方,贷方,余额\n2026-01-05,拨款,800,,800\n2026-02-05,支付,,300,500\n" + (
        "2026-03-05,支付,,100,400\n2026-04-05,捐款,50,,450\n"
    )
    at = upload(app("data"), ("台账.csv", book.encode()))
    funding = draft()["funding"]
    assert (funding["income"], funding["income_side"]) == ("借方", "debit")
    press(at, "to_checks")
    assert list(at.radio) == []
    assert not next(one for one in at.button if one.key == "finish").disabled


def test_a_ledger_with_debit_and_credit_is_proposed_and_asked(app: App):
    at = upload(app("data"), ("台账.csv", LEDGER.encode()))
    funding = draft()["funding"]
    assert (funding["income"], funding["expense"]) == ("贷方", "借方")
    assert "needs a look" in told(at)
    press(at, "to_checks")
    save = next(one for one in at.button if one.key == "finish")
    assert save.disabled
    assert "which column of “台账.csv” is income" in save.help.replace("\\", "")
    (side,) = at.radio
    side.set_value("debit").run()
    assert not at.exception
    assert not next(one for one in at.button if one.key == "finish").disabled
    assert (draft()["funding"]["income"], draft()["funding"]["expense"]) == ("借方", "贷方")
    assert "finish" in keys(at)


def test_a_ledger_without_amounts_says_so_and_is_left_out(app: App):
    at = upload(
        app("data"),
        ("b.csv", b"day,what,who\n2026-01-02,rent,Fund\n2026-02-02,x,Fund\n"),
        ("pre.csv", GERMAN),
    )
    press(at, "wizard_next")
    press(at, "wizard_next")
    box = next(one for one in at.selectbox if one.key == "use_b.csv")
    box.set_value("funding").run()
    assert "Choose an amount column" in told(at)
    press(press(at, "wizard_next"), "wizard_next")
    assert "b.csv is left out for now" in told(at)
    assert "finish" in keys(at)


ROSTER = "ward_code,q1,q2,q3,note_id\n" + "".join(
    f"W{n % 6},{1 + n % 5},{1 + n % 4},{1 + n % 3},N{n:03}\n" for n in range(60)
)


def test_a_respondent_column_that_repeats_stops_the_person(app: App):
    at = upload(app("data"), ("roster.csv", ROSTER.encode()))
    press(at, "to_checks") if "to_checks" in keys(at) else None
    plan = draft()
    assert plan["survey"]["respondent"] == "note_id"
    from analysis.plan import plan_from_dict
    from dashboard.workspace.plan_edit import with_survey_setting
    from dashboard.workspace.store import save_draft

    study = list_studies()[0].id
    wrong = with_survey_setting(plan_from_dict(plan), "respondent", "ward_code")
    save_draft(study, "plan", wrong.model_dump(mode="json", exclude_defaults=True))
    save_draft(study, "step", 4)
    at = app("data", study=study)
    assert "54 of 60 rows of roster.csv would be left out" in told(at)
    finish = next(one for one in at.button if one.key == "finish")
    assert finish.disabled
    press(at, "respondent_roster.csv_note_id")
    assert "would be left out" not in told(at)
    name_scores(choose_scales(at))
    assert not next(one for one in at.button if one.key == "finish").disabled


def test_rows_may_be_left_out_when_a_person_agrees(app: App):
    at = upload(app("data"), ("roster.csv", ROSTER.replace(",note_id", ",remark").encode()))
    press(at, "to_checks") if "to_checks" in keys(at) else None
    box = next((one for one in at.checkbox if one.label == "Leave these rows out"), None)
    if box is None:
        pytest.fail("not asked: " + told(at)[:600])
    box.check().run()
    name_scores(choose_scales(at))
    assert not next(one for one in at.button if one.key == "finish").disabled


TALK = "序号,议题,提出人,提出时间,议定时间,负责人,计划完成,完成情况,反馈居民\n" + "".join(
    f"{n},议题{n},居民,3月{n}日,3月{n + 1}日,社工,4月中旬,"
    f"{'已完成' if n % 2 else '进行中'},{'是' if n % 4 == 1 else '否'}\n"
    for n in range(1, 11)
)


def test_a_consultation_log_with_words_and_dates_without_a_year(app: App):
    at = upload(app("data"), ("议事.csv", TALK.encode()))
    assert draft()["consultation"]["status"] == "完成情况"
    assert "负责人" in told(at)
    press(at, "to_checks")
    (year,) = at.number_input
    assert finish_of(at).disabled
    assert "which year the dates in “议事.csv” belong" in finish_of(at).help.replace("\\", "")
    year.set_value(2026).run()
    assert not finish_of(at).disabled
    assert draft()["consultation"]["year"] == 2026
    press(at, "finish")
    from analysis.intake.read.reader import read_study
    from analysis.sections import evaluate
    from dashboard.workspace.store import read_files

    saved = open_study(list_studies()[0].id)
    talk = evaluate(read_study(saved.plan, read_files(saved.id))).sustainability.consultation
    assert (talk.raised, talk.agreed, talk.done, talk.lacking) == (10, 10, 5, ())
    assert talk.told_back.estimate == pytest.approx(3 / 5)


def test_the_overview_of_one_wave_is_its_profile(app: App):
    at = upload(app("data"), ("baseline.csv", ROSTER.replace("ward_code", "ward").encode()))
    press(at, "to_checks") if "to_checks" in keys(at) else None
    for box in at.checkbox:
        box.check().run()
    press(at, "finish")
    at = app("overview", study=list_studies()[0].id)
    assert not at.exception
    said = told(at)
    assert "Highest:" in said
    assert "baseline mean" in said


RATINGS = "评分人,领域,轮次,评分\n" + "".join(
    f"R{n % 6},领域{n % 3},{'前测' if n % 2 else '后测'},{1 + n % 5}\n" for n in range(36)
)


def test_the_scale_of_a_self_assessment_is_asked(app: App):
    at = upload(app("data"), ("自评.csv", RATINGS.encode()))
    assert draft()["capacity"].get("range") is None
    assert "needs a look" in told(at)
    press(at, "to_checks")
    (scale,) = at.radio
    assert scale.value is None
    scale.set_value((1.0, 5.0)).run()
    assert not at.exception
    assert draft()["capacity"]["range"] == [1.0, 5.0]


def finish_of(at: AppTest):
    return next(one for one in at.button if one.key == "finish")


def test_a_self_assessment_waits_for_its_scale(app: App):
    rows = "".join(f"R{n},领域{k},{1 + (n + k) % 5}\n" for n in range(6) for k in range(3))
    content = f"评分人,领域,评分\n{rows}".encode()
    at = press(upload(app("data"), ("自评.csv", content)), "to_checks")
    assert finish_of(at).disabled
    at.radio[0].set_value((1.0, 5.0)).run()
    assert not finish_of(at).disabled


FOURS = "code,q1,q2,q3\n" + "".join(
    f"P{n:02},{1 + n % 4},{1 + n * 3 % 4},{1 + n // 2 % 4}\n" for n in range(24)
)


def test_the_scale_of_a_survey_is_asked_once_where_answers_leave_it_open(app: App):
    at = upload(app("data"), ("survey_pre.csv", FOURS.encode()))
    assert "needs a look" in told(at)
    press(at, "to_checks")
    name_scores(at)
    assert "The answers given run from 1 to 4" in told(at)
    assert finish_of(at).disabled
    (scale,) = at.radio
    assert scale.value is None
    scale.set_value((1, 7)).run()
    assert draft()["measures"][0]["range"] == [1.0, 7.0]
    assert not finish_of(at).disabled
    press(at, "finish")
    assert open_study(list_studies()[0].id).plan.measures[0].range == (1, 7)
    at = app("data", study=list_studies()[0].id)
    upload(at, ("survey_post.csv", FOURS.encode()))
    assert not at.radio


def test_a_file_of_nothing_known_goes_through_every_step_and_says_what_it_lacks(app: App):
    stages = b"status,amount\nWON,100\nPENDING,200\nLOST,50\n"
    at = upload(app("data"), ("stages.csv", stages))
    assert "Nearest: Ledger. Missing: Date." in told(at)
    walk(at)
    said = told(at)
    assert "Nothing is used yet" in said
    assert "Missing: Date." in said
    rows = at.table[0].value.to_numpy().tolist()
    assert ["Ledger", "amount → Amount", "Date"] in [
        [cell.replace("\\", "").replace("\u2060", "") for cell in row] for row in rows
    ]
    assert "finish" not in keys(at)
    assert "to_columns" in keys(at)


def test_of_two_tables_of_a_kind_the_unused_one_says_so(app: App):
    days = "date,attendance\n" + "".join(f"2026-01-{n:02},{n}\n" for n in range(1, 20))
    at = upload(app("data"), ("a.csv", days.encode()), ("b.csv", days[:90].encode()))
    assert "Recognised as Sign-in sheet, but a.csv is used as that" in told(at)


def test_people_found_in_some_waves_are_not_called_unmatched(app: App):
    waves = ["Before"] * 20 + ["Halfway"] * 10 + ["After"] * 10
    rows = [
        f"P{n % 20:02},{wave},{1 + n % 5},{1 + n * 3 % 5},{1 + n * 2 % 5}"
        for n, wave in enumerate(waves)
    ]
    content = "\n".join(["code,wave,q1,q2,q3", *rows]).encode()
    at = press(upload(app("data"), ("panel.csv", content)), "to_checks")
    said = told(at)
    assert "do not match" not in said
    assert "people were found in two or more" in said


def test_names_identify_people_where_no_code_does(app: App):
    from tests.browser.books import two_sheets

    at = upload(app("data"), ("前后测.xlsx", two_sheets()))
    plan = draft()
    assert plan["survey"]["respondent"] == "姓名 Name"
    assert open_study(list_studies()[0].id).title == "前后测"
    press(at, "to_checks")
    assert "28 people were found in every wave" in told(at)


def test_names_nearly_alike_before_coding_are_proposed_and_decided(app: App):
    from tests.browser.books import two_sheets

    at = press(upload(app("data"), ("前后测.xlsx", two_sheets())), "to_checks")
    assert any("2 pairs of codes may be one person" in one.label for one in at.expander)
    kept = open_study(list_studies()[0].id).drafts
    assert not any(name in str(kept) for name in ("韩小", "寒小", "陶小", "淘小"))
    press(at, "accept_all")
    assert "30 people were found in every wave" in told(at)
    assert len(draft()["survey"]["links"]) == 2
