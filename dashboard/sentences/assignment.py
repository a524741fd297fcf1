"""How people came into the groups: the wizard asks it; a comparison, methods and funders say it."""

from __future__ import annotations

from dashboard.text import Text


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
