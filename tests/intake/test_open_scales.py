"""The ends of a scale are asked where neither wording nor answers settle them."""

import pytest

from analysis.intake.model import Table
from analysis.intake.propose.open_scales import find_open_scale, stated_range
from analysis.intake.propose.proposal import propose_plan, read_sheets
from analysis.intake.propose.wide_tables import list_waves


def open_scales(files: dict[str, bytes]):
    tables = {k: t for k, t in read_sheets(files).items() if isinstance(t, Table)}
    plan = propose_plan(tables)
    waves = list_waves((one, tables[one.path]) for one in plan.survey.files)
    return plan, [find_open_scale(measure, waves) for measure in plan.measures]


def answers(header: str, top: int) -> bytes:
    rows = [f"P{n:03}," + ",".join(str(1 + (n * k) % top) for k in (1, 2, 3)) for n in range(40)]
    return "\n".join([f"code,{header}", *rows]).encode()


@pytest.mark.parametrize("top", [5, 7])
def test_answers_on_every_step_of_a_usual_scale_settle_it(top: int):
    plan, found = open_scales({"a.csv": answers("q1,q2,q3", top)})
    assert plan.measures[0].range == (1, top)
    assert found == [None]


def test_answers_up_to_four_may_lie_on_several_scales():
    _, (scale,) = open_scales({"a.csv": answers("q1,q2,q3", 4)})
    assert (scale.low, scale.high) == (1, 4)
    assert (1, 5) in scale.options
    assert (1, 3) not in scale.options


def test_a_step_nobody_chose_leaves_the_scale_open():
    content = answers("q1,q2,q3", 7).replace(b",4", b",5")
    _, (scale,) = open_scales({"a.csv": content})
    assert scale.options == ((1, 7), (1, 10), (0, 10))


def test_a_range_in_the_wording_is_taken_and_not_asked():
    plan, found = open_scales({"a.csv": answers("Safe (1-7),Calm (1-7),Ready (1-7)", 4)})
    assert plan.measures[0].range == (1, 7)
    assert found == [None]


def test_words_settle_a_scale():
    words = ("Disagree", "Neither", "Agree", "Strongly agree")
    rows = [f"P{n:03},{words[n % 4]},{words[(n * 3) % 4]}" for n in range(40)]
    _, found = open_scales({"a.csv": "\n".join(["code,q1,q2", *rows]).encode()})
    assert found == [None]


def test_the_range_of_a_wide_table_holds_the_answers_of_every_wave():
    header = "ID," + ",".join(f"q{k}_{wave}" for wave in ("pre", "post") for k in (1, 2, 3))
    rows = [
        f"P{n:02},"
        + ",".join(str(1 + (n * k) % 4) for k in (1, 2, 3))
        + ","
        + ",".join(str(min(5, 2 + (n * k) % 4)) for k in (1, 2, 3))
        for n in range(40)
    ]
    plan, found = open_scales({"wide.csv": "\n".join([header, *rows]).encode()})
    assert plan.measures[0].range == (1, 5)
    assert found == [None]


@pytest.mark.parametrize(
    ("wording", "scale"),
    [
        ("评分（1到7分）", (1, 7)),
        ("How safe do you feel? (1 = not at all, 5 = very)", (1, 5)),
        ("Score 0–10", (0, 10)),
        ("Visits in 2021-5", None),
        ("I know the way", None),
    ],
)
def test_what_a_wording_states(wording: str, scale):
    assert stated_range([wording]) == scale


def test_cells_that_programs_write_for_blank_are_no_answers():
    from analysis.intake.propose.proposal import propose_study
    from analysis.intake.read.reader import read_study

    rows = [
        f"P{n:02},{1 + n % 5 if n % 7 else 'NA'},{('yes', 'no')[n % 2] if n % 5 else 'n/a'}"
        for n in range(40)
    ]
    files = {"a.csv": "\n".join(["code,q1,helped", *rows]).encode()}
    plan = propose_study(files)
    assert [(one.items, one.kind) for one in plan.measures] == [
        (["q1"], "scale"),
        (["helped"], "binary"),
    ]
    codes = {issue.code for issue in read_study(plan, files).issues}
    assert "unmatched_answers" not in codes
    assert "missing_answers" in codes
