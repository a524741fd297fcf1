"""Personal data inside texts and below any header; time grows with the length, not its square."""

import time
from collections.abc import Callable

import pytest

from analysis.intake.check.personal import find_personal
from analysis.intake.check.personal_text import find_spans
from analysis.intake.model import Column
from analysis.intake.values.scales import family_of
from benchmarks.find_personal_data import NAME_HEADERS

NAMES = ["王小明", "李红梅", "赵云", "陈桂英", "刘建国", "张丽"]
LATIN = ["Maria Lopez", "John Smith", "Wei Chen", "Sarah Brown", "Ahmed Khan"]


@pytest.mark.parametrize("header", NAME_HEADERS)
def test_chinese_names_are_found_below_any_header(header: str):
    assert find_personal(header, NAMES) == "name"


@pytest.mark.parametrize(
    "header",
    [
        "Participant",
        "Interviewer",
        "Child's name",
        "Parent",
        "Name (optional)",
        "Q7",
        "Head of household",
    ],
)
def test_latin_names_are_found_below_a_header_of_a_person(header: str):
    assert find_personal(header, LATIN) == "name"


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("您是否愿意留下姓名", ["是", "否"]),
        ("Participant", ["Programme", "Comparison"]),
        ("participant", ["P001", "P002"]),
        ("编号", ["1", "2", "3"]),
        ("志愿者", ["V-01", "V-02"]),
        ("活动名称", ["安全讲座", "方言故事会", "高龄慰问"]),
        ("社区", ["金泉", "安康", "和平", "长青", "方兴", "田园"]),
        ("满意度", ["满意", "不满意", "一般"]),
        ("您使用手机的频率", ["每天", "有时"]),
        ("手机", ["有", "没有"]),
        ("Can you name three risks?", ["flood and fire", "none", "earthquake"]),
        ("Teacher", ["Agree", "Disagree", "Neutral"]),
        ("contact_info_complete", ["0", "2"]),
        ("关键词", ["安全", "方便", "高兴", "马上", "严重", "全部"]),
    ],
)
def test_look_alikes_are_left(header: str, values: list[str]):
    assert find_personal(header, values) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "感谢李建国帮忙，电话 +86 138 0013 8000",
            [("name", "李建国"), ("phone", "+86 138 0013 8000")],
        ),
        ("我叫张伟住在解放路12号", [("name", "张伟"), ("address", "解放路12号")]),
        ("幸福小区5栋2单元301室", [("address", "幸福小区5栋2单元301室")]),
        ("微信：abc_12345", [("wechat", "abc_12345")]),
        ("车牌鄂A12345", [("plate", "鄂A12345")]),
        ("座机027-87654321", [("phone", "027-87654321")]),
        ("身份证11010519491231002X", [("id_card", "11010519491231002X")]),
        ("写信给some.one@example.org", [("email", "some.one@example.org")]),
        ("来自58.19.10.21", [("ip", "58.19.10.21")]),
        ("My name is Maria Lopez", [("name", "Maria Lopez")]),
        ("I live at 12 High Street", [("address", "12 High Street")]),
        ("Call (212) 555-0188", [("phone", "(212) 555-0188")]),
        ("阿依古丽·买买提说得好", [("name", "阿依古丽·买买提")]),
    ],
)
def test_every_kind_is_found_in_a_sentence(text: str, found: list[tuple[str, str]]):
    assert [(span.kind, text[span.start : span.end]) for span in find_spans(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",
        "版本1.2.3.4",
        "2025-03-01 08:30:00",
        "社区3号活动室",
        "今年12号开会",
        "安全第一，方便居民",
        "希望多组织活动",
        "wechat group",
        "Met with the Flood Committee",
        "St Mary Park",
        "1,380.00",
        "编号2025030112",
        "王家湾社区",
        "马上要下雨",
    ],
)
def test_harmless_texts_are_left(text: str):
    assert find_spans(text) == ()


def test_a_name_of_the_list_is_found_wherever_it_stands():
    assert [s.kind for s in find_spans("今天去看钱多多家里漏雨", {"钱多多"})] == ["name"]


SLOW = {
    "city": "市",
    "street number": "1 a",
    "digits": "1",
    "digits and dashes": "1-",
    "at signs": "a@",
    "dots": "a.",
    "colons": "a:",
    "surnames": "王",
    "cues": "我叫",
    "houses": "1号",
    "capitals": "Maria ",
    "wechat": "微信:",
    "plates": "鄂A",
    "plus": "+1",
    "brackets": "(0",
}


def cost(work: Callable[[str], object], text: str) -> float:
    """Seconds of the processor, the less of two."""
    spent = []
    for _ in range(2):
        start = time.process_time()
        work(text)
        spent.append(time.process_time() - start)
    return min(spent)


@pytest.mark.parametrize("unit", SLOW.values(), ids=SLOW)
@pytest.mark.parametrize(
    "work",
    [find_spans, lambda text: find_personal(text, [text, text + "1"])],
    ids=["text", "column"],
)
def test_four_times_the_text_takes_about_four_times_as_long(work, unit: str):
    short, long = unit * (2_000 // len(unit)), unit * (8_000 // len(unit))
    # Quadratic work would take sixteen times as long, every time; a busy machine may seem to once.
    # Below some milliseconds nothing is measured.
    assert any(cost(work, long) <= 9 * max(cost(work, short), 0.004) for _ in range(5))


@pytest.mark.parametrize("text", ["市" * 16_000, "1 a" * 4_000, "1," * 16_000, "王" * 16_000])
def test_texts_that_took_seconds_are_searched_in_less_than_two(text: str):
    assert cost(find_spans, text) < 2
    assert cost(lambda told: find_personal(told, [told]), text) < 2


def test_the_family_of_a_long_header_is_found_in_time():
    def family(text: str) -> object:
        return family_of(Column(name=text, label=text, position=0))

    short, long = "0" * 2_000 + "_", "0" * 8_000 + "_"
    assert cost(family, long) <= 9 * max(cost(family, short), 0.004)
