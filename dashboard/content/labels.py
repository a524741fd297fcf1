"""The one place where uploaded text becomes safe for plotly, which reads pseudo-HTML."""

from __future__ import annotations

import html
import textwrap

from dashboard.text import show_invisible


def escape_label(label: object) -> str:
    """Escape ``label`` so that plotly shows it literally, on one line."""
    return html.escape(" ".join(show_invisible(str(label)).split()), quote=False)


def wrap_label(label: object, width: int = 28) -> str:
    """Escape and break a label into lines of about ``width`` Latin letters (half for Chinese).

    Examples
    --------
    >>> wrap_label("<b>Knows the way</b>", 12)
    '&lt;b&gt;Knows the<br>way&lt;/b&gt;'
    """
    shown = " ".join(show_invisible(str(label)).split())
    wide = sum(ord(letter) > 0x2E80 for letter in shown) * 2 > len(shown)
    lines = textwrap.wrap(shown, max(4, width // 2 if wide else width)) or [""]
    return "<br>".join(html.escape(line, quote=False) for line in lines)
