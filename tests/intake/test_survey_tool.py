"""Which sheet, which tool; all real files."""

import json

import pytest

from analysis.errors import UnreadableFileError
from analysis.intake.model import Sheet, Workbook
from analysis.intake.tables.formats import FORMATS
from analysis.intake.tables.survey_tool import read_tables, recognise_table


def workbook_of(*sheets):
    return Workbook(name="a.xlsx", sha256="", kind="xlsx", sheets=sheets)


def sheet_of(name, rows, **more):
    return Sheet(name=name, rows=tuple(rows), **more)


DATA = [("id", "q1"), ("1", "5"), ("2", "4")]


def test_the_fullest_visible_sheet_is_taken_and_others_are_told():
    book = workbook_of(
        sheet_of("notes", [("read me",)]),
        sheet_of("data", DATA),
        sheet_of("old", DATA * 9, hidden=True),
    )
    table = recognise_table(book)
    assert table.sheet == "data"
    told = {issue.code: issue.details["sheets"] for issue in table.issues}
    assert told == {"hidden_sheets": ["old"], "other_sheets": ["notes"]}


def test_a_person_may_choose_the_sheet():
    book = workbook_of(sheet_of("a", DATA), sheet_of("b", DATA))
    assert recognise_table(book, "b").sheet == "b"
    with pytest.raises(UnreadableFileError) as caught:
        recognise_table(book, "c")
    assert (caught.value.code, caught.value.details["sheets"]) == ("unknown_sheet", ["a", "b"])


def test_header_only():
    with pytest.raises(UnreadableFileError) as caught:
        recognise_table(workbook_of(sheet_of("S", DATA[:1])))
    assert caught.value.code == "header_only"


def test_rows_in_are_kept_or_listed():
    rows = [("title", None), *DATA, (None, None), ("合计", "9")]
    table = recognise_table(workbook_of(sheet_of("S", rows)))
    assert table.header_rows == (2,)
    assert table.row_numbers == (3, 4)
    assert [(i.code, i.rows) for i in table.issues] == [("totals_row", (6,))]


def test_every_format_has_the_same_two_functions():
    for module in FORMATS:
        public = [n for n in vars(module) if n.startswith(("recognise_", "read_format"))]
        assert sorted(public) == ["read_format", "recognise_format"]


def test_read_tables_keeps_errors_apart_and_takes_choices():
    text = "序号,年龄\n1,30\n2,40\n"
    tables = read_tables(
        {"a.csv": text.encode("gb18030"), "b.csv": b""}, encodings={"a.csv": "gbk"}
    )
    assert tables["a.csv"].encoding == "gbk"
    assert tables["a.csv"].columns[1].name == "年龄"
    assert isinstance(tables["b.csv"], UnreadableFileError)


EXPECTED = {
    "386540716_按文本_社区B防灾减灾前测_54_54.xlsx": "wenjuanxing",
    "386540717_按文本_社区B防灾减灾后测_44_44.xlsx": "wenjuanxing",
    "google_forms_post.csv": "google_forms",
    "google_forms_post.xlsx": "google_forms",
    "google_forms_pre.csv": "google_forms",
    "google_forms_pre.xlsx": "google_forms",
    "kobo_xml.csv": "kobotoolbox",
    "kobo_xml.xlsx": "kobotoolbox",
    "limesurvey_code_post.csv": "limesurvey",
    "limesurvey_code_pre.csv": "limesurvey",
    "ms_forms_post.xlsx": "microsoft_forms",
    "ms_forms_pre.xlsx": "microsoft_forms",
    "qualtrics_text_post.csv": "qualtrics",
    "qualtrics_text_pre.csv": "qualtrics",
    "redcap_raw.csv": "redcap",
    "truth_long.csv": "plain",
    "kobo_labels_en.xlsx": "kobotoolbox",
    "kobo_labels_zh.csv": "kobotoolbox",
    "kobo_xml_values_groups.csv": "kobotoolbox",
    "ls_bhermann_results-survey54231.xlsx": "limesurvey",
    "qualtRics_sample.csv": "qualtrics",
    "redcapr_longitudinal.csv": "redcap",
    "redcapr_longitudinal_dictionary.csv": "redcap_dictionary",
    "steak-risk-survey.csv": "surveymonkey",
    "wjx_800_800_0_by_text.xls": "wenjuanxing",
}


@pytest.fixture(scope="module")
def real_tables(shared_data):
    paths = [p for p in shared_data.rglob("*.*") if p.suffix in (".csv", ".xlsx", ".xls")]
    return read_tables({path.name: path.read_bytes() for path in paths})


def test_real_files_are_recognised(real_tables):
    got = {name: table.format for name, table in real_tables.items()}
    assert got == {name: EXPECTED.get(name, "plain") for name in got}


def test_real_files_lose_no_row(real_tables, shared_data):
    expected = json.loads((shared_data / "one-panel" / "expected.json").read_text())
    for name, table in real_tables.items():
        if (name in EXPECTED and "_pre" in name) or "前测" in name:
            assert len(table.cells) == expected["n_pre_rows"], name
        if (name in EXPECTED and "_post" in name) or "后测" in name:
            assert len(table.cells) == expected["n_post_rows"], name


def test_item_missing_is_equal_in_all_layouts(real_tables, shared_data):
    expected = json.loads((shared_data / "one-panel" / "expected.json").read_text())
    starts = ("google", "ms_", "lime", "qualtrics", "3865")
    for name, table in real_tables.items():
        if name.startswith(starts) and name in EXPECTED:
            wave = "pre" if "pre" in name or "前测" in name else "post"
            items = [c.name for c in table.columns if c.stem and not c.option]
            items = items or [c.name for c in table.columns if not c.paradata][3:7]
            missing = [int(table.cells[item].isna().sum()) for item in items]
            assert missing == list(expected["item_missing"][wave].values()), name


def test_real_grids_share_a_stem(real_tables):
    table = real_tables["386540716_按文本_社区B防灾减灾前测_54_54.xlsx"]
    grid = [column.label for column in table.columns if column.stem == "请您对以下说法作出评价"]
    assert grid == [
        "我知道最近的疏散路线",
        "我家备有应急包",
        "我知道洪水时联系谁",
        "为灾害做准备不值得",
    ]
