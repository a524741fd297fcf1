"""Attrition: who is in the survey, how those lost differed, how far they could move the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.evaluation import Evaluation
from analysis.plan import StudyPlan
from analysis.results import Caution, Estimate, Finding, Suppressed
from analysis.study import Study
from analysis.surveys.results import (
    AttritionRow,
    AttritionVerdict,
    Bounds,
    Flow,
    Sensitivity,
    TippingPoint,
)
from analysis.surveys.scoring import score_range
from analysis.thresholds import MAX_BASELINE_SMD
from dashboard.content.axes import percent_axis
from dashboard.content.baseline import name_level, name_variable, say_mean
from dashboard.content.cells import change_cell, comparison_cells, level_cell
from dashboard.content.chart import Chart
from dashboard.content.flow import count_analysed, draw_flow
from dashboard.content.labels import wrap_label
from dashboard.content.model import Card, Cell, Missing, Number, Picture, Section, Table
from dashboard.content.theme import CAUTION, MUTED, new_figure
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.change import is_share
from dashboard.sentences.few import list_sizes
from dashboard.sentences.filled import fill
from dashboard.sentences.names import column_name, name_with, wave_name
from dashboard.sentences.statistics import name_analysis
from dashboard.sentences.tipping import say_tipping, tipping_rows
from dashboard.text import Text

_ROW = 38


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when there is no survey."""
    if evaluation is not None and evaluation.flow is not None:
        return None
    return Missing(title=text("No survey yet"), needed=text("Upload a survey to see who is in it."))


def make_section(evaluation: Evaluation, study: Study, text: Text, flow: Flow) -> Section:
    """Make the topic: what a page says of each table stands among a document's findings."""
    plan, verdict = study.plan, evaluation.attrition_verdict
    answers = [FINDINGS[f.code](text, f) for f in evaluation.findings_about("attrition")]
    judged = [say_verdict(text, verdict)] if verdict is not None else []
    tipping = tipping_rows(evaluation)
    vanishing = [say_tipping(text, row, found, plan) for row, found in tipping]
    imputed = say_auxiliary(text, [row for row, _ in tipping], plan) if tipping else ""
    pictures = [_picture_flow(evaluation, flow, text)]
    remarks = judged
    if evaluation.attrition:
        pictures.append(_picture_differences(evaluation.attrition, plan, text))
    else:
        alone = text("Nobody can be followed here: answers are anonymous, or nobody was lost.")
        remarks = [alone, *judged]
    return Section(
        key="attrition",
        heading=text("Who was lost"),
        title=answers[0] if answers else text("Who is in the survey"),
        sample=say_followed(text, flow),
        cards=list_cards(evaluation, flow, text),
        findings=[*answers, *judged, *vanishing, *filter(None, [imputed])],
        pictures=pictures,
        remarks=remarks,
        cautions=say_cautions(text, evaluation, evaluation.study_cautions("attrition")),
        tables=[
            list_bounds(evaluation.bounds, plan, text),
            list_tipping(tipping, plan, text, caption=imputed, lines=vanishing),
            list_sensitivity(evaluation.sensitivity, plan, text),
        ],
    )


def _picture_flow(evaluation: Evaluation, flow: Flow, text: Text) -> Picture:
    return Picture(
        key="flow",
        title=text("From rows to people"),
        subtitle=text("Every row received is used or listed."),
        alt=text("Boxes from the rows received to the people who answered both times."),
        figure=lambda: draw_flow(flow, text, count_analysed(evaluation)),
        beside=True,
    )


def _picture_differences(rows: Sequence[AttritionRow], plan: StudyPlan, text: Text) -> Picture:
    return Picture(
        key="attrition",
        title=text("How those who stayed differed at the start"),
        subtitle=text(
            "Percent of the range, or of people. Coloured: over 0.25 standard deviations apart."
        ),
        alt=text("Two dots for each variable: those who stayed, and those lost."),
        figure=lambda: draw_attrition(rows, plan, text),
        table=list_attrition(rows, plan, text),
        with_table=True,
        beside=True,
    )


