"""The name of a score in reports: what is refused, and what can be proposed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from analysis.intake.values.question_titles import (
    asks,
    bare_title,
    complete_title,
    is_unfinished,
)

NameProblem = Literal["", "empty", "placeholder", "code", "question", "instruction"]

_CODE = re.compile(
    r"^[A-Za-z]{0,6}[_.\-]?\d+(?:[_.\-]\w*)*$"  # q1, Q12_3, item-4
    r"|^\w+(?:[_/]\w+)+$"  # i_know_the_nearest, group/item
    r"|^\w+___\w+$",
    re.ASCII,
)
_PLACEHOLDER = re.compile(
    r"^(?:measures?|scales?|scores?|items?|questions?|answers?|survey|values?|untitled"
    r"|量表|得分|分数|题目|问题|指标|测量|问卷|答案|选项|未命名)[\s_]*\d*$",
    re.IGNORECASE,
)
# A matrix title is often what respondents are told to do, not what is measured.
_INSTRUCTION = re.compile(
    r"^(?:please\b|to what extent|how (?:much|well|often|far|strongly)|the following|do you agree"
    r"|(?:rate|indicate|tick|choose|select|mark)\b|thinking (?:about|of))"
    r"|\b(?:the following (?:statements?|questions?|items?)|(?:each|these) statements?)\b"
    r"|^请|请[您你]|(?:以下|下列|下面).{0,8}(?:说法|陈述|问题|描述|情况|题|观点|语句)"
    r"|(?:作出|做出|进行)评[价分]",
    re.IGNORECASE,
)
_ENGLISH_QUESTION = re.compile(
    r"^(?P<verb>do|did|have|has|are|is|were|can|could|will|would)\s+"
    r"(?:you|your (?:household|family))(?:\s+or\s+(?:anyone|someone|others?)\s+in\s+your\s+\w+)?"
    r"\s+(?:ever\s+)?(?P<rest>.+?)\s*\?*$",
    re.IGNORECASE,
)
_CHINESE_QUESTION = re.compile(
    r"^(?:请问)?(?:[您你](?:家里?|们)?)?(?:是否|有没有|会不会|能不能|能否)?(?P<rest>.+?)[吗么]?[?？]*$"
)
_CHINESE_ASK = re.compile(r"是否|有没有|[吗么]$")
# A question of somebody else: "Has the patient completed the course?".
_OTHERS_QUESTION = re.compile(
    r"^(?P<verb>has|have|is|are|was|were|can|will|would|could)\s+"
    r"(?P<who>(?:(?:the|your|this|his|her|their)\s+)?(?:patient|participant|respondent|client|child"
    r"|children|household|family|resident|person|people|student|pupil|volunteer|member|community"
    r"|mother|father|parent|caregiver|it|he|she|they))\s+(?P<rest>.+?)\s*\?*$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\b(?:which|what|your|current)\s+(?P<name>(?:level|degree|amount|quality|number|frequency|state)"
    r" of (?:your |the )?[a-z]+(?: [a-z]+)??)(?=\s+(?:do|does|did|are|is|was|were|would|have|has)\b"
    r"|\s*\?|$)",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"\bhow\s+(?:very\s+)?(?P<word>[a-z]+)\s+(?:are|is|was|were|do|does|did|would|have|has)\s+"
    r"(?:you|it|they|(?:the|your)\s+[a-z]+)(?:\s+(?:be|been|feel|felt|say|rate|find))*"
    r"(?P<rest>\s+(?:with|to|about|in|on|of|for|at|that|by)\s.+?)?\s*\?*$",
    re.IGNORECASE,
)
_QUALITIES: Mapping[str, str] = {
    "able": "Ability",
    "anxious": "Anxiety",
    "aware": "Awareness",
    "comfortable": "Comfort",
    "compliant": "Compliance",
    "concerned": "Concern",
    "confident": "Confidence",
    "connected": "Connectedness",
    "difficult": "Difficulty",
    "easy": "Ease",
    "engaged": "Engagement",
    "familiar": "Familiarity",
    "happy": "Happiness",
    "healthy": "Health",
    "important": "Importance",
    "interested": "Interest",
    "likely": "Likelihood",
    "lonely": "Loneliness",
    "motivated": "Motivation",
    "open": "Openness",
    "optimistic": "Optimism",
    "prepared": "Preparedness",
    "proud": "Pride",
    "ready": "Readiness",
    "safe": "Sense of safety",
    "satisfied": "Satisfaction",
    "stressed": "Stress",
    "supported": "Sense of support",
    "tired": "Tiredness",
    "useful": "Usefulness",
    "willing": "Willingness",
    "worried": "Worry",
}
"""What "How … are you" measures."""
_OPEN_QUESTION = re.compile(r"什么|多少|几[个次]|如何|怎[么样]|哪|为何|谁")
# The common theme of items: what the words of most of them are about.
_THEMES: dict[str, tuple[str, str]] = {
    "Disaster preparedness": (
        "防灾备灾",
        r"evacuat|flood|disaster|emergenc|earthquake|hazard|shelter|preparedness|warning"
        r"|疏散|撤离|避险|避难|防灾|减灾|备灾|应急|灾害|洪|预警|地震",
    ),
    "Loneliness": (
        "孤独感",
        r"lonel|isolated|left out|孤独|孤单|寂寞",
    ),
    "Social trust": (
        "社会信任",
        r"\btrust|信任|信得过",
    ),
    "Sense of belonging": (
        "社区归属感",
        r"belong|part of (?:the|this|my) community|归属|一份子",
    ),
    "Mutual help": (
        "邻里互助",
        r"neighbou?rs?\b.*help|help.*neighbou?r|互助|互相帮助|邻居.*帮",
    ),
    "Voice in decisions": (
        "参与决策",
        r"decision|have a say|voice|influence|决策|意见.*重视|话语权",
    ),
    "Wellbeing": (
        "幸福感",
        r"well-?being|happy|happiness|cheerful|幸福|快乐|愉快|开心",
    ),
    "Satisfaction": (
        "满意度",
        r"satisf|满意",
    ),
    "Confidence": (
        "自信心",
        r"confiden|able to cope|自信|信心|有把握",
    ),
    "Stress and worry": (
        "压力与焦虑",
        r"stress|worr|anxi|nervous|压力|焦虑|担心|紧张",
    ),
    "Health": (
        "健康状况",
        r"\bhealth|健康|身体状况",
    ),
    "Knowledge and skills": (
        "知识与技能",
        r"\bknow(?:ledge)?\b|learn|skill|understand|知道|了解|掌握|技能|学会",
    ),
    "Participation": (
        "社区参与",
        r"particip|take part|took part|attend|volunteer|参加|参与|志愿",
    ),
}


_FEELING = "Stress and worry"


def find_name_problem(name: str, columns: Collection[str] = ()) -> NameProblem:
    """Return why a text cannot name a score in reports; "" when it can.

    Parameters
    ----------
    name
        As a person typed it or an export holds it.
    columns
        Names of columns; one that is a code (no space, ASCII) is refused.

    Examples
    --------
    >>> find_name_problem("Household preparedness"), find_name_problem("measure_2")
    ('', 'placeholder')
    >>> find_name_problem("How much do you agree?"), find_name_problem("i_know_the_nearest")
    ('question', 'code')
    """
    bare = name.strip()
    if not bare:
        return "empty"
    if _PLACEHOLDER.match(bare):
        return "placeholder"
    if _CODE.match(bare) or (bare in columns and bare.isascii() and " " not in bare):
        return "code"
    if "?" in bare or "？" in bare:
        return "question"
    return "instruction" if _INSTRUCTION.search(bare) else ""


def suggest_name(stem: str, labels: Sequence[str], columns: Collection[str] = ()) -> str:
    """Propose the name of a score.

    Parameters
    ----------
    stem
        Title of the matrix the items stand in; "" when there is none.
    labels
        Texts of the items.
    columns
        Names of columns, never proposed when they are codes.

    Returns
    -------
    str
        The title, else a lone question as a statement, else what most items are about; "" when
        none of these can name a score: then a person must.
    """
    if len(labels) == 1:
        # One question of a block is named by itself: the block's title is that of others too.
        whole = complete_title(stem, labels[0]) if is_unfinished(stem) else labels[0]
        tried = [_statement(whole), bare_title(stem)]
    else:
        tried = [bare_title(stem)]
    for told in tried:
        if told and not find_name_problem(told, columns):
            return told
    return _theme(labels)


def tell_apart(names: Sequence[str], forms: Sequence[str], sizes: Sequence[int]) -> list[str]:
    """Make the proposed names of a study's scores differ, by the instrument each belongs to.

    Parameters
    ----------
    names
        Proposed names; "" where there is none.
    forms
        Instrument of each score; "" where the tool has none.
    sizes
        Number of items of each score.

    Returns
    -------
    list of str
        A name that two scores share is followed by the instrument; one that still is not its own
        is dropped, because only a person can tell the two apart. The only scale of several items
        of an instrument that has no name gets the instrument's.

    Examples
    --------
    >>> tell_apart(["Worry", "Worry", ""], ["Intake form", "Exit form", "Morale"], [1, 1, 4])
    ['Worry (Intake form)', 'Worry (Exit form)', 'Morale']
    """
    scales = Counter(form for form, size in zip(forms, sizes, strict=True) if size > 1)
    told = [
        form if not name and size > 1 and scales[form] == 1 else name
        for name, form, size in zip(names, forms, sizes, strict=True)
    ]
    shared = Counter(told)
    told = [
        f"{name} ({form})" if name and form and shared[name] > 1 else name
        for name, form in zip(told, forms, strict=True)
    ]
    shared = Counter(told)
    return [name if shared[name] == 1 else "" for name in told]


def name_internally(told: str, kind: str, wordings: Sequence[str]) -> str:
    """Name a measure within a study file: the words of ``told``, else a mark of its wordings.

    Two scales that no ASCII words tell apart get different names, the same scale of another
    study the same one.
    """
    slug = re.sub(r"[^a-z0-9]+", "_", told.casefold()).strip("_") if told.isascii() else ""
    base = "_".join(slug.split("_")[:4])
    if base and base != "q":
        return base
    mark = hashlib.sha256("\n".join(wordings).encode()).hexdigest()[:6]
    return f"{kind}_{mark}"


def _statement(question: str) -> str:
    """Turn one question into a statement, or into what it measures; a text stays as it is."""
    bare = bare_title(question)
    if not bare.endswith(("?", "？")) and not _CHINESE_ASK.search(bare):
        return bare
    if bare.isascii():
        return _english_statement(bare)
    if _OPEN_QUESTION.search(bare):
        return ""
    chinese = _CHINESE_QUESTION.match(bare)
    return chinese["rest"].strip() if chinese else ""


def _english_statement(question: str) -> str:
    told = ""
    if found := _ENGLISH_QUESTION.match(question):
        # "Do you have …" is about having; "Are you …" and "Would you be …" about being.
        auxiliary = {"have": "Have ", "has": "Has "}.get(found["verb"].casefold(), "")
        told = auxiliary + found["rest"].removeprefix("be ")
    elif found := _OTHERS_QUESTION.match(question):
        told = f"{found['who']} {found['verb'].casefold()} {found['rest']}"
    elif (found := _HOW.search(question)) and found["word"].casefold() in _QUALITIES:
        told = _QUALITIES[found["word"].casefold()] + (found["rest"] or "")
    elif found := _AMOUNT.search(question):
        told = found["name"]
    elif not asks(question):
        told = question.rstrip("? ")  # "Discharge summary on file?"
    return told[:1].upper() + told[1:]


def _theme(labels: Sequence[str]) -> str:
    counts = {
        theme: sum(bool(re.search(words, label, re.IGNORECASE)) for label in labels)
        for theme, (_, words) in _THEMES.items()
    }
    # Worry about floods is worry: the feeling is measured, not what it is about.
    theme = max(counts, key=lambda name: (counts[name], name == _FEELING))
    if not labels or counts[theme] < max(1, 0.5 * len(labels)):
        return ""
    return theme if all(label.isascii() for label in labels) else _THEMES[theme][0]
