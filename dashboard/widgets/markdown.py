"""The one place where uploaded text becomes safe for Markdown labels."""

from __future__ import annotations

import re

# Everything Markdown, LaTeX, emoji codes and directives could start with.
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&@])")
# Bidirectional overrides and zero-width characters can disguise text.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def escape_markdown(value: object) -> str:
    r"""Return ``value`` so that Markdown shows it literally, on one line.

    Examples
    --------
    >>> print(escape_markdown("![x](http://a)"))
    \!\[x\]\(http\:\/\/a\)
    """
    shown = _INVISIBLE.sub("", str(value)).replace("\r", " ").replace("\n", " ")
    return _SPECIAL.sub(r"\\\1", shown).replace("/", "\\/")
