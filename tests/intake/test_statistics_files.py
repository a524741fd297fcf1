"""SPSS and Stata files made by pyreadstat: labels, kinds of missing answers, GBK, zsav, limits."""

import struct
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from analysis import evaluate, read_study
from analysis.errors import LimitExceededError, UnreadableFileError
from analysis.intake.propose.proposal import propose_study
from analysis.intake.sandbox.file_types import recognise_kind
from analysis.intake.sandbox.protocol import Limits
from analysis.intake.sandbox.workbook import open_workbook
from analysis.intake.tables.survey_tool import read_tables

QUESTIONS = {"q1": "我知道最近的撤离路线", "q2": "我家备有应急包", "q3": "我知道预警信号"}
AGREE = {1: "非常不同意", 2: "不同意", 3: "一般", 4: "同意", 5: "非常同意", 8: "不知道", 9: "拒答"}


def answers(gain: int, n: int = 24) -> pd.DataFrame:
    frame = pd.DataFrame({"code": [f"P{k:02}" for k in range(n)]})
    for at, name in enumerate(QUESTIONS):
        frame[name] = [float(1 + (k * (at + 1) + gain) % 4 + gain) for k in range(n)]
    frame.loc[0, "q1"], frame.loc[1, "q1"], frame.loc[2, "q1"] = 9, 8, 8
    return frame


def sav(folder: Path, gain: int = 0, **options) -> bytes:
    path = folder / "made.sav"
    told = {"missing_ranges": {name: [8, 9] for name in QUESTIONS}, **options}
    pyreadstat.write_sav(
        answers(gain),
        path,
        column_labels=QUESTIONS,
        variable_value_labels={name: AGREE for name in QUESTIONS},
        **told,
    )
    return path.read_bytes()


def check(table):
    assert table.format == "statistics_file"
    assert table.row_numbers[0] == 2
    columns = {column.name: column.label for column in table.columns}
    assert columns == {"code": "code", **QUESTIONS}
    assert table.choices["q1"] == {str(k): v for k, v in AGREE.items() if k < 8}
    assert table.cells["q1"].iloc[:4].tolist() == [None, None, None, "4"]
    (kinds,) = [one for one in table.issues if one.code == "user_missing"]
    assert (kinds.column, kinds.rows) == ("q1", (2, 3, 4))
    assert kinds.details["kinds"] == {"不知道": 2, "拒答": 1}


@pytest.mark.parametrize("options", [{}, {"compress": True}, {"row_compress": True}])
def test_labels_become_questions_and_answers_and_missing_kinds_stay_apart(tmp_path, options):
    data = sav(tmp_path, **options)
    # What a file is, its bytes tell: the name here is that of a spreadsheet.
    check(read_tables({"answers.xlsx": data})["answers.xlsx"])


ENCODING = struct.pack("<iiii", 7, 20, 1, 5) + b"UTF-8"


