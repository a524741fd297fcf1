"""Pictures of the survey show the numbers of the result objects, and nothing of small groups."""

import itertools
from dataclasses import replace

import pytest

from analysis.results import SUPPRESSED, SUPPRESSED_MARK, Estimate, NotEstimable
from analysis.surveys.results import (
    EventStudyPoint,
    ExcludedRows,
    Group,
    PairCounts,
    Subgroups,
    WaveFlow,
)
from analysis.surveys.scoring import score_range
from dashboard.content.flow import count_analysed, draw_flow
from dashboard.content.forest import draw_forest, list_difference_rows, list_forest_rows
from dashboard.content.format import say_cell
from dashboard.content.theme import CAUTION, LIKERT
from dashboard.content.topics.attrition import draw_attrition
from dashboard.content.topics.comparison import draw_comparison, draw_event_study, list_effects
from dashboard.content.topics.dose import draw_dose
from dashboard.content.topics.items import (
    choose_colours,
    draw_answers,
    draw_shares,
    sort_by_change,
)
from dashboard.content.topics.outcomes import MAX_LINES, draw_change
from dashboard.content.topics.reliability import draw_reliability
from dashboard.content.topics.subgroups import list_group_rows
from dashboard.text import Text
from tests.figures.plotly_view import view

EN, ZH = Text("en"), Text("zh-Hans")


def words(figure):
    """All words written in a picture."""
    return "\n".join(str(note.text) for note in view(figure).layout.annotations)


def outcome_of(evaluation, name):
    return next(one for one in evaluation.outcomes if one.measure == name)


def test_forest_shows_every_change_in_percent_of_its_range(evaluation, sample):
    rows = list_forest_rows(evaluation.outcomes, sample.plan, EN)
    assert len(rows) == len(evaluation.outcomes)
    for row, outcome in zip(rows, evaluation.outcomes, strict=True):
        low, high = score_range(sample.measure(outcome.measure))
        change = outcome.change
        assert row.estimate == pytest.approx(100 * change.estimate / (high - low))
        assert row.low == pytest.approx(100 * change.ci_low / (high - low))
        assert row.clear == (change.ci_low > 0 or change.ci_high < 0)
    drawn = [t.x[0] for t in view(draw_forest(rows, EN)).data if len(t.x) == 1]
    assert drawn == pytest.approx([row.estimate for row in rows])


def test_where_groups_are_compared_the_rows_are_the_differences(evaluation, sample):
    rows = list_difference_rows(evaluation.comparison, evaluation.outcomes, sample.plan, EN)
    assert len(rows) == len(evaluation.comparison) == len(evaluation.outcomes)
    for row, one in zip(rows, evaluation.comparison, strict=True):
        low, high = score_range(sample.measure(one.measure))
        assert row.estimate == pytest.approx(100 * one.effect.estimate / (high - low))
        assert row.clear == (one.effect.ci_low > 0 or one.effect.ci_high < 0)
    assert rows[0].value == "+0.61", "as the title says"
    assert list_difference_rows((), evaluation.outcomes, sample.plan, EN) == []
    table = list_effects(evaluation.comparison, sample.plan, EN)
    assert say_cell(EN, table.rows[0][1]) == "+0.61"


def test_change_shows_means_and_difference_with_interval(evaluation, sample):
    outcome = outcome_of(evaluation, "preparedness")
    figure = draw_change(outcome, sample.measure("preparedness"), EN)
    markers = [t for t in view(figure).data if t.mode == "markers"]
    assert [m.y[0] for m in markers[:2]] == [level.estimate for level in outcome.levels]
    assert markers[2].y[0] == outcome.change.estimate
    assert markers[2].y[0] + markers[2].error_y.array[0] == pytest.approx(outcome.change.ci_high)
    assert EN.signed(outcome.change.estimate) in words(figure)


@pytest.mark.parametrize("n", [MAX_LINES, MAX_LINES + 1])
def test_each_person_is_a_line_only_while_lines_can_be_told_apart(evaluation, sample, n):
    pairs = PairCounts(from_score=(2.0, 3.0), to_score=(3.0, 3.0), count=(n - 1, 1))
    outcome = replace(outcome_of(evaluation, "preparedness"), pairs=pairs)
    figure = draw_change(outcome, sample.measure("preparedness"), EN)
    lines = [t for t in view(figure).data if t.mode == "lines" and t.x is not None and None in t.x]
    assert len(lines) == (n <= MAX_LINES)
    if lines:
        assert lines[0].x.count(None) == n
    else:
        assert len(view(figure).layout.shapes) > 2


