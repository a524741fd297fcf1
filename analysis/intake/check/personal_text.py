"""Personal data inside a text: where they stand and what they are.

Every pattern is bounded, so that the time grows with the length of the text and not with its
square: a cell of 32,767 characters is somebody's upload, not a rarity.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from analysis.intake.check.name_words import (
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    FIRST_NAMES,
    GIVEN,
    NO_LATIN_NAMES,
    NO_NAMES,
    PINYIN_SURNAMES,
    PLACE_ENDS,
    SURNAMES,
    TITLES,
)
from analysis.intake.values.known_words import split_words

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
# Full-width letters and digits, one for one, so that places in the text stay the same.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,5}"
)
_ID_CARD = re.compile(r"(?<![0-9A-Za-z])\d{6}[ \-]?\d{8}[ \-]?\d{3}[\dXx](?![0-9A-Za-z])")
_PHONES = (
    re.compile(
        r"(?<![0-9A-Za-z.+])(?:\(?(?:\+|00)?86\)?[ \-]{0,2})?1[3-9]\d(?:[ \-]?\d{4}[ \-]?\d{4}"
        r"|[ \-]\d{3}[ \-]\d{5})(?![0-9A-Za-z])"
    ),
    re.compile(
        r"(?<![0-9A-Za-z.\-/+])(?:\(?(?:\+|00)?86\)?[ \-]{0,2}\(?0?\d{2,3}\)?[ \-]?|"
        r"\(0\d{2,3}\)[ \-]?|0\d{2,3}[ \-]?)"
        r"[2-9]\d{2,3}[ \-]?\d{4}(?:(?:[ \-]|转|ext\.? ?)\d{1,5})?(?![0-9A-Za-z])"
    ),
    re.compile(r"(?<![0-9A-Za-z+])\+\d{1,3}(?:[ ().\-]{0,2}\d){7,13}(?!\d)"),
    re.compile(
        r"(?<![0-9A-Za-z.\-/])(?:1[ .\-])?(?:\(\d{3}\) ?|"
        r"\d{3}[ .\-])\d{3}[ .\-]\d{4}(?:x\d{1,6})?(?![0-9A-Za-z])"
    ),
    re.compile(r"(?<![0-9A-Za-z.\-/])\(?0\d{2,4}\)?[ \-]\d{3,4}[ \-]?\d{3,4}(?![0-9A-Za-z\-])"),
    re.compile(r"(?<![0-9A-Za-z.\-/])07\d{3}[ \-]?\d{3}[ \-]?\d{3}(?![0-9A-Za-z\-])"),
    re.compile(
        r"(?:电话|座机|热线|[Tt]el|[Pp]hone|TEL)(?:号码|ephone)?[.:： ]{0,3}([2-9]\d{6,7})(?!\d)"
    ),
)
_IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_IPV6 = re.compile(r"(?<![0-9A-Za-z:.])(?=[0-9A-Fa-f]{0,4}:)[0-9A-Fa-f:]{3,39}(?![0-9A-Za-z:])")
_WECHAT = (
    re.compile(
        r"(?:微信|[Ww]e[Cc]hat|WECHAT|[Ww]eixin|[VvWw][Xx])(?:号码?|账号|帐号| ?[Ii][Dd])?"
        r" {0,2}[:：是为号]? {0,2}((?:wxid_)?[A-Za-z][A-Za-z0-9_\-]{5,24})"
    ),
    re.compile(r"(wxid_[A-Za-z0-9]{6,24})"),
    re.compile(r"[Qq]{2}(?:号码?)?(?: ?[:：是为] ?| )?([1-9]\d{4,11})(?!\d)"),
    re.compile(
        r"(?:微信|[Ww]e[Cc]hat)(?:号码?| ?[Ii][Dd])? {0,2}[:：是为] {0,2}([1-9]\d{5,11})(?!\d)"
    ),
)
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]([A-Z])[·•\- ]?"
    r"(?:[A-HJ-NP-Z0-9]{5,6})(?![A-Za-z0-9])"
)
_HOUSE = re.compile(
    r"\d{1,5}(?:-\d{1,4}){0,2} ?(?:号楼|号|弄|栋|幢|座|单元|室|组|"
    r"巷)(?:\d{3,4}室?(?!\d))?|[0-9]{1,3}-[0-9]{1,3}-[0-9]{2,5}"
)
_STREET = re.compile(r"路|街|巷|弄|大道|胡同")
_ESTATE = re.compile(r"小区|社区|苑|花园|新村|村|庄|里|园|城|府|公寓|镇|乡|家属院|大院|区|县|市|省")
_UNITS = re.compile(r"栋|幢|座|单元|室|号楼|组")
_BEFORE_ADDRESS = re.compile(
    r"^.{0,12}(?:住址|地址|家住|住在|位于|搬到|送到|送去|寄到|住)(?:在|是|为)?[:： ]{0,2}"
)
_LATIN_ADDRESS = re.compile(
    r"(?<![\w.])\d{1,5}[A-Za-z]?,? (?:[A-Z][A-Za-z'.\-]{0,20},? ){1,4}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Way|Place|Pl|Terrace"
    r"|Square|Boulevard|Blvd|Crescent|Gardens|Grove|Hill|Row|Parkway|Mews|Circle|Trail)\b"
)
_HAN_NAME_CUES = re.compile(
    r"(?:姓名|名字|联系人|负责人|填表人|填写人|填报人|记录人|记录员|调查员|访问员|"
    r"访谈员|访谈对象|受访人|受访者|被访者"
    r"|户主|签名|签字|签到人|签收人|志愿者|学员|参与者|报名人|组长|队长|楼长|主持人|"
    r"主讲人|讲师|社工|督导|家属|监护人"
    r"|经办人|审核人|审批人|制表人?|制单|会计|出纳|录入人?|撰写人?|作者|编制人?|拍摄|"
    r"邻居|我叫|名叫|叫做|我是|他是|她是"
    r"|本人|感谢|谢谢|多亏|儿子|女儿|丈夫|妻子|老伴|母亲|父亲|孙子|孙女|爱人|同事|"
    r"朋友|找到?|联系|请|问|和|跟|与|由|给|向|为|对|叫)"
    r"(?:[:：是为叫]|[ ]){0,3}"
)
_RIGHT = frozenset(
    "说在和与跟的是帮来给去已也了家常每住电手微今昨明后就都还会要能不没很真被把让对从到想觉认为表示提反映希望建参负带教陪送、报签主担做及等一这那老先女小阿同师同组"
)
_LEFT = frozenset("系谢和与跟由请问找给向为对把被让叫是的了在及等到同替帮像谢访见里中说")
# Two characters that begin a name and no ordinary word.
_COMPOUND = COMPOUND_SURNAMES - {"东方", "西门", "南门", "北门", "东门", "第五", "公西", "东郭"}
_BEFORE_PHONE = re.compile(
    r"(?:^|[\s、，,;；])([\u4e00-\u9fff]{2,4}) {0,2}[(（:：]? {0,2}(?=1[3-9]\d|\+86|0\d{2,3}-)"
)
_NOT_GIVEN = frozenset(
    "说在和与跟的是帮给已也了住去就都还会要能不没很被把让对从到想认为及等这那们您你我他她吗呢吧啊"
)
# Surnames that more often begin an ordinary word.
_WORDLIKE = frozenset(
    "和平常安时有成应单公古相都师通后支商班容乐冷文东利计管连归海明家车简别满权查况越阴寿终养步从施红水元欧幸广封储空农海国台都皮代干强解卫齐关申经伊印山牛鱼花费苗路"
)
_TITLED = re.compile("|".join(TITLES))
_DOTTED = re.compile(r"[\u4e00-\u9fff]{2,12}(?:[·•][\u4e00-\u9fff]{1,12}){1,3}")
_LATIN_CUES = re.compile(
    r"\b(?:[Mm]y name is|[Nn]ame is|I am|I'm|I’m|[Nn]ame:|[Cc]ontact(?: person)?:|"
    r"[Ss]igned(?: by)?:?"
    r"|[Ii]nterviewe[rd](?: by)?:?|[Cc]alled|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|"
    r"[Aa]sk(?:ed)? for|[Rr]ecorded by:?|[Ff]illed in by:?"
    r"|[Pp]repared by:?|[Ff]acilitator:|[Tt]hank(?:s to| you,?)|[Ss]poke (?:to|with)|"
    r"[Mm]et(?: with)?|[Nn]eighbou?r"
    r"|[Aa]uthor:|[Rr]egards,) {1,2}"
)
_LATIN_NAME = re.compile(
    r"[A-Z][A-Za-zÀ-ÿ'’\-]{1,24}(?: (?:[A-Z]\.?|(?:[Dd]e|[Vv]an|[Bb]in|[Aa]l|"
    r"[Dd]a) ?[A-Z]?[A-Za-zÀ-ÿ'’\-]{0,24}|[A-Z][A-Za-zÀ-ÿ'’\-]{1,24})){0,3}"
)
_SAINTS = frozenset(
    ("St", "Saint", "San", "Santa", "South", "North", "West", "East", "Port", "Lake")
)
_PLACES = frozenset(
    split_words(
        "georgia|jordan|virginia|madison|austin|victoria|charlotte|grace|amber|dawn|jean|joy|ama"
        "|thi|rosa|noor|marta|carol|ali|ivan|diego"
    )
)
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ÿ'’\-]+\.?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDS_AROUND = re.compile(r"[A-Z][A-Za-zÀ-ÿ'’\-]{1,24}(?: [A-Z][A-Za-zÀ-ÿ'’\-]{1,24}){0,3}")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Personal data in a text: ``text[start:end]`` is of this kind."""

    start: int
    end: int
    kind: str


