"""Delimiters, ragged rows, NUL bytes."""

import pytest

from analysis.intake.sandbox.protocol import Limits
from analysis.intake.sandbox.text_files import read_text_file, recognise_delimiter


def rows_of(text, **options):
    return read_text_file(text.encode(), Limits(), **options).sheets[0].cells.rows()


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters_inside_quotes_do_not_count(mark):
    text = f'id{mark}"a, b; c|d"{mark}x\n' + f'1{mark}"x,y;z|w,,;;||"{mark}"two\nlines"\n' * 3
    assert recognise_delimiter(text) == mark
    assert len(rows_of(text)[1]) == 3


def test_one_column_stays_one_column():
    assert rows_of("name\nAnna\nBo\n") == [("name",), ("Anna",), ("Bo",)]


def test_ragged_rows_are_listed_and_kept():
    book = read_text_file(b"a,b,c\n1,2,3\n1,2\n1,2,3,4\n1,2,3,\n", Limits())
    (issue,) = book.issues
    assert (issue.code, issue.rows) == ("ragged_rows", (3, 4))
    assert book.sheets[0].cells.rows()[3] == ("1", "2", "3", "4")
    assert len(book.sheets[0].cells.rows()) == 5


def test_nul_bytes_are_told():
    book = read_text_file(b"a,b\n1,x\x00y\n", Limits())
    assert book.sheets[0].cells.rows()[1] == ("1", "xy")
    assert [(issue.code, issue.rows) for issue in book.issues] == [("nul_bytes", (2,))]


def test_unclosed_quote_is_told():
    book = read_text_file(b'a,b\n1,2\n3,"4\n5,6\n7,8\n', Limits())
    assert [(i.code, i.severity, i.rows) for i in book.issues] == [
        ("unclosed_quote", "error", (3,))
    ]


def test_delimiter_hint_line():
    assert rows_of("sep=;\na;b\n1;2\n")[0] == ("a", "b")


def test_choice_of_a_person_wins():
    assert rows_of("a,b;c\n", delimiter=";")[0] == ("a,b", "c")


def test_leading_zeros_and_na_words_stay():
    assert rows_of("id,x\n001,N/A\n1e5,None\n")[1:] == [("001", "N/A"), ("1e5", "None")]
