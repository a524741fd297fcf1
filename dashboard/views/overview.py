"""Overview: the findings of every section in sentences, then numbers, then cautions."""

from __future__ import annotations

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.results import Comparison, Finding
from dashboard.cache import current_evaluation
from dashboard.navigation import find_page, has_page
from dashboard.sentences import say_caution, say_finding
from dashboard.state import current_text
from dashboard.text import Text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import Card, show_cards, show_cautions, show_empty, show_page

# Question → the view that tells more.
_AREAS = {
    "outcomes": "outcomes",
    "comparison": "comparison",
    "participation": "participation",
    "delivery": "delivery",
    "volunteers": "volunteers",
    "sustainability": "scorecard",
}
_SECTION_OF = {
    **dict.fromkeys(("funding", "capacity", "consultation", "strengths"), "sustainability"),
    **dict.fromkeys(("items", "subgroups", "dose", "reliability", "attrition"), "outcomes"),
}


def show() -> None:
    """Show the whole evaluation in sentences."""
    text, evaluation = current_text(), current_evaluation()
    if evaluation is None:
        show_empty(text("No study is open"), text("Open the sample or upload your files."))
        return
    first = evaluation.findings[0] if evaluation.findings else None
    title = say_finding(text, first) if first else text.of(dict(evaluation.title))
    show_page(title, _who(text, evaluation))
    show_filters()
    show_cards(list_cards(text, evaluation))
    with st.grid(2, min_column_width=340, gap="large"):
        for section, findings in group_findings(evaluation.findings).items():
            _show_area(text, section, findings)
    show_cautions([say_caution(text, c) for c in evaluation.cautions if c.severity != "info"][:5])


def list_cards(text: Text, evaluation: Evaluation) -> list[Card]:
    """At most four numbers of the whole evaluation."""
    cards = []
    clear = sum(_is_clear(o.change) for o in evaluation.outcomes)
    if evaluation.outcomes:
        value = text("{k} of {n}", k=clear, n=len(evaluation.outcomes))
        cards.append(Card(value=value, meaning=text("measures changed clearly")))
    if evaluation.flow and evaluation.flow.matched:
        value = text.number(evaluation.flow.matched, 0)
        cards.append(Card(value=value, meaning=text("people answered before and after")))
    if evaluation.participation and evaluation.participation.participants is not None:
        value = text.number(evaluation.participation.participants, 0)
        cards.append(Card(value=value, meaning=text("people took part in activities")))
    if evaluation.volunteers:
        value = text.number(evaluation.volunteers.active, 0)
        cards.append(Card(value=value, meaning=text("volunteers are active now")))
    return cards


def group_findings(findings: tuple[Finding, ...]) -> dict[str, list[Finding]]:
    """Group findings by the question they answer; unknown sections count as outcomes."""
    grouped: dict[str, list[Finding]] = {}
    for area in _AREAS:
        found = [f for f in findings if _SECTION_OF.get(f.section, f.section) == area]
        if found:
            grouped[area] = found
    return grouped


def area_name(text: Text, area: str) -> str:
    """The question an area of findings answers."""
    return {
        "outcomes": text("Did anything change?"),
        "comparison": text("More than elsewhere?"),
        "participation": text("Who took part?"),
        "delivery": text("Was it carried out?"),
        "volunteers": text("Do volunteers stay?"),
        "sustainability": text("Will it last?"),
    }[area]


def _is_clear(change: object) -> bool:
    return isinstance(change, Comparison) and change.p_value is not None and change.p_value < 0.05


def _who(text: Text, evaluation: Evaluation) -> str:
    simulated = text("Sample, simulated") if evaluation.settings.get("simulated") else ""
    return " · ".join(part for part in (text.of(dict(evaluation.title)), simulated) if part)


def _show_area(text: Text, section: str, findings: list[Finding]) -> None:
    with st.container(gap="xsmall"):
        st.subheader(area_name(text, section), anchor=False)
        for finding in findings[:4]:
            st.markdown(f"- {escape_markdown(say_finding(text, finding))}")
        if has_page(_AREAS[section]):
            st.page_link(find_page(text, _AREAS[section]), label=text("See more"))