def find_spans(text: str, names: Collection[str] = ()) -> tuple[Span, ...]:
    """Find personal data inside a text.

    Parameters
    ----------
    text
        One cell, title or file name.
    names
        Names known from elsewhere in the study; they count wherever they stand.

    Returns
    -------
    tuple of Span
        In order, not overlapping.

    Examples
    --------
    >>> text = "请联系王小明，13800138000"
    >>> [(span.kind, text[span.start : span.end]) for span in find_spans(text)]
    [('name', '王小明'), ('phone', '13800138000')]
    """
    plain = text.translate(_NARROW)
    found: list[Span] = []
    if any(letter.isdigit() for letter in plain):
        found += _numbered(plain)
    if "@" in plain:
        found += (Span(*m.span(), "email") for m in _EMAIL.finditer(plain))
    found += _wechat(plain)
    found += _names(plain, names)
    return _without_overlaps(found)


def is_id_card(text: str) -> bool:
    """Tell whether a text is an 18-character resident identity number with a valid checksum.

    Check character: weights 2^(17-i) mod 11, ISO 7064 MOD 11-2 as in GB 11643-1999.
    """
    code = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(code) != 18 or not code[:17].isdecimal() or not code.isascii():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(code, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == code[17]


def is_ip(text: str) -> bool:
    """Tell whether a text is an address of a computer, with or without its place in brackets."""
    address = re.split(r"[(（]", text.strip(), maxsplit=1)[0].strip()
    if len(address) > 45 or ("." not in address and ":" not in address):
        return False
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=20_000)
def is_han_name(text: str) -> bool:
    """Tell whether a text can be a Chinese name: surname and one or two characters more."""
    bare = text.replace(" ", "").replace("\u3000", "")
    if _DOTTED.fullmatch(bare):
        return True
    if not 2 <= len(bare) <= 4 or bare in NO_NAMES or not all(map(_is_han, bare)):
        return False
    if bare[:2] in COMPOUND_SURNAMES:
        return len(bare) >= 3
    if bare[0] not in SURNAMES or set(bare[1:]) & _NOT_GIVEN:
        return False
    if len(bare) == 4:  # both parents' surnames before the given name
        return bare[1] in COMMON_SURNAMES and bare[0] in COMMON_SURNAMES and not _places(bare)
    return not _places(bare) or bare[1:] in ("亮", "明", "星")


