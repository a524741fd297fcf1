"""The one place where uploaded text becomes safe for Markdown labels."""

from __future__ import annotations

import re

from dashboard.text import show_invisible

# Everything Markdown, LaTeX, emoji codes and directives could start with.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&@])")
# What the page would turn into a link although every sign is escaped: it looks at the words
# after it has read the Markdown. A word joiner between the parts shows the same text without one.
_LINK_START = re.compile(r"https?(?=:)|www(?=\.)|mailto(?=:)|xmpp(?=:)|@", re.IGNORECASE)
_JOINER = "\u2060"


def escape_markdown(value: object) -> str:
    r"""Return ``value`` so that Markdown shows it literally, on one line, and links nothing.

    Examples
    --------
    >>> print(escape_markdown("![x](a)"))
    \!\[x\]\(a\)
    """
    shown = show_invisible(str(value)).replace("\r", " ").replace("\n", " ")
    shown = _LINK_START.sub(lambda found: f"{found[0]}{_JOINER}", shown)
    return _SPECIAL.sub(r"\\\1", shown).replace("/", "\\/")
