"""Proposed links between two spellings of one person's code, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.intake.linkage import ProposedLink
from dashboard.text import Text


def list_links(text: Text, links: Sequence[ProposedLink]) -> pd.DataFrame:
    """One row for each proposed link, the most alike first."""
    slips = {
        "leading_zeros": text("leading zeros"),
        "swapped_fields": text("parts swapped"),
        "transposition": text("two characters swapped"),
        "one_character": text("one character differs"),
        "similar": text("alike"),
    }
    rows = [(one.same_as, one.code, text.percent(one.similarity), slips[one.slip]) for one in links]
    return pd.DataFrame(
        rows, columns=[text("Code before"), text("Code after"), text("Alike"), text("Slip")]
    )
