"""Overview: the answer, what needs attention, the findings of every section, then cautions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.results import Caution, Comparison, Finding
from analysis.study import Study
from dashboard.cache import current_evaluation, current_study
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.overview import AREAS, area_name, group_findings, list_problems, view_of
from dashboard.state import current_text
from dashboard.text import Text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.links import show_link
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import Card, show_cards, show_cautions, show_empty, show_page

_LISTED = 4
_CAUTIONS = 5


def show() -> None:
    """Show the whole evaluation in sentences."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None:
        show_empty(text("No study is open"), text("Open the sample or upload your files."))
        return
    findings = list(evaluation.findings)
    title = say_finding(text, findings[0]) if findings else text.of(dict(evaluation.title))
    show_page(title, text.of(dict(evaluation.title)))
    show_filters()
    show_cards(list_cards(text, evaluation))
    problems = list_problems(findings[1:])
    _show_problems(text, problems)
    rest = [finding for finding in findings[1:] if finding not in problems]
    with st.grid(2, min_column_width=340, gap="large"):
        for area, found in group_findings(rest).items():
            _show_area(text, area, found)
    show_cautions(list_cautions(text, study, evaluation.cautions))


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


def list_cautions(text: Text, study: Study, cautions: Sequence[Caution]) -> list[str]:
    """The gravest cautions, each once, with the measures it speaks of."""
    labels = {measure.name: text.of(measure.label, measure.name) for measure in study.plan.measures}
    told = [c for c in cautions if c.severity != "info"]
    said: dict[str, list[str]] = {}
    for caution in sorted(told, key=lambda c: c.severity != "serious"):
        measures = said.setdefault(say_caution(text, caution), [])
        if caution.measure in labels and labels[caution.measure] not in measures:
            measures.append(labels[caution.measure])
    return [_with_measures(text, one, names) for one, names in said.items()][:_CAUTIONS]


def _with_measures(text: Text, caution: str, measures: Sequence[str]) -> str:
    if not measures:
        return caution
    named = reduce(lambda one, two: text("{first}, {second}", first=one, second=two), measures)
    return text("{measure}: {caution}", measure=named, caution=caution)


def _is_clear(change: object) -> bool:
    return isinstance(change, Comparison) and change.p_value is not None and change.p_value < 0.05


def _show_problems(text: Text, problems: Sequence[Finding]) -> None:
    if not problems:
        return
    st.subheader(text("What needs attention"), anchor=False)
    with st.grid(2, min_column_width=300, gap="small"):
        for at, finding in enumerate(problems):
            with st.container(border=True, height="stretch", gap="xsmall", key=f"problem_{at}"):
                st.markdown(f"▲ {escape_markdown(say_finding(text, finding))}")
                show_link(text, view_of(finding))


def _show_area(text: Text, area: str, findings: Sequence[Finding]) -> None:
    with st.container(gap="xsmall"):
        st.subheader(area_name(text, area), anchor=False)
        for finding in findings[:_LISTED]:
            st.markdown(f"- {escape_markdown(say_finding(text, finding))}")
        show_link(text, AREAS[area])
