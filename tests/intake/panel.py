"""One made-up panel, and the words in which survey tools print it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

AGREE = {
    "en": [
        "Strongly disagree",
        "Disagree",
        "Neither agree nor disagree",
        "Agree",
        "Strongly agree",
    ],
    "zh": ["非常不同意", "不同意", "一般", "同意", "非常同意"],
}
QUESTIONS = {
    "en": [
        "I know the nearest way out",
        "My household has an emergency kit",
        "I know whom to call in a flood",
        "Getting ready is wasted effort",
    ],
    "zh": ["我知道最近的避险路线", "我家有应急包", "我知道发洪水时找谁", "做准备是白费力气"],
}
STEM = {"en": "How much do you agree?", "zh": "您是否同意以下说法"}
OPTIONS = {
    "en": {"drill": "Evacuation drill", "council": "Council meeting, or hearing", "none": "None"},
    "zh": {"drill": "避险演练", "council": "居民议事会", "none": "以上都没有"},
}
ASKED = {
    "en": {"code": "What is your code?", "sex": "What is your sex?", "age": "How old are you?"},
    "zh": {"code": "您的编号", "sex": "您的性别", "age": "您的年龄"},
}
ACTS = {"en": "Which activities did you join?", "zh": "您参加过哪些活动？"}
COMMENT = {"en": "Any comments?", "zh": "其他意见"}
SEX = {"en": {"f": "Female", "m": "Male"}, "zh": {"f": "女", "m": "男"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One person's answers in one wave; ``acts`` is None without an answer."""

    code: str
    wave: str
    sex: str
    age: int
    items: tuple[int | None, ...]
    acts: tuple[str, ...] | None
    comment: str
    started: datetime
    ended: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Files of one layout, and what a study file needs to read them."""

    files: dict[str, bytes]
    respondent: str
    items: list[str]
    acts: dict[str, str] = field(default_factory=dict)
    wave: str | None = None
    wave_values: dict[str, list[str]] = field(default_factory=dict)
    file_waves: dict[str, str] = field(default_factory=dict)
    columns: str | None = None
    sheet: str | None = None
    dictionary: str | None = None
    format: str = "plain"


def make_panel(seed: int = 7, people: int = 42) -> list[Row]:
    """Make a panel: some leave, some join, some answers are missing, most climb."""
    rng = random.Random(seed)
    rows: list[Row] = []
    for number in range(1, people + 1):
        level, sex, age = rng.gauss(2.6, 0.8), rng.choice("fm"), rng.randint(19, 82)
        waves = ["pre", "post"] if number <= people - 12 else [rng.choice(["pre", "post"])]
        rows += [_row(rng, f"R{number:03d}", wave, sex, age, level) for wave in waves]
    rng.shuffle(rows)
    return rows


def _row(rng: random.Random, code: str, wave: str, sex: str, age: int, level: float) -> Row:
    mean = level + (0.7 if wave == "post" else 0)
    items = [min(5, max(1, round(rng.gauss(mean, 0.8)))) for _ in range(4)]
    items[3] = 6 - items[3]
    started = datetime(2026, 3 if wave == "pre" else 9, rng.randint(1, 28), rng.randint(8, 20), 15)
    acts = tuple(a for a in ("drill", "council") if rng.random() < 0.45) or ("none",)
    return Row(
        code=code,
        wave=wave,
        sex=sex,
        age=age,
        items=tuple(None if rng.random() < 0.06 else item for item in items),
        acts=None if rng.random() < 0.1 else acts,
        comment=rng.choice(["", "", "路灯坏了；line1", "=1+1", 'fine, "thanks"']),
        started=started,
        ended=started + timedelta(seconds=rng.randint(90, 900)),
    )
