"""Columns of printed tables: no word is broken while there is room; numbers stand at the right."""

import pandas as pd
import pytest

from dashboard.content.format import list_cells
from dashboard.exports.columns import find_number_columns, share_widths
from dashboard.render.canvas import measure_text
from dashboard.text import Text

TABLE = pd.DataFrame(
    {
        "Measure": ["Household preparedness", "Trust in neighbours"],
        "Change": ["+0.69", "−0.16"],
        "p": ["p < 0.001", "–"],
        "n": [118, None],
        "Method": ["Mixed model, everyone who answered", "Paired t-test"],
    }
)


def test_cells_are_words_and_a_dash_where_nothing_is():
    cells = list_cells(TABLE, Text("en"))
    assert cells[0] == list(TABLE.columns)
    assert cells[1][3] == "118"
    assert cells[2][2:4] == ["–", "–"]


def test_numbers_stand_at_the_right_and_names_at_the_left():
    assert find_number_columns(list_cells(TABLE, Text("en"))) == [False, True, True, True, False]
    ages = [["Group", "n"], ["18-35岁", "41"], ["36-59岁", "53"]]
    assert find_number_columns(ages) == [False, True]


@pytest.mark.parametrize("room", [250.0, 400.0, 900.0])
def test_widths_fill_the_room_and_hold_the_longest_word(room):
    cells = list_cells(TABLE, Text("en"))
    widths = share_widths(cells, room, 9)
    assert sum(widths) == pytest.approx(room)
    if room >= 400:
        for j, width in enumerate(widths):
            assert width > max(measure_text(w, 9) for row in cells for w in row[j].split(" "))


def test_long_chinese_may_wrap():
    cells = [["议题", "天"], ["社区协商会上居民提出的应急物资仓库选址问题", "12"]]
    narrow, days = share_widths(cells, 120, 9)
    assert narrow + days == pytest.approx(120)
    assert days > measure_text("12", 9)
