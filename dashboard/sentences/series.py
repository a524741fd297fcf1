"""Names of monthly series, and how months before and after an event were compared."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.interruptions import InterruptedSeries
from analysis.results import Comparison
from dashboard.text import Text


def name_series(text: Text, name: str) -> str:
    """Name what is counted a month, in the plural, as inside a sentence."""
    return {
        "attendance": text("attendances"),
        "hours": text("service hours"),
        "days": text("service days"),
    }[name]


def say_series_method(text: Text, series: Sequence[InterruptedSeries]) -> list[str]:
    """Say how months before and after an event were compared, for the methods paragraph."""
    fitted = [one for one in series if one.fitted]
    if not fitted:
        return []
    lags = sorted({one.lag for one in fitted if one.lag is not None})
    said = [
        text(
            "Monthly {series} before and after dated events: segmented regression (level and slope "
            "at each event, least squares).",
            series=(", " if text.language == "en" else "、").join(
                name_series(text, one.name) for one in fitted
            ),
        ),
        text(
            "Errors are Newey–West (Bartlett weights, {lags} months by the rule ¾ n^⅓), corrected "
            "for bias, with Satterthwaite degrees of freedom under an AR(1) estimated by REML.",
            lags=", ".join(map(str, lags)),
        ),
    ]
    if any(isinstance(e.slope, Comparison) for one in fitted for e in one.events):
        said.append(
            text(
                "The error of a change of the trend is averaged over every correlation of the "
                "months, each as likely as the months make it (AR(1))."
            )
        )
    if any(one.season for one in fitted):
        said.append(text("From two full years on a yearly wave (sine and cosine) is in the model."))
    return said
