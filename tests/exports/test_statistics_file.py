"""The evaluator's SPSS file, read back with pyreadstat: labels, kinds of missing answers, names."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.errors import ExportError
from analysis.intake.propose.proposal import propose_study, read_sheets
from analysis.intake.read.reader import read_study
from analysis.plan import plan_from_dict
from analysis.surveys.filters import filter_study
from dashboard.cli import main
from dashboard.exports.statistics_file import unique_names, write_statistics_file
from dashboard.text import Text
from tests.errors import coded

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "study.toml"
LONG = "我家在过去十二个月里参加过社区组织的防灾减灾演练并且记得集合地点在哪里"
CSV = f"""code,round,arm,{LONG}一,{LONG}二,age
001,pre,A,1,2,34
002,pre,A,2,99,51
003,pre,B,3,3,28
004,pre,B,4,4,66
001,post,A,5,4,34
002,post,A,4,4,51
003,post,B,,,28
004,post,B,5,,66
"""


def read_back(content: bytes, folder: Path):
    path = folder / "scores.sav"
    path.write_bytes(content)
    return pyreadstat.read_sav(path, user_missing=True)


def small_study(**measure):
    items = [f"{LONG}一", f"{LONG}二"]
    plan = plan_from_dict(
        {
            "study": {"title": "备灾"},
            "survey": {
                "respondent": "code",
                "wave": "round",
                "group": "arm",
                "treated": ["A"],
                "covariates": ["age"],
                "files": [{"path": "a.csv"}],
            },
            "measures": [
                {
                    "name": "ready",
                    "label": "家庭备灾",
                    "items": items,
                    "range": [1, 5],
                    "min_answered": 2,
                    "reversed": items[1:],
                    "texts": {items[0]: "会演练"},
                    **measure,
                }
            ],
        }
    )
    return read_study(plan, {"a.csv": CSV.encode()})


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_labels_values_and_scores_come_back(sample, tmp_path: Path, language: str):
    text = Text(language)
    content = write_statistics_file(sample.evaluation, sample.study, text)
    frame, about = read_back(content, tmp_path)
    assert len(frame) == len(sample.study.survey.keys)
    assert frame["respondent"].tolist() == sample.study.survey.keys["respondent"].tolist()
    labels = about.column_names_to_labels
    assert all(labels.values())
    assert len(about.column_names) == len(set(about.column_names))
    if language == "zh-Hans":
        assert labels["route"] == "我知道离家最近的避险路线"
        assert about.variable_value_labels["route"][5.0] == "非常同意"
        assert about.variable_value_labels["wave"] == {1.0: "前测", 2.0: "后测"}
        assert "模拟数据" in about.notes[0]
    else:
        # Buildings are codes: no page shows them, so the sample names them in one language.
        named = {k: v for k, v in about.variable_value_labels.items() if k != "cluster"}
        said = [*labels.values(), *(words for v in named.values() for words in v.values())]
        assert not [w for w in said if any("\u4e00" <= c <= "\u9fff" for c in w)]


def test_changes_of_the_programme_give_the_paired_estimate(sample, tmp_path: Path):
    content = write_statistics_file(sample.evaluation, sample.study, Text("en"))
    frame, about = read_back(content, tmp_path)
    assert about.variable_value_labels["treated"] == {0.0: "no", 1.0: "yes"}
    (outcome,) = [o for o in sample.evaluation.outcomes if o.measure == "preparedness"]
    (paired,) = [a for a in outcome.analyses if a.name == "paired_t"]
    change = frame.loc[frame["treated"] == 1, "preparedness_change"].dropna()
    assert len(change) == paired.n
    assert change.mean() == pytest.approx(paired.estimate, abs=1e-12)
    level = frame[(frame["treated"] == 1) & (frame["wave"] == 2)]["preparedness_score"]
    summary = next(
        s for s in sample.evaluation.scoring if (s.measure, s.wave) == ("preparedness", "post")
    )
    assert summary.n == frame[frame["wave"] == 2]["preparedness_score"].notna().sum() >= len(level)


def test_kinds_of_missing_answers_stay_apart(tmp_path: Path):
    study = small_study()
    frame, about = read_back(
        write_statistics_file(evaluate(study), study, Text("zh-Hans")), tmp_path
    )
    second = about.column_names[about.column_labels.index(f"{LONG}二（计分时反向）")]
    codes = {words: code for code, words in about.variable_value_labels[second].items()}
    unread = codes["作答无法使用"]
    assert about.missing_ranges[second] == [{"lo": unread, "hi": unread}]
    by_code = frame.set_index(["respondent", "wave"])
    assert by_code.loc[("2", 1.0), second] == unread  # 99 is not on the scale
    assert np.isnan(by_code.loc[("3", 2.0), second])  # left blank
    few = about.missing_ranges["ready_score"][0]["lo"]
    assert about.variable_value_labels["ready_score"][few] == "作答题数不足"
    # 2 before and 4 afterwards answered one of two questions; 3 afterwards none.
    scores = by_code["ready_score"]
    assert [scores["2", 1.0], scores["4", 2.0]] == [few, few]
    assert np.isnan(scores["3", 2.0])
    assert by_code["ready_change"].dropna().to_dict() == {("1", 2.0): 1.0}
    assert about.column_names_to_labels["ready_change"] == "家庭备灾：较前测的变化"
    assert frame["age"].tolist() == [34, 51, 28, 66] * 2


def test_refused_and_not_known_of_an_spss_file_are_written_back(tmp_path: Path):
    labels = {1: "同意", 2: "不同意", 7: "不适用", 8: "不知道", 9: "拒答"}
    source = pd.DataFrame(
        {"code": list("ABCDEF"), "wave": [1.0] * 6, "q": [1.0, 9.0, 8.0, 2.0, np.nan, 7.0]}
    )
    path = tmp_path / "in.sav"
    pyreadstat.write_sav(
        source,
        path,
        variable_value_labels={"q": labels},
        missing_ranges={"q": [7, 8, 9]},
    )
    plan = plan_from_dict(
        {
            "survey": {"respondent": "code", "files": [{"path": "in.sav", "wave": "pre"}]},
            "measures": [
                {
                    "name": "m",
                    "items": ["q"],
                    "kind": "scale",
                    "range": [1, 2],
                    "answers": {"同意": 1, "不同意": 2},
                }
            ],
        }
    )
    study = read_study(plan, {"in.sav": path.read_bytes()})
    frame, about = read_back(write_statistics_file(evaluate(study), study, Text("en")), tmp_path)
    words = about.variable_value_labels["q"]
    said = [words.get(code, code) for code in frame.set_index("respondent")["q"]]
    assert said[:4] == ["同意", "拒答", "不知道", "不同意"]
    assert np.isnan(said[4])
    assert said[5] == "不适用"
    # The codes are missing to SPSS, and to Levee when it reads the file again.
    again, _ = pyreadstat.read_sav(tmp_path / "scores.sav")
    assert again["q"].notna().tolist() == [True, False, False, True, False, False]
    table = next(iter(read_sheets({"s.sav": (tmp_path / "scores.sav").read_bytes()}).values()))
    assert sorted(table.kinds["q"].values()) == ["不知道", "不适用", "拒答"]


def test_missing_codes_of_the_study_file_are_kinds(tmp_path: Path):
    plan = plan_from_dict(
        {
            "survey": {
                "respondent": "code",
                "missing_codes": ["77", "88"],
                "files": [{"path": "a.csv", "wave": "pre"}],
            },
            "measures": [{"name": "m", "items": ["q"], "range": [1, 5]}],
        }
    )
    study = read_study(plan, {"a.csv": b"code,q\nA,1\nB,77\nC,88\nD,9\n"})
    frame, about = read_back(write_statistics_file(evaluate(study), study, Text("en")), tmp_path)
    words = about.variable_value_labels["q"]
    assert [words.get(code, code) for code in frame["q"]] == [
        1.0,
        "77",
        "88",
        "answer could not be used",
    ]


def test_a_question_of_one_wave_only_is_not_called_unanswered(tmp_path: Path):
    plan = plan_from_dict(
        {
            "survey": {
                "respondent": "code",
                "files": [{"path": "a.csv", "wave": "pre"}, {"path": "b.csv", "wave": "post"}],
            },
            "measures": [
                {"name": "m", "items": ["q"], "range": [1, 5]},
                {"name": "late", "items": ["x"], "kind": "number"},
            ],
        }
    )
    files = {"a.csv": b"code,q\nA,1\nB,2\n", "b.csv": b"code,q,x\nA,3,-250\nB,4,7\n"}
    study = read_study(plan, files)
    frame, about = read_back(write_statistics_file(evaluate(study), study, Text("en")), tmp_path)
    unasked = about.missing_ranges["x"][0]["lo"]
    assert unasked < -250  # a code below every number there is
    assert about.variable_value_labels["x"][unasked] == "not asked in this wave"
    assert frame["x"].tolist() == [unasked, unasked, -250, 7]


def test_long_names_are_shortened_without_becoming_one():
    wanted = [f"{LONG}一", f"{LONG}二", "Q1", "q1", "to", "1x", "a b", "a_b", "=cmd()", "。"]
    names = unique_names(wanted)
    assert len({name.casefold() for name in names}) == len(wanted)
    assert all(len(name.encode()) <= 64 and name[0].isalpha() for name in names)
    assert names[0].startswith("我家在过去十二个月")
    assert names[1].startswith("我家在过去十二个月")


def test_anonymous_answers_have_no_change(tmp_path: Path):
    study = small_study()
    plan = plan_from_dict(
        {
            **study.plan.model_dump(mode="json"),
            "survey": {**study.plan.survey.model_dump(mode="json"), "respondent": None},
        }
    )
    anonymous = read_study(plan, {"a.csv": CSV.encode()})
    frame, _ = read_back(
        write_statistics_file(evaluate(anonymous), anonymous, Text("en")), tmp_path
    )
    assert "ready_score" in frame
    assert "ready_change" not in frame


def test_the_file_reads_back_into_levee_with_the_same_scores(sample, tmp_path: Path):
    content = write_statistics_file(sample.evaluation, sample.study, Text("zh-Hans"))
    plan = propose_study({"scores.sav": content})
    assert plan.survey.respondent == "respondent"
    assert plan.survey.wave == "wave"
    again = read_study(plan, {"scores.sav": content})
    assert len(again.survey.keys) == len(sample.study.survey.keys)
    first, second = (
        pd.Series(one.survey.items[name]["route"].to_numpy())
        for one, name in (
            (sample.study, "preparedness"),
            (again, next(m.name for m in plan.measures if "route" in m.items)),
        )
    )
    assert sorted(first.dropna()) == sorted(second.dropna())


@pytest.mark.parametrize("audience", ["manager", "funder", "public"])
def test_it_is_refused_for_everybody_but_the_evaluator(sample, audience: str):
    with pytest.raises(ExportError, check=coded("evaluator_only")):
        write_statistics_file(sample.evaluation, sample.study, Text("en"), audience)
    shown = protect(sample.evaluation, sample.study, audience)
    with pytest.raises(ExportError, check=coded("evaluator_only")):
        write_statistics_file(shown, sample.study, Text("en"))


def test_the_command_writes_it_and_refuses_other_readers(tmp_path: Path, capsys):
    asked = ["evaluate", str(SAMPLE), "-o", str(tmp_path), "--format", "sav"]
    assert main(asked) == 0
    assert (tmp_path / "scores.sav").read_bytes()[:4] == b"$FL2"
    (tmp_path / "scores.sav").unlink()
    (tmp_path / "results.json").unlink()
    capsys.readouterr()
    assert main([*asked, "--audience", "funder"]) == 2
    assert "evaluator only" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_study_without_a_survey_says_so():
    study = read_study(
        plan_from_dict({"funding": {"path": "f.csv", "amount": "amount"}}),
        {"f.csv": b"date,amount\n2026-01-01,5\n2026-02-01,-2\n"},
    )
    with pytest.raises(ExportError, check=coded("no_answers")):
        write_statistics_file(evaluate(study), study, Text("en"))


def test_kinds_follow_their_rows_through_a_filter():
    plan = plan_from_dict(
        {
            "study": {"min_group": 1},
            "survey": {
                "respondent": "code",
                "missing_codes": ["77"],
                "disaggregate": ["sex"],
                "files": [{"path": "a.csv", "wave": "pre"}],
            },
            "measures": [{"name": "m", "items": ["q"], "range": [1, 5]}],
        }
    )
    study = read_study(plan, {"a.csv": b"code,sex,q\nA,f,1\nB,m,77\nC,f,77\nD,m,2\n"})
    part = filter_study(study, {"category": ("sex=m",)}, refuse=False)
    assert part.survey.keys["respondent"].tolist() == ["B", "D"]
    assert part.survey.kinds["q"].fillna("").tolist() == ["77", ""]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_questions_counted_apart_are_rows_of_answers_not_people(tmp_path: Path, language: str):
    table = (
        "Question,Answer,Sex,Before,After\n"
        "I know the route out,Agree,f,3,6\nI know the route out,Disagree,f,4,0\n"
        "I know the route out,Agree,m,1,2\nI know the route out,Disagree,m,2,2\n"
        "I keep a kit at home,Agree,f,5,7\nI keep a kit at home,Disagree,f,1,1\n"
        "I keep a kit at home,Agree,m,0,3\nI keep a kit at home,Disagree,m,2,1\n"
    )
    files = {"a.csv": table.encode()}
    study = read_study(propose_study(files), files)
    text = Text(language)
    content = write_statistics_file(evaluate(study), study, text)
    frame, about = read_back(content, tmp_path)
    assert "respondent" not in frame
    words = about.variable_value_labels
    label = {name: one for name, one in about.column_names_to_labels.items()}
    assert label["n"] == text("Number of people who gave this answer (frequency weight)")
    assert text("One row per answer to one question: weight cases by n.") in about.notes
    said = {}
    for _, row in frame.iterrows():
        question = words["question"][row["question"]]
        (item,) = [n for n in frame if label[n] == question and pd.notna(row[n])]
        # No row holds answers to two questions: they may be of different people.
        assert frame.loc[[row.name], list(words)].filter(like="I_").notna().sum(axis=1).item() == 1
        wave = study.plan.survey.waves[int(row["wave"]) - 1]
        key = question, words[item][row[item]].lower(), words["Sex"][row["Sex"]], wave
        assert key not in said
        said[key] = row["n"]
    expected = {}
    for line in table.splitlines()[1:]:
        question, answer, sex, before, after = line.split(",")
        expected[question, answer.lower(), sex, "pre"] = int(before)
        expected[question, answer.lower(), sex, "post"] = int(after)
    assert said == {key: n for key, n in expected.items() if n}
    # The same people come back from it, each question with its own.
    back = {"scores.sav": content}
    again = read_study(propose_study(back), back)
    for measure in study.plan.measures:
        item = measure.items[0]
        first, second = (
            one.survey.texts[measure.name][item].groupby(one.survey.keys["wave"]).value_counts()
            for one in (study, again)
        )
        assert first.sort_index().to_dict() == second.sort_index().to_dict()
    assert len(again.survey.keys) == len(study.survey.keys)
    assert again.plan.survey.files[0].counts is not None
    assert again.plan.survey.disaggregate == ["Sex"]
