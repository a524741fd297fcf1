"""Every problem the quality report knows, planted and found: where, how many, what it does."""

from io import BytesIO

import openpyxl
import pytest

from analysis import read_study
from analysis.intake.check.overlap import check_overlap
from analysis.intake.propose.proposal import propose_study
from analysis.intake.tables.survey_tool import read_tables
from analysis.plan import Fix, parse_plan, plan_from_dict, write_plan

HEAD = ["code", "wave", "start", "end", "DeviceID", "q1", "q2", "q3", "q4", "joined"]


def rows_of(n=12):
    """Sound answers: pre and post of n people, five minutes each, a device each."""
    told = []
    for person in range(n):
        for wave, month in (("pre", "03"), ("post", "09")):
            base = 2 + (person % 3)
            day = f"2026-{month}-{person + 1:02d} 10"
            told.append(
                [
                    f"A{person:02d}",
                    wave,
                    f"{day}:00:00",
                    f"{day}:05:00",
                    f"d{person}{wave}",
                    base,
                    base,
                    min(5, base + 1),
                    6 - base,
                    "drill;council" if person % 2 else "drill",
                ]
            )
    return told


def csv_of(rows, head=HEAD):
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in [head, *rows]]
    return ("\n".join(lines) + "\n").encode()


def plan_of(files=({"path": "s.csv"},), **more):
    survey = {"respondent": "code", "wave": "wave", "files": list(files), **more}
    measure = {"name": "m", "items": ["q1", "q2", "q3", "q4"], "reversed": ["q4"], "range": [1, 5]}
    return plan_from_dict({"survey": survey, "measures": [measure]})


def found(rows, code, plan=None, head=HEAD):
    study = read_study(plan or plan_of(), {"s.csv": csv_of(rows, head)})
    return [issue for issue in study.issues if issue.code == code]


def test_sound_data_have_no_problem():
    study = read_study(plan_of(), {"s.csv": csv_of(rows_of())})
    assert study.issues == ()


def test_missing_answers_by_item_and_wave():
    rows = rows_of()
    for row in rows[0:8:2]:
        row[6] = None
    (issue,) = found(rows, "missing_answers")
    assert (issue.column, issue.details["wave"]) == ("q2", "pre")
    assert (issue.details["n"], issue.details["of"]) == (4, 12)
    assert issue.details["effect"] == "fewer_scores"


@pytest.mark.parametrize("policy", ["latest", "first", "most_complete"])
def test_duplicates_follow_the_stated_policy(policy):
    rows = rows_of()
    again = [*rows[0][:5], 5, None, None, None, None]
    rows.append(again)
    study = read_study(plan_of(duplicates=policy), {"s.csv": csv_of(rows)})
    (issue,) = [one for one in study.issues if one.code == "duplicate"]
    kept = study.survey.items["m"].loc[study.survey.keys["respondent"] == "A00", "q1"].iloc[0]
    assert issue.details["policy"] == policy
    assert issue.severity == "error"
    assert (issue.rows, kept) == (((2,), 5.0) if policy == "latest" else ((26,), 2.0))


def test_speeders_are_flagged_and_kept():
    rows = rows_of()
    rows[3][3] = rows[3][2].replace(":00:00", ":00:40")
    (issue,) = found(rows, "speeders")
    assert issue.rows == (5,)
    assert issue.details["effect"] == "noise"


def test_straight_lining_across_reversed_items():
    rows = rows_of()
    rows[4][5:9] = [4, 4, 4, 4]
    rows[6][5:9] = [3, 3, 3, 3]
    (issue,) = found(rows, "straight_lining")
    assert issue.rows == (6,)
    assert issue.details["measure"] == "m"


def test_answers_out_of_range_are_listed_and_missing():
    rows = rows_of()
    rows[1][7] = 55
    (issue,) = found(rows, "out_of_range")
    assert (issue.column, issue.rows, issue.details["values"]) == ("q3", (3,), ["55"])


def test_none_of_these_beside_another_option_in_one_cell():
    rows = rows_of()
    rows[2][9] = "drill;none of these"
    (issue,) = found(rows, "contradictory_options")
    assert (issue.column, issue.rows) == ("joined", (4,))
    assert issue.details["options"] == ["none of these"]