def in_gbk(data: bytes, *, named: bool) -> bytes:
    """The same file as Chinese SPSS wrote it: texts in GBK, padded to their old lengths."""
    for text in (*QUESTIONS.values(), *AGREE.values()):
        old, new = text.encode(), text.encode("gbk")
        at = data.find(old)
        while at >= 0:
            # Value labels carry a length byte, variable labels a length word, before the text.
            if at >= 4 and struct.unpack("<i", data[at - 4 : at])[0] == len(old):
                old_size, size = -(-len(old) // 4) * 4, -(-len(new) // 4) * 4
                told = struct.pack("<i", len(new)) + new.ljust(size, b"\x00")
                data = data[: at - 4] + told + data[at + old_size :]
            elif data[at - 1] == len(old):
                old_size, size = -(-(len(old) + 1) // 8) * 8, -(-(len(new) + 1) // 8) * 8
                told = (bytes([len(new)]) + new).ljust(size, b" ")
                data = data[: at - 1] + told + data[at - 1 + old_size :]
            at = data.find(old, at + 1)
    record = struct.pack("<iiii", 7, 20, 1, 3) + b"GBK" if named else b""
    assert data.count(ENCODING) == 1
    data = data.replace(ENCODING, record)
    # Machine record: the character code, 65001 for UTF-8, 936 for GBK.
    place = data.find(struct.pack("<iiii", 7, 3, 4, 8)) + 16
    code = 936 if named else 2
    return data[: place + 28] + struct.pack("<i", code) + data[place + 32 :]


@pytest.mark.parametrize("named", [True, False])
def test_chinese_in_gbk_is_read_whether_the_file_says_so_or_not(tmp_path, named):
    data = in_gbk(sav(tmp_path), named=named)
    assert QUESTIONS["q1"].encode() not in data
    check(read_tables({"a.sav": data})["a.sav"])


def test_two_waves_of_spss_files_are_proposed_and_evaluated(tmp_path):
    files = {"pre.sav": sav(tmp_path, 0), "post.sav": sav(tmp_path, 1)}
    plan = propose_study(files)
    (measure,) = plan.measures
    assert measure.items == list(QUESTIONS)
    assert measure.range == (1, 5)
    assert measure.label == "防灾备灾"
    study = read_study(plan, files)
    (outcome,) = evaluate(study).outcomes
    assert outcome.n.matched >= 20
    # A code of a missing answer never counts as a score.
    assert study.survey.items[measure.name].max().max() <= 5


def test_stata_files_of_every_version_and_its_lettered_missing_values(tmp_path):
    path = tmp_path / "made.dta"
    frame = answers(0)
    frame["q1"] = frame["q1"].astype(object)
    frame.loc[0, "q1"] = "a"
    labels = {1: "非常不同意", 5: "非常同意", "a": "拒答"}
    pyreadstat.write_dta(
        frame,
        path,
        column_labels=QUESTIONS,
        missing_user_values={"q1": ["a"]},
        variable_value_labels={"q1": labels},
    )
    table = read_tables({"a.dta": path.read_bytes()})["a.dta"]
    (kinds,) = [one for one in table.issues if one.code == "user_missing"]
    assert kinds.details["kinds"] == {"拒答": 1}
    assert table.cells["q1"].iloc[0] is None
    for version in (8, 10, 12):
        pyreadstat.write_dta(answers(0), path, version=version)
        assert recognise_kind(path.read_bytes()) == "dta"
        assert len(open_workbook(path.read_bytes(), "a.dta").sheets[0].rows) == 25


def test_portable_files_and_dates(tmp_path):
    path = tmp_path / "made.por"
    pyreadstat.write_por(answers(0), path)
    assert recognise_kind(path.read_bytes()) == "por"
    assert len(open_workbook(path.read_bytes(), "a.por").sheets[0].rows) == 25
    dated = pd.DataFrame({"day": pd.to_datetime(["2026-03-01", None]), "n": [1.5, 2.0]})
    pyreadstat.write_sav(dated, tmp_path / "d.sav")
    rows = open_workbook((tmp_path / "d.sav").read_bytes(), "d.sav").sheets[0].rows
    assert rows[1:] == (("2026-03-01", "1.5"), (None, "2"))


@pytest.mark.parametrize("limits", [{"rows": 10}, {"columns": 2}, {"cells": 40}])
def test_a_file_beyond_the_limits_is_refused_before_its_data_are_read(tmp_path, limits):
    with pytest.raises(LimitExceededError):
        open_workbook(sav(tmp_path), "a.sav", limits=Limits(**limits))


def test_a_sas_file_is_read_with_its_labels():
    """Made answers, written by haven 2.5.1 (R): pyreadstat writes every other kind."""
    data = Path(__file__).with_name("answers.sas7bdat").read_bytes()
    assert recognise_kind(data) == "sas7bdat"
    files = {"answers.sas7bdat": data}
    (table,) = read_tables(files).values()
    labels = {column.name: column.label for column in table.columns}
    assert labels["ready"] == "我家备有应急包"
    assert labels["know"] == "Do you know the way to the shelter?"
    assert len(table.row_numbers) == 48
    assert table.cells["ready"].iloc[:4].tolist() == ["1", "2", None, "1"]
    assert table.cells["site"].iloc[:2].tolist() == ["East", "西区"]
    study = read_study(propose_study(files), files)
    (first, *_) = evaluate(study).outcomes
    assert (first.contrast, first.n.matched) == (("pre", "post"), 23)


def test_damaged_files_are_refused_plainly(tmp_path):
    data = sav(tmp_path)
    for broken in (data[:150], data[:40] + b"\xff" * 60, b"<stata_dta>" + b"x" * 200):
        with pytest.raises(UnreadableFileError) as caught:
            open_workbook(broken, "a.sav")
        assert caught.value.code == "damaged_file"
    sas = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
    assert recognise_kind(sas) == "sas7bdat"
    with pytest.raises(UnreadableFileError):
        open_workbook(sas + b"\x00" * 500, "a.sas7bdat")


def test_a_table_of_counts_with_labels_is_no_list_of_people(tmp_path: Path):
    """Five rows of codes and frequencies were five people."""
    path = tmp_path / "counts.sav"
    table = pd.DataFrame(
        {
            "answer": [1.0, 2.0, 3.0, 4.0, 9.0] * 2,
            "wave": [1.0] * 5 + [2.0] * 5,
            "freq": [8.0, 6.0, 4.0, 2.0, 3.0, 2.0, 4.0, 7.0, 9.0, 1.0],
        }
    )
    words = {1: "Never", 2: "Sometimes", 3: "Often", 4: "Always", 9: "Refused"}
    labels = {"answer": words, "wave": {1: "Before", 2: "After"}}
    pyreadstat.write_sav(
        table,
        path,
        column_labels={"answer": "How often do you check your kit?"},
        variable_value_labels=labels,
        missing_ranges={"answer": [9]},
    )
    files = {"counts.sav": path.read_bytes()}
    plan = propose_study(files)
    assert plan.survey.files[0].counts.cells == ["freq"]
    study = read_study(plan, files)
    said = study.survey.texts[plan.measures[0].name]["answer"]
    assert said.value_counts()["Never"] == 10
    assert len(study.survey.keys) == 46
