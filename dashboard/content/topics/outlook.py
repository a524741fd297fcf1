"""Outlook: the team over the next months, and whom to call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.evaluation import Evaluation
from analysis.results import Caution, Finding, Suppressed
from analysis.volunteers.findings import find_outlook, find_team
from analysis.volunteers.results import OutlookCheck, OutlookChoice, Overdue, Volunteers
from dashboard.content.axes import events_within, month_ticks, shade_events
from dashboard.content.chart import Chart
from dashboard.content.model import Interval, Number, Passage, Picture, Section, Table
from dashboard.content.theme import AFTER, BEFORE, INTERVAL, new_figure
from dashboard.sentences import say_finding
from dashboard.sentences.few import mark_team
from dashboard.sentences.volunteers import list_cautions, say_team
from dashboard.text import Text

PAST_MONTHS = 18


def make_section(evaluation: Evaluation, team: Volunteers, text: Text, least: int) -> Section:
    """Make the topic; a document of volunteers prints its tables.

    Whom to call is no part of it: names stay in the session of who gave them.
    """
    marked = mark_team(text, team, least)
    picture = Picture(
        key="outlook",
        title=text("The team so far and ahead"),
        subtitle=text("Team at month's end; dashed: the outlook, with 95 % interval."),
        alt=text("Line of the team's size with a widening band for the months ahead."),
        figure=lambda: draw_outlook(team, text),
        table=list_outlook(team, text),
        with_table=True,
        remark=text.join(
            [
                say_outlook_choice(text, team.outlook_choice) if team.outlook_choice else "",
                say_backtest(text, team.backtest) if team.backtest else "",
            ]
        ),
        page_only=True,
    )
    passages = [] if team.outlook else [Passage(lines=[_say_none(evaluation, team, text)])]
    return Section(
        key="outlook",
        heading=text("Outlook"),
        title=say_finding(text, find_outlook(team) or find_team(team)),
        sample=say_team(text, team),
        pictures=[picture] if team.outlook else [],
        passages=[*passages, *_earlier_outlooks(team, text)],
        tables=[list_roles(marked, text)],
        cautions=list_cautions(text, team, "outlook"),
    )


def _say_none(evaluation: Evaluation, team: Volunteers, text: Text) -> str:
    """Say why there is no outlook."""
    if isinstance(team.active, Suppressed):
        return text("No outlook is shown: it begins with the team of today, and that is withheld.")
    if evaluation.audience in ("evaluator", "manager"):
        return text("An outlook needs half a year of data and somebody who has left.")
    return text(
        "No outlook is shown to this reader: it needs half a year of data and somebody who "
        "has left, and is withheld where only a few came in the last three months."
    )


def _earlier_outlooks(team: Volunteers, text: Text) -> list[Passage]:
    """How forecasts of earlier months' ends did, where any could be tried."""
    if team.outlook_choice is None or not team.outlook_choice.n:
        return []
    lines = []
    if not team.backtest:
        lines = [text("Each by itself is withheld: it tells of months with few people.")]
    tables = [list_outlook_choice(team.outlook_choice, text)]
    if team.backtest:
        tables.append(list_backtest(team, text))
    return [Passage(lines=lines, tables=tables)]


def list_outlook(team: Volunteers, text: Text) -> Table:
    """Expected team by month with interval."""
    rows = tuple(
        (
            text.month(point.month),
            Number(value=point.active, digits=0),
            Interval(low=point.low, high=point.high, digits=0),
        )
        for point in team.outlook
    )
    columns = (text("Month"), text("Expected"), text("Likely between"))
    title = text("The team in six months")
    return Table(key="outlook", title=title, columns=columns, rows=rows)


def list_outlook_choice(choice: OutlookChoice, text: Text) -> Table:
    """How far two forecasts of earlier months' ends were off, and which one is given."""
    rows = tuple(
        (
            name,
            Number(value=error, digits=1),
            Number(value=choice.inside if given else None, kind="percent", digits=0),
            text("yes") if given else text("no"),
        )
        for name, error, given in (
            (text("From stays and joinings"), choice.error_flow, choice.basis == "flow"),
            (text("As today"), choice.error_as_today, choice.basis == "as_today"),
        )
    )
    columns = (
        text("Forecast"),
        text("People off on average"),
        text("Within the interval"),
        text("Given"),
    )
    title = text("How earlier outlooks did")
    return Table(key="outlook_check", title=title, columns=columns, rows=rows)


def list_backtest(team: Volunteers, text: Text) -> Table:
    """Earlier outlooks beside what came, latest first."""
    rows = tuple(
        (
            text.month(check.made),
            text.month(check.month),
            Number(value=check.expected, digits=0),
            Interval(low=check.low, high=check.high, digits=0),
            Number(value=check.actual, kind="count"),
            text("yes") if check.inside else text("no"),
        )
        for check in reversed(team.backtest)
    )
    columns = (
        text("Made"),
        text("Month"),
        text("Expected"),
        text("Likely between"),
        text("Came true"),
        text("Within"),
    )
    title = text("What earlier outlooks said, and what came")
    return Table(key="backtest", title=title, columns=columns, rows=rows, page_only=True)


def list_roles(team: Volunteers, text: Text) -> Table:
    """Active people by role."""
    return Table(
        key="roles",
        title=text("Active people by role"),
        columns=(text("Role"), text("Active")),
        rows=tuple((role, Number(value=n, kind="count")) for role, n in team.roles),
    )