def test_none_of_these_beside_another_box():
    head = ["record_id", "redcap_event_name", "acts___1", "acts___9", "survey_complete"]
    lines = [["1", "baseline", 1, 0, 2], ["2", "baseline", 1, 1, 2], ["3", "baseline", 0, 1, 2]]
    words = [["field_name", "field_type", "field_label", "select_choices_or_calculations"]]
    words += [["acts", "checkbox", "Joined", '"1, Drill | 9, None of these"']]
    words += [["survey", "text", "x", ""], ["survey_complete", "text", "x", ""]]
    plan = plan_from_dict(
        {
            "survey": {
                "respondent": "record_id",
                "wave": "redcap_event_name",
                "dictionary": "d.csv",
                "files": [{"path": "s.csv"}],
            },
            "measures": [{"name": "drill", "kind": "binary", "items": ["acts___1"]}],
        }
    )
    study = read_study(plan, {"s.csv": csv_of(lines, head), "d.csv": csv_of(words[1:], words[0])})
    (issue,) = [one for one in study.issues if one.code == "contradictory_options"]
    assert issue.rows == (3,)


def test_one_device_for_several_people():
    rows = rows_of()
    rows[0][4] = rows[2][4] = "shared"
    (issue,) = found(rows, "same_device")
    assert (issue.column, issue.rows, issue.details["devices"]) == ("DeviceID", (2, 4), 1)


def test_dates_that_fit_two_ways_are_asked_about():
    head = ["code", "wave", "visited", "q1", "q2", "q3", "q4"]
    days = ["3/4/2026", "9/6/2026", "1/2/2026", "5/8/2026"]
    rows = [[f"A{n}", "pre", days[n % 4], 2, 3, 4, 3] for n in range(8)]
    plan = plan_of(started_on="visited")
    (issue,) = found(rows, "ambiguous_dates", plan, head)
    assert (issue.column, issue.details["effect"]) == ("visited", "wrong_dates")
    said = plan_of([{"path": "s.csv", "day_first": True}], started_on="visited")
    assert found(rows, "ambiguous_dates", said, head) == []
    # A column that the study does not read as days is nobody's concern.
    assert found(rows, "ambiguous_dates", head=head) == []
    rows[0][2] = "25/4/2026"
    assert found(rows, "ambiguous_dates", plan, head) == []


def workbook_of(rows, *, hidden_rows=(), hidden_sheet=""):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [HEAD, *rows]:
        sheet.append(row)
    for number in hidden_rows:
        sheet.row_dimensions[number].hidden = True
    if hidden_sheet:
        other = book.create_sheet(hidden_sheet)
        other.append(["a", "b"])
        other.append([1, 2])
        other.sheet_state = "hidden"
    stored = BytesIO()
    book.save(stored)
    return stored.getvalue()


def test_hidden_rows_and_sheets_are_counted():
    data = workbook_of(rows_of(), hidden_rows=(4, 5), hidden_sheet="old")
    study = read_study(plan_of([{"path": "s.xlsx"}]), {"s.xlsx": data})
    told = {issue.code: issue for issue in study.issues}
    assert told["hidden_rows"].rows == (4, 5)
    assert told["hidden_rows"].details["effect"] == "included"
    assert told["hidden_sheets"].details["sheets"] == ["old"]


