"""A small SVG canvas for pictures in print: lines, bars, dots, words; nothing else."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from dashboard.content.sanitize import safe_text
from dashboard.content.theme import MUTED

INK = "#0E1620"
RULE = "#DFE5EB"
#: Fonts that stand in for the usual ones are wider.
_WIDER = 1.08
#: Height of a line of words in sizes of their letters.
LINE_STEP = 1.25
Anchor = Literal["start", "middle", "end"]
FAMILIES = (
    "Levee Sans SC",
    "Source Sans 3",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Segoe UI",
    "Helvetica Neue",
    "Arial",
    "Liberation Sans",
    "DejaVu Sans",
)


@dataclass(slots=True)
class Canvas:
    """Collects marks; coordinates in px from the top left."""

    width: float
    height: float
    marks: list[str] = field(default_factory=list)

    def line(
        self,
        x1: float,
        y1: float,
        x2: float,
        y2: float,
        *,
        colour: str = RULE,
        width: float = 1,
        dash: str = "",
        opacity: float = 1,
    ) -> None:
        """Draw a straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.marks.append(
            f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" '
            f'stroke="{colour}" stroke-width="{width}" stroke-opacity="{opacity:g}"{dashed}/>'
        )

    def arrow(self, x1: float, y1: float, x2: float, y2: float, colour: str) -> None:
        """Draw a line with a head at its end."""
        self.line(x1, y1, x2, y2, colour=colour, width=1.2)
        turn = math.atan2(y2 - y1, x2 - x1)
        sides = [(x2 - 8 * math.cos(turn + s), y2 - 8 * math.sin(turn + s)) for s in (-0.4, 0.4)]
        self.path([(x2, y2), *sides], colour, width=0, fill=colour)

    def bar(
        self, x: float, y: float, width: float, height: float, colour: str, *, opacity: float = 1
    ) -> None:
        """Draw a filled rectangle; a negative width or height is drawn the other way."""
        x, y = min(x, x + width), min(y, y + height)
        self.marks.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{abs(width):.2f}" height="{abs(height):.2f}" '
            f'fill="{colour}" fill-opacity="{opacity}"/>'
        )

    def dot(
        self,
        x: float,
        y: float,
        colour: str,
        *,
        r: float = 5,
        hollow: bool = False,
        opacity: float = 1,
    ) -> None:
        """Draw a dot; hollow for "before" and for the comparison."""
        look = (
            f'fill="#FFFFFF" stroke="{colour}" stroke-width="2"' if hollow else f'fill="{colour}"'
        )
        self.marks.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r - hollow:g}" {look} opacity="{opacity:g}"/>'
        )

    def path(
        self,
        points: Sequence[tuple[float, float]],
        colour: str,
        *,
        width: float = 2,
        fill: str = "none",
        dash: str = "",
        opacity: float = 1,
    ) -> None:
        """Draw a line through points, or the area within them."""
        told = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        kind = "polygon" if fill != "none" else "polyline"
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.marks.append(
            f'<{kind} points="{told}" fill="{fill}" fill-opacity="{opacity:g}" stroke="{colour}" '
            f'stroke-opacity="{opacity:g}" stroke-width="{width}" stroke-linejoin="round"{dashed}/>'
        )

    def write(
        self,
        x: float,
        y: float,
        words: object,
        *,
        anchor: Anchor = "start",
        size: float = 12,
        colour: str = INK,
        bold: bool = False,
    ) -> None:
        """Write words; ``y`` is their middle."""
        weight = ' font-weight="700"' if bold else ""
        self.marks.append(
            f'<text x="{x:.2f}" y="{y + 0.35 * size:.2f}" text-anchor="{anchor}" '
            f'font-size="{size}" fill="{colour}"{weight}>'
            f"{html.escape(safe_text(words))}</text>"
        )

    def lines(
        self,
        x: float,
        y: float,
        marked: str,
        *,
        anchor: Anchor = "start",
        size: float = 12,
        colour: str = INK,
    ) -> None:
        """Write the words of a chart, escaped already, whose marks are ``<br>`` and ``<b>``.

        ``y`` is their middle.
        """
        told = marked.split("<br>")
        step = size * LINE_STEP
        bold = False
        for i, line in enumerate(told):
            parts = []
            for piece in re.split("(</?b>)", line):
                if piece in ("<b>", "</b>"):
                    bold = piece == "<b>"
                elif piece:
                    weight = ' font-weight="700"' if bold else ""
                    shown = html.escape(safe_text(html.unescape(piece)))
                    parts.append(f"<tspan{weight}>{shown}</tspan>")
            middle = y + (i - (len(told) - 1) / 2) * step
            self.marks.append(
                f'<text x="{x:.2f}" y="{middle + 0.35 * size:.2f}" text-anchor="{anchor}" '
                f'font-size="{size:g}" fill="{colour}" xml:space="preserve">{"".join(parts)}</text>'
            )

    def note(self, x: float, y: float, words: object, *, anchor: Anchor = "start") -> None:
        """Write small grey words."""
        self.write(x, y, words, anchor=anchor, size=10.5, colour=MUTED)

    def block(
        self,
        x: float,
        y: float,
        words: object,
        room: float,
        *,
        anchor: Anchor = "start",
        size: float = 12,
        most: int = 2,
    ) -> None:
        """Write words within ``room`` px on at most ``most`` lines, centred about ``y``."""
        lines = break_lines(safe_text(words), room, size, most)
        for i, told in enumerate(lines):
            self.write(
                x, y + (i - (len(lines) - 1) / 2) * size * 1.2, told, anchor=anchor, size=size
            )

    def svg(self) -> str:
        """Give the picture as SVG, self-contained."""
        families = ", ".join(f"'{name}'" for name in FAMILIES)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:.0f}" '
            f'height="{self.height:.0f}" viewBox="0 0 {self.width:.0f} {self.height:.0f}" '
            f'font-family="{families}">{"".join(self.marks)}</svg>'
        )


