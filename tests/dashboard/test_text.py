"""Words and numbers in two languages."""

import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.content.labels import escape_label
from dashboard.text import Text, read_catalogue, show_invisible
from dashboard.widgets import page
from dashboard.widgets.markdown import escape_markdown

EN, ZH = Text("en"), Text("zh-Hans")


def test_numbers_follow_the_language():
    assert EN.number(-1234.5, 1) == "\N{MINUS SIGN}1,234.5"
    assert EN.signed(0.761) == "+0.76"
    assert EN.signed(-0.001) == "0.00"
    assert EN.percent(0.456) == "46\N{NO-BREAK SPACE}%"
    assert ZH.percent(0.456) == "46%"
    assert EN.number(None) == "–"


def test_dates_follow_the_language():
    assert EN.date(date(2026, 3, 2)) == "2 Mar 2026"
    assert ZH.date(date(2026, 3, 2)) == "2026年3月2日"
    assert ZH.month("2026-03") == "2026年3月"


def test_labels_fall_back_to_what_there_is():
    assert ZH.of({"en": "Kit", "zh-Hans": "应急包"}) == "应急包"
    assert ZH.of({"en": "Kit"}) == "Kit"
    assert ZH.of("as given") == "as given"
    assert EN.of(None, "otherwise") == "otherwise"


def test_p_values_never_stand_as_zero():
    assert EN.p_value(1e-9) == "p < 0.001"
    assert EN.p_value(0.0261) == "p = 0.026"


def test_two_languages_do_not_mix():
    assert EN("Good") == "Good"
    assert ZH("Good") == "良好"
    assert read_catalogue("en") == {}


@given(st.text())
def test_escaped_text_has_no_live_markdown(raw):
    shown = escape_markdown(raw)
    for special in "*_`[]<>$#!|~":
        assert shown.count(special) == shown.count("\\" + special)
    assert "\n" not in shown


def test_no_bare_address_becomes_a_link():
    # What the page links after it has read the Markdown, from its own source (GFM autolinks).
    links = re.compile(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+(?:\.[-\w]+)+", re.ASCII)
    for address in ("http://a.example", "https://a.example/x", "WWW.a.example", "a@b.example"):
        shown = escape_markdown(f"see {address} now").replace("\\", "")
        assert links.search(address.casefold())
        assert not links.search(shown.casefold())


@pytest.mark.parametrize("letter", "\u202e\u2066\u200b\u200f\u00ad\ufeff")
def test_characters_without_a_shape_are_shown(letter: str):
    assert show_invisible(f"a{letter}b") == f"a‹U+{ord(letter):04X}›b"
    assert letter not in escape_markdown(f"a{letter}b")
    assert letter not in escape_label(f"a{letter}b")


def test_a_joiner_inside_an_emoji_or_a_word_stays():
    assert show_invisible("👩\u200d🌾") == "👩\u200d🌾"
    assert "U+200D" in show_invisible("a\u200db")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_what_rounds_to_zero_has_no_minus(language):
    text = Text(language)
    assert text.number(-0.004) == "0.00"
    assert text.signed(-0.004) == "0.00"
    assert text.percent(-0.004)[0] == "0"
    assert text.number(-0.006) == "−0.01"


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        (950, "CN¥ 950", "¥ 950"),
        (9_999, "CN¥ 10k", "¥ 1万"),
        (12_345, "CN¥ 12.3k", "¥ 1.23万"),
        (150_000, "CN¥ 150k", "¥ 15万"),
        (999_600, "CN¥ 1M", "¥ 100万"),
        (-25_000, "\N{MINUS SIGN}CN¥ 25k", "\N{MINUS SIGN}¥ 2.5万"),
        (123_456_789, "CN¥ 123M", "¥ 1.23亿"),
        (0, "CN¥ 0", "¥ 0"),
    ],
)
def test_money_in_pictures_counts_in_the_readers_thousands(amount, english, chinese):
    assert EN.short_money(amount).replace("\N{NO-BREAK SPACE}", " ") == english
    assert ZH.short_money(amount).replace("\N{NO-BREAK SPACE}", " ") == chinese


@pytest.mark.parametrize("letter", ["\u2061", "\u206a", "\ufff9", "\u034f", "\u3164", "\U000e0041"])
def test_marks_without_a_shape_are_shown_by_their_number(letter: str):
    assert show_invisible(f"a{letter}b") == f"a‹U+{ord(letter):04X}›b"


def test_a_large_table_shows_disguised_words_and_keeps_its_numbers(monkeypatch):
    shown = []
    monkeypatch.setattr(page.st, "dataframe", lambda table, **_: shown.append(table))
    words = ["a\u200bb", None] * 15
    table = pd.DataFrame({"file\u202efdp": words, "n": range(30), "n ": [0.5] * 30})
    page.show_table(table, key="large")
    assert list(shown[0].columns) == ["file‹U+202E›fdp", "n", "n "]
    assert shown[0].iloc[0, 0] == "a‹U+200B›b"
    assert shown[0].dtypes.tolist()[1:] == table.dtypes.tolist()[1:]
    assert table.iloc[0, 0] == "a\u200bb"
