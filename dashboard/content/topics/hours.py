"""Hours: who carries the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.evaluation import Evaluation
from analysis.results import Caution, Estimate, EstimateLike, Finding
from analysis.thresholds import MIN_FOR_UNEVENNESS
from analysis.volunteers.findings import find_hours
from analysis.volunteers.results import Hours, Volunteers
from dashboard.content.axes import draw_lorenz
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.model import Card, Cell, Interval, Missing, Number, Picture, Section, Table
from dashboard.content.theme import AFTER, BEFORE, MUTED, new_figure
from dashboard.sentences import say_caution
from dashboard.sentences.few import say_missing
from dashboard.sentences.statistics import share_with_interval
from dashboard.sentences.volunteers import list_cautions, say_team
from dashboard.text import Text

MAX_PEOPLE = 200
MAX_KINDS = 8


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing where no service was logged."""
    found = evaluation.volunteers if evaluation is not None else None
    if found is not None and found.hours is not None:
        return None
    needed = text("Upload a log with person, date and hours.")
    return Missing(title=text("No service log yet"), needed=needed)


def make_section(evaluation: Evaluation, team: Volunteers, hours: Hours, text: Text) -> Section:
    """Make the topic; a document of volunteers prints its first table."""
    # The page shows the months of service below, so that their cautions stand here, too.
    months = [c for s in evaluation.time_series if s.name != "attendance" for c in s.cautions]
    return Section(
        key="hours",
        heading=text("Hours"),
        title=FINDINGS["hours_concentrated"](text, find_hours(team)),
        sample=say_team(text, team),
        cards=_list_cards(hours, text),
        pictures=_list_pictures(hours, text),
        tables=[list_hours(hours, text)],
        cautions=[
            *list_cautions(text, team, "hours"),
            *(say_caution(text, caution) for caution in months),
        ],
    )


def _list_cards(hours: Hours, text: Text) -> list[Card]:
    total = text("hours of service") if hours.unit == "hours" else text("days of service")
    people = text.count("{n} person", "{n} people", hours.bus_factor)
    cards = [
        Card(value=text.number(hours.total, 0), meaning=total),
        Card(value=people, meaning=text("give half of it all")),
    ]
    if isinstance(hours.top10_share, Estimate):
        share = text.percent(hours.top10_share.estimate)
        cards.append(Card(value=share, meaning=text("given by the most active tenth")))
    if isinstance(hours.reliability, Estimate):
        share = text.percent(hours.reliability.estimate)
        cards.append(Card(value=share, meaning=text("of those signed up came")))
    return cards


def _list_pictures(hours: Hours, text: Text) -> list[Picture]:
    pictures = []
    if hours.per_person:
        pictures.append(
            Picture(
                key="hours_people",
                title=text("Who gives how much"),
                subtitle=text("One bar for each person, most first, without names."),
                alt=text("Bars of service per person; those who together give half stand out."),
                figure=lambda: draw_hours(hours, text),
                beside=True,
                page_only=True,
            )
        )
    if hours.lorenz:
        pictures.append(
            Picture(
                key="hours_lorenz",
                title=text("How unevenly the work is shared"),
                subtitle=text("The further the curve sags, the fewer carry the work."),
                alt=text(
                    "Lorenz curve of service over volunteers, below the line of equal shares."
                ),
                figure=lambda: draw_hours_lorenz(hours, text),
                beside=True,
                page_only=True,
            )
        )
    if hours.by_activity:
        pictures.append(
            Picture(
                key="activities",
                title=text("What the time went into"),
                subtitle=text("All service in the log, by kind."),
                alt=text("Bars of service by kind."),
                figure=lambda: draw_activities(hours, text),
                table=list_activities(hours, text),
                page_only=True,
            )
        )
    return pictures


