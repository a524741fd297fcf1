"""States of a target or an item of the scorecard: colour, icon and word."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.text import N_

_CAUTION = "#9A5B00"
_MUTED = "#56616F"


@dataclass(frozen=True, slots=True)
class Status:
    """A state shown by colour, icon and word together; ``word`` is an English message id."""

    colour: str
    icon: str
    word: str


STATUSES = {
    "good": Status("#1B7A4B", "●", N_("Good")),
    "watch": Status(_CAUTION, "▲", N_("Watch")),
    "act": Status("#B3261E", "■", N_("Act now")),
    "no_data": Status(_MUTED, "○", N_("No data")),
    "met": Status("#1B7A4B", "●", N_("Met")),
    "ahead": Status("#1B7A4B", "●", N_("Ahead")),
    "on_track": Status("#12436D", "◆", N_("On track")),
    "behind": Status(_CAUTION, "▲", N_("Behind")),
    "not_started": Status(_MUTED, "○", N_("Not started")),
}
