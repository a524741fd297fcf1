"""Personal data: found before anything is stored, dropped or replaced by keyed pseudonyms."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence

from analysis.intake.check.name_words import COMMON_SURNAMES, NO_LATIN_NAMES
from analysis.intake.check.personal_text import (
    WHOLE,
    find_spans,
    is_certain_name,
    is_han_name,
    is_id_card,
    is_known_latin,
    is_latin_name,
)
from analysis.intake.values.column_lookup import normalise_name
from analysis.intake.values.known_words import split_words
from analysis.intake.values.respondents import normalise_code

__all__ = [
    "KINDS",
    "are_names",
    "clean_name",
    "find_personal",
    "is_id_card",
    "names_a_thing",
    "normalise_personal",
    "pseudonym",
    "split_names",
]

KINDS = ("name", "phone", "id_card", "email", "ip", "address", "wechat", "plate")
MAX_VALUES = 500
SHARE = 0.6
"""Share of a column's different values that must have a form."""

# Parts of a header that say what a column holds, whatever else the header says.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "id_card": split_words("身份证|证件号|护照号|id card|national id|identity number|passport|ssn"),
    "email": split_words("邮箱|电邮|电子邮件|email|e-mail|recipientemail|mail address"),
    "phone": split_words(
        "手机|电话|联系方式|联系号码|phone|mobile|telephone|cell|contact number|whatsapp|tel"
    ),
    "wechat": split_words("微信|qq|openid|wechat|weixin|用户id"),
    "plate": split_words("车牌|license plate|licence plate|number plate|plate number"),
    "ip": split_words("ip地址|来自ip|ip address|ipaddress|ipaddr|x_ip|ip"),
    "address": split_words(
        "住址|家庭地址|详细地址|地址|地理位置|门牌|纬度|经度|address|latitude|longitude"
        "|locationlatitude|locationlongitude|postcode|zip code|gps"
    ),
    "name": split_words(
        "姓名|名字|怎么称呼|如何称呼|称呼|尊姓大名|昵称|网名|签名|签字|联系人|recipientlastname"
        "|recipientfirstname|nickname|username|name|names|surname|signature|signed by|forename"
    ),
}
# Headers that speak of a person: the answers decide whether they are names or codes.
_PERSON = split_words(
    "填写人|填表人|户主|受访|被访|访员|调查员|访问员|访谈|签到|学员|志愿者|义工|"
    "参与者|参加者|参加人|报名|居民|对象"
    "|家长|监护人|儿童|孩子|老人|长者|负责人|经办|记录人|主持人|组长|队长|楼长|社工|"
    "督导|成员|组员|会员|学生|老师"
    "|讲师|组织者|工作人员|提出人|评分人|评价人|捐赠人|捐款人|收款人|付款人|编号|"
    "编码|代码|人员|参与人|证明人|审核"
    "|participant|interviewer|interviewee|respondent|enumerator|facilitator|volunteer|member"
    "|attendee|student|pupil|child|parent|guardian|mother|father|head of household|beneficiary"
    "|client|caller|contact|next of kin|trainer|teacher|staff|person|resident|rater|donor"
    "|supervisor|leader|coordinator|recorder|responsible|author|host|helper|carer|caregiver"
    "|who|tutor|mentor|mentee|patient|code|id|worker|owner|raised by|payee"
)
# Headers of things: what stands below is not read as people's names by its form alone.
_THINGS = split_words(
    "语言|国家|货币|关键词|名称|社区|小区|村|活动|课程|项目|地点|地区|单位|机构|品牌|"
    "类别|类型|科目|用途|摘要|物品|职业|专业|民族|籍贯|学校|部门"
    "|城市|省|县|街道|小组|班级|主题|内容|来源|资金|状态|备注|工种|岗位|产品|食物|菜|"
    "书|歌|楼|问题|议题|关系|称谓|日期|时间|地方"
    "|file|table|index|instrument|label|option|choice|event|session|project|"
    "programme|program|activity|organisation|organization|community"
    "|village|school|group|site|device|form|sheet|building|street|product|item|variable|column"
    "|list|city|country|district|region|course|class|topic|theme|brand|type|category|source|fund"
    "|grant|sponsor|department|company|agency|office|place|venue|location|facility|measure"
    "|domain|scale|indicator|issue|meeting|workshop|training|ethnic|language|country|"
    "nation|currency|keyword|occupation|job|title"
)
_ANSWERS = frozenset(
    split_words(
        "是|否|有|无|没有|愿意|不愿意|同意|不同意|知道|不知道|会|不会|能|不能|经常|有时|"
        "偶尔|从不|很少|总是|每天|满意|不满意|一般|yes"
        "|no|y|n|true|false|often|sometimes|never|rarely|always|agree|disagree|none|n/a|other|其他"
        "|非常同意|比较同意|不太同意|非常满意|比较满意|不太满意|非常不满意|本人|家人|"
        "邻居|可以|不可以|匿名|1|0"
    )
)
_QUESTION = re.compile(
    r"是否|有没有|频率|多少|多久|几[次个人种]|哪[些个种里]|会不会|能不能|什么|为什么|"
    r"吗|怎样|如何(?!称呼)|怎么(?!称呼)"
    r"|\b(?:do|does|did|can|could|would|will|how (?:often|many|much)|is|are|was|were|have|has)\b"
)
_NUMBERING = re.compile(r"^(?:[qQ题]?\d{1,3}\s?[、.．:：)）]\s?)")
_LATIN_WORD = re.compile(r"[a-z0-9_\-]+(?:'s)?")
_UNTOLD = frozenset(("anonymous", "匿名", "保密", "unknown", "不详"))
# A number of seven digits and more that no unit follows: a price has a currency, an hour a colon.
_NUMBER = re.compile(r"(?<![\d-])\+?\d(?:[\s().\-]{0,2}\d){6,14}(?![\d\-元块分秒年月日:%])")
_PRODUCT = re.compile(r"价|费|品牌|型号|系统|套餐|时长|数量|price|brand|model|cost|plan\b")
_CODE = re.compile(r"[0-9a-f]{16}")
_APART = re.compile(r"[、；;/&＆\n+|]|\s{2,}|(?<=[\u4e00-\u9fff])[,，和与](?=[\u4e00-\u9fff])")
_FEW_QUESTION_WORDS = 6


