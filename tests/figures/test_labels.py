"""Uploaded text stays literal in pictures."""

from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.theme import AFTER, for_dark, new_figure
from tests.figures.plotly_view import view


def test_pseudo_html_is_shown_not_obeyed():
    assert escape_label("<b>x</b> & y") == "&lt;b&gt;x&lt;/b&gt; &amp; y"
    assert "<a" not in wrap_label("<a href='http://x'>click</a>", 10)


def test_chinese_wraps_at_half_the_width():
    lines = wrap_label("我知道离家最近的避险路线在哪里", 16).split("<br>")
    assert len(lines) == 2
    assert max(len(line) for line in lines) <= 8


def test_dark_figure_exchanges_the_palette():
    figure = new_figure()
    figure.add_scatter(x=[1], y=[1], marker_color=AFTER)
    assert view(for_dark(figure)).data[0].marker.color != AFTER
    assert view(figure).data[0].marker.color == AFTER
