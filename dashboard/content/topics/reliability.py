"""Reliability: do the questions of a measure belong together, and mean the same at both times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.evaluation import Evaluation
from analysis.plan import StudyPlan
from analysis.results import (
    Comparison,
    Estimate,
    EstimateLike,
    Finding,
    NotEstimable,
    Suppressed,
)
from analysis.statistics.factor_model import FactorFit
from analysis.study import Study
from analysis.surveys.measurement import Measurement
from analysis.surveys.response_shift import ResponseShift, list_response_shifts
from analysis.surveys.results import Reliability
from dashboard.content.cells import comparison_cells
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.model import (
    Cell,
    Interval,
    Missing,
    Number,
    Passage,
    Picture,
    Section,
    Table,
)
from dashboard.content.theme import AFTER, BEFORE, MUTED, new_figure
from dashboard.sentences.change import is_share, say_amount, say_likely, say_signed
from dashboard.sentences.few import list_sizes
from dashboard.sentences.filled import fill
from dashboard.sentences.outcomes import say_wave
from dashboard.sentences.statistics import say_reason
from dashboard.text import N_, Text

#: Alpha that is usually called acceptable: the line in the picture.
USUAL_ALPHA = 0.7
#: Fit that is usually called good (Hu & Bentler 1999, doi:10.1080/10705519909540118).
GOOD_CFI, GOOD_SRMR = 0.95, 0.08
#: Beginnings of the codes that answer whether questions mean the same.
MEANING = ("meaning_", "response_shift")


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when no measure has two questions."""
    if evaluation is not None and evaluation.reliability:
        return None
    needed = text("A measure of two or more questions is needed to tell how they hang together.")
    return Missing(title=text("No scale to judge yet"), needed=needed)


def make_section(evaluation: Evaluation, study: Study, text: Text) -> Section:
    """Make the topic; a page shows the questions of the measure that the reader chooses."""
    rows, plan = evaluation.reliability, study.plan
    findings = [f for f in evaluation.findings if f.section == "reliability"]
    meaning = [f for f in findings if f.code.startswith(MEANING)]
    retrospective = plan.survey.retrospective if plan.survey is not None else ()
    shifts = list_response_shifts(evaluation.outcomes, retrospective)
    return Section(
        key="reliability",
        heading=text("Reliability"),
        title=_say(text, findings[0]) if findings else text("Reliability"),
        sample=text(
            "Alpha (Feldt interval) and omega: 1 = the questions tell the same, 0 = nothing in "
            "common."
        ),
        findings=[_say(text, finding) for finding in findings],
        pictures=[
            Picture(
                key="reliability",
                title=text("How well the questions hang together"),
                subtitle=text(
                    "Alpha with 95 % interval; hollow: before, solid: after; line: 0.70."
                ),
                alt=text("Dots of alpha with intervals for each measure and wave."),
                figure=lambda: draw_reliability(rows, plan, text),
                table=list_reliability(rows, plan, text),
                with_table=True,
            )
        ],
        cautions=say_suspects(text, rows, plan),
        passages=[
            Passage(
                title=text("Do the questions measure the same thing at both times?"),
                lines=[_say(text, f) for f in meaning],
                tables=[list_shifts(one, study, text) for one in evaluation.measurement],
            )
        ]
        if meaning or evaluation.measurement
        else [],
        tables=[
            list_response_shift_rows(shifts, plan, text),
            list_factor_fits(rows, plan, text),
            list_invariance(evaluation.measurement, plan, text),
        ],
        appendix=[list_items(rows, plan, text)],
    )


def list_reliability(rows: Sequence[Reliability], plan: StudyPlan, text: Text) -> Table:
    """Alpha and omega with intervals by measure and wave."""
    labels = _list_labels(plan, text)
    columns = (text("Measure"), text("Wave"), text("Alpha"), text("Omega"), text("First factor"))
    return Table(
        key="reliability",
        title=text("Reliability"),
        columns=(*columns, text("Questions"), text("n")),
        rows=tuple(
            (
                labels[row.measure],
                say_wave(text, row.wave),
                _with_interval(text, row.alpha),
                _with_interval(text, row.omega),
                Number(value=row.first_factor_share, kind="percent", digits=0),
                Number(value=row.n_items, kind="count"),
                Number(value=row.n, kind="count"),
            )
            for row in rows
        ),
    )


def _with_interval(text: Text, found: EstimateLike) -> Cell:
    if not isinstance(found, Estimate):
        return say_reason(text, found.reason)
    return Interval(estimate=found.estimate, low=found.ci_low, high=found.ci_high)