def find_personal(header: str, values: Iterable[str] = (), name: str = "") -> str | None:
    """Tell what personal data a column holds, or None.

    Parameters
    ----------
    header
        Column name or question.
    values
        Its answers; most of them must have the form that the header lets expect.
    name
        A second name of the column, as the variable's beside the question.

    Returns
    -------
    str or None
        One of :data:`KINDS`.
    """
    known = list(dict.fromkeys(str(value).strip() for value in values))
    known = [value for value in known if value and value.casefold() not in _UNTOLD][:MAX_VALUES]
    for kind, test in WHOLE.items():
        if known and sum(map(test, known)) >= SHARE * len(known):
            return kind
    headers = [_plain(header), *([_plain(name)] if name and name != header else [])]
    for plain in headers:
        told = _by_header(plain, known)
        if told:
            return told
    if any(_mentions(plain, _THINGS) and not _mentions(plain, _PERSON) for plain in headers):
        return None
    return "name" if are_names(known) else None


def _by_header(plain: str, known: Sequence[str]) -> str | None:
    """What a header says, where the answers do not contradict it."""
    asks = bool(_QUESTION.search(plain)) or len(_LATIN_WORD.findall(plain)) > _FEW_QUESTION_WORDS
    asks = asks or sum(map(_is_han, plain)) > 14
    for kind, parts in _PARTS.items():
        if not _mentions(plain, parts):
            continue
        if kind == "name" and _names_a_thing(plain) and not are_names(known):
            continue
        if kind == "phone" and _PRODUCT.search(plain):
            continue
        if _contradicted(kind, known) or (asks and known and not _supported(kind, known)):
            continue
        # A question alone, without answers, names nobody.
        if not (asks and not known):
            return kind
    if _mentions(plain, _PERSON) and are_names(known, header=True):
        return "name"
    return None


