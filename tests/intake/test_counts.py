"""Tables of counts: recognised, read as people of independent samples, percentages refused."""

import io
import math

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import evaluate, read_study
from analysis.errors import LimitExceededError, StudyFileError
from analysis.intake.propose.next_wave import reuse_plan
from analysis.intake.propose.proposal import propose_study, read_sheets
from analysis.intake.propose.propose_counts import recognise_counts
from analysis.intake.tables.counts import bare_header, list_samples, share_out
from analysis.plan import parse_plan, plan_from_dict, write_plan
from dashboard.cli import main
from dashboard.sentences import say_caution, say_issue
from dashboard.text import Text
from tests.errors import coded

SCALE = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")
CHINESE = ("非常不同意", "比较不同意", "一般", "比较同意", "非常同意")
BEFORE, AFTER = (10, 20, 30, 15, 5), (4, 8, 25, 30, 18)


def matrix(answers=SCALE, head="Answer,Before,After", before=BEFORE, after=AFTER, tail="") -> bytes:
    rows = [f"{a},{n},{m}" for a, n, m in zip(answers, before, after, strict=True)]
    return "\n".join([head, *rows, tail]).encode()


def study_of(**files: bytes):
    named = {f"{name}.csv": content for name, content in files.items()}
    return read_study(propose_study(named), named)


def only(study):
    (outcome,) = evaluate(study).outcomes
    return outcome


@pytest.mark.parametrize(
    "content",
    [
        matrix(),
        matrix(tail="Total,80,85"),
        matrix(CHINESE, head="选项,前测人数,后测人数", tail="合计,80,85"),
        matrix(head="My answer was,Baseline (n),Endline (n)"),
        matrix(head="Response,pre,post", tail="n,80,85"),
    ],
    ids=["plain", "total", "chinese", "marked", "base"],
)
def test_columns_of_waves_are_compared_as_independent_groups(content: bytes):
    study = study_of(a=content)
    outcome = only(study)
    assert outcome.design == "anonymous"
    assert (outcome.n.from_wave, outcome.n.to_wave, outcome.n.matched) == (80, 85, 0)
    # Welch from the table itself: the mean and variance of each column.
    values = np.arange(1, 6)
    means, errors = [], []
    for counts in (BEFORE, AFTER):
        n = sum(counts)
        mean = float(values @ counts) / n
        means.append(mean)
        errors.append(float(((values - mean) ** 2) @ counts) / (n - 1) / n)
    change = outcome.change
    assert change.name == "welch_t"
    assert change.estimate == pytest.approx(means[1] - means[0], abs=1e-12)
    assert change.std_error == pytest.approx(math.sqrt(sum(errors)), abs=1e-12)
    assert {c.code for c in outcome.cautions} >= {"counts_only"}
    assert "anonymous" not in {c.code for c in outcome.cautions}
    for file in study.files:
        assert file.n_rows == file.n_used + file.n_listed


def test_counts_give_what_the_same_people_give_row_by_row():
    rows = [("pre", a) for a, n in zip(SCALE, BEFORE, strict=True) for _ in range(n)]
    rows += [("post", a) for a, n in zip(SCALE, AFTER, strict=True) for _ in range(n)]
    people = "\n".join(["wave,Answer", *(f"{w},{a}" for w, a in rows)]).encode()
    plan = plan_from_dict(
        {
            "survey": {"wave": "wave", "files": [{"path": "p.csv"}]},
            "measures": [
                {"name": "answer", "items": ["Answer"], "range": [1, 5], "role": "primary"}
            ],
        }
    )
    listed, counted = only(read_study(plan, {"p.csv": people})), only(study_of(a=matrix()))
    assert listed.analyses == counted.analyses
    assert listed.effect_sizes == counted.effect_sizes


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 30), min_size=5, max_size=5).filter(lambda one: sum(one) > 2),
    st.lists(st.integers(0, 30), min_size=5, max_size=5).filter(lambda one: sum(one) > 2),
)
def test_every_person_of_a_table_counts_once(before: list[int], after: list[int]):
    content = matrix(head="Answer,pre n,post n", before=before, after=after)
    study = study_of(a=content)
    keys = study.survey.keys
    assert keys["wave"].value_counts().reindex(["pre", "post"], fill_value=0).tolist() == [
        sum(before),
        sum(after),
    ]
    said = study.survey.texts["answer"]["Answer"]
    for wave, counts in (("pre", before), ("post", after)):
        here = said[keys["wave"] == wave].value_counts()
        assert [int(here.get(a, 0)) for a in SCALE] == counts


