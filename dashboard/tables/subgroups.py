"""Table of groups: n, their own change, and the change drawn towards the whole."""

from __future__ import annotations

import pandas as pd

from analysis.plan import StudyPlan
from analysis.results import Estimate, EstimateLike
from analysis.surveys.results import Subgroups
from dashboard.sentences.change import say_likely, say_signed
from dashboard.sentences.few import mark_few
from dashboard.sentences.names import value_name
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text


def list_groups(found: Subgroups, plan: StudyPlan, text: Text, *, share: bool) -> pd.DataFrame:
    """One row per group; small ones say that they are not for release."""
    rows = [
        (
            mark_few(text, value_name(text, plan, group.value), group.n, plan.study.min_group),
            group.n or None,
            _told(text, group.change, share=share),
            _told(text, group.shrunken, share=share),
        )
        for group in found.groups
    ]
    if found.across is not None:
        pooled = found.across.pooled
        n = sum(g.n for g in found.groups if isinstance(g.shrunken, Estimate))
        rows.append((text("Together"), n, _told(text, pooled, share=share), ""))
    names = [text("Group"), text("n"), text("Own change"), text("Drawn towards the whole")]
    return pd.DataFrame(rows, columns=names)


def _told(text: Text, found: EstimateLike, *, share: bool) -> str:
    if not isinstance(found, Estimate):
        return say_reason(text, found.reason)
    value = say_signed(text, found.estimate, share=share)
    likely = say_likely(text, found.ci_low, found.ci_high, share=share)
    return text("{value} ({likely})", value=value, likely=likely)