def test_numbers_too_long_for_a_spreadsheet_are_no_key():
    rows = rows_of()
    for at, row in enumerate(rows):
        row[0] = 420106199001011200 + 10 * (at // 2)
    study = read_study(plan_of([{"path": "s.xlsx"}]), {"s.xlsx": workbook_of(rows)})
    (issue,) = [one for one in study.issues if one.code == "precision_lost"]
    assert issue.details["effect"] == "unusable_key"
    assert len(issue.rows) == len(rows)
    proposed = propose_study({"s.xlsx": workbook_of(rows)})
    assert proposed.survey.respondent is None


def test_changed_wording_between_waves_of_one_code():
    pre = csv_of([["1", "2"], ["2", "4"]], ["code", "Q4: I feel safe"])
    post = csv_of([["1", "3"], ["2", "5"]], ["code", "Q5: I feel safe at night"])
    files = [
        {"path": "pre.csv", "wave": "pre", "rename": {"Q4: I feel safe": "safe"}},
        {"path": "post.csv", "wave": "post", "rename": {"Q5: I feel safe at night": "safe"}},
    ]
    measure = {"name": "safe", "items": ["safe"], "range": [1, 5]}
    plan = plan_from_dict({"survey": {"respondent": "code", "files": files}, "measures": [measure]})
    study = read_study(plan, {"pre.csv": pre, "post.csv": post})
    (issue,) = [one for one in study.issues if one.code == "changed_wording"]
    assert issue.details["effect"] == "not_comparable"
    assert "at night" in issue.details["after"]


def test_a_number_before_the_question_is_no_change():
    pre = csv_of([["1", "2"], ["2", "4"]], ["code", "4、我觉得安全"])
    post = csv_of([["1", "3"], ["2", "5"]], ["code", "5、我觉得安全"])
    files = [
        {"path": "pre.csv", "wave": "pre", "rename": {"4、我觉得安全": "safe"}},
        {"path": "post.csv", "wave": "post", "rename": {"5、我觉得安全": "safe"}},
    ]
    measure = {"name": "safe", "items": ["safe"], "range": [1, 5]}
    plan = plan_from_dict({"survey": {"respondent": "code", "files": files}, "measures": [measure]})
    assert read_study(plan, {"pre.csv": pre, "post.csv": post}).issues == ()


def test_a_part_that_stands_in_a_whole_is_noticed():
    whole = [["2026-01-0" + str(n), 100 * n, "fund"] for n in range(1, 9)]
    head = ["date", "amount", "source"]
    files = {"q1.csv": csv_of(whole[:4], head), "year.csv": csv_of(whole, head)}
    (issue,) = check_overlap(list(read_tables(files).values()))
    assert (issue.file, issue.details["other_file"], issue.details["n"]) == (
        "q1.csv",
        "year.csv",
        4,
    )
    other = csv_of([["2026-02-01", 5, "x"]] * 4, head)
    assert check_overlap(list(read_tables({"a.csv": other, **files}).values())) == [issue]


def test_fixes_are_recorded_in_the_plan_and_taken_back():
    rows = rows_of()
    rows[1][7] = 55
    data = {"s.csv": csv_of(rows)}
    plan = plan_of()
    fixes = [
        Fix(file="s.csv", row=3, column="q3", action="set", value="5", rule="out_of_range"),
        Fix(file="s.csv", row=4, action="drop_row", rule="speeders"),
        Fix(file="s.csv", row=5, column="q1", action="clear", rule="straight_lining"),
    ]
    survey = plan.survey.model_copy(update={"fixes": fixes})
    fixed = parse_plan(write_plan(plan.model_copy(update={"survey": survey})))
    assert fixed.survey.fixes == fixes
    before, after = read_study(plan, data), read_study(fixed, data)
    assert [issue.code for issue in before.issues] == ["out_of_range"]
    assert [issue.code for issue in after.issues] == []
    numbers = after.survey.items["m"].set_index(
        [after.survey.keys["respondent"], after.survey.keys["wave"]]
    )
    assert numbers.loc[("A00", "post"), "q3"] == 5
    assert ("A01", "pre") not in numbers.index
    assert numbers["q1"].isna().sum() == 1
    assert [(one.reason, one.rows) for one in after.exclusions] == [("dropped_by_fix", (4,))]
    assert all(file.n_rows == file.n_used + file.n_listed for file in before.files)
    assert read_study(plan, data).survey.items["m"].equals(before.survey.items["m"])


def test_the_day_of_answering_follows_what_was_said_about_the_file():
    head = "code,wave,visited,q1,q2,q3\n"
    rows = ["A1,pre,3/4/2026,2,3,4", "A1,pre,2/5/2026,4,3,4", "A2,pre,6/3/2026,2,3,3"]
    files = {"s.csv": (head + "\n".join(rows) + "\n").encode()}
    plan = {
        "survey": {
            "respondent": "code",
            "wave": "wave",
            "waves": ["pre"],
            "started_on": "visited",
            "files": [{"path": "s.csv", "day_first": True}],
        },
        "measures": [{"name": "m", "kind": "scale", "range": [1, 5], "items": ["q1", "q2", "q3"]}],
    }
    by_day = read_study(plan_from_dict(plan), files)
    plan["survey"]["files"][0]["day_first"] = False
    by_month = read_study(plan_from_dict(plan), files)
    kept = {
        name: s.survey.keys.set_index("respondent")["started_on"]["A1"].isoformat()[:10]
        for name, s in (("day", by_day), ("month", by_month))
    }
    assert kept == {"day": "2026-05-02", "month": "2026-03-04"}