def measure_lines(marked: str, size: float) -> tuple[float, float]:
    """Estimate width and height in px of words marked with ``<br>`` and ``<b>``."""
    lines = html.unescape(re.sub("</?b>", "", marked)).split("<br>")
    wide = max(measure_text(line, size) for line in lines)
    return _WIDER * wide, len(lines) * size * LINE_STEP


#: Letters that are much wider or narrower than others, in sizes of the letter.
_WIDTHS = dict.fromkeys("mwMW%@—", 0.85) | dict.fromkeys("iljtf.,:;'| ", 0.3)


def measure_text(words: str, size: float) -> float:
    """Estimate the width of words in px: wide letters a full square, others about half."""
    return (
        sum(_WIDTHS.get(letter, 1.0 if ord(letter) > 0x2E80 else 0.53) for letter in words) * size
    )


def break_lines(words: str, room: float, size: float, most: int) -> list[str]:
    """Break words into at most ``most`` lines of ``room`` px; what is left over gets an ellipsis.

    Examples
    --------
    >>> break_lines("Trust in neighbours", 70, 12, 2)
    ['Trust in', 'neighbours']
    """
    lines = [""]
    pieces = (piece for part in _parts(words) for piece in _pieces(part, room, size))
    for part in pieces:
        grown = lines[-1] + part
        if lines[-1] and measure_text(grown.rstrip(), size) > room:
            lines.append(part.lstrip())
        else:
            lines[-1] = grown
    lines = [line.strip() for line in lines]
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][:-1]}…"]
    return lines


def _pieces(part: str, room: float, size: float) -> list[str]:
    """A word longer than the room, cut into pieces."""
    fitting = max(1, int(room / measure_text("n", size)))
    return [part[i : i + fitting] for i in range(0, len(part), fitting)] or [part]


def _parts(words: str) -> list[str]:
    """Words with the space before them; wide letters one by one."""
    parts: list[str] = []
    for letter in words:
        wide = ord(letter) > 0x2E80
        if not parts or wide or letter == " " or ord(parts[-1][-1]) > 0x2E80:
            parts.append(letter)
        else:
            parts[-1] += letter
    return parts


def choose_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Choose round tick values from ``low`` to ``high``.

    Examples
    --------
    >>> choose_ticks(0, 38, 4)
    [0, 10, 20, 30]
    """
    length = max(high - low, 1e-9)
    power = 10 ** math.floor(math.log10(length / most))
    step = next(s * power for s in (1, 2, 5, 10) if length / (s * power) <= most)
    first = math.ceil(low / step)
    return [i * step for i in range(first, math.floor(high / step) + 1)]