def test_a_long_table_with_groups_compares_the_changes():
    rows = [
        f"{wave},{arm},{answer},{n}"
        for wave, arm, counts in (
            ("pre", "New", (9, 12, 6)),
            ("pre", "Old", (8, 11, 7)),
            ("post", "New", (3, 8, 17)),
            ("post", "Old", (7, 12, 8)),
        )
        for answer, n in zip(("Disagree", "Neutral", "Agree"), counts, strict=True)
    ]
    content = "\n".join(["wave,arm,answer,n", *rows]).encode()
    plan = propose_study({"a.csv": content})
    assert (plan.survey.wave, plan.survey.group, plan.survey.respondent) == ("wave", "arm", None)
    told = plan.survey.model_copy(update={"treated": ["New"]})
    study = read_study(plan.model_copy(update={"survey": told}), {"a.csv": content})
    (compared,) = evaluate(study).comparison
    # Neutral stands between the other two on the proposed range of three points.
    change = {
        arm: (
            sum(b * v for b, v in zip(two, (1, 2, 3), strict=True)) / sum(two)
            - sum(b * v for b, v in zip(one, (1, 2, 3), strict=True)) / sum(one)
        )
        for arm, one, two in (("New", (9, 12, 6), (3, 8, 17)), ("Old", (8, 11, 7), (7, 12, 8)))
    }
    assert compared.effect.estimate == pytest.approx(change["New"] - change["Old"], abs=1e-12)


def test_columns_of_groups_with_waves_in_rows():
    content = b"wave,answer,New,Old\npre,No,20,18\npre,Yes,10,12\npost,No,8,17\npost,Yes,22,13\n"
    plan = propose_study({"a.csv": content})
    assert plan.survey.files[0].counts.across == "group"
    told = plan.survey.model_copy(update={"treated": ["New"]})
    study = read_study(plan.model_copy(update={"survey": told}), {"a.csv": content})
    (compared,) = evaluate(study).comparison
    assert compared.effect.estimate == pytest.approx((22 - 10) / 30 - (13 - 12) / 30, abs=1e-9)


def test_a_workbook_with_one_sheet_per_wave():
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, counts in (("前测", BEFORE), ("后测", AFTER)):
        page = book.create_sheet(name)
        page.append(["选项", "小计", "比例"])
        for answer, n in zip(CHINESE, counts, strict=True):
            page.append([answer, n, f"{100 * n / sum(counts):.2f}%"])
        page.append(["本题有效填写人次", sum(counts), ""])
    stream = io.BytesIO()
    book.save(stream)
    files = {"统计.xlsx": stream.getvalue()}
    study = read_study(propose_study(files), files)
    outcome = only(study)
    assert (outcome.contrast, outcome.n.from_wave, outcome.n.to_wave) == (("pre", "post"), 80, 85)
    assert [(f.sheet, f.n_rows, f.n_used, f.n_listed) for f in study.files] == [
        ("前测", 6, 5, 1),
        ("后测", 6, 5, 1),
    ]


def test_answers_without_an_order_are_categories():
    content = b"Answer,Before,After\nRadio,20,10\nTelevision,30,25\nFriends,10,41\n"
    outcome = only(study_of(a=content))
    assert outcome.change.name == "chi_square"
    # Pearson's statistic by hand.
    table = np.array([[20, 30, 10], [10, 25, 41]], float)
    expected = table.sum(1, keepdims=True) * table.sum(0) / table.sum()
    chi = float(((table - expected) ** 2 / expected).sum())
    assert outcome.change.statistic == pytest.approx(chi, rel=1e-9)


