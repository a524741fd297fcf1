"""Months before and after dated events: attendance and service. None says an event caused it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.evaluation import Evaluation
from analysis.interruptions import InterruptedSeries, SeriesEvent, find_interruptions
from analysis.results import Caution, Comparison, ComparisonLike, Finding, NotEstimable
from analysis.statistics.interrupted import MIN_FOR_SLOPE, MIN_MONTHS
from analysis.thresholds import MONTHS_FOR_WIDTH
from dashboard.content.axes import month_ticks
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label
from dashboard.content.model import Cell, Interval, Number, Passage, Picture, Section, Table
from dashboard.content.theme import AFTER, CAUTION, MUTED, TREATED, new_figure
from dashboard.sentences.series import name_series
from dashboard.sentences.statistics import say_reason
from dashboard.text import N_, Text

ATTENDANCE = ("attendance",)
SERVICE = ("hours", "days")


def make_section(evaluation: Evaluation, names: Sequence[str], text: Text) -> Section:
    """Make the topic for the series ``names``: empty where no event was declared.

    Its answers and cautions stand with those of attendance or service, which it is shown beside.
    """
    series = [one for one in evaluation.time_series if one.name in names]
    fitted = [one for one in series if one.fitted]
    others = [one for one in series if not one.fitted]
    heading = text("Before and after the events")
    refusals = [say_refusal(text, e) for one in others for e in one.events if e.refused]
    return Section(
        key="series",
        heading=heading,
        title=heading,
        pictures=[_picture(one, text) for one in fitted],
        passages=[Passage(title=heading, lines=refusals)] if refusals else [],
        tables=[list_events(one, text) for one in fitted],
        appendix=[list_events(one, text) for one in others],
    )


def _picture(series: InterruptedSeries, text: Text) -> Picture:
    model = say_series_model(text, series)
    # The model stands below the picture: as its note in documents, in small words on a page.
    return Picture(
        key=f"series_{series.name}",
        title=text.join([_say(text, finding) for finding in find_interruptions([series])]),
        subtitle=text(
            "Dots: {series} by month. Line: segmented regression; dashed: the earlier trend "
            "continued.",
            series=name_series(text, series.name),
        ),
        alt=text("Dots by month, lines of the model, the earlier trend dashed."),
        note=model,
        remark=model,
        figure=lambda: draw_series(series, text),
        table=list_series(series, text),
    )


def list_events(series: InterruptedSeries, text: Text) -> Table:
    """Level, slope and mean distance from the earlier trend, event by event."""
    quantities = (
        (text("distance from the earlier trend, mean a month"), "gap", 1),
        (text("change of the level in the first month"), "level", 1),
        (text("change of the trend, per month"), "slope", 2),
    )
    rows: list[tuple[Cell, ...]] = []
    for event in series.events:
        name = (text.of(event.label), text.date(event.on))
        if event.refused:
            rows.append((*name, say_refusal(text, event), *(None,) * 5))
            continue
        for quantity, field, digits in quantities:
            change: ComparisonLike = getattr(event, field)
            numbers = _change_cells(text, change, digits)
            if field == "slope" and is_estimated(event) and isinstance(change, NotEstimable):
                numbers = (say_untested_slope(text), None, None)
            adjusted = event.p_adjusted if field == "gap" and is_estimated(event) else None
            months = f"{event.months_before} + {event.months_after}"
            rows.append((*name, quantity, *numbers, Number(value=adjusted, kind="p"), months))
    columns = (
        text("Event"),
        text("Date"),
        text("What"),
        text("Change"),
        text("95 % interval"),
        text("p"),
        text("p, all events counted"),
        text("Months before + after"),
    )
    return Table(
        key=f"events_{series.name}",
        title=text("Before and after the events"),
        columns=columns,
        rows=tuple(rows),
    )


def _change_cells(text: Text, change: ComparisonLike, digits: int) -> tuple[Cell, Cell, Cell]:
    if not isinstance(change, Comparison):
        return say_reason(text, change.reason), None, None
    return (
        Number(value=change.estimate, kind="signed", digits=digits),
        Interval(low=change.ci_low, high=change.ci_high, digits=digits),
        Number(value=change.p_value, kind="p"),
    )


def list_series(series: InterruptedSeries, text: Text) -> Table:
    """Each month's value, what the model expects, and the earlier trend continued."""
    expected: dict[str, float] = {}
    for event in series.events:
        start = series.months.index(event.first_month) if event.expected else 0
        expected |= dict(zip(series.months[start:], event.expected, strict=False))
    rows = tuple(
        (
            text.month(month),
            Number(value=value, digits=0),
            Number(value=series.fitted[at] if series.fitted else None, digits=1),
            Number(value=expected.get(month), digits=1),
        )
        for at, (month, value) in enumerate(zip(series.months, series.values, strict=True))
    )
    columns = (text("Month"), text("Counted"), text("Model"), text("Earlier trend continued"))
    return Table(key=f"series_{series.name}", title=text("Table"), columns=columns, rows=rows)


