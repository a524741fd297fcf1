"""Consultation: whether what was agreed was done, and those who raised it were informed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from analysis.evaluation import Evaluation
from analysis.results import Caution, Curve, Estimate, EstimateLike, Finding
from analysis.sustainability.findings import find_consultation
from analysis.sustainability.results import Consultation
from dashboard.content.axes import percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label
from dashboard.content.model import Card, Picture, Section, Table
from dashboard.content.theme import AFTER, BAND, BEFORE, CATEGORIES, INTERVAL, MUTED, new_figure
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.filled import fill
from dashboard.text import N_, Text


def make_section(evaluation: Evaluation, talk: Consultation, text: Text) -> Section:
    """Make the topic."""
    findings = [f for f in evaluation.findings if f.section == "consultation"]
    cautions = [c for c in evaluation.cautions if c.section == "consultation"]
    return Section(
        key="consultation",
        heading=text("Consultation"),
        title=_say(text, find_consultation(talk)),
        sample=text("{n} issues raised, as of {day}.", n=talk.raised, day=text.date(talk.as_of)),
        cards=_list_cards(talk, text),
        findings=[_say(text, finding) for finding in findings],
        pictures=_list_pictures(talk, text),
        tables=[list_issues(talk, text), list_levels(talk, text)],
        cautions=say_cautions(text, evaluation, cautions),
    )


def _list_cards(talk: Consultation, text: Text) -> list[Card]:
    undated = "due" in talk.lacking
    done = _say_follow_through(text, talk.follow_through)
    if undated:
        done = text("of agreed issues followed through: the log has no due dates")
    told = text("of done issues were told back")
    return [
        Card(value=_percent(text, talk.follow_through), meaning=done),
        Card(value="–" if undated else str(talk.overdue), meaning=text("agreed issues overdue")),
        Card(
            value=_say_median(text, talk.median_days),
            meaning=text("until half of the agreed issues are done"),
        ),
        Card(value=_percent(text, talk.told_back), meaning=told),
    ]


def _percent(text: Text, rate: EstimateLike) -> str:
    return text.percent(rate.estimate) if isinstance(rate, Estimate) else "–"


def _say_follow_through(text: Text, share: EstimateLike) -> str:
    if not isinstance(share, Estimate):
        return text("no agreed issue is due yet")
    return text(
        "of {n} agreed issues due or closed were followed through (likely {low} to {high})",
        n=text.number(share.n, 0),
        low=text.percent(share.ci_low),
        high=text.percent(share.ci_high),
    )


def _say_median(text: Text, median: EstimateLike) -> str:
    if isinstance(median, Estimate):
        return text("{n} days", n=text.number(median.estimate, 0))
    return text("data needed") if median.reason == "no_data" else text("not reached")


def _list_pictures(talk: Consultation, text: Text) -> list[Picture]:
    pictures = [
        Picture(
            key="follow_through",
            title=text("From raised to told back"),
            subtitle=text("Number of issues."),
            alt=text("Bars of issues raised, agreed, done and told back."),
            figure=lambda: draw_follow_through(talk, text),
            beside=True,
        )
    ]
    if talk.matrix:
        pictures.append(
            Picture(
                key="stakeholders",
                title=text("Who was at the table"),
                subtitle=text("Meetings at which each party was present, by stage."),
                alt=text("Matrix of stakeholders by stage with the number of meetings."),
                figure=lambda: draw_stakeholders(talk, text),
                beside=True,
                page_only=True,
            )
        )
    curve = talk.curve
    if curve is not None:
        pictures.append(
            Picture(
                key="time_to_done",
                title=text("How long agreed issues wait"),
                subtitle=text("Share not yet done; open issues count until the last day."),
                alt=text("Curve of the share of agreed issues not yet done by days."),
                figure=lambda: draw_time_to_done(curve, text),
                page_only=True,
            )
        )
    return pictures


def list_issues(talk: Consultation, text: Text) -> Table:
    """Issues, overdue ones first."""
    words = {
        "done": text("done"),
        "declined": text("declined with reason"),
        "overdue": text("overdue"),
        "open": text("open"),
        "not_agreed": text("not agreed"),
    }
    rows = tuple(
        (
            row.issue,
            row.raised_by,
            text.date(row.raised),
            text.date(row.due),
            text.date(row.done),
            words[row.status],
            row.days_overdue,
        )
        for row in talk.issues
    )
    columns = (
        text("Issue"),
        text("Raised by"),
        text("Raised"),
        text("Due"),
        text("Done"),
        text("Status"),
        text("Days overdue"),
    )
    return Table(key="issues", title=text("Issues"), columns=columns, rows=rows)


def list_levels(talk: Consultation, text: Text) -> Table:
    """Promised against delivered participation level."""
    return Table(
        key="levels",
        title=text("Promised and delivered level"),
        columns=(text("Promised level"), text("Delivered level"), text("Issues")),
        rows=tuple(talk.level_gaps),
    )


def draw_follow_through(talk: Consultation, text: Text) -> Chart:
    """Draw raised → agreed → done → told back as bars with the share of the step before."""
    told = sum(row.told_back and row.status == "done" for row in talk.issues)
    counted = {
        "raised": (text("Raised"), talk.raised),
        "agreed": (text("Agreed"), talk.agreed),
        "done": (text("Done"), talk.done),
        "told_back": (text("Told back"), told),
    }
    steps = [step for name, step in counted.items() if name not in talk.lacking]
    shares = [1.0, *(b / a if a else 0.0 for (_, a), (_, b) in pairwise(steps))]
    figure = new_figure(250)
    figure.add_bar(
        x=[n for _, n in steps],
        y=[name for name, _ in steps],
        orientation="h",
        width=0.55,
        marker_color=[BEFORE, BEFORE, AFTER, CATEGORIES[1]][: len(steps)],
        text=[
            text("{n} · {share} of the step before", n=n, share=text.percent(s)) if i else f"{n}"
            for i, ((_, n), s) in enumerate(zip(steps, shares, strict=True))
        ],
        textposition="auto",
        insidetextanchor="start",
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(visible=False, range=[0, 1.1 * max(1, talk.raised)])
    return figure


def draw_stakeholders(talk: Consultation, text: Text) -> Chart:
    """Draw stakeholder × stage: meetings present, number in the cell."""
    parties = list(dict.fromkeys(party for party, _, _ in talk.matrix))
    stages = list(dict.fromkeys(stage for _, stage, _ in talk.matrix))
    present = {(party, stage): n for party, stage, n in talk.matrix}
    grid = [[present.get((p, s), 0) for s in stages] for p in parties]
    figure = new_figure(100 + 44 * len(parties))
    figure.add_heatmap(
        z=grid,
        zmin=0,
        zmax=max(map(max, grid), default=1),
        x=[escape_label(s or text("all stages")) for s in stages],
        y=[escape_label(p) for p in parties],
        colorscale=[[0, BAND], [1, INTERVAL]],
        showscale=False,
        text=[[str(n) if n else "–" for n in row] for row in grid],
        texttemplate="%{text}",
        textfont={"color": BEFORE, "size": 14},
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )
    figure.update_xaxes(side="top", showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(margin_t=34)
    return figure


def draw_time_to_done(curve: Curve, text: Text) -> Chart:
    """Draw the share of agreed issues still not done, by days since agreement."""
    figure = new_figure(300)
    figure.add_scatter(
        x=curve.time_days,
        y=curve.ci_high,
        mode="lines",
        line={"width": 0, "shape": "hv"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=curve.time_days,
        y=curve.ci_low,
        mode="lines",
        line={"width": 0, "shape": "hv"},
        fill="tonexty",
        fillcolor=INTERVAL,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=curve.time_days,
        y=curve.survival,
        mode="lines",
        line={"color": BEFORE, "width": 2.5, "shape": "hv"},
        hovertext=[
            f"{text.number(day, 0)} · {text.percent(left)}"
            for day, left in zip(curve.time_days, curve.survival, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.update_yaxes(range=[0, 1.02], **percent_axis(text))
    figure.update_xaxes(title={"text": text("days since agreement"), "font": {"color": MUTED}})
    return figure


def _say(text: Text, finding: Finding) -> str:
    return FINDINGS[finding.code](text, finding)


def _log_columns(text: Text, names: Sequence[str]) -> str:
    """Name what a consultation log does not record."""
    words = {
        "agreed": text("when an issue was agreed"),
        "due": text("when it is due"),
        "done": text("whether it was done"),
        "told_back": text("whether residents were informed of the outcome"),
    }
    return text("; ").join(words[name] for name in names)


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "consultation_incomplete": lambda text, f: text(
        "{n} issues were raised. The log does not record: {columns}.",
        n=f.values["raised"],
        columns=_log_columns(text, f.values["lacking"]),
    ),
    "issues_done": fill(
        N_("{done} of {agreed} agreed issues were done; the log has no due dates."),
        "done",
        "agreed",
    ),
    "follow_through": fill(
        N_("{done} of {agreed} agreed issues were done; {overdue} are overdue."),
        "done",
        "agreed",
        "overdue",
    ),
}
CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "consultation_lacking": lambda text, c: text(
        "The log does not record: {columns}. Choose the columns in step 3 of Data, or add them.",
        columns=_log_columns(text, c.values["columns"]),
    ),
    "consultation_few_issues": fill(
        N_("Only {n} issues are due or closed: the share followed through is uncertain."), "n"
    ),
    "consultation_no_due_date": fill(
        N_("{n} open issues have no due date and cannot become overdue."), "n"
    ),
}