def names_a_thing(header: str) -> bool:
    """Tell whether a header is of things or places, so that its answers are no people's names."""
    plain = _plain(header)
    return _mentions(plain, _THINGS) and not _mentions(plain, _PERSON)


def _names_a_thing(plain: str) -> bool:
    """``file name``, ``活动名字``; but ``participant name (community)`` is a person's."""
    return _mentions(plain, _THINGS) and not _mentions(plain, _PERSON) and "姓名" not in plain


def _contradicted(kind: str, known: Sequence[str]) -> bool:
    """Whether the answers cannot be what the header says: ticks, ratings, a word or two."""
    if not known or all(_CODE.fullmatch(value) for value in known):
        return False
    plain = [value.casefold().strip() for value in known]
    if sum(value in _ANSWERS or len(value) > 400 for value in plain) >= SHARE * len(plain):
        return True
    digits = [sum(letter.isdigit() for letter in value) for value in plain]
    if kind == "phone":
        numbers = sum(bool(_NUMBER.search(value)) for value in plain)
        return numbers < 0.3 * len(plain)
    if kind == "id_card":
        return sum(n >= 6 for n in digits) < 0.3 * len(plain)
    if kind == "email":
        return sum("@" in value for value in plain) < 0.3 * len(plain)
    if kind == "ip":
        return sum(n >= 4 or ":" in v for n, v in zip(digits, plain, strict=True)) < 0.3 * len(
            plain
        )
    if kind == "wechat":
        return sum(len(v) >= 5 and v.isascii() for v in plain) < 0.3 * len(plain)
    if kind == "plate":
        return sum(n >= 3 for n in digits) < 0.3 * len(plain)
    if kind == "address":
        return len(plain) > 1 and all(len(value) <= 2 for value in plain)
    # Names are letters: a column of numbers or ratings below "name" holds something else.
    return sum(n > 0 and n >= 0.5 * len(v) for n, v in zip(digits, plain, strict=True)) > 0.7 * len(
        plain
    )


def _supported(kind: str, known: Sequence[str]) -> bool:
    """Whether the answers to a long question are of the kind its words mention."""
    if kind == "name":
        return are_names(known, header=True)
    if kind in WHOLE:
        return sum(map(WHOLE[kind], known)) >= 0.3 * len(known)
    return sum(v.isascii() and len(v) >= 5 for v in known) >= SHARE * len(known)


def are_names(known: Sequence[str], *, header: bool = False) -> bool:
    """Tell whether different values are people's names.

    Parameters
    ----------
    known
        Different values of one column, or headers beside each other.
    header
        The header speaks of a person: fewer names are then enough.
    """
    if not known:
        return False
    bare = [_without_numbers(value) for value in known]
    # A value of digits only stays a part: it speaks against names.
    parts = [
        part.strip() for value in bare for part in _APART.split(value) if part.strip() or not value
    ]
    han = [part for part in parts if any(map(_is_han, part))]
    if len(han) >= 0.5 * len(parts) and han:
        fitting = [part for part in han if is_han_name(_without_remark(part))]
        certain = [part for part in fitting if is_certain_name(_without_remark(part))]
        usual = [part for part in fitting if part[0] in COMMON_SURNAMES]
        if header:
            return len(fitting) >= 0.5 * len(parts) and 2 * len(usual) >= len(fitting)
        if len(set(fitting)) >= 5:
            return len(fitting) >= SHARE * len(parts) and len(usual) >= 0.4 * len(parts)
        return len(certain) == len(parts) >= 2
    latin = [part for part in parts if is_latin_name(_without_remark(part))]
    usual = [part for part in latin if is_known_latin(part)]
    several = [part for part in latin if len(part.split()) > 1]
    if len(latin) < SHARE * len(parts):
        return False
    if header:
        return len(several) >= SHARE * len(parts) or len(usual) >= 0.2 * len(parts)
    return len(set(latin)) >= 3 and len(usual) >= 0.3 * len(parts)


