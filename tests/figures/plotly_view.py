"""A chart as Plotly understands it: its own classes check every option's name and value."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.content.chart import Chart


def view(chart: Chart) -> go.Figure:
    """Build Plotly's figure; it raises ``ValueError`` for an option that does not exist."""
    return go.Figure(chart.spec)
