"""Sentences about monthly series before and after an event; none says that the event caused it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.interruptions import InterruptedSeries, SeriesEvent
from analysis.results import Caution, Comparison, Finding
from analysis.statistics.interrupted import MIN_FOR_SLOPE, MIN_MONTHS
from analysis.thresholds import MONTHS_FOR_WIDTH
from dashboard.text import Text


def name_series(text: Text, name: str) -> str:
    """Name what is counted a month, in the plural, as inside a sentence."""
    return {
        "attendance": text("attendances"),
        "hours": text("service hours"),
        "days": text("service days"),
    }[name]


def _finding(message: str) -> Callable[[Text, Finding], str]:
    def say(text: Text, f: Finding) -> str:
        low, high, change = (f.values.get(name) for name in ("low", "high", "change"))
        if low is not None and high is not None and f.code == "series_down":
            low, high = -high, -low
        return text(
            message,
            series=name_series(text, str(f.values["series"])),
            event=text.of(f.values["label"]),
            months=text.number(f.values["months"], 0),
            change=text.number(None if change is None else abs(change), 0),
            range=text.interval(low, high, 0),
        )

    return say


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "series_up": _finding(
        "In the {months} months after “{event}”, {series} averaged {change} a month more than the "
        "earlier trend continued (95% CI {range})."
    ),
    "series_down": _finding(
        "In the {months} months after “{event}”, {series} averaged {change} a month fewer than the "
        "earlier trend continued (95% CI {range})."
    ),
    "series_unclear": _finding(
        "After “{event}”, {series} did not differ clearly from the earlier trend (95% CI {range} a "
        "month)."
    ),
}

CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "series_no_comparison": lambda text, c: text(
        "{series} by month: no place without the event was compared, so that something else at "
        "that time may explain a difference.",
        series=_capital(text, c),
    ),
    "series_no_season": lambda text, c: text(
        "{series} by month: with less than two full years, season and event cannot be told apart.",
        series=_capital(text, c),
    ),
    "series_correlated": lambda text, c: text(
        "{series} by month: the months still go together (Ljung–Box {p}), so that intervals may be "
        "too narrow.",
        series=_capital(text, c),
        p=text.p_value(c.values["p_value"]),
    ),
    "series_slope_short": lambda text, c: text(
        "{series} by month: with fewer than {least} months before or after an event, a change of "
        "the trend is not tested.",
        series=_capital(text, c),
        least=text.number(MIN_FOR_SLOPE, 0),
    ),
    "series_wide": lambda text, c: text(
        "{series} by month: with fewer than {least} months before or after an event its 95% "
        "intervals are wider than they need be (up to 98% hold): a real change may not show.",
        series=_capital(text, c),
        least=text.number(MONTHS_FOR_WIDTH, 0),
    ),
    "series_empty_months": lambda text, c: text(
        "{series} by month: {n} months without any are counted as 0.",
        series=_capital(text, c),
        n=text.number(c.values["n"], 0),
    ),
    "series_partial_months": lambda text, c: text(
        "{series} by month: left out as recorded in part: {months}.",
        series=_capital(text, c),
        months=(", " if text.language == "en" else "、").join(
            text.month(month) for month in c.values["months"]
        ),
    ),
}


def _capital(text: Text, caution: Caution) -> str:
    name = name_series(text, str(caution.values["series"]))
    return name[:1].upper() + name[1:]


def say_refusal(text: Text, event: SeriesEvent) -> str:
    """Say why an event cannot be estimated, and what stands instead."""
    name, least = text.of(event.label), text.number(MIN_MONTHS, 0)
    before, after = text.number(event.months_before, 0), text.number(event.months_after, 0)
    if event.refused == "passing":
        return text(
            "“{event}” passed in less than {least} months, too short for a trend of its own; the "
            "monthly picture marks it.",
            event=name,
            least=least,
        )
    if event.refused == "close_to_other":
        return text(
            "“{event}” came less than {least} months after the event before, so the two cannot be "
            "told apart; the monthly picture marks it.",
            event=name,
            least=least,
        )
    if event.refused == "no_fit":
        return text("“{event}”: all months lie on one line, so no interval exists.", event=name)
    return text(
        "“{event}”: {before} months before and {after} after; a trend needs {least} on either "
        "side. The monthly picture marks it.",
        event=name,
        before=before,
        after=after,
        least=least,
    )


def say_series_model(text: Text, found: InterruptedSeries) -> str:
    """Say what the picture shows and how it was estimated, with the checks of the residuals."""
    if not found.fitted:
        return ""
    parts = [
        text(
            "Dots: {series} by month. Line: segmented regression; dashed: the earlier trend "
            "continued.",
            series=name_series(text, found.name),
        ),
        text("A yearly wave is in the model.")
        if found.season
        else text("No season is in the model."),
        text(
            "Newey–West errors over {lag} months, adjusted for few months; correlation from month "
            "to month {rho}; Durbin–Watson {dw}; Ljung–Box {p}.",
            lag=str(found.lag),
            rho=text.number(found.autocorrelation),
            dw=text.number(found.durbin_watson),
            p=text.p_value(found.ljung_box_p),
        ),
    ]
    return text.join(parts)


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


def say_untested_slope(text: Text) -> str:
    """Say why the change of the trend has no test where level and mean distance have one."""
    return text("not tested below {least} months", least=text.number(MIN_FOR_SLOPE, 0))


def is_estimated(event: SeriesEvent) -> bool:
    """Whether an event has a number to show."""
    return isinstance(event.gap, Comparison)
