"""Sentences about dose."""

from __future__ import annotations

from analysis.surveys.results import Dose
from dashboard.text import Text


def say_linked(text: Text, dose: Dose) -> str:
    """Say who could be linked to the sign-in sheets."""
    return text(
        "{n} people answered both waves; {linked} codes were also found in the sign-in sheets, "
        "{unlinked} were not.",
        n=text.number(dose.slope.n, 0),
        linked=text.number(dose.n_linked, 0),
        unlinked=text.number(dose.n_unlinked, 0),
    )
