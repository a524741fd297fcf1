"""The painter draws for print what Plotly draws on the screen: the same values, to the pixel."""

from __future__ import annotations

import re

import pytest

from dashboard.content.chart import Chart
from dashboard.content.theme import new_figure
from dashboard.render.axes import find_axes
from dashboard.render.painter import WIDTH, paint


def boxes(svg: str) -> list[tuple[float, ...]]:
    """Left, top, width and height of each rectangle."""
    found = re.findall(r'<rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', svg)
    return [tuple(map(float, one)) for one in found]


def dots(svg: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r'<circle cx="(.*?)" cy="(.*?)"', svg)]


def words(svg: str) -> list[str]:
    return re.findall(r"<tspan[^>]*>(.*?)</tspan>", svg)


def test_bars_are_as_long_as_their_values():
    chart = new_figure()
    chart.add_bar(x=[10, 30, 0], y=["a", "b", "c"], orientation="h")
    first, second, third = boxes(paint(chart))
    assert second[2] == pytest.approx(3 * first[2], abs=0.05)
    assert third[2] == 0
    assert first[0] == second[0]  # from the same zero
    assert first[1] > second[1]  # the first name stands at the bottom, as on the screen


def test_piled_bars_begin_where_the_last_one_ended_and_losses_hang_below():
    chart = new_figure()
    chart.add_bar(x=["2026-01-01"], y=[2])
    chart.add_bar(x=["2026-01-01"], y=[3])
    chart.add_bar(x=["2026-01-01"], y=[-1])
    chart.update_layout(barmode="relative")
    low, high, below = boxes(paint(chart))
    assert high[1] + high[3] == pytest.approx(low[1], abs=0.05)
    assert below[1] == pytest.approx(low[1] + low[3], abs=0.05)
    assert below[3] == pytest.approx(low[3] / 2, abs=0.05)


def test_points_stand_on_the_scale_of_their_axes():
    chart = new_figure()
    chart.add_scatter(x=[0, 5, 10], y=[0.0, 0.5, 1.0], mode="markers", marker={"size": 8})
    chart.update_xaxes(range=[0, 10])
    chart.update_yaxes(range=[0, 1])
    (x1, y1), (x2, y2), (x3, y3) = dots(paint(chart))
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.02)
    assert y1 - y2 == pytest.approx(y2 - y3, abs=0.02)
    assert x1 < x2
    assert y1 > y2


def test_a_reversed_axis_runs_the_other_way():
    chart = new_figure()
    chart.add_scatter(x=[1, 1], y=["first", "second"], mode="markers", marker={})
    chart.update_yaxes(autorange="reversed")
    (_, first), (_, second) = dots(paint(chart))
    assert first < second


def test_days_stand_as_far_apart_as_in_the_calendar():
    chart = new_figure()
    days = ["2026-01-01", "2026-01-31", "2026-04-01"]
    chart.add_scatter(x=days, y=[1, 1, 1], mode="markers", marker={})
    (x1, _), (x2, _), (x3, _) = dots(paint(chart))
    assert (x3 - x1) / (x2 - x1) == pytest.approx(90 / 30, rel=0.01)


def test_a_withheld_value_is_a_gap_in_the_line_and_no_mark():
    chart = new_figure()
    chart.add_scatter(
        x=[1, 2, 3, 4], y=[1, float("nan"), 2, 3], mode="lines+markers", marker={"color": "#112233"}
    )
    svg = paint(chart)
    assert len(dots(svg)) == 3
    runs = re.findall(r'<polyline points="([^"]*)"', svg)
    assert [len(run.split()) for run in runs] == [1, 2]


def test_an_interval_reaches_from_its_low_to_its_high_end():
    chart = new_figure()
    error = {
        "type": "data",
        "color": "#123456",
        "array": [2.0],
        "arrayminus": [1.0],
        "thickness": 3,
    }
    chart.add_scatter(x=[5], y=["a"], mode="markers", marker={}, error_x=error)
    chart.update_xaxes(range=[0, 10])
    svg = paint(chart)
    ((middle, _),) = dots(svg)
    found = re.search(r'<line x1="(\S+)" y1="\S+" x2="(\S+)" y2="\S+" stroke="#123456"', svg)
    low, high = float(found[1]), float(found[2])
    assert high - middle == pytest.approx(2 * (middle - low), abs=0.05)


def test_uploaded_words_stay_words():
    chart = new_figure()
    chart.add_annotation(x=0, y=0, text="&lt;script&gt; &amp; <b>bold</b><br>second line")
    chart.add_scatter(x=[0, 1], y=[0, 1], mode="lines")
    svg = paint(chart)
    assert "<script" not in svg
    assert "&lt;script&gt; &amp; " in words(svg)
    assert '<tspan font-weight="700">bold</tspan>' in svg
    assert "second line" in words(svg)


def test_the_legend_names_each_trace_once_and_the_plot_keeps_its_height():
    chart = new_figure(300)
    for name in ("new", "lapsed", "hidden"):
        chart.add_bar(x=[1], y=[1], name=name, showlegend=name != "hidden")
    plain = paint(chart)
    chart.update_layout(showlegend=True)
    named = paint(chart)
    assert [word for word in words(named) if word in ("new", "lapsed", "hidden")] == [
        "new",
        "lapsed",
    ]
    heights = [float(re.search(r'height="(\d+)"', svg)[1]) for svg in (plain, named)]
    assert heights[1] > heights[0]


def test_shapes_are_cut_at_the_edge_of_the_plot():
    chart = new_figure()
    chart.add_scatter(x=[0, 1], y=[0, 1], mode="lines")
    chart.update_xaxes(range=[0, 1])
    chart.add_shape(type="rect", x0=-9, x1=9, y0=0.2, y1=0.4, fillcolor="rgba(1, 2, 3, 0.5)")
    ((left, _, wide, _),) = boxes(paint(chart))
    assert left > 0
    assert left + wide <= WIDTH


def test_a_trace_of_an_unknown_kind_is_an_error_not_a_picture_without_it():
    chart = new_figure()
    chart.data.append({"type": "pie", "values": [1]})
    with pytest.raises(KeyError, match="pie"):
        paint(chart)


def test_a_range_that_follows_from_a_withheld_number_is_found_from_the_data():
    chart = new_figure()
    chart.add_scatter(x=[2, 4], y=[1, 1], mode="markers", marker={})
    chart.update_xaxes(range=[float("nan"), 5])
    axis = find_axes(chart)["x"]
    assert axis.low < 2
    assert axis.high > 4


def test_names_below_a_picture_do_not_run_into_each_other():
    chart = new_figure()
    names = [f"a long name {i}" for i in range(30)]
    chart.add_bar(x=names, y=[1] * 30)
    shown = [word for word in words(paint(chart)) if word.startswith("a long")]
    assert 1 < len(shown) < 8
    assert shown[0] == names[0]


def test_options_of_a_part_may_be_written_in_one_word():
    chart = Chart()
    chart.add_bar(x=[1], y=[2], marker_color="red", marker={"opacity": 0.5}, customdata=None)
    assert chart.data == [
        {"type": "bar", "x": [1], "y": [2], "marker": {"color": "red", "opacity": 0.5}}
    ]
    chart.update_layout(xaxis={"title": {"text": "a"}, "range": (0, 1)}, yaxis_range=[1, 2])
    chart.update_xaxes(title=None)
    assert chart.layout == {"xaxis": {"range": [0, 1]}, "yaxis": {"range": [1, 2]}}