@lru_cache(maxsize=20_000)
def is_certain_name(text: str) -> bool:
    """Tell whether a text alone, without a header, is most likely a Chinese name."""
    bare = text.replace(" ", "").replace("\u3000", "")
    if not is_han_name(bare):
        return False
    if "·" in bare or "•" in bare or bare[:2] in COMPOUND_SURNAMES:
        return True
    usual = bare[0] in COMMON_SURNAMES or (len(bare) == 3 and bare[0] not in _WORDLIKE)
    return usual and len(bare) < 4 and all(c in GIVEN for c in bare[1:])


def is_latin_name(text: str) -> bool:
    """Tell whether a text can be a name in Latin letters: one to four words, no digits."""
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= 5 or len(text) > 60:
        return False
    if not all(_LATIN_WORD.fullmatch(word) for word in words):
        return False
    long = [word for word in words if len(word.rstrip(".")) > 1]
    known = [word.casefold().rstrip(".") for word in long]
    if not long or any(word in NO_LATIN_NAMES for word in known):
        return False
    return text.isupper() or any(word[0].isupper() for word in long)


def is_known_latin(text: str) -> bool:
    """Tell whether one of the words is a usual first name or Chinese surname in Latin letters."""
    words = {
        word.casefold().strip(".,") for word in text.replace(",", " ").replace("-", " ").split()
    }
    return bool(words & FIRST_NAMES or (len(words) > 1 and words & PINYIN_SURNAMES))


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def _places(text: str) -> bool:
    return text[-1] in PLACE_ENDS


