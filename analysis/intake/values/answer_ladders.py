"""Ladders of answer words, lowest first, in English and Chinese.

A ladder is a tuple of rungs; a rung is the set of words that stand for it. Adjectives
("satisfied", "满意") are taken from the answers themselves, so that new ones need no entry.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

Ladder = tuple[frozenset[str], ...]

_SPACES = re.compile(r"[\s\u200b\u200c\u200d\ufeff]+")
_LETTER = re.compile(r"^[a-z]\s*[.、．:：)）]\s*(?=\S)")
_INSIDE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
"""A blank between Chinese characters says nothing: ``很 同意`` is ``很同意``."""
_BOLDS = re.compile(r"[*_]{2,}")

_ZH_MOST = ("非常", "很", "十分", "完全", "极其", "极", "特别")
_ZH_MORE = ("比较", "较", "")
_ZH_SLIGHT = ("有点", "有些", "稍微", "略微", "有一点")
_ZH_MIDDLE = "一般|中立|不确定|说不清|无所谓|不好说|中等|普通|还行|既不{x}也不不{x}|一般{x}|基本{x}"
_ZH_PREFIX = re.compile(
    r"^(?:既不|非常|十分|完全|极其|特别|比较|有一点|有点|有些|稍微|略微|基本|一般|不太|不怎么"
    r"|不大|不是很|根本|毫|很|极|较|太|不)+"
)

_EN_PAIRS: tuple[tuple[str, str], ...] = (
    ("disagree", "agree"),
    ("dissatisfied", "satisfied"),
    ("unlikely", "likely"),
    ("unimportant", "important"),
    ("unsafe", "safe"),
    ("uncomfortable", "comfortable"),
    ("unprepared", "prepared"),
    ("negative", "positive"),
    ("difficult", "easy"),
    ("unhappy", "happy"),
    ("untrue", "true"),
    ("dangerous", "safe"),
    ("uncertain", "certain"),
    ("unhelpful", "helpful"),
    ("unwilling", "willing"),
)
_EN_MOST = ("strongly", "very", "completely", "totally", "extremely", "highly", "definitely")
_EN_SOME = ("somewhat", "slightly", "tend to", "moderately", "mostly", "rather", "a little")
_EN_MIDDLE = (
    "neutral",
    "neither",
    "undecided",
    "not sure",
    "unsure",
    "in between",
    "no opinion",
    "neither {low} nor {high}",
    "neither {high} nor {low}",
    "neither {high} or {low}",
)

_FIXED_TEXT = """
never|not at all|从不|从来不|从没有|从未|没有过|完全没有 / rarely|seldom|almost never|hardly ever|\
很少|几乎不|极少|不经常 / sometimes|occasionally|有时|有时候|偶尔|一般 / often|frequently|usually|\
very often|most of the time|经常|常常|时常|通常 / always|all the time|总是|一直|每次|每次都
never|从不|从来不|从未|从没有 / rarely|seldom|sometimes|occasionally|偶尔|很少 / \
sometimes|有时|有时候 / often|frequently|usually|经常|常常 / always|总是|一直|每次都
never|从不|从来不|从未 / sometimes|occasionally|rarely|偶尔|有时|很少 / \
often|frequently|usually|经常|常常 / always|总是|一直
never|从不|从来不|从未 / rarely|seldom|很少|偶尔 / sometimes|occasionally|有时 / \
often|frequently|very often|经常|常常
never|从不|从未|没有 / sometimes|occasionally|rarely|偶尔|有时 / often|always|frequently|经常|总是
very poor|terrible|very bad|很差|非常差|极差 / poor|bad|差|较差|比较差|不好 / \
fair|average|acceptable|okay|ok|一般|中等|普通 / good|好|较好|比较好|良好 / \
very good|excellent|很好|非常好|极好|优秀
poor|very poor|差|很差 / fair|average|一般|中等 / good|好|较好|良 / very good|很好|良好 / \
excellent|outstanding|非常好|优秀|极好
poor|bad|差|较差|不好 / fair|average|一般|中|及格 / good|好|较好|良|良好 / \
excellent|very good|很好|优|优秀
poor|bad|low|差|不好|低 / fair|average|medium|moderate|一般|中|中等 / good|high|好|高
very low|很低|非常低 / low|低|较低|比较低 / medium|moderate|average|一般|中等|中 / \
high|高|较高|比较高 / very high|很高|非常高
not at all|none|none at all|nothing|完全没有|一点也不|毫无 / a little|slightly|very little|\
not much|not very|有一点|有点|很少 / somewhat|moderately|some|a moderate amount|一般|一些 / \
very|a lot|quite a bit|quite a lot|much|比较|较多 / \
extremely|a great deal|completely|非常|很多|非常多
not at all|none|none at all|nothing|完全没有|一点也不 / a little|slightly|有一点|有点|一点 / \
somewhat|some|moderately|quite a bit|一些|比较 / \
very|a lot|very much|extremely|a great deal|非常|很多
very dissatisfied / somewhat dissatisfied|dissatisfied / neutral / somewhat satisfied|satisfied / \
very satisfied
never|从不|从来不|从未|没有 / less than once per year|less than once a year|每年不到一次 / \
several times per year|several times a year|a few times a year|yearly|每年几次|一年几次 / \
monthly|every month|once a month|每月|每月一次 / weekly|every week|once a week|每周|每周一次 / \
daily|every day|每天
never|从不|从来不|从未|没有 / yearly|a few times a year|several times a year|每年几次|一年几次 / \
monthly|every month|once a month|每月|每月一次 / weekly|every week|once a week|每周|每周一次 / \
daily|every day|每天
never|从不|从来不|从未|没有 / monthly|once a month|every month|每月|每月一次 / \
weekly|once a week|every week|每周|每周一次 / daily|every day|每天
much worse|很差了|差了很多|变差很多 / worse|somewhat worse|slightly worse|变差|差了一些 / \
the same|about the same|same|no change|没有变化|差不多|不变 / \
better|somewhat better|slightly better|变好|好了一些 / much better|变好很多|好了很多
no|n|false|否|无|没有|不是|未|没|不会|不能|不知道|错|错误|incorrect|wrong|unchecked|不同意|×|✗|f / \
yes|y|true|是|有|是的|有的|会|能|知道|对|正确|correct|right|checked|同意|√|✓|✔|t
""".replace("\\\n", "")


def normalise_answer(text: str) -> str:
    """Fold width, case, spaces and closing punctuation: the form in which answers are compared.

    Examples
    --------
    >>> normalise_answer(" ＡＧＲＥＥ。")
    'agree'
    """
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    spaced = _SPACES.sub(" ", _BOLDS.sub("", folded)).strip(" .。!！?？;；,，'\"")
    return _INSIDE.sub("", spaced)


def strip_letter(text: str) -> str:
    """Drop an option letter in front of a normalised answer: ``a.男`` → ``男``."""
    return _LETTER.sub("", text)


def find_ladders(words: Iterable[str], points: int) -> Iterator[Ladder]:
    """Yield every ladder with ``points`` rungs that could hold the normalised ``words``."""
    words = list(words)
    yield from (ladder for ladder in _FIXED if len(ladder) == points)
    for low, high in _EN_PAIRS:
        if any(high in word or low in word for word in words):
            yield from _paired(low, high, points)
    for adjective in sorted({word.rsplit(" ", 1)[-1] for word in words if " " in word}):
        yield from _graded(adjective, points)
    yield from _compared(words, points)
    bare = {word: _ZH_PREFIX.sub("", word) for word in words}
    for stem in sorted({stem for word, stem in bare.items() if stem != word}):
        if stem and not stem.isascii():
            yield from _chinese(stem, points)


def _ladder(line: str) -> Ladder:
    return tuple(frozenset(rung.strip().split("|")) for rung in line.split(" / "))


_FIXED: tuple[Ladder, ...] = tuple(
    _ladder(line) for line in _FIXED_TEXT.strip().splitlines() if line
)


def _each(prefixes: Iterable[str], word: str) -> frozenset[str]:
    return frozenset(f"{prefix} {word}".strip() for prefix in prefixes)


def _paired(low: str, high: str, points: int) -> Iterator[Ladder]:
    middle = frozenset(word.format(low=low, high=high) for word in _EN_MIDDLE)
    plain_low, plain_high = frozenset([low]), frozenset([high])
    some_low, some_high = _each(_EN_SOME, low), _each(_EN_SOME, high)
    most_low = _each(_EN_MOST, low) | {f"not at all {high}"}
    most_high = _each(_EN_MOST, high)
    near_low = plain_low | some_low | {f"not {high}", f"not very {high}"}
    near_high = plain_high | some_high
    shapes: dict[int, tuple[Ladder, ...]] = {
        2: ((near_low | most_low, near_high | most_high),),
        3: ((near_low, middle, near_high),),
        4: ((most_low, near_low, near_high, most_high),),
        5: ((most_low, near_low, middle, near_high, most_high),),
        6: ((most_low, plain_low, some_low, some_high, plain_high, most_high),),
        7: ((most_low, plain_low, some_low, middle, some_high, plain_high, most_high),),
    }
    yield from shapes.get(points, ())


def _graded(adjective: str, points: int) -> Iterator[Ladder]:
    """Yield one-sided ladders: not at all worried … extremely worried."""
    none = _each(("not at all", "not"), adjective)
    little = _each(("not so", "not very", "slightly", "a little", "a bit", "not too"), adjective)
    some = _each(("somewhat", "moderately", "fairly", "neither", "quite"), adjective)
    very = _each(("very", "quite", "mostly"), adjective) | {adjective}
    most = _each(("extremely", "completely", "totally"), adjective)
    if points == 5:
        yield (none, little, some, very, most)
    if points == 4:
        yield (none, little, some, very | most)
    if points == 3:
        yield (none, little | some | frozenset(_EN_MIDDLE[:4]), very | most)


def _compared(words: Iterable[str], points: int) -> Iterator[Ladder]:
    """Yield ladders of comparison: less confident, equally confident, more confident."""
    if points != 3:
        return
    for word in words:
        if re.search(r"\bmore\b", word):
            same = ("equally", "as", "about as", "the same", "no more")
            yield (
                frozenset([re.sub(r"\bmore\b", "less", word)]),
                frozenset(re.sub(r"\bmore\b", told, word) for told in same),
                frozenset([word]),
            )


def _zh(prefixes: Iterable[str], stem: str) -> frozenset[str]:
    return frozenset(prefix + stem for prefix in prefixes)


def _chinese(stem: str, points: int) -> Iterator[Ladder]:
    negative = "不" + stem
    middle = frozenset(word.format(x=stem) for word in _ZH_MIDDLE.split("|"))
    least = _zh((*_ZH_MOST, "根本"), negative) | _zh(("一点也", "一点都", "毫", "从"), negative)
    mild = frozenset([f"不太{stem}", f"不大{stem}", f"不怎么{stem}", f"不是很{stem}"])
    less = _zh(_ZH_MORE, negative) | mild
    slight_low, slight_high = _zh(_ZH_SLIGHT, negative) | mild, _zh(_ZH_SLIGHT, stem)
    more, most = _zh(_ZH_MORE, stem), _zh(_ZH_MOST, stem)
    plain, plain_low = frozenset([stem]), frozenset([negative])
    shapes: dict[int, tuple[Ladder, ...]] = {
        2: ((plain_low | less, plain | more),),
        3: ((less | least, middle, more | most), (plain_low, more, most)),
        4: (
            (least, less | slight_low, more | slight_high, most),
            (plain_low | least, middle, plain | more, most),
        ),
        5: (
            (least, less | slight_low, middle, more | slight_high, most),
            (plain_low | least, mild, middle, more, most),
        ),
        6: ((least, _zh(_ZH_MORE, negative), slight_low, slight_high, more, most),),
        7: ((least, _zh(_ZH_MORE, negative), slight_low, middle, slight_high, more, most),),
    }
    yield from shapes.get(points, ())