def list_overdue(overdue: Sequence[Overdue], name: Callable[[str], str], text: Text) -> Table:
    """People absent for long, the longest against their rhythm first; for the organisation only.

    ``name`` gives a person's name for their code, where names were given for this session.
    """
    rows = tuple(
        (
            name(one.volunteer),
            text.date(one.last_service),
            Number(value=one.days_since, kind="count"),
            Number(value=one.rhythm_days, digits=0),
            Number(value=one.survival_given_absence, kind="percent", digits=0),
        )
        for one in overdue
    )
    columns = (
        text("Volunteer"),
        text("Last seen"),
        text("Days since"),
        text("Usual gap, days"),
        text("Came back after such a gap"),
    )
    title = text("Overdue volunteers")
    return Table(key="overdue", title=title, columns=columns, rows=rows, page_only=True)


def draw_outlook(team: Volunteers, text: Text) -> Chart:
    """Draw the team's size so far and expected, with its interval, from zero."""
    past, ahead = team.monthly[-PAST_MONTHS:], team.outlook
    figure = new_figure(380)
    x_past = [f"{m.month}-01" for m in past]
    joined = [x_past[-1], *(f"{p.month}-01" for p in ahead)]
    now = float(past[-1].team or 0)
    fan = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=joined, y=[now, *(p.high for p in ahead)], **fan)
    figure.add_scatter(
        x=joined, y=[now, *(p.low for p in ahead)], fill="tonexty", fillcolor=INTERVAL, **fan
    )
    figure.add_scatter(
        x=x_past,
        y=[m.team for m in past],
        mode="lines",
        line={"color": BEFORE, "width": 3},
        hovertext=[f"{text.month(m.month)}: {m.team}" for m in past],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=joined,
        y=[now, *(p.active for p in ahead)],
        mode="lines",
        line={"color": AFTER, "width": 3, "dash": "dash"},
        hovertext=[
            "",
            *(
                f"{text.month(p.month)}: {text.number(p.active, 0)} "
                f"({text.interval(p.low, p.high, 0)})"
                for p in ahead
            ),
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    last = ahead[-1]
    figure.add_annotation(
        x=f"{last.month}-01",
        y=last.high,
        text=text(
            "about {expected}<br>({low} to {high})",
            expected=text.number(last.active, 0),
            low=text.number(last.low, 0),
            high=text.number(last.high, 0),
        ),
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        align="right",
        font={"size": 13, "color": AFTER},
    )
    shade_events(figure, events_within(team.events, x_past[0], joined[-1]), text)
    figure.update_yaxes(rangemode="tozero")
    months = [*(m.month for m in past), *(p.month for p in ahead)]
    figure.update_xaxes(**month_ticks(months, text))
    figure.update_layout(margin={"t": 26, "r": 24})
    return figure


def say_backtest(text: Text, checks: Sequence[OutlookCheck]) -> str:
    """Say how well outlooks made earlier, from the data known then, foresaw what came."""
    error = sum(abs(check.expected - check.actual) for check in checks) / len(checks)
    return text(
        "Back-test: made at {made} earlier months' ends with the data known then, the interval "
        "held {inside} of {n} team sizes that came; on average it was {error} people off.",
        made=text.number(len({check.made for check in checks}), 0),
        inside=text.number(sum(check.inside for check in checks), 0),
        n=text.number(len(checks), 0),
        error=text.number(error, 1),
    )


def say_outlook_choice(text: Text, choice: OutlookChoice) -> str:
    """Say which forecast the outlook gives, and why."""
    if choice.reason == "untried":
        return text(
            "The outlook is the team of today: there are too few months to test a forecast by "
            "how long people stay and how many join."
        )
    values = {
        "flow": text.number(choice.error_flow, 1),
        "naive": text.number(choice.error_as_today, 1),
    }
    if choice.reason == "not_better":
        return text(
            "The outlook is the team of today: forecasts from stays and joinings missed by {flow} "
            "people on average, “as today” by {naive}.",
            **values,
        )
    return text(
        "The outlook follows stays and joinings: it missed by {flow} people on average, “as "
        "today” by {naive}.",
        **values,
    )


def _say_as_today(text: Text, f: Finding) -> str:
    values = {name: text.number(f.values[name], 0) for name in ("active", "low", "high")}
    return text(
        "Expect about as many volunteers as today: {active} ({low} to {high}) by {month}.",
        month=text.month(f.values["month"]),
        **values,
    )


def _say_change(text: Text, f: Finding) -> str:
    values = {
        name: text.number(f.values[name], 0) for name in ("active", "expected", "low", "high")
    }
    values["month"] = text.month(f.values["month"])
    if f.code == "outlook_shrinks":
        return text(
            "The team of {active} is likely to shrink to {expected} ({low} to {high}) by {month}.",
            **values,
        )
    if f.code == "outlook_grows":
        return text(
            "The team of {active} is likely to grow to {expected} ({low} to {high}) by {month}.",
            **values,
        )
    return text(
        "No clear change ahead: {active} volunteers today, about {expected} "
        "({low} to {high}) by {month}.",
        **values,
    )


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "outlook_as_today": _say_as_today,
    "outlook_shrinks": _say_change,
    "outlook_grows": _say_change,
    "outlook_holds": _say_change,
}
CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "outlook_missed": lambda text, c: text(
        "Earlier outlooks missed: their intervals held only {share} of the team sizes that came.",
        share=text.percent(c.values["share"]),
    ),
}
