"""Outcomes: did it change, by how much, how sure, for how many.

Sentences on changes stand in :mod:`dashboard.sentences.outcomes`: comparison says the same of
differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike
from analysis.study import Study
from analysis.surveys.findings import find_change, last_contrasts, shared_change
from analysis.surveys.results import Outcome, PairCounts
from analysis.surveys.scoring import score_range
from dashboard.content.cells import change_cell, comparison_cells
from dashboard.content.chart import Chart
from dashboard.content.forest import draw_forest, list_difference_rows, list_forest_rows
from dashboard.content.model import (
    Card,
    Cell,
    Interval,
    Missing,
    Number,
    Passage,
    Picture,
    Section,
    Table,
)
from dashboard.content.theme import AFTER, BAND, BEFORE, MUTED, new_figure
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.change import count_clear, is_share, say_level, say_likely, say_signed
from dashboard.sentences.few import list_sizes
from dashboard.sentences.improvement import say_improvement
from dashboard.sentences.names import value_name, wave_name
from dashboard.sentences.ordered import say_ordered
from dashboard.sentences.outcomes import say_wave
from dashboard.sentences.statistics import name_change, name_effect, say_reason
from dashboard.text import Text

MAX_LINES = 80
_CLOUD = 0.42  # width of the widest bar of a cloud, in steps between the waves


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when there are no two waves."""
    if evaluation is not None and evaluation.outcomes:
        return None
    needed = text("Upload answers of two waves, before and after, to see a change.")
    return Missing(title=text("No change to show yet"), needed=needed)


def make_section(
    evaluation: Evaluation, study: Study, text: Text, outcome: Outcome | None = None
) -> Section:
    """Make the topic: about ``outcome`` on its page, about all measures in documents."""
    last = last_contrasts(evaluation.outcomes)
    chosen = outcome or last[0]
    title = say_finding(text, find_change(study, chosen, len(last)))
    if outcome is None:
        cautions = [c for c in evaluation.cautions if c.section == "outcomes"]
        return Section(
            key="outcomes",
            heading=text("Outcomes"),
            title=title,
            findings=[
                *(say_finding(text, f) for f in evaluation.findings_about("outcomes")),
                *_say_each(last, study, text),
            ],
            pictures=[
                # In print there is room for a short line only; the front page has the same picture.
                _picture_forest(
                    evaluation,
                    study.plan,
                    text,
                    title=text("Change against what matters"),
                    subtitle=text("% of the measure's span; shaded: too small to matter"),
                )
            ],
            cautions=say_cautions(text, evaluation, cautions),
            appendix=[
                list_outcomes(evaluation.outcomes, study.plan, text),
                *(table for one in last for table in _list_appendix(one, study, text)),
            ],
        )
    forest = _picture_forest(
        evaluation,
        study.plan,
        text,
        title=text("All measures on one scale"),
        subtitle=text(
            "Change in % of the range, with 95 % interval; right: in its own unit. "
            "Shaded: too small to matter."
        ),
    )
    measure = study.measure(outcome.measure)
    improvement = say_improvement(text, outcome, measure)
    ordered, expected = say_ordered(text, outcome), list_ordered(outcome, study.plan, text)
    answers = text("The answers, expected for the same people")
    passages = [Passage(title=text("Who improved, and by how much it takes"), lines=improvement)]
    if not expected.rows:
        passages.append(Passage(title=answers, lines=ordered))
    return Section(
        key="outcomes",
        heading=text("Outcomes"),
        title=title,
        sample=say_who(text, outcome),
        cards=list_cards(evaluation, outcome, measure, text),
        pictures=[*_picture_change(outcome, measure, text), forest],
        # Beside one measure its name would be said twice; those of the whole survey come first.
        cautions=[
            say_caution(text, caution)
            for caution in (*evaluation.study_cautions("outcomes"), *outcome.cautions)
        ],
        passages=[passage for passage in passages if passage.lines],
        tables=[
            list_transitions(outcome, text),
            replace(expected, title=answers, lines=ordered),
            list_analyses(outcome, text, share=is_share(measure)),
            list_effect_sizes(outcome, text),
        ],
    )