def test_rows_that_hold_no_people_are_listed():
    content = b"Answer,pre n,post n\nNo,12,ten\n,3,4\nMaybe,,\nYes,20,-1\nn,32,31\n"
    plan = plan_from_dict(
        {
            "survey": {
                "files": [
                    {"path": "a.csv", "counts": {"answer": "Answer", "cells": ["pre n", "post n"]}}
                ]
            },
            "measures": [{"name": "answer", "items": ["Answer"], "kind": "binary"}],
        }
    )
    study = read_study(plan, {"a.csv": content})
    (file,) = study.files
    listed = {one.reason: one.rows for one in study.exclusions}
    assert listed == {"no_answer_named": (3,), "no_count": (4,), "base_row": (6,)}
    assert (file.n_rows, file.n_used, file.n_listed) == (5, 2, 3)
    (unread,) = [i for i in study.issues if i.code == "unread_count"]
    assert (unread.column, unread.rows, unread.details["values"]) == (
        "post n",
        (2, 5),
        ["-1", "ten"],
    )
    for language in ("en", "zh-Hans"):
        assert all("{" not in say_issue(Text(language), issue) for issue in study.issues)


@pytest.mark.parametrize(
    "content",
    [
        b"Answer,Before,After\nDisagree,25%,10%\nNeutral,50%,40%\nAgree,25%,50%\n",
        b"Answer,Before,After\nDisagree,25,10\nNeutral,50,40\nAgree,25,50\n",
        b"Answer,Before,After\nDisagree,0.25,0.1\nNeutral,0.5,0.4\nAgree,0.25,0.5\n",
        b"Answer,Before %,After %\nDisagree,25,10\nNeutral,50,40\nAgree,25,50\n",
        b"Answer,Before,After\nDisagree,25%,10%\nNeutral,50%,40%\nAgree,25%,50%\nTotal,100%,100%\n",
    ],
    ids=["marks", "hundred", "shares", "header", "total of 100"],
)
def test_percentages_are_refused_unless_the_number_asked_is_given(content: bytes):
    plan = propose_study({"a.csv": content})
    with pytest.raises(StudyFileError, check=coded("counts_percent")):
        read_study(plan, {"a.csv": content})
    (file,) = plan.survey.files
    names = file.counts.cells
    counts = file.counts.model_copy(update={"totals": {names[0]: 80, names[1]: 200}})
    files = [file.model_copy(update={"counts": counts})]
    given = plan.model_copy(update={"survey": plan.survey.model_copy(update={"files": files})})
    study = read_study(parse_plan(write_plan(given)), {"a.csv": content})
    tally = pd.crosstab(study.survey.texts["answer"]["Answer"], study.survey.keys["wave"])
    assert tally["pre"].to_dict() == {"Agree": 20, "Disagree": 20, "Neutral": 40}
    assert tally["post"].to_dict() == {"Agree": 100, "Disagree": 20, "Neutral": 80}


def test_the_number_asked_in_the_table_makes_percentages_usable():
    content = b"Answer,Before,After\nNo,38%,10%\nYes,62%,90%\nn,812,790\n"
    study = study_of(a=content)
    notes = [i.details for i in study.issues if i.code == "counts_from_percent"]
    # Whole percents of 812 people hide four people either way.
    assert [(one["n"], one["slack"]) for one in notes] == [(812, 4), (790, 3)]
    assert study.survey.keys["wave"].value_counts().to_dict() == {"pre": 812, "post": 790}


def test_a_person_may_say_that_numbers_that_add_up_to_100_are_people():
    content = b"Answer,Before,After\nDisagree,25,10\nNeutral,50,40\nAgree,25,50\n"
    plan = propose_study({"a.csv": content})
    counts = plan.survey.files[0].counts.model_copy(update={"unit": "people"})
    files = [plan.survey.files[0].model_copy(update={"counts": counts})]
    told = plan.model_copy(update={"survey": plan.survey.model_copy(update={"files": files})})
    assert only(read_study(told, {"a.csv": content})).n.from_wave == 100


