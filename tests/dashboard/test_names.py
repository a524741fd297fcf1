"""Columns and values of the data as readers know them."""

import pytest

from analysis.plan import plan_from_dict
from dashboard.sentences.names import column_name, short_name, value_name
from dashboard.text import Text

EN, ZH = Text("en"), Text("zh-Hans")
PLAN = plan_from_dict(
    {
        "study": {"labels": {"sex": {"en": "Sex", "zh-Hans": "性别"}, "女": {"en": "women"}}},
        "measures": [{"name": "m", "label": "Trust", "items": ["a"], "range": [1, 5]}],
    }
)


def test_given_words_come_first_in_the_readers_language():
    assert (column_name(EN, PLAN, "sex"), column_name(ZH, PLAN, "sex")) == ("Sex", "性别")
    assert column_name(EN, PLAN, "m") == "Trust"
    assert (value_name(EN, PLAN, "女"), value_name(EN, PLAN, "男")) == ("women", "男")
    assert (column_name(EN, PLAN, "site"), column_name(ZH, PLAN, "site")) == ("Community", "社区")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("3、您的性别", "性别"),
        ("Q12. Age group?", "Age group"),
        ("demo/district", "district"),
        ("10：请问您家的楼栋：", "楼栋"),
        ("2024", "2024"),
        ("3、", "3、"),
        ("60岁及以上", "60岁及以上"),
    ],
)
def test_a_header_loses_its_number_and_courtesy_only(header, name):
    assert short_name(header) == name