def _numbered(text: str) -> Iterator[Span]:
    """Kinds that hold digits."""
    for m in _ID_CARD.finditer(text):
        if is_id_card(m[0]):
            yield Span(*m.span(), "id_card")
    for pattern in _PHONES:
        for m in pattern.finditer(text):
            at = m.span(1) if pattern.groups and m.group(1) else m.span()
            yield Span(*at, "phone")
    for m in (*_IPV4.finditer(text), *_IPV6.finditer(text)):
        if _is_host(m[0]):
            yield Span(*m.span(), "ip")
    for m in _PLATE.finditer(text):
        if any(letter.isdigit() for letter in m[0]):
            yield Span(*m.span(), "plate")
    yield from _addresses(text)
    for m in _LATIN_ADDRESS.finditer(text):
        yield Span(*m.span(), "address")


def _is_host(text: str) -> bool:
    """An address, and not a time, the number of a section or of a version."""
    if ":" in text:
        return text.count(":") > 1 and len(text) > 4 and is_ip(text)
    parts = [int(part) for part in text.split(".")]
    return max(parts) <= 255 and sum(part > 9 for part in parts) >= 2


def _addresses(text: str) -> Iterator[Span]:
    """A house in a street, or a flat in an estate: it leads to one household."""
    end = 0
    for m in _HOUSE.finditer(text):
        if m.start() < end:
            continue
        start = m.start()
        while (
            start > end
            and m.start() - start < 40
            and (_is_han(text[start - 1]) or text[start - 1].isalnum())
        ):
            start -= 1
        before = text[start : m.start()]
        stop = m.end()
        for _ in range(6):
            more = _HOUSE.match(text, stop + (text[stop : stop + 1] == " "))
            if not more:
                break
            stop = more.end()
        told = text[m.start() : stop]
        flat = len(_HOUSE.findall(told)) > 1 or bool(re.fullmatch(r"\d+-\d+-\d+", told))
        street = any(m.start() - (start + s.end()) <= 8 for s in _STREET.finditer(before))
        estate = _ESTATE.search(before) and _UNITS.search(told)
        if (
            ((street and "号" in told + before[-2:]) or ("弄" in told and street))
            or (flat and (estate or _UNITS.search(told)))
            or estate
        ):
            lead = _BEFORE_ADDRESS.match(before)
            yield Span(start + (lead.end() if lead else 0), stop, "address")
            end = stop


