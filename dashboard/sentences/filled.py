"""A sentence filled with the values of a finding or caution."""

from __future__ import annotations

from collections.abc import Callable

from analysis.results import Caution, Finding
from dashboard.text import Text


def fill(
    message: str, *names: str, percent: tuple[str, ...] = ()
) -> Callable[[Text, Finding | Caution], str]:
    """Fill a sentence with plain values; those in ``percent`` are rates."""

    def say(text: Text, told: Finding | Caution) -> str:
        filled = {name: say_value(text, told.values[name]) for name in names}
        filled |= {name: text.percent(told.values[name]) for name in percent}
        if "{measure}" in message:
            filled["measure"] = text.of(told.values.get("label"), told.measure)
        return text(message, **filled)

    return say


def say_value(text: Text, value: object) -> str:
    """Say a name, a list of names or a number; a dash where there is none."""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) if text.language == "en" else "、".join(map(str, value))
    if isinstance(value, int):
        return text.number(value, 0)
    return text.number(value, 2) if isinstance(value, float) else "–"
