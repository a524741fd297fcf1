"""Comparison: did measures change more than where the programme was not.

No sentence says that something was caused unless its code starts with ``effect_clear``: those codes
exist only where the design of the comparison earns them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Caution, Comparison, Estimate, Finding, number_to_draw
from analysis.study import Study
from analysis.surveys.comparison import compare_methods
from analysis.surveys.contrasts import main_rows
from analysis.surveys.findings import find_effect
from analysis.surveys.results import BalanceRow, EValue, GroupComparison, Overlap
from dashboard.content.axes import error_bars
from dashboard.content.baseline import name_level, name_variable, say_mean
from dashboard.content.cells import comparison_cells
from dashboard.content.chart import Chart, Spec
from dashboard.content.forest import draw_forest, list_difference_rows
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.model import Card, Cell, Missing, Number, Picture, Section, Table
from dashboard.content.theme import COMPARISON, MUTED, TREATED, new_figure
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.assignment import say_assignment
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.change import about_change, is_share, say_level, say_likely, say_signed
from dashboard.sentences.few import list_sizes
from dashboard.sentences.filled import fill
from dashboard.sentences.outcomes import say_wave
from dashboard.sentences.statistics import name_analysis
from dashboard.text import N_, Text

_PLOT_HEIGHT = 330
_LINE_HEIGHT = 18


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when nobody outside the programme was asked."""
    if evaluation is not None and evaluation.comparison:
        return None
    needed = text(
        "Ask the same questions where the programme is not, and name the column that tells "
        "the groups apart on the page Data."
    )
    return Missing(title=text("No comparison group yet"), needed=needed)


def make_section(
    evaluation: Evaluation, study: Study, text: Text, measure: str | None = None
) -> Section:
    """Make the topic: about ``measure`` on its page, about all measures in documents."""
    plan, main = study.plan, main_rows(evaluation.comparison)
    shown = [one for one in main if one.measure == measure] or main
    chosen = shown[0]
    tables = []
    for one in shown:
        tables.append(list_comparisons(one, study.measure(one.measure), text))
        if one.overlap is not None:
            tables.append(list_weighted_balance(one, one.overlap, plan, text))
    cautions = [c for c in evaluation.cautions if c.section == "comparison"]
    # On a page the overview shows the differences of all measures beside each other.
    pictures = [] if measure else _differences(evaluation, plan, text)
    for one in shown:
        pictures += _pictures(one, study.measure(one.measure), text)
    return Section(
        key="comparison",
        heading=text("Comparison"),
        title=say_finding(text, find_effect(study, chosen)),
        sample=text.join([say_groups(text, chosen), say_design(text, chosen)]),
        cards=list_cards(text, chosen, study.measure(chosen.measure)),
        findings=[
            *(say_finding(text, f) for f in evaluation.findings if f.section == "comparison"),
            *_say_designs(main, study, text),
            *_say_e_values(main, study, text),
        ],
        pictures=pictures,
        # Beside one measure its name would be said twice; a document speaks of all.
        cautions=[say_caution(text, c) for c in chosen.cautions]
        if measure
        else say_cautions(text, evaluation, cautions),
        tables=[*tables, list_balance(chosen.balance, plan, text)],
    )


def _differences(evaluation: Evaluation, plan: StudyPlan, text: Text) -> list[Picture]:
    """The picture of the differences that the report's answer speaks of, if there are any."""
    rows = list_difference_rows(evaluation.comparison, evaluation.outcomes, plan, text)
    if not rows:
        return []
    picture = Picture(
        key="differences",
        title=text("Difference from the comparison group"),
        subtitle=text("Difference in % of the measure's span; shaded: too small to matter"),
        alt=text("Forest plot of the difference from the comparison group in each measure."),
        figure=lambda: draw_forest(rows, text),
        headline=True,
    )
    return [picture]


def _pictures(compared: GroupComparison, measure: MeasurePlan, text: Text) -> list[Picture]:
    name = text.of(measure.label, measure.name)
    lines = Picture(
        key=f"comparison_{measure.name}",
        title=text(
            "{measure}: {caution}", measure=name, caution=text("Both groups, before and after")
        ),
        subtitle=text("Mean with 95 % interval."),
        alt=text("Lines of both groups; dashed: the programme had it moved like the comparison."),
        figure=lambda: draw_comparison(compared, measure, text),
        page_only=not any(isinstance(mean, Estimate) for _, _, mean in compared.means),
    )
    if not compared.event_study:
        return [lines]
    waves = Picture(
        key="event_study",
        title=text("The difference, wave by wave"),
        subtitle=text(
            "Programme minus comparison group, against the first wave, with 95 % interval."
        ),
        alt=text("Dots of the difference in each wave, with interval."),
        figure=lambda: draw_event_study(compared, measure, text),
        page_only=True,
    )
    return [lines, waves]