def list_items(rows: Sequence[Reliability], plan: StudyPlan, text: Text) -> Table:
    """Each question's correlation with the rest, and alpha without it."""
    texts = {m.name: m.texts for m in plan.measures}
    columns = (text("Question"), text("Wave"), text("Correlation with the rest"))
    return Table(
        key="reliability_items",
        title=text("Question by question"),
        columns=(*columns, text("Alpha without it")),
        rows=tuple(
            (
                text.of(texts[row.measure].get(item), item),
                say_wave(text, row.wave),
                Number(value=rest),
                Number(value=row.alpha_if_dropped.get(item)),
            )
            for row in rows
            for item, rest in row.item_rest.items()
        ),
    )


def list_shifts(found: Measurement, study: Study, text: Text) -> Table:
    """Each question's difference between the waves at the same total score."""
    measure = study.measure(found.measure)
    share = measure.kind in ("binary", "knowledge")
    rows = []
    for one in found.items:
        test = one.test
        known = isinstance(test, Comparison)
        rows.append(
            (
                text.of(measure.texts.get(one.item), one.item),
                *comparison_cells(text, test, share=share),
                Number(value=one.p_adjusted if known else None, kind="p"),
                Number(value=test.details.get("standardised") if known else None, kind="signed"),
                text("yes") if one.shifted else text("no"),
            )
        )
    columns = (
        text("Question"),
        text("Difference at the same total"),
        text("95 % interval"),
        text("p"),
        text("p, all tests counted"),
        text("In standard deviations"),
        text("Shifted"),
    )
    return Table(
        key=f"shifts_{found.measure}",
        title=text(
            "{measure}: do the questions measure the same?",
            measure=text.of(measure.label, measure.name),
        ),
        columns=columns,
        rows=tuple(rows),
        caption=say_compared(text, found),
        note=say_loadings(text, found),
    )


def list_response_shift_rows(shifts: Sequence[ResponseShift], plan: StudyPlan, text: Text) -> Table:
    """Retrospective minus actual baseline, and the change against either."""
    measures = {m.name: m for m in plan.measures}
    compared = [
        (one.measure, name, change)
        for one in shifts
        for name, change in (
            (text("Retrospective minus actual baseline"), one.shift),
            (text("Change against the actual baseline"), one.change),
            (text("Change against the retrospective baseline"), one.from_memory),
        )
    ]
    sizes = list_sizes(text, [change for _, _, change in compared])
    columns = (text("Measure"), text("Comparison"), text("Difference"), text("95 % interval"))
    return Table(
        key="response_shift",
        title=text("Retrospective baseline (then-test)"),
        columns=(*columns, text("p"), text("n")),
        rows=tuple(
            (
                text.of(measures[measure].label, measure),
                name,
                *comparison_cells(text, change, share=is_share(measures[measure])),
                n,
            )
            for (measure, name, change), n in zip(compared, sizes, strict=True)
        ),
    )


def list_factor_fits(rows: Sequence[Reliability], plan: StudyPlan, text: Text) -> Table:
    """KMO and the fit of one factor by measure and wave."""
    labels = _list_labels(plan, text)
    columns = (text("Measure"), text("Wave"), text("KMO"), text("One factor"))
    return Table(
        key="one_factor",
        title=text("Does one factor describe the answers?"),
        columns=(*columns, *_name_indices(text), text("n")),
        rows=tuple(
            (
                labels[row.measure],
                say_wave(text, row.wave),
                Number(value=row.kmo),
                say_one_factor(text, row),
                *_index_cells(row.one_factor),
                Number(value=row.n, kind="count"),
            )
            for row in rows
        ),
        caption=text(
            "Good: CFI at least {cfi} and SRMR at most {srmr}. KMO: share of what the questions "
            "have in common, wanted at least 0.60.",
            cfi=text.number(GOOD_CFI),
            srmr=text.number(GOOD_SRMR),
        ),
    )


def list_invariance(measurement: Sequence[Measurement], plan: StudyPlan, text: Text) -> Table:
    """Fit of one factor in both waves: free, and with equal loadings."""
    labels = _list_labels(plan, text)
    return Table(
        key="invariance",
        title=text("One factor in both waves"),
        columns=(text("Measure"), text("Model"), *_name_indices(text)),
        rows=tuple(
            (labels[one.measure], name, *_index_cells(fit))
            for one in measurement
            if one.invariance is not None
            for name, fit in (
                (text("one factor in each wave (configural)"), one.invariance.configural),
                (text("equal loadings (metric)"), one.invariance.metric),
            )
            if isinstance(fit, FactorFit)
        ),
    )


def _name_indices(text: Text) -> tuple[str, ...]:
    return (text("χ²"), text("df"), text("CFI"), text("RMSEA (90 % interval)"), text("SRMR"))


