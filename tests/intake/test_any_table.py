"""Whatever a table holds: roles, a proposal, a study and its quality report, never an exception."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import IntakeError, LeveeError
from analysis.intake.model import Sheet, Workbook
from analysis.intake.propose.inspection import inspect_table
from analysis.intake.propose.proposal import propose_plan, propose_study
from analysis.intake.read.reader import read_study
from analysis.intake.tables.survey_tool import recognise_table
from analysis.plan import parse_plan, write_plan

ODD = [
    None,
    "",
    " ",
    "0",
    "1",
    "-1",
    "5",
    "²",
    "１",
    "1e400",
    "-99",
    "3.5",
    "1,234",
    "1.234",
    "=1+1",
    "非常同意",
    "不同意",
    "一般",
    "是",
    "否",
    "Agree",
    "agree",
    "Disagree",
    "Never",
    "daily",
    "a;b",
    "a;b;",
    "┋",
    "a┋b",
    "x, y",
    "2026-01-01",
    "3/4/2026",
    "99/99/9999",
    "25:61",
    "合计",
    "total",
    "(空)",
    "N/A",
    "none",
    "pre",
    "post",
    "T0",
    "B001",
    "b001 ",
    "１３８００１３８０００",
    "nan",
    "more sure",
    "less sure",
    "〖",
    "其他〖x〗",
    "/",
    "a/b",
    "\u202e",
    "<b>",
    "x" * 300,
]
HEADS = [
    None,
    "",
    "code",
    "编号",
    "wave",
    "轮次",
    "sex",
    "Age",
    "q1",
    "q1",
    "Q [a]",
    "Q [b]",
    "日期",
    "amount",
    "income",
    "source",
    "count",
    "session",
    "person",
    "[",
    "a/b",
    "acts",
    "acts/a",
    "/",
    "Timestamp",
    "序号",
    "总分",
    "1、题",
    "4、题干—行",
    "_uuid",
    "_submission_time",
    "KEY",
    "ID",
    "record_id",
    "redcap_event_name",
    "acts___1",
    "Respondent ID",
    "type",
    "name",
    "label",
    "field_name",
    "field_type",
    "field_label",
    "duration",
    "volunteer",
    "joined",
    "domain",
    "score",
]


@st.composite
def sheets(draw):
    width = draw(st.integers(1, 7))
    head = draw(st.lists(st.sampled_from(HEADS), min_size=width, max_size=width))
    row = st.lists(st.sampled_from(ODD), min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=1, max_size=14))
    return Sheet(name="S", rows=tuple(map(tuple, [head, *rows])))


@given(sheets())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_table_is_inspected_and_proposed(sheet):
    book = Workbook(name="a.xlsx", sha256="", kind="xlsx", sheets=(sheet,))
    try:
        table = recognise_table(book)
    except LeveeError:
        return
    told = inspect_table(table)
    assert len(told.columns) == len(table.columns)
    assert all(0 <= column.confidence <= 1 for column in told.columns)
    plan = propose_plan({"a.xlsx": table})
    assert parse_plan(write_plan(plan)) == plan


CELL = st.one_of(st.sampled_from([text for text in ODD if text]), st.text(max_size=8))


@given(
    st.lists(st.tuples(st.sampled_from(["A1", "A2", "b 3", ""]), CELL, CELL, CELL), max_size=10),
    st.sampled_from(["code,wave,q1,q2", "编号,轮次,问题一,问题二", "id,q1_pre,q1_post,acts"]),
)
@settings(max_examples=30, deadline=None)
def test_any_file_is_read_or_refused_with_a_reason(rows, head):
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    files = {"s.csv": "\n".join([head, *quoted]).encode("utf-8", "replace")}
    plan = propose_study(files)
    try:
        study = read_study(plan, files)
    except IntakeError:
        return
    assert all(file.n_rows == file.n_used + file.n_listed for file in study.files)
