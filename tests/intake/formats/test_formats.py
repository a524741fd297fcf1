"""Each tool's layout and its traps, on small hand-made sheets."""

import pytest

from analysis.intake.model import Sheet, Workbook
from analysis.intake.tables.survey_tool import recognise_table


def read(text, *, file_name="a.csv", mark=","):
    rows = [tuple(cell or None for cell in line.split(mark)) for line in text.strip().split("\n")]
    width = max(map(len, rows))
    padded = tuple((*row, *[None] * (width - len(row))) for row in rows)
    sheet = Sheet(name="", rows=padded)
    return recognise_table(Workbook(name=file_name, sha256="", kind="csv", sheets=(sheet,)))


def heads(table):
    return {c.name: (c.label, c.stem, c.option) for c in table.columns if not c.paradata}


def values(table, name):
    return table.cells[name].tolist()


KOBO_TAIL = "_id;_uuid;_submission_time;__version__;_index"


def test_kobo_group_is_no_option_but_box_is():
    table = read(
        f"start;g/age;acts;acts/drill;acts/none;{KOBO_TAIL}\n"
        "t;30;drill;1;0;1;u1;t;v1;1\nt;40;;;;2;u2;t;v1;2",
        mark=";",
    )
    assert table.format == "kobotoolbox"
    assert heads(table)["g/age"] == ("age", "", "")
    assert heads(table)["acts/drill"] == ("drill", "acts", "drill")
    assert values(table, "acts/drill") == ["1", None]
    assert [c.name for c in table.columns if c.paradata] == ["start", *KOBO_TAIL.split(";")]


def test_kobo_legacy_marks_missing():
    table = read(
        "q;q/a;meta/instanceID;_uuid;_submission_time\na;True;i;u;t\nn/a;n/a;i;u;t", mark=";"
    )
    assert values(table, "q") == ["a", None]
    assert values(table, "q/a") == ["1", None]


def test_kobo_repeat_sheet_is_recognised():
    table = read("age;_index;_parent_table_name;_parent_index\n4;1;form;1", mark=";")
    assert table.format == "kobotoolbox"


def test_odk_zero_boxes_of_an_unanswered_question_are_missing():
    table = read(
        "SubmissionDate,acts,acts/drill,acts/none,KEY,SubmitterID,ReviewState\n"
        "t,drill,1,0,k1,1,\nt,,0,0,k2,1,rejected"
    )
    assert table.format == "odk_central"
    assert values(table, "acts/drill") == ["1", None]
    assert [(i.code, i.rows) for i in table.issues] == [("rejected_submissions", (3,))]


@pytest.mark.parametrize("first", ["Timestamp", "时间戳记"])
def test_google_grid(first):
    table = read(f"{first},Age,Agree? [I know],Agree? [I have],Other [x]\n9/6/2018,30,Yes,No,z")
    assert table.format == "google_forms"
    assert heads(table)["Agree? [I know]"] == ("I know", "Agree?", "")
    assert heads(table)["Other [x]"] == ("Other [x]", "", "")


def test_surveymonkey_two_rows():
    table = read(
        "Respondent ID;Collector ID;Start Date;End Date;IP Address;Age;Which?;;Rate <b>these</b>;\n"
        ";;;;;Response;Drill;Patrol;Route;Kit\n"
        "1;2;d;d;ip;30;Drill;;Good;Bad\n3;2;d;d;ip;40;;;Bad;Good",
        mark=";",
    )
    assert (table.format, table.header_rows) == ("surveymonkey", (1, 2))
    assert heads(table) == {
        "Age": ("Age", "", ""),
        "Which? [Drill]": ("Drill", "Which?", "Drill"),
        "Which? [Patrol]": ("Patrol", "Which?", "Patrol"),
        "Rate these [Route]": ("Route", "Rate these", ""),
        "Rate these [Kit]": ("Kit", "Rate these", ""),
    }


QUALTRICS = "StartDate;EndDate;Status;Progress;Finished;RecordedDate;ResponseId;Q1_1;Q1_2;Q2"
LABELS = (
    "Start Date;End;Response Type;P;F;R;Response ID;Agree? - a;Agree? - b;Sex - Selected Choice"
)
IMPORT = ";".join(f'{{"ImportId":"x{n}"}}' for n in range(10))
ANSWER = "2026-03-02 10:31:00;d;IP Address;100;True;d;R_1;4;-99;f"
PREVIEW = "2026-03-02 10:31:00;d;Survey Preview;100;True;d;R_2;4;5;m"
PARTIAL = "2026-03-02 10:31:00;d;IP Address;50;False;d;R_3;3;5;m"


@pytest.mark.parametrize(
    ("top", "header_rows"),
    [([LABELS, IMPORT], (1, 2, 3)), ([LABELS], (1, 2)), ([], (1,))],
)
def test_qualtrics_header_rows(top, header_rows):
    table = read("\n".join([QUALTRICS, *top, ANSWER, PREVIEW, PARTIAL]), mark=";")
    assert (table.format, table.header_rows) == ("qualtrics", header_rows)
    assert values(table, "Q1_2") == [None, "5"]
    told = {issue.code: len(issue.rows) for issue in table.issues}
    assert told == {"preview_rows_left_out": 1, "partial_responses": 1}
    if top:
        assert heads(table)["Q1_1"] == ("a", "Agree?", "")
        assert heads(table)["Q2"] == ("Sex", "", "")


