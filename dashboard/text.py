"""Words, numbers and dates in the reader's language. No streamlit: exports use it too.

English is the message id; ``locales/zh_Hans/LC_MESSAGES/levee.po`` holds the Chinese.
A :class:`Text` belongs to one session or one export, so two languages never mix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import dates, numbers
from babel.messages.pofile import read_po

from analysis.results import SUPPRESSED_MARK, Suppressed

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
LOCALES = Path(__file__).resolve().parent / "locales"
_BABEL_LOCALE = {"en": "en_GB", "zh-Hans": "zh_Hans_CN"}
_STEPS = {"en": ((1e9, "bn"), (1e6, "M"), (1e3, "k")), "zh-Hans": ((1e8, "亿"), (1e4, "万"))}
_MINUS = "\N{MINUS SIGN}"


# They disguise text: direction marks, zero-width characters and joiners, the soft hyphen, letters
# that are blank, anchors of annotations, and tags, which can carry a whole hidden sentence.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def show_invisible(text: str) -> str:
    r"""Show characters that have no shape of their own by their number.

    Two names that differ by one such character look the same, and a direction mark can turn the
    words after it. A joiner inside a word or an emoji belongs to it and stays.

    Examples
    --------
    >>> show_invisible("file\u202efdp")
    'file‹U+202E›fdp'
    """

    def shown(found: re.Match[str]) -> str:
        at, letter = found.start(), found[0]
        inside = 0 < at < len(text) - 1 and ord(text[at - 1]) > 0x5FF and ord(text[at + 1]) > 0x5FF
        if letter in "\u200c\u200d" and inside:
            return letter
        return f"‹U+{ord(letter):04X}›"

    return INVISIBLE.sub(shown, text)


def N_(message: str) -> str:  # noqa: N802
    """Mark a message that ``text(…)`` is given elsewhere, so that ``make messages`` finds it."""
    return message


Day = date | datetime
"""What a date is given as: ``Text.date`` hides the name inside the class."""


@cache
def read_catalogue(language: str) -> Mapping[str, str]:
    """Read the messages of one language: English → translation.

    Both English forms of a message by number lead to its translation: Chinese has one form.
    """
    messages: dict[str, str] = {}
    if language == "en":
        return messages
    path = LOCALES / language.replace("-", "_") / "LC_MESSAGES" / "levee.po"
    with path.open("rb") as stream:
        for message in read_po(stream):
            if message.id and message.string:
                forms = message.id if isinstance(message.id, list | tuple) else (message.id,)
                told = message.string if isinstance(message.string, str) else message.string[0]
                messages |= dict.fromkeys(forms, told)
    return messages


@dataclass(frozen=True, slots=True)
class Text:
    """One language's words and formats: ``text("Hello {name}", name="…")``."""

    language: str = "en"

    def __call__(self, message: str, /, **values: Any) -> str:  # noqa: ANN401
        """Translate ``message`` and fill its named placeholders."""
        found = self._find(message)
        return found.format(**values) if values else found

    def count(self, one: str, many: str, n: int, /, **values: Any) -> str:  # noqa: ANN401
        """Translate by number; ``{n}`` is filled with the formatted ``n``."""
        found = self._find(one if n == 1 else many)
        return found.format(n=self.number(n, 0), **values)

    def of(self, label: str | Mapping[str, str] | None, otherwise: str = "") -> str:
        """Choose the label in this language; user data in one language stays as it is."""
        if label is None:
            return otherwise
        if isinstance(label, str):
            return label
        return label.get(self.language) or next(iter(label.values()), otherwise)

    def number(self, value: float | None, digits: int = 2) -> str:
        """Format a number with ``digits`` decimals; a dash when there is none."""
        if value is None:
            return "–"
        if isinstance(value, Suppressed):
            return SUPPRESSED_MARK
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return self._format(_without_minus_zero(value, digits), pattern).replace("-", _MINUS)

    def signed(self, value: float | None, digits: int = 2) -> str:
        """Format a change with its sign."""
        if value is None:
            return "–"
        if isinstance(value, Suppressed):
            return SUPPRESSED_MARK
        rounded = _without_minus_zero(value, digits)
        return ("+" if rounded > 0 else "") + self.number(rounded, digits)

    def percent(self, rate: float | None, digits: int = 0) -> str:
        """Format a rate 0–1 as percent."""
        if rate is None:
            return "–"
        if isinstance(rate, Suppressed):
            return SUPPRESSED_MARK
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        sign = "%" if self.language != "en" else "\N{NO-BREAK SPACE}%"
        shown = _without_minus_zero(rate * 100, digits)
        return self._format(shown, pattern).replace("-", _MINUS) + sign

    def money(self, amount: float | None, currency: str = "CNY", digits: int = 0) -> str:
        """Format an amount with its currency symbol."""
        if amount is None:
            return "–"
        if isinstance(amount, Suppressed):
            return SUPPRESSED_MARK
        symbol = numbers.get_currency_symbol(currency, self._locale)
        sign = _MINUS if round(amount, digits) < 0 else ""
        return f"{sign}{symbol}\N{NO-BREAK SPACE}{self.number(abs(amount), digits)}"

    def short_money(self, amount: float, currency: str = "CNY") -> str:
        """Format an amount for a picture, to three digits: ``¥ 12.3万``, ``CN¥ 123k``."""
        size = abs(amount)
        # 999,600 rounds to a thousand thousands: the next step says it better.
        step, word = next(
            ((s, w) for s, w in _STEPS[self.language] if size >= 0.9995 * s), (1.0, "")
        )
        scaled = amount / step
        digits = 0 if step == 1 else max(0, 2 - len(str(int(abs(scaled))).lstrip("0")) + 1)
        shown = self.money(scaled, currency, digits)
        point = numbers.get_decimal_symbol(self._locale)
        return (shown.rstrip("0").rstrip(point) if point in shown else shown) + word

    def p_value(self, p: float | None) -> str:
        """Format a p-value in a sentence; below .001 as such."""
        if p is None:
            return "–"
        if isinstance(p, Suppressed):
            return SUPPRESSED_MARK
        return f"p {self.p_cell(p)}" if p < 0.001 else f"p = {self.p_cell(p)}"

    def p_cell(self, p: float | None) -> str:
        """Format a p-value in a column of such; below .001 as such."""
        return "< 0.001" if p is not None and p < 0.001 else self.number(p, 3)

    def date(self, day: Day | None) -> str:
        """Format a day, medium length."""
        return "–" if day is None else dates.format_date(day, "medium", locale=self._locale)

    def month(self, day: Day | str | None) -> str:
        """Format a month; accepts a day or ``"2026-03"``."""
        if day is None:
            return "–"
        if isinstance(day, str):
            day = date(int(day[:4]), int(day[5:7]), 1)
        return dates.format_skeleton("yMMM", day, locale=self._locale)

    def interval(self, low: float | None, high: float | None, digits: int = 2) -> str:
        """Format an interval in words: ``0.57 to 0.95``."""
        return self("{low} to {high}", low=self.number(low, digits), high=self.number(high, digits))

    def join(self, parts: list[str]) -> str:
        """Join sentences: a space in English, none in Chinese."""
        return (" " if self.language == "en" else "").join(part for part in parts if part)

    @property
    def _locale(self) -> str:
        return _BABEL_LOCALE[self.language]

    def _format(self, value: float, pattern: str) -> str:
        return numbers.format_decimal(value, format=pattern, locale=self._locale)

    def _find(self, message: str) -> str:
        if self.language == "en":
            return message
        return read_catalogue(self.language).get(message, message)


def _without_minus_zero(value: float, digits: int) -> float:
    """Give 0 for what rounds to 0: a minus before a zero reads like a misprint."""
    return value if round(value, digits) else 0.0