def _wechat(text: str) -> Iterator[Span]:
    for pattern in _WECHAT:
        for m in pattern.finditer(text):
            told = m[0][: m.start(1) - m.start()]
            code = m[1]
            explicit = told.rstrip(" ")[-1:] in ":：是为号" or "号" in told
            if explicit or any(letter.isdigit() or letter == "_" for letter in code):
                yield Span(*m.span(1), "wechat")


def _names(text: str, names: Collection[str]) -> Iterator[Span]:
    if _HAN.search(text):
        yield from _han_names(text, names)
    if _WORDS_AROUND.search(text):
        yield from _latin_names(text, names)


def _han_names(text: str, names: Collection[str]) -> Iterator[Span]:
    for m in _DOTTED.finditer(text):
        last = max(m[0].rfind("·"), m[0].rfind("•"))
        said = [at for at, letter in enumerate(m[0]) if at > last + 1 and letter in _NOT_GIVEN]
        end = m.start() + min(said, default=len(m[0]))
        yield Span(m.start(), end, "name")
    for m in _HAN_NAME_CUES.finditer(text):
        # After a word that only may lead to a name, the name itself must be a usual one.
        certain = (
            not m[0]
            .rstrip(":： 是为叫")
            .endswith(("姓名", "人", "员", "者", "签名", "签字", "户主", "我叫", "名叫", "叫做"))
            or m[0][-1:] not in ":： 叫"
        )
        found = _name_at(text, m.end(), certain=certain)
        if found:
            yield found
    for m in _TITLED.finditer(text):
        yield from _before_title(text, m.start())
    if names:
        yield from _listed_names(text, names)
    for m in _BEFORE_PHONE.finditer(text):
        if is_han_name(m[1]):
            yield Span(*m.span(1), "name")
    yield from _unannounced_names(text)


def _unannounced_names(text: str) -> Iterator[Span]:
    """Usual names without any word before them that leads to one."""
    for at, letter in enumerate(text):
        first = letter in COMMON_SURNAMES or text[at : at + 2] in _COMPOUND
        if first and not _joined_left(text, at):
            found = _name_at(text, at, certain=True)
            if (found and found.end - found.start >= 3) or (
                found and found.end == len(text.rstrip()) and at == len(text) - len(text.lstrip())
            ):
                yield found


def _listed_names(text: str, names: Collection[str]) -> Iterator[Span]:
    """Names that a list in the study holds, wherever they stand."""
    for at in range(len(text)):
        for length in (4, 3, 2):
            if text[at : at + length] in names and len(text) >= at + length:
                yield Span(at, at + length, "name")
                break


def _name_at(text: str, at: int, *, certain: bool) -> Span | None:
    """The name that begins here, if one does and ends where a word ends."""
    compound = text[at : at + 2] in COMPOUND_SURNAMES
    test = is_certain_name if certain else is_han_name
    for length in (4, 3) if compound else (3, 2):
        name = text[at : at + length]
        if (
            len(name) == length
            and test(name)
            and not set(name[1:]) & _NOT_GIVEN
            and _ends(text, at + length)
        ):
            return Span(at, at + length, "name")
    return None


def _ends(text: str, at: int) -> bool:
    return at >= len(text) or not _is_han(text[at]) or text[at] in _RIGHT


