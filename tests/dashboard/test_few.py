"""Whoever holds the data sees small groups, and that they are not for release."""

import re
from dataclasses import replace

import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.plan import plan_from_dict
from analysis.results import SUPPRESSED_MARK, NotEstimable
from analysis.surveys.response_shift import ResponseShift
from analysis.surveys.results import Dose
from analysis.sustainability.results import Capacity, DomainCapacity
from benchmarks.attack.made_studies import draw_study
from dashboard.content.topics.capacity import list_capacity
from dashboard.content.topics.dose import draw_dose, list_points, list_slopes
from dashboard.content.topics.participation import draw_engagement, list_engagement
from dashboard.content.topics.reliability import list_response_shift_rows
from dashboard.content.topics.volunteers import draw_months as draw_team
from dashboard.content.topics.volunteers import list_months
from dashboard.exports.report import build_report
from dashboard.text import Text
from tests.figures.plotly_view import view

MARKS = {"en": "fewer than 5, not for release", "zh-Hans": "少于 5 人，不对外"}


@pytest.fixture(scope="module")
def small():
    study, _ = draw_study(105)
    return study, evaluate(study)


def tables_of(evaluation, study, language="en"):
    report = build_report(evaluation, study, Text(language), evaluation.audience)
    return {(s.heading, t.title): t.table for s in report.sections for t in s.tables}


def test_the_evaluator_has_every_group(small):
    study, found = small
    outcome = found.outcomes[0]
    for one in outcome.subgroups:
        # Each group uses whom the whole uses: those in one wave alone too.
        everyone = outcome.n.matched + outcome.n.from_only + outcome.n.to_only
        assert 0 < sum(g.n for g in one.groups) <= everyone
        assert not any(getattr(g.change, "reason", "") == "suppressed" for g in one.groups)
    for one in found.volunteers.by_group:
        column = study.volunteers.drop_duplicates("volunteer")[one.by]
        assert all(0 < g.n <= int((column == g.value).sum()) for g in one.groups)
    assert all(row.n is not None for row in found.participation.representation)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_small_groups_are_marked_in_tables(small, language):
    study, found = small
    assert any(g.n < 5 for one in found.outcomes[0].subgroups for g in one.groups)
    marked = [
        name
        for name, table in tables_of(found, study, language).items()
        if table.astype(str).apply(lambda c: c.str.contains(MARKS[language])).any(axis=None)
    ]
    assert len(marked) >= 4, marked


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_small_groups_are_marked_in_pictures(small, language):
    study, found = small
    report = build_report(found, study, Text(language), "evaluator")
    drawn = [p.figure().to_json() for s in report.sections for p in s.pictures]
    said = [re.sub(r"<br>|\\u003cbr\\u003e|\s", " ", one) for one in drawn]
    mark = MARKS["en"] if language == "en" else "不对外"
    assert any(mark in one or mark in one.encode().decode("unicode_escape") for one in said)


@pytest.mark.parametrize("audience", ["funder", "public"])
def test_nobody_else_sees_a_mark(small, audience):
    study, found = small
    for table in tables_of(protect(found, study, audience), study).values():
        words = table.astype(str).apply(lambda c: c.str.contains(r"not for release|\(<5\)"))
        assert not words.any(axis=None)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_few_who_came_or_lapsed_in_a_month_or_so_often_are_marked(small, language):
    study, found = small
    text = Text(language)
    mark = f"(<{study.plan.study.min_group})"
    (dose,) = [one for one in found.dose if one.measure == "trust"]
    few = replace(dose, points=((0.0, 3, dose.points[0][2]), *dose.points))
    tables = {
        "months": (
            list_months(found.volunteers, text, 5).frame,
            [m.new for m in found.volunteers.monthly],
        ),
        "engagement": (
            list_engagement(found.participation, text, 5).frame,
            [n for _, n in found.participation.engagement],
        ),
        "dose": (list_points(few, study.measure("trust"), text, 5).frame, [3]),
    }
    for name, (table, counts) in tables.items():
        assert any(0 < n < 5 for n in counts), name
        told = table.astype(str).apply(lambda column: column.str.contains(re.escape(mark)))
        assert told.any(axis=None), name
    drawn = view(draw_engagement(found.participation, text, 5)).data[0].text
    assert [mark in one for one in drawn] == [0 < int(one.split()[0]) < 5 for one in drawn]
    assert mark in str(view(draw_team(found.volunteers, text, 5)).data[0].hovertext)
    assert mark in str(draw_dose(few, study.measure("trust"), text, 5).to_json()).replace(
        "\\u003c", "<"
    )


def test_what_other_readers_get_has_no_mark(small):
    study, found = small
    shown = protect(found, study, "funder")
    for table in tables_of(shown, study).values():
        assert (
            not table.astype(str)
            .apply(lambda column: column.str.contains(r"\(<5\)"))
            .any(axis=None)
        )


def test_of_how_many_people_a_withheld_number_is_is_withheld_too():
    """A withheld number has no n of its own: 0 would say that nobody answered."""
    hidden = NotEstimable(reason="suppressed")
    text = Text("en")
    plan = plan_from_dict({"measures": [{"name": "m", "items": ["q"], "range": [1, 5]}]})
    dose = Dose(measure="m", slope=hidden, points=(), n_linked=0, n_unlinked=0)
    shift = ResponseShift(measure="m", wave="x", shift=hidden, change=hidden, from_memory=hidden)
    domain = DomainCapacity(
        domain="d", wave="pre", group="", mean=hidden, change=None, target=None, gap=None
    )
    capacity = Capacity(range=(1, 5), n_raters=0, domains=(domain,), agreement=())
    tables = (
        list_slopes([dose], plan, text).frame[text("n")],
        list_response_shift_rows([shift], plan, text).frame[text("n")],
        list_capacity(capacity, text).frame[text("n")],
    )
    for sizes in tables:
        assert set(sizes) == {SUPPRESSED_MARK}


def test_no_table_for_a_funder_says_that_a_withheld_result_is_of_nobody(small):
    study, found = small
    own = tables_of(found, study)
    shown = tables_of(protect(found, study, "funder"), study)
    for name, table in shown.items():
        for column in {"n", "People"} & set(table):
            zeros = {row for row, n in enumerate(table[column]) if str(n) == "0"}
            counted = own.get(name)
            if zeros and counted is not None and len(counted) == len(table):
                assert all(str(counted[column].iloc[row]) == "0" for row in zeros), (name, column)
