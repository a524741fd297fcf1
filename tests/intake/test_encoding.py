"""Right text from every encoding that survey tools write."""

import pytest

from analysis.errors import UnreadableFileError
from analysis.intake.sandbox.encoding import decode_text, recognise_encoding

SIMPLIFIED = "序号,提交答卷时间,性别,您的年龄\n1,2026/3/2,女,三十岁\n"
TRADITIONAL = "序號,提交時間,性別,您的年齡\n1,2026/3/2,女,社區居民\n"
WESTERN = "Prénom;Âge;Città\nZoë;30;Málaga\nNoël’s café;40;Genève\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_simplified(codec):
    assert decode_text(SIMPLIFIED.encode(codec))[0] == SIMPLIFIED


@pytest.mark.parametrize("codec", ["utf-8", "big5", "utf-16-le", "utf-16-be"])
def test_traditional(codec):
    text = TRADITIONAL if codec == "big5" or codec == "utf-8" else "id,name,town\n1,Anna,Ulm\n" * 5
    assert decode_text(text.encode(codec))[0] == text


@pytest.mark.parametrize("codec", ["utf-8", "cp1252"])
def test_western(codec):
    assert decode_text(WESTERN.encode(codec))[0] == WESTERN


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("姓名,满意度\n张伟,非常满意\n", "gb18030"),
        ("編號,滿意\n1,非常滿意\n2,普通\n", "big5"),
        ("name,note\nJosé,naïve\n", "cp1252"),
        ("id,意见\n1,希望多组织演练；时间改到周末\n", "gb18030"),
        ("a,b\n1,2\n", "utf-8"),
    ],
)
def test_short_files(text, codec):
    assert recognise_encoding(text.encode(codec)) == codec


def test_choice_of_a_person():
    assert decode_text(TRADITIONAL.encode("big5"), "big5") == (TRADITIONAL, "big5")


@pytest.mark.parametrize(
    ("name", "code"), [("utf-8", "wrong_encoding"), ("x-y", "unknown_encoding")]
)
def test_impossible_choice(name, code):
    with pytest.raises(UnreadableFileError) as caught:
        decode_text(SIMPLIFIED.encode("gb18030"), name)
    assert caught.value.code == code
