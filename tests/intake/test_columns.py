"""Roles of columns: nearly all right on real exports without a touch, the unsure ones known."""

import pytest

from analysis.intake.propose.column_roles import propose_roles
from analysis.intake.tables.survey_tool import read_tables
from tests.intake.column_keys import is_right, judged_columns, key_of


def table_of(text: str, name: str = "survey.csv"):
    return read_tables({name: text.encode()})[name]


def role_of(header: str, values: list[str]):
    rows = "\n".join(f'"{value}",r' for value in values)
    return propose_roles(table_of(f'"{header}",rest\n{rows}\n'))[0]


@pytest.fixture(scope="module")
def judged(shared_data):
    told = []
    for folder in {
        p.parent for p in shared_data.rglob("*") if p.suffix in (".csv", ".xlsx", ".xls")
    }:
        paths = [p for p in folder.iterdir() if p.suffix in (".csv", ".xlsx", ".xls")]
        tables = read_tables({path.name: path.read_bytes() for path in paths})
        for name, table in tables.items():
            key = key_of(name)
            told += [(name, *one) for one in judged_columns(table, key)] if key else []
    return told


def test_at_least_nineteen_in_twenty_columns_are_right(judged):
    wrong = [one for one in judged if not is_right(one[2], one[3])]
    assert len(judged) > 600
    assert len(wrong) <= 0.05 * len(judged), wrong


def test_every_real_file_has_few_wrong_columns(judged):
    for file in {one[0] for one in judged}:
        mine = [is_right(one[2], one[3]) for one in judged if one[0] == file]
        assert sum(mine) >= 0.85 * len(mine), file


def test_wrong_columns_are_among_the_unsure(judged):
    wrong = [one[4] for one in judged if not is_right(one[2], one[3])]
    assert all(confidence < 0.8 for confidence in wrong)


@pytest.mark.parametrize(
    ("header", "values", "role", "reason"),
    [
        ("Any disability?", ["Yes", "No"] * 10, "demographic", "header"),
        ("Comments", ["none"] * 9, "free_text", "header"),
        ("tools used", ["1", "1", ""] * 5, "multiple_choice", "ticks"),
        ("row", [str(n) for n in range(1, 21)], "paradata", "row_numbers"),
        ("Earned last year", ["$0 - $9,999", "$10,000 or more"] * 9, "demographic", "money_bands"),
        ("Number of drills", ["0", "1", "2", "3"] * 5, "number", "numbers"),
        ("Do you smoke?", ["Yes", "No", "Not sure"] * 5, "item", "answer_words"),
        ("活动", ["演练┋巡逻", "演练", "巡逻┋演练"] * 5, "multiple_choice", "joined_answers"),
        (
            "How often do you code?",
            [
                "Daily",
                "Weekly",
                "Monthly",
                "Several times a year",
                "Less than once a year",
                "I did not do that then",
            ]
            * 3,
            "item",
            "odd_answers",
        ),
        (
            "Are you confident?",
            ["I am more confident", "I am less confident", "I am equally confident"] * 4,
            "item",
            "answer_words",
        ),
        ("洪水预警最严重的颜色", ["红", "黄", "蓝"] * 5, "knowledge", "question_with_options"),
        ("How do you like tea?", ["Hot", "Cold", "Iced"] * 5, "multiple_choice", "few_answers"),
    ],
)
def test_a_role_has_its_reason(header, values, role, reason):
    profile = role_of(header, values)
    assert (profile.role, profile.reason) == (role, reason)


def test_a_lone_text_is_no_scale():
    profile = role_of("其他", ["路灯坏了", "路灯坏了"])
    assert profile.role == "free_text"


def rated(odd: str, n: int = 24) -> list[str]:
    return [*(str(1 + at % 5) for at in range(n)), odd]


@pytest.mark.parametrize("odd", ["about 3", "3 or 4", "看不懂题目", "见背面"])
def test_one_odd_text_does_not_hide_an_item(odd):
    profile = role_of("q1", rated(odd))
    assert (profile.role, profile.type, profile.range) == ("item", "scale", (1, 5))
    assert (profile.reason, profile.odd) == ("odd_answers", (odd,))
    assert profile.confidence < 0.7


def test_the_open_end_of_a_count_is_not_odd():
    assert role_of("How many workshops?", ["1", "2"] * 9 + ["3+"]).role == "multiple_choice"


def test_one_odd_wording_among_the_words_of_a_scale():
    words = ["非常同意", "比较同意", "一般", "不太同意"] * 5
    profile = role_of("我知道最近的撤离路线", [*words, "看情况吧"])
    assert (profile.role, profile.odd) == ("item", ("看情况吧",))


def test_many_odd_texts_are_no_scale():
    assert role_of("q1", ["1", "2", "3"] * 3 + ["by bus", "on foot", "by car"]).role != "item"


def test_a_typing_slip_among_neighbours_of_one_scale_stays_an_item():
    rows = "\n".join(f"P{n:02},{1 + n % 5},{1 + n % 4 + 1},{1 + n % 5}" for n in range(20))
    table = table_of(f"code,q1,q2,q3\n{rows}\nP99,3,4,55\n")
    third = propose_roles(table)[3]
    assert (third.role, third.range, third.odd) == ("item", (1, 5), ("55",))


def test_a_number_alone_stays_a_number():
    assert role_of("Children at home", [str(n % 4) for n in range(30)] + ["12"]).role == "number"