def test_several_answers_per_person_are_refused():
    content = b"Answer,Before,After\nRadio,60%,50%\nTelevision,70%,65%\nFriends,40%,80%\nn,80,85\n"
    with pytest.raises(StudyFileError, check=coded("counts_percent_sum")):
        study_of(a=content)


def test_a_table_for_too_many_people_is_refused():
    with pytest.raises(LimitExceededError, check=coded("too_many_people")):
        study_of(a=matrix(before=(900_000, 200_000, 1, 1, 1)))


def test_respondents_and_counts_contradict_each_other():
    plan = propose_study({"a.csv": matrix()})
    told = plan.model_copy(update={"survey": plan.survey.model_copy(update={"respondent": "code"})})
    with pytest.raises(StudyFileError, check=coded("counts_with_people")):
        read_study(told, {"a.csv": matrix()})


@pytest.mark.parametrize(
    "content",
    [
        b"code,q1,q2\nA,1,4\nB,2,5\nC,3,3\nD,5,1\n",
        b"code,pre,post\nA,1,4\nB,2,5\nC,3,3\n",
        b"name,answer,n\nAnn,Yes,3\nBob,No,4\nCid,Maybe,5\n",
        b"answer,visits\nYes,3\nYes,4\nNo,5\n",
        b"date,amount\n2026-01-01,5\n2026-02-01,7\n",
        b"satisfaction,sex\nAgree,f\nDisagree,m\nAgree,m\nNeutral,f\n",
        b"session,count\nDrill,20\nTalk,14\nWalk,9\n",
    ],
)
def test_tables_of_people_are_not_taken_for_counts(content: bytes):
    (table,) = read_sheets({"a.csv": content}).values()
    assert recognise_counts(table) is None


def test_the_next_wave_of_counts_joins_the_plan():
    first = b"Answer,n\nNo,20\nYes,30\n"
    later = b"Answer,n\nNo,9\nYes,41\n"
    plan = propose_study({"first_baseline.csv": first})
    files = {"first_baseline.csv": first, "later_endline.csv": later}
    renewed = reuse_plan(plan, {t.file: t for t in read_sheets(files).values()})
    assert [(one.wave, one.counts is not None) for one in renewed.survey.files] == [
        ("pre", True),
        ("post", True),
    ]
    outcome = only(read_study(renewed, files))
    assert outcome.change.estimate == pytest.approx(41 / 50 - 30 / 50, abs=1e-12)


def test_the_shares_are_divided_without_losing_anybody():
    for total in range(1, 60):
        assert share_out(np.array([33.3, 33.3, 33.4]), total).sum() == total
    assert bare_header("post count") == "post"


def test_the_commands_propose_ask_and_evaluate(tmp_path, capsys):
    percent = tmp_path / "percent.csv"
    percent.write_bytes(b"Answer,Before,After\nNo,38%,10%\nYes,62%,90%\n")
    assert main(["propose", str(percent), "-o", str(tmp_path / "p.toml")]) == 0
    assert "how many people were asked" in capsys.readouterr().err
    assert '# totals = { "Before" = 120 }' in (tmp_path / "p.toml").read_text("utf-8")
    folder = tmp_path / "counts"
    folder.mkdir()
    (folder / "a.csv").write_bytes(matrix(CHINESE, head="选项,前测人数,后测人数"))
    assert main(["propose", str(folder / "a.csv"), "-o", str(folder / "study.toml")]) == 0
    written = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(
        written.replace('name = "', 'label = "家庭备灾"\nname = "', 1), encoding="utf-8"
    )
    capsys.readouterr()
    assert main(["evaluate", str(folder / "study.toml")]) == 0
    said = capsys.readouterr().out
    assert "无法将前后两次的同一人对应" in said
    assert "区间约可窄30%" in said


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_caution_says_what_it_costs(language: str):
    (caution,) = [c for c in only(study_of(a=matrix())).cautions if c.code == "counts_only"]
    assert "0.5" in say_caution(Text(language), caution)