def _say_designs(main: Sequence[GroupComparison], study: Study, text: Text) -> list[str]:
    """Say how the groups were formed: once where it is the same for all measures."""
    designs = [say_design(text, one) for one in main]
    if len(set(designs)) == 1:
        return designs[:1]
    return [
        text("{measure}: {caution}", measure=_name(text, study, one), caution=design)
        for one, design in zip(main, designs, strict=True)
    ]


def _say_e_values(main: Sequence[GroupComparison], study: Study, text: Text) -> list[str]:
    return [
        text(
            "{measure}: {caution}",
            measure=_name(text, study, one),
            caution=say_e_value(text, one.e_value),
        )
        for one in main
        if one.e_value is not None
    ]


def _name(text: Text, study: Study, compared: GroupComparison) -> str:
    return text.of(study.measure(compared.measure).label, compared.measure)


def say_groups(text: Text, compared: GroupComparison) -> str:
    """Say who is compared: people of each group at the start, and clusters."""
    first = compared.contrast[0]
    sizes = {
        group: level.n
        for group, wave, level in compared.means
        if wave == first and isinstance(level, Estimate)
    }
    parts = [
        text(
            "{a} programme people and {b} of the comparison group answered before.",
            a=text.number(sizes.get("treated", 0), 0),
            b=text.number(sizes.get("comparison", 0), 0),
        )
    ]
    if compared.n_clusters:
        parts.append(text("They live in {n} clusters.", n=text.number(compared.n_clusters, 0)))
    return text.join(parts)


def say_doubts(text: Text, compared: GroupComparison) -> list[str]:
    """Say why the difference is not called an effect of the programme; empty when it is."""
    named = {
        "one_community": text("only one community had the programme"),
        "methods_disagree": text("two methods of comparison disagree"),
        "attrition_differs": text("one group lost more people than the other"),
        "groups_differ": text("the groups were not alike at the start"),
        "one_method": text("answers cannot be linked, so only one method is possible"),
        "trends_differ": text("the groups moved differently before the start"),
    }
    return [named[code] for code in compared.doubts]


def say_design(text: Text, compared: GroupComparison) -> str:
    """Say how the groups were formed and, where it is not an effect, why."""
    formed = say_assignment(text, compared.assignment, causal=compared.causal)
    doubts = say_doubts(text, compared)
    if not doubts:
        return formed
    joined = "; ".join(doubts) if text.language == "en" else "；".join(doubts)
    return text.join([formed, text("Reasons: {reasons}.", reasons=joined)])


def say_overlap(text: Text, overlap: Overlap) -> str:
    """Say how many people still carry the weighted comparison."""
    return text(
        "Weighted to be alike, the groups carry as much as {a} programme and {b} comparison people "
        "of equal weight.",
        a=text.number(overlap.effective_treated, 0),
        b=text.number(overlap.effective_comparison, 0),
    )


def say_e_value(text: Text, e_value: EValue) -> str:
    """Say how strong something unmeasured would have to be."""
    return text(
        "E-value {e} (limit {limit}): to explain this away, something unmeasured must raise both "
        "joining and the outcome by that ratio.",
        e=text.number(e_value.estimate, 2),
        limit=text.number(e_value.limit, 2),
    )


def list_cards(text: Text, compared: GroupComparison, measure: MeasurePlan) -> list[Card]:
    """The difference by the estimate the design calls for, and from the same start."""
    share, by_name = is_share(measure), {one.name: one for one in compared.analyses}
    more = text("more change than in the comparison group (95% CI {likely})")
    ahead = text("difference at the end, adjusted for the start (95% CI {likely})")
    wanted = {"did": more, "did_cr2": more, "ancova": ahead, "ancova_cr2": ahead}
    wanted |= {"ancova_covariates": ahead, "ancova_covariates_cr2": ahead}
    pair = compare_methods(compared.analyses)
    effect = compared.effect
    other = next((one.name for one in pair or () if one.name != effect.name), "")
    adjusted = other if other.startswith("ancova") != effect.name.startswith("ancova") else ""
    shown = [effect, *([by_name[adjusted]] if adjusted in by_name else [])]
    cards = [
        Card(
            value=say_signed(text, one.estimate, share=share),
            meaning=wanted[one.name].format(
                likely=say_likely(text, one.ci_low, one.ci_high, share=share)
            ),
        )
        for one in shown
        if isinstance(one, Comparison)
    ]
    plain = by_name["did"]
    if not cards and isinstance(plain, Comparison):
        value = say_signed(text, plain.estimate, share=share)
        rough = text("more change than the comparison group; too few clusters to say how sure")
        return [Card(value=value, meaning=rough)]
    return cards