def _say_each(outcomes: Sequence[Outcome], study: Study, text: Text) -> list[str]:
    """Say of each measure who improved, and the odds of a higher answer."""
    measures = [study.measure(one.measure) for one in outcomes]
    return [
        text("{measure}: {caution}", measure=text.of(measure.label, measure.name), caution=line)
        for one, measure in zip(outcomes, measures, strict=True)
        for line in (*say_improvement(text, one, measure), *say_ordered(text, one))
    ]


def _list_appendix(outcome: Outcome, study: Study, text: Text) -> list[Table]:
    """The tables of one measure in a document, its name in their titles."""
    measure = study.measure(outcome.measure)
    name = text.of(measure.label, measure.name)
    titled = [
        (
            list_analyses(outcome, text, share=is_share(measure)),
            text("{measure}: every method side by side", measure=name),
        ),
        (list_effect_sizes(outcome, text), text("{measure}: effect sizes", measure=name)),
        (
            list_ordered(outcome, study.plan, text),
            text("{measure}: the answers, expected for the same people", measure=name),
        ),
    ]
    return [
        replace(table, key=f"{table.key}_{outcome.measure}", title=title) for table, title in titled
    ]


def _picture_forest(
    evaluation: Evaluation, plan: StudyPlan, text: Text, *, title: str, subtitle: str
) -> Picture:
    rows = list_forest_rows(evaluation.outcomes, plan, text)
    # Beside differences from a comparison group, the answer does not speak of these numbers.
    compared = list_difference_rows(evaluation.comparison, evaluation.outcomes, plan, text)
    return Picture(
        key="forest",
        title=title,
        subtitle=subtitle,
        alt=text("Forest plot of the change in each measure."),
        figure=lambda: draw_forest(rows, text),
        table=list_outcomes(evaluation.outcomes, plan, text),
        headline=not compared,
        beside=True,
        page_only=not rows,
    )


def _picture_change(outcome: Outcome, measure: MeasurePlan, text: Text) -> list[Picture]:
    """Everyone before and after; none of answers without an order, which a table shows."""
    if outcome.transitions:
        return []
    each = ""
    if outcome.pairs is not None:
        lines = sum(outcome.pairs.count) <= MAX_LINES
        each = text("Each line is a person.") if lines else text("Bars: how many gave each score.")
    name = text.of(measure.label, measure.name)
    return [
        Picture(
            key="change",
            title=text("Everyone's answer before and after"),
            subtitle=text.join([text("{measure}, mean with 95 % interval.", measure=name), each]),
            alt=text("Scores before and after, and the mean change with its interval."),
            figure=lambda: draw_change(outcome, measure, text),
            beside=True,
            page_only=True,
        )
    ]


def say_who(text: Text, outcome: Outcome) -> str:
    """Say who is in the change, and whether using everyone tells the same."""
    n = outcome.n
    parts = [text("People in the programme only.")] if outcome.among == "treated" else []
    if outcome.design == "anonymous":
        told = text("{a} answered before, {b} after; answers cannot be linked.")
        parts.append(told.format(a=text.number(n.from_wave, 0), b=text.number(n.to_wave, 0)))
        return text.join(parts)
    parts.append(
        text(
            "{matched} answered before and after; {left} only before, {new} only after.",
            matched=text.number(n.matched, 0),
            left=text.number(n.from_only, 0),
            new=text.number(n.to_only, 0),
        )
    )
    if outcome.agreement == "agree":
        parts.append(text("All analyses point the same way."))
    elif outcome.agreement == "disagree":
        parts.append(text("The analyses do not all agree."))
    return text.join(parts)