def _without_numbers(text: str) -> str:
    """A cell without the phone or code that stands beside the name."""
    for span in reversed(find_spans(text) if any(c.isdigit() or c == "@" for c in text) else ()):
        if span.kind != "name":
            text = f"{text[: span.start]} {text[span.end :]}"
    return text.strip(" ,，:：-—_0123456789.、")


def _without_remark(text: str) -> str:
    return re.split(r"[(（\[【]", text, maxsplit=1)[0].strip() or text


def _plain(header: str) -> str:
    plain = normalise_name(header).strip("：:?？*_ ")
    plain = _NUMBERING.sub("", plain)
    return re.sub(r"[_\s/|]+", " ", plain)


def _mentions(plain: str, parts: Sequence[str]) -> bool:
    """Whether a header holds a part: Chinese anywhere, Latin as whole words."""
    words = [word.removesuffix("'s").rstrip("0123456789") for word in _LATIN_WORD.findall(plain)]
    said = f" {' '.join(words)} "
    return any(
        (f" {part} " in said or f" {part}s " in said) if part.isascii() else part in plain
        for part in parts
    )


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def normalise_personal(text: str, kind: str = "") -> str:
    """Bring personal data to one spelling, so that the same person has one code.

    Examples
    --------
    >>> normalise_personal("+86 138-0013-8000", "phone"), normalise_personal(" 王 小明", "name")
    ('13800138000', '王小明')
    """
    if kind == "phone":
        digits = re.sub(r"[^\d+]", "", normalise_code(text))
        return re.sub(r"^(?:\+|00)86(?=\d{9,})", "", digits)
    if kind == "id_card":
        return normalise_code(text).replace("-", "")
    return normalise_code(text)


def pseudonym(text: str, key: bytes, kind: str = "") -> str:
    """Return a keyed pseudonym (HMAC-SHA256, 16 hex characters) that still matches across waves.

    Parameters
    ----------
    text
        The personal code; normalised first, so that spellings meet.
    key
        Secret of one study.
    kind
        One of :data:`KINDS`, which decides what the same spelling is.
    """
    digest = hmac.new(key, normalise_personal(text, kind).encode(), hashlib.sha256)
    return digest.hexdigest()[:16]


def clean_name(text: str) -> str | None:
    """The name in a cell, in the spelling searched for elsewhere; None for a common word."""
    bare = _without_remark(_without_numbers(text)).strip()
    han = bare.replace(" ", "")
    if is_han_name(han):
        return han
    words = bare.split()
    if len(words) > 1 and is_latin_name(bare):
        return bare.casefold()
    if len(words) == 1 and len(bare) > 3 and is_latin_name(bare) and is_known_latin(bare):
        return bare.casefold() if bare.casefold() not in NO_LATIN_NAMES else None
    return None


def split_names(text: str) -> list[tuple[str, str]]:
    """The parts of a cell in a column of names, each with its kind: several people, a phone.

    Examples
    --------
    >>> split_names("王小明 13800138000"), split_names("张三、李四")
    ([('王小明', 'name'), ('13800138000', 'phone')], [('张三', 'name'), ('李四', 'name')])
    """
    parts: list[tuple[str, str]] = []
    at = 0
    others = [s for s in find_spans(text) if s.kind != "name"]
    for start, end, kind in [
        *((s.start, s.end, s.kind) for s in others),
        (len(text), len(text), ""),
    ]:
        for name in _APART.split(text[at:start]):
            bare = name.strip(" \t,，:：-—_.、()（）")
            if any(letter.isalnum() for letter in bare):
                parts.append((name.strip() if not others else bare, "name"))
        if kind:
            parts.append((text[start:end], kind))
        at = end
    return parts or [(text, "name")]
