"""Parts of the overview: numbers, changes, problems, areas of findings, cautions."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.results import Finding
from analysis.study import Study
from dashboard.content.forest import draw_forest, list_difference_rows, list_forest_rows
from dashboard.content.model import Card
from dashboard.content.topics.comparison import list_effects
from dashboard.content.topics.outcomes import list_outcomes
from dashboard.sentences import say_finding
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.change import count_clear
from dashboard.sentences.overview import AREAS, area_name, view_of
from dashboard.text import Text
from dashboard.widgets.links import show_link
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_figure

_LISTED = 4
_CAUTIONS = 5


def list_cards(text: Text, evaluation: Evaluation) -> list[Card]:
    """At most four numbers of the whole evaluation."""
    cards = []
    counted = count_clear(text, evaluation)
    # One population on the page: with a comparison group title and cards speak of participants.
    compared = [f for f in evaluation.findings if f.code == "study_summary_compared"]
    if compared:
        facts = compared[0].values
        value = text("{k} of {n}", k=facts["clear"], n=facts["n"])
        cards.append(Card(value=value, meaning=text("measures improved more than elsewhere")))
        value = text.number(facts["matched"], 0)
        cards.append(Card(value=value, meaning=text("participants answered before and after")))
    elif counted:
        cards.append(Card(value=counted, meaning=text("measures changed clearly")))
    if not compared and evaluation.flow and evaluation.flow.matched:
        value = text.number(evaluation.flow.matched, 0)
        cards.append(Card(value=value, meaning=text("people answered before and after")))
    if evaluation.participation and evaluation.participation.participants is not None:
        value = text.number(evaluation.participation.participants, 0)
        cards.append(Card(value=value, meaning=text("people took part in activities")))
    if evaluation.volunteers:
        value = text.number(evaluation.volunteers.active, 0)
        cards.append(Card(value=value, meaning=text("volunteers are active now")))
    return cards


def list_cautions(text: Text, evaluation: Evaluation) -> list[str]:
    """The gravest cautions, each once, with the measures it speaks of."""
    graver = [c for c in evaluation.cautions if c.severity != "info"]
    return say_cautions(text, evaluation, graver)[:_CAUTIONS]


def show_changes(text: Text, evaluation: Evaluation, study: Study) -> None:
    """The number of each measure that the title speaks of, as far as their ranges are known."""
    outcomes, compared, plan = evaluation.outcomes, evaluation.comparison, study.plan
    if rows := list_difference_rows(compared, outcomes, plan, text):
        title = text("How much more each measure changed than in the comparison group")
        subtitle = text(
            "Difference in % of the range, with 95 % interval; right: in its own unit. "
            "Shaded: too small to matter."
        )
        alt = text("Forest plot of the difference from the comparison group in each measure.")
        table = list_effects(compared, plan, text).frame
    elif rows := list_forest_rows(outcomes, plan, text):
        title = text("How much each measure changed")
        subtitle = text(
            "Change in % of the range, with 95 % interval; right: in its own unit. "
            "Shaded: too small to matter."
        )
        alt = text("Forest plot of the change in each measure.")
        table = list_outcomes(outcomes, plan, text).frame
    else:
        return
    figure = draw_forest(rows, text)
    show_figure(figure, title=title, subtitle=subtitle, alt=alt, table=table, key="overview_forest")


def show_problems(text: Text, problems: Sequence[Finding]) -> None:
    """Show what somebody should act on, each with the page where it is looked into."""
    if not problems:
        return
    st.header(text("What needs attention"), anchor=False)
    for at, finding in enumerate(problems):
        with st.container(border=True, gap="xxsmall", key=f"problem_{at}"):
            st.markdown(f":orange[▲] {escape_markdown(say_finding(text, finding))}")
            show_link(text, view_of(finding))


def show_area(text: Text, area: str, findings: Sequence[Finding]) -> None:
    """Show the findings that answer one question, and the page that tells more."""
    with st.container(gap="xsmall"):
        st.header(area_name(text, area), anchor=False)
        for finding in findings[:_LISTED]:
            st.markdown(f"- {escape_markdown(say_finding(text, finding))}")
        show_link(text, AREAS[area])
