"""The pages: where each stands in the navigation, its address and its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.text import N_, Text


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its view's module name and the English name shown (a message id)."""

    view: str
    name: str


HOME = "home"
SECTIONS: Mapping[str, tuple[PageEntry, ...]] = {
    "Evaluation": (
        PageEntry("overview", N_("Overview")),
        PageEntry("outcomes", "Outcomes"),
        PageEntry("trajectory", "Trajectory"),
        PageEntry("items", "Answers"),
        PageEntry("reliability", "Reliability"),
        PageEntry("comparison", "Comparison"),
        PageEntry("attrition", "Who was lost"),
        PageEntry("subgroups", "Subgroups"),
        PageEntry("dose", "Dose"),
        PageEntry("methods", "Methods"),
    ),
    "People": (
        PageEntry("delivery", "Delivery"),
        PageEntry("participation", "Participation"),
        PageEntry("reach", "Reach"),
        PageEntry("volunteers", "Volunteers"),
        PageEntry("cohorts", N_("Cohorts")),
        PageEntry("hours", "Hours"),
        PageEntry("outlook", N_("Outlook")),
    ),
    "Sustainability": (
        PageEntry("scorecard", "Scorecard"),
        PageEntry("funding", "Funding"),
        PageEntry("capacity", "Capacity"),
        PageEntry("consultation", "Consultation"),
    ),
    N_("For funders"): (
        PageEntry("summary", N_("One page")),
        PageEntry("targets", "Targets"),
        PageEntry("portfolio", N_("Portfolio")),
    ),
    "Study": (
        PageEntry(HOME, N_("Home")),
        PageEntry("data", "Data"),
        PageEntry("quality", "Quality"),
        PageEntry("export", N_("Export")),
    ),
}
#: Pages of one study's results; their foot says how they are protected for other readers.
CERTIFIED = frozenset(
    entry.view
    for section, entries in SECTIONS.items()
    for entry in entries
    if section != "Study" and entry.view != "portfolio"
)


def list_pages(text: Text) -> dict[str, list[StreamlitPage]]:
    """List the pages by section, named in the reader's language."""
    return {
        text(section): [_page(text, entry) for entry in entries if _exists(entry.view)]
        for section, entries in SECTIONS.items()
    }


def has_page(view: str) -> bool:
    """Whether there is a page for a view."""
    return _exists(view)


def import_views() -> None:
    """Import every view, so that the first visitor does not wait for it."""
    for entries in SECTIONS.values():
        for entry in entries:
            _exists(entry.view)


def find_page(text: Text, view: str) -> StreamlitPage:
    """Find one page by its view, for links and changes of page."""
    entry = next(e for entries in SECTIONS.values() for e in entries if e.view == view)
    return _page(text, entry)


@cache
def _exists(view: str) -> bool:
    name = f"dashboard.views.{view}"
    if find_spec(name) is None:
        return False
    import_module(name)
    return True


def _page(text: Text, entry: PageEntry) -> StreamlitPage:
    module = import_module(f"dashboard.views.{entry.view}")
    return st.Page(
        module.show, title=text(entry.name), url_path=entry.view, default=entry.view == HOME
    )
