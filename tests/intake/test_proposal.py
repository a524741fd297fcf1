import io
from pathlib import Path

import openpyxl
import pytest

from analysis import read_study
from analysis.intake.propose.inspection import inspect_files
from analysis.intake.propose.proposal import (
    file_wave,
    propose_plan,
    propose_study,
    read_sheets,
    tells_order,
)

PANELS = [
    ("google_forms_pre.xlsx", "google_forms_post.xlsx"),
    ("google_forms_post.csv", "google_forms_pre.csv"),
    ("ms_forms_pre.xlsx", "ms_forms_post.xlsx"),
    ("qualtrics_text_pre.csv", "qualtrics_text_post.csv"),
    ("limesurvey_code_pre.csv", "limesurvey_code_post.csv"),
    ("kobo_xml.csv",),
    ("kobo_xml.xlsx",),
    ("redcap_raw.csv",),
    (
        "386540716_按文本_社区B防灾减灾前测_54_54.xlsx",
        "386540717_按文本_社区B防灾减灾后测_44_44.xlsx",
    ),
]


@pytest.mark.parametrize("names", PANELS, ids=lambda names: names[0])
def test_untouched_exports_give_waves_items_and_the_reversed_one(names, shared_data):
    files = {name: (shared_data / "one-panel" / name).read_bytes() for name in names}
    plan = propose_study(files)
    study = read_study(plan, files)
    (measure,) = [m for m in plan.measures if m.kind == "scale"]
    assert len(measure.items) == 4
    assert measure.reversed == [measure.items[3]]
    assert measure.range == (1, 5)
    people = study.survey.keys.groupby("wave")["respondent"].apply(set)
    assert (len(people["pre"]), len(people["post"])) == (54, 44)
    assert len(people["pre"] & people["post"]) == 38


def test_the_sample_folder_is_recognised_whole(sample_folder: Path):
    paths = [p for p in sample_folder.iterdir() if p.suffix in (".xlsx", ".csv")]
    plan = propose_study({path.name: path.read_bytes() for path in paths})
    assert plan.survey.waves == ["pre", "post"]
    for section in ("attendance", "delivery", "volunteers", "service", "funding"):
        assert getattr(plan, section) is not None, section
    assert plan.capacity is not None
    assert plan.strengths is not None
    assert plan.consultation is not None


def test_a_ticked_matrix_is_attendance(shared_data):
    files = {"m.csv": (shared_data / "davis-women" / "attendance_matrix.csv").read_bytes()}
    study = read_study(propose_study(files), files)
    assert len(study.attendance) == 18 * 14
    assert study.attendance["attended"].sum() == 89


@pytest.mark.parametrize(
    ("name", "wave"),
    [
        ("社区前测_54.xlsx", "pre"),
        ("post-survey.csv", "post"),
        ("x_endline.csv", "post"),
        ("a/基线调查.xlsx", "pre"),
        ("notes.csv", None),
        ("随访.csv", "follow_up"),
    ],
)
def test_file_names_tell_waves(name, wave):
    assert file_wave(name) == wave


def test_one_unreadable_file_does_not_stop_the_others():
    found = inspect_files({"bad.xlsx": b"PK\x03\x04oops", "good.csv": b"code,q1\nA1,3\nA2,4\n"})
    bad, good = found
    assert bad.issues[0].severity == "error"
    assert bad.format == ""
    assert good.n_rows == 2
    assert [one.role for one in good.columns] == ["respondent", "item"]


def test_a_range_holds_the_answers_of_every_wave():
    rows = [f"P{n},{1 + n % 4},{1 + n % 3},{1 + n % 4}" for n in range(24)]
    better = [f"P{n},{2 + n % 4},{3 + n % 3},{2 + n % 4}" for n in range(24)]
    files = {
        f"survey_{wave}.csv": "\n".join(["code,q1,q2,q3", *told]).encode()
        for wave, told in (("pre", rows), ("post", better))
    }
    assert [m.range for m in propose_study(files).measures] == [(1, 5)]


def test_a_survey_with_a_word_of_the_roster_stays_a_survey():
    rows = "".join(
        f"C{n},2026-01-0{n},{n % 5 + 1},{(n + 2) % 5 + 1},{(n + 1) % 5 + 1},{n % 4 + 1}\n"
        for n in range(1, 9)
    )
    plan = propose_study({"s.csv": f"code,joined,q1,q2,q3,q4\n{rows}".encode()})
    assert plan.volunteers is None
    assert plan.survey.respondent == "code"
    assert plan.measures[0].items == ["q1", "q2", "q3", "q4"]


def test_an_odd_answer_is_in_the_measure_and_listed_with_its_cell():
    rows = [f"P{n:02},{1 + n % 5},{1 + (n + 1) % 5},{1 + (n + 2) % 5}" for n in range(20)]
    rows[7] = "P07,2,about 3,5"
    files = {"s.csv": "\n".join(["code,q1,q2,q3", *rows]).encode()}
    plan = propose_study(files)
    (measure,) = plan.measures
    assert measure.items == ["q1", "q2", "q3"]
    assert measure.range == (1, 5)
    study = read_study(plan, files)
    (odd,) = [one for one in study.issues if one.code == "unmatched_answers"]
    assert (odd.column, odd.rows, odd.details["values"]) == ("q2", (9,), ["about 3"])