def test_answers_add_up_to_everyone(evaluation):
    items = [one for one in evaluation.items if one.measure == "preparedness"]
    figure = draw_answers(items, {}, ZH, diverging=False)
    assert [trace.name for trace in view(figure).data] == list(items[0].counts)
    for row in range(len(view(figure).data[0].x)):
        assert sum(trace.x[row] for trace in view(figure).data) == pytest.approx(1)
    diverging = draw_answers(items, {}, ZH)
    first = view(diverging).data[0]
    middle = view(diverging).data[2]
    assert middle.base[0] + middle.x[0] / 2 == pytest.approx(0), "the middle answer straddles zero"
    assert first.base[0] < 0


def test_answers_counted_together_stand_beside_answers_counted_alone(evaluation):
    items = [one for one in evaluation.items if one.measure == "preparedness"]
    low, second, *others = items[1].counts
    counts = dict(items[1].counts)
    together = {f"{low} – {second}": counts.pop(low) + counts.pop(second), **counts}
    items[1] = replace(items[1], counts=together)
    figure = draw_answers(items, {}, EN, diverging=False)
    drawn = {}
    for trace in view(figure).data:
        for place, share in zip(trace.y, trace.x, strict=True):
            drawn[place] = drawn.get(place, 0) + share
    assert len(drawn) == len(items)
    assert list(drawn.values()) == pytest.approx([1.0] * len(items))
    legend = [trace.name for trace in view(figure).data if trace.showlegend]
    assert legend == [low, second, *others, f"{low} – {second}"]


def test_answers_that_are_withheld_are_marked_beside_their_wave(evaluation):
    items = [one for one in evaluation.items if one.measure == "preparedness"]
    items[0] = replace(items[0], counts=dict.fromkeys(items[0].counts, SUPPRESSED))
    marked = view(draw_answers(items, {}, EN)).layout.yaxis.ticktext
    assert sum(SUPPRESSED_MARK in told for told in marked) == 1
    assert len(marked) == len(items)


def test_most_changed_question_comes_first(evaluation):
    items = [one for one in evaluation.items if one.measure == "preparedness"]
    means = {}
    for one in items:
        means.setdefault(one.item, []).append(one.mean)
    moved = [abs(means[name][1] - means[name][0]) for name in sort_by_change(items)]
    assert moved == sorted(moved, reverse=True)


def test_shares_are_those_of_the_items(evaluation):
    items = [one for one in evaluation.items if one.measure == "knowledge"]
    drawn = {t.x[0] for t in view(draw_shares(items, {}, EN)).data if t.mode == "markers"}
    assert drawn == {one.mean for one in items}


def test_palette_of_five_is_kept_and_others_lie_between():
    assert choose_colours(5) == list(LIKERT)
    assert len(set(choose_colours(7))) == 7


def test_comparison_ends_at_the_counterfactual(evaluation, sample):
    found = next(one for one in evaluation.comparison if one.measure == "preparedness")
    figure = draw_comparison(found, sample.measure("preparedness"), EN)
    dashed = [t for t in view(figure).data if t.line.dash == "dash"]
    assert dashed[0].y[1] == found.counterfactual
    treated = [e.estimate for group, _, e in found.means if group == "treated"]
    assert list(view(figure).data[0].y) == treated


def test_flow_names_every_number(evaluation):
    told = words(draw_flow(evaluation.flow, EN))
    for number in ("324 rows", "253 rows", "252 people", "229 answered both", "95 only before"):
        assert number in told
    assert "1 answered twice" in told
    anonymous = words(draw_flow(replace(evaluation.flow, anonymous=True), EN))
    assert "answered both" not in anonymous


def test_attrition_draws_each_difference(evaluation, sample):
    known = [r for r in evaluation.attrition if not r.group and r.smd is not None]
    figure = draw_attrition(evaluation.attrition, sample.plan, EN)
    pairs = [t for t in view(figure).data if t.mode == "lines"]
    assert len(pairs) == len(known)
    for pair, row in zip(pairs, known, strict=True):
        limits = None if row.level else score_range(sample.measure(row.variable))
        low, high = limits or (0.0, 1.0)
        drawn = [low + x * (high - low) for x in pair.x]
        assert drawn == pytest.approx([row.stayed.estimate, row.left.estimate])
    coloured = [abs(r.smd) > 0.25 for r in known]
    assert [pair.line.color == CAUTION for pair in pairs] == coloured


