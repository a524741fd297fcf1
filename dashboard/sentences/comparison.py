"""Sentences about the comparison group."""

from __future__ import annotations

from analysis.plan import MeasurePlan
from analysis.results import Comparison, Estimate
from analysis.surveys.comparison import compare_methods
from analysis.surveys.results import EValue, GroupComparison, Overlap
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


def name_assignment(text: Text, assignment: str) -> str:
    """Name how people came into the groups, as the wizard asks it."""
    return {
        "random": text("By lot: chance decided who took part"),
        "whole_sites": text("Whole communities or classes were chosen"),
        "self_selected": text("People chose themselves, or were chosen"),
    }[assignment]


def say_assignment(text: Text, assignment: str, *, causal: bool) -> str:
    """Say how the groups were formed, and whether a difference may be called an effect."""
    formed = {
        "random": text("People were assigned to the groups by lot."),
        "whole_sites": text("Whole communities were assigned to the groups."),
        "self_selected": text("People were not assigned to the groups by lot."),
    }[assignment]
    earned = (
        text("The difference may be called an effect of the programme.")
        if causal
        else text("The difference is not proof of an effect.")
    )
    return text.join([formed, earned])


def say_doubts(text: Text, found: GroupComparison) -> list[str]:
    """Say why the difference is not called an effect of the programme; empty when it is."""
    named = {
        "one_community": text("only one community had the programme"),
        "methods_disagree": text("two methods of comparison disagree"),
        "attrition_differs": text("one group lost more people than the other"),
        "groups_differ": text("the groups were not alike at the start"),
        "one_method": text("answers cannot be linked, so only one method is possible"),
        "trends_differ": text("the groups moved differently before the start"),
    }
    return [named[code] for code in found.doubts]


def say_design(text: Text, found: GroupComparison) -> str:
    """Say how the groups were formed and, where it is not an effect, why."""
    said = say_assignment(text, found.assignment, causal=found.causal)
    doubts = say_doubts(text, found)
    if not doubts:
        return said
    joined = "; ".join(doubts) if text.language == "en" else "；".join(doubts)
    return text.join([said, text("Reasons: {reasons}.", reasons=joined)])


def say_overlap(text: Text, found: Overlap) -> str:
    """Say how many people still carry the weighted comparison."""
    return text(
        "Weighted to be alike, the groups carry as much as {a} programme and {b} comparison people "
        "of equal weight.",
        a=text.number(found.effective_treated, 0),
        b=text.number(found.effective_comparison, 0),
    )


def say_e_value(text: Text, found: EValue) -> str:
    """Say how strong something unmeasured would have to be."""
    return text(
        "E-value {e} (limit {limit}): to explain this away, something unmeasured must raise both "
        "joining and the outcome by that ratio.",
        e=text.number(found.estimate, 2),
        limit=text.number(found.limit, 2),
    )


def list_comparison_cards(
    text: Text, found: GroupComparison, measure: MeasurePlan
) -> list[tuple[str, str]]:
    """The difference by the estimate the design calls for, and from the same start."""
    share, by_name = is_share(measure), {one.name: one for one in found.analyses}
    more = text("more change than in the comparison group (95% CI {likely})")
    ahead = text("difference at the end, adjusted for the start (95% CI {likely})")
    wanted = {"did": more, "did_cr2": more, "ancova": ahead, "ancova_cr2": ahead}
    wanted |= {"ancova_covariates": ahead, "ancova_covariates_cr2": ahead}
    pair = compare_methods(found.analyses)
    other = next((one.name for one in pair or () if one.name != found.effect.name), "")
    adjusted = other if other.startswith("ancova") != found.effect.name.startswith("ancova") else ""
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