def _joined_left(text: str, at: int) -> bool:
    """Whether the character before belongs to the same word, as far as one can tell."""
    return at > 0 and _is_han(text[at - 1]) and text[at - 1] not in _LEFT


def _before_title(text: str, at: int) -> Iterator[Span]:
    """``王建国老师``, ``王阿姨``: the name before a form of address."""
    for length in (4, 3, 2, 1):
        start = at - length
        if start < 0 or _joined_left(text, start):
            continue
        name = text[start:at]
        if length == 1:
            if name in COMMON_SURNAMES:
                yield Span(start, at, "name")
        elif is_han_name(name) or name in COMPOUND_SURNAMES:
            yield Span(start, at, "name")
            return


def _latin_names(text: str, names: Collection[str]) -> Iterator[Span]:
    for m in _LATIN_CUES.finditer(text):
        name = _LATIN_NAME.match(text, m.end())
        if (
            name
            and (found := _trimmed(name[0]))
            and (
                " " in found
                or is_known_latin(found)
                or m[0].strip() in ("Mr", "Mrs", "Ms", "Mr.", "Mrs.", "Ms.", "Miss", "Dr", "Dr.")
            )
        ):
            yield Span(m.end(), m.end() + len(found), "name")
    for m in _WORDS_AROUND.finditer(text):
        words = list(re.finditer(r"\S+", m[0]))
        for at, word in enumerate(words):
            rest = words[at : at + 4]
            known = next(
                (
                    n
                    for n in range(len(rest), 0, -1)
                    if m[0][word.start() : rest[n - 1].end()].casefold() in names
                ),
                0,
            )
            first = word[0].casefold()
            if known:
                yield Span(m.start() + word.start(), m.start() + rest[known - 1].end(), "name")
            elif at and words[at - 1][0] in _SAINTS:
                continue  # a place or a church
            elif first in FIRST_NAMES or (first in PINYIN_SURNAMES and len(rest) > 1):
                found = _trimmed(" ".join(part[0] for part in rest[:3]))
                follows = found.split()[1:2]
                alone = not follows and (first in _PLACES or len(text.split()) < 3)
                if (
                    found
                    and not alone
                    and (follows or first in FIRST_NAMES)
                    and not (follows and follows[0].casefold() in NO_LATIN_NAMES)
                ):
                    yield Span(
                        m.start() + word.start(), m.start() + word.start() + len(found), "name"
                    )


def _trimmed(name: str) -> str:
    """A name up to the first word that is none."""
    kept: list[str] = []
    for word in name.split():
        if word.casefold().strip(".,") in NO_LATIN_NAMES:
            break
        kept.append(word)
    return " ".join(kept)


_ORDER: dict[str, int] = {
    kind: rank
    for rank, kind in enumerate(
        ("id_card", "email", "ip", "phone", "plate", "wechat", "address", "name")
    )
}


def _without_overlaps(found: list[Span]) -> tuple[Span, ...]:
    """Of overlapping finds the surer kind, then the longer one."""
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(found, key=lambda s: (_ORDER[s.kind], s.start - s.end, s.start)):
        places = range(span.start, span.end)
        if not any(at in taken for at in places):
            kept.append(span)
            taken.update(places)
    return tuple(sorted(kept))


#: Kind → whether a whole value is of it; a column is judged by how many of its values are.
WHOLE: dict[str, Callable[[str], bool]] = {
    "id_card": is_id_card,
    "phone": lambda text: _whole(text, "phone"),
    "email": lambda text: _whole(text, "email"),
    "ip": is_ip,
    "plate": lambda text: _whole(text, "plate"),
    "address": lambda text: len(text) <= 80 and any(s.kind == "address" for s in find_spans(text)),
}


def _whole(text: str, kind: str) -> bool:
    bare = text.strip()
    return len(bare) <= 80 and any(
        s.kind == kind and s.end - s.start >= 0.8 * len(bare) for s in find_spans(bare)
    )