def draw_series(series: InterruptedSeries, text: Text) -> Chart:
    """Draw dots, the segmented lines and the trend continued; a line on the day of each event."""
    x = [f"{month}-15" for month in series.months]
    figure = new_figure(380)
    figure.add_scatter(
        x=x,
        y=list(series.values),
        mode="markers",
        marker={"color": MUTED, "size": 8},
        hovertext=[
            f"{text.month(month)}: {text.number(value, 0)}"
            for month, value in zip(series.months, series.values, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    starts = [series.months.index(e.first_month) for e in series.events if e.expected]
    for begin, end in zip([0, *starts], [*starts, len(x)], strict=True):
        figure.add_scatter(
            x=x[begin:end],
            y=list(series.fitted[begin:end]),
            mode="lines",
            line={"color": TREATED, "width": 3},
            hoverinfo="skip",
        )
    for event in series.events:
        if event.expected:
            start = series.months.index(event.first_month)
            figure.add_scatter(
                x=x[start : start + len(event.expected)],
                y=list(event.expected),
                mode="lines",
                line={"color": AFTER, "width": 2.5, "dash": "dash"},
                hoverinfo="skip",
            )
        day = event.on.isoformat()
        figure.add_vline(x=day, line={"color": CAUTION, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=day,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="left",
            text=escape_label(text.of(event.label)),
            showarrow=False,
            font={"size": 12, "color": CAUTION},
        )
    figure.update_xaxes(**month_ticks(list(series.months), text))
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(margin={"t": 30})
    return figure


def _say(text: Text, finding: Finding) -> str:
    return FINDINGS[finding.code](text, finding)


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
    """Say how the lines were estimated, with the checks of the residuals."""
    if not found.fitted:
        return ""
    parts = [
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


def say_untested_slope(text: Text) -> str:
    """Say why the change of the trend has no test where level and mean distance have one."""
    return text("not tested below {least} months", least=text.number(MIN_FOR_SLOPE, 0))


def is_estimated(event: SeriesEvent) -> bool:
    """Whether an event has a number to show."""
    return isinstance(event.gap, Comparison)


def _about_event(message: str) -> Callable[[Text, Finding], str]:
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


def _capital(text: Text, caution: Caution) -> str:
    name = name_series(text, str(caution.values["series"]))
    return name[:1].upper() + name[1:]


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "series_up": _about_event(
        N_(
            "In the {months} months after “{event}”, {series} averaged {change} a month more than "
            "the earlier trend continued (95% CI {range})."
        )
    ),
    "series_down": _about_event(
        N_(
            "In the {months} months after “{event}”, {series} averaged {change} a month fewer than "
            "the earlier trend continued (95% CI {range})."
        )
    ),
    "series_unclear": _about_event(
        N_(
            "After “{event}”, {series} did not differ clearly from the earlier trend (95% CI "
            "{range} a month)."
        )
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
