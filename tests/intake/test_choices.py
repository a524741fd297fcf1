"""Check-all questions joined in one cell: marks, options that hold the mark, boxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import read_study
from analysis.intake.propose.measures import propose_measures
from analysis.intake.propose.proposal import propose_study
from analysis.intake.read.survey_rows import item_texts
from analysis.intake.tables.choices import find_options, propose_choices, split_cell, with_options
from analysis.intake.tables.survey_tool import read_tables


def table_of(cells, name="s.csv", header="acts"):
    rows = "\n".join(f'"{cell}",{n}' for n, cell in enumerate(cells))
    return read_tables({name: f'"{header}",n\n{rows}\n'.encode()})[name]


@pytest.mark.parametrize(
    ("cells", "mark", "options"),
    [
        (["演练┋议事会", "演练", "议事会┋巡逻"] * 3, "┋", ("演练", "议事会", "巡逻")),
        (["a;b;", "b;", "c;a;"] * 3, ";", ("a", "b", "c")),
        (["drill|patrol", "patrol"] * 4, "|", ("drill", "patrol")),
        (["Drill, Patrol", "Patrol", "Drill"] * 4, ", ", ("Drill", "Patrol")),
        (["Drill,Patrol", "Patrol", "Drill"] * 4, ",", ("Drill", "Patrol")),
        (["演练、巡逻", "巡逻", "演练"] * 4, "、", ("演练", "巡逻")),
        (
            ["Talk, or walk, Run", "Run", "Talk, or walk", "Sit, Run"] * 3,
            ", ",
            ("Talk, or walk", "Run", "Sit"),
        ),
        (["运动┋其他【请注明】〖钓鱼〗", "运动"] * 3, "┋", ("运动", "其他【请注明】")),
    ],
)
def test_the_mark_and_the_options_are_found(cells, mark, options):
    told = propose_choices(table_of(cells), "acts")
    assert told is not None
    assert told.mark == mark
    assert set(told.options) == set(options)


@pytest.mark.parametrize(
    "cells",
    [
        ["I like it, really", "It was long, and cold", "Fine", "So so, but ok"] * 2,
        ["Anna Li", "Bo Chen", "Carl Xu"] * 3,
        ["Ulm, Germany", "Rome, Italy", "Oslo, Norway", "Bern, Switzerland"],
        ["yes", "no"] * 4,
        [""] * 4,
    ],
)
def test_sentences_names_and_places_are_not_split(cells):
    assert propose_choices(table_of(cells), "acts") is None


def test_spaces_part_codes_only_where_a_tool_does_so():
    assert propose_choices(table_of(["drill patrol", "drill"] * 4), "acts") is None


def test_the_longest_known_option_wins():
    assert split_cell("A, B, C", ", ", {"A, B", "B", "C"}) == ["A, B", "C"]
    assert split_cell("A;B;", ";") == ["A", "B"]


def test_boxes_tell_ticked_unticked_and_unanswered():
    table = table_of(["a;b", "b", "", "a;c"] * 2)
    wide = with_options(table, ["acts/a", "acts/d", "n"])
    assert [c.name for c in wide.columns] == ["acts", "n", "acts/a", "acts/d"]
    assert item_texts(wide, "acts/a").tolist()[:4] == ["1", "0", None, "1"]
    assert item_texts(wide, "acts/d").tolist()[:4] == ["0", "0", None, "0"]


def test_one_option_answers_are_boxes_too():
    table = table_of(["Drill", "Patrol", "", "Drill"])
    wide = with_options(table, ["acts/drill"])
    assert item_texts(wide, "acts/drill").tolist() == ["1", "0", None, "1"]


def test_every_option_is_proposed_as_one_descriptive_measure():
    measures = propose_measures(table_of(["演练┋巡逻", "演练", "巡逻┋议事"] * 3))
    told = {m.items[0]: (m.kind, m.role) for m in measures if m.items[0].startswith("acts/")}
    assert told == dict.fromkeys(["acts/演练", "acts/巡逻", "acts/议事"], ("binary", "descriptive"))


def test_options_that_only_a_later_wave_holds_are_proposed_too():
    waves = {"前测": ["演练┋巡逻", "演练", "巡逻"], "后测": ["演练┋急救", "巡逻┋急救", "急救"]}
    files = {}
    for wave, cells in waves.items():
        rows = "".join(f"C{n},{n % 5 + 1},{cells[n % 3]}\n" for n in range(9))
        files[f"{wave}.csv"] = f"编号,我有准备,参加过的活动\n{rows}".encode()
    plan = propose_study(files)
    told = [m.items[0] for m in plan.measures if m.role == "descriptive"]
    assert told == ["参加过的活动/演练", "参加过的活动/巡逻", "参加过的活动/急救"]
    study = read_study(plan, files)
    late = next(m.name for m in plan.measures if m.items[0].endswith("急救"))
    ticks = study.survey.items[late].iloc[:, 0].groupby(study.survey.keys["wave"]).sum()
    assert ticks.to_dict() == {"pre": 0, "post": 9}


WORD = st.text("abcdef", min_size=1, max_size=4)


@given(st.lists(WORD, min_size=1, max_size=6, unique=True), st.sampled_from(["┋", ";", "|", "、"]))
def test_joined_and_split_again_is_the_same(words, mark):
    assert split_cell(mark.join(words), mark) == words
    assert find_options([mark.join(words)], mark) == tuple(words)
