"""Typst as a function: pages and pictures from bytes, with fonts that are really there."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import LeveeError
from dashboard.render.canvas import FAMILIES

if TYPE_CHECKING:
    import typst

FONTS = Path(__file__).resolve().parent / "fonts"
_CHINESE = frozenset(
    {
        "Levee Sans SC",
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "Noto Sans SC",
        "PingFang SC",
        "Microsoft YaHei",
        "Hiragino Sans GB",
        "WenQuanYi Micro Hei",
        "SimHei",
    }
)


@cache
def _fonts() -> typst.Fonts:
    """All fonts of Levee and of the machine; looking for them takes a tenth of a second."""
    import typst

    return typst.Fonts(font_paths=[str(FONTS)])


@cache
def find_families() -> tuple[str, ...]:
    """Find which of the wanted font families this machine has, best first."""
    found = set(_fonts().families())
    return tuple(name for name in FAMILIES if name in found)


def check_fonts(words: str) -> tuple[str, ...]:
    """Give the families to set ``words`` in.

    Raises
    ------
    LeveeError
        ``font_missing`` when the words are Chinese and no family on this machine is.
    """
    families = find_families()
    if any("\u4e00" <= letter <= "\u9fff" for letter in words) and not _CHINESE & set(families):
        raise LeveeError("font_missing")
    return families or ("Libertinus Serif",)


def write_pdf(template: bytes, inputs: dict[str, str], created: datetime) -> bytes:
    """Set a template as an accessible PDF (PDF/UA-1); equal input, equal bytes."""
    import typst

    pdf = typst.compile(
        template,
        format="pdf",
        font_paths=_fonts(),
        sys_inputs=inputs,
        pdf_standards=["ua-1"],
        timestamp=created.astimezone(UTC),
    )
    return bytes(pdf)


def write_page_image(template: bytes, inputs: dict[str, str], ppi: float = 110) -> bytes:
    """Draw the (only) page of a template as PNG."""
    import typst

    png = typst.compile(template, format="png", font_paths=_fonts(), sys_inputs=inputs, ppi=ppi)
    return bytes(png)


_PICTURE = b"""#let svg = sys.inputs.svg
#set page(width: auto, height: auto, margin: 4pt, fill: white)
#image(bytes(svg), format: "svg", width: eval(sys.inputs.width))
"""


@lru_cache(maxsize=64)
def write_png(svg: str, *, width: float = 396, ppi: float = 220) -> bytes:
    """Draw an SVG as PNG at ``ppi`` dots per inch; slides and report hold the same pictures."""
    import typst

    check_fonts(svg)
    inputs = {"svg": svg, "width": f"{width:.0f}pt"}
    png = typst.compile(_PICTURE, format="png", font_paths=_fonts(), sys_inputs=inputs, ppi=ppi)
    return bytes(png)