def say_followed(text: Text, flow: Flow) -> str:
    """Say how many were followed."""
    return text(
        "{matched} of {first} people asked before answered again; {new} answered only after.",
        matched=text.number(flow.matched, 0),
        first=text.number(flow.matched + flow.pre_only, 0),
        new=text.number(flow.post_only, 0),
    )


def list_cards(evaluation: Evaluation, flow: Flow, text: Text) -> list[Card]:
    """Share found again, share lost, and the largest difference at the start."""
    first = flow.matched + flow.pre_only
    if not first:
        return []
    share = text.percent(flow.matched / first)
    cards = [
        Card(value=share, meaning=text("of everyone asked before were found again")),
        Card(value=text.number(flow.pre_only, 0), meaning=text("people were lost")),
    ]
    largest = find_largest_difference(evaluation.attrition)
    if largest is not None and largest.smd is not None:
        meaning = text("largest difference at the start, in standard deviations")
        cards.append(Card(value=text.number(abs(largest.smd)), meaning=meaning))
    return cards


def find_largest_difference(rows: Sequence[AttritionRow]) -> AttritionRow | None:
    """The variable on which those who stayed and those lost differed most, of those shown."""
    known = [row for row in rows if not row.group and row.smd is not None]
    shown = [row for row in known if not isinstance(row.smd, Suppressed)]
    return max(shown or known, key=lambda row: abs(row.smd or 0.0), default=None)


def say_verdict(text: Text, found: AttritionVerdict) -> str:
    """Judge the losses of both groups by the standard of the What Works Clearinghouse."""
    lost = text(
        "{overall} of all were lost; the groups differ by {points} percentage points.",
        overall=text.percent(found.overall),
        points=text.number(abs(found.differential) * 100, 1),
    )
    judged = {
        "low": text("By the What Works Clearinghouse standard this is low attrition."),
        "low_if_unrelated": text(
            "By the What Works Clearinghouse standard this is low only if the programme itself "
            "hardly decides who is lost."
        ),
        "high": text(
            "By the What Works Clearinghouse standard this is high attrition: alike baselines of "
            "those analysed are needed."
        ),
    }[found.verdict]
    return text.join([lost, judged])


def say_auxiliary(text: Text, rows: Sequence[Sensitivity], plan: StudyPlan) -> str:
    """Say what imputation knew of the people lost, beside their other score."""
    measures = {m.name: m for m in plan.measures}
    names = dict.fromkeys(
        text.of(measures[name].label, name) if name in measures else column_name(text, plan, name)
        for row in rows
        for name in row.auxiliary
    )
    if not names:
        return text("Missing scores are imputed from the other wave.")
    joined = ", ".join(names) if text.language == "en" else "、".join(names)
    return text("Missing scores are imputed from the other wave and from: {names}.", names=joined)


def list_attrition(rows: Sequence[AttritionRow], plan: StudyPlan, text: Text) -> Table:
    """Those who stayed against those lost, on every variable known at the start."""
    groups = {
        "": text("everyone"),
        "treated": text("programme"),
        "comparison": text("comparison group"),
    }
    columns = (text("At the start"), text("Group"), text("Stayed"), text("Lost to follow-up"))
    return Table(
        key="attrition",
        title=text("Stayed and lost"),
        columns=(*columns, text("Standardised difference"), text("p")),
        rows=tuple(
            (
                name_row(row, plan, text),
                groups.get(row.group, row.group),
                say_mean(text, row.variable, row.level, row.stayed, plan),
                say_mean(text, row.variable, row.level, row.left, plan),
                Number(value=row.smd, kind="signed"),
                Number(value=row.p_value, kind="p"),
            )
            for row in rows
        ),
    )


def name_row(row: AttritionRow, plan: StudyPlan, text: Text) -> str:
    """Name what is compared, marked when few of either side are counted."""
    name = name_variable(row.variable, row.level, plan, text)
    return name_level(text, name, row.level, (row.stayed, row.left), plan)