def list_cards(
    evaluation: Evaluation, outcome: Outcome, measure: MeasurePlan, text: Text
) -> list[Card]:
    """At most four numbers: the change, who improved, how many measures, who has both scores."""
    share, change = is_share(measure), outcome.change
    cards = []
    if isinstance(change, Comparison) and change.estimate is not None:
        likely = say_likely(text, change.ci_low, change.ci_high, share=share)
        value = say_signed(text, change.estimate, share=share)
        meaning = text("change, likely between {likely}", likely=likely)
        cards.append(Card(value=value, meaning=meaning))
    shared = shared_change(outcome)
    if shared is not None:
        value = say_signed(text, shared, share=share)
        n = text.number(outcome.n.matched, 0)
        meaning = text("change of each of the {n} people, without spread", n=n)
        cards.append(Card(value=value, meaning=meaning))
    cards += _improved_card(text, outcome, measure)
    counted = count_clear(text, evaluation)
    if counted:
        meaning = text("measures changed clearly, counting every test")
        cards.append(Card(value=counted, meaning=meaning))
    first = outcome.n.matched + outcome.n.from_only
    if outcome.design != "anonymous" and first:
        # Scores of one measure, of participants where there is a comparison group: another share
        # than that of everyone asked, on the attrition page.
        meaning = (
            text("of the participants with a score before have one after, too")
            if outcome.among == "treated"
            else text("of those with a score before have one after, too")
        )
        cards.append(Card(value=text.percent(outcome.n.matched / first), meaning=meaning))
    return cards


def _improved_card(text: Text, outcome: Outcome, measure: MeasurePlan) -> list[Card]:
    found = outcome.improved
    if found is None or found.threshold is None or not isinstance(found.better, Estimate):
        return []
    value = f"{text.number(found.n_better, 0)} / {text.number(found.better.n, 0)}"
    worse = text.number(found.n_worse, 0)
    if measure.kind == "binary":
        meaning = text("people changed for the better; {worse} for the worse", worse=worse)
        return [Card(value=value, meaning=meaning)]
    share = is_share(measure)
    by = text.number(found.threshold * 100, 0) if share else text.number(found.threshold, 2)
    meaning = text(
        "people improved by {by} or more; {worse} got worse by as much",
        by=text("{n} pp", n=by) if share else by,
        worse=worse,
    )
    return [Card(value=value, meaning=meaning)]


def list_outcomes(outcomes: Sequence[Outcome], plan: StudyPlan, text: Text) -> Table:
    """Each measure's change with n, who was left out, method, interval and adjusted p."""
    measures = {m.name: m for m in plan.measures}
    columns = (
        text("Measure"),
        text("Waves"),
        text("Change"),
        text("95 % interval"),
        text("p"),
        text("p, all tests counted"),
        text("Answered both"),
        text("Only before"),
        text("Only after"),
        text("Method"),
    )
    return Table(
        key="outcomes",
        title=text("Outcomes"),
        columns=columns,
        rows=tuple(
            (
                text.of(measures[one.measure].label, one.measure),
                " → ".join(wave_name(text, wave) for wave in one.contrast),
                *_outcome_cells(text, one, share=is_share(measures[one.measure])),
                Number(value=one.p_adjusted, kind="p"),
                _count_cell(one.n.matched if one.design != "anonymous" else None),
                _count_cell(one.n.from_only),
                _count_cell(one.n.to_only),
                name_change(text, one.change),
            )
            for one in outcomes
        ),
    )


def _count_cell(n: int | None) -> Number:
    return Number(value=n, kind="count")


def _outcome_cells(text: Text, outcome: Outcome, *, share: bool) -> tuple[Cell, Cell, Cell]:
    """The change, its interval and p; where all moved alike, by how much."""
    shared = shared_change(outcome)
    if shared is None:
        return _analysis_cells(text, outcome.change, share=share)
    return change_cell(shared, share=share), text("the same for everyone"), None


def _analysis_cells(text: Text, one: ComparisonLike, *, share: bool) -> tuple[Cell, Cell, Cell]:
    if isinstance(one, Comparison) and one.name == "sign":
        # Its estimate is a share of people, not a change of the score.
        return None, None, Number(value=one.p_value, kind="p")
    return comparison_cells(text, one, share=share)


def list_analyses(outcome: Outcome, text: Text, *, share: bool) -> Table:
    """All analyses of one change side by side, the primary first."""
    sizes = list_sizes(text, outcome.analyses)
    columns = (text("Analysis"), text("Change"), text("95 % interval"), text("p"), text("n"))
    return Table(
        key="analyses",
        title=text("The same change by every method"),
        columns=columns,
        rows=tuple(
            (name_change(text, one), *_analysis_cells(text, one, share=share), n)
            for one, n in zip(outcome.analyses, sizes, strict=True)
        ),
    )