def _index_cells(fit: FactorFit | NotEstimable | None) -> tuple[Cell, ...]:
    """Indices of fit; RMSEA needs a degree of freedom."""
    if not isinstance(fit, FactorFit):
        return (None,) * 5
    low, high = fit.rmsea.ci_low, fit.rmsea.ci_high
    return (
        Number(value=fit.chi2),
        Number(value=fit.df, kind="count"),
        Number(value=fit.cfi, digits=3),
        Interval(estimate=fit.rmsea.estimate, low=low, high=high, digits=3) if fit.df else None,
        Number(value=fit.srmr, digits=3),
    )


def _list_labels(plan: StudyPlan, text: Text) -> dict[str, str]:
    return {m.name: text.of(m.label, m.name) for m in plan.measures}


def draw_reliability(rows: Sequence[Reliability], plan: StudyPlan, text: Text) -> Chart:
    """Draw alpha with Feldt's interval: the first wave hollow, later ones solid."""
    measures = list(dict.fromkeys(row.measure for row in rows))
    waves = list(dict.fromkeys(row.wave for row in rows))
    labels = _list_labels(plan, text)
    figure = new_figure(70 + 54 * len(measures))
    for row in rows:
        if isinstance(row.alpha, Estimate):
            _add_alpha(
                figure, row, row.alpha, measures.index(row.measure), waves.index(row.wave), text
            )
    figure.add_vline(x=USUAL_ALPHA, line_dash="dot", line_color=MUTED)
    lowest = min(
        [0.4, *(row.alpha.ci_low or 0.4 for row in rows if isinstance(row.alpha, Estimate))]
    )
    figure.update_xaxes(range=[max(-0.2, lowest - 0.05), 1.02])
    figure.update_yaxes(
        tickvals=list(range(len(measures))),
        ticktext=[wrap_label(labels[name], 24) for name in measures],
        range=[len(measures) - 0.4, -0.6],
        showgrid=False,
    )
    return figure


