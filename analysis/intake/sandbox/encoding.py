"""Which text encoding a file was saved in: BOM, then UTF-8, then plausibility.

GB18030, Big5 and cp1252 each decode much of the others' bytes without an error, so the first
codec that works proves nothing; the decoded text is scored by the words of survey headers and
by how common its characters are.
"""

from __future__ import annotations

import codecs
import re

from analysis.errors import UnreadableFileError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000
_WORDS = tuple(
    [
        "序号",
        "编号",
        "提交",
        "时间",
        "姓名",
        "性别",
        "年龄",
        "社区",
        "居民",
        "满意",
        "同意",
        "一般",
        "非常",
        "问卷",
        "答卷",
        "来源",
        "其他",
        "电话",
        "日期",
        "序號",
        "編號",
        "時間",
        "性別",
        "年齡",
        "社區",
        "滿意",
        "問卷",
        "電話",
        "備註",
        "参加",
        "參加",
        "活动",
        "活動",
        "志愿",
        "志願",
        "学历",
        "學歷",
    ]
)
_COMMON = frozenset(
    "的一是不了在人有我他这個个们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于著下自之年"
    "过過发發后後作里裡用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些"
    "主样樣理心本前开開但因只从從想实實日军者意无無力它与與长長把机機十民第公此已工使情明性知全三又关關点點正业業外"
    "将將两兩高间間由问問很最重并物手应應战向头頭文体體政美相见見被利什二等产產或新己制身果加西斯月话話合回特代内內"
    "信表化老给給世位次度门門任常先海通教儿原东東声提立及比员員解水名真论論处處走义義各入几口认認条條平系气氣题題"
    "活尔更别別打女变變四神总總何电電数數安少报報才结結反受目太量再感建务務做接必场場件计計管期市直德资資命山金指"
    "克许許统區区保至队形社便空决治展马科司五基眼书非则听白却界达达光放强即像难且权思王象完设設式色路记記南品住告"
    "类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔号號序编編答卷满滿男岁歲龄齡居街道村"
    "灾災害备備疏散演练練议議会会志愿服服务参参加组织織调查姓址职业收入家庭婚姻高中初中专专科本科大学以上以下岁"
)
_LATIN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿÀÁÂÄÅÇÈÉÊËÍÎÑÓÔÖØÚÜßœŒšžŸ‘’“”–—…•€£§°©®´«»¿¡· ")
_HIGH_RUN = re.compile(r"[^\x00-\x7f]+")


def recognise_encoding(data: bytes) -> str:
    """Return the codec name of a text file.

    Parameters
    ----------
    data
        The file's bytes.

    Returns
    -------
    str
        ``utf-8-sig``, ``utf-16``, ``utf-32``, ``utf-16-le``, ``utf-16-be``, ``utf-8``,
        ``gb18030``, ``big5`` or ``cp1252``.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return name
    wide = _wide_without_bom(data[:_SAMPLE])
    if wide:
        return wide
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _most_plausible(data)
    return "utf-8"


def decode_text(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Return the text and the codec used.

    Parameters
    ----------
    data
        The file's bytes.
    encoding
        A person's choice; recognised when None.

    Raises
    ------
    UnreadableFileError
        ``unknown_encoding`` or ``wrong_encoding``.
    """
    name = encoding or recognise_encoding(data)
    try:
        codec = codecs.lookup(name).name
        errors = "strict" if encoding else "replace"
        return data.decode(codec, errors), name
    except LookupError as error:
        raise UnreadableFileError("unknown_encoding", encoding=name) from error
    except (UnicodeDecodeError, UnicodeError) as error:
        raise UnreadableFileError(
            "wrong_encoding", encoding=name, remedy="choose_encoding"
        ) from error


def score_text(text: str) -> float:
    """Score how plausible a decoded text is, per non-ASCII character (higher is better)."""
    runs = _HIGH_RUN.findall(text)
    size = sum(map(len, runs))
    if not size:
        return 0.0
    joined = "".join(runs)
    words = sum(joined.count(word) for word in _WORDS)
    common = sum(char in _COMMON for char in joined)
    broken = sum(char == "\ufffd" or 0xE000 <= ord(char) <= 0xF8FF for char in joined)
    rare = sum("\u3400" <= char < "\u4e00" or ord(char) > 0xFFFF for char in joined)
    return (3 * words + common - 4 * broken - rare) / size


def _score_latin(text: str) -> float:
    runs = _HIGH_RUN.findall(text)
    size = sum(map(len, runs))
    likely = sum(char in _LATIN for run in runs for char in run if len(run) <= 2)
    return likely / size if size else 0.0


def _most_plausible(data: bytes) -> str:
    sample = data[:_SAMPLE]
    scores: dict[str, float] = {}
    for name in ("gb18030", "big5"):
        scores[name] = score_text(_decode_sample(sample, name))
    scores["cp1252"] = _score_latin(sample.decode("cp1252", "replace"))
    return max(scores, key=lambda name: scores[name])


def _decode_sample(sample: bytes, name: str) -> str:
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    return decoder.decode(sample)


def _wide_without_bom(sample: bytes) -> str:
    half = len(sample) // 2
    if half < 4:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.3 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.3 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""