def list_effect_sizes(outcome: Outcome, text: Text) -> Table:
    """Effect sizes with their intervals and n."""
    sizes = list_sizes(text, outcome.effect_sizes)
    return Table(
        key="effects",
        title=text("Effect sizes"),
        columns=(text("Effect size"), text("Value"), text("95 % interval"), text("n")),
        rows=tuple(
            (name_effect(text, one.name), *_effect_cells(text, one), n)
            for one, n in zip(outcome.effect_sizes, sizes, strict=True)
        ),
    )


def _effect_cells(text: Text, one: EstimateLike) -> tuple[Cell, Cell]:
    if not isinstance(one, Estimate):
        return say_reason(text, one.reason), None
    return Number(value=one.estimate), Interval(low=one.ci_low, high=one.ci_high)


def list_ordered(outcome: Outcome, plan: StudyPlan, text: Text) -> Table:
    """Expected share of each answer in both waves; no rows without a model of one answer."""
    found, interval = outcome.ordered, text("95 % interval")
    before, after = (wave_name(text, wave) for wave in outcome.contrast)
    shares = (
        ()
        if found is None
        else zip(found.answers, found.from_shares, found.to_shares, strict=False)
    )
    return Table(
        key="ordered",
        title=text("The answers, expected for the same people"),
        # No two columns of a table have the same name.
        columns=(text("Answer"), before, f"{interval} ", after, interval),
        rows=tuple(
            (value_name(text, plan, answer), *_share_cells(start), *_share_cells(end))
            for answer, start, end in shares
        ),
    )


def _share_cells(share: EstimateLike) -> tuple[Cell, Cell]:
    if not isinstance(share, Estimate) or share.ci_low is None or share.ci_high is None:
        return None, None
    return (
        Number(value=share.estimate, kind="percent", digits=1),
        Interval(low=share.ci_low, high=share.ci_high, kind="percent", digits=1),
    )


def list_transitions(outcome: Outcome, text: Text) -> Table:
    """Who moved from which answer to which: rows before, columns after."""
    names = [str(category) for category in outcome.categories]
    if names == ["0", "1"]:
        names = [text("no"), text("yes")]
    rows = zip(names, outcome.transitions, strict=True) if outcome.transitions else ()
    return Table(
        key="transitions",
        title=text("From which answer to which"),
        columns=(text("Before ↓ after →"), *names),
        rows=tuple((name, *(_count_cell(n) for n in row)) for name, row in rows),
    )


def draw_change(outcome: Outcome, measure: MeasurePlan, text: Text) -> Chart:
    """Draw both waves with each person's line (or, above 80 pairs, clouds), and the change."""
    share = is_share(measure)
    figure = new_figure(420)
    figure.update_layout(
        xaxis={"domain": [0, 0.62], "range": [-0.55, 1.55], "showgrid": False},
        yaxis={"tickformat": ".0%" if share else None},
        xaxis2={
            "domain": [0.72, 1],
            "range": [-1, 1],
            "showgrid": False,
            "fixedrange": True,
            "tickvals": [0],
            "ticktext": [text("Change")],
            "anchor": "y2",
            "tickfont": {"color": MUTED},
        },
        yaxis2={
            "anchor": "x2",
            "side": "right",
            "showgrid": False,
            "fixedrange": True,
            "zeroline": False,
            "tickformat": ".0%" if share else None,
            "tickfont": {"color": MUTED},
        },
    )
    if outcome.pairs is not None:
        draw = _add_lines if sum(outcome.pairs.count) <= MAX_LINES else _add_clouds
        draw(figure, outcome.pairs)
    _add_levels(figure, outcome, text, share)
    limits = score_range(measure)
    if limits is not None:
        pad = (limits[1] - limits[0]) * 0.05
        figure.update_layout(yaxis_range=[limits[0] - pad, limits[1] + pad])
    _add_difference(figure, outcome, text, share)
    return figure


def _add_lines(figure: Chart, pairs: PairCounts) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for before, after, n in zip(pairs.from_score, pairs.to_score, pairs.count, strict=True):
        x += [0, 1, None] * n
        y += [before, after, None] * n
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": BEFORE, "width": 1}, opacity=0.25, hoverinfo="skip"
    )