def list_comparisons(compared: GroupComparison, measure: MeasurePlan, text: Text) -> Table:
    """Difference in differences, ANCOVA and clustered forms side by side; refusals in words."""
    share, sizes = is_share(measure), list_sizes(text, compared.analyses)
    rows: list[tuple[Cell, ...]] = []
    for one, n in zip(compared.analyses, sizes, strict=True):
        known = isinstance(one, Comparison)
        rows.append(
            (
                name_analysis(text, one.name),
                *comparison_cells(text, one, share=share),
                Number(value=compared.p_adjusted if one == compared.effect else None, kind="p"),
                n,
                Number(value=one.details.get("n_clusters") if known else None, kind="count"),
            )
        )
    return Table(
        key=f"comparison_{measure.name}",
        title=text(
            "{measure}: every method side by side", measure=text.of(measure.label, measure.name)
        ),
        columns=(
            text("Analysis"),
            text("Programme − comparison"),
            text("95 % interval"),
            text("p"),
            text("p, all tests counted"),
            text("n"),
            text("Clusters"),
        ),
        rows=tuple(rows),
        note="" if compared.e_value is None else say_e_value(text, compared.e_value),
    )


def list_effects(compared: Sequence[GroupComparison], plan: StudyPlan, text: Text) -> Table:
    """Each measure's difference from the comparison group with its interval and tests."""
    measures, main = {m.name: m for m in plan.measures}, main_rows(compared)
    sizes = list_sizes(text, [one.effect for one in main])
    rows: list[tuple[Cell, ...]] = []
    for one, n in zip(main, sizes, strict=True):
        measure, effect = measures[one.measure], one.effect
        known = isinstance(effect, Comparison)
        rows.append(
            (
                text.of(measure.label, measure.name),
                *comparison_cells(text, effect, share=is_share(measure)),
                Number(value=one.p_adjusted if known else None, kind="p"),
                n,
                name_analysis(text, effect.name) if known else None,
            )
        )
    return Table(
        key="effects",
        title=text("Difference from the comparison group"),
        columns=(
            text("Measure"),
            text("Programme − comparison"),
            text("95 % interval"),
            text("p"),
            text("p, all tests counted"),
            text("n"),
            text("Method"),
        ),
        rows=tuple(rows),
    )


def list_balance(rows: Sequence[BalanceRow], plan: StudyPlan, text: Text) -> Table:
    """Both groups at the start; a standardised difference above 0.25 is large."""
    return Table(
        key="balance",
        title=text("Were the groups alike at the start?"),
        columns=(
            text("At the start"),
            text("Programme"),
            text("Comparison group"),
            text("Standardised difference"),
        ),
        rows=tuple(
            (
                _name_row(row, plan, text),
                say_mean(text, row.variable, row.level, row.treated, plan),
                say_mean(text, row.variable, row.level, row.comparison, plan),
                Number(value=row.smd, kind="signed"),
            )
            for row in rows
        ),
    )


def _name_row(row: BalanceRow, plan: StudyPlan, text: Text) -> str:
    name = name_variable(row.variable, row.level, plan, text)
    return name_level(text, name, row.level, (row.treated, row.comparison), plan)


def list_weighted_balance(
    compared: GroupComparison, overlap: Overlap, plan: StudyPlan, text: Text
) -> Table:
    """How alike the groups are before and after overlap weights, in standard deviations."""
    label = plan.label_of(compared.measure)
    return Table(
        key=f"overlap_{compared.measure}",
        title=text(
            "{measure}: weighted to be alike at the start", measure=text.of(label, compared.measure)
        ),
        columns=(text("At the start"), text("Before weighting"), text("After weighting")),
        rows=tuple(
            (
                name_variable(row.variable, row.level, plan, text),
                Number(value=row.before, kind="signed"),
                Number(value=row.after, kind="signed"),
            )
            for row in overlap.balance
        ),
        caption=say_overlap(text, overlap),
    )