QUESTIONS = ("I know the evacuation route", "I keep an emergency kit at home", "Do you feel safe?")
#: Question by answer, before and after; the last question was answered by fewer people.
ASKED = {
    question: ([5 + at, 9, 4 + at, 8, 7 - at], [2, 5 + at, 6, 12, 9 - at])
    for at, question in enumerate(QUESTIONS)
}


def in_rows() -> bytes:
    rows = [
        f"{question},{answer},{n},{m}"
        for question, (before, after) in ASKED.items()
        for answer, n, m in zip(SCALE, before, after, strict=True)
    ]
    return "\n".join(["Question,Answer,Before,After", *rows]).encode()


def as_matrix() -> bytes:
    rows = [
        f"{wave},{question},{','.join(map(str, counts[at]))}"
        for at, wave in enumerate(("Before", "After"))
        for question, counts in ASKED.items()
    ]
    return "\n".join([f"Wave,Statement,{','.join(SCALE)}", *rows]).encode()


def in_columns(at: int) -> bytes:
    rows = [
        f"{answer},{','.join(str(counts[at][place]) for counts in ASKED.values())}"
        for place, answer in enumerate(SCALE)
    ]
    return "\n".join([f"Answer,{','.join(QUESTIONS)}", *rows]).encode()


@pytest.mark.parametrize(
    "files",
    [
        {"a": in_rows()},
        {"a": as_matrix()},
        {"pre": in_columns(0), "post": in_columns(1)},
    ],
    ids=["rows", "matrix", "columns"],
)
def test_several_questions_of_one_table_are_each_counted_by_themselves(files):
    study = study_of(**files)
    outcomes = {o.measure: o for o in evaluate(study).outcomes}
    labels = {m.name: m.items[0] for m in study.plan.measures}
    assert list(labels.values()) == list(QUESTIONS)
    for name, question in labels.items():
        before, after = ASKED[question]
        values = np.arange(1, 6)
        told = (values @ np.array(after)) / sum(after) - (values @ np.array(before)) / sum(before)
        assert outcomes[name].change.estimate == pytest.approx(told, abs=1e-12)
        n = outcomes[name].n
        assert (n.from_wave, n.to_wave, n.matched) == (sum(before), sum(after), 0)
    # A respondent answered all questions: nobody is counted three times.
    waves = study.survey.keys.groupby("wave").size()
    for at, wave in enumerate(("pre", "post")):
        assert waves[wave] == max(sum(counts[at]) for counts in ASKED.values())
    assert "counts_several" in {issue.code for issue in study.issues}
    for file in study.files:
        assert (file.n_used, file.n_listed) == (file.n_rows, 0)
    plan = parse_plan(write_plan(study.plan))
    assert plan == study.plan


def test_a_score_over_several_questions_of_counts_is_refused():
    files = {"a.csv": in_rows()}
    plan = propose_study(files)
    joined = plan.measures[0].model_copy(update={"items": list(QUESTIONS)})
    with pytest.raises(StudyFileError, check=coded("counts_score")):
        read_study(plan.model_copy(update={"measures": [joined]}), files)


def test_the_people_behind_percentages_of_several_questions_are_asked_for_once():
    rows = in_rows().decode().splitlines()[1:]
    told = [",".join([*row.split(",")[:2], f"{20}%", f"{20}%"]) for row in rows]
    files = {"a.csv": "\n".join(["Question,Answer,Before,After", *told]).encode()}
    plan = propose_study(files)
    (source,) = plan.survey.files
    (table,) = read_sheets(files).values()
    assert list_samples(table, source, plan.survey) == ["Before", "After"]
    counts = source.counts.model_copy(update={"totals": {"Before": 50, "After": 60}})
    survey = plan.survey.model_copy(
        update={"files": [source.model_copy(update={"counts": counts})]}
    )
    study = read_study(plan.model_copy(update={"survey": survey}), files)
    assert dict(study.survey.keys.groupby("wave").size()) == {"pre": 50, "post": 60}