def _add_clouds(figure: Chart, pairs: PairCounts) -> None:
    """Half clouds in up to 16 steps: before to the left of its mean, after to the right."""
    every = (*pairs.from_score, *pairs.to_score)
    low, gap = min(every), (max(every) - min(every)) / 16 or 1.0
    for scores, place, side, colour in (
        (pairs.from_score, 0, -1, BEFORE),
        (pairs.to_score, 1, 1, AFTER),
    ):
        counts: dict[float, int] = {}
        for score, n in zip(scores, pairs.count, strict=True):
            step = round((score - low) / gap) * gap + low
            counts[step] = counts.get(step, 0) + n
        most = max(counts.values())
        for level in counts:
            reach = side * (0.06 + _CLOUD * counts[level] / most)
            figure.add_shape(
                type="rect",
                x0=place + side * 0.06,
                x1=place + reach,
                y0=level - gap * 0.4,
                y1=level + gap * 0.4,
                fillcolor=colour,
                opacity=0.28,
                line_width=0,
            )


def _add_levels(figure: Chart, outcome: Outcome, text: Text, share: bool) -> None:
    known = [level for level in outcome.levels if isinstance(level, Estimate)]
    if len(known) < 2:
        return
    names = []
    for place, (level, wave, colour) in enumerate(
        zip(known, outcome.contrast, (BEFORE, AFTER), strict=True)
    ):
        shown = say_level(text, level.estimate, share=share)
        names.append(f"{say_wave(text, wave)} <br><b>{shown}</b>")
        hollow = "circle-open" if place == 0 else "circle"
        figure.add_scatter(
            x=[place],
            y=[level.estimate],
            mode="markers",
            marker={
                "color": colour,
                "size": 14,
                "symbol": hollow,
                "line": {"color": colour, "width": 3},
            },
            error_y=_error(level.estimate, level.ci_low, level.ci_high, colour),
            hovertext=[f"{say_wave(text, wave)}: {shown}, n = {level.n}"],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.add_scatter(
        x=[0, 1],
        y=[level.estimate for level in known],
        mode="lines",
        line={"color": MUTED, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.update_layout(xaxis={"tickvals": [0, 1], "ticktext": names})


def _error(middle: float, low: float | None, high: float | None, colour: str) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [(high or middle) - middle],
        "arrayminus": [middle - (middle if low is None else low)],
        "color": colour,
        "thickness": 3,
        "width": 0,
    }


def _add_difference(figure: Chart, outcome: Outcome, text: Text, share: bool) -> None:
    """The change with its interval on its own axis, the same length of unit as the scores."""
    change = outcome.change
    if not isinstance(change, Comparison) or change.estimate is None:
        return
    important = outcome.important_difference
    if important is not None:
        figure.add_shape(
            type="rect",
            xref="x2",
            yref="y2",
            x0=-1,
            x1=1,
            y0=-important,
            y1=important,
            fillcolor=BAND,
            line_width=0,
            layer="below",
        )
    figure.add_shape(
        type="line", xref="x2", yref="y2", x0=-1, x1=1, y0=0, y1=0, line_color=MUTED, line_width=1.5
    )
    figure.add_scatter(
        x=[0],
        y=[change.estimate],
        xaxis="x2",
        yaxis="y2",
        mode="markers",
        marker={"color": AFTER, "size": 14},
        error_y=_error(change.estimate, change.ci_low, change.ci_high, AFTER),
        hovertext=[f"{say_signed(text, change.estimate, share=share)}, n = {change.n}"],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    top = change.estimate if change.ci_high is None else change.ci_high
    likely = say_likely(text, change.ci_low, change.ci_high, share=share)
    figure.add_annotation(
        x=0,
        y=top,
        xref="x2",
        yref="y2",
        yshift=24,
        showarrow=False,
        font_size=13,
        text=f"<b>{say_signed(text, change.estimate, share=share)}</b><br>{likely}",
    )
    bottom = change.estimate if change.ci_low is None else change.ci_low
    reach = max(abs(top), abs(bottom), important or 0.0)
    figure.update_layout(
        yaxis2={"range": [min(bottom, -(important or 0.0)) - 0.1 * reach, top + 0.6 * reach]}
    )