def test_an_odd_answer_does_not_keep_a_range_from_holding_every_wave():
    first = [f"P{n},{1 + n % 4},{1 + n % 3}" for n in range(24)]
    second = [f"P{n},{2 + n % 4},{3 + n % 3}" for n in range(23)] + ["P23,5?,unsure"]
    files = {
        f"survey_{wave}.csv": "\n".join(["code,q1,q2", *told]).encode()
        for wave, told in (("pre", first), ("post", second))
    }
    assert [m.range for m in propose_study(files).measures] == [(1, 5)]


def test_a_sheet_that_is_used_is_not_told_as_unused():
    book = openpyxl.Workbook()
    for at, name in enumerate(("前测", "后测")):
        sheet = book.active if not at else book.create_sheet()
        sheet.title = name
        sheet.append(["编号", "我知道疏散路线", "我家备有应急包", "我能说出预警信号"])
        for k in range(20):
            sheet.append([f"B{k:03}", 1 + k % 5, 1 + (k + at) % 5, 1 + k * 3 % 5])
    book.create_sheet("说明").append(["填表人", "小王"])
    stored = io.BytesIO()
    book.save(stored)
    files = {"问卷.xlsx": stored.getvalue()}
    study = read_study(propose_study(files), files)
    assert len(study.files) == 2
    unused = [i.details["sheets"] for i in study.issues if i.code == "other_sheets"]
    assert [sheet for sheets in unused for sheet in sheets if sheet != "说明"] == []


def test_files_that_only_a_number_tells_apart_stand_in_its_order():
    rows = "\n".join(f"P{n},{n % 5 + 1},{n % 4 + 1},{n % 3 + 2}" for n in range(12))
    files = {f"panel round {n}.csv": f"code,q1,q2,q3\n{rows}".encode() for n in (10, 2, 1)}
    plan = propose_study(files)
    assert [one.path for one in plan.survey.files] == [
        "panel round 1.csv",
        "panel round 2.csv",
        "panel round 10.csv",
    ]


def panel(*names: str) -> dict[str, bytes]:
    """Files of the same people and questions, without a date."""
    rows = "\n".join(f"P{n},{n % 5 + 1},{n % 4 + 1},{n % 3 + 2}" for n in range(12))
    return {name: f"code,q1,q2,q3\n{rows}".encode() for name in names}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("members.csv", "members after.csv"),
        ("问卷.csv", "问卷后测.csv"),
        ("survey.csv", "a endline.csv"),
        ("baseline.csv", "a survey.csv"),
    ],
)
def test_a_file_without_a_wave_is_not_taken_for_a_later_one(first: str, then: str):
    """It stood behind every named wave: "members after" was taken for the first."""
    files = propose_study(panel(then, first)).survey.files
    assert [(one.path, one.wave) for one in files] == [(first, "pre"), (then, "post")]


def test_dates_tell_the_order_where_names_do_not():
    files = panel("b.csv", "a after.csv")
    dated = {
        name: content.replace(b"code,", b"Timestamp,code,").replace(b"\nP", day + b",P")
        for (name, content), day in zip(
            files.items(), (b"\n2026-09-01", b"\n2026-02-01"), strict=True
        )
    }
    assert [one.path for one in propose_study(dated).survey.files] == ["a after.csv", "b.csv"]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["members.csv", "members after.csv"], True),
        (["round 2.csv", "round 10.csv"], True),
        (["pre.csv", "post.csv", "follow-up.csv"], True),
        (["north.csv", "south.csv"], False),
        (["pre.csv", "post.csv", "third.csv"], False),
        (["post a.csv", "post b.csv", "post c.csv"], False),
        (["north pre.csv", "south pre.csv"], True),
        (["follow-up a.csv", "follow-up b.csv"], False),
    ],
)
def test_whether_files_tell_their_order(names: list[str], told: bool):
    sheets = read_sheets(panel(*names))
    assert tells_order(list(sheets.values())) is told


@pytest.mark.parametrize(
    ("sheets", "told"), [(("Spring", "Autumn"), False), (("Round 10", "Round 2"), True)]
)
def test_sheets_of_one_workbook_are_told_apart_by_their_names(sheets: tuple[str, str], told: bool):
    """Their file's one name counted as an order told: the fullest sheet became the first round."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for at, name in enumerate(sheets):
        sheet = book.create_sheet(name)
        sheet.append(["code", "q1", "q2", "q3"])
        for k in range(20 - at):
            sheet.append([f"P{k:03}", 1 + k % 5, 1 + (k + at) % 5, 1 + k * 3 % 5])
    stored = io.BytesIO()
    book.save(stored)
    tables = read_sheets({"panel.xlsx": stored.getvalue()})
    assert tells_order(list(tables.values())) is told
    if told:
        files = propose_plan(tables).survey.files
        assert [one.sheet for one in files] == ["Round 2", "Round 10"]


def test_files_of_several_communities_share_a_wave():
    """The second baseline was taken for the round after the first."""
    names = ["south post.csv", "north pre.csv", "south pre.csv", "north post.csv"]
    survey = propose_study(panel(*names)).survey
    assert {one.path: one.wave for one in survey.files} == {
        name: name.partition(".")[0].split()[1] for name in names
    }
    assert survey.waves == ["pre", "post"]
    alone = propose_study(panel("north pre.csv", "south pre.csv")).survey
    assert [one.wave for one in alone.files] == ["pre", "pre"]
    assert alone.waves == ["pre", "post"]