def list_bounds(rows: Sequence[Bounds], plan: StudyPlan, text: Text) -> Table:
    """How far those lost could move each result."""
    measures = {m.name: m for m in plan.measures}
    names = {
        "worst_best": text("Change, lowest to highest possible"),
        "did_worst_best": text("Difference between groups, lowest to highest possible"),
        "lee": text("Difference between groups, trimmed (Lee)"),
    }
    return Table(
        key="bounds",
        title=text("How far those lost could move the result"),
        columns=(text("Measure"), text("Bounds of"), text("From"), text("To"), text("n")),
        rows=tuple(
            (
                text.of(measures[row.measure].label, row.measure),
                names.get(row.name, row.name),
                change_cell(row.low, share=is_share(measures[row.measure])),
                change_cell(row.high, share=is_share(measures[row.measure])),
                Number(value=row.n, kind="count"),
            )
            for row in rows
        ),
        caption=text(
            "Possible: all those lost ended with the lowest score, or all with the highest."
        ),
    )


def list_tipping(
    rows: Sequence[tuple[Sensitivity, TippingPoint]],
    plan: StudyPlan,
    text: Text,
    *,
    caption: str = "",
    lines: Sequence[str] = (),
) -> Table:
    """Where each result vanishes, beside how far those lost could be at the most."""
    measures = {m.name: m for m in plan.measures}
    between = text("Difference between groups")
    cells = []
    for row, tipping in rows:
        share = is_share(measures[row.measure])
        change, interval, _ = comparison_cells(text, row.change, share=share)
        vanishes: Mapping[str, Cell] = {
            "reached": change_cell(tipping.delta, share=share),
            "not_reached": text("not within the scale"),
            "not_clear": text("no clear result"),
        }
        cells.append(
            (
                text.of(measures[row.measure].label, row.measure),
                between if row.name == "did_multiple_imputation" else text("Change"),
                change,
                interval,
                Number(value=tipping.n_lost, kind="count"),
                level_cell(tipping.lost_mean, share=share),
                vanishes[tipping.status],
                Number(value=tipping.delta_sd, kind="signed"),
                change_cell(tipping.limit, share=share),
            )
        )
    columns = (
        text("Measure"),
        text("Result"),
        text("Imputed"),
        text("95 % interval"),
        text("People lost"),
        text("End of those lost, imputed"),
        text("Result vanishes at a shift of"),
        text("In SD at the start"),
        text("Largest shift possible"),
    )
    return Table(
        key="tipping",
        title=text("How much worse must those lost be for the result to vanish?"),
        columns=columns,
        rows=tuple(cells),
        caption=caption,
        lines=lines,
    )


def list_sensitivity(rows: Sequence[Sensitivity], plan: StudyPlan, text: Text) -> Table:
    """The same change by another rule: those lost imputed, answers weighted.

    Waves and the effective number of people have columns only where they tell rows apart.
    """
    measures = {m.name: m for m in plan.measures}
    sizes = list_sizes(text, [row.change for row in rows])
    waves = [_say_waves(text, row) for row in rows]
    effective = [_say_effective(text, row) for row in rows]
    columns: list[tuple[str, Sequence[Cell]]] = [
        (text("Measure"), [text.of(measures[row.measure].label, row.measure) for row in rows])
    ]
    if len(set(waves)) > 1:
        columns.append((text("Waves"), waves))
    changes = [
        comparison_cells(text, row.change, share=is_share(measures[row.measure])) for row in rows
    ]
    columns += [
        (text("Rule"), [name_analysis(text, row.name) for row in rows]),
        (text("Change"), [change for change, _, _ in changes]),
        (text("95 % interval"), [interval for _, interval, _ in changes]),
        (text("p"), [p for _, _, p in changes]),
        (text("n"), sizes),
    ]
    if any(effective):
        columns.append((text("Effective n"), effective))
    return Table(
        key="sensitivity",
        title=text("The same change by other rules"),
        columns=tuple(name for name, _ in columns),
        rows=tuple(zip(*(cells for _, cells in columns), strict=True)),
    )


def _say_waves(text: Text, row: Sensitivity) -> str:
    """Name the two waves that a change lies between."""
    waves = (row.details.get("from"), row.details.get("to"))
    return " → ".join(wave_name(text, wave) for wave in waves if isinstance(wave, str))


def _say_effective(text: Text, row: Sensitivity) -> str:
    """How many people with equal weights would carry as much, in each wave."""
    waves = [row.details.get(f"n_effective_{wave}") for wave in ("pre", "post")]
    numbers = [n for n in waves if isinstance(n, float)]
    if numbers:
        return " + ".join(text.number(n, 0) for n in numbers)
    effect = row.details.get("kish_effect")
    return text.number(row.change.n / effect, 0) if isinstance(effect, float) else ""


