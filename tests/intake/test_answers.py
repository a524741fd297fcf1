import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.values.answers import propose_answer_rule, propose_range, read_number


@pytest.mark.parametrize(
    "ladder",
    [
        ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"],
        ["非常不同意", "不同意", "一般", "同意", "非常同意"],
        ["非常不满意", "比较不满意", "一般", "比较满意", "非常满意"],
        ["很差", "差", "一般", "好", "很好"],
        ["从不", "偶尔", "有时", "经常", "总是"],
        ["Never", "Rarely", "Sometimes", "Often", "Always"],
        ["Very unlikely", "Unlikely", "Neutral", "Likely", "Very likely"],
        [
            "Not at all worried",
            "Not so worried",
            "Somewhat worried",
            "Very worried",
            "Extremely worried",
        ],
        ["完全不了解", "不太了解", "比较了解", "非常了解"],
        ["非常不愿意", "不愿意", "有点不愿意", "一般", "有点愿意", "愿意", "非常愿意"],
        [
            "Strongly disagree",
            "Disagree",
            "Slightly disagree",
            "Slightly agree",
            "Agree",
            "Strongly agree",
        ],
    ],
)
def test_words_climb_from_low_to_high(ladder):
    rule = propose_answer_rule(ladder[::-1], (1, len(ladder)))
    assert [rule.numbers[word] for word in ladder] == list(range(1, len(ladder) + 1))
    assert set(rule.sources.values()) == {"vocabulary"}
    assert propose_range(ladder) == (1, len(ladder))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5分", 5),
        ("５０％", 50),
        ("1,234", 1234),
        ("４", 4),
        ("5=非常满意", 5),
        ("非常满意(5)", 5),
        ("1 - strongly disagree", 1),
        ("3.0", 3),
        ("-2", -2),
        ("18-35", None),
        ("18 - 29", None),
        ("非常满意", None),
    ],
)
def test_a_stated_number_is_read(text, number):
    assert read_number(text) == number


def test_declared_answers_win_and_the_rest_is_listed():
    rule = propose_answer_rule(["同意", "不清楚", "不清楚", "3"], (1, 5), {"同意": 5})
    assert rule.numbers == {"同意": 5, "3": 3}
    assert rule.sources == {"同意": "declared", "3": "number"}
    assert rule.unmatched == ("不清楚",)


def test_codes_and_lettered_options():
    assert propose_answer_rule(["A5", "A1"], (1, 5)).numbers == {"A5": 5, "A1": 1}
    assert propose_answer_rule(["A.有", "B.没有"], (0, 1)).numbers == {"A.有": 1, "B.没有": 0}


@given(st.lists(st.text(max_size=12), max_size=20))
def test_any_texts_are_matched_or_listed(texts):
    rule = propose_answer_rule(texts, (1, 5))
    assert set(rule.numbers) | set(rule.unmatched) == set(texts)
    assert not set(rule.numbers) & set(rule.unmatched)
