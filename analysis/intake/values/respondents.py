"""Respondent codes and wave words, brought to one spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.intake.values.known_words import WAVE_WORDS

_BLANKS = re.compile(r"[\s\u200b\u200c\u200d\ufeff\u2060]+")
_PHONE = re.compile(r"^(?:\+?86|0086)?[-(]*(1[3-9]\d)[-)]*(\d{4})-?(\d{4})$")
_WHOLE = re.compile(r"^(\d+)\.0+$")
_ZEROS = re.compile(r"^0+(?=\d+$)")
_ARM = re.compile(r"_arm_\d+$|\s\(arm \d{1,3}: [^()]*\)$", re.IGNORECASE)
"""The arm that REDCap writes behind an event: ``baseline_arm_1``, ``Baseline (Arm 1: Arm 1)``."""
_DIGITS = re.compile(r"(?<!\d)(\d{1,30})\D*$")


def normalise_code(text: str) -> str:
    """Bring a respondent code to one spelling: width, case, spaces, phone formatting.

    Examples
    --------
    >>> normalise_code(" ｂ００１ "), normalise_code("+86 138-0013-8000"), normalise_code("7.0")
    ('B001', '13800138000', '7')
    """
    bare = _BLANKS.sub("", unicodedata.normalize("NFKC", text)).upper()
    phone = _PHONE.match(bare)
    if phone:
        return "".join(phone.groups())
    whole = _WHOLE.match(bare)
    return whole[1] if whole else bare


def strip_zeros(codes: pd.Series, waves: pd.Series) -> pd.Series:
    """Drop leading zeros of all-digit codes, unless that would make two people of a wave one."""
    shorter = codes.map({code: _ZEROS.sub("", code) for code in codes.dropna().unique()})
    before = pd.DataFrame({"code": codes, "wave": waves}).drop_duplicates().groupby("wave").size()
    after = pd.DataFrame({"code": shorter, "wave": waves}).drop_duplicates().groupby("wave").size()
    return shorter if before.equals(after) else codes


def without_arm(event: str) -> str:
    """Return the event of a trial without its arm: the same round in each.

    Examples
    --------
    >>> without_arm("month_3_arm_2"), without_arm("Baseline (Arm 1: Arm 1)")
    ('month_3', 'Baseline')
    """
    return _ARM.sub("", event)


def wave_family(text: str) -> str | None:
    """Return ``pre``, ``post``, ``follow_up`` or ``mid`` for a known wave word, else None."""
    folded = without_arm(unicodedata.normalize("NFKC", text).casefold().strip())
    plain = folded.strip("()（）[] _-")
    return next((family for family, words in WAVE_WORDS.items() if plain in words), None)


def propose_wave_rule(
    values: Sequence[str], waves: Sequence[str], declared: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Map the values of a wave column to waves: declared, same name, known words, then by order.

    Order is used only where nothing else matched and the values end in as many different
    numbers as there are waves (``T0, T1``; ``Round 1, Round 2``).
    """
    known = {_fold(value): wave for wave, told in declared.items() for value in told}
    known |= {_fold(wave): wave for wave in waves if _fold(wave) not in known}
    families = {family: wave for wave in reversed(waves) if (family := wave_family(wave))}
    rule: dict[str, str] = {}
    for value in values:
        family = wave_family(value)
        wave = known.get(_fold(value)) or (families.get(family) if family else None)
        if wave:
            rule[value] = wave
    return rule or _by_number(values, waves)


def _fold(text: str) -> str:
    return _WHOLE.sub(r"\1", unicodedata.normalize("NFKC", str(text)).casefold().strip())


def _by_number(values: Sequence[str], waves: Sequence[str]) -> dict[str, str]:
    numbered = {value: int(found[1]) for value in values if (found := _DIGITS.search(_fold(value)))}
    ranks = sorted(set(numbered.values()))
    if len(numbered) != len(values) or len(ranks) != len(waves):
        return {}
    return {value: waves[ranks.index(number)] for value, number in numbered.items()}
