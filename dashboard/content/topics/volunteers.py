"""Volunteers: how long they stay, who leaves and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.evaluation import Evaluation
from analysis.results import (
    SUPPRESSED,
    SUPPRESSED_MARK,
    Caution,
    Estimate,
    Finding,
    number_to_draw,
)
from analysis.volunteers.findings import find_cohorts, find_stay
from analysis.volunteers.overdue import people_overdue
from analysis.volunteers.results import Volunteers
from dashboard.content.axes import (
    events_within,
    month_ticks,
    percent_axis,
    shade_events,
)
from dashboard.content.chart import Chart
from dashboard.content.curves import count_at, draw_retention, is_told, say_time
from dashboard.content.labels import wrap_label
from dashboard.content.model import Card, Cell, NativeChart, Number, Picture, Section, Table
from dashboard.content.theme import AFTER, BEFORE, CATEGORIES, new_figure
from dashboard.sentences import say_finding
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.few import has_few, mark_cell, mark_counts, mark_team, say_marked
from dashboard.sentences.statistics import share_with_interval
from dashboard.sentences.volunteers import (
    MONTH_DAYS,
    list_cautions,
    name_reason,
    say_months,
    say_quarter,
    say_team,
)
from dashboard.text import Text

FEW_CARRY = 12
MAX_MONTHS, MAX_NATIVE = 36, 24


def make_section(
    evaluation: Evaluation, volunteers: Volunteers, text: Text, least: int, *, chosen: bool = False
) -> Section:
    """Make the topic; ``chosen`` where months or groups were chosen on its page.

    Then the cautions are those of this part and this page. A document, which holds cohorts,
    outlook and hours as well, says those of the evaluation.
    """
    team = mark_team(text, volunteers, least)
    findings = [f for f in evaluation.findings if f.section == "volunteers"]
    cautions = [c for c in evaluation.cautions if c.section == "volunteers"]
    months, causes = list_months(team, text, least), list_causes(team, text)
    return Section(
        key="volunteers",
        heading=text("Volunteers"),
        title=say_finding(text, find_stay(team)),
        sample=say_team(text, team),
        cards=list_cards(team, text),
        findings=[say_finding(text, finding) for finding in findings],
        pictures=[
            Picture(
                key="retention_curve",
                title=text("How long volunteers stay"),
                subtitle=text("Share still serving by months since joining, with 95 % interval."),
                alt=text(
                    "Falling step curve of the share still serving; who is followed stands below."
                ),
                figure=lambda: draw_retention(team, text),
                table=list_curve(team, text),
            ),
            _picture_months(team, months, text, least),
            *([_picture_causes(team, causes, text)] if team.causes else []),
        ],
        tables=[list_retention(team, text), list_sensitivity(team, text)],
        appendix=[causes, months],
        cautions=list_cautions(text, team, "volunteers")
        if chosen
        else say_cautions(text, evaluation, cautions),
    )


def _picture_months(team: Volunteers, months: Table, text: Text, least: int) -> Picture:
    few = has_few((n for m in team.monthly for n in (m.new, m.returning, m.lapsed)), least)
    return Picture(
        key="volunteer_months",
        title=text("Who came into the team, and who lapsed"),
        subtitle=text("People per month; the line is the team on the last day of the month."),
        alt=text("Bars of new, returning and lapsed volunteers by month, the team as a line."),
        figure=lambda: draw_months(team, text, least),
        native=_native_months(team, text),
        table=months,
        remark=say_marked(text, least) if few else "",
    )


def _native_months(team: Volunteers, text: Text) -> NativeChart | None:
    """Who came into the team and who lapsed, month by month."""
    months = team.monthly[-MAX_NATIVE:]
    if not months:
        return None
    # A withheld month is a gap, never a zero.
    series = (
        (text("new"), tuple(number_to_draw(m.new) for m in months)),
        (text("returning"), tuple(number_to_draw(m.returning) for m in months)),
        (text("lapsed"), tuple(number_to_draw(-m.lapsed) for m in months)),
    )
    categories = tuple(text.month(m.month) for m in months)
    return NativeChart(kind="columns", categories=categories, series=series, form="0;0")


def _picture_causes(team: Volunteers, causes: Table, text: Text) -> Picture:
    return Picture(
        key="causes",
        title=text("Why they left"),
        subtitle=text("Share who left for each reason within a year of joining."),
        alt=text("Bars of the share who left for each reason within a year."),
        figure=lambda: draw_causes(team, text),
        table=causes,
        page_only=True,
    )


def list_cards(team: Volunteers, text: Text) -> list[Card]:
    """At most four numbers: the team, who stays a year, who carries the work, who is overdue."""
    active = text("active now")
    if team.active_year_ago is not None:
        active = text(
            "active now; {before} a year ago", before=text.number(team.active_year_ago, 0)
        )
    cards = [Card(value=text.number(team.active, 0), meaning=active)]
    year = team.retention.get("365")
    if isinstance(year, Estimate):
        meaning = text(
            "of those who joined stay a year ({low} to {high})",
            low=text.percent(year.ci_low),
            high=text.percent(year.ci_high),
        )
        cards.append(Card(value=text.percent(year.estimate), meaning=meaning))
    if team.hours is not None:
        people = text.count("{n} person", "{n} people", team.hours.bus_factor)
        hours = team.hours.unit == "hours"
        meaning = text("give half of all hours") if hours else text("give half of it all")
        cards.append(Card(value=people, meaning=meaning))
    if team.lapse_after_days:
        late = SUPPRESSED if team.overdue is None else len(people_overdue(team.overdue))
        meaning = text("overdue against their own rhythm")
        cards.append(Card(value=text.number(late, 0), meaning=meaning))
    return cards


def list_curve(team: Volunteers, text: Text) -> Table:
    """The curve at whole months with who is still followed."""
    curve = team.curve
    last = curve.time_days[-1] / MONTH_DAYS
    months = list(range(0, int(last) + 1, 1 if last <= 24 else 3))
    rows: list[tuple[Cell, ...]] = []
    for month, counts in zip(months, count_at(curve, months), strict=True):
        i = max(i for i, day in enumerate(curve.time_days) if day <= month * MONTH_DAYS)
        share: tuple[Cell, Cell] = (SUPPRESSED_MARK, SUPPRESSED_MARK)
        if is_told(curve, month):
            low, high = text.percent(curve.ci_low[i]), text.percent(curve.ci_high[i])
            share = (
                Number(value=curve.survival[i], kind="percent", digits=0),
                text("{low} to {high}", low=low, high=high),
            )
        rows.append((month, *(Number(value=n, kind="count") for n in counts), *share))
    columns = (
        text("Months"),
        text("Still serving"),
        text("Left so far"),
        text("Not observed further"),
        text("Share serving"),
        text("Likely between"),
    )
    return Table(key="retention_curve", title=text("Table"), columns=columns, rows=tuple(rows))


def list_retention(team: Volunteers, text: Text) -> Table:
    """Retention by three definitions side by side."""
    rows = [
        (text("Still serving {n} days after joining", n=days), share_with_interval(text, share))
        for days, share in team.retention.items()
    ]
    rows += [
        (
            text("Seen again {n} days or more after joining", n=days),
            share_with_interval(text, share),
        )
        for days, share in team.returned.items()
    ]
    if team.period_retention is not None:
        share = share_with_interval(text, team.period_retention)
        rows.append((text("In the team a year ago and still today"), share))
    if team.mean_cumulative_returns:
        returns = _say_returns(text, team.mean_cumulative_returns)
        rows.append(
            (text("Returns after a lapse within a year of joining, per volunteer"), returns)
        )
    mean = text("Mean time served within {days} days", days=text.number(team.rmst_horizon_days, 0))
    rows += [
        (text("Median length of service"), say_time(text, team.median_days)),
        (mean, say_time(text, team.rmst)),
    ]
    return Table(
        key="retention",
        title=text("Retention, by each definition"),
        columns=(text("Definition"), text("Value")),
        rows=tuple(rows),
    )


def _say_returns(text: Text, curve: tuple[tuple[float, float, float, float], ...]) -> str:
    """Say the mean number of returns by one year after joining, with its interval."""
    known = [point for point in curve if point[0] <= 365]
    if not known:
        return text.number(0)
    _, mean, low, high = known[-1]
    return f"{text.number(mean)} ({text.interval(low, high)})"


def list_sensitivity(team: Volunteers, text: Text) -> Table:
    """The same under other lapse windows."""
    rows = tuple(
        (
            one.lapse_after_days,
            Number(value=one.left, kind="count"),
            say_time(text, one.median_days),
            share_with_interval(text, one.retention_365),
        )
        for one in team.sensitivity
    )
    columns = (
        text("Days without service"),
        text("Left"),
        text("Half have left after"),
        text("Stay a year"),
    )
    title = text("If another gap counted as leaving")
    return Table(key="sensitivity", title=title, columns=columns, rows=rows, page_only=True)


def list_causes(team: Volunteers, text: Text) -> Table:
    """Reasons for leaving with the share who left for each within a year."""
    rows = tuple(
        (
            name_reason(text, cause.reason),
            Number(value=cause.n, kind="count"),
            share_with_interval(text, cause.at_365),
        )
        for cause in team.causes
    )
    columns = (text("Reason"), text("Left"), text("Within a year"))
    return Table(key="causes", title=text("Why they left"), columns=columns, rows=rows)


def list_months(team: Volunteers, text: Text, least: int) -> Table:
    """Month by month: active, new, returning, lapsed, team."""
    # A team that another reader could work out is left out: see analysis.disclosure.months.
    columns = [
        [getattr(month, name) for month in team.monthly]
        for name in ("active", "new", "returning", "lapsed", "team")
    ]
    counts = [
        mark_counts(text, [SUPPRESSED if n is None else n for n in column], least)
        for column in columns
    ]
    rows = tuple(
        (
            text.month(month.month),
            *numbers,
            Number(value=month.retention, kind="percent", digits=0),
            Number(value=month.hours, digits=0),
        )
        for month, *numbers in zip(team.monthly, *counts, strict=True)
    )
    names = (
        text("Month"),
        text("Served"),
        text("New"),
        text("Returning"),
        text("Lapsed"),
        text("In the team"),
        text("Active again"),
        text("Hours"),
    )
    title = text("Month by month")
    return Table(key="months_volunteers", title=title, columns=names, rows=rows)


def draw_causes(volunteers: Volunteers, text: Text) -> Chart:
    """Draw the share who have left within a year for each reason, with intervals."""
    rows = [(c, c.at_365) for c in volunteers.causes]
    known = [(c, at) for c, at in rows if isinstance(at, Estimate)]
    known = sorted(known, key=lambda pair: pair[1].estimate)
    figure = new_figure(70 + 46 * len(known))
    top = max([at.ci_high or at.estimate for _, at in known], default=0.5)
    figure.add_bar(
        x=[at.estimate for _, at in known],
        y=[wrap_label(name_reason(text, c.reason), 18) for c, _ in known],
        orientation="h",
        marker_color=BEFORE,
        width=0.5,
        text=[f"{text.percent(at.estimate)}, n = {c.n}" for c, at in known],
        textposition="outside",
        cliponaxis=False,
        hovertext=[text.interval(at.ci_low, at.ci_high) for _, at in known],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.update_xaxes(range=[0, 1.4 * top], **percent_axis(text, max(top, 0.1)))
    figure.update_yaxes(showgrid=False)
    return figure


def draw_months(volunteers: Volunteers, text: Text, least: int = 0) -> Chart:
    """Draw who came into the team and who lapsed each month, the team's size as a line.

    Bars of fewer than ``least`` people carry the evaluator's mark when pointed at.
    """
    months = volunteers.monthly[-MAX_MONTHS:]
    x = [f"{m.month}-01" for m in months]
    figure = new_figure(400)
    for values, colour, name in (
        ([m.new for m in months], CATEGORIES[1], text("new")),
        ([m.returning for m in months], "#7FBFB9", text("returning")),
        ([-m.lapsed for m in months], AFTER, text("lapsed")),
    ):
        figure.add_bar(
            x=x,
            y=values,
            marker_color=colour,
            name=name,
            hovertext=[
                f"{text.month(m.month)}: {mark_cell(text, str(abs(v)), abs(v), least)}"
                for m, v in zip(months, values, strict=True)
            ],
            hovertemplate=f"%{{hovertext}} {name}<extra></extra>",
        )
    figure.add_scatter(
        x=x,
        y=[m.team for m in months],
        mode="lines",
        line={"color": BEFORE, "width": 3},
        name=text("in the team"),
        hovertext=[f"{text.month(m.month)}: {m.team}" for m in months],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    shade_events(figure, events_within(volunteers.events, x[0], x[-1]), text)
    legend = {"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0}
    figure.update_layout(barmode="relative", bargap=0.25, showlegend=True, legend=legend)
    figure.update_layout(margin={"t": 26})
    figure.update_xaxes(**month_ticks([m.month for m in months], text))
    return figure


def list_next_steps(text: Text, v: Volunteers) -> list[str]:
    """Say what the data suggest to do, most pressing first."""
    steps = []
    late = len(people_overdue(v.overdue or ()))
    if late:
        steps.append(
            text.count(
                "Call {n} overdue volunteer: see the list on the Outlook page.",
                "Call the {n} overdue volunteers: see the list on the Outlook page.",
                late,
            )
        )
    if v.hours is not None and v.hours.bus_factor <= FEW_CARRY:
        steps.append(
            text.count(
                "{n} person gives half of the work: name and train a successor.",
                "{n} people give half of the work: name and train successors.",
                v.hours.bus_factor,
            )
        )
    differ = find_cohorts(v)
    if differ is not None:
        worst = say_quarter(text, differ.values["worst"])
        steps.append(text("The {worst} intake left fastest: ask why.", worst=worst))
    return steps


def _number(text: Text, source: Finding | Caution, name: str) -> str:
    return text.number(source.values[name], 0)


def _half_left(text: Text, f: Finding) -> str:
    values = {
        "months": say_months(text, f.values["days"]),
        "left": _number(text, f, "left"),
        "n": _number(text, f, "n"),
    }
    low, high = f.values["low"], f.values["high"]
    if low is None:
        return text("Median length of service: {months}; {left} of {n} have left so far.", **values)
    if high is None:
        return text(
            "Median length of service: {months} (95% CI from {low}); {left} of {n} have left so "
            "far.",
            low=say_months(text, low),
            **values,
        )
    return text(
        "Median length of service: {months} (95% CI {low} to {high}); {left} of {n} have left so "
        "far.",
        low=say_months(text, low),
        high=say_months(text, high),
        **values,
    )


def _team(text: Text, f: Finding) -> str:
    values = {name: _number(text, f, name) for name in ("active", "before")}
    if f.code == "volunteers_shrank":
        return text("The team shrank from {before} to {active} within a year.", **values)
    if f.code == "volunteers_grew":
        return text("The team grew from {before} to {active} within a year.", **values)
    return text("The team is about as large as a year ago: {before} then, {active} now.", **values)


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "volunteers_half_left": _half_left,
    "volunteers_stay_year": lambda text, f: text(
        "{share} of volunteers stay a year; fewer than half have left so far.",
        share=text.percent(f.values["share"]),
    ),
    "volunteers_none_left": lambda text, f: text(
        "{share} of volunteers stay a year; nobody has left so far.",
        share=text.percent(f.values["share"]),
    ),
    "volunteers_counted": lambda text, f: text(
        "{n} people have volunteered; {active} are active and {left} have left.",
        **{name: _number(text, f, name) for name in ("n", "active", "left")},
    ),
    "volunteers_active": lambda text, f: text(
        "{active} of {n} volunteers are active now.",
        active=_number(text, f, "active"),
        n=_number(text, f, "n"),
    ),
    "volunteers_shrank": _team,
    "volunteers_grew": _team,
    "volunteers_same": _team,
    "volunteers_overdue": lambda text, f: text.count(
        "{n} volunteer is long overdue against their own rhythm.",
        "{n} volunteers are long overdue against their own rhythm.",
        f.values["n"],
    ),
}
CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "volunteers_not_compared": lambda text, _: text(
        "Volunteers are left out: an older version of Levee wrote the ledger of an earlier "
        "release, and the two cannot be compared."
    ),
    "volunteers_left_out": lambda text, c: text(
        "Volunteers are left out: beside an earlier release they would "
        "single out fewer than {least} people.",
        least=text.number(c.values["least"], 0),
    ),
    "volunteers_few": lambda text, c: text.count(
        "Only {n} volunteer can be followed: one more leaving would change the picture.",
        "Only {n} volunteers can be followed: one more leaving would change the picture.",
        c.values["n"],
    ),
    "volunteers_too_recent": lambda text, c: text(
        "{n} joined in the last {days} days and cannot be judged yet; the curve leaves them out.",
        n=_number(text, c, "n"),
        days=_number(text, c, "days"),
    ),
    "register_started_late": lambda text, c: text.count(
        "{n} volunteer joined before the register began and counts from then on.",
        "{n} volunteers joined before the register began and count from then on.",
        c.values["n"],
    ),
    "censored_at_last_service": lambda text, _: text(
        "Those still serving are followed to their last service only, which shortens their time."
    ),
    "lapse_window_matters": lambda text, c: text(
        "The share staying a year depends on what counts as left: {low} to {high}.",
        low=text.percent(c.values["low"]),
        high=text.percent(c.values["high"]),
    ),
    "volunteers_left_before_joined": lambda text, c: text.count(
        "{n} roster row says left before joined; it is left out.",
        "{n} roster rows say left before joined; they are left out.",
        c.values["n"],
    ),
    "volunteers_service_after_left": lambda text, c: text.count(
        "{n} volunteer served after leaving; the leaving was set aside.",
        "{n} volunteers served after leaving; their leaving was set aside.",
        c.values["n"],
    ),
    "volunteers_service_before_joined": lambda text, c: text.count(
        "{n} volunteer served before joining; time counts from the first service.",
        "{n} volunteers served before joining; their time counts from the first service.",
        c.values["n"],
    ),
    "volunteers_service_after_observation": lambda text, c: text.count(
        "{n} service row lies after the end of observation and is left out.",
        "{n} service rows lie after the end of observation and are left out.",
        c.values["n"],
    ),
    "volunteers_joined_after_observation": lambda text, c: text.count(
        "{n} volunteer joined after the end of observation and is left out.",
        "{n} volunteers joined after the end of observation and are left out.",
        c.values["n"],
    ),
    "volunteers_service_not_on_roster": lambda text, c: text.count(
        "{n} person in the service log is not on the roster; counted all the same.",
        "{n} people in the service log are not on the roster; counted all the same.",
        c.values["n"],
    ),
    "volunteers_service_row_incomplete": lambda text, c: text.count(
        "{n} service row lacks a person or a date and is left out.",
        "{n} service rows lack a person or a date and are left out.",
        c.values["n"],
    ),
    "volunteers_roster_row_repeated": lambda text, c: text.count(
        "{n} person stands in the roster twice; the first joining and last leaving count.",
        "{n} people stand in the roster twice; the first joining and last leaving count.",
        c.values["n"],
    ),
    "volunteers_joined_unknown": lambda text, c: text.count(
        "{n} volunteer has neither a joining date nor service and is left out.",
        "{n} volunteers have neither a joining date nor service and are left out.",
        c.values["n"],
    ),
    "volunteers_never_served": lambda text, c: text.count(
        "{n} volunteer on the roster never served; joining counts as their only day.",
        "{n} volunteers on the roster never served; joining counts as their only day.",
        c.values["n"],
    ),
}