def draw_attrition(rows: Sequence[AttritionRow], plan: StudyPlan, text: Text) -> Chart:
    """Draw the start of those who stayed (filled) and of those lost (hollow).

    Scores are in percent of their range, demographics in percent of people; a row that differs by
    more than 0.25 standard deviations is coloured.
    """
    known = [(row, ends) for row in rows if (ends := _find_ends(row, plan)) is not None]
    figure = new_figure(90 + _ROW * max(1, len(known)))
    for place, (row, (stayed, left)) in enumerate(known):
        colour = CAUTION if abs(row.smd or 0.0) > MAX_BASELINE_SMD else MUTED
        hover = text(
            "stayed {stayed}, lost {left}",
            stayed=say_mean(text, row.variable, row.level, row.stayed, plan),
            left=say_mean(text, row.variable, row.level, row.left, plan),
        )
        _add_pair(figure, place, (stayed, left), colour, hover)
    for name, symbol in ((text("stayed"), "circle"), (text("lost"), "circle-open")):
        # Of no point: only its name and mark stand in the legend.
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=name,
            marker={"color": MUTED, "size": 11, "symbol": symbol},
        )
    figure.update_xaxes(range=[-0.03, 1.03], **percent_axis(text))
    figure.update_yaxes(
        tickvals=list(range(len(known))),
        ticktext=[wrap_label(name_row(row, plan, text), 22) for row, _ in known],
        range=[len(known) - 0.5, -0.5],
        showgrid=False,
    )
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom"}
    )
    return figure


def _find_ends(row: AttritionRow, plan: StudyPlan) -> tuple[float, float] | None:
    """Both means as shares of the range; None in groups, when hidden or of no known range."""
    if row.group or not isinstance(row.stayed, Estimate) or not isinstance(row.left, Estimate):
        return None
    measure = next((m for m in plan.measures if m.name == row.variable), None)
    if row.level or measure is None or measure.kind == "binary":
        return row.stayed.estimate, row.left.estimate
    limits = score_range(measure)
    if limits is None or limits[1] <= limits[0]:
        return None
    low, high = limits
    stayed, left = ((e.estimate - low) / (high - low) for e in (row.stayed, row.left))
    return stayed, left


def _add_pair(
    figure: Chart, place: int, ends: tuple[float, float], colour: str, hover: str
) -> None:
    figure.add_scatter(
        x=ends,
        y=[place, place],
        mode="lines",
        line={"color": colour, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    for end, symbol in zip(ends, ("circle", "circle-open"), strict=True):
        figure.add_scatter(
            x=[end],
            y=[place],
            mode="markers",
            showlegend=False,
            marker={
                "color": colour,
                "size": 12,
                "symbol": symbol,
                "line": {"width": 2, "color": colour},
            },
            hovertext=[hover],
            hovertemplate="%{hovertext}<extra></extra>",
        )


def _say_differing(text: Text, caution: Caution) -> str:
    return text(
        "People lost differ from those who stayed ({variable}): results may be tilted.",
        variable=name_with(text, caution.values.get("label"), str(caution.values["variable"])),
    )


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "lost_alike": fill(
        "{lost} of {n} people were not found again; at the start they were like those who stayed.",
        "lost",
        "n",
    ),
    "lost_alike_shown": fill(
        "{lost} of {n} people were not found again; at the start they were like those who stayed, "
        "as far as groups are large enough to show.",
        "lost",
        "n",
    ),
    "lost_unsettled": fill(
        "{lost} of {n} baseline respondents have no follow-up under the same code; {near} pairs "
        "of similar codes await your decision on Quality.",
        "lost",
        "n",
        "near",
    ),
    "lost_differ": fill(
        "{lost} of {n} people were not found again, and they differed from those who stayed.",
        "lost",
        "n",
    ),
}

CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "attrition_differs": _say_differing,
    "differential_attrition": fill(
        "{treated} of programme people were lost, {comparison} of the comparison group.",
        percent=("treated", "comparison"),
    ),
}
