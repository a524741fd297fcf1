"""Palette, status and the plotly template. Checked for colour-vision deficiency and contrast."""

from __future__ import annotations

import json

from dashboard.content.chart import Chart

BEFORE = "#12436D"
AFTER = "#F46A25"
TREATED = BEFORE
COMPARISON = AFTER
CATEGORIES = ("#12436D", "#28A197", "#801650", "#F46A25")
LIKERT = ("#e66101", "#fdb863", "#f7f7f7", "#b2abd2", "#5e3c99")
CAUTION = "#9A5B00"
MUTED = "#56616F"
INK = "#17212B"
BAND = "rgba(18, 67, 109, 0.08)"
INTERVAL = "rgba(18, 67, 109, 0.16)"
GRID = "rgba(128, 138, 150, 0.28)"
FONT = (
    "Source Sans, 'Source Sans 3', 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', "
    "'Microsoft YaHei', 'Segoe UI', sans-serif"
)


def new_figure(height: int = 380) -> Chart:
    """Make an empty figure in the house style: white, calm, direct labels, no legend.

    Parameters
    ----------
    height
        Pixels. The width follows the container, down to 340 px.
    """
    axis = {
        "gridcolor": GRID,
        "zeroline": False,
        "ticks": "",
        "fixedrange": True,
        "title": None,
        "tickfont": {"color": MUTED},
    }
    figure = Chart()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        font={"family": FONT, "size": 14, "color": INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        hoverlabel={"font": {"family": FONT, "size": 14}},
        xaxis={**axis, "automargin": True},
        yaxis={**axis, "automargin": True},
        dragmode=False,
    )
    return figure


_ON_DARK = {
    BEFORE: "#7FB3E6",
    AFTER: "#FF8A4F",
    "#28A197": "#4CC9BE",
    "#801650": "#E07BB0",
    CAUTION: "#F0B35A",
    MUTED: "#A9B4C0",
    INK: "#E6EBF0",
    "#1B7A4B": "#5CC98E",
    "#B3261E": "#FF8A80",
    BAND: "rgba(127, 179, 230, 0.14)",
    INTERVAL: "rgba(127, 179, 230, 0.26)",
}


def for_dark(figure: Chart) -> Chart:
    """Return the figure with each palette colour exchanged for its twin on a dark ground."""
    told = figure.to_json()
    for light, dark in _ON_DARK.items():
        told = told.replace(light, dark).replace(light.lower(), dark)
    return Chart(**json.loads(told))