def draw_comparison(compared: GroupComparison, measure: MeasurePlan, text: Text) -> Chart:
    """Draw both groups' means; dashed: the programme had it moved like the comparison group."""
    share = is_share(measure)
    figure = new_figure(400)
    waves = list(dict.fromkeys(wave for _, wave, _ in compared.means))
    names = {"treated": text("programme"), "comparison": text("comparison group")}
    for group, colour, symbol in (
        ("treated", TREATED, "circle"),
        ("comparison", COMPARISON, "diamond"),
    ):
        levels = [
            (waves.index(wave), level)
            for name, wave, level in compared.means
            if name == group and isinstance(level, Estimate)
        ]
        if levels:
            _add_group(figure, levels, (names[group], colour, symbol), text, share)
    _add_counterfactual(figure, compared, waves, text, share)
    _part_labels(figure)
    figure.update_xaxes(
        tickvals=list(range(len(waves))),
        ticktext=[escape_label(say_wave(text, wave)) for wave in waves],
        range=[-0.2, len(waves) - 1 + 0.8],
        showgrid=False,
    )
    figure.update_yaxes(tickformat=".0%" if share else None)
    return figure


def _add_group(
    figure: Chart,
    levels: list[tuple[int, Estimate]],
    look: tuple[str, str, str],
    text: Text,
    share: bool,
) -> None:
    name, colour, symbol = look
    shift = 0.0 if symbol == "circle" else 0.02
    figure.add_scatter(
        x=[place + shift for place, _ in levels],
        y=[level.estimate for _, level in levels],
        mode="lines+markers",
        line={"color": colour, "width": 3},
        marker={"size": 12, "symbol": symbol, "color": colour},
        error_y=error_bars([level for _, level in levels], colour),
        hovertext=[f"{say_level(text, e.estimate, share=share)}, n = {e.n}" for _, e in levels],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    place, last = levels[-1]
    figure.add_annotation(
        x=place,
        y=last.estimate,
        xanchor="left",
        xshift=18,
        showarrow=False,
        font_color=colour,
        align="left",
        text=f"<b>{say_level(text, last.estimate, share=share)}</b> {name}",
    )


def _add_counterfactual(
    figure: Chart, compared: GroupComparison, waves: list[str], text: Text, share: bool
) -> None:
    end = number_to_draw(compared.counterfactual)
    start = next(
        (
            level
            for group, wave, level in compared.means
            if group == "treated" and wave == compared.contrast[0] and isinstance(level, Estimate)
        ),
        None,
    )
    if end is None or start is None or compared.contrast[1] not in waves:
        return
    x = [waves.index(wave) for wave in compared.contrast]
    figure.add_scatter(
        x=x,
        y=[start.estimate, end],
        mode="lines+markers",
        hoverinfo="skip",
        line={"color": MUTED, "width": 2, "dash": "dash"},
        marker={"size": 9, "symbol": "circle-open", "color": MUTED},
    )
    label = text("with the comparison group's change")
    figure.add_annotation(
        x=x[1],
        y=end,
        xanchor="left",
        xshift=18,
        showarrow=False,
        font_color=MUTED,
        align="left",
        font_size=12,
        text=wrap_label(f"{say_level(text, end, share=share)} {label}", 22),
    )


def _part_labels(figure: Chart) -> None:
    """Move the labels at the right apart, so that none covers another."""
    notes = sorted(figure.notes, key=lambda note: note["y"])
    ends = [y for trace in figure.data for y in _reach(trace)]
    if len(notes) < 2 or not ends or max(ends) <= min(ends):
        return
    pixel = (max(ends) - min(ends)) / _PLOT_HEIGHT
    lowest = float("-inf")
    for note in notes:
        half = _LINE_HEIGHT * (1 + note["text"].count("<br>")) / 2
        place = max(note["y"] / pixel, lowest + half)
        note["yshift"] = place - note["y"] / pixel
        lowest = place + half


def _reach(trace: Spec) -> list[float]:
    error = trace.get("error_y")
    if error is None:
        return list(trace["y"])
    ends = zip(trace["y"], error["array"], error["arrayminus"], strict=True)
    return [end for y, up, down in ends for end in (y - down, y + up)]


def draw_event_study(compared: GroupComparison, measure: MeasurePlan, text: Text) -> Chart:
    """Draw the difference between the groups wave by wave, against the reference wave."""
    share = is_share(measure)
    figure = new_figure(300)
    known = [(p.wave, p.difference) for p in compared.event_study]
    start = compared.contrast[0]
    figure.add_scatter(
        x=[-1],
        y=[0],
        mode="markers",
        hoverinfo="skip",
        marker={"size": 12, "color": MUTED, "symbol": "circle-open"},
    )
    for place, (_, difference) in enumerate(known):
        if not isinstance(difference, Estimate):
            continue
        likely = say_likely(text, difference.ci_low, difference.ci_high, share=share)
        figure.add_scatter(
            x=[place],
            y=[difference.estimate],
            mode="markers",
            marker={"size": 12, "color": TREATED},
            error_y=error_bars([difference], TREATED),
            hovertext=[f"{say_signed(text, difference.estimate, share=share)} ({likely})"],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.add_hline(y=0, line_color=MUTED, line_width=1.5)
    figure.update_xaxes(
        tickvals=list(range(-1, len(known))),
        range=[-1.5, len(known) - 0.5],
        showgrid=False,
        ticktext=[wrap_label(say_wave(text, w), 14) for w in (start, *(w for w, _ in known))],
    )
    figure.update_yaxes(tickformat=".0%" if share else None)
    return figure


def _say_effect(text: Text, f: Finding, message: str) -> str:
    """A difference from the comparison group; by lot, with what the other method says."""
    sentences = [about_change(message)(text, f)]
    if f.values.get("agreement") == "disagree":
        sentences.append(text("Change scores alone do not confirm this."))
    return text.join(sentences)


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "effect_clear_up": lambda text, f: _say_effect(
        text,
        f,
        N_(
            "The programme raised {measure} by {change} compared with the comparison group "
            "(95% CI {range})."
        ),
    ),
    "effect_clear_down": lambda text, f: _say_effect(
        text,
        f,
        N_(
            "The programme lowered {measure} by {change} compared with the comparison group "
            "(95% CI {range})."
        ),
    ),
    "more_than_comparison_up": lambda text, f: _say_effect(
        text,
        f,
        N_("{measure} rose by {change} more than in the comparison group (95% CI {range}).")
        if (f.values.get("own") or 0.0) >= 0
        else N_("{measure} fell by {change} less than in the comparison group (95% CI {range})."),
    ),
    "more_than_comparison_down": lambda text, f: _say_effect(
        text,
        f,
        N_("{measure} fell by {change} more than in the comparison group (95% CI {range}).")
        if (f.values.get("own") or 0.0) <= 0
        else N_("{measure} rose by {change} less than in the comparison group (95% CI {range})."),
    ),
    "effect_methods_disagree": lambda text, f: text(
        "{measure}: the methods disagree. Difference in changes {did}, adjusted for the start "
        "{ancova}: no conclusion can be drawn.",
        measure=text.of(f.values["label"]),
        did=say_signed(text, f.values.get("did"), share=bool(f.values.get("share"))),
        ancova=say_signed(text, f.values.get("ancova"), share=bool(f.values.get("share"))),
    ),
    "effect_no_clear": about_change(
        "{measure}: no clear difference from the comparison group; the data fit {range}."
    ),
    "effect_unclear_many_tests": about_change(
        "{measure}: no clear difference from the comparison group once all tests are counted."
    ),
    "effect_not_estimable": about_change(
        "{measure}: a difference from the comparison group cannot be estimated."
    ),
}

CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "balance_of_matched": fill(
        "Some rows of the groups at the start are of those who answered both times: with everyone "
        "who answered, the few who answered once would be known."
    ),
    "parallel_trends_unchecked": fill(
        "With one earlier wave, it cannot be checked that both groups moved alike before."
    ),
    "trends_differ": fill(
        "The groups moved differently before the start: parallel trends are doubtful."
    ),
    "one_treated_community": fill(
        "Only one community had the programme: other local events cannot be told apart from it."
    ),
    "staggered_starts": fill(
        "The programme began at {n} different times: compare each start group on its own.", "n"
    ),
    "few_in_group": fill(
        "The smaller group has only {n} people: where its changes spread less than the others', "
        "the 95% interval is wider than it need be.",
        "n",
    ),
    "mixed_of_few": fill(
        "Of the smaller group only {n} people answered both times: the 95% interval of the mixed "
        "model of everyone is too narrow (about 92% hold).",
        "n",
    ),
    "few_clusters": fill("There are only {n} clusters: intervals are wide and rough.", "n"),
    "groups_differ_at_start": fill(
        "The groups differed at the start by {smd} standard deviations.", "smd"
    ),
}