def test_qualtrics_boxes():
    table = read(f"{QUALTRICS}\n{LABELS}\n{IMPORT}\n" + ANSWER.replace("4;-99", "a;"), mark=";")
    assert heads(table)["Q1_1"] == ("a", "Agree?", "a")
    assert heads(table)["Q1_2"] == ("b", "Agree?", "b")


def test_limesurvey_codes():
    table = read(
        "id,submitdate,lastpage,startlanguage,AGE,P[SQ1],P[SQ2],A[x],A[y]\n"
        "1,d,3,en,'=1+1,A1,N/A,Y,\n2,d,3,en,30,A2,A3,,"
    )
    assert table.format == "limesurvey"
    assert heads(table)["P[SQ1]"] == ("SQ1", "P", "")
    assert heads(table)["A[y]"] == ("y", "A", "y")
    assert values(table, "P[SQ2]") == [None, "A3"]
    assert values(table, "AGE") == ["=1+1", "30"]


def test_limesurvey_full_texts():
    table = read(
        "Response ID;Date submitted;Last page;Start language;Agree? [I know];Agree? [I have]\n"
        "1;d;3;en;Yes, fully;No",
        mark=";",
    )
    assert table.format == "limesurvey"
    assert heads(table)["Agree? [I know]"] == ("I know", "Agree?", "")


@pytest.mark.parametrize(
    "first",
    ["ID,Start time,Completion time,Email,Name", "ID,开始时间,完成时间,电子邮件,名称"],
)
def test_microsoft_forms(first):
    table = read(f"{first},Code,Which?\n1,d,d,anonymous,,B1,A;B;")
    assert table.format == "microsoft_forms"
    assert list(heads(table)) == ["Code", "Which?"]


def test_redcap_raw_and_labels():
    raw = read("record_id,redcap_event_name,a___1,a___2,s_complete\n1,baseline_arm_1,0,1,2")
    assert (raw.format, heads(raw)["a___2"]) == ("redcap", ("2", "a", "2"))
    assert "redcap_event_name" in heads(raw)
    told = read(
        "Record ID,Event Name,Acts (choice=Drill),Acts (choice=None),Complete?\n"
        "1,Baseline,Checked,Unchecked,Complete"
    )
    assert told.format == "redcap"
    assert heads(told)["Acts (choice=Drill)"] == ("Drill", "Acts", "Drill")
    assert values(told, "Acts (choice=None)") == ["0"]


WJX = "序号,提交答卷时间,所用时间,来源,来源详情,来自IP"


def test_wjx_matrix_and_missing_words():
    table = read(
        f"{WJX},1、您的性别,2、请评价—1.我知道路线,我有应急包,3、意见,总分\n"
        "1,2026/3/2,207秒,链接,N/A,1.1.1.1(湖北),女,同意,(空),(跳过),8"
    )
    assert table.format == "wenjuanxing"
    assert heads(table)["2、请评价—1.我知道路线"] == ("我知道路线", "请评价", "")
    assert heads(table)["我有应急包"] == ("我有应急包", "请评价", "")
    assert heads(table)["3、意见"] == ("意见", "", "")
    assert values(table, "我有应急包") == values(table, "3、意见") == [None]


def test_wjx_ordinal_boxes_and_codes():
    table = read(
        f"{WJX},1、性别,第2题(演练),第2题(巡逻),3、评价\n"
        "1,d,9秒,链接,,ip,1,1,0,-3\n2,d,9秒,链接,,ip,-2,-3,-3,4"
    )
    assert heads(table)["第2题(演练)"] == ("演练", "第2题", "演练")
    assert values(table, "1、性别") == ["1", None]
    assert values(table, "第2题(演练)") == ["1", None]
    assert values(table, "3、评价") == [None, "4"]


def test_wjx_minus_two_in_words_stays():
    table = read(f"{WJX},1、温度\n1,d,9秒,链接,,ip,冷\n2,d,9秒,链接,,ip,-2")
    assert values(table, "1、温度") == ["冷", "-2"]


def test_tencent_letters_options_and_last_comma():
    table = read(
        "编号,开始答题时间,结束答题时间,答题时长,地理位置国家,1.性别,2.活动:A.演练,2.活动:B.巡逻,\n"
        "1,d,d,9,中国,A.男,A.演练,,\n2,d,d,9,中国,B.女,,B.巡逻,"
    )
    assert table.format == "tencent_survey"
    assert heads(table) == {
        "1.性别": ("性别", "", ""),
        "2.活动:A.演练": ("演练", "活动", "演练"),
        "2.活动:B.巡逻": ("巡逻", "活动", "巡逻"),
    }
    assert values(table, "1.性别") == ["男", "女"]


def test_signature_below_a_title_line():
    table = read(f"社区问卷\n{WJX},1、性别\n1,d,9秒,链接,,ip,女")
    assert (table.format, table.header_rows, table.row_numbers) == ("wenjuanxing", (2,), (3,))


def test_plain_keeps_equal_headers_apart_and_answers_as_they_are():
    table = read("id,q,q,\n001,None,N/A,\n002,无,1e5,")
    assert table.format == "plain"
    assert [column.name for column in table.columns] == ["id", "q", "q [2]"]
    assert values(table, "id") == ["001", "002"]
    assert values(table, "q") == ["None", "无"]
    assert [issue.code for issue in table.issues] == ["duplicate_header"]


def test_names_of_files_decide_nothing():
    assert read("a,b\n1,2", file_name="386540716_按文本_x_54_54.xlsx").format == "plain"