def list_hours(hours: Hours, text: Text) -> Table:
    """Totals and concentration of the work."""
    unit = text("hours") if hours.unit == "hours" else text("days")
    rows: tuple[tuple[Cell, ...], ...] = (
        (text("Total {unit}", unit=unit), Number(value=hours.total, digits=0)),
        (text("Mean per person"), give_amount(text, hours.per_active)),
        (text("Gini coefficient (0 alike, 1 one person)"), give_amount(text, hours.gini)),
        (text("Share of the most active tenth"), share_with_interval(text, hours.top10_share)),
        (text("Fewest people giving half"), Number(value=hours.bus_factor, kind="count")),
        (text("Came when signed up"), share_with_interval(text, hours.reliability)),
    )
    title, columns = text("Who carries the work"), (text("What"), text("Value"))
    return Table(key="hours", title=title, columns=columns, rows=rows)


def give_amount(text: Text, found: EstimateLike) -> Cell:
    """Give a number with its interval, or why there is none."""
    if not isinstance(found, Estimate):
        return say_missing(text, found)
    if found.ci_low is None:
        return Number(value=found.estimate)
    return Interval(estimate=found.estimate, low=found.ci_low, high=found.ci_high)


def list_activities(hours: Hours, text: Text) -> Table:
    """Amount by kind of service."""
    unit = text("Hours") if hours.unit == "hours" else text("Days")
    return Table(
        key="activities",
        title=text("Table"),
        columns=(text("Kind"), unit),
        rows=tuple(hours.by_activity),
    )


def draw_hours_lorenz(hours: Hours, text: Text) -> Chart:
    """Draw the share of work against the share of people, least active first."""
    amount = text("share of hours") if hours.unit == "hours" else text("share of days")
    return draw_lorenz(hours.lorenz, BEFORE, text("share of volunteers"), amount, text)


def draw_hours(hours: Hours, text: Text) -> Chart:
    """Draw each person's amount, most first; those who together give half stand out."""
    amounts = hours.per_person[:MAX_PEOPLE]
    figure = new_figure(320)
    figure.add_bar(
        x=list(range(1, len(amounts) + 1)),
        y=list(amounts),
        marker_color=[AFTER if i < hours.bus_factor else BEFORE for i in range(len(amounts))],
        hovertext=[text.number(amount, 0) for amount in amounts],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    unit = text("hours") if hours.unit == "hours" else text("days")
    figure.add_annotation(
        x=hours.bus_factor,
        y=amounts[0],
        text=text.count(
            "{n} person gives half of all {unit}",
            "{n} people give half of all {unit}",
            hours.bus_factor,
            unit=unit,
        ),
        xanchor="left",
        xshift=12,
        showarrow=False,
        font={"size": 13, "color": AFTER},
    )
    ranks = {"text": text("volunteers, most active first"), "font": {"size": 12, "color": MUTED}}
    figure.update_xaxes(title=ranks, showticklabels=False, showgrid=False)
    figure.update_yaxes(rangemode="tozero")
    return figure


def draw_activities(hours: Hours, text: Text) -> Chart:
    """Draw the amount given to each kind of service as bars from zero."""
    rows = hours.by_activity[:MAX_KINDS][::-1]
    figure = new_figure(60 + 42 * len(rows))
    figure.add_bar(
        x=[amount for _, amount in rows],
        y=[wrap_label(name, 16) for name, _ in rows],
        orientation="h",
        marker_color=BEFORE,
        width=0.55,
        text=[text.number(amount, 0) for _, amount in rows],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(range=[0, 1.25 * max((a for _, a in rows), default=1)], visible=False)
    figure.update_yaxes(showgrid=False)
    return figure


def _say_half(text: Text, finding: Finding) -> str:
    told = {name: text.number(finding.values[name], 0) for name in ("n", "people")}
    if finding.values["unit"] == "hours":
        return text("{n} of {people} volunteers give half of all hours.", **told)
    return text("{n} of {people} volunteers give half of all days of service.", **told)


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {"hours_concentrated": _say_half}
CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "reliability_of_few": lambda text, c: text(
        "Reliability is decided by few people ({n}): its 95% interval is too narrow.",
        n=text.number(c.values["n"], 0),
    ),
    "hours_of_few": lambda text, _: text(
        "How unevenly hours are shared: among fewer than {least} people these 95% intervals are "
        "too narrow (about 87% to 92% hold), and fewer than 20 people have none.",
        least=text.number(MIN_FOR_UNEVENNESS, 0),
    ),
}
