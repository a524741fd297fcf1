"""Sentences about the comparison group."""

from __future__ import annotations

from analysis.results import Comparison, Estimate
from analysis.study_file import MeasurePlan
from analysis.surveys.results import GroupComparison
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.text import Text


def say_groups(text: Text, found: GroupComparison) -> str:
    """Say who is compared: people of each group at the start, and clusters."""
    first = found.contrast[0]
    sizes = {
        group: level.n
        for group, wave, level in found.means
        if wave == first and isinstance(level, Estimate)
    }
    parts = [
        text(
            "{a} programme people and {b} of the comparison group answered before.",
            a=text.number(sizes.get("treated", 0), 0),
            b=text.number(sizes.get("comparison", 0), 0),
        )
    ]
    if found.n_clusters:
        parts.append(text("They live in {n} clusters.", n=text.number(found.n_clusters, 0)))
    return text.join(parts)


def list_comparison_cards(
    text: Text, found: GroupComparison, measure: MeasurePlan
) -> list[tuple[str, str]]:
    """The difference by the estimate the design calls for, and from the same start."""
    share, by_name = is_share(measure), {one.name: one for one in found.analyses}
    more = text("more change than the comparison group, likely {likely}")
    ahead = text("ahead at the end from the same start, likely {likely}")
    wanted = {"did": more, "did_cr2": more, "ancova": ahead, "ancova_cr2": ahead}
    adjusted = "ancova_cr2" if found.effect.name == "did_cr2" else "ancova"
    shown = [found.effect, *([by_name[adjusted]] if adjusted in by_name else [])]
    cards = [
        (
            say_signed(text, one.estimate, share=share),
            wanted[one.name].format(likely=say_likely(text, one.ci_low, one.ci_high, share=share)),
        )
        for one in shown
        if isinstance(one, Comparison)
    ]
    plain = by_name["did"]
    if not cards and isinstance(plain, Comparison):
        value = say_signed(text, plain.estimate, share=share)
        told = text("more change than the comparison group; too few clusters to say how sure")
        return [(value, told)]
    return cards