def test_dose_draws_each_point(evaluation, sample):
    dose = evaluation.dose[0]
    figure = draw_dose(dose, sample.measure(dose.measure), EN)
    points = [p for p in dose.points if isinstance(p[2], Estimate)]
    assert list(view(figure).data[-1].x) == [x for x, _, _ in points]
    assert list(view(figure).data[-1].y) == [e.estimate for _, _, e in points]
    line = next(t for t in view(figure).data if t.mode == "lines" and t.line.width)
    (x0, *_, x1), (y0, *_, y1) = line.x, line.y
    assert (y1 - y0) / (x1 - x0) == pytest.approx(dose.slope.estimate)


def test_dose_line_passes_the_middle_of_everyone(evaluation):
    dose = evaluation.dose[0]
    total = sum(n for _, n, _ in dose.points)
    x = sum(x * n for x, n, _ in dose.points) / total
    y = sum(e.estimate * n for _, n, e in dose.points) / total
    (x0, start), *_ = dose.line
    assert total == dose.slope.n
    assert start.estimate + (x - x0) * dose.slope.estimate == pytest.approx(y)
    assert all(e.ci_low < e.estimate < e.ci_high for _, e in dose.line)


def test_event_study_starts_at_nothing_in_the_first_wave(evaluation, sample):
    found = next(one for one in evaluation.comparison if one.measure == "preparedness")
    later = Estimate(estimate=0.4, ci_low=0.1, ci_high=0.7, n=50, method="ols_hc2")
    unknown = NotEstimable(reason="too_few")
    points = (
        EventStudyPoint(wave="post", difference=later),
        EventStudyPoint(wave="later", difference=unknown),
    )
    figure = draw_event_study(
        replace(found, event_study=points), sample.measure("preparedness"), EN
    )
    assert [list(t.y) for t in view(figure).data] == [[0], [0.4]]
    assert len(view(figure).layout.xaxis.ticktext) == 3


def test_labels_of_the_comparison_stand_apart(evaluation, sample):
    found = next(one for one in evaluation.comparison if one.measure == "preparedness")
    level = Estimate(estimate=3.0, ci_low=2.9, ci_high=3.1, n=40, method="mean_t")
    means = tuple((group, wave, level) for group, wave, _ in found.means)
    alike = replace(found, means=means, counterfactual=3.0)
    figure = draw_comparison(alike, sample.measure("preparedness"), EN)
    shifts = sorted(note.yshift for note in view(figure).layout.annotations)
    assert all(b - a >= 17 for a, b in itertools.pairwise(shifts))


def test_flow_lists_analysed_and_rows_of_no_wave(evaluation):
    assert "186 in each change" in words(draw_flow(evaluation.flow, EN, count_analysed(evaluation)))
    waves = {**evaluation.flow.waves, "": WaveFlow(rows=2, respondents=0)}
    lost = ExcludedRows(reason="unknown_wave", n=2)
    flow = replace(evaluation.flow, waves=waves, excluded=(*evaluation.flow.excluded, lost))
    assert "2 of an unknown wave" in words(draw_flow(flow, EN))


def test_reliability_draws_alpha_with_interval(evaluation, sample):
    figure = draw_reliability(evaluation.reliability, sample.plan, EN)
    known = [r.alpha for r in evaluation.reliability if isinstance(r.alpha, Estimate)]
    assert [t.x[0] for t in view(figure).data] == [a.estimate for a in known]
    ends = [t.x[0] + t.error_x.array[0] for t in view(figure).data]
    assert ends == pytest.approx([a.ci_high for a in known])


def test_a_small_group_is_not_drawn(evaluation, sample):
    hidden = NotEstimable(reason="suppressed")
    small = Group(value="small", n=0, change=hidden, shrunken=hidden)
    shown = evaluation.outcomes[0].subgroups[0]
    found = Subgroups(by="x", interaction=shown.interaction, groups=(small, *shown.groups))
    rows = list_group_rows(evaluation.outcomes[0], found, sample, EN)
    assert len(rows) == len(shown.groups)
    assert not any("small" in row.label for row in rows)
