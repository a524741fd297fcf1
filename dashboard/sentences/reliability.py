"""Sentences about reliability."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan import StudyPlan
from analysis.surveys.results import Reliability
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text


def say_how_measured(text: Text) -> str:
    """Say what alpha and omega are, in a line."""
    return text(
        "Alpha (Feldt interval) and omega: 1 = the questions tell the same, 0 = nothing in common."
    )


def say_suspects(text: Text, rows: Sequence[Reliability], plan: StudyPlan) -> list[str]:
    """Ask about items that seem to point the other way; nothing is turned by itself."""
    labels = {m.name: text.of(m.label, m.name) for m in plan.measures}
    return [
        text(
            "{measure}, {wave}: is “{items}” worded the other way round? "
            "It runs against the other questions; declare it reversed if so.",
            measure=labels[row.measure],
            wave=say_wave(text, row.wave),
            items=", ".join(row.unreversed_suspects),
        )
        for row in rows
        if row.unreversed_suspects
    ]