def with_shares(before: str, after: str, head: str = "Answer,Before,After") -> bytes:
    """The table with cells of a number and its percentage, each written by a pattern."""
    rows = [
        f"{answer},{before.format(n, n / sum(BEFORE))},{after.format(m, m / sum(AFTER))}"
        for answer, n, m in zip(SCALE, BEFORE, AFTER, strict=True)
    ]
    return "\n".join([head, *rows]).encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{0}({1:.0%})", "{0} ({1:.1%})"),
        ("{0} ({1:.0%})", "{0} （{1:.1%}）"),
        ("{1:.1%} ({0})", "{1:.2%} (n={0})"),
    ],
)
@pytest.mark.parametrize("wide", [False, True], ids=["plain", "wide percent sign"])
@pytest.mark.parametrize("head", ["Answer,Before,After", "Answer,Before n (%),After n (%)"])
def test_a_number_beside_its_percentage_is_the_number(before: str, after: str, wide, head: str):
    content = with_shares(before, after, head).decode()
    study = study_of(a=(content.replace("%", "％") if wide else content).encode())
    n = only(study).n
    assert (n.from_wave, n.to_wave) == (sum(BEFORE), sum(AFTER))
    assert study.plan.survey.waves == ["pre", "post"]
    codes = {issue.code for issue in study.issues}
    assert not codes & {"unread_count", "share_contradicts_count", "counts_from_percent"}


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_percentage_that_contradicts_its_number_is_listed(language: str):
    content = with_shares("{0} ({1:.0%})", "{0} ({1:.0%})").replace(b"30 (38%)", b"30 (83%)")
    study = study_of(a=content)
    (issue,) = [one for one in study.issues if one.code == "share_contradicts_count"]
    assert (issue.rows, issue.column, issue.severity) == ((4,), "Before", "warning")
    assert "30 (83%)" in say_issue(Text(language), issue)
    assert only(study).n.from_wave == sum(BEFORE)  # the number of people holds


@pytest.mark.parametrize(
    "share",
    [
        lambda n, m: (n / (n + m), m / (n + m)),
        lambda n, m: (n / 165, m / 165),
    ],
    ids=["of the row", "of everyone"],
)
def test_percentages_of_rows_or_of_everyone_are_no_contradiction(share):
    rows = []
    for answer, n, m in zip(SCALE, BEFORE, AFTER, strict=True):
        first, second = share(n, m)
        rows.append(f"{answer},{n} ({first:.1%}),{m} ({second:.1%})")
    study = study_of(a="\n".join(["Answer,Before,After", *rows]).encode())
    assert "share_contradicts_count" not in {issue.code for issue in study.issues}


def test_one_column_of_numbers_with_percentages_is_a_table_of_counts():
    lines = with_shares("{0} ({1:.0%})", "{0}").decode().splitlines()[1:]
    content = "\n".join(["选项,人数（%）", *(line.rpartition(",")[0] for line in lines)]).encode()
    study = study_of(a=content)
    assert len(study.survey.keys) == sum(BEFORE)


@pytest.mark.parametrize("header", ["Women", "Question", "Población", "No", "I do not own"])
def test_a_word_that_ends_like_a_mark_of_counts_stays_whole(header: str):
    assert bare_header(header) == header
    assert bare_header(f"{header} (n)") == header
    assert bare_header(f"{header} n (%)") == header


def test_counts_of_several_communities_share_a_wave():
    """The second baseline was taken for the round after the first."""
    table = b"answer,n\nagree,12\nneutral,9\ndisagree,7\n"
    names = ["south post.csv", "north pre.csv", "south pre.csv", "north post.csv"]
    survey = propose_study(dict.fromkeys(names, table)).survey
    assert {one.path: one.wave for one in survey.files} == {
        name: name.partition(".")[0].split()[1] for name in names
    }
    assert survey.waves == ["pre", "post"]