def _add_alpha(
    figure: Chart, row: Reliability, alpha: Estimate, place: int, wave: int, text: Text
) -> None:
    colour, symbol = (BEFORE, "circle-open") if wave == 0 else (AFTER, "circle")
    figure.add_scatter(
        x=[alpha.estimate],
        y=[place - 0.14 + 0.28 * min(wave, 1)],
        mode="markers",
        marker={
            "color": colour,
            "size": 12,
            "symbol": symbol,
            "line": {"color": colour, "width": 3},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "color": colour,
            "thickness": 3,
            "width": 0,
            "array": [_reach(alpha.ci_high, alpha.estimate)],
            "arrayminus": [_reach(alpha.ci_low, alpha.estimate)],
        },
        hovertext=[
            f"{say_wave(text, row.wave)}: {text.number(alpha.estimate)} "
            f"({text.interval(alpha.ci_low, alpha.ci_high)}), n = {row.n}"
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _reach(end: float | None, middle: float) -> float:
    """How far a limit lies from the estimate; nowhere when there is none, or it is withheld."""
    return 0.0 if end is None or isinstance(end, Suppressed) else abs(end - middle)


def _say(text: Text, finding: Finding) -> str:
    return FINDINGS[finding.code](text, finding)


def say_suspects(text: Text, rows: Sequence[Reliability], plan: StudyPlan) -> list[str]:
    """Ask about items that seem to point the other way; nothing is turned by itself."""
    labels = _list_labels(plan, text)
    return [
        text(
            "{measure}, {wave}: is “{items}” worded the other way round? "
            "It runs against the other questions; declare it reversed if so.",
            measure=labels[row.measure],
            wave=say_wave(text, row.wave),
            items=", ".join(row.unreversed_suspects),
        )
        for row in rows
        if row.unreversed_suspects
    ]


def say_compared(text: Text, found: Measurement) -> str:
    """Say who is compared, and who is left out."""
    said = [
        text(
            "{a} people {first} and {b} {last} answered every question asked both times.",
            a=text.number(found.n_from, 0),
            b=text.number(found.n_to, 0),
            first=say_wave(text, found.contrast[0]),
            last=say_wave(text, found.contrast[1]),
        )
    ]
    if found.n_incomplete:
        said.append(
            text(
                "{n} sets of incomplete answers are left out.", n=text.number(found.n_incomplete, 0)
            )
        )
    if found.n_drawn is not None:
        said.append(text("{n} people were drawn at random.", n=text.number(found.n_drawn, 0)))
    return text.join(said)


def say_loadings(text: Text, found: Measurement) -> str:
    """Say whether the questions load alike on one factor in both waves."""
    if found.invariance is None:
        why = text("not for right and wrong answers")
        return text("Loadings in the two waves cannot be compared: {why}.", why=why)
    equal, fall = found.invariance.equal_loadings, found.invariance.cfi_change
    if not isinstance(equal, Comparison) or fall is None:
        return text("Loadings in the two waves cannot be compared: {why}.", why=_why(text, equal))
    return text(
        "Equal loadings in both waves: CFI changes by {fall}, {p} (errors allow for the same "
        "people).",
        fall=text.signed(fall, 3),
        p=text.p_value(equal.p_value),
    )


def say_one_factor(text: Text, row: Reliability) -> str:
    """Say in a word how well one factor describes the answers."""
    fit = row.one_factor
    if fit is None:
        return text("not for right and wrong answers")
    if isinstance(fit, NotEstimable):
        return _why(text, fit)
    return text("good") if fit.cfi >= GOOD_CFI and fit.srmr <= GOOD_SRMR else text("weak")


def _why(text: Text, refused: Comparison | NotEstimable | FactorFit) -> str:
    if not isinstance(refused, NotEstimable):
        return ""
    known = {
        "heywood": text("one question alone carries the factor"),
        "singular": text("two questions have the same answers"),
        "no_convergence": text("the model found no stable solution"),
    }
    if refused.details.get("why") in known:
        return known[str(refused.details["why"])]
    if "n_items" in refused.details:
        return text("needs four or more questions")
    return {
        "too_few": text("too few answers"),
        "no_variance": text("no variation"),
        "suppressed": text("hidden: group too small"),
    }.get(refused.reason, text("the design cannot tell"))


def _say_same(message: str) -> Callable[[Text, Finding], str]:
    return lambda text, f: text(
        message, measure=text.of(f.values["label"]), n=text.number(f.values["limit"], 0)
    )


def _say_shifted(text: Text, f: Finding) -> str:
    items = [text.of(item) for item in f.values["items"]]
    if len(items) > 1:
        return text.count(
            "{measure}: {n} question was answered differently at the same total score.",
            "{measure}: {n} questions were answered differently at the same total score.",
            len(items),
            measure=text.of(f.values["label"]),
        )
    change = f.values.get("change") or 0.0
    message = (
        N_("{measure}: “{item}” was answered {points} higher later at the same total score.")
        if change > 0
        else N_("{measure}: “{item}” was answered {points} lower later at the same total score.")
    )
    points = say_amount(text, change, bool(f.values.get("share")))
    return text(message, measure=text.of(f.values["label"]), item=items[0], points=points)


def _say_response_shift(text: Text, f: Finding) -> str:
    v, share = f.values, bool(f.values.get("share"))
    change, low, high = v["change"], v.get("low"), v.get("high")
    if change < 0 and low is not None and high is not None:
        low, high = -high, -low
    message = (
        N_(
            "{measure}: looking back, people rated their baseline {points} higher than they had at "
            "the time (95% CI {range})."
        )
        if change > 0
        else N_(
            "{measure}: looking back, people rated their baseline {points} lower than they had at "
            "the time (95% CI {range})."
        )
    )
    return text(
        message,
        measure=text.of(f.values["label"]),
        points=say_amount(text, change, share),
        range=say_likely(text, low, high, share=share),
    )


def _say_no_response_shift(text: Text, f: Finding) -> str:
    v, share = f.values, bool(f.values.get("share"))
    return text(
        "{measure}: looking back, people did not rate their start clearly differently "
        "({change}, 95% CI {range}).",
        measure=text.of(f.values["label"]),
        change=say_signed(text, v["change"], share=share),
        range=say_likely(text, v.get("low"), v.get("high"), share=share),
    )


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "reliability_good": fill(
        "The items of every scale hang together: alpha is {least} or more.", "least"
    ),
    "reliability_low": fill(
        "{low} of {n} scale readings hang together loosely: alpha is below {limit}.",
        "low",
        "n",
        "limit",
    ),
    "meaning_same": _say_same("{measure}: the questions measure the same thing at both times."),
    "meaning_same_few": _say_same(
        "{measure}: no question shifted noticeably; with fewer than {n} people in a wave a "
        "moderate shift can be missed."
    ),
    "meaning_item_shifted": _say_shifted,
    "meaning_loadings_differ": _say_same(
        "{measure}: the questions hang together differently at the two times: compare the scores "
        "with care."
    ),
    "meaning_not_estimable": _say_same(
        "{measure}: too few complete or too similar answers to tell whether the questions measure "
        "the same at both times."
    ),
    "response_shift": _say_response_shift,
    "response_shift_unclear": _say_no_response_shift,
}
