"""Personal data: found before anything is stored, dropped or replaced by keyed pseudonyms."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable, Iterable

from analysis.intake.lookup import normalise_name
from analysis.intake.respondents import normalise_code
from analysis.intake.words import split_words

_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", re.IGNORECASE)
_PHONE = re.compile(r"^(?:(?:\+?86|0086)?1[3-9]\d{9}|\+\d{9,14}|0\d{2,3}-?\d{7,8})$")
_ID_CARD = re.compile(r"^\d{17}[\dX]$")
_IP = re.compile(r"^(?P<address>[0-9a-f:.]{3,45})(?:[(（].*)?$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:省|市|区|县|镇|乡|街道).*(?:路|街|巷|弄|号|村|组|栋|室)|\d+\s+\w+.*\b(?:street|st|road|rd|avenue"
    r"|ave|lane|drive)\b",
    re.IGNORECASE,
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_HEADERS: dict[str, frozenset[str]] = {
    "name": frozenset(
        split_words(
            "name|full name|first name|last name|surname|your name|respondent name|姓名|您的姓名"
            "|名字|联系人|居民姓名|志愿者姓名|recipientlastname|recipientfirstname|昵称|nickname|username"
        )
    ),
    "phone": frozenset(
        split_words(
            "phone|phone number|mobile|telephone|cell|cell phone|contact number|电话|手机|手机号"
            "|手机号码|联系电话|联系方式|您的手机号|phonenumber|电话号码"
        )
    ),
    "id_card": frozenset(
        split_words("id card|national id|identity number|身份证|身份证号|身份证号码|passport|ssn")
    ),
    "email": frozenset(
        split_words("email|e-mail|email address|mail|邮箱|电子邮件|电子邮箱|recipientemail")
    ),
    "ip": frozenset(split_words("ip|ip address|ipaddress|ipaddr|来自ip|ip地址|x_ip")),
    "address": frozenset(
        split_words(
            "address|home address|street address|住址|地址|家庭住址|家庭地址|详细地址"
            "|locationlatitude|locationlongitude|地理位置|纬度|经度|latitude|longitude|门牌号"
        )
    ),
    "wechat": frozenset(split_words("wechat|wechat id|weixin|微信|微信号|qq|qq号|openid|用户id")),
}


def find_personal(header: str, values: Iterable[str] = ()) -> str | None:
    """Tell what personal data a column holds, or None.

    Parameters
    ----------
    header
        Column name or question.
    values
        Its answers; 60 % must have the form.

    Returns
    -------
    str or None
        ``name``, ``phone``, ``id_card``, ``email``, ``ip``, ``address`` or ``wechat``.
    """
    known = list(dict.fromkeys(str(value).strip() for value in values))[:500]
    for kind, test in _TESTS.items():
        if known and sum(test(value) for value in known) >= 0.6 * len(known):
            return kind
    plain = normalise_name(header).strip("：:?？*_ ")
    words = {plain, re.sub(r"^\d+\s*[、.．]\s*", "", plain), plain.rsplit("/", 1)[-1]}
    words |= {re.sub(r"[_\s]+", " ", word.rstrip("0123456789_ ")) for word in words}
    words |= {word.removeprefix("您的").removeprefix("your ") for word in words}
    found = (kind for kind, headers in _HEADERS.items() if words & headers)
    return next(found, None)


def is_id_card(text: str) -> bool:
    """Tell whether a text is an 18-character resident identity number with a valid checksum.

    Check character: weights 2^(17-i) mod 11, ISO 7064 MOD 11-2 as in GB 11643-1999.
    """
    code = normalise_code(text)
    if not _ID_CARD.match(code):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(code, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == code[17]


def pseudonym(text: str, key: bytes) -> str:
    """Return a keyed pseudonym (HMAC-SHA256, 16 hex characters) that still matches across waves.

    Parameters
    ----------
    text
        The personal code; normalised first, so that spellings meet.
    key
        Secret of one study.
    """
    digest = hmac.new(key, normalise_code(text).encode(), hashlib.sha256)
    return digest.hexdigest()[:16]


def _is_phone(text: str) -> bool:
    return bool(_PHONE.match(re.sub(r"[\s()-]", "", text)))


def _is_ip(text: str) -> bool:
    found = _IP.match(text.strip())
    if not found or ("." not in found["address"] and ":" not in found["address"]):
        return False
    try:
        ipaddress.ip_address(found["address"])
    except ValueError:
        return False
    return True


_TESTS: dict[str, Callable[[str], bool]] = {
    "id_card": is_id_card,
    "phone": _is_phone,
    "email": lambda text: bool(_EMAIL.match(text)),
    "ip": _is_ip,
    "address": lambda text: bool(_ADDRESS.search(text)) and len(text) <= 80,
}
